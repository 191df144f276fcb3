"""A paper at work in this process, tick by tick: real settings, files and database."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from structlog.testing import capture_logs
from structlog.typing import EventDict

from aggregator.newsroom import Newsroom
from aggregator.settings import load
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import Remembered, remembered
from aggregator.upkeep import Upkeep
from aggregator.watch import ConfigWatch
from feeds.fetch import Fetcher
from feeds.parse import parse_unseen
from tests.aggregator.commands import Paper
from tests.conftest import NOON


@dataclass
class AtWork:
    """A paper of one source, the Courier; its clock moves a day with every tick."""

    paper: Paper
    newsroom: Newsroom
    upkeep: Upkeep
    called: Event
    now: datetime = NOON

    def tick(self, times: int = 1) -> list[EventDict]:
        """Tick, each time until all have answered or something is the matter; return the log."""
        with capture_logs() as logged:
            for _ in range(times):
                for _ in range(100):
                    self.upkeep.tick(self.now)
                    is_stuck = self.upkeep._problem and not self.called.wait(0.5)
                    if not self.upkeep.out or is_stuck:
                        break
                    assert self.called.wait(60)
                    self.called.clear()
                self.upkeep.tick(self.now)
                self.now += timedelta(days=1)
        return logged

    def says(self, *titles: str) -> None:
        """Let the Courier say this, and nothing else."""
        address = self.paper.feed("courier", *titles)
        self.paper.write(f"name: Courier, feed: '{address}'")

    def titles(self) -> set[str]:
        """Return what the published paper's front page names."""
        front = self.paper.output / "atom.xml"
        text = front.read_text("utf-8") if front.exists() else ""
        return set(re.findall(r"<title[^>]*>([^<]*)</title>", text))

    def remembered(self) -> dict[str, Remembered]:
        with transaction(self.newsroom.engine) as connection:
            return {str(one.id): one for one in remembered(connection).values()}


@contextmanager
def at_work(folder: Path, url: str, *titles: str) -> Iterator[AtWork]:
    paper = Paper(folder=folder)
    engine = open_database(url)
    newsroom = Newsroom(engine=engine, output=paper.output, parse=parse_unseen)
    called, fetcher = Event(), Fetcher()
    upkeep = Upkeep(
        newsroom,
        ConfigWatch(folder / "config", load).current,
        lambda _settings: fetcher,
        call=lambda after: called.set() if after == 0 else None,
        every=timedelta(),
    )
    one = AtWork(paper=paper, newsroom=newsroom, upkeep=upkeep, called=called)
    one.says(*titles)
    try:
        yield one
    finally:
        upkeep.stop(one.now)
        fetcher.close()
        engine.dispose()


def problems(logged: list[EventDict]) -> list[str]:
    """Return why nothing was published, each time that was said."""
    return [str(one["problem"]) for one in logged if one["event"] == "nothing published"]
