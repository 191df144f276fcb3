"""Pushes beside the tick: what hubs bring is kept for it, what it finds out is told to hubs.

Hubs are asked from a thread of its own, so that one that dawdles holds up nothing; and what
they push waits here for the next tick, which takes it in as if it had asked.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from queue import SimpleQueue
from threading import Lock, Thread
from typing import Any

from sqlalchemy import Engine

from aggregator.clock import utc_now
from aggregator.intake import Outcome
from aggregator.log import Log
from aggregator.model import Settings, SourceId
from aggregator.pull import Pulled, agent
from aggregator.pushes import PATH, Callbacks, Subscriber
from aggregator.store.engine import beside
from aggregator.store.pushes import Subscriptions
from feeds import hub
from feeds.errors import StoreError
from feeds.fetch import Fetched
from feeds.gate import Routes
from feeds.hub import Mode, Subscription
from feeds.post import Poster, Send
from feeds.secrets import HIDDEN, holds_secret
from feeds.topic import Topic, advertised

MOST_WAITING = 33_554_432  # bytes of pushes between two ticks; a hub sends the rest again
PATIENCE = timedelta(seconds=1)

Task = Callable[[], object]
log = Log()


class Pushing:
    """What hubs bring and are told. `beside` is for the server, and changes with the settings."""

    def __init__(
        self, subscriptions: Subscriptions, *, now: Callable[[], datetime] = utc_now
    ) -> None:
        self.beside: MutableMapping[str, Any] = {}
        self._subscriptions = subscriptions
        self._callbacks = Callbacks(subscriptions, deliver=self._deliver, now=now)
        self._lock = Lock()
        self._waiting: deque[tuple[SourceId, Fetched]] = deque()
        self._size = 0
        self._known: dict[str, Subscription] = {}
        self._settings: Settings | None = None
        self._subscriber: Subscriber | None = None
        self._is_over = False
        self._tasks: SimpleQueue[Task | None] = SimpleQueue()
        self._thread = Thread(target=self._work, name="hubs", daemon=True)
        self._thread.start()
        if subscriptions.all():  # a hub does not wait for our first tick
            self.beside[PATH] = self._callbacks

    def begin(
        self,
        settings: Settings,
        *,
        now: datetime,
        routes: Routes | None = None,
        is_room: bool = True,
    ) -> tuple[tuple[SourceId, Fetched], ...]:
        """Begin a look: have leases renewed, and return what was pushed since there `is_room`.

        Raises StoreError where our subscriptions cannot be read.
        """
        kept = self._subscriptions.all()
        if settings.site.push or kept:
            self.beside[PATH] = self._callbacks
        else:
            self.beside.pop(PATH, None)
        self._known = {one.source_id: one for one in kept if one.pending is not Mode.UNSUBSCRIBE}
        if self._settings is None or self._settings.site != settings.site:
            send = Poster(allow_networks=settings.site.allow_networks, routes=routes)
            self._subscriber = _subscriber(self._subscriptions, settings, send)
        self._settings = settings
        if kept and self._subscriber and self._tasks.empty():
            wanted = {one.id for one in settings.sources if one.enabled and settings.site.push}
            self._tasks.put(
                partial(_renew, self._subscriptions, self._subscriber, wanted=wanted, now=now)
            )
        return self._taken() if is_room else ()

    def _taken(self) -> tuple[tuple[SourceId, Fetched], ...]:
        with self._lock:
            pushed = tuple(self._waiting)
            self._waiting.clear()
            self._size = 0
        return pushed

    def take_back(self, pushed: tuple[tuple[SourceId, Fetched], ...]) -> None:
        """Keep for the next tick what this one was given and could not take in."""
        with self._lock:
            self._waiting.extendleft(reversed(pushed))
            self._size += sum(len(fetched.body) for _, fetched in pushed)

    def noticed(self, pulled: Pulled, outcome: Outcome, *, now: datetime) -> None:
        """See what a poll that has been taken in says of pushes: none, missing, or working.

        Raises StoreError where that cannot be kept.
        """
        if pulled.turn.pushed or self._subscriber is None or self._settings is None:
            return
        source, reply = pulled.turn.source, pulled.reply
        known = self._known.get(source.id)
        if pulled.reading and isinstance(reply, Fetched) and self._settings.site.push:
            topic = _topic(reply)
            if topic or known:
                self._tasks.put(partial(self._subscriber.notice, source.id, topic, now=now))
        if known is None or outcome.error or not hub.is_live(known, now=now):
            return
        if outcome.new:
            self._known[source.id] = hub.missed(known)
            self._subscriptions.amend(known.token, lambda one: (hub.missed(one), None))
        elif source.cron is None:
            pause = hub.stretched(source.every, known, now=now)
            self._subscriptions.postpone(source.id, pause, now=now)

    def stop(self) -> bool:
        """Have no more done, and say whether nothing is under way any more."""
        self._is_over = True
        self._tasks.put(None)
        self._thread.join(PATIENCE.total_seconds())
        return not self._thread.is_alive()

    def _deliver(self, known: Subscription, fetched: Fetched) -> None:
        with self._lock:
            if self._size + len(fetched.body) > MOST_WAITING:
                raise StoreError("too much was pushed since the last tick")
            self._size += len(fetched.body)
            self._waiting.append((SourceId(known.source_id), fetched))

    def _work(self) -> None:
        while (task := self._tasks.get()) is not None and not self._is_over:
            try:
                task()
            except StoreError as error:
                log.warning("hubs could not be told", problem=str(error))
            except Exception:  # whatever it is, the next hub must not wait for us to mend it
                log.exception("a fault of ours", task="telling a hub")


@contextmanager
def open_pushing(engine: Engine) -> Iterator[Pushing]:
    """Yield the pushes of the paper that `engine` keeps, over a connection of their own."""
    own = beside(engine)
    pushing = Pushing(Subscriptions(own))
    try:
        yield pushing
    finally:
        if pushing.stop():  # else it is cut off with the process, which the database bears
            own.dispose()


def _subscriber(subscriptions: Subscriptions, settings: Settings, send: Send) -> Subscriber:
    return Subscriber(
        subscriptions,
        send=send,
        callbacks=f"{settings.site.base_url}{PATH.removeprefix('/')}",
        user_agent=agent(settings),
    )


def _renew(
    subscriptions: Subscriptions,
    subscriber: Subscriber,
    *,
    wanted: Collection[str],
    now: datetime,
) -> None:
    """Renew what is due, and end what nobody wants any more."""
    for one in subscriptions.all():
        if one.source_id not in wanted and one.pending is not Mode.UNSUBSCRIBE:
            subscriber.ask(one, mode=Mode.UNSUBSCRIBE, now=now)
    subscriber.renew(now=now)


def _topic(reply: Fetched) -> Topic | None:
    if not reply.links and b"hub" not in reply.body.replace(b"\0", b"").lower():
        return None  # by far most documents: they need not be read once more
    topic = advertised(
        reply.body, url=reply.url, links=reply.links, content_type=reply.content_type
    )
    # One with a key in it is no hub's business; ours is struck out of it anyway.
    return None if topic and _is_private(topic.url) else topic


def _is_private(address: str) -> bool:
    return HIDDEN in address or holds_secret(address)
