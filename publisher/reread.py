"""What the readers of our own documents share: well-formed XML, values, dates. Pure.

They read what we write, as we write it, so that what is about to be published can be held
against what it was made of; `feeds` reads what others write.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Final

from lxml import etree
from lxml.etree import _Element

from feeds.errors import PublishError
from feeds.model import Image, Link, Reply
from feeds.published import History, Thread
from publisher.elements import COUNT, HISTORY, MEDIA, THREADS, UPDATED
from publisher.kinds import ATOM_THREAD

_PARSER: Final = etree.XMLParser(
    resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, remove_comments=True
)


def xml(document: bytes) -> _Element:
    """Return the root element of a document. Raises PublishError where it is not well-formed."""
    try:
        return etree.fromstring(document, _PARSER)
    except etree.XMLSyntaxError as error:
        raise PublishError(f"it is not well-formed: {error}") from error


def first(parent: _Element, name: str) -> _Element:
    """Return the first child of a name. Raises PublishError where there is none."""
    found = parent.find(name)
    if found is None:
        raise PublishError(f"its {parent.tag} has no {name}")
    return found


def text(parent: _Element, name: str) -> str | None:
    """Return the text of the first child of a name, or None where it is not there."""
    found = parent.find(name)
    return None if found is None else found.text or ""


def demanded(parent: _Element, name: str) -> str:
    """Return the text of a child that must be there. Raises PublishError where it is not."""
    return first(parent, name).text or ""


def attribute(element: _Element | Mapping[str, str], name: str) -> str:
    """Return an attribute that must be there. Raises PublishError where it is not."""
    value = element.get(name)
    if value is None:
        raise PublishError(f"an element has no {name}")
    return value


def count(written: str | None) -> int | None:
    """Return a number, or None for none, and for 0."""
    try:
        return int(written or "0") or None
    except ValueError as error:
        raise PublishError(f"{written!r} is not a number") from error


def moment(written: str) -> datetime:
    """Return a date as Atom writes it. Raises PublishError where it is none."""
    try:
        return datetime.fromisoformat(written).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise PublishError(f"{written!r} is not a date (RFC 3339)") from error


def link(element: _Element, durations: Mapping[str, int]) -> Link:
    """Return an Atom link; `durations` of the files it may lead to."""
    href, relation = attribute(element, "href"), element.get("rel", "alternate")
    return Link(
        href=href,
        rel=relation,
        type=element.get("type"),
        title=element.get("title"),
        hreflang=element.get("hreflang"),
        length=count(element.get("length")),
        duration=durations.get(href) if relation == "enclosure" else None,
    )


def history(feed: _Element, links: Iterable[_Element]) -> History:
    """Return where a document is among those of its feed."""
    hrefs = {one.get("rel"): attribute(one, "href") for one in links}
    return History(
        prev_archive=hrefs.get("prev-archive"),
        current=hrefs.get("current"),
        is_archive=feed.find(f"{{{HISTORY}}}archive") is not None,
        is_complete=feed.find(f"{{{HISTORY}}}complete") is not None,
    )


def replies(
    links: Sequence[_Element], total: str | None
) -> tuple[Sequence[_Element], Thread | None, int | None]:
    """Return an entry's other links, its thread, and what of its `total` is not in that."""
    found = [one for one in links if one.get(UPDATED) is not None]
    if not found:
        return links, None, count(total)
    link = found[0]
    thread = Thread(
        home=attribute(link, "href").removesuffix(ATOM_THREAD.name),
        count=count(link.get(COUNT)) or 0,
        updated=moment(attribute(link, UPDATED)),
    )
    others = [one for one in links if one is not link]
    return others, thread, ((count(total) or 0) - thread.count) or None


def answered(entry: _Element) -> tuple[Reply, ...]:
    """Return what an entry answers."""
    return tuple(
        Reply(
            ref=attribute(one, "ref"),
            href=one.get("href"),
            type=one.get("type"),
            source=one.get("source"),
        )
        for one in entry.findall(f"{{{THREADS}}}in-reply-to")
    )


def media(entry: _Element, files: Iterable[str]) -> tuple[Image | None, dict[str, int]]:
    """Return the lead image, and how long those of an entry's `files` last."""
    known = set(files)
    image: Image | None = None
    durations: dict[str, int] = {}
    for one in entry.findall(f"{{{MEDIA}}}content"):
        href = attribute(one, "url")
        if href not in known:
            image = _image(one, href)
        elif length := count(one.get("duration")):
            durations[href] = length
    return image, durations


def _image(content: _Element, href: str) -> Image:
    licence = content.find(f"{{{MEDIA}}}license")
    return Image(
        href=href,
        type=content.get("type"),
        width=count(content.get("width")),
        height=count(content.get("height")),
        description=text(content, f"{{{MEDIA}}}description"),
        credit=text(content, f"{{{MEDIA}}}credit"),
        licence=None if licence is None else licence.get("href"),
        rights=text(content, f"{{{MEDIA}}}copyright"),
    )
