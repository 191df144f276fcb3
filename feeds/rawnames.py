"""What the elements of a document are called, whatever prefix they are written with. Pure."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeAlias

from lxml import etree

from feeds.charset import undoubled

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
    "http://purl.org/rss/1.0/modules/syndication": "sy",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.pheedo.com/namespace/pheedo": "feedburner",
    "http://purl.org/rss/1.0/modules/slash": "slash",
    "http://wellformedweb.org/commentapi": "wfw",
    "http://purl.org/syndication/thread/1.0": "thr",
    "https://podcastindex.org/namespace/1.0": "podcast",
    "https://github.com/podcastindex-org/podcast-namespace/blob/main/docs/1.0.md": "podcast",
    "http://backend.userland.com/creativecommonsrssmodule": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "cc",
    "http://web.resource.org/cc": "cc",
    "http://purl.org/atompub/tombstones/1.0": "at",
    "http://creativecommons.org/ns#": "cc",
}

Element: TypeAlias = etree._Element  # noqa: SLF001 -- lxml has no public name for it
Children: TypeAlias = dict[str, list[Element]]


class Names:
    """What an element is called in one document.

    A feed's own vocabulary has no prefix, whichever namespace it is in; Atom inside RSS has
    one, so that atom:link is not taken for link.
    """

    def __init__(self, root: Element) -> None:
        own = "atom" if etree.QName(root).localname == "feed" else "rss"
        self._own = {own, ""}
        self._known: dict[str, str] = {}  # by the tag as lxml writes it; there are few

    def of(self, element: Element) -> str:
        """Return "title" for the feed's own, "media:title" for Media RSS's."""
        tag = element.tag
        if not isinstance(tag, str):
            return ""
        if (name := self._known.get(tag)) is None:
            name = self._known[tag] = self._name(tag)
        return name

    def _name(self, tag: str) -> str:
        if not tag.startswith("{"):
            return tag
        namespace, _, local = tag[1:].rpartition("}")
        family = _family(namespace)
        return local if family in self._own else f"{family}:{local}"

    def children(self, element: Element) -> Children:
        """Return an element's children by name, those of one name in their order."""
        found: Children = {}
        for child in element:
            found.setdefault(self.of(child), []).append(child)
        return found

    def items(self, root: Element) -> Iterator[Element]:
        """Yield the entries of a document, wherever they are in it."""
        return (
            element for element in root.iter(etree.Element) if self.of(element) in {"item", "entry"}
        )


def _family(namespace: str) -> str:
    key = namespace.lower().rstrip("/")
    if known := _FAMILIES.get(key):
        return known
    if "backend.userland.com" in key or "blogs.law.harvard.edu" in key:
        return "rss"
    return "media" if "search.yahoo.com/mrss" in key else key


def whole_text(element: Element) -> str:
    """Return all text of an element, inner elements' too, without outer white space."""
    inside = map(str, element.itertext()) if len(element) else (element.text or "",)
    return undoubled("".join(inside).strip())


def texts(own: Children, wanted: Iterable[str]) -> tuple[str, ...]:
    """Return what the elements of these names say, name by name."""
    found = [name for name in wanted if name in own]  # of a dozen names mostly one
    if not found:
        return ()
    return tuple(text for name in found for each in own[name] if (text := whole_text(each)))


def first_text(own: Children, *wanted: str) -> str | None:
    """Return the first of these elements that says something."""
    for name in wanted:
        for element in own.get(name, ()):
            if text := whole_text(element):
                return text
    return None


def links(own: Children, rel: str) -> Iterator[Element]:
    """Yield the atom:link elements of one relation; a registered one may be its IRI."""
    found = (*own.get("link", ()), *own.get("atom:link", ()))
    return (link for link in found if relation(link) == rel)


def relation(link: Element) -> str:
    """Return an atom:link's relation as people mean it (RFC 4287, 4.2.7.2)."""
    written = link.get("rel")
    return _relation(written) if written else ""


@lru_cache(maxsize=256)
def _relation(written: str) -> str:
    return written.strip().lower().removeprefix("http://www.iana.org/assignments/relation/")


def number(written: str | None) -> int | None:
    """Return a size as a number, "10px" as 10, or None for anything else."""
    digits = (written or "").strip().removesuffix("px")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 13 else None
