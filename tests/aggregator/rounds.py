"""Asking sources as the product does: real requests, real reading, a real database.

Only the clock is made up; it stands still until a test moves it.
"""

import ssl
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from aggregator.intake import Outcome
from aggregator.keeping import keep_all
from aggregator.model import Settings, SourceId
from aggregator.pipeline import is_due
from aggregator.pull import Turn, pull
from aggregator.store import articles
from aggregator.store.engine import open_database, transaction
from aggregator.store.seen import recall
from aggregator.store.sources import Remembered, enrol, remembered
from feeds.fetch import Fetcher, Limits
from feeds.parse import parse_unseen
from feeds.reading import Reading
from tests.aggregator.databases import database_of
from tests.conftest import NOON

LOOPBACK = (ip_network("127.0.0.1/32"),)
SMALL = Limits(
    connect=timedelta(seconds=2),
    read=timedelta(seconds=5),
    wire=200_000,
    decoded=400_000,
    free=100_000,
)
HASTY = replace(SMALL, read=timedelta(seconds=0.3))  # for servers that keep silent
UNUSED_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # to read the usual one takes a while
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def fetcher_for(port: int, *hosts: str, limits: Limits = SMALL) -> Callable[[], Fetcher]:
    """Return what makes a fetcher for which all `hosts` are the loopback server at `port`."""
    routes = dict.fromkeys(hosts, ("127.0.0.1", port))
    return lambda: Fetcher(allow_networks=LOOPBACK, routes=routes, limits=limits, tls=UNUSED_TLS)


@dataclass
class Rounds:
    """A newsroom that only asks and keeps. `parsed` holds where each document read was found."""

    folder: Path
    settings: Settings
    new_fetcher: Callable[[], Fetcher]
    now: datetime = NOON
    parsed: list[str] = field(default_factory=list)
    engine: Engine = field(init=False)
    fetcher: Fetcher = field(init=False)

    def start(self) -> None:
        self.engine = open_database(database_of(self.folder))
        self.fetcher = self.new_fetcher()

    def stop(self) -> None:
        self.fetcher.close()
        self.engine.dispose()

    def restart(self) -> None:
        self.stop()
        self.start()

    def ask(self, *, everything: bool = False) -> Mapping[str, Outcome]:
        """Ask what is due, or everything, and return what came of it by source."""
        with transaction(self.engine) as connection:
            enrol(connection, self.settings.sources)
            known = remembered(connection)
            seen = recall(connection, known)
        turns = [
            Turn(source=source, remembered=known[source.id], seen=seen.get(source.id))
            for source in self.settings.sources
            if everything or is_due(known[source.id], now=self.now)
        ]
        answers = pull(
            turns, settings=self.settings, fetch=self.fetcher, parse=self._parse, stopping=Event()
        )
        return {
            outcome.source_id: outcome
            for some in answers
            for outcome in keep_all(self.engine, some, settings=self.settings, now=self.now)
        }

    def ask_one(self) -> Outcome:
        """Ask the one source there is, due or not."""
        (outcome,) = self.ask(everything=True).values()
        return outcome

    def ask_when_due(self) -> Outcome:
        """Let the time pass until the one source there is is due, and ask it."""
        due = self.known().next_fetch
        assert due is not None
        self.now = max(self.now, due)
        (outcome,) = self.ask().values()
        return outcome

    def let_pass(self, span: timedelta, *, tick: timedelta = 5 * MINUTE) -> None:
        """Ask at every tick what is due, for as long as `span`; ticks without any are skipped."""
        until = self.now + span
        while self.now < until:
            self.ask()
            self.now += tick
            dues = [self.known(source.id).next_fetch for source in self.settings.sources]
            idle = min((due for due in dues if due), default=until) - self.now
            self.now += max(-(-idle // tick), 0) * tick
        self.now = until

    def known(self, name: str = "a") -> Remembered:
        with transaction(self.engine) as connection:
            return remembered(connection)[SourceId(name)]

    def titles(self) -> list[str]:
        with transaction(self.engine) as connection:
            stored = articles.read(connection, articles.every(connection))
        return sorted(article.title for article in stored.values())

    def _parse(self, body: bytes, url: str, content_type: str, seen: AbstractSet[str]) -> Reading:
        self.parsed.append(url)
        return parse_unseen(body, url, content_type, seen)


@contextmanager
def rounds(
    folder: Path, settings: Settings, new_fetcher: Callable[[], Fetcher]
) -> Iterator[Rounds]:
    one = Rounds(folder=folder, settings=settings, new_fetcher=new_fetcher)
    one.start()
    try:
        yield one
    finally:
        one.stop()


def impatient(settings: Settings, timeout: timedelta = timedelta(seconds=0.5)) -> Settings:
    """Return settings whose sources are given this long and no longer."""
    sources = [replace(each, http=replace(each.http, timeout=timeout)) for each in settings.sources]
    return replace(settings, sources=tuple(sources))
