"""Feeds of the operator's own, of each language and of each source: what is in them, and why."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.model import Rights
from aggregator.selection import Order, Selection
from feeds.model import Feed
from publisher.formats import ALL
from tests.aggregator.newsrooms import BASE, Desk, a_desk, a_feed, a_paper, a_source, an_item
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

SAID = {
    "a": ("Interest rate lowered", "Ferry sails again", "Peacekeepers leave Khojaly"),
    "b": ("Zinsen sinken weiter", "Fähre fährt wieder", "Öl wird teurer"),
    "c": ("Orchestra plays outdoors", "Inflation falls", "Museum opens at night"),
}
SOURCES = (
    a_source("a", tier=1),
    a_source("b", tier=2, language="de"),
    a_source("c", rights=Rights.LINK),
)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, a_paper(*SOURCES)) as desk:
        for name, titles in SAID.items():
            supply(desk, name, *titles)
        yield desk


def supply(desk: Desk, name: str, *titles: str) -> None:
    start = "abc".index(name)
    items = [
        an_item(n, title, f"{title}, and that is all.", host=name,
                day=NOON - timedelta(hours=3 * n + start))
        for n, title in enumerate(titles)
    ]  # fmt: skip
    desk.wire.bodies[f"https://{name}.example/feed"] = a_feed(*items)


def select(desk: Desk, *asked: Selection, **site: object) -> None:
    site_now = replace(desk.settings.site, **site)  # type: ignore[arg-type]  # a test's shorthand
    desk.settings = replace(desk.settings, feeds=asked, site=site_now)


def published(desk: Desk, path: str) -> Feed:
    """Return a feed, which all its formats agree on."""
    files = desk.files()
    read = [one.read(files[f"{path}/{one.kind.name}"]) for one in ALL]
    assert len({(feed.id, feed.updated, feed.entries) for feed in read}) == 1
    return read[0]


def titles(desk: Desk, path: str = "feeds/mine") -> list[str]:
    return [entry.title for entry in published(desk, path).entries]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"sections": ("economy",)}, {"Interest rate lowered", "Inflation falls"}),
        ({"sources": ("b",)}, set(SAID["b"])),
        ({"languages": ("de",)}, set(SAID["b"])),
        ({"words": ("ferry", "museum")}, {"Ferry sails again", "Museum opens at night"}),
        ({"words": ("orchestras",)}, {"Orchestra plays outdoors"}),
        ({"words": ("öl",)}, {"Öl wird teurer"}),
        ({"tiers": (1, 2)}, {*SAID["a"], *SAID["b"]}),
        ({"tiers": (1,), "sections": ("economy",)}, {"Interest rate lowered"}),
        ({"sources": ("a",), "languages": ("de",)}, set()),
    ],
)
def test_a_feed_has_what_fits_all_that_is_asked_of_it(
    desk: Desk, asked: dict[str, tuple[str, ...]], expected: set[str]
) -> None:
    select(desk, Selection(slug="mine", title="Mine", **asked))  # type: ignore[arg-type]
    desk.build()
    assert set(titles(desk)) == expected
    assert f"{BASE}feeds/mine/atom.xml".encode() in desk.files()["opml.xml"]
    assert b"feeds/mine/" in desk.files()["subscribe/index.html"]


def test_a_feed_is_newest_first_as_long_as_it_may_be(desk: Desk) -> None:
    select(desk, Selection(slug="mine", title="Mine", limit=4))
    desk.build()
    assert titles(desk) == [
        "Interest rate lowered", "Zinsen sinken weiter", "Orchestra plays outdoors",
        "Ferry sails again",
    ]  # fmt: skip


def test_no_source_floods_a_feed_unless_that_is_asked_for(desk: Desk) -> None:
    flood = [f"Matter {letter} alone" for letter in "qrstuvwx"]
    desk.settings = replace(desk.settings, sources=SOURCES[:2])
    supply(desk, "a", *flood)
    desk.wire.bodies["https://b.example/feed"] = a_feed(
        an_item(1, "Alter Bericht", "Lange her.", host="b", day=NOON - timedelta(days=9))
    )
    fair = Selection(slug="mine", title="Mine", limit=4)
    select(desk, fair, replace(fair, slug="new", order=Order.NEWEST))
    desk.build()
    assert "Alter Bericht" in titles(desk)
    assert titles(desk, "feeds/new") == flood[:4]


def test_a_feed_carries_no_more_than_it_is_told_and_than_the_source_allows(desk: Desk) -> None:
    asked = [Selection(slug=one, title=one, rights=one) for one in ("link", "excerpt", "full")]
    select(desk, *asked)
    desk.build()
    content = {
        one.slug: {
            entry.title: entry.content.value if entry.content else ""
            for entry in published(desk, one.path).entries
        }
        for one in asked
    }
    ours, linked = "Ferry sails again", "Museum opens at night"
    assert "and that is all" not in content["link"][ours]
    assert "Continue reading at" in content["excerpt"][ours]
    assert "and that is all" in content["full"][ours]
    assert "Continue reading at" not in content["full"][ours]
    assert not any("and that is all" in content[one][linked] for one in content), (
        "its source's word"
    )


def test_each_language_has_a_feed_once_there_are_two(desk: Desk) -> None:
    select(desk, language_feeds=True)
    desk.settings = replace(desk.settings, sources=(SOURCES[0], SOURCES[2]))
    desk.build()
    assert not [path for path in desk.files() if path.startswith("feeds/")]
    desk.settings = replace(desk.settings, sources=SOURCES)
    desk.build()
    german = published(desk, "feeds/language/de")
    assert {entry.title for entry in german.entries} == set(SAID["b"])
    assert (german.title, german.language) == ("The Paper: Deutsch", "de")
    assert len(titles(desk, "feeds/language/en")) == 6
    desk.settings = replace(desk.settings, sources=(SOURCES[0], SOURCES[2]))
    desk.build()
    assert len(titles(desk, "feeds/language/en")) == 6, "it stays where readers found it"


def test_each_source_has_a_feed_if_its_rights_permit(desk: Desk) -> None:
    select(desk, source_feeds=True)
    desk.build()
    assert titles(desk, "feeds/source/a") == list(SAID["a"])
    assert published(desk, "feeds/source/b").title == "The Paper: B"
    assert not [path for path in desk.files() if path.startswith("feeds/source/c")]


def test_of_one_text_a_feed_has_the_leader_or_where_that_is_not_in_it_the_copy(desk: Desk) -> None:
    text = "The old ferry between the islands sails again after nine years of repairs. " * 4
    for name in "ab":
        desk.wire.bodies[f"https://{name}.example/feed"] = a_feed(
            an_item(1, "Ferry sails again", text, host=name)
        )
    desk.settings = replace(desk.settings, sources=(SOURCES[0], replace(SOURCES[1], language="en")))
    only = Selection(slug="mine", title="Mine", sources=("b",))
    select(desk, only, replace(only, slug="both", sources=("a", "b")))
    desk.build()
    (copy,) = published(desk, "feeds/mine").entries
    (leader,) = published(desk, "feeds/both").entries
    assert (copy.permalink, leader.permalink) == ("https://b.example/1", "https://a.example/1")


def test_a_feed_is_printed_again_when_what_is_in_it_changes_and_else_is_not(desk: Desk) -> None:
    select(
        desk, Selection(slug="mine", title="Mine", words=("ferry",)), language_feeds=True,
        source_feeds=True,
    )  # fmt: skip
    desk.build()
    before = desk.files()
    supply(desk, "a", "Ferry sunk", *SAID["a"][1:])
    desk.build(everything=False)
    changed = {path for path, body in desk.files().items() if before.get(path) != body}
    assert {path.rpartition("/")[0] for path in changed if path.endswith("atom.xml")} >= {
        "feeds/mine", "feeds/language/en", "feeds/source/a",
    }  # fmt: skip
    assert not {path for path in changed if path.startswith(("feeds/language/de", "feeds/source/b"))
                and path.endswith(("atom.xml", "rss.xml", "feed.json"))}  # fmt: skip
    after = desk.files()
    assert desk.publish().changed == 0
    assert desk.files() == after, "printing everything would print the same"


def test_a_feed_that_is_asked_for_no_longer_goes_and_keeps_its_id_if_it_comes_back(
    desk: Desk,
) -> None:
    asked = Selection(slug="mine", title="Mine", tiers=(1,))
    select(desk, asked)
    desk.build()
    before = published(desk, "feeds/mine").id
    select(desk)
    desk.build()
    assert not [path for path in desk.files() if path.startswith("feeds/")]
    select(desk, replace(asked, title="{Mine} again"))
    desk.build()
    after = published(desk, "feeds/mine")
    assert (after.id, after.title) == (before, "The Paper: {Mine} again")


def test_a_lost_file_of_a_feed_is_printed_again(desk: Desk) -> None:
    select(desk, Selection(slug="mine", title="Mine", tiers=(1,)))
    desk.build()
    before = desk.files()
    (desk.newsroom.output / "feeds" / "mine" / "rss.xml").unlink()
    desk.build(everything=False)
    assert desk.files() == before
