"""What of a feed may be published, in one form for every format. Pure.

What is demanded and missing is an error; what is optional and would be invalid, such as an
e-mail address without an @, is left out, so that a slip of a source costs no reader an entry.
An admitted feed holds only what Atom, RSS and JSON Feed can all say, so what one of them says
the others say too. Dates are in UTC and whole seconds.
"""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from html import escape
from typing import Any, Final

from feeds.errors import PublishError
from feeds.markup import plain
from feeds.model import Category, Entry, Feed, Image, Link, Origin, Person, Reply, Text, TextKind
from feeds.published import Thread
from publisher.xmlvalues import email, iri, language_tag, media_type, web_address, xml_text

# Related ones lead, best first. Only relations that are registered: some readers open the last
# link of another kind, as if it were the permalink.
LINK_RELATIONS: Final = ("related", "via", "enclosure", "license", "replies")
UNTYPED: Final = "application/octet-stream"  # what RSS and JSON Feed say of a file of unknown type


def admit(feed: Feed) -> Feed:
    """Return the feed as it is published; to admit it again changes nothing.

    Raises PublishError, which names the entry, where RFC 4287 demands what is not there;
    `sift`, and one bad entry stops no feed.
    """
    head = _head(feed)
    taken: set[str] = set()
    entries = []
    for entry in feed.entries:
        entries.append(_entry(entry, head, taken))
        taken.add(entries[-1].id)
    return replace(head, entries=tuple(entries))


def sift(feed: Feed) -> tuple[Feed, tuple[str, ...]]:
    """Return the feed as it is published, and of the entries that cannot be why each was left out.

    Of entries with one id the first stays. Raises PublishError where the fault is the feed's.
    """
    head = _head(feed)
    kept: list[Entry] = []
    taken: set[str] = set()
    reasons: list[str] = []
    for entry in feed.entries:
        try:
            kept.append(_entry(entry, head, taken))
        except PublishError as error:
            reasons.append(str(error))
        else:
            taken.add(kept[-1].id)
    return replace(head, entries=tuple(kept)), tuple(reasons)


def _head(feed: Feed) -> Feed:
    """Return the feed without its entries."""
    name = f"feed {feed.self_href!r}"
    head: Feed = _carried(replace(feed, entries=()), name)
    if not iri(head.id):
        raise PublishError(
            f"{name}: its id {feed.id!r} is not an absolute address (RFC 4287, 4.2.6)"
        )
    if not head.title.strip():
        raise PublishError(f"{name}: it has no title (RFC 4287, 4.1.1)")
    if not web_address(head.self_href) or not web_address(head.home):
        raise PublishError(f"{name}: it and its home {feed.home!r} must be absolute web addresses")
    subtitle = _said(head.subtitle)
    return replace(
        head,
        authors=_people(head.authors),
        subtitle=subtitle if subtitle != head.title else None,
        language=language_tag(head.language),
        icon=web_address(head.icon),
        logo=web_address(head.logo),
        rights=_said(head.rights),
        hubs=tuple(dict.fromkeys(hub for hub in head.hubs if web_address(hub))),
        history=replace(
            head.history,
            prev_archive=web_address(head.history.prev_archive),
            current=web_address(head.history.current),
        ),
    )


def _entry(entry: Entry, head: Feed, taken: set[str]) -> Entry:
    """Return an entry; `taken` holds the ids already in the feed."""
    name = f"entry {entry.id!r}"
    carried: Entry = _carried(entry, name)
    authors = _people(carried.authors)
    if not iri(carried.id):
        raise PublishError(f"{name}: its id is not an absolute address (RFC 4287, 4.2.6)")
    if carried.id in taken:
        raise PublishError(f"{name}: another entry of this feed has the same id")
    if not carried.title.strip():
        raise PublishError(f"{name}: it has no title (RFC 4287, 4.1.2)")
    if not web_address(carried.permalink):
        raise PublishError(
            f"{name}: its permalink {entry.permalink!r} is not an absolute web address"
        )
    if not authors and not head.authors:
        raise PublishError(f"{name}: neither it nor its feed has an author (RFC 4287, 4.2.1)")
    return _complete(replace(carried, authors=authors), head.language)


def _complete(entry: Entry, of_feed: str | None) -> Entry:
    """Return an entry that has what is demanded, without what is invalid of all the rest."""
    language = language_tag(entry.language)
    image = _image(entry.image)
    return replace(
        entry,
        summary=_summary(entry.summary),
        content=_content(entry.content),
        links=_links(entry.links, image),
        categories=_categories(entry.categories),
        image=image,
        rights=_said(entry.rights),
        origin=_origin(entry.origin),
        language=None if language == of_feed else language,
        in_reply_to=tuple(dict.fromkeys(map(_reply, filter(_has_ref, entry.in_reply_to)))),
        reply_count=_counted(entry.reply_count),
        thread=_thread(entry.thread),
    )


def _carried(value: Any, name: str) -> Any:
    """Return the value with its texts in XML 1.0's characters and its dates in UTC seconds."""
    if type(value) is str:
        return xml_text(value)
    if isinstance(value, tuple):
        return tuple(_carried(member, name) for member in value)
    if isinstance(value, datetime):
        try:
            return value.astimezone(UTC).replace(microsecond=0)
        except OverflowError as error:
            raise PublishError(f"{name}: {value} is beyond the years UTC can tell") from error
    if is_dataclass(value) and not isinstance(value, type):
        members = {field.name: getattr(value, field.name) for field in fields(value)}
        return replace(value, **{key: _carried(member, name) for key, member in members.items()})
    return value


def _said(text: str | None) -> str | None:
    return text if text and text.strip() else None


def _counted(number: int | None) -> int | None:
    return number if number is not None and number > 0 else None


def _people(authors: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(
        Person(name=one.name, email=email(one.email), uri=web_address(one.uri))
        for one in authors
        if one.name.strip()
    )


def _summary(text: Text | None) -> Text | None:
    """Return a summary as plain text: JSON Feed has no other."""
    if text is None:
        return None
    value = plain(text.value) if text.kind is TextKind.HTML else text.value
    return Text(value=value) if value.strip() else None


def _content(text: Text | None) -> Text | None:
    """Return a text as HTML: content:encoded is no other."""
    if text is None or not text.value.strip():
        return None
    value = text.value if text.kind is TextKind.HTML else escape(text.value, quote=False)
    return Text(value=value, kind=TextKind.HTML)


def _links(links: tuple[Link, ...], image: Image | None) -> tuple[Link, ...]:
    """Return the links in order of their relations, each once; a file has no second address.

    The lead image is no enclosure: readers offer those as downloads or episodes.
    """
    found: dict[tuple[object, ...], Link] = {}
    files = {image.href} if image else set()
    for relation in LINK_RELATIONS:
        for link in links:
            if link.rel != relation or not web_address(link.href):
                continue
            if relation == "enclosure" and link.href in files:
                continue
            found.setdefault((relation, link.href), _link(link))
            files |= {link.href} if relation == "enclosure" else set()
    return tuple(found.values())


def _link(link: Link) -> Link:
    kind = media_type(link.type)
    is_file = link.rel == "enclosure"
    return replace(
        link,
        type=None if is_file and kind == UNTYPED else kind,
        title=_said(link.title),
        hreflang=language_tag(link.hreflang),
        length=_counted(link.length) if is_file else None,
        duration=_counted(link.duration) if is_file else None,
    )


def _categories(categories: tuple[Category, ...]) -> tuple[Category, ...]:
    admitted = (
        Category(
            term=one.term,
            scheme=iri(one.scheme),
            label=_said(one.label) if one.label != one.term else None,
        )
        for one in categories
        if one.term.strip()
    )
    return tuple(dict.fromkeys(admitted))


def _image(image: Image | None) -> Image | None:
    if image is None or not web_address(image.href):
        return None
    return Image(
        href=image.href,
        type=media_type(image.type),
        width=_counted(image.width),
        height=_counted(image.height),
        description=_said(image.description),
        credit=_said(image.credit),
        licence=web_address(image.licence),
        rights=_said(image.rights),
    )


def _origin(origin: Origin | None) -> Origin | None:
    if origin is None or not iri(origin.id):
        return None
    return replace(
        origin,
        title=_said(origin.title) or "",
        self_href=web_address(origin.self_href),
        home=web_address(origin.home),
        rights=_said(origin.rights),
    )


def _has_ref(reply: Reply) -> bool:
    return iri(reply.ref) is not None


def _reply(reply: Reply) -> Reply:
    href = web_address(reply.href)
    return Reply(
        ref=reply.ref,
        href=href,
        type=media_type(reply.type) if href else None,
        source=web_address(reply.source),
    )


def _thread(thread: Thread | None) -> Thread | None:
    """Return a thread whose feeds have an address: beside the page it is told on."""
    if thread is None or not _counted(thread.count) or not web_address(thread.home):
        return None
    is_folder = thread.home.endswith("/") and not {"?", "#"} & set(thread.home)
    return thread if is_folder else None
