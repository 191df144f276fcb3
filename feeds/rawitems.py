"""What only the document's own XML says: ids as written, bases, dates, media and their credit.

feedparser resolves ids, flattens credits and lets one description overwrite another; it is
read beside this, entry by entry in the order of the document. The only reader's door to lxml.
"""

from collections.abc import Iterable, Iterator
from typing import TypeAlias

from lxml import etree

from feeds.charset import undoubled
from feeds.model import TextKind
from feeds.raw import Media, RawFeed, RawItem
from feeds.urls import resolve

_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_RDF_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_MOST_MEDIA = 64  # of one entry; galleries have dozens, attacks thousands

# Namespaces as written, less a final slash and in lower case, and what we call them.
_FAMILIES = {
    "http://www.w3.org/2005/atom": "atom",
    "http://purl.org/atom/ns#": "atom",
    "http://purl.org/rss/1.0": "rss",
    "http://my.netscape.com/rdf/simple/0.9": "rss",
    "http://my.netscape.com/publish/formats/rss-0.91.dtd": "rss",
    "http://channel.netscape.com/rdf/simple/0.9": "rss",
    "http://search.yahoo.com/mrss": "media",
    "http://www.rssboard.org/media-rss": "media",
    "http://purl.org/dc/elements/1.1": "dc",
    "http://purl.org/dc/terms": "dcterms",
    "http://purl.org/rss/1.0/modules/content": "content",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.pheedo.com/namespace/pheedo": "feedburner",
}
_PUBLISHED = (
    *("pubDate", "published", "issued", "atom:published", "dcterms:issued", "dc:date", "date"),
    *("dcterms:created", "created", "pubdate", "dcterms:date"),
)
_UPDATED = ("updated", "modified", "atom:updated", "dcterms:modified")
_FEED_UPDATED = ("updated", "modified", "lastBuildDate", "atom:updated", "pubDate", "dc:date")

_Element: TypeAlias = etree._Element  # noqa: SLF001 -- lxml has no public name for it
_Children: TypeAlias = dict[str, list[_Element]]


def read(document: bytes, *, base_url: str) -> RawFeed:
    """Return what the XML says; a document too broken for it gives no items.

    Nothing is loaded from elsewhere and no entity is expanded.
    """
    root = _root(document, base_url)
    if root is None:
        return RawFeed(base=base_url)
    names = _Names(root)
    head = next((child for child in root if names.of(child) == "channel"), root)
    own = names.children(head)
    base = resolve(_self_href(own), base_url=base_url) or base_url
    root.getroottree().docinfo.URL = base
    return RawFeed(
        base=base,
        items=tuple(_item(element, names) for element in names.items(root)),
        id=_first_text(own, "id"),
        title=_text_construct(own, "title"),
        language=root.get(_XML_LANG)
        or head.get(_XML_LANG)
        or _first_text(own, "language", "dc:language"),
        updated=_texts(own, _FEED_UPDATED),
        authors=_authors(own, "managingEditor", "dc:creator"),
    )


def recovered(document: bytes) -> bytes:
    """Return what can be saved of a document that is not well-formed, as one that is."""
    root = _root(document, "")
    return b"" if root is None else etree.tostring(root, encoding="utf-8")


def _root(document: bytes, base_url: str) -> _Element | None:
    parser = etree.XMLParser(
        recover=True,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(document, parser, base_url=base_url)
    except (etree.XMLSyntaxError, ValueError):
        return None


class _Names:
    """What an element is called in one document.

    A feed's own vocabulary has no prefix, whichever namespace it is in; Atom inside RSS has
    one, so that atom:link is not taken for link.
    """

    def __init__(self, root: _Element) -> None:
        own = "atom" if etree.QName(root).localname == "feed" else "rss"
        self._own = {own, ""}

    def of(self, element: _Element) -> str:
        tag = element.tag
        if not isinstance(tag, str):
            return ""
        if not tag.startswith("{"):
            return tag
        namespace, _, local = tag[1:].rpartition("}")
        family = _family(namespace)
        return local if family in self._own else f"{family}:{local}"

    def children(self, element: _Element) -> _Children:
        found: _Children = {}
        for child in element:
            found.setdefault(self.of(child), []).append(child)
        return found

    def items(self, root: _Element) -> Iterator[_Element]:
        return (
            element for element in root.iter(etree.Element) if self.of(element) in {"item", "entry"}
        )


def _family(namespace: str) -> str:
    key = namespace.lower().rstrip("/")
    if "backend.userland.com" in key or "blogs.law.harvard.edu" in key:
        return "rss"
    if "search.yahoo.com/mrss" in key:
        return "media"
    return _FAMILIES.get(key, key)


def _item(element: _Element, names: _Names) -> RawItem:
    own = names.children(element)
    guid = next(iter(own.get("guid", [])), None)
    summary = next(iter(own.get("description", []) or own.get("summary", [])), None)
    return RawItem(
        id=_first_text(own, "guid", "id") or (element.get(_RDF_ABOUT) or "").strip() or None,
        base=element.base or "",
        is_permalink=guid is not None
        and guid.get("isPermaLink", "true").strip().lower() != "false",
        title=_text_construct(own, "title", "dc:title", "media:title"),
        summary=_text_construct(own, "description", "summary", "dc:description", "itunes:summary"),
        summary_base=(summary.base or "") if summary is not None else "",
        original_link=_first_text(own, "feedburner:origLink"),
        language=element.get(_XML_LANG) or _first_text(own, "dc:language"),
        published=_texts(own, _PUBLISHED),
        updated=_texts(own, _UPDATED),
        authors=_authors(own, "author", "dc:creator"),
        media=tuple(_media(own, names))[:_MOST_MEDIA],
    )


def _whole_text(element: _Element) -> str:
    return undoubled("".join(map(str, element.itertext())).strip())


def _texts(own: _Children, wanted: Iterable[str]) -> tuple[str, ...]:
    texts = (_whole_text(element) for name in wanted for element in own.get(name, []))
    return tuple(text for text in texts if text)


def _first_text(own: _Children, *wanted: str) -> str | None:
    return next(iter(_texts(own, wanted)), None)


def _authors(own: _Children, *wanted: str) -> tuple[str, ...]:
    """Return the authors RSS names in one line each; those of Atom have elements of their own."""
    if any(len(author) for author in own.get("author", [])):
        return ()
    return _texts(own, wanted) or _texts(own, ("itunes:author",))


def _text_construct(own: _Children, *wanted: str) -> tuple[str, TextKind | None] | None:
    """Return the first of these that says something, and its kind (RFC 4287, 3.1)."""
    for name in wanted:
        for element in own.get(name, []):
            value, kind = _construct(element)
            if value.strip():
                return value, kind
    return None


def _construct(element: _Element) -> tuple[str, TextKind | None]:
    kind = (element.get("type") or "").lower()
    inner = len(element) > 0
    if inner and element.get("mode") != "escaped":
        markup = "".join(etree.tostring(child, encoding="unicode") for child in element)
        return undoubled((element.text or "") + markup), TextKind.HTML
    if "html" in kind:
        return _whole_text(element), TextKind.HTML
    if kind in {"text", "text/plain"} or (not kind and element.tag in _PLAIN_BY_DEFAULT):
        return _whole_text(element), TextKind.TEXT
    return _whole_text(element), None


_PLAIN_BY_DEFAULT = frozenset(
    f"{{http://www.w3.org/2005/Atom}}{name}" for name in ("title", "subtitle", "summary", "rights")
)


def _self_href(own: _Children) -> str:
    return next((link.get("href") or "" for link in _links(own, "self")), "")


def _links(own: _Children, rel: str) -> Iterator[_Element]:
    links = (*own.get("link", ()), *own.get("atom:link", ()))
    return (link for link in links if link.get("rel") == rel)


def _media(own: _Children, names: _Names) -> Iterator[Media]:
    """Yield the media of an entry; what is said of all of them holds for each (Media RSS, 3)."""
    said = [own]
    for told in ([own], *([names.children(group), own] for group in own.get("media:group", []))):
        for element in told[0].get("media:content", []):
            yield from _content(element, told, names)
        for element in told[0].get("media:thumbnail", []):
            yield from _of_media(element, "thumbnail", told)
    for element in own.get("enclosure", []):
        yield from _of_media(element, "enclosure", said)
    for link in _links(own, "enclosure"):
        yield from _of_media(link, "enclosure", said)
    for kind, name in (("itunes", "itunes:image"), ("image", "image")):
        for element in own.get(name, []):
            yield from _of_media(element, kind, [{}], names.children(element).get("url", []))


def _content(element: _Element, said: list[_Children], names: _Names) -> Iterator[Media]:
    inside = names.children(element)
    yield from _of_media(element, "content", [inside, *said])
    for thumbnail in inside.get("media:thumbnail", []):
        yield from _of_media(thumbnail, "thumbnail", [inside, *said])


def _of_media(
    element: _Element,
    kind: str,
    said: list[_Children],
    urls: Iterable[_Element] = (),
) -> Iterator[Media]:
    href = element.get("url") or element.get("href") or " ".join(map(_whole_text, urls))
    if not (href := (href or (element.text or "")).strip()):
        return
    yield Media(
        href=href,
        kind=kind,
        base=element.base or "",
        type=(element.get("type") or "").strip().lower() or None,
        medium=(element.get("medium") or "").strip().lower() or None,
        width=_number(element.get("width")),
        height=_number(element.get("height")),
        length=_number(element.get("length") or element.get("fileSize")),
        description=_nearest(said, "media:description") or _nearest(said[:-1], "media:title"),
        credit=_credits(said),
        licence=_licence(said),
        rights=_nearest(said, "media:copyright"),
    )


def _nearest(said: list[_Children], name: str) -> str | None:
    return next((text for own in said if (text := _first_text(own, name))), None)


def _credits(said: list[_Children]) -> str | None:
    """Return everyone credited, as a line beneath a picture names them."""
    for own in said:
        names = dict.fromkeys(_texts(own, ("media:credit",)))
        if names:
            return ", ".join(names)
    return None


def _licence(said: list[_Children]) -> str | None:
    for own in said:
        for element in own.get("media:license", []):
            if href := (element.get("href") or _whole_text(element)).strip():
                return href
    return None


def _number(written: str | None) -> int | None:
    digits = (written or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 13 else None
