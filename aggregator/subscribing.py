"""Subscribing at our own hub: what strangers ask of it is taken or refused, and nothing more.

Whoever is taken is asked whether they mean it by `telling`, which alone sends anything. A request
makes us call a machine once; how often it may is limited for each machine, and for all together.
"""

import asyncio
import secrets
from collections.abc import Callable, MutableMapping
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from sqlalchemy import Connection, Engine

from aggregator.allowance import Allowance
from aggregator.bodies import Answer, Receive, Reply, Scope, answer, whole
from aggregator.clock import utc_now
from aggregator.log import Log
from aggregator.model import Site
from aggregator.store import subscribers, topics
from aggregator.store.engine import transaction
from feeds.errors import StoreError
from feeds.hub import Mode
from feeds.urls import host_of
from publisher.hub import Refusal, Subscriber, Wish, wish, wishing

PATH = "/hub"  # beneath the paper's root
LARGEST = 16_384  # bytes of one request
PATIENCE = timedelta(seconds=10)  # for the whole of one to arrive
MOST = 10_000  # subscribers
MOST_AT_HOST = 1_000
MOST_WAITING = 500  # to be asked whether they mean it
_MOST_PARAMETERS = 50
_CHANCE = 24  # bytes in a challenge
_FULL = timedelta(hours=1)

log = Log()


class Door:
    """The ASGI application at the address of our own hub, `beside` a paper that has one.

    `called` is called whenever somebody is to be asked whether they mean it.
    """

    def __init__(
        self,
        engine: Engine,
        beside: MutableMapping[str, Any],
        *,
        called: Callable[[], object],
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._site: Site | None = None
        self._engine = engine
        self._beside = beside
        self._called = called
        self._now = now
        self._lock = Lock()  # one connection, many threads
        self._of_all = Allowance(100, every=timedelta(seconds=1))
        self._of_strangers = Allowance(20, every=timedelta(seconds=6))
        self._of_readers = Allowance(300, every=timedelta(seconds=1))

    def serve(self, site: Site) -> None:
        """Answer for this site from now on, if it has a hub of its own."""
        self._site = site if site.own_hub else None
        if self._site:
            self._beside[PATH] = self
        else:
            self._beside.pop(PATH, None)

    async def __call__(self, scope: Scope, receive: Receive, send: Reply) -> None:
        """Answer one request; nothing that came with it is logged, as callbacks are secrets."""
        if scope["method"] != "POST" or self._site is None:
            words = b"This is a hub (WebSub): subscribe with a POST.\n"
            await answer(send, (405, words), (b"allow", b"POST"))
            return
        body = await whole(scope, receive, most=LARGEST, patience=PATIENCE)
        if not isinstance(body, bytes):
            await answer(send, body)
            return
        said, wait = await asyncio.to_thread(self._answer, body, self._site)
        later = [(b"retry-after", str(wait).encode())] if wait else []
        await answer(send, said, *later)

    def _answer(self, body: bytes, site: Site) -> tuple[Answer, int]:
        """Return what to answer, and after how many seconds to ask again, or 0."""
        try:
            form = parse_qsl(
                body.decode(),
                keep_blank_values=True,
                errors="strict",
                max_num_fields=_MOST_PARAMETERS,
            )
        except ValueError:
            return (400, b"This is no form that we can read.\n"), 0
        found = wish(form, base_url=site.base_url, allowed=site.allow_networks)
        if isinstance(found, Refusal):
            return (found.status, f"{found.words}\n".encode()), 0
        if wait := self._of_all.take():
            return (429, b"Too many ask for something just now.\n"), wait
        try:
            with self._lock, transaction(self._engine) as connection:
                said, wait = self._take(connection, found)
        except StoreError as error:
            log.warning("a subscription request could not be kept", problem=str(error))
            return (503, b"Try again later.\n"), 60
        if said[0] == 202:
            self._called()
        return said, wait

    def _take(self, connection: Connection, one: Wish) -> tuple[Answer, int]:
        digest = topics.digests(connection, [one.topic]).get(one.topic)
        known = subscribers.one(connection, one.callback, one.topic)
        if digest is None:
            return (404, b"hub.topic is no feed of this paper.\n"), 0
        if known is None and one.mode is Mode.UNSUBSCRIBE:
            return (404, b"hub.callback is not subscribed to hub.topic.\n"), 0
        if refused := self._refused(connection, one, known):
            return refused
        challenge = secrets.token_urlsafe(_CHANCE)
        fresh = wishing(known, one, digest=digest, challenge=challenge, now=self._now())
        subscribers.keep(connection, fresh)
        return (202, b""), 0

    def _refused(
        self, connection: Connection, one: Wish, known: Subscriber | None
    ) -> tuple[Answer, int] | None:
        host = host_of(one.callback)
        counts = subscribers.counts(connection, host)
        if counts.waiting >= MOST_WAITING and not (known and known.wished):
            return (503, b"Too many wait to be asked just now.\n"), 60
        if known is None and (counts.all >= MOST or counts.at_host >= MOST_AT_HOST):
            return (503, b"There are too many subscribers.\n"), int(_FULL.total_seconds())
        allowance = self._of_readers if counts.confirmed else self._of_strangers
        if wait := allowance.take(host):
            return (429, b"Too much is asked for this host just now.\n"), wait
        return None
