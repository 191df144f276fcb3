"""Taking in what a source says, entry by entry: a real database, no network, a clock of ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from aggregator.intake import Outcome, keep
from aggregator.model import Article, Settings, Source
from aggregator.pull import Pulled, Turn
from aggregator.store import articles as kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import Remembered, enrol, remembered
from aggregator.store.tables import aside
from feeds.fetch import Fetched, Validators
from feeds.model import SourceEntry, SourceFeed, Text
from feeds.reading import Reading
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_paper, a_source
from tests.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def an_entry(number: int = 1, **changes: object) -> SourceEntry:
    """Return an entry that has its own id, page, title, words and date."""
    plain = SourceEntry(
        id=f"urn:x:{number}",
        title=f"Entry {number}",
        permalink=f"https://x.example/{number}",
        published=NOON - timedelta(minutes=number),
        summary=Text(value=f"What number {number} says."),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def entries(*numbers: int, **changes: object) -> list[SourceEntry]:
    return [an_entry(number, **changes) for number in numbers]


@dataclass
class Intake:
    """One source, asked again and again; the clock moves an hour each time."""

    engine: Engine
    source: Source = field(default_factory=lambda: a_source("a"))
    now: datetime = NOON
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = a_paper(self.source, a_source("b"))
        with transaction(self.engine) as connection:
            enrol(connection, self.settings.sources)

    def take(
        self,
        *told: SourceEntry,
        home: str | None = None,
        source: Source | None = None,
        notes: tuple[str, ...] = (),
    ) -> tuple[int, int]:
        """Take in a document of these entries and return how many were new and how many changed."""
        outcome = self.outcome(*told, home=home, source=source, notes=notes)
        assert outcome.error is None, outcome.error
        return outcome.new, outcome.changed

    def outcome(
        self,
        *told: SourceEntry,
        home: str | None = None,
        source: Source | None = None,
        notes: tuple[str, ...] = (),
    ) -> Outcome:
        source = source or self.source
        feed = SourceFeed(format="rss20", entries=told, home=home, notes=notes)
        pulled = Pulled(
            turn=Turn(source=source, remembered=self.known(source)),
            reply=Fetched(body=b"", url=source.feed, validators=Validators(etag="1")),
            reading=Reading(feed=feed),
            body_hash="hash",
        )
        outcome = keep(self.engine, pulled, settings=self.settings, now=self.now)
        self.now += HOUR
        return outcome

    def known(self, source: Source | None = None) -> Remembered:
        with transaction(self.engine) as connection:
            return remembered(connection)[(source or self.source).id]

    def stored(self) -> list[Article]:
        """Return what is in the paper, oldest first."""
        with transaction(self.engine) as connection:
            ids = kept.every(connection)
            found = kept.read(connection, ids)
            return [found[one] for one in ids]

    def titles(self) -> set[str]:
        return {article.title for article in self.stored()}

    def aside(self) -> dict[str, str]:
        """Return why what is not in the paper is not, by its title."""
        with transaction(self.engine) as connection:
            return {row.title: row.why for row in connection.execute(select(aside))}


@contextmanager
def an_intake(folder: Path, **source: object) -> Iterator[Intake]:
    engine = open_database(database_of(folder))
    try:
        yield Intake(engine=engine, source=a_source("a", **source))
    finally:
        engine.dispose()
