"""Running for ever: the tick, the paper served beside it, and a clean end."""

import os
import signal
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from threading import Event
from typing import NoReturn

from aggregator.clock import utc_now
from aggregator.log import Log
from aggregator.model import Settings
from aggregator.newsroom import Newsroom
from aggregator.nightly import AT, Nightly
from aggregator.pushing import Pushing
from aggregator.schedule import Clockwork
from aggregator.telling import Telling
from aggregator.upkeep import Upkeep
from feeds.fetch import Fetcher
from feeds.gate import Routes
from publisher.serve import Server

TICK = timedelta(seconds=15)
PATIENCE = timedelta(seconds=3)  # for each of two things that end; ten seconds in all

log = Log()


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
    telling: Telling | None = None,
    nightly: Nightly | None = None,
) -> None:
    """Pull, publish and serve until SIGTERM or Ctrl-C; then stop within ten seconds.

    `current` is asked for the settings at every look; `started` is told the port; `pushing` is
    what the server has beside the paper, `telling` what tells others of it, `nightly` what is done
    once a night. Raises PublishError where the port cannot be had.
    """
    ended = _set_by_signals(ended or Event())
    fetchers = _Fetchers(routes)
    clockwork = Clockwork(lambda now: upkeep.tick(now), every=every)  # noqa: PLW0108 -- to come
    upkeep = Upkeep(
        newsroom,
        current,
        fetchers.of,
        call=clockwork.call,
        every=every,
        routes=routes,
        extra=extra,
        pushing=pushing,
        telling=telling,
    )
    if nightly:
        clockwork.daily(nightly.run, at=AT)
    started(server.start())
    try:
        clockwork.start()
        ended.wait()
    finally:
        newsroom.stopping.set()
        if nightly:
            nightly.stop()
        has_ended = clockwork.stop(PATIENCE)
        if has_ended:
            upkeep.stop(utc_now())
        server.stop(PATIENCE)
        fetchers.close()
    if not has_ended:
        _end_at_once()


def serve(server: Server, *, started: Callable[[int], None], ended: Event | None = None) -> None:
    """Serve what is printed, and nothing else, until SIGTERM or Ctrl-C.

    `started` is told the port. Raises PublishError where it cannot be had.
    """
    ended = _set_by_signals(ended or Event())
    started(server.start())
    try:
        ended.wait()
    finally:
        server.stop(PATIENCE)


def _set_by_signals(ended: Event) -> Event:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    return ended


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
