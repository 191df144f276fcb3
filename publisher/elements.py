"""The XML elements that Atom and RSS share: links, threads (RFC 4685), Media RSS. Pure.

They take admitted values (`publisher.admission`) and write them as they stand.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Final

from lxml import etree
from lxml.etree import _Element

from feeds.model import Entry, Image, Link, Reply
from feeds.published import History, Thread
from publisher.kinds import ATOM_FEED, ATOM_THREAD

ATOM: Final = "http://www.w3.org/2005/Atom"
MEDIA: Final = "http://search.yahoo.com/mrss/"
HISTORY: Final = "http://purl.org/syndication/history/1.0"
THREADS: Final = "http://purl.org/syndication/thread/1.0"
COUNT: Final = f"{{{THREADS}}}count"
UPDATED: Final = f"{{{THREADS}}}updated"
_KINDS: Final = ("image", "audio", "video")


def element(
    name: str, text: str | None = None, *, nsmap: dict[str, str] | None = None, **said: object
) -> _Element:
    """Return an element with its text and those of its attributes that say something."""
    made = etree.Element(name, nsmap=nsmap) if nsmap else etree.Element(name)
    made.text = text
    for attribute, value in said.items():
        if value is not None:
            made.set(attribute, str(value))
    return made


def link(name: str, one: Link, replies: int | None = None) -> _Element:
    """Return a link; one to replies says how many there are, if there are any.

    The number is a hint (RFC 4685, 5) as old as the entry: no entry is written for its sake.
    """
    is_counted = replies is not None and one.rel == "replies"
    made = element(
        name,
        nsmap={"thr": THREADS} if is_counted else None,
        href=one.href,
        rel=one.rel,
        type=one.type,
        hreflang=one.hreflang,
        title=one.title,
        length=one.length,
    )
    if is_counted:
        made.set(COUNT, str(replies))
    return made


def thread(name: str, one: Thread) -> _Element:
    """Return the link to what answers an entry, how many there are and since when (RFC 4685, 4).

    No other link of ours says thr:updated, so it is known by that.
    """
    made = element(
        name, nsmap={"thr": THREADS}, href=f"{one.home}{ATOM_THREAD.name}", rel="replies",
        type=ATOM_THREAD.type,
    )  # fmt: skip
    made.set(COUNT, str(one.count))
    made.set(UPDATED, rfc3339(one.updated))
    return made


def history(name: str, one: History) -> Iterator[_Element]:
    """Yield what a feed says of its other documents (RFC 5005): links of this name, and marks.

    RSS says it as Atom does (Appendix B); the documents led to are Atom in any case.
    """
    if one.is_archive:
        yield element(f"{{{HISTORY}}}archive", nsmap={"fh": HISTORY})
    if one.is_complete:
        yield element(f"{{{HISTORY}}}complete", nsmap={"fh": HISTORY})
    for relation, href in (("prev-archive", one.prev_archive), ("current", one.current)):
        if href:
            yield link(name, Link(href=href, rel=relation, type=ATOM_FEED.type))


def total(entry: Entry) -> int:
    """Return how many answers to an entry are known (thr:total; RFC 4685, 5): here and there."""
    return (entry.reply_count or 0) + (entry.thread.count if entry.thread else 0)


def answered(replies: Iterable[Reply]) -> Iterator[_Element]:
    """Yield what an entry answers (RFC 4685, 3)."""
    for one in replies:
        yield element(
            f"{{{THREADS}}}in-reply-to", nsmap={"thr": THREADS}, ref=one.ref, href=one.href,
            type=one.type, source=one.source,
        )  # fmt: skip


def media(entry: Entry) -> Iterator[_Element]:
    """Yield the lead image, then those files of which a link cannot say all (Media RSS 1.5.1)."""
    if entry.image:
        yield _picture(entry.image)
    for one in entry.links:
        if one.rel == "enclosure" and one.duration:
            yield _file(one)


def _picture(image: Image) -> _Element:
    """Return the lead image with its caption, credit, copyright and licence.

    The role is "author": of the roles the EBU lists it alone is true of photographers,
    illustrators and agencies alike.
    """
    content = _media(
        "content", url=image.href, type=image.type, medium="image", width=image.width,
        height=image.height,
    )  # fmt: skip
    if image.description:
        content.append(_media("description", image.description, type="plain"))
    if image.credit:
        content.append(_media("credit", image.credit, role="author", scheme="urn:ebu"))
    if image.rights:
        content.append(_media("copyright", image.rights))
    if image.licence:
        content.append(_media("license", type="text/html", href=image.licence))
    return content


def _file(one: Link) -> _Element:
    kind = (one.type or "").partition("/")[0]
    return _media(
        "content", url=one.href, fileSize=one.length, type=one.type,
        medium=kind if kind in _KINDS else None, duration=one.duration,
    )  # fmt: skip


def _media(name: str, text: str | None = None, **said: object) -> _Element:
    return element(f"{{{MEDIA}}}{name}", text, nsmap={"media": MEDIA}, **said)


def rfc3339(moment: datetime) -> str:
    """Return a moment as Atom and JSON Feed write it, in UTC."""
    return moment.astimezone(UTC).isoformat()
