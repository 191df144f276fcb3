"""Asking sources, many at once: threads fetch and read, nothing here touches the store."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from urllib.parse import urlsplit

from aggregator.model import Settings, Source
from aggregator.store.sources import Remembered
from feeds.errors import SourceError
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.model import SourceFeed

READING = "1"  # raised when we read documents differently, so that unchanged ones are read again
AGENT = "Broadsheet/0.1"

Fetch = Callable[[Request], Fetched | NotModified]
Parse = Callable[[bytes, str, str], SourceFeed]  # a body, where it was found, its media type


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A source whose turn it is, with what we remember of it."""

    source: Source
    remembered: Remembered


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What came of asking: a feed, an unchanged document (no feed, no error), or an error."""

    turn: Turn
    reply: Fetched | NotModified | None = None
    feed: SourceFeed | None = None
    body_hash: str | None = None
    error: SourceError | None = None


def ask(turn: Turn, *, user_agent: str, fetch: Fetch, parse: Parse) -> Pulled:
    """Ask one source and read what it says. Whatever goes wrong is in the result."""
    try:
        reply = fetch(_request(turn, user_agent))
        if isinstance(reply, NotModified):
            return Pulled(turn=turn, reply=reply, body_hash=turn.remembered.body_hash)
        body_hash = _digest(turn.source, reply.body)
        if body_hash == turn.remembered.body_hash:
            return Pulled(turn=turn, reply=reply, body_hash=body_hash)
        feed = parse(reply.body, reply.url, reply.content_type)
    except SourceError as error:
        return Pulled(turn=turn, error=error)
    return Pulled(turn=turn, reply=reply, feed=feed, body_hash=body_hash)


def pull(
    turns: Sequence[Turn],
    *,
    settings: Settings,
    fetch: Fetch,
    parse: Parse,
    stopping: Event,
    threads: int = 16,
) -> Iterator[Pulled]:
    """Yield what each source says, as it comes; once `stopping` is set, no more.

    A host is asked by one thread at a time. The threads are daemons: a source that dawdles
    must not keep the program from ending.
    """
    hosts = _by_host(turns)
    waiting: SimpleQueue[list[Turn]] = SimpleQueue()
    for group in hosts:
        waiting.put(group)
    answers: SimpleQueue[Pulled | BaseException] = SimpleQueue()
    user_agent = agent(settings)

    def work() -> None:
        try:
            while not stopping.is_set():
                for turn in waiting.get_nowait():
                    answers.put(ask(turn, user_agent=user_agent, fetch=fetch, parse=parse))
                    if stopping.is_set():
                        return
        except Empty:
            return
        except BaseException as error:  # noqa: BLE001 -- handed to the caller, who raises it
            answers.put(error)

    for _ in range(min(threads, len(hosts))):
        Thread(target=work, name="pull", daemon=True).start()
    yield from _collect(answers, len(turns), stopping)


def agent(settings: Settings) -> str:
    """Return how we introduce ourselves: product, version and whom to write to."""
    contact = settings.site.contact or settings.site.base_url
    return f"{AGENT} (+{contact})"


def _collect(
    answers: "SimpleQueue[Pulled | BaseException]", expected: int, stopping: Event
) -> Iterator[Pulled]:
    for _ in range(expected):
        answer = _next(answers, stopping)
        if answer is None:
            return
        if isinstance(answer, BaseException):
            raise answer
        yield answer


def _next(
    answers: "SimpleQueue[Pulled | BaseException]", stopping: Event
) -> Pulled | BaseException | None:
    while not stopping.is_set():
        try:
            return answers.get(timeout=0.2)
        except Empty:
            continue
    return None


def _by_host(turns: Sequence[Turn]) -> list[list[Turn]]:
    groups: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        # Exports on disk have no host that could be overrun: each is a group of its own.
        host = urlsplit(turn.remembered.address).hostname or turn.source.id
        groups[host].append(turn)
    return sorted(groups.values(), key=len, reverse=True)


def _request(turn: Turn, user_agent: str) -> Request:
    http, remembered = turn.source.http, turn.remembered
    return Request(
        url=remembered.address,
        validators=Validators(etag=remembered.etag, last_modified=remembered.last_modified),
        user_agent=http.user_agent or user_agent,
        headers=http.headers,
        timeout=http.timeout,
    )


def _digest(source: Source, body: bytes) -> str:
    return hashlib.sha256(f"{READING}\0{source.language}\0".encode() + body).hexdigest()
