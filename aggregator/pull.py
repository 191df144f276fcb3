"""Asking sources, many at once: threads fetch and read, nothing here touches the store."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from functools import partial
from threading import Event
from traceback import format_exception

from aggregator import skipping
from aggregator.asking import in_confidence, request, untold
from aggregator.hostqueues import HostQueues
from aggregator.log import Log
from aggregator.model import Settings, Source
from aggregator.naming import inherited
from aggregator.secrecy import secrets_of
from aggregator.skipping import Item
from aggregator.store.seen import Seen
from aggregator.store.sources import Remembered
from feeds.errors import AbsentError, SourceError
from feeds.fetch import Fetched, Fetcher, NotModified, Request, Validators
from feeds.reading import Reading
from feeds.secrets import redact
from feeds.urls import host_of, place_of

READING = "3"  # raised when we read documents differently, so that unchanged ones are read again
AGENT = "Broadsheet/0.1"

Fetch = Callable[[Request], Fetched | NotModified]
# A body, where it was found, its media type, and the fingerprints of what need not be read.
Parse = Callable[[bytes, str, str, AbstractSet[str]], Reading]
log = Log()
_PATIENCE = 0.2  # seconds
_MOST_AT_ONCE = 16
_GATHERING = 0.02  # seconds: to have one answer on the disk takes as long as to have sixteen


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
    secrets = secrets_of(turn.source)
    try:
        reply = untold(turn.pushed or fetch(_request(turn, user_agent)), secrets)
        if isinstance(reply, NotModified):
            return Pulled(turn=turn, reply=reply, body_hash=turn.remembered.body_hash)
        body_hash = manner(turn.source) + hashlib.sha256(reply.body).hexdigest()[:48]
        if body_hash == turn.remembered.body_hash:
            return Pulled(turn=turn, reply=reply, body_hash=body_hash)
        reading, before = _read(turn, reply, parse)
    except SourceError as error:
        return Pulled(turn=turn, error=in_confidence(error, secrets))
    except Exception as error:  # noqa: BLE001 -- whatever it is, it stays this source's
        return Pulled(turn=turn, error=fault(error, turn.source))
    return Pulled(turn=turn, reply=reply, reading=reading, before=before, body_hash=body_hash)


def pull(
    turns: Sequence[Turn],
    *,
    settings: Settings,
    fetch: Fetch,
    parse: Parse,
    stopping: Event,
    threads: int = 16,
) -> Iterator[tuple[Pulled, ...]]:
    """Yield what sources say, as it comes; once `stopping` is set or it is closed, no more.

    What has come while the caller was busy is yielded at once, some sources at the most; when
    many wait for the caller no more are asked, since documents fill the memory. A host is asked
    by one thread at a time; one that is not there is not asked again for its other feeds.
    """
    user_agent, pause = agent(settings), spacing(fetch)
    work = partial(ask, user_agent=user_agent, fetch=fetch, parse=parse)
    queues = HostQueues(work, echo=echo, threads=threads)
    try:
        for name, some in _by_host(turns):
            queues.put(name, *some, pause=pause(some[0].remembered.address))
        yield from _collect(queues, len(turns), stopping)
    finally:
        queues.close()


def spacing(fetch: Fetch) -> Callable[[str], float]:
    """Return what says for how many seconds an address's host is left alone after each fetch."""
    return fetch.pause if isinstance(fetch, Fetcher) else lambda _url: 0.0


def echo(pulled: Pulled, turn: Turn) -> Pulled | None:
    """Return what asking another feed of a host that is not there would come to, without asking.

    Slowness is one feed's, absence is all's: of the same port, and by the same way.
    """
    if not isinstance(pulled.error, AbsentError) or _way(pulled.turn) != _way(turn):
        return None
    return Pulled(turn=turn, error=pulled.error)


def host(turn: Turn) -> str:
    """Return in whose queue a source waits; what overruns nobody waits in one of its own.

    That is an export on disk, what is no address, and what was pushed.
    """
    if turn.pushed is not None:
        return f"push {turn.source.id}"
    return host_of(turn.remembered.address) or turn.source.id


def _way(turn: Turn) -> tuple[str, int | None, str | None]:
    return (*place_of(turn.remembered.address), turn.source.http.proxy)


def fault(error: Exception, source: Source) -> SourceError:
    """Return a fault that nobody meant to raise as a source's failure, in words, and log it.

    What it was met with, such as a header that could not be sent, is no part of the log.
    """
    secrets = secrets_of(source)
    trace = redact("".join(format_exception(error)), secrets)
    log.error("a fault of ours", source=source.name, trace=trace)
    problem = f"a fault of ours, please report it: {type(error).__name__}: {error}"
    return in_confidence(SourceError(problem), secrets)


def agent(settings: Settings) -> str:
    """Return how we introduce ourselves: product, version and whom to write to."""
    contact = settings.site.contact or settings.site.base_url
    return f"{AGENT} (+{contact})"


def _collect(
    queues: HostQueues[Turn, Pulled], expected: int, stopping: Event
) -> Iterator[tuple[Pulled, ...]]:
    while expected and not stopping.is_set():
        taken = queues.take(_PATIENCE, most=min(_MOST_AT_ONCE, expected), gather=_GATHERING)
        for _, answer in taken:
            if isinstance(answer, BaseException):
                raise answer
        if taken and not stopping.is_set():
            yield tuple(answer for _, answer in taken if isinstance(answer, Pulled))
        expected -= len(taken)


def _by_host(turns: Sequence[Turn]) -> list[tuple[str, list[Turn]]]:
    """Return the turns host by host; the longest line begins first, as it takes longest."""
    groups: dict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        groups[host(turn)].append(turn)
    return sorted(groups.items(), key=lambda group: len(group[1]), reverse=True)


def _request(turn: Turn, user_agent: str) -> Request:
    remembered = turn.remembered
    # Unchanged is no answer where what we make of the document has changed.
    read_alike = (remembered.body_hash or "").startswith(manner(turn.source))
    validators = Validators(etag=remembered.etag, last_modified=remembered.last_modified)
    return request(
        turn.source,
        address=remembered.address,
        validators=validators if read_alike else Validators(),
        user_agent=user_agent,
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
    if (inherited(feed), feed.home) != (remembered.inherited, remembered.home):
        return (reading if is_whole else read(frozenset())), {}
    if is_whole or (skipping.is_independent(reading, before) and not feed.deleted):
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
    decisive = repr(
        (
            *(READING, source.language, source.max_items, source.max_age, source.retention),
            *(source.identity, source.ignore, source.date, source.future_dates),
        )
    )
    return hashlib.sha256(decisive.encode()).hexdigest()[:16]
