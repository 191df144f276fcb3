"""Pushes from hubs: subscribing, keeping leases, and the callbacks that hubs call."""

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol, TypeVar
from urllib.parse import parse_qsl

from aggregator.bodies import Answer, Receive, Reply, Scope, answer, field, whole
from aggregator.log import Log
from feeds import hub
from feeds.errors import FetchError, StoreError
from feeds.fetch import Fetched, Validators
from feeds.hub import Mode, State, Subscription
from feeds.post import Post, Send
from feeds.topic import Topic

PATH = "/hub/"  # beneath the paper's root; the token follows
LARGEST = 3_145_728  # bytes of one push
PATIENCE = timedelta(seconds=10)  # for the whole of one push to arrive

_ENOUGH = 32  # bytes of chance in a token and in a secret: 43 characters, below the 200 allowed
_MOST_PARAMETERS = 20

Deliver = Callable[[Subscription, Fetched], None]
_Result = TypeVar("_Result")
_Change = Callable[[Subscription], tuple[Subscription, _Result]]

log = Log()


class Subscriptions(Protocol):
    """Where subscriptions are kept. Called from several threads."""

    def of(self, source_id: str) -> tuple[Subscription, ...]:
        """Return a source's subscriptions that have not ended."""

    def all(self) -> tuple[Subscription, ...]:
        """Return every subscription that has not ended."""

    def add(self, subscription: Subscription) -> None:
        """Keep a new one."""

    def amend(self, token: str, change: _Change[_Result]) -> _Result | None:
        """Read one, change it and keep it in one transaction; None where there is none."""


class Subscriber:
    """Asks hubs for pushes. `callbacks` is the public address that `Callbacks` answers at."""

    def __init__(
        self, subscriptions: Subscriptions, *, send: Send, callbacks: str, user_agent: str
    ) -> None:
        self._subscriptions = subscriptions
        self._send = send
        self._callbacks = callbacks
        self._user_agent = user_agent

    def notice(self, source_id: str, topic: Topic | None, *, now: datetime) -> None:
        """Act on what a source's document says of its pushes, after a fetch.

        One hub of it is enough. Where topic or hub is another now, a new subscription with
        its own token and secret replaces the old, which is ended.
        """
        known = [
            one for one in self._subscriptions.of(source_id) if one.pending is not Mode.UNSUBSCRIBE
        ]
        fits = [one for one in known if topic and one.topic == topic.url and one.hub in topic.hubs]
        for one in known:
            if one not in fits[:1]:
                self.ask(one, mode=Mode.UNSUBSCRIBE, now=now)
        if topic and not fits:
            fresh = Subscription(
                token=secrets.token_urlsafe(_ENOUGH),
                source_id=source_id,
                topic=topic.url,
                hub=topic.hubs[0],
                secret=secrets.token_urlsafe(_ENOUGH),
                created_at=now,
            )
            self._subscriptions.add(fresh)
            self.ask(fresh, mode=Mode.SUBSCRIBE, now=now)

    def renew(self, *, now: datetime) -> int:
        """Ask again for all that is due, and return how many that were."""
        kept = self._subscriptions.all()
        for one in kept:
            if hub.is_over(one, now=now):
                self._amend(one.token, lambda each: replace(each, state=State.ENDED))
        due = [one for one in kept if hub.is_due(one, now=now)]
        for one in due:
            self.ask(one, mode=Mode.SUBSCRIBE, now=now)
        return len(due)

    def ask(self, known: Subscription, *, mode: Mode, now: datetime) -> None:
        """Ask the hub. What it says is for the callback; that it cannot be asked is kept."""
        self._amend(known.token, lambda one: hub.asking(one, mode=mode, now=now))
        form = hub.request(known, callback=f"{self._callbacks}{known.token}", mode=mode)
        try:
            self._send(Post(url=known.hub, form=form, user_agent=self._user_agent))
        except FetchError as error:
            reason = str(error)
            log.warning("hub not reached", source=known.source_id, problem=reason)
            self._amend(known.token, lambda one: hub.unheard(one, reason=reason))

    def _amend(self, token: str, change: Callable[[Subscription], Subscription]) -> None:
        self._subscriptions.amend(token, lambda one: (change(one), None))


class Callbacks:
    """The ASGI application that hubs call: each subscription at the end of its own path.

    `deliver` gets a good push as if the topic had been fetched just now, but for validators:
    a push has none. It is called from a thread and should do no more than note it down. A push
    may hold but a few of the feed's entries, so what it lacks was not removed.
    """

    def __init__(
        self,
        subscriptions: Subscriptions,
        *,
        deliver: Deliver,
        now: Callable[[], datetime],
        patience: timedelta = PATIENCE,
    ) -> None:
        self._subscriptions = subscriptions
        self._deliver = deliver
        self._now = now
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Reply) -> None:
        """Answer one request; nothing that came with it is logged, as its path is a secret."""
        said = await self._answer(scope, receive)
        more = [(b"allow", b"GET, POST")] if said[0] == 405 else []
        await answer(send, said, *more)

    async def _answer(self, scope: Scope, receive: Receive) -> Answer:
        token = scope["path"].rpartition("/")[2]
        try:
            match scope["method"]:
                case "GET":
                    return await asyncio.to_thread(self._verify, token, scope["query_string"])
                case "POST":
                    return await self._push(token, scope, receive)
                case _:
                    return 405, b"A hub verifies with GET and pushes with POST.\n"
        except StoreError as error:
            log.warning("a push could not be kept", problem=str(error))
            return 503, b"Try again later.\n"

    def _verify(self, token: str, query: bytes) -> Answer:
        try:
            said = parse_qsl(
                query.decode("latin-1"),
                keep_blank_values=True,
                errors="surrogateescape",
                max_num_fields=_MOST_PARAMETERS,
            )
        except ValueError:
            said = []
        first = dict(reversed(said))
        now = self._now()
        echo = self._subscriptions.amend(token, lambda one: hub.verified(one, first, now=now))
        if echo is None:
            return 404, b"We asked for no such thing.\n"
        return 200, echo.encode("utf-8", "surrogateescape")

    async def _push(self, token: str, scope: Scope, receive: Receive) -> Answer:
        known = await asyncio.to_thread(self._subscriptions.amend, token, lambda one: (one, one))
        if known is None or known.state is State.ENDED or known.pending is Mode.UNSUBSCRIBE:
            return 410, b"Nobody subscribes here any more.\n"
        body = await whole(scope, receive, most=LARGEST, patience=self._patience)
        if not isinstance(body, bytes):
            return body
        await asyncio.to_thread(self._take, known, body, scope)
        return 202, b""  # to a forger, too: he is not told what gave him away

    def _take(self, known: Subscription, body: bytes, scope: Scope) -> None:
        signatures = [value.decode("latin-1") for value in field(scope, b"x-hub-signature")]
        is_good = (
            bool(body)
            and known.state is State.ACTIVE
            and hub.is_signed(body, signatures, secret=known.secret)
        )
        if is_good:
            content_type = b"".join(field(scope, b"content-type")[:1]).decode("latin-1")
            self._deliver(
                known,
                Fetched(
                    body=body, url=known.topic, validators=Validators(), content_type=content_type
                ),
            )
        now = self._now()
        self._subscriptions.amend(
            known.token, lambda one: (hub.pushed(one, is_good=is_good, now=now), None)
        )
