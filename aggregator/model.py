"""The newsroom's values: what an operator set, and what an article is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import NewType

from feeds.model import Category, Image, Link, Person, Text

SourceId = NewType("SourceId", str)
ArticleId = NewType("ArticleId", str)
Slug = NewType("Slug", str)


class Rights(StrEnum):
    """How much of a source's articles we may carry."""

    FULL = "full"
    EXCERPT = "excerpt"
    LINK = "link"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The paper as a whole. `base_url` ends in a slash; with `push` hubs may call us there."""

    title: str
    base_url: str
    tagline: str = ""
    language: str = "en"
    rights: str = ""
    contact: str = ""
    footer: bool = True
    entries: int = 50
    allow_networks: tuple[IPv4Network | IPv6Network, ...] = ()
    push: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the paper.

    `slug` is unique in the paper; `path` leads from the root to it
    ("security-defence/south-caucasus"); `parent` is the slug of the section around it.
    """

    slug: Slug
    title: str
    path: str
    parent: Slug | None = None
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """How one source wants to be asked. `timeout` bounds the whole exchange."""

    user_agent: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    timeout: timedelta = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed we subscribe to. `sections` and the values of `categories` are slugs.

    `every` is how often to ask, unless `cron` (five fields, UTC) says when; `blind` how often
    at most where the server gives nothing to ask by whether anything has changed. `tier` 1 leads a
    story told by several; a larger number stands further back.
    """

    id: SourceId
    name: str
    feed: str
    sections: tuple[Slug, ...] = ()
    categories: Mapping[str, Slug] = field(default_factory=dict)
    every: timedelta = timedelta(minutes=30)
    cron: str | None = None
    blind: timedelta = timedelta(days=1)
    tier: int = 3
    language: str | None = None
    rights: Rights = Rights.EXCERPT
    max_items: int | None = None
    max_age: timedelta | None = None
    enabled: bool = True
    http: Http = field(default_factory=Http)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All an operator set. `sections` has parents before children, in the order written."""

    site: Site
    sections: tuple[Section, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry of a source, normalised: what we remember and publish.

    `id` is ours, short, and never changes; neither does `path`, the place of its page beneath
    the paper's root, nor `atom_id`. `key` is what we know it by in its source. `summary` is
    plain text; `content` sanitised HTML. `published` is the publisher's word where it is to
    be believed, else `first_seen`, our clock.
    """

    id: ArticleId
    source_id: SourceId
    key: str
    atom_id: str
    path: str
    permalink: str
    title: str
    published: datetime
    updated: datetime
    first_seen: datetime
    language: str
    summary: str = ""
    content: Text | None = None
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    image: Image | None = None
    enclosures: tuple[Link, ...] = ()
    rights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Why an article is in a section. `rank` 0 is the section it calls home."""

    section: Slug
    rank: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Why one article leads to another: what they share, and how strongly (0 to 1.5)."""

    article_id: ArticleId
    score: float
    phrases: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
