"""What feedgen does not write, or writes wrongly: links, atom:source, media, languages.

feedgen 1.0.0 keeps nothing of an entry's link but its href (its issue 135), so every related
link reads as a rival permalink. The extension here owns those links instead. It comes last
in the entry, which also serves readers that let a media:description stand in for a summary
they have not met yet.
"""

from typing import Final

from feedgen.ext.base import BaseEntryExtension, BaseExtension
from lxml import etree
from lxml.etree import _Element

from feeds.model import Entry, Feed, Link, Origin
from publisher import elements
from publisher.elements import MEDIA, THREADS, element

NAME: Final = "broadsheet"

_XML_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"


class FeedMarks(BaseExtension):  # type: ignore[misc]  # feedgen has no type information
    """Say of the feed's own texts that they are text, and declare Media RSS once.

    `feed` is what is finished here: where the document is among those of its feed.
    """

    def __init__(self) -> None:
        self.feed: Feed | None = None

    def extend_ns(self) -> dict[str, str]:
        """Return the namespaces the feed element declares."""
        return {"media": MEDIA}

    def extend_atom(self, feed: _Element) -> _Element:
        """Mark the feed's texts, then add what feedgen has no words for."""
        _mark_as_text(feed, "title", "subtitle", "rights")
        if self.feed:
            feed.extend(elements.history("link", self.feed.history))
        return feed


class EntryMarks(BaseEntryExtension):  # type: ignore[misc]  # feedgen has no type information
    """Finish one entry: `entry` is what it says, `language` what its permalink is written in."""

    def __init__(self) -> None:
        self.entry: Entry | None = None
        self.language: str | None = None

    def extend_atom(self, parent: _Element) -> _Element:
        """Replace feedgen's links, then add what feedgen has no words for."""
        if self.entry is None:
            return parent
        if self.entry.language:
            parent.set(_XML_LANG, self.entry.language)
        _mark_as_text(parent, "title", "rights")
        for link in parent.findall("link"):
            parent.remove(link)
        replies = self.entry.reply_count
        parent.extend(elements.link("link", one, replies) for one in self.entry.links)
        if self.entry.thread:
            parent.append(elements.thread("link", self.entry.thread))
        # Last, because some readers open the last link whatever its relation.
        permalink = Link(href=self.entry.permalink, type="text/html", hreflang=self.language)
        parent.append(elements.link("link", permalink))
        parent.extend(elements.answered(self.entry.in_reply_to))
        if total := elements.total(self.entry):
            parent.append(element(f"{{{THREADS}}}total", str(total), nsmap={"thr": THREADS}))
        if self.entry.origin:
            parent.append(_source(self.entry.origin))
        parent.extend(elements.media(self.entry))
        return parent


def _source(origin: Origin) -> _Element:
    """Return the whole atom:source (RFC 4287, 4.2.11); feedgen's has a title and a link.

    It is without a namespace, which feedgen writes as an attribute.
    """
    source = etree.Element("source")
    source.append(element("id", origin.id))
    if origin.title:
        source.append(element("title", origin.title, type="text"))
    source.append(element("updated", elements.rfc3339(origin.updated)))
    if origin.self_href:
        source.append(element("link", href=origin.self_href, rel="self"))
    if origin.home:
        source.append(element("link", href=origin.home, rel="alternate", type="text/html"))
    if origin.rights:
        source.append(element("rights", origin.rights, type="text"))
    return source


def _mark_as_text(parent: _Element, *names: str) -> None:
    for name in names:
        if (child := parent.find(name)) is not None:
            child.set("type", "text")
