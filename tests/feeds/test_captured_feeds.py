"""What we get out of feeds captured in the wild; skipped where there are none."""

import csv
from collections import Counter
from pathlib import Path

import pytest

from feeds.errors import SourceError
from feeds.model import SourceFeed
from feeds.parse import parse


@pytest.fixture(scope="module")
def captured(corpora: Path) -> list[tuple[int, SourceFeed | None]]:
    folder = corpora / "feeds"
    with (folder / "MANIFEST.tsv").open(encoding="utf-8", newline="") as manifest:
        rows = list(csv.DictReader(manifest, delimiter="\t"))
    return [(int(row["entries"]), _read(folder / row["file"], row["host"])) for row in rows]


def _read(path: Path, host: str) -> SourceFeed | None:
    try:
        return parse(path.read_bytes(), base_url=f"https://{host}/feed")
    except SourceError:
        return None


def test_nearly_every_captured_feed_gives_entries(
    captured: list[tuple[int, SourceFeed | None]],
) -> None:
    expected = [feed for entries, feed in captured if entries]
    read = [feed for feed in expected if feed is not None and feed.entries]
    assert len(read) >= 0.97 * len(expected)


def test_as_many_entries_are_read_as_were_counted(
    captured: list[tuple[int, SourceFeed | None]],
) -> None:
    agreeing = sum(feed is not None and len(feed.entries) == entries for entries, feed in captured)
    assert agreeing >= 0.97 * len(captured)


@pytest.mark.parametrize(("field", "share"), [("title", 0.98), ("permalink", 0.98), ("date", 0.95)])
def test_nearly_every_captured_entry_has_its_essentials(
    captured: list[tuple[int, SourceFeed | None]], field: str, share: float
) -> None:
    found = Counter[str]()
    for _, feed in captured:
        for entry in feed.entries if feed else ():
            found["entry"] += 1
            found["title"] += bool(entry.title)
            found["permalink"] += entry.permalink is not None
            found["date"] += (entry.published or entry.updated) is not None
    assert found[field] >= share * found["entry"]


def test_no_title_of_a_captured_entry_holds_markup_or_an_undecoded_entity(
    captured: list[tuple[int, SourceFeed | None]],
) -> None:
    titles = [entry.title for _, feed in captured if feed for entry in feed.entries]
    marks = ("<b>", "<i>", "<em>", "<a ", "&amp;", "&#", "&quot;", "&nbsp;", "\ufffd")
    marred = [title for title in titles if any(mark in title for mark in marks)]
    assert len(marred) <= 0.001 * len(titles)
