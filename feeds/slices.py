"""A document cut into its items, so that those read before need not be read again. Pure.

feedparser needs fifty milliseconds for what expat walks through in one. The law: the reading of
a document without some of its items is the reading of the whole without their entries. It holds
where an item leaves feedparser as it found it; a document in which one may not is not cut.
"""

import hashlib
import json
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Any
from xml.parsers import expat

from feeds.mending import MOST_ENTRIES

_DEEPEST = 200  # elements; libxml2 gives up at 256
_LONGEST = 5_000_000  # bytes of an item; libxml2 refuses texts of ten million
_REGISTERED = "http://www.iana.org/assignments/relation/"  # before a relation (RFC 4287, 4.2.7.2)
_BETWEEN = "\n"  # namespace, name and prefix; no namespace has it in it

_ITEMS = frozenset({"item", "entry"})
_FEEDS = frozenset({"rss", "feed", "channel"})
# The elements feedparser reads as running text. One within another, and it loses count.
_TEXTS = frozenset(
    (
        *("title", "subtitle", "tagline", "rights", "copyright", "description", "abstract", "info"),
        *("browserfriendly", "summary", "content", "encoded", "fullitem", "body"),
    )
)
_CONTENTS = frozenset({"content", "encoded", "fullitem"})
_IMAGES = frozenset({"image", "textinput"})
_ABOUT_IMAGES = frozenset({"url", "title", "link", "width", "height", "description"})
# What entries inherit from their feed, or what decides how they are read: its authors, and
# whether it has an image or a text input of its own. A link to itself is its base.
_INHERITED = frozenset(
    ("author", "managingeditor", "creator", "owner", "image", "textinput", "newlocation")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """One item: the bytes before it, its own, and what stands in for them when it is dropped."""

    before: bytes
    body: bytes
    stub: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slices:
    """A document in pieces. `fingerprints` are its items', in their order: 16 hex digits each.

    Two items of equal fingerprints are read alike: it covers what an item inherits, too.
    """

    items: tuple[Slice, ...]
    after: bytes
    fingerprints: tuple[str, ...]

    def unseen(self, seen: AbstractSet[str]) -> tuple[str, ...]:
        """Return the fingerprints of the items that are left when those seen are dropped."""
        return tuple(mark for mark in self.fingerprints if mark not in seen)

    def without(self, seen: AbstractSet[str]) -> bytes:
        """Return the document without the items whose fingerprints are in `seen`."""
        kept = (
            each.before + (each.stub if mark in seen else each.body)
            for each, mark in zip(self.items, self.fingerprints, strict=True)
        )
        return b"".join(kept) + self.after


def cut(document: bytes, *, base_url: str) -> Slices | None:
    """Return the pieces of a mended feed in UTF-8, or None where it must be read whole."""
    try:
        walk = _Walk(document)
    except (_StrangeError, expat.ExpatError):
        return None
    context = _context(base_url, sorted(walk.bindings), walk.inherited)
    items: list[Slice] = []
    at = 0
    for start, end, stub in walk.spans:
        items.append(Slice(before=document[at:start], body=document[start:end], stub=stub))
        at = end
    return Slices(
        items=tuple(items),
        after=document[at:],
        fingerprints=tuple(_fingerprint(each.body, context) for each in items),
    )


def cut_json(text: str, *, base_url: str) -> Slices | None:
    """Return the pieces of a JSON Feed, or None where it must be read whole."""
    try:
        document = json.loads(text)
        return _cut_json(document, base_url) if isinstance(document, dict) else None
    except (ValueError, RecursionError):
        return None


def _cut_json(document: dict[str, Any], base_url: str) -> Slices | None:
    found = document.pop("items", None)
    if not document or not isinstance(found, list) or len(found) > MOST_ENTRIES:
        return None
    # The order of its members says nothing, so that the items may come last and be sorted.
    bodies = [json.dumps(each, sort_keys=True).encode() for each in found if isinstance(each, dict)]
    head = json.dumps(document).encode().removesuffix(b"}") + b', "items": ['
    context = _context(base_url, *map(document.get, ("feed_url", "authors", "author")))
    # A null is no item, and saves deciding where the commas go.
    return Slices(
        items=tuple(
            Slice(before=b", " if number else head + b"null, ", body=body, stub=b"null")
            for number, body in enumerate(bodies)
        ),
        after=b"]}" if bodies else head + b"]}",
        fingerprints=tuple(_fingerprint(body, context) for body in bodies),
    )


def _context(*inherited: object) -> bytes:
    return hashlib.blake2b(
        repr(inherited).encode(errors="backslashreplace"), digest_size=16
    ).digest()


def _fingerprint(body: bytes, context: bytes) -> str:
    return hashlib.blake2b(body, digest_size=8, key=context).hexdigest()


class _StrangeError(Exception):
    """The document has something in it that may reach from one item into another."""


class _Walk:
    """One walk through a document: where its items are, and what they inherit."""

    def __init__(self, document: bytes) -> None:
        self.spans: list[tuple[int, int, bytes]] = []
        self.bindings: set[tuple[str, str]] = set()  # of the frame, which all items are in
        self.inherited: list[object] = []
        self._document = document
        self._prefixes: dict[str, str] = {}
        self._declared: set[tuple[str, str]] = set()
        self._pending: list[tuple[str, str]] = []
        self._depth = 0
        self._name = ""  # that all items share
        self._item = self._text = self._image = self._heir = 0  # how deep the open one is
        self._start_at = self._heir_at = 0
        self._stub, self._heir_kind = b"", ""
        self._in_channel = self._has_summary = self._is_xml = self._is_over = False
        self._parser = expat.ParserCreate(namespace_separator=_BETWEEN)
        self._parser.namespace_prefixes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.Parse(document, True)  # noqa: FBT003 -- it takes no keywords

    def _declare(self, prefix: str | None, uri: str | None) -> None:
        if uri:
            self._pending.append((prefix or "", uri))

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        kind = _kind(name)
        if self._depth > _DEEPEST:
            raise _StrangeError
        if kind in _ITEMS:
            self._open_item(name)
        if self._pending:
            self._bind()
        if self._text:
            self._within_text(kind)
        elif kind in _TEXTS:
            self._text = self._depth
            self._is_xml = attributes.get("type", "").lower().endswith(("xml", "xhtml"))
        if self._item:
            self._within_item(kind)
        else:
            self._frame(name, kind, attributes)

    def _within_item(self, kind: str) -> None:
        """Refuse a feed in an item, and in its image what feedparser would take for the feed's."""
        if self._image:
            if kind not in _ABOUT_IMAGES:
                raise _StrangeError
        elif kind in _FEEDS or kind == "textinput":
            raise _StrangeError
        elif kind == "image" and not self._text:
            self._image = self._depth

    def _open_item(self, name: str) -> None:
        inside = self._item or self._text or self._heir
        placed = self._depth == 2 or (self._depth == 3 and self._in_channel)
        if inside or not placed or self._is_over or name != (self._name or name):
            raise _StrangeError
        self._name = name
        self._item = self._depth
        self._start_at = self._parser.CurrentByteIndex

    def _bind(self) -> None:
        """Note new namespaces; feedparser never forgets one, not even when it has ended.

        What an item brings in first is therefore left behind in its place.
        """
        for prefix, uri in self._pending:
            if prefix and self._prefixes.setdefault(prefix, uri) != uri:
                raise _StrangeError
            if self._item and (prefix, uri) not in self._declared:
                attribute = f"xmlns:{prefix}" if prefix else "xmlns"
                self._stub += f'<seen {attribute}="{escape(uri)}"/>'.encode()
            elif not self._item:
                self.bindings.add((prefix, uri))
            self._declared.add((prefix, uri))
        self._pending.clear()

    def _within_text(self, kind: str) -> None:
        """Refuse what feedparser takes for the end of the text; a div it may count wrongly."""
        if kind in _TEXTS or (kind == "div" and not self._is_xml):
            raise _StrangeError

    def _frame(self, name: str, kind: str, attributes: dict[str, str]) -> None:
        if self.spans:
            self._is_over = True  # an item after this would be read in another light
            if kind == "title" and self._heir_kind not in _IMAGES:
                raise _StrangeError  # it is the feed's, to feedparser, if there was an item
        elif kind in _CONTENTS or (self._has_summary and kind in {"summary", "description"}):
            raise _StrangeError  # feedparser thinks that the first item has content
        self._has_summary |= kind == "summary"
        if kind in _FEEDS and self._depth > 1:
            if kind != "channel" or self._depth > 2:
                raise _StrangeError
            self._in_channel = True
        relation = attributes.get("rel", "").strip().lower()
        is_self = kind == "link" and relation.removeprefix(_REGISTERED) == "self"
        if self._heir == 0 and (self._depth == 1 or kind == "channel"):
            self.inherited.append((name, attributes))
        elif self._heir == 0 and (is_self or kind in _INHERITED):
            self._heir, self._heir_at = self._depth, self._parser.CurrentByteIndex
            self._heir_kind = kind
            self.inherited.append((name, attributes, bool(self.spans)))

    def _end(self, _name: str) -> None:
        depth, at = self._depth, self._parser.CurrentByteIndex
        self._depth -= 1
        if depth == self._text:
            self._text = 0
        if depth == self._image:
            self._image = 0
        if depth == self._item:
            self._close_item(at)
        elif depth == self._heir:
            self._heir, self._heir_kind = 0, ""
            self.inherited.append(self._document[self._heir_at : at])
        elif depth == 2:
            self._in_channel = False

    def _close_item(self, at: int) -> None:
        _, local, prefix = _parts(self._name)
        tag = f"</{prefix}:{local}" if prefix else f"</{local}"
        if not self._document.startswith(tag.encode(), at):
            raise _StrangeError  # an item in one tag; nobody knows what it is for
        end = self._document.index(b">", at) + 1
        if end - self._start_at > _LONGEST:
            raise _StrangeError
        self.spans.append((self._start_at, end, self._stub))
        self._item, self._stub = 0, b""


@lru_cache(maxsize=1024)
def _kind(name: str) -> str:
    """Return the name feedparser goes by, or nearly; media:content is not the content."""
    namespace, local, prefix = _parts(name)
    kind = local.lower()
    is_media = "mrss" in namespace.lower() or prefix.lower() == "media"
    return "media:content" if kind == "content" and is_media else kind


def _parts(name: str) -> tuple[str, str, str]:
    """Return an element's namespace, its name in it, and the prefix it is written with."""
    match name.split(_BETWEEN):
        case [namespace, local, prefix]:
            return namespace, local, prefix
        case [namespace, local]:
            return namespace, local, ""
        case _:
            return "", name, ""
