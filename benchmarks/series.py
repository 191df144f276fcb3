"""Successive versions of real feeds, replayed through the real intake: none is told twice.

For each version: entries in the document, articles that are new, changed and unchanged, and what
its source withdrew. An article is told twice if two of one source lead to one page, or have one
title within a day. What is surprising in a series is explained beneath it.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path

from sqlalchemy import Engine

from aggregator.intake import Outcome, keep
from aggregator.model import Article, Settings, Site, Source, SourceId
from aggregator.naming import fold
from aggregator.pull import Turn, ask
from aggregator.store import articles as kept
from aggregator.store.address import database_url
from aggregator.store.engine import open_database, transaction
from aggregator.store.seen import recall
from aggregator.store.sources import enrol, remembered
from benchmarks.corpora import corpora
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.parse import parse, parse_unseen
from feeds.reading import Reading
from feeds.urls import canonical

START = datetime(2020, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
URL = "https://series.example/feed"

EXPLAINED = {
    "gesab_smh": "the two are two: every day has an interactive of its own under one title",
    "gesab_bbc": "between 007 and 008 lie five and a half hours of a busy day: 20 new",
    "gesab_stuffnz": "007 was captured 41 hours after 006: nothing of the older twenty is left",
    "newsblur_gawker": "the two changed differ in one word each: edits, not news",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What one version of a feed brought: counts of entries and of articles."""

    name: str
    entries: int
    new: int
    changed: int
    withdrawn: int
    note: str

    @property
    def unchanged(self) -> int:
        """Entries that brought nothing."""
        return self.entries - self.new - self.changed


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series replayed: its versions, and the pairs of articles that may be one."""

    name: str
    versions: tuple[Version, ...]
    articles: int
    twice: tuple[tuple[Article, Article], ...]


def replay(folder: Path) -> Series:
    """Return what came of all versions of a feed in this folder, in their order."""
    source = Source(id=SourceId(folder.name), name=folder.name, feed=URL, backfill=None)
    site = Site(title="Series", base_url="https://paper.example/")
    settings = Settings(site=site, sources=(source,))
    with tempfile.TemporaryDirectory() as state:
        engine = open_database(database_url(Path(state)))
        try:
            versions = tuple(
                _version(path, _take(engine, settings, path.read_bytes(), now=now))
                for path, now in _captured(folder)
            )
            with transaction(engine) as connection:
                articles = [*kept.read(connection, kept.every(connection)).values()]
        finally:
            engine.dispose()
    return Series(
        name=folder.name, versions=versions, articles=len(articles), twice=tuple(_twice(articles))
    )


def run(folder: Path) -> str:
    """Return the tables of all series."""
    folders = sorted(each for each in (folder / "series").iterdir() if each.is_dir())
    return "\n\n".join(_table(replay(each)) for each in folders)


def _captured(folder: Path) -> Iterator[tuple[Path, datetime]]:
    """Yield each version with the moment it was captured, or an hour after the last."""
    for path in sorted(folder.glob("[0-9]*")):
        number, _, epoch = path.stem.partition("_")
        at = datetime.fromtimestamp(int(epoch), UTC) if epoch.isdigit() else None
        yield path, at or START + int(number) * HOUR


def _take(engine: Engine, settings: Settings, body: bytes, *, now: datetime) -> Outcome:
    (source,) = settings.sources
    with transaction(engine) as connection:
        enrol(connection, settings.sources)
        known = remembered(connection)[source.id]
        seen = recall(connection, [source.id]).get(source.id)

    def fetch(request: Request) -> Fetched | NotModified:
        return Fetched(body=body, url=request.url, validators=Validators())

    def read(body: bytes, url: str, content_type: str, seen: AbstractSet[str]) -> Reading:
        return parse_unseen(body, url, content_type, seen)

    turn = Turn(source=source, remembered=known, seen=seen)
    pulled = ask(turn, user_agent="series", fetch=fetch, parse=read)
    return keep(engine, pulled, settings=settings, now=now)


def _version(path: Path, outcome: Outcome) -> Version:
    return Version(
        name=path.name,
        entries=len(parse(path.read_bytes(), URL).entries),
        new=outcome.new,
        changed=outcome.changed,
        withdrawn=outcome.withdrawn,
        note=outcome.error or "",
    )


def _twice(articles: Sequence[Article]) -> Iterator[tuple[Article, Article]]:
    """Yield the pairs that may be one article: of one page, or of one title within a day."""
    alike: dict[str, list[Article]] = defaultdict(list)
    for article in articles:
        alike[f"page {canonical(article.permalink)}"].append(article)
        alike[f"title {fold(article.title)}"].append(article)
    told: set[frozenset[str]] = set()
    for what, some in sorted(alike.items()):
        for one, other in combinations(some, 2):
            pair = frozenset((one.id, other.id))
            is_near = what.startswith("page") or abs(one.published - other.published) <= DAY
            if is_near and pair not in told:
                told.add(pair)
                yield one, other


def _table(series: Series) -> str:
    told = f"{series.articles} articles, {len(series.twice)} told twice"
    heads = f"{'new':>6}{'changed':>9}{'unchanged':>11}{'withdrawn':>11}"
    lines = [
        f"{series.name}: {len(series.versions)} versions, {told}",
        f"  {'version':<24}{'entries':>8}{heads}",
    ]
    lines += [
        f"  {one.name:<24}{one.entries:>8}{one.new:>6}{one.changed:>9}{one.unchanged:>11}"
        f"{one.withdrawn:>11}  {one.note}".rstrip()
        for one in series.versions
    ]
    lines += [
        f"  twice? {one.title!r} {one.permalink} and {other.permalink}"
        for one, other in series.twice
    ]
    if series.name in EXPLAINED:
        lines.append(f"  {EXPLAINED[series.name]}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(run(corpora()) + "\n")
