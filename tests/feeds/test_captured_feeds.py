"""What we get out of feeds captured in the wild; skipped where there are none."""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pytest

from feeds.errors import SourceError
from feeds.model import SourceFeed
from feeds.parse import parse
from feeds.reading import CUT_OFF

# What is wrong with the feeds that do not give all the entries their publisher began.
FLAWED = {
    "Winds__malformed-hackernews__9dbb39a1.rss": "cut off amid its last item",
    "fastfeedparser__osm-pl__029d2a36.rss": "cut off amid its last item",
}


@dataclass(frozen=True, slots=True)
class Captured:
    """A feed of the corpus, the entries that were counted in it, and what we read."""

    name: str
    entries: int
    feed: SourceFeed | None


@pytest.fixture(scope="module")
def manifest(corpora: Path) -> list[Captured]:
    folder = corpora / "feeds"
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    return [
        Captured(row["file"], int(row["entries"]), _read(folder / row["file"], row["host"]))
        for row in rows
    ]


@pytest.fixture(scope="module")
def captured(manifest: list[Captured]) -> list[SourceFeed]:
    return [one.feed for one in manifest if one.feed is not None]


def _read(path: Path, host: str) -> SourceFeed | None:
    try:
        return parse(path.read_bytes(), base_url=f"https://{host}/feed")
    except SourceError:
        return None


def test_every_captured_feed_gives_entries(manifest: list[Captured]) -> None:
    silent = [one.name for one in manifest if one.feed is None or not one.feed.entries]
    assert silent == []


def test_all_entries_that_were_counted_are_read_or_it_is_known_why_not(
    manifest: list[Captured],
) -> None:
    short = [one for one in manifest if one.feed and len(one.feed.entries) != one.entries]
    assert {one.name for one in short} == FLAWED.keys()
    for one in short:
        assert one.feed is not None
        assert CUT_OFF in one.feed.notes
        assert len(one.feed.entries) == one.entries - 1


@pytest.mark.parametrize(("field", "share"), [("title", 0.98), ("permalink", 0.98), ("date", 0.95)])
def test_nearly_every_captured_entry_has_its_essentials(
    captured: list[SourceFeed], field: str, share: float
) -> None:
    found = Counter[str]()
    for feed in captured:
        for entry in feed.entries:
            found["entry"] += 1
            found["title"] += bool(entry.title)
            found["permalink"] += entry.permalink is not None
            found["date"] += (entry.published or entry.updated) is not None
    assert found[field] >= share * found["entry"]


def test_no_title_of_a_captured_entry_holds_markup_or_an_undecoded_entity(
    captured: list[SourceFeed],
) -> None:
    titles = [entry.title for feed in captured for entry in feed.entries]
    marks = ("<b>", "<i>", "<em>", "<a ", "&amp;", "&#", "&quot;", "&nbsp;", "\ufffd")
    marred = [title for title in titles if any(mark in title for mark in marks)]
    assert len(marred) <= 0.001 * len(titles)
