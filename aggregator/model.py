"""The newsroom's values: what an operator set, and what an article is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network
from typing import NewType

from aggregator.ruling import Ruling
from aggregator.selection import Selection
from feeds.model import Category, Episode, Image, Link, Person, Reply, Text, Upstream
from publisher.theme import PLAIN, Theme

SourceId = NewType("SourceId", str)
ArticleId = NewType("ArticleId", str)
Slug = NewType("Slug", str)


class Rights(StrEnum):
    """How much of a source's articles we may carry."""

    FULL = "full"
    EXCERPT = "excerpt"
    LINK = "link"


class Identity(StrEnum):
    """What makes an entry of a source the article it is."""

    GUID = "guid"
    LINK = "link"
    LINK_AND_TITLE = "link+title"


class DateOf(StrEnum):
    """Which date puts an article in its place."""

    PUBLISHED = "published"
    UPDATED = "updated"
    FIRST_SEEN = "first_seen"


class Future(StrEnum):
    """What is not believed of an entry from the future: its date, or the entry, until then."""

    IGNORE_DATE = "ignore_date"
    IGNORE_ENTRY = "ignore_entry"


class Ignored(StrEnum):
    """What of a source's entries may be left unread."""

    ID = "id"
    PUBLISHED = "published"
    UPDATED = "updated"
    AUTHOR = "author"
    SUMMARY = "summary"
    CONTENT = "content"
    CATEGORIES = "categories"
    IMAGE = "image"
    ENCLOSURES = "enclosures"
    LANGUAGE = "language"
    RIGHTS = "rights"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The paper as a whole. `base_url` ends in a slash; with `push` hubs may call us there.

    `hubs` are those of our feeds (WebSub); with `own_hub` the first of them is our own.
    With `semantic` articles are embedded, too; with `detect_languages` their text has a say in
    which language they are in.
    """

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
    hubs: tuple[str, ...] = ()
    own_hub: bool = False
    semantic: bool = False
    detect_languages: bool = False
    language_feeds: bool = False
    source_feeds: bool = False
    database: str = field(default="", repr=False)  # there may be a password in it


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A part of the paper.

    `slug` is unique in the paper; `path` leads from the root to it
    ("security-defence/south-caucasus"); `parent` is the slug of the section around it; `formerly`
    are the slugs it had.
    """

    slug: Slug
    title: str
    path: str
    parent: Slug | None = None
    words: tuple[str, ...] = ()
    formerly: tuple[Slug, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """A name and a password (HTTP Basic)."""

    user: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Http:
    """How one source wants to be asked. `timeout` bounds the whole exchange.

    `proxy` is an address (`feeds.proxies`), `ca` the path of a file of authorities.
    """

    user_agent: str | None = field(default=None, repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    cookie: str | None = field(default=None, repr=False)
    auth: Auth | None = None
    proxy: str | None = field(default=None, repr=False)
    ca: str | None = None
    accept_invalid_certs: bool = False
    old_tls: bool = False
    timeout: timedelta = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A feed we subscribe to. `sections` and the values of `categories` are slugs.

    `every` is how often to ask at most, `longest` how seldom while it has no news, unless `cron`
    (five fields, UTC) says when; `blind` how often at most where the server gives nothing to ask
    by whether anything has changed. `tier` 1 leads a story told by several; a larger number stands
    further back. `variables` are those of the environment that `feed` and `http` name: in `feed`
    they are still to be filled in.

    `backfill` is how many entries, or how old ones, are news when we first ask; None: all.
    `retention` is how long articles are kept; None: for ever. `edits` is how often a day an
    article may change.
    """

    id: SourceId
    name: str
    feed: str
    sections: tuple[Slug, ...] = ()
    categories: Mapping[str, Slug] = field(default_factory=dict)
    every: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=6)
    cron: str | None = None
    blind: timedelta = timedelta(days=1)
    tier: int = 3
    language: str | None = None
    rights: Rights = Rights.EXCERPT
    max_items: int | None = None
    max_age: timedelta | None = None
    backfill: int | timedelta | None = 50
    retention: timedelta | None = None
    edits: int = 6
    identity: Identity = Identity.GUID
    ignore: tuple[Ignored, ...] = ()
    date: DateOf = DateOf.PUBLISHED
    future_dates: Future = Future.IGNORE_DATE
    enabled: bool = True
    http: Http = field(default_factory=Http)
    variables: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All an operator set. `sections` has parents before children, in the order written.

    `rulings` are the editors'; what they touch is laid out anew, not all that settings touch.
    """

    site: Site
    sections: tuple[Section, ...] = ()
    sources: tuple[Source, ...] = ()
    rulings: tuple[Ruling, ...] = field(default=(), repr=False)
    theme: Theme = PLAIN
    feeds: tuple[Selection, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """An entry of a source, normalised: what we remember and publish.

    `id` is ours, short, and never changes; neither does `path`, the place of its page beneath
    the paper's root, nor `atom_id`. `key` is what we know it by in its source. `summary` is
    plain text; `content` sanitised HTML. `published` is the publisher's word where it is to
    be believed, else `first_seen`, our clock. `links`, `upstream` and `in_reply_to` are the
    source's word on where else it leads; `reply_count` what it was when the article last changed.
    `language_by` says whose word its language is (`aggregator.spoken`).
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
    language_by: str = ""
    summary: str = ""
    content: Text | None = None
    authors: tuple[Person, ...] = ()
    categories: tuple[Category, ...] = ()
    image: Image | None = None
    enclosures: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    in_reply_to: tuple[Reply, ...] = ()
    upstream: Upstream | None = None
    episode: Episode | None = None
    reply_count: int | None = None
    rights: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Why an article is in a section, by which `method`. `rank` 0 is the section it calls home."""

    section: Slug
    rank: int
    reason: str
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Relation:
    """Why one article leads to another: what they share, how strongly, by which `method`.

    `figures` are the parts of the score by name (`aggregator.weighing`). Or because editors said
    so, `by_hand`. `tongue` is the other's language, where that is another and only meaning speaks
    for it.
    """

    article_id: ArticleId
    score: float
    phrases: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    figures: tuple[tuple[str, float], ...] = ()
    method: str = ""
    by_hand: bool = False
    tongue: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """Where one article links to another: by which address and words, in which sentence.

    `at` is when the citing one was published. `own` says why it is one of its own: both are of
    one "source" or of one "site"; "" for others', which alone are counted.
    """

    citing: ArticleId
    cited: ArticleId
    at: datetime
    excerpt: str = ""
    address: str = ""
    words: str = ""
    own: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """Why an article is a copy of its leader, which stands for it in every list.

    `by` is "page", "id", "text", "headline" or "editors"; `shared` of `of` runs of three words of
    the shorter text are in the longer. `since` is when we had both.
    """

    article_id: ArticleId
    leader_id: ArticleId
    by: str
    shared: int
    of: int
    share: float
    since: datetime
    method: str
