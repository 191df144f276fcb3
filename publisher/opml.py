"""What the paper reads and what it offers, as OPML 2.0. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime

from lxml import etree
from lxml.etree import _Element

from feeds.errors import PublishError
from publisher.xmlvalues import xml_text


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """A feed, where `feed` is its address; else a heading over `outlines`.

    `home` is the page beside the feed, or the section's own.
    """

    text: str
    feed: str | None = None
    home: str | None = None
    language: str | None = None
    description: str | None = None
    outlines: tuple["Outline", ...] = ()


def render(
    title: str, outlines: tuple[Outline, ...], *, modified: datetime | None, owner: str = ""
) -> bytes:
    """Return an OPML 2.0 document in UTF-8, with its declaration, ending in a newline.

    Raises PublishError, naming the feed, for an outline without text: readers show nothing else.
    """
    document = etree.Element("opml", version="2.0")
    head = etree.SubElement(document, "head")
    etree.SubElement(head, "title").text = xml_text(title)
    if modified is not None:
        date = format_datetime(modified.astimezone(UTC), usegmt=True)
        etree.SubElement(head, "dateModified").text = date
    if owner:
        etree.SubElement(head, "ownerName").text = xml_text(owner)
    body = etree.SubElement(document, "body")
    for outline in outlines:
        _append(body, outline)
    return etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _append(parent: _Element, outline: Outline) -> None:
    text = xml_text(outline.text)
    if not text.strip():
        raise PublishError(f"outline of {outline.feed or outline.home or 'a section'}: no text")
    is_feed = bool(outline.feed)
    attributes = {
        "text": text,
        "type": "rss" if is_feed else None,  # OPML 2.0 says rss of Atom feeds too
        "title": text if is_feed else None,
        "xmlUrl": outline.feed,
        "htmlUrl": outline.home,
        "language": outline.language,
        "description": outline.description,
    }
    element = etree.SubElement(parent, "outline")
    for name, value in attributes.items():
        if value:
            element.set(name, xml_text(value))
    for inner in outline.outlines:
        _append(element, inner)
