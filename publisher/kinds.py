"""What a published file is, by its name: its media type, and what follows from that. Pure."""

import re
from dataclasses import dataclass, replace
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedKind:
    """A format of feeds: the name of its files, its media type, what people call it."""

    name: str
    type: str
    title: str


ATOM_FEED: Final = FeedKind(name="atom.xml", type="application/atom+xml", title="Atom")
RSS_FEED: Final = FeedKind(name="rss.xml", type="application/rss+xml", title="RSS 2.0")
JSON_FEED_1: Final = FeedKind(name="feed.json", type="application/feed+json", title="JSON Feed")
FEED_KINDS: Final = (ATOM_FEED, RSS_FEED, JSON_FEED_1)  # the first is the one to take
# A thread stands beside the page of the article that it answers.
ATOM_THREAD: Final = replace(ATOM_FEED, name="citations.xml")
RSS_THREAD: Final = replace(RSS_FEED, name="citations.rss")
JSON_THREAD: Final = replace(JSON_FEED_1, name="citations.json")
THREAD_KINDS: Final = (ATOM_THREAD, RSS_THREAD, JSON_THREAD)
ATOM: Final = "application/atom+xml; charset=utf-8"
RSS: Final = "application/rss+xml; charset=utf-8"
JSON_FEED: Final = "application/feed+json"
OPML: Final = "text/x-opml; charset=utf-8"
HTML: Final = "text/html; charset=utf-8"
UNKNOWN: Final = "application/octet-stream"
FEEDS: Final = frozenset({ATOM, RSS, JSON_FEED, OPML})
BY_NAME: Final = {
    "atom.xml": ATOM,
    "citations.xml": ATOM,
    "rss.xml": RSS,
    "citations.rss": RSS,
    "feed.json": JSON_FEED,
    "citations.json": JSON_FEED,
    "opml.xml": OPML,
}
BY_SUFFIX: Final = {
    ".html": HTML,
    ".css": "text/css; charset=utf-8",
    ".txt": "text/plain; charset=utf-8",
    ".xml": "application/xml; charset=utf-8",
    ".opml": OPML,
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".avif": "image/avif",
    ".ico": "image/x-icon",
    ".woff2": "font/woff2",
}
ARTICLES: Final = "articles"
CITED_BY: Final = "cited-by"  # the part of an article's page that tells its thread
ARCHIVE: Final = "archive"
INDEX: Final = "index.html"
SUBSCRIBE: Final = "subscribe"
SERVERS: Final = ".server"  # the folder of what web servers are told; hidden from readers
_TEXT = re.compile(r"text/|.*[/+](xml|json)\b")


def media_type(path: str) -> str:
    """Return the media type of what is published at `path`, with its charset where it has one."""
    name = path.rpartition("/")[2]
    if name in BY_NAME:
        return BY_NAME[name]
    if is_archive(path):  # RFC 5005 documents are Atom
        return ATOM
    stem, dot, suffix = name.rpartition(".")
    return BY_SUFFIX.get(dot + suffix.lower(), UNKNOWN) if stem else UNKNOWN


def is_archive(path: str) -> bool:
    """Return whether it is an archive document, which no longer changes (RFC 5005, 4)."""
    folder, _, name = path.rpartition("/")
    return name.endswith(".xml") and folder.rpartition("/")[2] == ARCHIVE


def is_article(path: str) -> bool:
    """Return whether it is of one article: its page, or its thread."""
    return path.startswith(f"{ARTICLES}/")


def is_text(kind: str) -> bool:
    """Return whether files of this media type are made smaller by compressing them."""
    return _TEXT.match(kind) is not None
