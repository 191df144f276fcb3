"""Reading back the Atom we write: `read(write(feed)) == feed`. Pure."""

from collections.abc import Sequence
from typing import Final

from lxml.etree import _Element

from feeds.model import Category, Entry, Feed, Origin, Person, Text, TextKind
from publisher import reread
from publisher.elements import ATOM, THREADS

_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"


def read(document: bytes) -> Feed:
    """Return the feed in an Atom document of ours.

    Raises PublishError, saying why, for what is not well-formed, or not complete.
    """
    root = reread.xml(document)
    links = root.findall(_name("link"))
    return Feed(
        id=_demanded(root, "id"),
        title=_demanded(root, "title"),
        updated=reread.moment(_demanded(root, "updated")),
        self_href=_href(links, "self"),
        home=_href(links, "alternate"),
        authors=_people(root),
        subtitle=_text(root, "subtitle"),
        language=root.get(_LANGUAGE),
        icon=_text(root, "icon"),
        logo=_text(root, "logo"),
        rights=_text(root, "rights"),
        hubs=tuple(reread.attribute(one, "href") for one in links if one.get("rel") == "hub"),
        history=reread.history(root, links),
        entries=tuple(_entry(one) for one in root.findall(_name("entry"))),
    )


def _entry(element: _Element) -> Entry:
    total = reread.text(element, f"{{{THREADS}}}total")
    links, thread, reply_count = reread.replies(element.findall(_name("link")), total)
    files = [reread.attribute(one, "href") for one in links if one.get("rel") == "enclosure"]
    image, durations = reread.media(element, files)
    published = _text(element, "published")
    return Entry(
        id=_demanded(element, "id"),
        title=_demanded(element, "title"),
        permalink=_href(links, "alternate"),
        updated=reread.moment(_demanded(element, "updated")),
        published=reread.moment(published) if published else None,
        authors=_people(element),
        summary=_construct(element, "summary"),
        content=_construct(element, "content"),
        links=tuple(reread.link(one, durations) for one in links if one.get("rel") != "alternate"),
        categories=tuple(_category(one) for one in element.findall(_name("category"))),
        image=image,
        rights=_text(element, "rights"),
        origin=_origin(element.find(_name("source"))),
        language=element.get(_LANGUAGE),
        in_reply_to=reread.answered(element),
        reply_count=reply_count,
        thread=thread,
    )


def _name(local: str) -> str:
    return f"{{{ATOM}}}{local}"


def _text(parent: _Element, local: str) -> str | None:
    return reread.text(parent, _name(local))


def _demanded(parent: _Element, local: str) -> str:
    return reread.demanded(parent, _name(local))


def _href(links: Sequence[_Element], relation: str) -> str:
    found = [one for one in links if one.get("rel") == relation]
    return reread.attribute(found[0] if found else {}, "href")


def _construct(parent: _Element, local: str) -> Text | None:
    found = parent.find(_name(local))
    if found is None:
        return None
    return Text(value=found.text or "", kind=TextKind(found.get("type", "text")))


def _people(parent: _Element) -> tuple[Person, ...]:
    return tuple(
        Person(name=_demanded(one, "name"), email=_text(one, "email"), uri=_text(one, "uri"))
        for one in parent.findall(_name("author"))
    )


def _category(element: _Element) -> Category:
    return Category(
        term=reread.attribute(element, "term"),
        scheme=element.get("scheme"),
        label=element.get("label"),
    )


def _origin(source: _Element | None) -> Origin | None:
    if source is None:
        return None
    hrefs = {one.get("rel"): one.get("href") for one in source.findall(_name("link"))}
    return Origin(
        id=_demanded(source, "id"),
        title=_text(source, "title") or "",
        updated=reread.moment(_demanded(source, "updated")),
        self_href=hrefs.get("self"),
        home=hrefs.get("alternate"),
        rights=_text(source, "rights"),
    )
