"""From bytes to a SourceFeed, whatever the format. The only door to feedparser.

Meant to run where it can be killed: some documents keep feedparser busy for very long (T5).
"""

import io
from collections.abc import Sequence

import feedparser

from feeds import entries, jsonfeed, rawitems, texts
from feeds.charset import decode
from feeds.entries import Parsed, get
from feeds.errors import NotAFeedError, ParseError
from feeds.mending import mend
from feeds.model import SourceFeed
from feeds.raw import RawFeed, RawItem
from feeds.urls import resolve

_Pairs = Sequence[tuple[Parsed, RawItem | None]]


def parse(body: bytes, base_url: str, content_type: str = "") -> SourceFeed:
    """Return the feed in `body`, which was found at `base_url`; the same bytes give the same.

    Raises NotAFeedError for another kind of document, saying which, and ParseError for one
    that cannot be read. A feed without entries is a feed; what was mended is in its notes.
    """
    try:
        return _read(body, base_url=base_url, content_type=content_type)
    except ParseError:
        raise
    except Exception as error:  # feedparser alone has six kinds of its own (T6)
        raise ParseError(
            f"the document could not be read: {type(error).__name__}: {error}"
        ) from error


def _read(body: bytes, *, base_url: str, content_type: str) -> SourceFeed:
    text, charset_note = decode(body, content_type=content_type)
    start = text.lstrip("\ufeff \t\r\n\x00")
    if not start:
        raise ParseError("the document is empty")
    if start[0] in "{[":
        return jsonfeed.read(start, base_url=base_url)
    mended = mend(text)
    notes = ((charset_note,) if charset_note else ()) + mended.notes
    return _feed(mended.text.encode(), base_url=base_url, notes=notes)


def _feed(document: bytes, *, base_url: str, notes: tuple[str, ...]) -> SourceFeed:
    """Read the document twice, by feedparser and as XML, and make one feed of both."""
    raw = rawitems.read(document, base_url=base_url)
    try:
        parsed = _by_feedparser(document, base_url=raw.base)
    except Exception as error:  # noqa: BLE001 -- what it raises on is not for us to list (T6)
        notes += (f"saved from {type(error).__name__} in the reading",)
        parsed = _by_feedparser(rawitems.recovered(document), base_url=raw.base)
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


def _by_feedparser(document: bytes, *, base_url: str) -> Parsed:
    """Return feedparser's reading, its sanitiser and its resolver of HTML off.

    Only ever of a BytesIO: bytes that look like a path or an address would be opened (T4).
    """
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
    )


def _home(head: Parsed, *, base_url: str) -> str | None:
    links = [link for link in get(head, "links") or () if get(link, "rel") == "alternate"]
    links.sort(key=lambda link: (get(link, "type") or "text/html") != "text/html")
    hrefs = (resolve(get(link, "href") or "", base_url=base_url) for link in links)
    return next(filter(None, hrefs), None)
