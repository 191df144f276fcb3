"""What there is to tell, and to whom: each errand is done by any thread, and kept by one.

A hub outside is pinged; a subscriber of our own is asked whether they mean it, sent a feed, or told
that there is none any more.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar, Protocol

from sqlalchemy import Connection

from aggregator.model import Settings, Site
from aggregator.pull import agent
from aggregator.store import pings, subscribers, topics
from aggregator.store.pings import Ping
from aggregator.store.topics import digest_of
from feeds.errors import AbsentError, FetchError, GoneError, ThrottledError
from feeds.post import Call, Called, Post, Send
from feeds.urls import host_of
from publisher import hub, kinds, ping
from publisher.hub import Subscriber

MOST = 200  # at a time
_SOON = timedelta(minutes=1)
_ENDED = "this feed has ended, or moved: its address says which"


@dataclass(frozen=True, slots=True, kw_only=True)
class Where:
    """Where errands are run from: a paper, its files, and the two ways out."""

    settings: Settings
    output: Path
    post: Send
    call: Callable[[Call], Called]

    @property
    def base_url(self) -> str:
        """Return the address beneath which all feeds are."""
        return self.settings.site.base_url

    def get(self, url: str) -> Called:
        """Return what a callback answers at an address. Raises FetchError."""
        return self.call(Call(url=url, user_agent=agent(self.settings)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of an errand: an error, or none.

    Of a question whether it was meant, of a delivery what was sent: None where there was nothing.
    """

    error: FetchError | None = None
    is_meant: bool = False
    digest: str | None = None


class Errand(Protocol):
    """Something to be told. No two are run at once that have the same key.

    `failing` is what an operator is told of a failure; "" for those that are nobody's trouble.
    """

    failing: ClassVar[str]

    @property
    def key(self) -> tuple[str, ...]:
        """Return what it is about."""

    @property
    def host(self) -> str:
        """Return whose machine is asked."""

    def run(self, where: Where) -> Answer:
        """Do it, from any thread. Raises FetchError where it cannot be done."""

    def keep(self, connection: Connection, answer: Answer, *, now: datetime) -> None:
        """Keep what came of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pinging:
    """A hub outside is told that a feed has news."""

    failing: ClassVar[str] = "hub not told"
    ping: Ping

    @property
    def key(self) -> tuple[str, ...]:
        """Return the hub and the feed."""
        return self.ping.hub, self.ping.topic

    @property
    def host(self) -> str:
        """Return the hub's."""
        return host_of(self.ping.hub)

    def run(self, where: Where) -> Answer:
        """Tell it."""
        form = ping.form(f"{where.base_url}{self.ping.topic}")
        where.post(Post(url=self.ping.hub, form=form, user_agent=agent(where.settings)))
        return Answer()

    def keep(self, connection: Connection, answer: Answer, *, now: datetime) -> None:
        """Keep that it knows, or when to try again."""
        if answer.error is None:
            pings.told(connection, self.ping, now=now)
            return
        wait = max(ping.pause(self.ping.failures + 1), _asked_to_wait(answer.error))
        next_try = now + min(wait, ping.LONGEST)
        pings.untold(connection, self.ping, problem=str(answer.error), next_try=next_try)


@dataclass(frozen=True, slots=True, kw_only=True)
class _ToSubscriber:
    failing: ClassVar[str] = ""
    subscriber: Subscriber

    @property
    def key(self) -> tuple[str, ...]:
        """Return the callback and the feed."""
        return self.subscriber.callback, self.subscriber.topic

    @property
    def host(self) -> str:
        """Return the callback's."""
        return self.subscriber.host

    def _settle(
        self, connection: Connection, change: Callable[[Subscriber], Subscriber | None]
    ) -> None:
        """Change the subscriber as it is by now: it may have asked for something else meanwhile."""
        known = subscribers.one(connection, *self.key)
        if known is None:
            return
        after = change(known)
        if after is None:
            subscribers.forget(connection, *self.key)
        elif after != known:
            subscribers.keep(connection, after)


class Question(_ToSubscriber):
    """A callback is asked once whether it means what was asked for in its name."""

    def run(self, where: Where) -> Answer:
        """Ask it."""
        said = where.get(hub.question(self.subscriber, base_url=where.base_url))
        challenge = self.subscriber.challenge
        return Answer(is_meant=hub.is_confirmation(said.status, said.body, challenge=challenge))

    def keep(self, connection: Connection, answer: Answer, *, now: datetime) -> None:
        """Keep what it meant, and nothing of who meant nothing."""
        self._settle(
            connection,
            lambda known: hub.answered(
                known, challenge=self.subscriber.challenge, is_meant=answer.is_meant, now=now
            ),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery(_ToSubscriber):
    """A subscriber is sent a feed, as it is published at that moment.

    `news` is a digest of what it said when it was found to have news.
    """

    failing: ClassVar[str] = "subscriber not reached"
    news: str

    def run(self, where: Where) -> Answer:
        """Send it, if it is there; it may just be going."""
        try:
            body = (where.output / self.subscriber.topic).read_bytes()
        except OSError:
            return Answer()
        said = hub.headers(
            self.subscriber,
            body,
            base_url=where.base_url,
            hub=where.settings.site.hubs[0],
            media_type=kinds.media_type(self.subscriber.topic),
        )
        where.call(
            Call(
                url=self.subscriber.callback,
                method="POST",
                headers=said,
                body=body,
                user_agent=agent(where.settings),
            )
        )
        return Answer(digest=digest_of(body))

    def keep(self, connection: Connection, answer: Answer, *, now: datetime) -> None:
        """Keep what it has now, or when to try again; 410 ends it (7), and so do days in vain."""
        now_said = topics.digests(connection, [self.subscriber.topic]).values()
        # What a crash left on disk may be no news yet: then it will be, and is sent again.
        has = answer.digest if answer.digest in now_said else answer.digest and self.news
        self._settle(connection, lambda known: _after(known, replace(answer, digest=has), now))


class Farewell(_ToSubscriber):
    """A callback is told once that its feed is no longer."""

    def run(self, where: Where) -> Answer:
        """Tell it."""
        if self.subscriber.lease_ends:
            where.get(hub.farewell(self.subscriber, base_url=where.base_url, reason=_ENDED))
        return Answer()

    def keep(self, connection: Connection, answer: Answer, *, now: datetime) -> None:  # noqa: ARG002
        """Keep nothing more of it, whether it heard that or not."""
        subscribers.forget(connection, *self.key)


def due(connection: Connection, site: Site, *, now: datetime) -> Iterator[Errand]:
    """Yield some of what is to be done now, of every machine some."""
    latest = now + ping.LONGEST
    hubs = outside(site)
    pings.keep_only(connection, hubs)
    topics.forget(connection)
    for one in pings.due(connection, hubs, now=now, latest=latest, at_hub=MOST):
        yield Pinging(ping=one)
    if site.own_hub:
        subscribers.expire(connection, now=now)
        for waiting in subscribers.unconfirmed(connection, limit=MOST):
            yield Question(subscriber=waiting)
        for unsent, news in subscribers.unsent(connection, now=now, latest=latest, limit=MOST):
            yield Delivery(subscriber=unsent, news=news)
        for left in subscribers.left_behind(connection, limit=MOST):
            yield Farewell(subscriber=left)


def outside(site: Site) -> tuple[str, ...]:
    """Return the hubs that are not our own."""
    return site.hubs[1:] if site.own_hub else site.hubs


def echo(answer: Answer) -> Answer | None:
    """Return what came of an errand if it holds for all of its host: nobody is there."""
    return answer if isinstance(answer.error, AbsentError) else None


def _after(known: Subscriber, answer: Answer, now: datetime) -> Subscriber | None:
    """Return a subscriber after a delivery; None where it is one no more."""
    match answer.error:
        case GoneError():
            return None
        case FetchError() as error:
            return hub.unsent(known, str(error), now=now, wait=_asked_to_wait(error))
        case None if answer.digest is None:
            return replace(known, next_try=now + _SOON)
        case None:
            return hub.sent(known, answer.digest, now=now)


def _asked_to_wait(error: FetchError) -> timedelta:
    asked = error.retry_after if isinstance(error, ThrottledError) else None
    return asked or timedelta()
