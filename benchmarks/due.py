"""One hundred thousand due sources: what a tick costs, and how late it makes the next one.

`python -m benchmarks.due [N]`: a database of our own with N sources and all of `broadsheet run` but
the network: whoever is asked says at once that nothing has changed. First all are due at once, as
after an outage, then all are new at once, then nobody is due.
"""

import resource
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter, process_time, sleep

import structlog
from sqlalchemy import Engine, update

from aggregator.model import Settings, Site, Source, SourceId
from aggregator.newsroom import Newsroom
from aggregator.schedule import Clockwork
from aggregator.store.address import database_url
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from aggregator.store.tables import sources
from aggregator.upkeep import Upkeep
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.parse import parse_unseen

SOURCES = 100_000
TICK = timedelta(seconds=1)
SPAN = 20.0  # seconds for which each is measured
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass
class Measured:
    """One measurement: for each tick how long it took; how many were asked, and at what cost."""

    name: str
    took: list[float] = field(default_factory=list)
    asked: int = 0
    cpu: float = 0.0

    def row(self) -> str:
        """Return a line of the table; times in milliseconds."""
        worst, mean = max(self.took), sum(self.took) / len(self.took)
        return (
            f"{self.name:<26}{len(self.took):>7}{1000 * worst:>12.1f}{1000 * mean:>11.2f}"
            f"{self.asked:>9}{self.cpu:>9.2f}"
        )


def run(count: int = SOURCES) -> str:
    """Return the table: the lag of a tick is at most what the longest one before it took."""
    structlog.configure(processors=[_say_nothing])
    settings = _paper(count)
    with tempfile.TemporaryDirectory() as folder:
        engine = open_database(database_url(Path(folder)))
        with transaction(engine) as connection:
            enrol(connection, settings.sources)
        before = _memory()
        newsroom = Newsroom(engine=engine, output=Path(folder) / "public", parse=parse_unseen)
        rows = [
            _measure(newsroom, settings, name, next_fetch=due)
            for name, due in (
                ("all due at once", LONG_AGO),
                ("all new at once", None),
                ("nobody due", LONG_AGO.replace(year=2200)),
            )
        ]
        engine.dispose()
    heading = f"{'':<26}{'ticks':>7}{'worst, ms':>12}{'mean, ms':>11}{'asked':>9}{'CPU, s':>9}"
    grown = (_memory() - before) / 1e6
    lines = [f"{count:,} sources, a look each second for {SPAN:.0f} s", heading]
    lines += [row for _, row in rows]
    lines += [f"the first look, which enrols all: {first:.1f} s" for first, _ in rows[:1]]
    lines.append(f"memory: {grown:+.0f} MB while they were asked, {_memory() / 1e6:.0f} MB in all")
    return "\n".join(lines)


def _measure(
    newsroom: Newsroom, settings: Settings, name: str, *, next_fetch: datetime | None
) -> tuple[float, str]:
    """Return how many seconds the first look took, and the row of those that followed."""
    measured = Measured(name=name)
    _let_all_be(newsroom.engine, next_fetch)

    def fetch(request: Request) -> Fetched | NotModified:
        measured.asked += 1
        return NotModified(validators=Validators(etag=request.validators.etag or '"1"'))

    def tick(now: datetime) -> None:
        began = perf_counter()
        upkeep.tick(now)
        measured.took.append(perf_counter() - began)

    clockwork = Clockwork(tick, every=TICK)
    upkeep = Upkeep(
        newsroom, lambda: settings, lambda _settings: fetch, call=clockwork.call, every=TICK
    )
    clockwork.start()
    while not measured.took:
        sleep(0.01)
    first = measured.took.pop(0)
    measured.asked, spent = 0, process_time()
    sleep(SPAN)
    measured.cpu = process_time() - spent
    clockwork.stop(timedelta(seconds=60))
    return first, measured.row()


def _let_all_be(engine: Engine, next_fetch: datetime | None) -> None:
    state = "ok" if next_fetch else "new"
    with transaction(engine) as connection:
        connection.execute(
            update(sources).values(
                state=state, next_fetch=next_fetch, pause=1_800, etag='"1"', body_hash="x"
            )
        )


def _paper(count: int) -> Settings:
    return Settings(
        site=Site(title="The Paper", base_url="https://paper.example/"),
        sources=tuple(
            Source(id=SourceId(f"s{n}"), name=f"S{n}", feed=f"https://h{n}.example/feed")
            for n in range(count)
        ),
    )


def _say_nothing(*_: object) -> str:
    raise structlog.DropEvent


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


if __name__ == "__main__":
    print(run(*map(int, sys.argv[1:])))
