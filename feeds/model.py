"""The vocabulary of feeds, after RFC 4287: what sources send us and what we publish.

`SourceFeed` and `SourceEntry` are a document as read: anything may be missing.
`Feed` and `Entry` are what we publish: what RFC 4287 demands is there.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from feeds.carrying import carried
from feeds.moments import aware
from feeds.published import ALONE, History, Thread


class TextKind(StrEnum):
    """How a text construct is to be read (RFC 4287, 3.1.1); we never carry xhtml."""

    TEXT = "text"
    HTML = "html"


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """Text that says whether it is HTML, so that a bare `str` never is."""

    value: str
    kind: TextKind = TextKind.TEXT


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An atom:author."""

    name: str
    email: str | None = None
    uri: str | None = None


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An atom:link; an enclosure is one with rel="enclosure".

    `length` is in bytes; `duration`, of a sound or a film, in seconds (Media RSS).
    """

    href: str
    rel: str = "alternate"
    type: str | None = None
    title: str | None = None
    hreflang: str | None = None
    length: int | None = None
    duration: int | None = None


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Category:
    """An atom:category."""

    term: str
    scheme: str | None = None
    label: str | None = None


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """A lead image with what a newspaper prints beneath it (Media RSS; RFC 4946).

    `description` is the caption, `credit` who made it, `licence` the address of its licence,
    `rights` the words of its copyright. Sizes are in pixels.
    """

    href: str
    type: str | None = None
    width: int | None = None
    height: int | None = None
    description: str | None = None
    credit: str | None = None
    licence: str | None = None
    rights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """An atom:source: the feed an entry came from (RFC 4287, 4.2.11)."""

    id: str
    title: str
    updated: datetime
    self_href: str | None = None
    home: str | None = None
    rights: str | None = None

    def __post_init__(self) -> None:
        aware(self.updated)


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Upstream:
    """The feed an aggregator took an entry from, as it says (atom:source; RSS `source`)."""

    title: str
    home: str | None = None
    feed: str | None = None


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What an entry answers (thr:in-reply-to; RFC 4685, 3): the id, and where it can be read.

    `source` is a feed that it is in; only we say so.
    """

    ref: str
    href: str | None = None
    type: str | None = None
    source: str | None = field(default=None, repr=False)


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """What a podcast says of an entry. `duration` is in seconds, None where nobody says."""

    duration: int | None = None
    number: int | None = None
    season: int | None = None
    explicit: bool | None = None
    transcripts: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of ours. `links` holds everything but the permalink, best related link first.

    `content` is sanitised HTML, footer included; `language` is set only where it differs
    from its feed's; `reply_count` is what thr:count says of its rel="replies" links; `thread` is
    what else answers it, and where.
    """

    id: str
    title: str
    permalink: str
    updated: datetime
    published: datetime | None = None
    authors: tuple[Person, ...] = ()
    summary: Text | None = None
    content: Text | None = None
    links: tuple[Link, ...] = ()
    categories: tuple[Category, ...] = ()
    image: Image | None = None
    rights: str | None = None
    origin: Origin | None = None
    language: str | None = None
    in_reply_to: tuple[Reply, ...] = ()
    reply_count: int | None = None
    thread: Thread | None = None

    def __post_init__(self) -> None:
        aware(self.updated, self.published)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed of ours. `self_href` is the address subscribed to, `home` the page beside it.

    `hubs` tell its subscribers of news (WebSub); `history` leads to what is no longer in it.
    """

    id: str
    title: str
    updated: datetime
    self_href: str
    home: str
    authors: tuple[Person, ...]
    subtitle: str | None = None
    language: str | None = None
    icon: str | None = None
    logo: str | None = None
    rights: str | None = None
    hubs: tuple[str, ...] = ()
    history: History = ALONE
    entries: tuple[Entry, ...] = ()

    def __post_init__(self) -> None:
        aware(self.updated)


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """When a source says it is worth asking: RSS's ttl, skipHours and skipDays, and sy:update*.

    `period` is how often it is updated, counted from `base` where that is known. Hours are those
    of GMT, days count from Monday, 0.
    """

    ttl: timedelta | None = None
    period: timedelta | None = None
    base: datetime | None = None
    skip_hours: tuple[int, ...] = ()
    skip_days: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        aware(self.base)


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEntry:
    """An entry as a source sent it, cleaned but not judged.

    `id` is the guid or atom:id exactly as written, never resolved; `title` is plain text;
    `permalink` is absolute; `summary` and `content` are sanitised, with absolute addresses.
    `links` are of the relations "replies", "license" and "via". `reply_count` moves all day
    and is no part of what the entry says, so it is left out of its `repr`, which is what
    decides whether an entry has changed.
    """

    id: str | None = None
    title: str = ""
    permalink: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    authors: tuple[Person, ...] = ()
    summary: Text | None = None
    content: Text | None = None
    categories: tuple[Category, ...] = ()
    image: Image | None = None
    enclosures: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    in_reply_to: tuple[Reply, ...] = ()
    upstream: Upstream | None = None
    episode: Episode | None = None
    rights: str | None = None
    language: str | None = None
    reply_count: int | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        aware(self.published, self.updated)


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Deletion:
    """A source's word that an entry of its own is no more (RFC 6721), and why.

    `ref` is the entry's id exactly as written; `when` may be missing, or absurd.
    """

    ref: str
    when: datetime | None = None
    comment: str = ""

    def __post_init__(self) -> None:
        aware(self.when)


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFeed:
    """A source's document as read. `format` is feedparser's word ("rss20", "atom10") or "json11".

    `notes` says in words what was wrong with it but did not stop us.
    """

    format: str
    title: str = ""
    subtitle: str | None = None
    id: str | None = None
    home: str | None = None
    language: str | None = None
    rights: str | None = None
    updated: datetime | None = None
    authors: tuple[Person, ...] = ()
    entries: tuple[SourceEntry, ...] = ()
    notes: tuple[str, ...] = ()
    deleted: tuple[Deletion, ...] = ()
    hints: Hints = field(default_factory=Hints)


UNSAID = Hints()
