"""Asking sources, many at once: threads fetch and read, nothing here touches the store."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from threading import Event, Thread
from urllib.parse import urlsplit

import structlog

from aggregator.model import Settings, Source
from aggregator.store.sources import Remembered
from feeds.errors import SourceError, Trouble
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.model import SourceFeed

READING = "1"  # raised when we read documents differently, so that unchanged ones are read again
AGENT = "Broadsheet/0.1"
SILENT = frozenset({Trouble.TIMEOUT, Trouble.UNREACHABLE, Trouble.DNS})

Fetch = Callable[[Request], Fetched | NotModified]
Parse = Callable[[bytes, str, str], SourceFeed]  # a body, where it was found, its media type
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A source whose turn it is, with what we remember of it; what it `pushed` is not asked for."""

    source: Source
    remembered: Remembered
    pushed: Fetched | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What came of asking: a feed, an unchanged document (no feed, no error), or an error."""

    turn: Turn
    reply: Fetched | NotModified | None = None
    feed: SourceFeed | None = None
    body_hash: str | None = None
    error: SourceError | None = None


def ask(turn: Turn, *, user_agent: str, fetch: Fetch, parse: Parse) -> Pulled:
    """Ask one source and read what it says. Whatever goes wrong is in the result.

    A fault of our own, met in one source's document, is that source's failure too: the others
    must not wait for us to mend it.
    """
    try:
        reply = turn.pushed or fetch(_request(turn, user_agent))
        if isinstance(reply, NotModified):
            return Pulled(turn=turn, reply=reply, body_hash=turn.remembered.body_hash)
        body_hash = _manner(turn.source) + hashlib.sha256(reply.body).hexdigest()[:48]
        if body_hash == turn.remembered.body_hash:
            return Pulled(turn=turn, reply=reply, body_hash=body_hash)
        feed = parse(reply.body, reply.url, reply.content_type)
    except SourceError as error:
        return Pulled(turn=turn, error=error)
    except Exception as error:  # whatever it is, it stays this source's
        log.exception("a fault of ours", source=turn.source.name)
        return Pulled(turn=turn, error=unforeseen(error))
    return Pulled(turn=turn, reply=reply, feed=feed, body_hash=body_hash)


def pull(
    turns: Sequence[Turn],
    *,
    settings: Settings,
    fetch: Fetch,
    parse: Parse,
    stopping: Event,
    meanwhile: Callable[[], None] = lambda: None,
    threads: int = 16,
) -> Iterator[Pulled]:
    """Yield what each source says, as it comes; once `stopping` is set or it is closed, no more.

    A host is asked by one thread at a time; one that does not answer is not asked again for
    its other feeds. While nobody answers, `meanwhile` is called now and then. The threads are
    daemons: a source that dawdles must not keep the program from ending.
    """
    hosts = _by_host(turns)
    waiting: SimpleQueue[list[Turn]] = SimpleQueue()
    for group in hosts:
        waiting.put(group)
    answers: SimpleQueue[Pulled | BaseException] = SimpleQueue()
    user_agent = agent(settings)
    over = Event()

    def work() -> None:
        try:
            while True:
                silence: SourceError | None = None
                for turn in waiting.get_nowait():
                    if stopping.is_set() or over.is_set():
                        return
                    pulled = (
                        Pulled(turn=turn, error=silence)
                        if silence
                        else ask(turn, user_agent=user_agent, fetch=fetch, parse=parse)
                    )
                    answers.put(pulled)
                    if pulled.error and pulled.error.trouble in SILENT:
                        silence = pulled.error
        except Empty:
            return
        except BaseException as error:  # noqa: BLE001 -- handed to the caller, who raises it
            answers.put(error)

    for _ in range(min(threads, len(hosts))):
        Thread(target=work, name="pull", daemon=True).start()
    try:
        yield from _collect(answers, len(turns), stopping, meanwhile)
    finally:
        over.set()


def unforeseen(error: Exception) -> SourceError:
    """Return a fault that nobody meant to raise as a source's failure, in words."""
    return SourceError(f"a fault of ours, please report it: {type(error).__name__}: {error}")


def agent(settings: Settings) -> str:
    """Return how we introduce ourselves: product, version and whom to write to."""
    contact = settings.site.contact or settings.site.base_url
    return f"{AGENT} (+{contact})"


def _collect(
    answers: "SimpleQueue[Pulled | BaseException]",
    expected: int,
    stopping: Event,
    meanwhile: Callable[[], None],
) -> Iterator[Pulled]:
    for _ in range(expected):
        answer = _next(answers, stopping, meanwhile)
        if answer is None:
            return
        if isinstance(answer, BaseException):
            raise answer
        yield answer


def _next(
    answers: "SimpleQueue[Pulled | BaseException]",
    stopping: Event,
    meanwhile: Callable[[], None],
) -> Pulled | BaseException | None:
    while not stopping.is_set():
        try:
            return answers.get(timeout=0.2)
        except Empty:
            meanwhile()
    return None


def _by_host(turns: Sequence[Turn]) -> list[list[Turn]]:
    groups: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        groups[_host(turn)].append(turn)
    return sorted(groups.values(), key=len, reverse=True)


def _host(turn: Turn) -> str:
    """Return whom we ask; an export on disk, or what is no address, overruns nobody but itself."""
    try:
        return urlsplit(turn.remembered.address).hostname or turn.source.id
    except ValueError:  # an unclosed bracket; fetching says so in words
        return turn.source.id


def _request(turn: Turn, user_agent: str) -> Request:
    http, remembered = turn.source.http, turn.remembered
    # Unchanged is no answer where what we make of the document has changed.
    read_alike = (remembered.body_hash or "").startswith(_manner(turn.source))
    validators = Validators(etag=remembered.etag, last_modified=remembered.last_modified)
    return Request(
        url=remembered.address,
        validators=validators if read_alike else Validators(),
        user_agent=http.user_agent or user_agent,
        headers=http.headers,
        timeout=http.timeout,
    )


def _manner(source: Source) -> str:
    """Return a digest of all that decides, beside a document, what is taken from it."""
    manner = repr((READING, source.language, source.max_items, source.max_age))
    return hashlib.sha256(manner.encode()).hexdigest()[:16]
