"""From bytes to a SourceFeed, whatever the format. The only door to feedparser.

Meant to run where it can be killed: some documents keep feedparser busy for very long (T5).
"""

import io
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace

from feeds import entries, jsonfeed, rawitems, texts, xmltree
from feeds.charset import decode
from feeds.dates import parse_date
from feeds.entries import Parsed, get
from feeds.errors import NotAFeedError, ParseError
from feeds.mending import mend
from feeds.model import Deletion, SourceFeed
from feeds.quick import read as read_quickly
from feeds.raw import RawFeed, RawItem
from feeds.reading import Reading
from feeds.slices import cut, cut_json
from feeds.stumbling import without_stumbling
from feeds.urls import resolve

_Pairs = Sequence[tuple[Parsed, RawItem | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Document:
    """A document made ready for reading, and what had to be done for it."""

    text: str
    is_json: bool = False
    notes: tuple[str, ...] = ()


def parse(body: bytes, base_url: str, content_type: str = "") -> SourceFeed:
    """Return the feed in `body`, which was found at `base_url`; the same bytes give the same.

    Raises NotAFeedError for another kind of document, saying which, and ParseError for one
    that cannot be read. A feed without entries is a feed; what was mended is in its notes.
    """
    with _told_as_parse_errors():
        document = _document(body, base_url=base_url, content_type=content_type)
        return _read(document, base_url=base_url)


def parse_unseen(
    body: bytes, base_url: str, content_type: str = "", seen: AbstractSet[str] = frozenset()
) -> Reading:
    """Return what `parse` returns, less the entries whose fingerprints are in `seen`.

    Reading costs what is new in the document, not what is in it. Raises what `parse` raises.
    """
    with _told_as_parse_errors():
        document = _document(body, base_url=base_url, content_type=content_type)
        return _read_unseen(document, base_url=base_url, seen=seen)


@contextmanager
def _told_as_parse_errors() -> Iterator[None]:
    try:
        yield
    except ParseError:
        raise
    except Exception as error:  # feedparser alone has six kinds of its own (T6)
        raise ParseError(
            f"the document could not be read: {type(error).__name__}: {error}"
        ) from error


def _document(body: bytes, *, base_url: str, content_type: str) -> _Document:
    text, charset_note = decode(body, content_type=content_type)
    start = text.lstrip("\ufeff \t\r\n\x00")
    if not start:
        raise ParseError("the document is empty")
    if start[0] in "{[":
        return _Document(text=start, is_json=True)
    mended = mend(text, base_url=base_url)
    return _Document(
        text=mended.text, notes=((charset_note,) if charset_note else ()) + mended.notes
    )


def _read_unseen(document: _Document, *, base_url: str, seen: AbstractSet[str]) -> Reading:
    """Read a document without what was seen, or whole if anything in it is out of the ordinary."""
    if document.is_json:
        slices = cut_json(document.text, base_url=base_url)
    else:
        slices = cut(document.text.encode(), base_url=base_url)
    if slices is None:
        return Reading(feed=_read(document, base_url=base_url))
    everything, unseen = slices.fingerprints, slices.unseen(seen)
    if len(unseen) < len(everything):
        part = replace(document, text=slices.without(seen).decode())
        with suppress(Exception):  # met again, and told, when the whole is read
            feed = _read(part, base_url=base_url)
            if len(feed.entries) == len(unseen) and feed.notes == document.notes:
                return Reading(feed=feed, fingerprints=everything, unseen=unseen)
    feed = _read(document, base_url=base_url)
    if len(feed.entries) != len(everything) or feed.notes != document.notes:
        return Reading(feed=feed)
    return Reading(feed=feed, fingerprints=everything, unseen=everything)


def _read(document: _Document, *, base_url: str) -> SourceFeed:
    if document.is_json:
        return jsonfeed.read(document.text, base_url=base_url)
    return _feed(document.text.encode(), base_url=base_url, notes=document.notes)


def _feed(
    document: bytes, *, base_url: str, notes: tuple[str, ...], is_saved: bool = False
) -> SourceFeed:
    """Read the document twice, by feedparser and as XML, and make one feed of both.

    One that feedparser raises on is mended by our own means, once, after which it `is_saved`.
    """
    tree = xmltree.grow(document, base_url=base_url)
    raw = rawitems.read(tree.root, base_url=base_url) if tree else RawFeed(base=base_url)
    parsed = read_quickly(tree.root, raw, document=document) if tree and tree.is_sound else None
    if parsed is not None:
        return _source_feed(
            parsed, raw, list(zip(parsed["entries"], raw.items, strict=True)), notes=notes
        )
    try:
        parsed = _by_feedparser(document, base_url=raw.base)
    except Exception as error:  # what it raises on is not for us to list (T6)
        if is_saved or tree is None:
            raise
        document, told = _saved(tree, base_url=raw.base)
        notes += (f"saved from {type(error).__name__} in the reading", *told)
        return _feed(document, base_url=base_url, notes=notes, is_saved=True)
    found, version = get(parsed, "entries") or [], get(parsed, "version") or ""
    if not found and not version:
        raise NotAFeedError("the document has the root of a feed, but nothing of a feed in it")
    if get(parsed, "bozo"):
        notes += (f"not well-formed: {get(parsed, 'bozo_exception')}",)
    if len(raw.items) == len(found):
        pairs: _Pairs = list(zip(found, raw.items, strict=True))
    else:
        notes += ("read by feedparser alone: its entries are not those of the XML",)
        pairs = [(each, None) for each in found]
    return _source_feed(parsed, raw, pairs, notes=notes)


def _saved(tree: xmltree.Tree, *, base_url: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a document that can be read, as far as there is one, and what was left out for it."""

    def can_be_read(document: bytes) -> bool:
        with suppress(Exception):
            _by_feedparser(document, base_url=base_url)
            return True
        return False

    recovered = xmltree.written(tree.root)
    if can_be_read(recovered):
        return recovered, ()
    found = without_stumbling(tree.root, can_be_read=can_be_read)
    if found is None:
        return recovered, ()
    return found[0], (
        f"left out, because they cannot be read: {found[1]} entries or parts of the head",
    )


def _by_feedparser(document: bytes, *, base_url: str) -> Parsed:
    """Return feedparser's reading, its sanitiser and its resolver of HTML off.

    Only ever of a BytesIO: bytes that look like a path or an address would be opened (T4).
    """
    import feedparser  # noqa: PLC0415 -- most documents do without, and it takes a while to load

    headers = {"content-type": "application/xml; charset=utf-8", "content-location": base_url}
    result: Parsed = feedparser.parse(  # noqa: TID251 -- this is the one place that may
        io.BytesIO(document),
        sanitize_html=False,
        resolve_relative_uris=False,
        response_headers=headers,
    )
    return result


def _source_feed(
    parsed: Parsed, raw: RawFeed, pairs: _Pairs, *, notes: tuple[str, ...]
) -> SourceFeed:
    head: Parsed = get(parsed, "feed") or {}
    version = get(parsed, "version") or "rss"
    named = texts.people(map(texts.person, raw.authors))
    feed_authors = named or entries.authors(head, base_url=raw.base)
    return SourceFeed(
        format=version,
        title=texts.title(*(raw.title or (get(head, "title") or "", None))),
        subtitle=texts.line(get(head, "subtitle")),
        id=raw.id,
        home=_home(head, base_url=raw.base),
        language=texts.language(raw.language),
        rights=entries.rights(head),
        updated=entries.first_date(raw.updated),
        authors=feed_authors,
        entries=tuple(
            entries.entry(
                each,
                item,
                base_url=raw.base,
                is_atom=version.startswith("atom"),
                inherited=feed_authors,
            )
            for each, item in pairs
        ),
        notes=notes,
        deleted=tuple(
            Deletion(
                ref=each.ref,
                when=parse_date(each.when),
                comment=texts.line(each.comment) or "",
            )
            for each in raw.deleted
        ),
        hints=raw.hints,
    )


def _home(head: Parsed, *, base_url: str) -> str | None:
    links = [link for link in get(head, "links") or () if get(link, "rel") == "alternate"]
    links.sort(key=lambda link: (get(link, "type") or "text/html") != "text/html")
    hrefs = (resolve(get(link, "href") or "", base_url=base_url) for link in links)
    return next(filter(None, hrefs), None)
