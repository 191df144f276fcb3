"""Running for ever: the tick, the paper served beside it, and a clean end."""

import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event

import structlog

from aggregator.model import Settings
from aggregator.pipeline import Newsroom, Report, build
from aggregator.schedule import Clockwork
from feeds.errors import PublishError
from feeds.fetch import Fetcher
from publisher.serve import Server

TICK = timedelta(seconds=15)
PATIENCE = timedelta(seconds=4)  # for each of two things that end; ten seconds in all

Routes = Mapping[str, tuple[str, int]]
log = structlog.get_logger()


@contextmanager
def open_fetcher(settings: Settings, routes: Routes | None = None) -> Iterator[Fetcher]:
    """Yield what asks the network, within what the operator allows."""
    fetcher = Fetcher(allow_networks=settings.site.allow_networks, routes=routes)
    try:
        yield fetcher
    finally:
        fetcher.close()


def run(
    newsroom: Newsroom,
    server: Server,
    current: Callable[[], Settings],
    *,
    started: Callable[[int], None],
    routes: Routes | None = None,
    extra: Mapping[str, bytes] | None = None,
    ended: Event | None = None,
) -> None:
    """Pull, publish and serve until SIGTERM or Ctrl-C; then stop within ten seconds.

    `current` is asked for the settings at every tick; `started` is told the port. Raises
    PublishError where the port cannot be had.
    """
    ended = ended or Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())

    def tick(now: datetime) -> None:
        settings = current()
        with open_fetcher(settings, routes) as fetch:
            _build(newsroom, settings, fetch=fetch, now=now, extra=extra)

    clockwork = Clockwork(tick, every=TICK)
    started(server.start())
    try:
        clockwork.start()
        ended.wait()
    finally:
        newsroom.stopping.set()
        clockwork.stop(PATIENCE)
        server.stop(PATIENCE)


def _build(
    newsroom: Newsroom,
    settings: Settings,
    *,
    fetch: Fetcher,
    now: datetime,
    extra: Mapping[str, bytes] | None,
) -> None:
    try:
        report = build(newsroom, settings, fetch=fetch, now=now, extra=extra)
    except PublishError as error:
        log.warning("nothing published", problem=str(error))
        return
    _tell(report)


def _tell(report: Report) -> None:
    for outcome in report.outcomes:
        if outcome.error:
            log.warning("source failed", source=outcome.name, problem=outcome.error)
        elif outcome.new or outcome.changed:
            log.info("source read", source=outcome.name, new=outcome.new, changed=outcome.changed)
    for fault in report.printed.faults:
        log.warning("entry left out", problem=fault)
    if report.printed.changed:
        log.info("paper printed", files=report.printed.changed)
