"""Running for ever: the tick, the paper served beside it, and a clean end."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from threading import Event
from typing import NoReturn

import structlog

from aggregator.intake import Outcome
from aggregator.model import Settings
from aggregator.pipeline import Newsroom, build
from aggregator.pushing import Pushing
from aggregator.schedule import Clockwork
from feeds.errors import BroadsheetError
from feeds.fetch import Fetcher
from publisher.serve import Server

TICK = timedelta(seconds=15)
DAWDLING = timedelta(seconds=5)  # after which the paper is printed without those that dawdle
PATIENCE = timedelta(seconds=3)  # for each of two things that end; ten seconds in all

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
    every: timedelta = TICK,
    routes: Routes | None = None,
    extra: Mapping[str, bytes] | None = None,
    ended: Event | None = None,
    pushing: Pushing | None = None,
) -> None:
    """Pull, publish and serve until SIGTERM or Ctrl-C; then stop within ten seconds.

    `current` is asked for the settings at every tick; `started` is told the port; `pushing` is
    what the server has beside the paper. What keeps a
    tick from printing is logged once, not at every tick. Raises PublishError where the port
    cannot be had.
    """
    ended = ended or Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())

    logged = ""
    fetchers = _Fetchers(routes)

    def tick(now: datetime) -> None:
        nonlocal logged
        settings = current()
        problem = _build(
            newsroom,
            settings,
            fetch=fetchers.of(settings),
            extra=extra,
            now=now,
            pushing=pushing,
            routes=routes,
        )
        if problem not in {"", logged}:
            log.error("nothing published", problem=problem)
        logged = problem

    clockwork = Clockwork(tick, every=every)
    started(server.start())
    try:
        clockwork.start()
        ended.wait()
    finally:
        newsroom.stopping.set()
        has_ended = clockwork.stop(PATIENCE)
        server.stop(PATIENCE)
        fetchers.close()
    if not has_ended:
        _end_at_once()


class _Fetchers:
    """One fetcher from tick to tick, which keeps its connections and its pauses between them.

    Another takes its place when the operator admits other networks.
    """

    def __init__(self, routes: Routes | None) -> None:
        self._routes = routes
        self._networks: tuple[object, ...] = ()
        self._fetcher: Fetcher | None = None

    def of(self, settings: Settings) -> Fetcher:
        networks = settings.site.allow_networks
        if self._fetcher is None or networks != self._networks:
            self.close()
            self._fetcher = Fetcher(allow_networks=networks, routes=self._routes)
            self._networks = networks
        return self._fetcher

    def close(self) -> None:
        if self._fetcher is not None:
            self._fetcher.close()


def _end_at_once() -> NoReturn:
    """End the process as a crash would: no transaction of a running tick can be closed under it.

    All that is kept or published bears that, and our workers go with us.
    """
    log.info("ended amid a build; the next start goes on from what is kept")
    sys.stderr.flush()
    os._exit(0)


def _build(
    newsroom: Newsroom,
    settings: Settings,
    *,
    fetch: Fetcher,
    extra: Mapping[str, bytes] | None,
    now: datetime,
    pushing: Pushing | None,
    routes: Routes | None,
) -> str:
    """Build once and return in words what kept the paper from being printed, or nothing."""
    try:
        pushed = pushing.begin(settings, now=now, routes=routes) if pushing else ()
        report = build(
            newsroom,
            settings,
            fetch=fetch,
            now=now,
            extra=extra,
            tell=_tell,
            patience=DAWDLING,
            pushed=pushed,
            noticed=partial(pushing.noticed, now=now) if pushing else None,
        )
    except BroadsheetError as error:
        # A build cut short by our end is no problem of the operator's: the next one goes on.
        return "" if newsroom.stopping.is_set() else str(error)
    for fault in report.printed.faults:
        log.warning("entry left out", problem=fault)
    if report.printed.changed:
        log.info("paper printed", files=report.printed.changed)
    return ""


def _tell(outcome: Outcome, _done: int, _total: int) -> None:
    if outcome.error:
        log.warning("source failed", source=outcome.name, problem=outcome.error)
    elif outcome.new or outcome.changed:
        log.info("source read", source=outcome.name, new=outcome.new, changed=outcome.changed)
