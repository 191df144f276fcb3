"""Five hostile sources among two hundred good ones: how long until the good ones are all in.

`python -m benchmarks.hostile`: two that hang, one that drips, a bomb, and a document made for
feedparser's quadratic regular expressions. The same two hundred are asked without them first.
Real requests over loopback, real reading in killable processes, a real database, the paper printed.
"""

import gzip
import socket
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from time import monotonic, perf_counter, sleep

import structlog

from aggregator.clock import utc_now
from aggregator.intake import Outcome
from aggregator.model import Settings, Site, Source, SourceId
from aggregator.newsroom import open_newsroom
from aggregator.running import TICK
from aggregator.schedule import Clockwork
from aggregator.store.engine import transaction
from aggregator.store.sources import remembered
from aggregator.upkeep import Upkeep
from feeds.fetch import Fetcher, Limits
from tests.aggregator.newsrooms import a_feed, an_item
from tests.feeds.misbehaving import OK, Answer, Server, dripping, header, reply, saying, serving

GOOD = 200
PATIENCE = 90.0  # seconds, after which it is given up
LOOPBACK = (ip_network("127.0.0.0/8"),)
# It is not well-formed, so that it is feedparser that reads it.
BUSY = b"<rss version='2.0'><channel><title>A</title>%s<br></channel></rss>" % (
    (b"<item><author>%s</author></item>" % (b"a" * 20_000)) * 10
)


@dataclass
class Stage:
    """A server for all hosts: what each answers, by its name; any other is good."""

    bad: Mapping[str, Answer] = field(default_factory=dict)

    def __call__(self, connection: socket.socket, head: bytes) -> None:
        """Answer one request."""
        host = (header(head, "Host") or "").partition(".")[0]
        self.bad.get(host, _good(host))(connection, head)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all sources, the bad ones among the good."""
        good = [f"good{number}" for number in range(GOOD)]
        for place, name in enumerate(self.bad):
            good.insert(place * 40, name)
        return tuple(good)

    def settings(self) -> Settings:
        """Return the paper of all these sources."""
        return Settings(
            site=Site(title="The Paper", base_url="https://paper.example/"),
            sources=tuple(
                Source(id=SourceId(name), name=name, feed=f"http://{name}.example/feed")
                for name in self.names
            ),
        )

    def fetcher(self, server: Server, limits: Limits | None = None) -> Fetcher:
        """Return what finds every source at the server."""
        routes = {f"{name}.example": ("127.0.0.1", server.port) for name in self.names}
        return Fetcher(allow_networks=LOOPBACK, routes=routes, limits=limits)


def bad() -> dict[str, Answer]:
    """Return the five that are up to no good."""

    def hanging(connection: socket.socket, _head: bytes) -> None:
        connection.recv(1)  # until the other side hangs up

    return {
        "hangs": hanging,
        "hangs-too": hanging,
        "drips": dripping(OK + b"Content-Length: 9999\r\n\r\n", b" "),
        "bomb": saying(reply(gzip.compress(bytes(200_000_000)), "Content-Encoding: gzip")),
        "redos": saying(reply(BUSY)),
    }


def run(_corpora: Path | None = None) -> str:
    """Return the times with and without the five, and what is said of each."""
    structlog.configure(processors=[_say_nothing])
    normal, _, _ = measure(Stage())
    hostile, longest, said = measure(Stage(bad()))
    lines = [
        f"{GOOD} good sources alone are all in, and printed, after {normal:.1f} s",
        f"among five hostile ones after {hostile:.1f} s: {hostile - normal:+.1f} s",
        f"(a tick is {TICK.total_seconds():.0f} s; the longest took {longest:.2f} s)",
        *(f"  {name}: {words}" for name, words in said.items()),
    ]
    return "\n".join(lines)


def measure(stage: Stage) -> tuple[float, float, dict[str, str]]:
    """Return when all good ones were in, the longest tick, and how the bad ones ended; seconds."""
    outcomes: dict[str, Outcome] = {}
    ticks: list[float] = []
    with tempfile.TemporaryDirectory() as folder, serving(stage) as server:
        state, output = Path(folder) / "state", Path(folder) / "public"
        with open_newsroom(state=state, output=output) as newsroom:
            settings, fetcher = stage.settings(), stage.fetcher(server)

            def tick(now: datetime) -> None:
                began = perf_counter()
                upkeep.tick(now)
                ticks.append(perf_counter() - began)

            clockwork = Clockwork(tick, every=TICK)
            upkeep = Upkeep(
                newsroom,
                lambda: settings,
                lambda _settings: fetcher,
                call=clockwork.call,
                every=TICK,
                tell=lambda outcome: outcomes.update({outcome.source_id: outcome}),
            )
            began = monotonic()
            clockwork.start()
            _await(lambda: _are_in(outcomes) and (output / "atom.xml").exists(), began)
            took = monotonic() - began
            _await(lambda: len(outcomes) == len(stage.names), began)
            clockwork.stop(timedelta(seconds=10))
            upkeep.stop(utc_now())
            with transaction(newsroom.engine) as connection:
                known = remembered(connection)
            fetcher.close()
    said = {one: f"{known[SourceId(one)].state}: {outcomes[one].error}" for one in stage.bad}
    return took, max(ticks), said


def _are_in(outcomes: Mapping[str, Outcome]) -> bool:
    names = (f"good{number}" for number in range(GOOD))
    return all(name in outcomes and outcomes[name].error is None for name in names)


def _await(happens: Callable[[], bool], began: float) -> None:
    while not happens():
        if monotonic() - began > PATIENCE:
            raise TimeoutError("it never happened")
        sleep(0.01)


def _good(name: str) -> Answer:
    item = an_item(1, f"Report of {name}", "It rained in Ghent.", host=name)
    return saying(reply(a_feed(item), f'ETag: "{name}"'))


def _say_nothing(*_: object) -> str:
    raise structlog.DropEvent


if __name__ == "__main__":
    print(run())
