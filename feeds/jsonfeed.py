"""JSON Feed 1 and 1.1 (jsonfeed.org), as people really write it: wrong types do not stop us."""

import json
from collections.abc import Iterator
from typing import Any

from feeds import texts
from feeds.besides import seconds
from feeds.dates import parse_date
from feeds.errors import NotAFeedError, ParseError
from feeds.leadimage import enclosures, lead_image
from feeds.mending import MOST_ENTRIES
from feeds.model import Person, SourceEntry, SourceFeed, Text, TextKind
from feeds.raw import Media
from feeds.urls import resolve, resolve_page

_VERSIONS = {"1": "json1", "1.0": "json1", "1.1": "json11"}


def read(text: str, *, base_url: str) -> SourceFeed:
    """Return the JSON Feed in `text`.

    Raises ParseError for JSON that is none and NotAFeedError for JSON that is something else.
    """
    try:
        document = json.loads(text)
    except RecursionError as error:
        raise ParseError("the JSON is nested too deeply") from error
    except ValueError as error:
        raise ParseError(f"the document is not valid JSON: {error}") from error
    version = _version(document)
    base = resolve(_string(document.get("feed_url")), base_url=base_url) or base_url
    feed_authors = _authors(document, base)
    found = [item for item in _list(document, "items") if isinstance(item, dict)]
    notes = (f"of {len(found)} entries only the first {MOST_ENTRIES} were read",)
    return SourceFeed(
        format=version,
        title=texts.title(_string(document.get("title")), TextKind.TEXT),
        subtitle=texts.line(document.get("description")),
        home=resolve(_string(document.get("home_page_url")), base_url=base),
        language=texts.language(_string(document.get("language"))),
        authors=feed_authors,
        entries=tuple(_entry(item, base, feed_authors) for item in found[:MOST_ENTRIES]),
        notes=notes if len(found) > MOST_ENTRIES else (),
    )


def _version(document: object) -> str:
    if isinstance(document, dict):
        version = _string(document.get("version"))
        _, found, number = version.rpartition("jsonfeed.org/version/")
        if found:
            return _VERSIONS.get(number.strip("/ "), "json11")
        if isinstance(document.get("items"), list) and not version:
            return "json11"
    raise NotAFeedError("the document is JSON, but not a JSON Feed")


def _entry(item: dict[str, Any], base: str, inherited: tuple[Person, ...]) -> SourceEntry:
    address = _string(item.get("url")) or _string(item.get("external_url"))
    identity = _string_or_number(item.get("id"))
    summary = texts.body(_string(item.get("summary")), TextKind.TEXT, base_url=base)
    content = _content(item, base)
    media = tuple(_media(item, base))
    image = lead_image(
        media, html=content.value if content and content.kind is TextKind.HTML else ""
    )
    return SourceEntry(
        id=identity or None,
        title=texts.title(_string(item.get("title")), TextKind.TEXT),
        permalink=resolve_page(address, base_url=base)
        or (_as_address(identity) if not address else None),
        published=parse_date(_string(item.get("date_published"))),
        updated=parse_date(_string(item.get("date_modified"))),
        authors=_authors(item, base) or inherited,
        summary=summary,
        content=content,
        categories=texts.categories(
            (_string_or_number(tag), None, None) for tag in _list(item, "tags")
        ),
        image=image,
        enclosures=enclosures(media, lead=image),
        language=texts.language(_string(item.get("language"))),
    )


def _as_address(identity: str) -> str | None:
    if not identity.startswith(("http://", "https://")):
        return None
    return resolve_page(identity, base_url="")


def _content(item: dict[str, Any], base: str) -> Text | None:
    html = _string(item.get("content_html"))
    if html:
        return texts.body(html, TextKind.HTML, base_url=base)
    return texts.body(_string(item.get("content_text")), TextKind.TEXT, base_url=base)


def _media(item: dict[str, Any], base: str) -> Iterator[Media]:
    for name in ("image", "banner_image"):
        if href := _string(item.get(name)):
            # The format has no credits; these are extensions, the second our own.
            said = _object(item, "_media") or _object(_object(item, "_broadsheet"), "image")
            yield Media(
                href=href,
                kind="content",
                base=base,
                medium="image",
                description=texts.title(_string(said.get("description")), TextKind.TEXT) or None,
                credit=texts.title(_string(said.get("credit")), TextKind.TEXT) or None,
                licence=resolve(_string(said.get("license")), base_url=base),
            )
    for attachment in _list(item, "attachments"):
        if isinstance(attachment, dict) and (href := _string(attachment.get("url"))):
            size, length = attachment.get("size_in_bytes"), attachment.get("duration_in_seconds")
            yield Media(
                href=href,
                kind="enclosure",
                base=base,
                type=_string(attachment.get("mime_type")).lower() or None,
                length=size if type(size) is int and size > 0 else None,
                duration=seconds(str(length)) if type(length) in {int, float} else None,
            )


def _object(holder: dict[str, Any], name: str) -> dict[str, Any]:
    held = holder.get(name)
    return held if isinstance(held, dict) else {}


def _authors(holder: dict[str, Any], base: str) -> tuple[Person, ...]:
    """Return the authors of a feed or an item: a list, an object, or (in version 1) one alone."""
    written = holder.get("authors") or holder.get("author")
    several = written if isinstance(written, list) else [written]
    return texts.people(_author(each, base) for each in several)


def _author(written: object, base: str) -> Person | None:
    if isinstance(written, dict):
        name, uri = _string(written.get("name")), _string(written.get("url"))
        return texts.person(name, uri=uri, base_url=base)
    return texts.person(_string(written))


def _string(value: object) -> str:
    return value.strip() if isinstance(value, str) else ""


def _string_or_number(value: object) -> str:
    """Return a string as it is and a number as JSON writes it; anything else is none."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return _string(value)
    return json.dumps(value)


def _list(holder: dict[str, Any], name: str) -> list[Any]:
    value = holder.get(name)
    return value if isinstance(value, list) else []
