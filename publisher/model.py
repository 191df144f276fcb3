"""What the pages show, laid out and ready: strings to print, never decisions to take.

Addresses are absolute; `publisher.pages` makes those under the site's own base relative, so a
page works from any host. HTML is sanitised before it gets here and only ever held by `Text`.
"""

from dataclasses import dataclass
from datetime import datetime

from feeds.model import Image, Text
from publisher.theme import PLAIN, Theme


@dataclass(frozen=True, slots=True, kw_only=True)
class Masthead:
    """The paper itself. `base_url` ends in a slash; `theme` is its own look."""

    title: str
    base_url: str
    tagline: str = ""
    language: str = "en"
    rights: str = ""
    sections: tuple["SectionLink", ...] = ()
    theme: Theme = PLAIN


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionLink:
    """A section in the navigation and in breadcrumbs, with its subsections."""

    title: str
    href: str
    slug: str
    sections: tuple["SectionLink", ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Teaser:
    """An article as a list shows it. `href` is our article page, `permalink` the original.

    `note` says in words why it is in the list, where that is not plain.
    """

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
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedTeaser:
    """One of *You may also like*, with the reason in words."""

    teaser: Teaser
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comment:
    """An article that cites the one on the page, as a comment on it.

    `quotation` is what it says where it does, or "". `href` is its page in the paper, `permalink`
    the original.
    """

    title: str
    href: str
    permalink: str
    source: str
    published: datetime
    quotation: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A headed list on a front or section page, with the link to more of it."""

    title: str
    href: str | None = None
    teasers: tuple[Teaser, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontPage:
    """The whole paper: a lead, the latest, what is ranked, and a block for each section."""

    masthead: Masthead
    feed_href: str
    href: str
    lead: Teaser | None
    latest: Block
    rankings: tuple[Block, ...] = ()
    blocks: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SectionPage:
    """One section, or what is most cited: `trail` leads from Home to it, itself last."""

    masthead: Masthead
    section: SectionLink
    trail: tuple[SectionLink, ...]
    feed_href: str
    href: str
    teasers: tuple[Teaser, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file that comes with an article: what it is, in words, and how much of it there is."""

    href: str
    title: str
    extent: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """The same text at another source: our page of it, the original, and why it is the same."""

    title: str
    href: str
    permalink: str
    source: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """An article that tells the same story, or one before or after: our page and its own."""

    title: str
    href: str
    permalink: str
    source: str
    published: datetime
    reason: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """One article as a newspaper prints it.

    `body` is None where the source's rights allow only a link. `trail` leads from Home to the
    article's section; `reasons` says in words why it is in its sections; `more` is the
    section's earlier articles. `upstream` names whom the source took it from; `comments` is
    the source's page of them. `cited_by` are the newest of the `citations` by other sources,
    `own_citations` those by the article's own. `also_in` are its copies; a copy itself is a
    `copy_of` the one that stands for it in every list. `also_reported` names who else tells its
    story, `earlier` and `later` lead the stories before and after it. `before` and `after` are
    its neighbours in its section, `beside` what stands beside it of the rest of the paper.
    `thread` is the address of the feed of those that cite it, if there is one.
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
    attachments: tuple[Attachment, ...] = ()
    upstream: str = ""
    upstream_home: str | None = None
    comments: str | None = None
    cited_by: tuple[Comment, ...] = ()
    citations: int = 0
    own_citations: tuple[Comment, ...] = ()
    also_in: tuple[Elsewhere, ...] = ()
    copy_of: Elsewhere | None = None
    also_reported: tuple[Report, ...] = ()
    earlier: Report | None = None
    later: Report | None = None
    related: tuple[RelatedTeaser, ...] = ()
    more: Block | None = None
    standfirst: str = ""
    authors: tuple[str, ...] = ()
    before: Teaser | None = None
    after: Teaser | None = None
    beside: tuple[Block, ...] = ()
    thread: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedLink:
    """A feed to subscribe to: its address, media type, and what its format is called."""

    href: str
    type: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscribePage:
    """How to subscribe to a part of the paper: `title` names it, `home` is its page.

    `beside` are parts that no navigation leads to, such as feeds of the operator's own.
    """

    masthead: Masthead
    href: str
    title: str
    home: str
    feeds: tuple[FeedLink, ...]
    trail: tuple[SectionLink, ...] = ()
    beside: tuple[SectionLink, ...] = ()
