"""Reading back the RSS we write: `read(write(feed)) == feed`. Pure."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from html import unescape

from lxml.etree import _Element

from feeds.errors import PublishError
from feeds.model import Category, Entry, Feed, Link, Origin, Person, Text, TextKind
from publisher import reread
from publisher.admission import LINK_RELATIONS, UNTYPED
from publisher.elements import ATOM
from publisher.rss import CONTENT, DUBLIN_CORE, OURS, SLASH


def read(document: bytes) -> Feed:
    """Return the feed in an RSS document of ours.

    Raises PublishError, saying why, for what is not well-formed, or not complete.
    """
    channel = reread.first(reread.xml(document), "channel")
    links = channel.findall(f"{{{ATOM}}}link")
    title, description = _demanded(channel, "title"), _demanded(channel, "description")
    image = channel.find("image")
    return Feed(
        id=_demanded(channel, f"{{{ATOM}}}id"),
        title=title,
        updated=_date(_demanded(channel, "lastBuildDate")),
        self_href=next((_href(one) for one in links if one.get("rel") == "self"), ""),
        home=_demanded(channel, "link"),
        authors=_people(channel),
        subtitle=description if description != title else None,
        language=reread.text(channel, "language"),
        icon=reread.text(channel, f"{{{ATOM}}}icon"),
        logo=None if image is None else reread.text(image, "url"),
        rights=reread.text(channel, "copyright"),
        hubs=tuple(_href(one) for one in links if one.get("rel") == "hub"),
        history=reread.history(channel, links),
        entries=tuple(_entry(item) for item in channel.findall("item")),
    )


def _entry(item: _Element) -> Entry:
    first, total = item.find("enclosure"), reread.text(item, f"{{{SLASH}}}comments")
    others, thread, reply_count = reread.replies(item.findall(f"{{{ATOM}}}link"), total)
    files = [_href(one) for one in others if one.get("rel") == "enclosure"]
    if first is not None:
        files.append(reread.attribute(first, "url"))
    image, durations = reread.media(item, files)
    links = [] if first is None else [_enclosure(first, durations)]
    links += [reread.link(one, durations) for one in others]
    published = reread.text(item, "pubDate")
    return Entry(
        id=_demanded(item, "guid"),
        title=_demanded(item, "title"),
        permalink=_demanded(item, "link"),
        updated=reread.moment(_demanded(item, f"{{{ATOM}}}updated")),
        published=_date(published) if published else None,
        authors=_people(item),
        summary=_summary(reread.text(item, "description")),
        content=_content(reread.text(item, f"{{{CONTENT}}}encoded")),
        links=tuple(sorted(links, key=lambda one: LINK_RELATIONS.index(one.rel))),
        categories=tuple(_category(one) for one in item.findall("category")),
        image=image,
        rights=reread.text(item, f"{{{DUBLIN_CORE}}}rights"),
        origin=_origin(item),
        language=reread.text(item, f"{{{DUBLIN_CORE}}}language"),
        in_reply_to=reread.answered(item),
        reply_count=reply_count,
        thread=thread,
    )


def _demanded(parent: _Element, name: str) -> str:
    return reread.demanded(parent, name)


def _href(link: _Element) -> str:
    return reread.attribute(link, "href")


def _ours(element: _Element, name: str) -> str | None:
    return element.get(f"{{{OURS}}}{name}")


def _date(written: str) -> datetime:
    try:
        return parsedate_to_datetime(written).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PublishError(f"{written!r} is not a date (RFC 822)") from error


def _people(parent: _Element) -> tuple[Person, ...]:
    return tuple(
        Person(name=one.text or "", email=_ours(one, "email"), uri=_ours(one, "uri"))
        for one in parent.findall(f"{{{DUBLIN_CORE}}}creator")
    )


def _summary(written: str | None) -> Text | None:
    return None if written is None else Text(value=unescape(written))


def _content(written: str | None) -> Text | None:
    return None if written is None else Text(value=written, kind=TextKind.HTML)


def _category(element: _Element) -> Category:
    shown, key = element.text or "", _ours(element, "key")
    return Category(term=key or shown, scheme=element.get("domain"), label=shown if key else None)


def _enclosure(element: _Element, durations: dict[str, int]) -> Link:
    href, kind = reread.attribute(element, "url"), element.get("type")
    return Link(
        href=href,
        rel="enclosure",
        type=None if kind == UNTYPED else kind,
        title=_ours(element, "title"),
        hreflang=_ours(element, "hreflang"),
        length=reread.count(element.get("length")),
        duration=durations.get(href),
    )


def _origin(item: _Element) -> Origin | None:
    ours, theirs = item.find(f"{{{OURS}}}source"), item.find("source")
    if ours is None:
        return None
    return Origin(
        id=reread.attribute(ours, "id"),
        title=ours.get("title", ""),
        updated=reread.moment(reread.attribute(ours, "updated")),
        self_href=None if theirs is None else theirs.get("url"),
        home=ours.get("home"),
        rights=ours.get("rights"),
    )
