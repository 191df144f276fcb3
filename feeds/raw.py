"""A feed as its XML has it: nothing resolved, nothing guessed. Values only."""

from dataclasses import dataclass

from feeds.model import UNSAID, Hints, TextKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Media:
    """A picture, sound or film an entry names, with what was said of it; `href` as written.

    `kind` is the element it came from: "content", "thumbnail", "enclosure", "itunes", "image".
    """

    href: str
    kind: str
    base: str
    type: str | None = None
    medium: str | None = None
    width: int | None = None
    height: int | None = None
    length: int | None = None
    duration: int | None = None
    description: str | None = None
    credit: str | None = None
    licence: str | None = None
    rights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawLink:
    """Where an entry leads beside its article, as written."""

    rel: str
    href: str
    base: str
    type: str | None = None
    title: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawUpstream:
    """The feed an aggregator says it took an entry from; addresses as written."""

    title: str | None = None
    home: str | None = None
    feed: str | None = None
    base: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEpisode:
    """What podcasts say of an entry, as written."""

    duration: str | None = None
    number: str | None = None
    season: str | None = None
    explicit: str | None = None
    transcripts: tuple[RawLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """An entry as its XML has it: nothing resolved, nothing guessed.

    `authors` are RSS's, as written. `published` and `updated` are every text that could be that
    date, best first. `title` and `summary` of RSS are of kind None: RSS does not say whether they
    are HTML. In `in_reply_to` the title of a link is the id of what is answered.
    """

    id: str | None
    base: str
    is_permalink: bool = False
    title: tuple[str, TextKind | None] | None = None
    summary: tuple[str, TextKind | None] | None = None
    summary_base: str = ""
    original_link: str | None = None
    language: str | None = None
    published: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    media: tuple[Media, ...] = ()
    links: tuple[RawLink, ...] = ()
    reply_count: int | None = None
    in_reply_to: tuple[RawLink, ...] = ()
    upstream: RawUpstream | None = None
    episode: RawEpisode | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawDeletion:
    """An at:deleted-entry (RFC 6721, 3): the entry it refers to, when, and why, as written."""

    ref: str
    when: str = ""
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A feed's own elements and its entries, in the order of the document.

    `base` is what relative addresses start from: the feed's own word on where it is, else
    where it was found.
    """

    base: str
    items: tuple[RawItem, ...] = ()
    deleted: tuple[RawDeletion, ...] = ()
    id: str | None = None
    title: tuple[str, TextKind | None] | None = None
    language: str | None = None
    updated: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    hints: Hints = UNSAID
