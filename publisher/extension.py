"""What feedgen does not write, or writes wrongly: entry links, atom:source, media, languages.

feedgen 1.0.0 keeps nothing of an entry's link but its href (its issue 135), so every related
link reads as a rival permalink. The extension here owns those links instead. It comes last
in the entry, which also serves readers that let a media:description stand in for a summary
they have not met yet.
"""

from collections.abc import Iterator
from typing import Final

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree
from lxml.etree import _Element

from feeds.model import Entry, Image, Link, Origin, Reply
from publisher.xmlvalues import iri, language_tag, media_type, web_address

NAME: Final = "broadsheet"
MEDIA: Final = "http://search.yahoo.com/mrss/"
THREADS: Final = "http://purl.org/syndication/thread/1.0"
LINK_RELATIONS: Final = ("related", "via", "enclosure", "license", "replies")

_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


class FeedMarks(BaseExtension):  # type: ignore[misc]  # feedgen has no type information
    """Say of the feed's own texts that they are text, and declare Media RSS once."""

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces the feed element declares."""
        return {"media": MEDIA}

    def extend_atom(self, feed: _Element) -> _Element:
        """Mark the feed's texts."""
        _mark_as_text(feed, "title", "subtitle", "rights")
        return feed


class EntryMarks(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no type information
    """Finish one entry: `entry` is what it says, `language` what its permalink is written in."""

    def __init__(self) -> None:
        self.entry: Entry | None = None
        self.language: str | None = None

    def extend_atom(self, element: _Element) -> _Element:
        """Replace feedgen's links, then add what feedgen has no words for."""
        if self.entry is None:
            return element
        if own_language := language_tag(self.entry.language):
            element.set(_XML_LANG, own_language)
        _mark_as_text(element, "title", "rights")
        for link in element.findall("link"):
            element.remove(link)
        replies = self.entry.reply_count
        element.extend(_link(link, replies) for link in _links(self.entry, self.language))
        element.extend(_answered(each) for each in self.entry.in_reply_to if iri(each.ref))
        if self.entry.origin:
            element.append(_source(self.entry.origin))
        if self.entry.image and web_address(self.entry.image.href):
            element.append(_media(self.entry.image))
        return element


def _links(entry: Entry, language: str | None) -> Iterator[Link]:
    """Yield an entry's links, related ones first and best first, the permalink last.

    Last, because some readers open the last link whatever its relation; and only relations
    that are registered, because they take any other for the permalink too. The image is no
    enclosure: readers offer those as downloads or podcast episodes, and show it from
    media:content anyway.
    """
    links = [link for link in dict.fromkeys(entry.links) if web_address(link.href)]
    for relation in LINK_RELATIONS:
        yield from (link for link in links if link.rel == relation)
    yield Link(href=entry.permalink, type="text/html", hreflang=language)


def _link(link: Link, replies: int | None) -> _Element:
    """Return a link; one to replies says how many there are, if there are any.

    The number is a hint (RFC 4685, 5) as old as the entry: no entry is written for its sake.
    """
    length = str(link.length) if link.length is not None and link.length >= 0 else None
    count = str(replies) if replies and link.rel == "replies" else None
    element = etree.Element("link", nsmap={"thr": THREADS}) if count else etree.Element("link")
    attributes = {
        "href": link.href,
        "rel": link.rel,
        "type": media_type(link.type),
        "hreflang": language_tag(link.hreflang),
        "title": link.title,
        "length": length,
        f"{{{THREADS}}}count": count,
    }
    return _fill(element, None, attributes)


def _answered(reply: Reply) -> _Element:
    """Return what an entry answers (RFC 4685, 3)."""
    element = etree.Element(f"{{{THREADS}}}in-reply-to", nsmap={"thr": THREADS})
    href = web_address(reply.href)
    kind = media_type(reply.type) if href else None
    return _fill(element, None, {"ref": reply.ref, "href": href, "type": kind})


def _source(origin: Origin) -> _Element:
    """Return the whole atom:source (RFC 4287, 4.2.11); feedgen's has a title and a link."""
    source = _element("source")
    _append(source, _element("id", origin.id))
    _append(source, _element("title", origin.title, type="text"))
    _append(source, _element("updated", origin.updated.isoformat()))
    if web_address(origin.self_href):
        source.append(_element("link", href=origin.self_href, rel="self"))
    if web_address(origin.home):
        source.append(_element("link", href=origin.home, rel="alternate", type="text/html"))
    _append(source, _element("rights", origin.rights, type="text"))
    return source


def _media(image: Image) -> _Element:
    """Return the lead image with its caption, credit, copyright and licence (Media RSS 1.5.1).

    The role is "author": of the roles the EBU lists it alone is true of photographers,
    illustrators and agencies alike.
    """
    content = _media_element(
        "content",
        url=image.href,
        type=media_type(image.type),
        medium="image",
        width=_pixels(image.width),
        height=_pixels(image.height),
    )
    _append(content, _media_element("description", image.description, type="plain"))
    _append(content, _media_element("credit", image.credit, role="author", scheme="urn:ebu"))
    _append(content, _media_element("copyright", image.rights))
    if web_address(image.licence):
        content.append(_media_element("license", type="text/html", href=image.licence))
    return content


def _pixels(size: int | None) -> str | None:
    return str(size) if size is not None and size > 0 else None


def _mark_as_text(parent: _Element, *names: str) -> None:
    for name in names:
        if (child := parent.find(name)) is not None:
            child.set("type", "text")


def _append(parent: _Element, child: _Element) -> None:
    """Append an element that is its text, unless there is none."""
    if child.text and child.text.strip():
        parent.append(child)


def _media_element(name: str, text: str | None = None, **attributes: str | None) -> _Element:
    return _fill(etree.Element(f"{{{MEDIA}}}{name}", nsmap={"media": MEDIA}), text, attributes)


def _element(name: str, text: str | None = None, **attributes: str | None) -> _Element:
    """Return an Atom element; without its namespace, which feedgen writes as an attribute."""
    return _fill(etree.Element(name), text, attributes)


def _fill(element: _Element, text: str | None, attributes: dict[str, str | None]) -> _Element:
    element.text = text
    for name, value in attributes.items():
        if value:
            element.set(name, value)
    return element
