"""Telling others what is new in our feeds, once it is published: hubs outside are pinged.

What is to be told is kept with the printing itself (`store.topics`), and that it was told once it
was: whatever ends us in between, nothing is lost, and the worst is that somebody hears it twice.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic

from sqlalchemy import Connection, Engine

from aggregator.clock import utc_now
from aggregator.hostqueues import HostQueues
from aggregator.log import Log
from aggregator.model import Settings, Site
from aggregator.pull import agent
from aggregator.store import pings
from aggregator.store.engine import beside, transaction
from aggregator.store.pings import Ping
from feeds.errors import AbsentError, FetchError, StoreError, ThrottledError
from feeds.gate import Routes
from feeds.post import Post, Poster
from feeds.urls import host_of
from publisher import ping

THREADS = 8
MOST_OUT = 200
WITHIN = timedelta(seconds=30)  # for all that a single build has to tell
_LOOK = timedelta(seconds=60)  # between two looks at what there is to tell when nobody calls
_PATIENCE = timedelta(seconds=1)
_GATHERING = 0.02  # seconds: to keep one answer takes as long as to keep many

log = Log()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    """What came of telling somebody: an error, or none."""

    error: FetchError | None


class Telling:
    """Tells those who are to be told: `step` by step, in whose thread the database is asked.

    `call` and `begin` may be called from any thread.
    """

    def __init__(
        self, engine: Engine, *, now: Callable[[], datetime] = utc_now, threads: int = THREADS
    ) -> None:
        self._engine = engine
        self._now = now
        self._called = Event()
        self._queues = HostQueues(self._tell, echo=_echo, told=self.call, threads=threads)
        self._out: set[tuple[str, str]] = set()
        self._answered: list[tuple[Ping, _Answer]] = []
        self._settings: Settings | None = None
        self._send: Poster | None = None
        self._is_over = False

    def begin(self, settings: Settings, *, routes: Routes | None = None) -> None:
        """Take the settings over, and look whether there is something to tell."""
        if self._settings is None or self._settings.site != settings.site:
            self._send = Poster(allow_networks=settings.site.allow_networks, routes=routes)
        self._settings = settings
        self.call()

    def call(self) -> None:
        """Have it looked what there is to tell."""
        self._called.set()

    def wait(self, most: timedelta) -> None:
        """Return when somebody has called, or `most` has passed."""
        self._called.wait(most.total_seconds())
        self._called.clear()

    def step(self) -> int:
        """Keep what came of telling, have others told, and return of how many it is not known.

        Raises StoreError where the database refuses; the next step does what this one could not.
        """
        if self._settings is None or not (hubs := outside(self._settings.site)):
            return 0
        now = self._now()
        self._take()
        with transaction(self._engine) as connection:
            for one, answer in self._answered:
                _keep(connection, one, answer.error, now=now)
            pings.keep_only(connection, hubs)
            latest = now + ping.LONGEST
            due = pings.due(connection, hubs, now=now, latest=latest, limit=MOST_OUT)
        _log_failures(self._answered)
        self._out.difference_update(_key(one) for one, _ in self._answered)
        self._answered.clear()
        for one in due:
            if _key(one) not in self._out:
                self._out.add(_key(one))
                self._queues.put(host_of(one.hub), one)
        return len(self._out)

    def work(self) -> None:
        """Step whenever somebody calls, until all is over."""
        while not self._is_over:
            self.wait(_LOOK)
            try:
                self.step()
            except StoreError as error:
                log.warning("it cannot be kept who was told", problem=str(error))
            except Exception:  # whatever it is, the next step must not wait for us to mend it
                log.exception("a fault of ours", task="telling what is new")

    def close(self) -> None:
        """Have nobody told any more."""
        self._is_over = True
        self._queues.close()
        self.call()

    def _take(self) -> None:
        for one, answer in self._queues.take(most=MOST_OUT, gather=_GATHERING):
            if isinstance(answer, BaseException):
                log.error("a fault of ours", task="telling what is new", problem=repr(answer))
                answer = _Answer(error=FetchError("a fault of ours, please report it"))  # noqa: PLW2901
            self._answered.append((one, answer))

    def _tell(self, one: Ping) -> _Answer:
        if self._settings is None or self._send is None:
            raise AssertionError("nobody is told before there are settings")
        topic = f"{self._settings.site.base_url}{one.topic}"
        post = Post(url=one.hub, form=ping.form(topic), user_agent=agent(self._settings))
        try:
            self._send(post)
        except FetchError as error:
            return _Answer(error=error)
        return _Answer(error=None)


@contextmanager
def open_telling(engine: Engine) -> Iterator[Telling]:
    """Yield what tells of the paper that `engine` keeps, over a connection of its own."""
    own = beside(engine)
    telling = Telling(own)
    thread = Thread(target=telling.work, name="telling", daemon=True)
    thread.start()
    try:
        yield telling
    finally:
        telling.close()
        thread.join(_PATIENCE.total_seconds())
        if not thread.is_alive():  # else it is cut off with the process, which the database bears
            own.dispose()


def tell(
    engine: Engine,
    settings: Settings,
    *,
    routes: Routes | None = None,
    within: timedelta = WITHIN,
) -> None:
    """Tell all who are to be told now, so far as there is time for it; the rest is told later.

    Raises StoreError where the database refuses.
    """
    telling = Telling(engine)
    telling.begin(settings, routes=routes)
    ends = monotonic() + within.total_seconds()
    try:
        while telling.step() and (left := ends - monotonic()) > 0:
            telling.wait(timedelta(seconds=left))
    finally:
        telling.close()


def outside(site: Site) -> tuple[str, ...]:
    """Return the hubs that are not our own."""
    return site.hubs[1:] if site.own_hub else site.hubs


def _keep(connection: Connection, one: Ping, error: FetchError | None, *, now: datetime) -> None:
    if error is None:
        pings.told(connection, one, now=now)
        return
    wait = ping.pause(one.failures + 1)
    if isinstance(error, ThrottledError) and error.retry_after:
        wait = min(max(wait, error.retry_after), ping.LONGEST)
    pings.untold(connection, one, problem=str(error), next_try=now + wait)


def _log_failures(answered: Iterable[tuple[Ping, _Answer]]) -> None:
    """Log why hubs could not be told: once each, however many feeds have news."""
    failed = Counter((one.hub, str(answer.error)) for one, answer in answered if answer.error)
    for (hub, problem), feeds in failed.items():
        log.warning("hub not told", hub=host_of(hub), feeds=feeds, problem=problem)


def _echo(answer: _Answer, one: Ping) -> _Answer | None:  # noqa: ARG001 -- it holds for all of a host
    """Answer for the others that wait for a host by what holds for them, too: it is not there."""
    return answer if isinstance(answer.error, AbsentError) else None


def _key(one: Ping) -> tuple[str, str]:
    return one.hub, one.topic
