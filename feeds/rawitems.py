"""What only the document's own XML says: ids as written, bases, dates, media and their credit.

feedparser resolves ids, flattens credits and lets one description overwrite another; it is
read beside this, entry by entry in the order of the document. With the modules of the elements
it reads (rawnames, rawmedia, rawlinks) the only reader's door to lxml.
"""

from collections.abc import Iterator
from itertools import chain, islice

from lxml import etree

from feeds import hints, rawlinks
from feeds.charset import undoubled
from feeds.model import Hints, TextKind
from feeds.raw import RawDeletion, RawFeed, RawItem
from feeds.rawmedia import media
from feeds.rawnames import Children, Element, Names, first_text, links, texts, whole_text
from feeds.urls import resolve

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MOST_DELETED = 5_000  # as many as entries
_MOST_MEDIA = 64  # of one entry; galleries have dozens, attacks thousands

_PUBLISHED = (
    *("pubDate", "published", "issued", "atom:published", "dcterms:issued", "dc:date", "date"),
    *("dcterms:created", "created", "pubdate", "dcterms:date"),
)
_UPDATED = ("updated", "modified", "atom:updated", "dcterms:modified")
_FEED_UPDATED = ("updated", "modified", "lastBuildDate", "atom:updated", "pubDate", "dc:date")


def read(root: Element, *, base_url: str) -> RawFeed:
    """Return what the XML of a feed says."""
    names = Names(root)
    head = next((child for child in root if names.of(child) == "channel"), root)
    own = names.children(head)
    base = resolve(_self_href(own), base_url=base_url) or base_url
    root.getroottree().docinfo.URL = base
    return RawFeed(
        base=base,
        items=tuple(_item(element, names) for element in names.items(root)),
        deleted=tuple(_deletions(own, names)),
        id=first_text(own, "id"),
        title=_text_construct(own, "title"),
        language=root.get(_XML_LANG)
        or head.get(_XML_LANG)
        or first_text(own, "language", "dc:language"),
        updated=texts(own, _FEED_UPDATED),
        authors=_authors(own, "managingEditor", "dc:creator"),
        hints=_hints(own),
    )


def _deletions(own: Children, names: Names) -> Iterator[RawDeletion]:
    for element in own.get("at:deleted-entry", [])[:_MOST_DELETED]:
        if ref := (element.get("ref") or "").strip():
            comment = first_text(names.children(element), "at:comment") or ""
            yield RawDeletion(ref=ref, when=element.get("when") or "", comment=comment)


def _hints(own: Children) -> Hints:
    said = ("ttl", "sy:updatePeriod", "sy:updateFrequency", "sy:updateBase")
    skipped = (chain.from_iterable(own.get(name, ())) for name in ("skipHours", "skipDays"))
    hours, days = (map(whole_text, each) for each in skipped)
    return hints.read(*(first_text(own, name) for name in said), hours=hours, days=days)


def _item(element: Element, names: Names) -> RawItem:
    own = names.children(element)
    guid = next(iter(own.get("guid", [])), None)
    summary = next(iter(own.get("description", []) or own.get("summary", [])), None)
    return RawItem(
        id=first_text(own, "guid", "id") or (element.get(_RDF_ABOUT) or "").strip() or None,
        base=element.base or "",
        is_permalink=guid is not None
        and guid.get("isPermaLink", "true").strip().lower() != "false",
        title=_text_construct(own, "title", "dc:title", "media:title"),
        summary=_text_construct(own, "description", "summary", "dc:description", "itunes:summary"),
        summary_base=(summary.base or "") if summary is not None else "",
        original_link=first_text(own, "feedburner:origLink"),
        language=element.get(_XML_LANG) or first_text(own, "dc:language"),
        published=texts(own, _PUBLISHED),
        updated=texts(own, _UPDATED),
        authors=_authors(own, "author", "dc:creator"),
        media=tuple(islice(media(own, names), _MOST_MEDIA)),
        links=rawlinks.all_links(own),
        reply_count=rawlinks.reply_count(own),
        in_reply_to=rawlinks.in_reply_to(own),
        upstream=rawlinks.upstream(own, names),
        episode=rawlinks.episode(own),
    )


def _authors(own: Children, *wanted: str) -> tuple[str, ...]:
    """Return the authors RSS names in one line each; those of Atom have elements of their own."""
    if any(len(author) for author in own.get("author", [])):
        return ()
    return texts(own, wanted) or texts(own, ("itunes:author",)) or rawlinks.speakers(own)


def _text_construct(own: Children, *wanted: str) -> tuple[str, TextKind | None] | None:
    """Return the first of these that says something, and its kind (RFC 4287, 3.1)."""
    for name in wanted:
        for element in own.get(name, []):
            value, kind = _construct(element)
            if value.strip():
                return value, kind
    return None


def _construct(element: Element) -> tuple[str, TextKind | None]:
    kind = (element.get("type") or "").lower()
    inner = len(element) > 0
    if inner and element.get("mode") != "escaped":
        markup = "".join(etree.tostring(child, encoding="unicode") for child in element)
        return undoubled((element.text or "") + markup), TextKind.HTML
    if "html" in kind:
        return whole_text(element), TextKind.HTML
    if kind in {"text", "text/plain"} or (not kind and element.tag in _PLAIN_BY_DEFAULT):
        return whole_text(element), TextKind.TEXT
    return whole_text(element), None


_PLAIN_BY_DEFAULT = frozenset(
    f"{{http://www.w3.org/2005/Atom}}{name}" for name in ("title", "subtitle", "summary", "rights")
)


def _self_href(own: Children) -> str:
    return next((link.get("href") or "" for link in links(own, "self")), "")
