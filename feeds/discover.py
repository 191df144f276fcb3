"""From a site's page to the feeds it advertises (RSS autodiscovery). Pure; nothing is guessed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from feeds.charset import decode
from feeds.links import HeaderLink, header_links
from feeds.tags import Tag, tags
from feeds.urls import resolve

MOST_FOUND = 50
LONGEST_PAGE = 2_000_000  # characters; the footers of the longest front pages lie well within

_OPAQUE = frozenset({"script", "style", "textarea", "title", "xmp", "iframe", "template"})
_FEED_TYPE = re.compile(
    r"application/(?:x[.-])?(?:rss|atom|rdf)\+xml|application/feed\+json|text/(?:rss|atom)(?:\+xml)?"
)
# Types of feeds and of much else: WordPress offers its own interface as application/json.
_VAGUE_TYPE = re.compile(r"(?:application|text)/xml|application/json")
_FEED_PATH = re.compile(
    r"(?:^|[/?&=._-])(?:feeds?|rss2?|atom|rdf)(?=$|[/?&=._-])|\.(?:rss|atom|rdf)$", re.IGNORECASE
)
_FEED_FILE = re.compile(
    r"(?:[\w.-]*[_.-])?(?:feed|rss2?|atom|rdf)(?:\.(?:xml|json|php|aspx?))?|index\.xml|[\w.-]+\.(?:rss|atom|rdf)",
    re.IGNORECASE,
)
_FEED_QUERY = re.compile(r"(?:^|&)(?:feed=(?:rss2?|atom|rdf)|format=(?:feed|rss|atom))(?=$|&)")
_COMMENTS = re.compile(r"(?:^|[/?&=._-])comments?(?=$|[/?&=._-])", re.IGNORECASE)
_COMMENTS_TITLE = re.compile(
    r"\bcomments\b|\bkommentar-feed\b|\bdes commentaires\b|\blos comentarios\b|\bdei commenti\b",
    re.IGNORECASE,
)
_FEED_SCHEME = re.compile(r"feed:(?://)?(?=https?:)|feed:(?=//)", re.IGNORECASE)


class Kind(StrEnum):
    """How sure we may be of a find, surest first."""

    ADVERTISED = "advertised"
    MENTIONED = "mentioned"
    COMMENTS = "comments"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A feed that a page leads to; `type` is what the page says it is, or "".

    MENTIONED is what an ordinary link of the page seems to lead to: fetch it before you
    believe it. COMMENTS are readers' comments, on the whole site or on one article.
    """

    href: str
    title: str = ""
    type: str = ""
    kind: Kind = Kind.ADVERTISED


def discover(
    body: bytes, *, base_url: str, links: Iterable[str] = (), content_type: str = ""
) -> tuple[Found, ...]:
    """Return the feeds that the page at `base_url` leads to, best first, each once.

    `links` are the values of the answer's Link headers. Ordinary links count only where the
    page advertises no feed but those of comments, and never does a well-known path.
    """
    page = decode(body, content_type=content_type)[0][:LONGEST_PAGE]
    base, advertised, mentioned = _read(page, base_url=base_url)
    offered = [
        *(_offered(link, base_url=base_url) for link in header_links(links)),
        *(_offered(link, base_url=base) for link in advertised),
    ]
    found = [each for each in offered if each is not None]
    if all(each.kind is Kind.COMMENTS for each in found):
        found += _mentions(mentioned, base_url=base)
    once: dict[str, Found] = {}
    for each in found:
        once.setdefault(each.href, each)
    return tuple(sorted(once.values(), key=_rank)[:MOST_FOUND])


def _rank(found: Found) -> int:
    return list(Kind).index(found.kind)


def _read(page: str, *, base_url: str) -> tuple[str, list[HeaderLink], list[Tag]]:
    """Return the page's base (HTML, 4.2.3: its first one), its link elements and its anchors."""
    base: str | None = None
    advertised: list[HeaderLink] = []
    mentioned: list[Tag] = []
    for tag in tags(page, opaque=_OPAQUE):
        href = tag.attributes.get("href")
        if tag.is_end or href is None:
            continue
        match tag.name:
            case "base":
                base = base or resolve(href, base_url=base_url)
            case "link":
                advertised.append(_element_link(tag))
            case "a":
                mentioned.append(tag)
    return base or base_url, advertised, mentioned


def _element_link(tag: Tag) -> HeaderLink:
    said = tag.attributes
    return HeaderLink(
        href=said["href"],
        rels=frozenset(said.get("rel", "").lower().split()),
        type=said.get("type", "").partition(";")[0].strip().lower(),
        title=" ".join(said.get("title", "").split()),
    )


def _offered(link: HeaderLink, *, base_url: str) -> Found | None:
    """Return the feed a link of rel=alternate (or the older rel=feed) leads to, if it is one."""
    is_feed = _FEED_TYPE.fullmatch(link.type) or (
        _VAGUE_TYPE.fullmatch(link.type) and _FEED_PATH.search(link.href)
    )
    if not is_feed or not link.rels & {"alternate", "feed"} or "stylesheet" in link.rels:
        return None
    href = _address(link.href, base_url=base_url)
    if href is None:
        return None
    comments = _COMMENTS.search(_path(href)) or _COMMENTS_TITLE.search(link.title)
    kind = Kind.COMMENTS if comments else Kind.ADVERTISED
    return Found(href=href, title=link.title, type=link.type, kind=kind)


def _mentions(anchors: Iterable[Tag], *, base_url: str) -> Iterator[Found]:
    for tag in anchors:
        said_type = tag.attributes.get("type", "").partition(";")[0].strip().lower()
        href = _address(tag.attributes["href"], base_url=base_url)
        if href is not None and (_FEED_TYPE.fullmatch(said_type) or _looks_like_a_feed(href)):
            title = " ".join(tag.attributes.get("title", "").split())
            kind = Kind.COMMENTS if _COMMENTS.search(_path(href)) else Kind.MENTIONED
            yield Found(href=href, title=title, type=said_type, kind=kind)


def _address(href: str, *, base_url: str) -> str | None:
    return resolve(_FEED_SCHEME.sub("", href.strip(), count=1), base_url=base_url)


def _looks_like_a_feed(href: str) -> bool:
    """Say whether an address names a feed; one that hands it to a service does not."""
    path, _, query = _path(href).partition("?")
    if "http" in path or "http" in query:
        return False
    last = path.rstrip("/").rpartition("/")[2]
    return bool(_FEED_FILE.fullmatch(last) or _FEED_QUERY.search(query) or "/feeds/posts/" in path)


def _path(href: str) -> str:
    parts = urlsplit(href)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
