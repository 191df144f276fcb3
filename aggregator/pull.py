"""Asking sources, many at once: threads fetch and read, nothing here touches the store."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from threading import Event, Thread
from urllib.parse import urlsplit

import structlog

from aggregator import identity, skipping
from aggregator.model import Settings, Source
from aggregator.skipping import Item
from aggregator.store.seen import Seen
from aggregator.store.sources import Remembered
from feeds.errors import SourceError, Trouble
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.parse import Reading

READING = "1"  # raised when we read documents differently, so that unchanged ones are read again
AGENT = "Broadsheet/0.1"
ABSENT = frozenset({Trouble.UNREACHABLE, Trouble.DNS})

Fetch = Callable[[Request], Fetched | NotModified]
# A body, where it was found, its media type, and the fingerprints of what need not be read.
Parse = Callable[[bytes, str, str, AbstractSet[str]], Reading]
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A source whose turn it is, with what we remember of it and of what it said.

    What it `pushed` is not asked for.
    """

    source: Source
    remembered: Remembered
    seen: Seen | None = None
    pushed: Fetched | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Pulled:
    """What came of asking: a reading, an unchanged document (no reading, no error), or an error.

    `before` are the items remembered of earlier documents, by their fingerprints: those that the
    reading lacks are among them.
    """

    turn: Turn
    reply: Fetched | NotModified | None = None
    reading: Reading | None = None
    before: Mapping[str, Item] = field(default_factory=dict)
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
        body_hash = manner(turn.source) + hashlib.sha256(reply.body).hexdigest()[:48]
        if body_hash == turn.remembered.body_hash:
            return Pulled(turn=turn, reply=reply, body_hash=body_hash)
        reading, before = _read(turn, reply, parse)
    except SourceError as error:
        return Pulled(turn=turn, error=error)
    except Exception as error:  # whatever it is, it stays this source's
        log.exception("a fault of ours", source=turn.source.name)
        return Pulled(turn=turn, error=unforeseen(error))
    return Pulled(turn=turn, reply=reply, reading=reading, before=before, body_hash=body_hash)


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

    A host is asked by one thread at a time; one that is not there is not asked again for its
    other feeds. While nobody answers, `meanwhile` is called now and then. The threads are
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
                absence: SourceError | None = None
                for turn in waiting.get_nowait():
                    if stopping.is_set() or over.is_set():
                        return
                    pulled = (
                        Pulled(turn=turn, error=absence)
                        if absence
                        else ask(turn, user_agent=user_agent, fetch=fetch, parse=parse)
                    )
                    answers.put(pulled)
                    if pulled.error and _is_absent(turn, pulled.error):
                        absence = pulled.error
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


def _is_absent(turn: Turn, error: SourceError) -> bool:
    """Say whether the very host we asked is not there: slowness is one feed's, absence is all's."""
    return error.trouble in ABSENT and _host(turn) in str(error)


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
    read_alike = (remembered.body_hash or "").startswith(manner(turn.source))
    validators = Validators(etag=remembered.etag, last_modified=remembered.last_modified)
    return Request(
        url=remembered.address,
        validators=validators if read_alike else Validators(),
        user_agent=http.user_agent or user_agent,
        headers=http.headers,
        timeout=http.timeout,
    )


def _read(turn: Turn, reply: Fetched, parse: Parse) -> tuple[Reading, Mapping[str, Item]]:
    """Return the document without what was read before, if that changes nothing, else whole."""

    def read(seen: AbstractSet[str]) -> Reading:
        return parse(reply.body, reply.url, reply.content_type, seen)

    before = _before(turn)
    reading = read(frozenset(before))  # a view of its keys could not go to another process
    is_whole = len(reading.unseen) == len(reading.fingerprints)
    feed, remembered = reading.feed, turn.remembered
    # What all entries take from the feed, and which page belongs to none of them.
    if (identity.inherited(feed), feed.home) != (remembered.inherited, remembered.home):
        return (reading if is_whole else read(frozenset())), {}
    if is_whole or skipping.is_independent(reading, before):
        return reading, before
    return read(frozenset()), before


def _before(turn: Turn) -> Mapping[str, Item]:
    """Return the items that need not be read again; where the newest are chosen, all must be."""
    seen = turn.seen
    if seen is None or seen.manner != manner(turn.source) or turn.source.max_items is not None:
        return {}
    return {one.fingerprint: one for one in skipping.read(seen.items)}


def manner(source: Source) -> str:
    """Return a digest of all that decides, beside a document, what is taken from it."""
    decisive = repr((READING, source.language, source.max_items, source.max_age))
    return hashlib.sha256(decisive.encode()).hexdigest()[:16]
