"""A feed as its XML has it: nothing resolved, nothing guessed. Values only."""

from dataclasses import dataclass

from feeds.model import TextKind


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
    description: str | None = None
    credit: str | None = None
    licence: str | None = None
    rights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """An entry as its XML has it: nothing resolved, nothing guessed.

    `authors` are RSS's, as written. `published` and `updated` are every text that could be
    that date, best first. `title` and
    `summary` of RSS are of kind None: RSS does not say whether they are HTML.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RawFeed:
    """A feed's own elements and its entries, in the order of the document.

    `base` is what relative addresses start from: the feed's own word on where it is, else
    where it was found.
    """

    base: str
    items: tuple[RawItem, ...] = ()
    id: str | None = None
    title: tuple[str, TextKind | None] | None = None
    language: str | None = None
    updated: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
