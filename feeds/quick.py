"""What feedparser would say of a document, said in a fraction of its time. Pure.

Only those fields of feedparser's that we use, and only of documents of which it is certain: their
tree is sound, their elements are well known and stand where everybody puts them. Of any other
nothing is said, and feedparser is asked itself. The law: whatever is said here is what feedparser
says; `tests/feeds/test_quick.py` holds us to it.
"""

from collections.abc import Mapping
from typing import Any

from feeds.quicknames import RDF_ROOT, Names, UnsureError, attributes
from feeds.quickparts import Part
from feeds.quickvalues import base_of, first_base
from feeds.raw import RawFeed
from feeds.rawnames import Element

_ATOM, _RSS10 = "http://www.w3.org/2005/atom", "http://purl.org/rss/1.0/"
_RSS090 = "http://my.netscape.com/rdf/simple/0.9/"
_RSS_VERSIONS = {"0.91": "rss091u", "0.92": "rss092", "0.93": "rss093", "0.94": "rss094"}
_ATOM_VERSIONS = {"0.1": "atom01", "0.2": "atom02", "0.3": "atom03"}
_ITEMS = frozenset({"item", "entry"})


def read(root: Element, raw: RawFeed, *, document: bytes) -> Mapping[str, Any] | None:
    """Return feedparser's mapping, `version`, `feed` and `entries`, or None where in any doubt.

    `root` is that of the document's sound tree and `raw` what was read of it.
    """
    try:
        return _Reading(root, raw, document).parsed
    except UnsureError:
        return None


class _Reading:
    """One walk through a document in its order, which is feedparser's."""

    def __init__(self, root: Element, raw: RawFeed, document: bytes) -> None:
        self.names = Names(document)
        self.version = _version(root, self.names.of(root))
        self.head = Part(self.names, self.version, is_head=True, has_title=raw.title is not None)
        self._items = iter(raw.items)
        self._entries: list[dict[str, Any]] = []
        base = base_of(root, first_base(raw.base))
        name = self.names.of(root)
        if root.tag == RDF_ROOT:
            self._rdf(root, base)
        elif name == "rss" and [self.names.of(child) for child in root] == ["channel"]:
            self._frame(root[0], base_of(root[0], base))
        elif name == "feed":
            self._frame(root, base)
        else:
            raise UnsureError
        if len(self._entries) != len(raw.items):
            raise UnsureError
        self.parsed: Mapping[str, Any] = {
            "version": self.version,
            "feed": self.head.said(raw.authors),
            "entries": self._entries,
        }

    def _rdf(self, root: Element, base: str) -> None:
        for child in root:
            name = self.names.of(child)
            if name == "channel":
                self._frame(child, base_of(child, base))
            elif name in _ITEMS:
                self._entry(child, base)
            elif name in {"image", "textinput"}:
                self.head.take(child, name, base)
            else:
                raise UnsureError

    def _frame(self, frame: Element, base: str) -> None:
        """Read a feed or a channel and the entries in it."""
        if not attributes(frame).keys().isdisjoint({"href", "lastmod"}):
            raise UnsureError
        for child in frame:
            name = self.names.of(child)
            if name in _ITEMS:
                self._entry(child, base)
            else:
                self.head.take(child, name, base)

    def _entry(self, element: Element, outer: str) -> None:
        if not attributes(element).keys().isdisjoint({"href", "lastmod"}):
            raise UnsureError
        item = next(self._items, None)
        if item is None:
            raise UnsureError
        part = Part(self.names, self.version, is_head=False, has_title=item.title is not None)
        part.take_all(element, base_of(element, outer))
        self._entries.append(part.said(item.authors))


def _version(root: Element, name: str) -> str:
    """Return feedparser's word for a format, of which a namespace may decide."""
    uris = {str(uri).lower() for uri in root.nsmap.values()}
    said = attributes(root).get("version", "")
    is_rdf = {_RSS10, _RSS090} & uris
    if root.tag == RDF_ROOT:
        if _ATOM in uris or len(is_rdf) != 1:
            raise UnsureError
        if _RSS10 in uris:
            return "rss10"
        if (root.nsmap.get(None) or "").lower() == _RSS090:
            return "rss090"
        raise UnsureError
    if is_rdf:
        raise UnsureError
    if name == "feed":
        return "atom10" if _ATOM in uris else _ATOM_VERSIONS.get(said, "atom")
    return _RSS_VERSIONS.get(said, "rss20" if said.startswith("2.") else "rss")
