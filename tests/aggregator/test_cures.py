"""What an operator is told to do, and that every state a source can be in is explained."""

import re
from dataclasses import replace
from pathlib import Path

import pytest

from aggregator import standing
from aggregator.cures import CURES, cure
from aggregator.status import SourceStatus, statuses
from feeds.errors import Trouble
from tests.aggregator.newsrooms import a_feed, a_paper, a_source, an_item
from tests.aggregator.rounds import DAY, HOUR, Rounds, fetcher_for, rounds
from tests.conftest import NOON, ROOT
from tests.feeds.misbehaving import by_path, conditional, redirecting, reply, saying, serving

pytestmark = pytest.mark.usefixtures("each_engine")

MANUAL = (ROOT / "config" / "README.md").read_text(encoding="utf-8")
STATES = {*Trouble, standing.NOT_FOUND, standing.MISSING, standing.ENDING, standing.GONE}
URL = "http://a.example/feed"


@pytest.mark.parametrize("state", sorted(map(str, STATES)))
def test_every_state_has_a_cure_and_is_in_the_manual(state: str) -> None:
    assert len(cure(state)) > 20
    assert re.search(rf"^\| `{state}` \|", MANUAL, re.MULTILINE)
    assert len(state) <= 16, "as many letters as the database keeps"


def test_no_cure_is_for_a_state_that_cannot_be() -> None:
    assert CURES.keys() <= STATES
    assert cure("ok") == cure("new") == cure("off") == ""


def row_of(newsroom: Rounds) -> SourceStatus:
    (row,) = statuses(newsroom.settings, {newsroom.known().id: newsroom.known()}, {})
    return row


def test_a_page_that_came_instead_leads_to_the_feed_to_write_down(tmp_path: Path) -> None:
    html = (
        "<!DOCTYPE html><title>Home</title>"
        "<link rel=alternate type=application/rss+xml href='/real.xml?token=s3cret'>"
    )
    good = conditional(a_feed(an_item(1, "One", "Words.")))
    with serving(saying(reply(html.encode(), "Content-Type: text/html"))) as server:
        paper = a_paper(a_source("a", feed=URL, every=HOUR))
        with rounds(tmp_path, paper, fetcher_for(server.port, "a.example")) as newsroom:
            newsroom.ask_one()
            row = row_of(newsroom)
            assert (row.state, row.advertised) == (
                "not a feed", "http://a.example/real.xml?token=***",
            )  # fmt: skip
            assert "feed: http://a.example/real.xml" in row.cure
            assert row.as_json()["advertised"] == row.advertised
            server.answer = saying(reply(b"", status="500 No"))
            newsroom.ask_one()
            assert row_of(newsroom).advertised is None, "that was then"
            server.answer = good
            newsroom.ask_one()
            assert row_of(newsroom).cure == ""


def test_a_source_that_has_moved_for_good_says_where_to(tmp_path: Path) -> None:
    """N26: shown to the operator, whose file stays as it is."""
    good = conditional(a_feed(an_item(1, "One", "Words.", day=NOON - HOUR)))
    moved = redirecting({"/feed": "/new"}, "301 Moved Permanently")
    with serving(by_path({"/feed": moved, "/new": good})) as server:
        paper = a_paper(a_source("a", feed=URL, every=HOUR))
        with rounds(tmp_path, paper, fetcher_for(server.port, "a.example")) as newsroom:
            newsroom.ask_one()
            assert (row_of(newsroom).moved_to, row_of(newsroom).cure) == (None, "")
            newsroom.let_pass(2 * DAY, tick=HOUR)
            row = row_of(newsroom)
    assert (row.state, row.moved_to) == ("ok", "http://a.example/new")
    assert "write   feed: http://a.example/new" in row.cure


def test_a_source_that_is_off_needs_no_cure(tmp_path: Path) -> None:
    source = replace(a_source("a"), enabled=False)
    (row,) = statuses(a_paper(source), {}, {})
    assert row.cure == ""
