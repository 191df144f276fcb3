"""What the pages show, laid out and ready: strings to print, never decisions to take.

Addresses are absolute; `publisher.pages` makes those under the site's own base relative, so a
page works from any host. HTML is sanitised before it gets here and only ever held by `Text`.
"""

from dataclasses import dataclass
from datetime import datetime

from feeds.model import Image, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """The paper itself. `base_url` ends in a slash."""

    title: str
    base_url: str
    tagline: str = ""
    language: str = "en"
    rights: str = ""
    sections: tuple["SectionLink", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLink:
    """A section in the navigation and in breadcrumbs, with its subsections."""

    title: str
    href: str
    slug: str
    sections: tuple["SectionLink", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """An article as a list shows it. `href` is our article page, `permalink` the original."""

    title: str
    href: str
    permalink: str
    source: str
    published: datetime
    byline: str = ""
    standfirst: str = ""
    section: SectionLink | None = None
    image: Image | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedTeaser:
    """One of *You may also like*, with the reason in words."""

    teaser: Teaser
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A headed list on a front or section page, with the link to more of it."""

    title: str
    href: str | None = None
    teasers: tuple[Teaser, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The whole paper: a lead, the latest, and a block for each section."""

    masthead: Masthead
    feed_href: str
    href: str
    lead: Teaser | None
    latest: Block
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    """One section: `trail` leads from Home to it, itself last."""

    masthead: Masthead
    section: SectionLink
    trail: tuple[SectionLink, ...]
    feed_href: str
    href: str
    teasers: tuple[Teaser, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """One article as a newspaper prints it.

    `body` is None where the source's rights allow only a link. `trail` leads from Home to the
    article's section; `reasons` says in words why it is in its sections; `more` is the
    section's earlier articles.
    """

    masthead: Masthead
    href: str
    title: str
    permalink: str
    source: str
    source_home: str | None
    published: datetime
    updated: datetime | None = None
    byline: str = ""
    trail: tuple[SectionLink, ...] = ()
    image: Image | None = None
    body: Text | None = None
    is_excerpt: bool = True
    rights: str = ""
    language: str | None = None
    reasons: tuple[str, ...] = ()
    related: tuple[RelatedTeaser, ...] = ()
    more: Block | None = None
