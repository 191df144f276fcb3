"""What a page says to machines: schema.org as JSON-LD. Pure.

Every address is one of the web; what has no address of that kind is left out.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from feeds.model import Image
from publisher.model import ArticlePage, Masthead, SectionLink
from publisher.xmlvalues import web_address

Node = Mapping[str, object]
LONGEST_HEADLINE = 110  # characters; more is cut off by those who show it


def website(paper: Masthead) -> Node:
    """Return the paper as a whole."""
    return _node("WebSite", name=paper.title, url=paper.base_url, inLanguage=paper.language,
                 description=paper.tagline)  # fmt: skip


def collection(title: str, href: str, paper: Masthead) -> Node:
    """Return a section, or a list, of the paper."""
    return _node("CollectionPage", name=title, url=href, inLanguage=paper.language,
                 isPartOf=website(paper))  # fmt: skip


def breadcrumb(trail: Sequence[SectionLink], title: str = "", href: str = "") -> Node:
    """Return the way from Home to a page; the page itself is last, if it is not in the trail."""
    steps = [(one.title, one.href) for one in trail]
    if title:
        steps.append((title, href))
    items = [
        _node("ListItem", position=position, name=name, item=web_address(there))
        for position, (name, there) in enumerate(steps, start=1)
    ]
    return _node("BreadcrumbList", itemListElement=items)


def news_article(page: ArticlePage) -> Node:
    """Return an article: who wrote it, who published it first, and what it is based on."""
    paper, original = page.masthead, web_address(page.permalink)
    source = _node("Organization", name=page.source, url=web_address(page.source_home))
    section = page.trail[-1].title if len(page.trail) > 1 else None
    return _node(
        "NewsArticle",
        headline=_shortened(page.title.strip() or "Untitled"),
        description=page.standfirst,
        url=page.href,
        mainEntityOfPage=page.href,
        isBasedOn=original if original != page.href else None,
        datePublished=_iso(page.published),
        dateModified=_iso(page.updated or page.published),
        inLanguage=page.language or paper.language,
        articleSection=section,
        author=[_node("Person", name=name) for name in page.authors] or source,
        publisher=source,
        copyrightNotice=page.rights,
        image=_image(page.image),
        isPartOf=website(paper),
    )


def _image(image: Image | None) -> Node | None:
    if image is None or not web_address(image.href):
        return None
    return _node("ImageObject", url=image.href, width=image.width, height=image.height,
                 caption=image.description, creditText=image.credit,
                 copyrightNotice=image.rights, license=web_address(image.licence))  # fmt: skip


def _node(kind: str, **said: object) -> Node:
    return {"@type": kind, **{name: value for name, value in said.items() if value}}


def _shortened(title: str) -> str:
    return title if len(title) <= LONGEST_HEADLINE else f"{title[: LONGEST_HEADLINE - 1]}…"


def _iso(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
