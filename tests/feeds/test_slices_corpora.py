"""Feeds captured in the wild obey the law of slices; skipped where there are none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from aggregator.wire_server import documents
from feeds.errors import SourceError
from feeds.parse import parse_unseen
from feeds.reading import Reading

if TYPE_CHECKING:
    from feeds.model import SourceEntry

HERE = "https://source.example/feed"
PARTS = 8
SERIES = (
    *("gesab_bbc", "gesab_nytimes", "gesab_smh", "gesab_stuffnz"),
    *("newsblur_gawker", "newsblur_motherjones", "ollama"),
)


def read(body: bytes, *seen: str) -> Reading | None:
    try:
        return parse_unseen(body, HERE, "", frozenset(seen))
    except SourceError:
        return None


def assert_lawful(name: str, body: bytes, whole: Reading, seen: frozenset[str]) -> None:
    part = parse_unseen(body, HERE, "", seen)
    pairs = zip(whole.feed.entries, whole.fingerprints, strict=True)
    left = tuple(entry for entry, mark in pairs if mark not in seen)
    assert part.feed == replace(whole.feed, entries=left), name
    assert part.fingerprints == whole.fingerprints, name


@pytest.mark.parametrize("part", range(PARTS))
def test_captured_feeds_are_read_alike_in_slices_and_nearly_all_can_be(
    corpora: Path, part: int
) -> None:
    cut = whole = 0
    for path in every_feed(corpora)[part::PARTS]:
        body = path.read_bytes()
        reading = read(body)
        if reading is None or not reading.feed.entries:
            continue
        whole += not reading.fingerprints
        if marks := reading.fingerprints:
            cut += 1
            for seen in (marks[::2], marks[1:], marks):
                assert_lawful(path.name, body, reading, frozenset(seen))
    assert cut >= 0.85 * (cut + whole) > 0


def every_feed(corpora: Path) -> list[Path]:
    return sorted(path for path in (corpora / "feeds").iterdir() if path.name != "MANIFEST.tsv")


def test_every_captured_feed_and_every_series_is_among_those_tested(corpora: Path) -> None:
    parts = [path for part in range(PARTS) for path in every_feed(corpora)[part::PARTS]]
    assert len(parts) == len(set(parts)) == len(every_feed(corpora)) >= 480
    assert {path.name for path in (corpora / "series").iterdir() if path.is_dir()} == set(SERIES)


def test_the_sample_wire_is_read_alike_in_slices() -> None:
    lawful = 0
    for (host, path), document in documents("https://paper.example/").items():
        reading = read(document.body)
        if reading is None or not reading.fingerprints:
            continue
        lawful += 1
        for size in range(len(reading.fingerprints) + 1):
            seen = frozenset(reading.fingerprints[:size])
            assert_lawful(f"{host}{path}", document.body, reading, seen)
    assert lawful >= 18


@pytest.mark.parametrize("name", SERIES)
def test_a_series_of_versions_is_read_alike_in_slices(corpora: Path, name: str) -> None:
    known: dict[str, SourceEntry] = {}
    before: tuple[str, ...] = ()
    for body in versions(corpora / "series" / name):
        reading = read(body)
        assert reading is not None
        assert reading.fingerprints
        assert_lawful(name, body, reading, frozenset(before))
        for mark, entry in zip(reading.fingerprints, reading.feed.entries, strict=True):
            assert known.setdefault(mark, entry) == entry
        before = reading.fingerprints


def versions(folder: Path) -> Iterator[bytes]:
    return (path.read_bytes() for path in sorted(folder.iterdir()) if path.name != "index.json")
