"""What ended is told to have ended, what moved where it is now, by whoever serves the tree."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.endings import successors
from aggregator.model import Section, Slug
from aggregator.removal import remove, restore
from aggregator.selection import Selection
from aggregator.store import articles as kept
from aggregator.store import crowding
from aggregator.store.engine import transaction
from publisher.serve import Server
from tests.aggregator.intakes import Intake, an_entry
from tests.aggregator.newsrooms import (
    BASE,
    CAUCASUS,
    DEFENCE,
    ECONOMY,
    Desk,
    a_desk,
    a_feed,
    a_paper,
    a_source,
    an_item,
)
from tests.aggregator.test_printing import feed_id, read
from tests.conftest import NOON
from tests.publisher.asking import Answer, ask

pytestmark = pytest.mark.usefixtures("each_engine")

URL = "https://a.example/feed"
TEXTS = (
    "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh.",
    "The central bank in Frankfurt lowered its interest rate as inflation fell in Frankfurt.",
)
SOON = timedelta(seconds=5)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, a_paper(a_source("a"))) as one:
        one.wire.bodies[URL] = a_feed(*items(0, 1))
        one.build()
        yield one


def items(*numbers: int) -> list[str]:
    return [an_item(one, f"Report {one}", TEXTS[one % 2]) for one in numbers]


@contextmanager
def served(desk: Desk) -> Iterator[int]:
    """Serve the tree as a server does that knows nothing else of the paper."""
    server = Server(desk.newsroom.output, port=0)
    try:
        yield server.start()
    finally:
        server.stop(SOON)


def told(desk: Desk, path: str) -> tuple[int, str | None]:
    """Return the status of a path, and where it leads to, if anywhere."""
    with served(desk) as port:
        answer: Answer = ask(port, f"/{path}")
    return answer.status, answer.headers["Location"]


def page_of(desk: Desk, number: int) -> str:
    with transaction(desk.newsroom.engine) as connection:
        articles = kept.read(connection, kept.every(connection)).values()
        (path,) = (one.path for one in articles if one.title == f"Report {number}")
    return path


def taken_out(desk: Desk, number: int) -> str:
    path = page_of(desk, number)
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, f"urn:a:{number}", desk.settings, reason="", now=desk.now)
    return path


def nothing_more_to_print(desk: Desk) -> None:
    assert desk.build(everything=False).printed.changed == 0
    before = desk.files()
    assert desk.publish().changed == 0
    assert desk.files() == before


def test_where_nothing_ended_nothing_is_told(desk: Desk) -> None:
    assert not [path for path in desk.files() if "ended" in path]


def test_the_page_of_what_was_taken_out_is_gone_until_it_is_brought_back(desk: Desk) -> None:
    before = desk.files()
    path = taken_out(desk, 0)
    desk.build()
    assert told(desk, path) == (410, None)
    assert told(desk, path.rstrip("/")) == (410, None)
    assert told(desk, path.replace("report-0", "report-9")) == (404, None), "it never was"
    nothing_more_to_print(desk)
    with transaction(desk.newsroom.engine) as connection:
        restore(connection, "urn:a:0", desk.settings)
    desk.build()
    assert told(desk, path) == (200, None)
    assert desk.files().keys() == before.keys()
    nothing_more_to_print(desk)


def test_what_ended_is_known_in_another_folder_and_after_the_tree_is_wiped(desk: Desk) -> None:
    path = taken_out(desk, 0)
    shutil.rmtree(desk.newsroom.output)
    desk.build()
    assert told(desk, path) == (410, None)
    files = desk.files()
    desk.newsroom = replace(desk.newsroom, output=desk.newsroom.output.with_name("elsewhere"))
    desk.publish()
    assert desk.files() == files


def test_what_was_taken_out_before_it_was_printed_was_never_anywhere(desk: Desk) -> None:
    intake = Intake(desk.newsroom.engine, now=desk.now)
    assert intake.take(an_entry(7)) == (1, 0)
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, "urn:x:7", desk.settings, reason="", now=desk.now)
    desk.build()
    assert not [path for path in desk.files() if "ended" in path]


def test_what_was_let_go_of_is_gone_until_that_is_forgotten_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = page_of(desk, 0)
    short = replace(desk.settings.sources[0], retention=timedelta(days=1))
    desk.settings = replace(desk.settings, sources=(short,))
    desk.wire.bodies[URL] = a_feed(an_item(8, "Report 8", TEXTS[0], day=NOON + timedelta(days=9)))
    desk.now += timedelta(days=9)
    desk.build()
    assert told(desk, path) == (410, None)
    nothing_more_to_print(desk)
    monkeypatch.setattr(crowding, "MOST", 0)
    desk.now += timedelta(days=1)
    desk.wire.bodies[URL] = a_feed(an_item(9, "Report 9", TEXTS[0], day=desk.now))
    desk.build()
    assert told(desk, path) == (404, None)
    nothing_more_to_print(desk)


@pytest.mark.parametrize("name", ["", "atom.xml", "rss.xml", "feed.json", "subscribe/"])
def test_readers_of_a_section_that_was_removed_are_told_that_it_is_gone(
    desk: Desk, name: str
) -> None:
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS))
    desk.build()
    assert told(desk, f"economy/{name}") == (410, None)
    assert told(desk, f"economics/{name}") == (404, None)
    nothing_more_to_print(desk)
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS, ECONOMY))
    desk.build()
    assert told(desk, f"economy/{name}") == (200, None)
    nothing_more_to_print(desk)


@pytest.mark.parametrize("name", ["", "atom.xml", "rss.xml", "feed.json", "subscribe/"])
def test_readers_of_a_section_that_was_renamed_are_sent_to_it(desk: Desk, name: str) -> None:
    renamed = replace(ECONOMY, slug=Slug("money"), path="money", formerly=(ECONOMY.slug,))
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS, renamed))
    desk.build()
    assert told(desk, f"economy/{name}") == (301, f"{BASE}money/{name}")
    assert told(desk, f"money/{name}") == (200, None)
    nothing_more_to_print(desk)
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS))
    desk.build()
    assert told(desk, f"economy/{name}") == (410, None), "and so it is with what came after it"
    assert told(desk, f"money/{name}") == (410, None)


def test_a_feed_that_moved_is_the_same_feed(desk: Desk) -> None:
    before = read(desk.files()["economy/atom.xml"])
    renamed = replace(ECONOMY, slug=Slug("money"), path="money", formerly=(ECONOMY.slug,))
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS, renamed))
    desk.build()
    after = read(desk.files()["money/atom.xml"])
    assert (after.feed.id, after.feed.updated) == (before.feed.id, before.feed.updated)
    assert [one.id for one in after.entries] == [one.id for one in before.entries]
    once_more = replace(renamed, formerly=())
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS, ECONOMY, once_more))
    desk.build()
    assert feed_id(desk, "money/atom.xml") == before.feed.id
    assert feed_id(desk, "economy/atom.xml") not in {before.feed.id, feed_id(desk)}, "another one"
    nothing_more_to_print(desk)


def test_a_section_that_moves_in_the_tree_is_found_by_its_slug(desk: Desk) -> None:
    wider = replace(DEFENCE, slug=Slug("security"), path="security", formerly=(DEFENCE.slug,))
    within = replace(CAUCASUS, parent=wider.slug, path="security/south-caucasus")
    desk.settings = replace(desk.settings, sections=(wider, within, ECONOMY))
    desk.build()
    old = "security-defence/south-caucasus/"
    assert told(desk, f"{old}atom.xml") == (301, f"{BASE}security/south-caucasus/atom.xml")
    assert told(desk, "security-defence/rss.xml") == (301, f"{BASE}security/rss.xml")
    alone = replace(CAUCASUS, parent=None, path="south-caucasus")
    desk.settings = replace(desk.settings, sections=(wider, alone, ECONOMY))
    desk.build()
    for path in (old, "security/south-caucasus/"):
        assert told(desk, path) == (301, f"{BASE}south-caucasus/"), "in one step"


def test_a_feed_of_the_operator_s_own_ends_and_moves_like_a_section(desk: Desk) -> None:
    mine = Selection(slug="rates", title="Rates", words=("inflation",))
    desk.settings = replace(desk.settings, feeds=(mine,))
    desk.build()
    before = feed_id(desk, "feeds/rates/atom.xml")
    renamed = replace(mine, slug="prices", formerly=("rates",))
    desk.settings = replace(desk.settings, feeds=(renamed,))
    desk.build()
    assert told(desk, "feeds/rates/rss.xml") == (301, f"{BASE}feeds/prices/rss.xml")
    assert feed_id(desk, "feeds/prices/atom.xml") == before
    desk.settings = replace(desk.settings, feeds=())
    desk.build()
    for path in ("feeds/rates/rss.xml", "feeds/prices/", "feeds/prices/feed.json"):
        assert told(desk, path) == (410, None)


def test_a_section_and_a_feed_of_one_name_are_not_taken_for_each_other() -> None:
    lists = [
        Section(slug=Slug("b"), title="B", path="a/b"),
        Section(slug=Slug("feeds/x"), title="X", path="feeds/x", formerly=(Slug("feeds/y"),)),
    ]
    found = successors(["b", "c/b", "feeds/b", "feeds/y", "y", "x"], lists)
    assert found == {"b": "a/b", "c/b": "a/b", "feeds/y": "feeds/x"}
