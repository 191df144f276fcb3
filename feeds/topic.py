"""Where a document says its pushes come from (WebSub, 4). Pure."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from feeds.charset import decode
from feeds.links import header_links
from feeds.tags import Tag, tags
from feeds.urls import resolve

_MOST_HUBS = 5
_MOST_LOOKED_AT = 100
_LONGEST_HEAD = 500_000  # characters; this is read where nobody can kill it, and heads come first
_FEED_ROOTS = frozenset({"rss", "feed", "rdf"})
_OPAQUE = frozenset({"script", "style", "title", "textarea", "template", "iframe"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """What a document says of its pushes: its own address (rel=self), and its hubs."""

    url: str
    hubs: tuple[str, ...]


def advertised(
    body: bytes, *, url: str, links: Iterable[str] = (), content_type: str = ""
) -> Topic | None:
    """Return the topic and hubs of a document found at `url`; None where it names no hub."""
    found = linked(body, url=url, links=links, content_type=content_type)
    return found if found.hubs else None


def linked(body: bytes, *, url: str, links: Iterable[str] = (), content_type: str = "") -> Topic:
    """Return the topic and hubs of a document found at `url`, be there hubs or not.

    `links` are the values of the answer's Link headers: where these name a hub, the document
    itself is not asked (4 of the Recommendation). The topic is rel=self, not `url`, where it
    is said.
    """
    rels = [(rel, link.href, url) for link in header_links(links) for rel in sorted(link.rels)]
    if not any(rel == "hub" for rel, _, _ in rels):
        text, _ = decode(body, content_type=content_type)
        start = text.lstrip("\ufeff \t\r\n")
        rels += (
            _json_links(start, url) if start.startswith("{") else _links(start[:_LONGEST_HEAD], url)
        )
    absolute = ((rel, resolve(href, base_url=base)) for rel, href, base in rels)
    found = [(rel, href) for rel, href in absolute if href]
    hubs = tuple(dict.fromkeys(href for rel, href in found if rel == "hub"))[:_MOST_HUBS]
    own = next((href for rel, href in found if rel == "self"), url)
    return Topic(url=own, hubs=hubs)


def _links(text: str, url: str) -> Iterator[tuple[str, str, str]]:
    """Yield (rel, href, base) of the links in a feed's head, or in the head of a page."""
    inside = 0
    base, is_feed = url, False
    for at, tag in enumerate(tags(text, opaque=_OPAQUE if _is_page(text) else frozenset())):
        name = tag.local_name
        is_feed = is_feed or (at == 0 and name in _FEED_ROOTS)
        if is_feed and name in {"item", "entry"}:
            inside += 0 if tag.is_empty else -1 if tag.is_end else 1
        elif not is_feed and (name == "body" or (name == "head" and tag.is_end)):
            return  # what stands in the body may be a reader's comment
        elif name == "base" and not is_feed:
            base = resolve(tag.attributes.get("href", ""), base_url=url) or base
        elif name == "link" and inside <= 0:
            yield from ((rel, href, base) for rel, href in _rels(tag))


def _is_page(text: str) -> bool:
    first = next(tags(text[:10_000]), None)
    return first is None or first.local_name not in _FEED_ROOTS


def _rels(tag: Tag) -> Iterator[tuple[str, str]]:
    href = tag.attributes.get("href", "")
    return ((rel, href) for rel in tag.attributes.get("rel", "").lower().split() if href)


def _json_links(text: str, url: str) -> Iterator[tuple[str, str, str]]:
    """Yield the links of a JSON Feed: `feed_url`, and `hubs` that speak WebSub."""
    try:
        feed = json.loads(text)
    except (ValueError, RecursionError):
        return
    if isinstance(own := feed.get("feed_url"), str):
        yield "self", own, url
    hubs = feed.get("hubs")
    for hub in hubs[:_MOST_LOOKED_AT] if isinstance(hubs, list) else ():
        if isinstance(hub, dict) and str(hub.get("type", "")).lower() in {"websub", "pubsubhubbub"}:
            yield "hub", str(hub.get("url", "")), url
