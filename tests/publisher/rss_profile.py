"""The rules of RSS 2.0 and of the RSS Advisory Board's Best Practices Profile, as a check.

Each rule is named by the element it is of; the numbers are those of the profile's chapters.
"""

import re
from collections import Counter
from collections.abc import Iterator
from email.utils import parsedate_to_datetime

from lxml import etree
from lxml.etree import _Element

CHANNEL_ONCE = (
    "title", "link", "description", "language", "copyright", "managingEditor", "webMaster",
    "pubDate", "lastBuildDate", "generator", "docs", "cloud", "ttl", "image", "rating",
    "textInput", "skipHours", "skipDays",
)  # fmt: skip
ITEM_ONCE = (
    "title", "link", "description", "author", "comments", "enclosure", "guid", "pubDate", "source",
)  # fmt: skip
ITEM_ANY = (*ITEM_ONCE, "category")
DATE = re.compile(
    r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) "
    r"\d{4} \d\d:\d\d:\d\d ([+-]\d{4}|GMT)"
)
ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
ATOM = "{http://www.w3.org/2005/Atom}"
CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/rss/1.0/modules/slash/": "slash",
    "http://search.yahoo.com/mrss/": "media",
    "http://wellformedweb.org/CommentAPI/": "wfw",
}


def faults(document: bytes) -> list[str]:
    """Return which rules a document breaks."""
    root = etree.fromstring(document)
    if root.tag != "rss" or root.get("version") != "2.0":
        return ["rss: the root is rss, version 2.0 (3)"]
    channels = root.findall("channel")
    if len(root) != 1 or len(channels) != 1:
        return ["rss: one channel and nothing else (3)"]
    return [*_of_document(document, root), *_of_channel(channels[0])]


def _of_document(document: bytes, root: _Element) -> Iterator[str]:
    if b"<![CDATA[" in document:
        yield "text: escaped, not in CDATA (2.3: one way, and one that cannot end early)"
    for prefix, name in root.nsmap.items():
        if PREFIXES.get(name, prefix) != prefix:
            yield f"{name}: by the prefix that is common (5)"
    for element in root.iter():
        if element.prefix is None and "}" in str(element.tag):
            yield f"{element.tag}: no default namespace, which old readers take for RSS's own"


def _of_channel(channel: _Element) -> Iterator[str]:
    names = Counter(str(child.tag) for child in channel)
    yield from (f"channel: no {name} (4.1.1)" for name in CHANNEL_ONCE[:3] if not names[name])
    yield from (f"channel: one {name}" for name in CHANNEL_ONCE if names[name] > 1)
    unknown = [name for name in names if "}" not in name]
    yield from (
        f"channel: no element {name}"
        for name in unknown
        if name not in (*CHANNEL_ONCE, "category", "item")
    )
    yield from _of_date(channel, "lastBuildDate", "pubDate")
    yield from _of_addresses(channel, "link", "docs")
    selves = [one for one in channel.findall(f"{ATOM}link") if one.get("rel") == "self"]
    if len(selves) != 1 or selves[0].get("type") != "application/rss+xml":
        yield "channel: one atom:link that says where it is (5.1.1)"
    if (image := channel.find("image")) is not None:
        for name in ("title", "link"):
            if image.findtext(name) != channel.findtext(name):
                yield f"image: its {name} is the channel's (4.1.1.7)"
        yield from _of_addresses(image, "url", "link")
    ids = [item.findtext("guid") for item in channel.findall("item")]
    if len(set(ids)) != len(ids):
        yield "guid: each once (4.2.1.8)"
    for item in channel.findall("item"):
        yield from _of_item(item)


def _of_names(names: Counter[str]) -> Iterator[str]:
    yield from (f"item: one {name}" for name in ITEM_ONCE if names[name] > 1)
    unknown = [name for name in names if "}" not in name and name not in ITEM_ANY]
    yield from (f"item: no element {name}" for name in unknown)


def _of_item(item: _Element) -> Iterator[str]:
    names = Counter(str(child.tag) for child in item)
    yield from _of_names(names)
    if not names["title"] and not names["description"]:
        yield "item: a title or a description (4.2.1)"
    yield from _of_date(item, "pubDate")
    yield from _of_addresses(item, "link", "comments")
    yield from _of_guid(item.find("guid"))
    order = [str(child.tag) for child in item]
    if {"description", CONTENT} <= set(order) and order.index(CONTENT) < order.index("description"):
        yield "content:encoded: after the description (5.2.1)"
    yield from _of_files(item)
    for source in item.findall("source"):
        if not ADDRESS.fullmatch(source.get("url", "")) or not (source.text or "").strip():
            yield "source: a title and an address (4.2.1.10)"
    author = item.findtext("author")
    if author is not None and "@" not in author:
        yield "author: an e-mail address; dc:creator is for names (4.2.1.2)"


def _of_guid(guid: _Element | None) -> Iterator[str]:
    if guid is None or not (guid.text or "").strip():
        yield "guid: each item has one (4.2.1.8)"
    elif guid.get("isPermaLink") != "false" and not ADDRESS.fullmatch(guid.text or ""):
        yield "guid: one that is no address says so (4.2.1.8)"


def _of_files(item: _Element) -> Iterator[str]:
    for enclosure in item.findall("enclosure"):
        length = enclosure.get("length", "")
        if not ADDRESS.fullmatch(enclosure.get("url", "")) or "/" not in enclosure.get("type", ""):
            yield "enclosure: an address and a media type (4.2.1.7)"
        if not (length.isascii() and length.isdigit()):
            yield "enclosure: a length, 0 where it is not known (4.2.1.7)"


def _of_date(parent: _Element, *names: str) -> Iterator[str]:
    for name in names:
        written = parent.findtext(name)
        if written is None:
            continue
        if not DATE.fullmatch(written):
            yield f"{name}: {written!r} is no date of RFC 822 with four digits of year (2.4)"
        elif parsedate_to_datetime(written).strftime("%a") != written[:3] and written[:3].isascii():
            yield f"{name}: {written!r} is not on that weekday"


def _of_addresses(parent: _Element, *names: str) -> Iterator[str]:
    for name in names:
        written = parent.findtext(name)
        if written is not None and not ADDRESS.fullmatch(written):
            yield f"{name}: {written!r} is no absolute address (2.2)"
