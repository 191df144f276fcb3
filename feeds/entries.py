"""An entry of feedparser's and the same entry's own XML, made one SourceEntry. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from feeds import besides, texts
from feeds.dates import parse_date
from feeds.leadimage import enclosures, lead_image
from feeds.model import Category, Person, SourceEntry, Text, TextKind
from feeds.raw import Media, RawItem
from feeds.tracking import is_proxy
from feeds.urls import resolve_page

# feedparser's mapping is read with dict.get alone: its own .get answers "updated" with the
# publishing date where the document gives none.
Parsed = Mapping[str, Any]

_KINDS = {
    "text/plain": TextKind.TEXT,
    "text/html": TextKind.HTML,
    "application/xhtml+xml": TextKind.HTML,
}
_DATES = {"published": ("published", "created"), "updated": ("updated",)}


def entry(
    parsed: Parsed,
    raw: RawItem | None,
    *,
    base_url: str,
    is_atom: bool,
    inherited: tuple[Person, ...],
) -> SourceEntry:
    """Return an entry; `raw` is None where the two readings of the document do not agree.

    `inherited` are the feed's authors, who wrote what in Atom has no author (RFC 4287, 4.1.1).
    """
    item = raw or RawItem(id=get(parsed, "id"), base=base_url)
    summary, content = _bodies(parsed, raw, base_url=base_url)
    media = item.media if raw else tuple(_parsed_media(parsed, base_url))
    image = lead_image(media, html=_html(content) + _html(summary))
    named = texts.people(map(texts.person, item.authors))
    written = (
        named
        or authors(parsed, base_url=base_url)
        or authors(get(parsed, "source") or {}, base_url=base_url)
    )
    return SourceEntry(
        id=item.id,
        title=texts.title(*_title(parsed, item)),
        permalink=_permalink(parsed, item, base_url=base_url),
        published=first_date(item.published if raw else _said(parsed, "published")),
        updated=first_date(item.updated if raw else _said(parsed, "updated")),
        authors=written or (inherited if is_atom else ()),
        summary=summary,
        content=content,
        categories=categories(parsed),
        image=image,
        enclosures=enclosures(media, lead=image),
        links=besides.links(item.links),
        in_reply_to=besides.answered(item.in_reply_to),
        upstream=besides.upstream(item.upstream),
        episode=besides.episode(item.episode),
        reply_count=item.reply_count,
        rights=rights(parsed),
        language=texts.language(item.language),
    )


def get(parsed: Parsed, name: str) -> Any:
    """Return what the document itself says under this name, or None."""
    return dict.get(parsed, name) if isinstance(parsed, dict) else None


def first_date(written: tuple[str, ...]) -> datetime | None:
    """Return the first of these that is a date."""
    return next((moment for text in written if (moment := parse_date(text))), None)


def authors(parsed: Parsed, *, base_url: str) -> tuple[Person, ...]:
    """Return who wrote an entry or a feed, from all the elements that name them."""
    return texts.people(
        texts.person(
            get(each, "name") or "",
            email=get(each, "email") or "",
            uri=get(each, "href") or "",
            base_url=base_url,
        )
        for each in get(parsed, "authors") or ()
    )


def categories(parsed: Parsed) -> tuple[Category, ...]:
    """Return the categories of an entry."""
    tags = get(parsed, "tags") or ()
    return texts.categories(
        (get(tag, "term") or "", get(tag, "scheme"), get(tag, "label")) for tag in tags
    )


def rights(parsed: Parsed) -> str | None:
    """Return the words of the copyright, else the address of the licence (RFC 4946)."""
    words = texts.line(get(parsed, "rights"))
    licences = (link for link in get(parsed, "links") or () if get(link, "rel") == "license")
    return words or next(
        (href for link in licences if (href := texts.line(get(link, "href")))), None
    )


def _said(parsed: Parsed, which: str) -> tuple[str, ...]:
    return tuple(text for name in _DATES[which] if isinstance(text := get(parsed, name), str))


def _title(parsed: Parsed, item: RawItem) -> tuple[str, TextKind | None]:
    if item.title:
        return item.title
    return get(parsed, "title") or "", _KINDS.get(
        get(get(parsed, "title_detail") or {}, "type") or ""
    )


def _bodies(
    parsed: Parsed, raw: RawItem | None, *, base_url: str
) -> tuple[Text | None, Text | None]:
    contents = [each for each in get(parsed, "content") or () if get(each, "type") in _KINDS]
    best = max(contents, key=lambda each: len(get(each, "value") or ""), default=None)
    content = _detail(best, base_url=base_url) if best else None
    if raw is not None:
        value, kind = raw.summary or ("", None)
        summary = texts.body(value, kind, base_url=raw.summary_base or base_url)
    else:
        summary = _detail(get(parsed, "summary_detail") or {}, base_url=base_url)
    return (None if summary == content else summary), content or texts.content_of(summary)


def _detail(detail: Parsed, *, base_url: str) -> Text | None:
    kind = _KINDS.get(get(detail, "type") or "")
    return texts.body(get(detail, "value") or "", kind, base_url=get(detail, "base") or base_url)


def _html(text: Text | None) -> str:
    return text.value if text and text.kind is TextKind.HTML else ""


def _permalink(parsed: Parsed, item: RawItem, *, base_url: str) -> str | None:
    """Return the address of the article: its own before a proxy's, a page before a file."""
    base = item.base or base_url
    candidates = [item.original_link, *_alternates(parsed), item.id if item.is_permalink else None]
    if not item.is_permalink and item.id and item.id.startswith(("http://", "https://")):
        candidates.append(item.id)
    found = (url for href in candidates if href and (url := resolve_page(href, base_url=base)))
    first = next(found, None)
    if first is None or not is_proxy(first):
        return first
    absolute = (href for href in candidates if href and "://" in href)
    own = (resolve_page(href, base_url=base) for href in absolute)
    return next((url for url in own if url and not is_proxy(url)), first)


def _alternates(parsed: Parsed) -> Iterator[str]:
    links = [link for link in get(parsed, "links") or () if get(link, "rel") == "alternate"]
    pages = [link for link in links if (get(link, "type") or "text/html") in _KINDS]
    yield from (get(link, "href") or "" for link in [*pages, *links])


def _parsed_media(parsed: Parsed, base_url: str) -> Iterator[Media]:
    """Yield what feedparser kept of the media, without credits, which it mixes up."""
    for kind, name in (("content", "media_content"), ("thumbnail", "media_thumbnail")):
        for each in get(parsed, name) or ():
            if href := get(each, "url"):
                yield Media(
                    href=href,
                    kind=kind,
                    base=base_url,
                    type=get(each, "type"),
                    medium=get(each, "medium"),
                )
    for link in get(parsed, "links") or ():
        if get(link, "rel") == "enclosure" and (href := get(link, "href")):
            yield Media(href=href, kind="enclosure", base=base_url, type=get(link, "type"))
