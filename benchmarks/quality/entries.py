"""The entries of the captured feeds, as the paper would take them in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from aggregator.model import Article, Settings, Site, Source, SourceId
from aggregator.naming import names
from aggregator.normalise import normalise
from benchmarks.quality.events import AbsentError
from feeds.errors import BroadsheetError
from feeds.parse import parse

NOW = datetime(2026, 1, 1, tzinfo=UTC)  # later than any of them
_PAPER = Settings(site=Site(title="The Captured", base_url="https://captured.example/"))


def entries(corpora: Path) -> tuple[Article, ...]:
    """Return all entries that can be read, feed by feed."""
    files = sorted(file for file in (corpora / "feeds").glob("*") if file.suffix != ".tsv")
    if not files:
        raise AbsentError(f"no feeds in {corpora / 'feeds'}")
    return tuple(article for file in files for article in _of(file))


def _of(file: Path) -> Iterator[Article]:
    address = file.resolve().as_uri()
    source = Source(id=SourceId(file.stem), name=file.stem, feed=address)
    try:
        feed = parse(file.read_bytes(), address)
    except BroadsheetError:
        return
    for entry in feed.entries:
        try:
            yield normalise(
                entry, source=source, feed=feed, settings=_PAPER, key=names(entry).key, now=NOW
            )
        except BroadsheetError:  # it says nothing
            continue
