"""Sitemaps (sitemaps.org 0.9): which pages are to be found here, and robots.txt that says so. Pure.

One index, and beneath it as many parts as their limits ask for, each of what changes together.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from xml.sax.saxutils import escape

from publisher.xmlvalues import xml_text

INDEX: Final = "sitemap.xml"
FOLDER: Final = "sitemap"
NEWS: Final = "news"
MOST: Final = 50_000  # addresses, and
LARGEST: Final = 50_000_000  # bytes, of one part
MOST_NEWS: Final = 1_000
_PLAIN: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"
_OF_NEWS: Final = "http://www.google.com/schemas/sitemap-news/0.9"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n'


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A page by its address, and when what it says last changed, if that is known."""

    href: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """An article that is young enough for a sitemap of news."""

    href: str
    title: str
    language: str
    published: datetime


def render(
    parts: Mapping[str, Sequence[Place]], news: Sequence[News], *, base_url: str, paper: str
) -> dict[str, bytes]:
    """Return the index and its parts, by their paths; a part of nothing is none.

    `parts` are pages by the part's name, `news` the newest first, of which a thousand are told.
    """
    files: dict[str, bytes] = {}
    listed: list[Place] = []
    for name, places in parts.items():
        for number, some in enumerate(_cut(places), start=1):
            path = f"{FOLDER}/{name}{f'-{number}' if number > 1 else ''}.xml"
            files[path] = _document("urlset", (_entry("url", one) for one in some))
            listed.append(Place(href=base_url + path, modified=_latest(some)))
    if news:
        path = f"{FOLDER}/{NEWS}.xml"
        entries = (_news(one, paper) for one in news[:MOST_NEWS])
        files[path] = _document("urlset", entries, f' xmlns:news="{_OF_NEWS}"')
        listed.append(Place(href=base_url + path, modified=max(one.published for one in news)))
    index = _document("sitemapindex", (_entry("sitemap", one) for one in listed))
    return files | {INDEX: index}


def robots(base_url: str) -> bytes:
    """Return a robots.txt (RFC 9309) that forbids nothing and names the sitemap."""
    return f"User-agent: *\nAllow: /\n\nSitemap: {base_url}{INDEX}\n".encode()


def _cut(places: Iterable[Place]) -> Iterator[list[Place]]:
    some: list[Place] = []
    size = 0
    for one in places:
        length = len(_entry("url", one).encode())
        if some and (len(some) == MOST or size + length > LARGEST - 1000):  # its frame
            yield some
            some, size = [], 0
        some.append(one)
        size += length
    if some:
        yield some


def _document(root: str, entries: Iterable[str], more: str = "") -> bytes:
    body = "".join(entries)
    return f'{_HEAD}<{root} xmlns="{_PLAIN}"{more}>\n{body}</{root}>\n'.encode()


def _entry(name: str, one: Place) -> str:
    modified = f"<lastmod>{_moment(one.modified)}</lastmod>" if one.modified else ""
    return f"<{name}><loc>{_text(one.href)}</loc>{modified}</{name}>\n"


def _news(one: News, paper: str) -> str:
    return (
        f"<url><loc>{_text(one.href)}</loc><news:news><news:publication>"
        f"<news:name>{_text(paper)}</news:name><news:language>{_language(one.language)}"
        "</news:language></news:publication>"
        f"<news:publication_date>{_moment(one.published)}</news:publication_date>"
        f"<news:title>{_text(one.title)}</news:title></news:news></url>\n"
    )


def _latest(places: Iterable[Place]) -> datetime | None:
    return max((one.modified for one in places if one.modified), default=None)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _language(tag: str) -> str:
    """Return a language as Google's sitemaps write it: the script of Chinese, else no more."""
    primary = tag.partition("-")[0].lower()
    if primary != "zh":
        return primary
    return "zh-tw" if {"hant", "tw", "hk"} & set(tag.lower().split("-")) else "zh-cn"


def _text(value: str) -> str:
    return escape(xml_text(value))
