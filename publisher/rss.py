"""A feed as RSS 2.0, by the RSS Advisory Board's Best Practices Profile. Pure.

What RSS has no words for is said in those of others, each where readers know them: Atom (links,
dates), Dublin Core (names, rights, language), Media RSS, threads, slash and wfw; the little that
is left in attributes of our own. Written by lxml: feedgen's RSS takes the last of a feed's links
for the site's, knows no hub, names no author without an e-mail address, and asks the machine's
locale how to write a date (decision 29).
"""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from typing import Final

from lxml import etree
from lxml.etree import _Element

from feeds.model import Category, Entry, Feed, Link, Origin, Person
from publisher import elements
from publisher.admission import UNTYPED, admit
from publisher.elements import ATOM, HISTORY, MEDIA, THREADS, element
from publisher.kinds import CITED_BY, RSS_THREAD

CONTENT: Final = "http://purl.org/rss/1.0/modules/content/"
CREATIVE_COMMONS: Final = "http://backend.userland.com/creativeCommonsRssModule"
DUBLIN_CORE: Final = "http://purl.org/dc/elements/1.1/"
OURS: Final = "https://broadsheet.example/ns/feed"
SLASH: Final = "http://purl.org/rss/1.0/modules/slash/"
WFW: Final = "http://wellformedweb.org/CommentAPI/"

NAMESPACES: Final = {
    "atom": ATOM,
    "broadsheet": OURS,
    "content": CONTENT,
    "creativeCommons": CREATIVE_COMMONS,
    "dc": DUBLIN_CORE,
    "fh": HISTORY,
    "media": MEDIA,
    "slash": SLASH,
    "thr": THREADS,
    "wfw": WFW,
}
_SPECIFICATION: Final = "https://www.rssboard.org/rss-specification"
_FEED_TYPES: Final = ("application/atom+xml", "application/rss+xml")
_COMMONS: Final = re.compile(r"https?://(?:www\.)?creativecommons\.org/", re.IGNORECASE)
_TITLES: Final = re.compile(rb"(?<=<title>)[^<]*")


def render(feed: Feed) -> bytes:
    """Return the feed as an RSS 2.0 document in UTF-8, with its declaration.

    Raises PublishError, which names the entry, where RFC 4287 demands what is not there.
    """
    return write(admit(feed))


def write(feed: Feed) -> bytes:
    """Return an admitted feed as an RSS 2.0 document."""
    document = etree.Element("rss", nsmap=NAMESPACES, version="2.0")
    channel = etree.SubElement(document, "channel")
    _write_head(channel, feed)
    for entry in feed.entries:
        channel.append(_item(entry))
    body = etree.tostring(document, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return _TITLES.sub(_as_references, body)


def _as_references(title: re.Match[bytes]) -> bytes:
    """Return a title that also those readers take for text who decode it once more (Profile)."""
    return title[0].replace(b"&amp;", b"&#x26;").replace(b"&lt;", b"&#x3C;")


def _write_head(channel: _Element, feed: Feed) -> None:
    channel.append(element("title", feed.title))
    channel.append(element("link", feed.home))
    channel.append(element("description", feed.subtitle or feed.title))
    _append(channel, "language", feed.language)
    _append(channel, "copyright", feed.rights)
    channel.append(element("lastBuildDate", rfc822(feed.updated)))
    channel.append(element("generator", "Broadsheet"))
    channel.append(element("docs", _SPECIFICATION))
    if feed.logo:
        image = etree.SubElement(channel, "image")
        image.append(element("url", feed.logo))
        image.append(element("title", feed.title))
        image.append(element("link", feed.home))
    own = Link(href=feed.self_href, rel="self", type="application/rss+xml")
    channel.append(elements.link(f"{{{ATOM}}}link", own))
    for hub in feed.hubs:
        channel.append(elements.link(f"{{{ATOM}}}link", Link(href=hub, rel="hub")))
    channel.extend(elements.history(f"{{{ATOM}}}link", feed.history))
    channel.append(element(f"{{{ATOM}}}id", feed.id))
    _append(channel, f"{{{ATOM}}}icon", feed.icon)
    channel.extend(_creator(author) for author in feed.authors)


def _item(entry: Entry) -> _Element:
    item = etree.Element("item")
    item.append(element("title", entry.title))
    item.append(element("link", entry.permalink))
    if entry.summary:
        item.append(element("description", escape(entry.summary.value, quote=False)))
    if entry.content:
        item.append(element(f"{{{CONTENT}}}encoded", entry.content.value))
    item.extend(_creator(author) for author in entry.authors)
    item.extend(_category(category) for category in entry.categories)
    _append_comments(item, entry)
    _append_links(item, entry)
    item.append(element("guid", entry.id, isPermaLink="false"))
    if entry.published:
        item.append(element("pubDate", rfc822(entry.published)))
    item.append(element(f"{{{ATOM}}}updated", elements.rfc3339(entry.updated)))
    _append(item, f"{{{DUBLIN_CORE}}}language", entry.language)
    _append(item, f"{{{DUBLIN_CORE}}}rights", entry.rights)
    if entry.origin:
        item.extend(_source(entry.origin))
    item.extend(elements.answered(entry.in_reply_to))
    item.extend(elements.media(entry))
    return item


def _creator(author: Person) -> _Element:
    """Return an author's name: RSS's own author is an e-mail address, which few have."""
    creator = element(f"{{{DUBLIN_CORE}}}creator", author.name)
    _set_ours(creator, email=author.email, uri=author.uri)
    return creator


def _category(category: Category) -> _Element:
    """Return a category by the name readers show, its label; its term is beside that.

    Not as `term`: some readers take that for Atom's, and show both.
    """
    made = element("category", category.label or category.term, domain=category.scheme)
    _set_ours(made, key=category.term if category.label else None)
    return made


def _append_comments(item: _Element, entry: Entry) -> None:
    """Append where the comments are: of pages and of feeds of them RSS has one each.

    The page is where people comment, if there is one; the feed is the thread in our paper.
    """
    replies = [one for one in entry.links if one.rel == "replies"]
    pages = [one.href for one in replies if one.type not in _FEED_TYPES]
    streams = [one.href for one in replies if one.type in _FEED_TYPES]
    if entry.thread:
        pages.append(f"{entry.thread.home}#{CITED_BY}")
        streams.insert(0, f"{entry.thread.home}{RSS_THREAD.name}")
    _append(item, "comments", next(iter(pages), None))
    _append(item, f"{{{WFW}}}commentRss", next(iter(streams), None))
    if total := elements.total(entry):
        item.append(element(f"{{{SLASH}}}comments", str(total)))


def _append_links(item: _Element, entry: Entry) -> None:
    """Append all that is linked; of the files the first is the enclosure, for RSS has but one."""
    files = [one for one in entry.links if one.rel == "enclosure"]
    if files:
        first = files[0]
        enclosure = element(
            "enclosure", url=first.href, length=first.length or 0, type=first.type or UNTYPED
        )
        _set_ours(enclosure, title=first.title, hreflang=first.hreflang)
        item.append(enclosure)
    for one in entry.links:
        if one not in files[:1]:
            item.append(elements.link(f"{{{ATOM}}}link", one, entry.reply_count))
        if one.rel == "license" and _COMMONS.match(one.href):
            item.append(element(f"{{{CREATIVE_COMMONS}}}license", one.href))
    if entry.thread:
        item.append(elements.thread(f"{{{ATOM}}}link", entry.thread))


def _source(origin: Origin) -> list[_Element]:
    """Return the feed an item came from: RSS names it by its address, where that may be told."""
    ours = element(
        f"{{{OURS}}}source", id=origin.id, title=origin.title or None,
        updated=elements.rfc3339(origin.updated), home=origin.home, rights=origin.rights,
    )  # fmt: skip
    if origin.self_href is None:
        return [ours]
    return [element("source", origin.title or origin.self_href, url=origin.self_href), ours]


def _append(parent: _Element, name: str, text: str | None) -> None:
    if text:
        parent.append(element(name, text))


def _set_ours(made: _Element, **said: str | None) -> None:
    for name, value in said.items():
        if value:
            made.set(f"{{{OURS}}}{name}", value)


def rfc822(moment: datetime) -> str:
    """Return a moment as RSS writes it: in English, four digits of year, a numeric zone."""
    return format_datetime(moment.astimezone(UTC))
