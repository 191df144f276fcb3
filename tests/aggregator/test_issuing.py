"""Issuing: what is wrong with one article stops no feed, and no date of a feed goes back."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from aggregator.removal import remove
from aggregator.store import articles as kept
from aggregator.store.engine import transaction
from aggregator.store.tables import articles, ledger
from feeds.model import Feed
from publisher.formats import ALL
from tests.aggregator.newsrooms import Desk, a_desk, a_feed, a_paper, a_source, an_item
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")
RATE = "The bank lowered its interest rate to {} as inflation fell; inflation had been high."


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, a_paper(a_source("a"))) as desk:
        desk.wire.bodies["https://a.example/feed"] = a_feed(
            *(
                an_item(n, f"Report {n}", RATE.format(n), day=NOON - timedelta(hours=n))
                for n in range(1, 5)
            )
        )
        desk.build()
        yield desk


def published(desk: Desk, folder: str = "") -> list[Feed]:
    files = desk.files()
    return [one.read(files[f"{folder}{one.kind.name}"]) for one in ALL]


def titles(desk: Desk, folder: str = "") -> list[list[str]]:
    return [[entry.title for entry in feed.entries] for feed in published(desk, folder)]


def test_an_article_that_cannot_be_an_entry_is_set_aside_with_a_reason_and_the_rest_appear(
    desk: Desk,
) -> None:
    with transaction(desk.newsroom.engine) as connection:
        two = articles.c.title == "Report 2"
        connection.execute(update(articles).where(two).values(atom_id="no address"))
    printed = desk.publish()
    for folder in ("", "economy/"):
        assert titles(desk, folder) == [["Report 1", "Report 3", "Report 4"]] * 3
    assert printed.faults == (
        "entry 'no address': its id is not an absolute address (RFC 4287, 4.2.6)",
    )


def test_a_feed_is_not_older_than_it_was_when_its_newest_article_goes(desk: Desk) -> None:
    before = published(desk)
    with transaction(desk.newsroom.engine) as connection:
        (newest,) = (
            one.id
            for one in kept.read(connection, kept.every(connection)).values()
            if one.title == "Report 1"
        )
        remove(connection, newest, desk.settings, reason="", now=desk.now)
    desk.publish()
    assert titles(desk) == [["Report 2", "Report 3", "Report 4"]] * 3
    assert [feed.updated for feed in published(desk)] == [feed.updated for feed in before]
    again = desk.files()
    for path in list(desk.newsroom.output.rglob("*.xml")):
        path.unlink()
    desk.publish()
    assert desk.files() == again, "that is remembered, not read from what is published"


def test_no_entry_is_older_than_readers_have_seen_it(desk: Desk) -> None:
    before = desk.files()
    with transaction(desk.newsroom.engine) as connection:
        two = articles.c.title == "Report 2"
        earlier = NOON - timedelta(days=9)
        connection.execute(update(articles).where(two).values(updated=earlier, title="Report two"))
    printed = desk.publish()
    assert titles(desk) == [["Report 1", "Report 2", "Report 3", "Report 4"]] * 3
    for folder in ("", "economy/"):
        for one in ALL:
            path = f"{folder}{one.kind.name}"
            assert desk.files()[path] == before[path]
    assert len(printed.faults) == 1
    assert "it stays as it was published" in printed.faults[0]


def test_a_feed_that_is_damaged_on_disk_is_no_reason_to_print_none(desk: Desk) -> None:
    before = desk.files()
    for name in ("atom.xml", "rss.xml", "feed.json"):
        (desk.newsroom.output / name).write_bytes(before[name][:99])
    desk.publish()
    assert desk.files() == before


def test_of_a_feed_that_cannot_be_issued_what_is_published_stays(desk: Desk) -> None:
    before = desk.files()
    with transaction(desk.newsroom.engine) as connection:
        paper = ledger.c.name == "feed:paper"
        connection.execute(update(ledger).where(paper).values(value="no address"))
    printed = desk.publish()
    for name in ("atom.xml", "rss.xml", "feed.json"):
        assert desk.files()[name] == before[name]
    assert any(
        "its id 'no address' is not" in told and told.endswith("what is published stays")
        for told in printed.faults
    )
