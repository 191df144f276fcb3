"""A feed as Atom 1.0 (RFC 4287). Pure: equal feeds give equal bytes.

What is demanded and missing is an error; what is optional and would be invalid, such as an
e-mail address without an @, is left out, so that a slip of a source costs no reader an entry.
Dates are in UTC and whole seconds. The generator carries no version: a release of ours would
otherwise change every feed, and send every reader the whole paper again.
"""

from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from html import escape
from typing import Any

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feeds.errors import PublishError
from feeds.model import Category, Entry, Feed, Person, Text, TextKind
from publisher.extension import NAME, EntryMarks, FeedMarks
from publisher.xmlvalues import email, iri, language_tag, web_address, xml_text


def render(feed: Feed) -> bytes:
    """Return the feed as an Atom document in UTF-8, with its declaration, ending in a newline.

    Raises PublishError, which names the entry, where RFC 4287 demands what is not there;
    `sift` first, and one bad entry stops no feed.
    """
    head = _checked_feed(feed)
    generator = _generator(head)
    taken: set[str] = set()
    for entry in feed.entries:
        checked = _checked_entry(entry, head, taken)
        taken.add(checked.id)
        _write(generator.add_entry(order="append"), checked, checked.language or head.language)
    document: bytes = generator.atom_str(pretty=True)
    return document


def sift(feed: Feed) -> tuple[Feed, tuple[str, ...]]:
    """Return the feed without the entries that cannot be written, and why each was left out.

    Of entries with one id the first stays. Raises PublishError where the fault is the feed's.
    """
    head = _checked_feed(feed)
    kept: list[Entry] = []
    taken: set[str] = set()
    reasons: list[str] = []
    for entry in feed.entries:
        try:
            taken.add(_checked_entry(entry, head, taken).id)
        except PublishError as error:
            reasons.append(str(error))
        else:
            kept.append(entry)
    return replace(feed, entries=tuple(kept)), tuple(reasons)


def _checked_feed(feed: Feed) -> Feed:
    """Return the feed as XML can carry it, without its entries."""
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
    return replace(head, authors=_named(head.authors), language=language_tag(head.language))


def _checked_entry(entry: Entry, head: Feed, taken: set[str]) -> Entry:
    """Return the entry as XML can carry it; `taken` holds the ids already in the feed."""
    name = f"entry {entry.id!r}"
    carried: Entry = _carried(entry, name)
    authors = _named(carried.authors)
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
    language = language_tag(carried.language)
    return replace(
        carried, authors=authors, language=None if language == head.language else language
    )


def _named(authors: tuple[Person, ...]) -> tuple[Person, ...]:
    return tuple(author for author in authors if author.name.strip())


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


def _generator(head: Feed) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension(NAME, FeedMarks, EntryMarks, atom=True, rss=False)
    generator.id(head.id)
    generator.title(head.title)
    generator.subtitle(head.subtitle)
    generator.updated(head.updated)
    generator.language(head.language)
    generator.author([_person(author) for author in head.authors])
    generator.link(href=head.self_href, rel="self", type="application/atom+xml")
    generator.link(href=head.home, rel="alternate", type="text/html")
    generator.generator("Broadsheet")
    generator.icon(web_address(head.icon))
    generator.logo(web_address(head.logo))
    generator.rights(head.rights)
    return generator


def _write(element: FeedEntry, entry: Entry, language: str | None) -> None:
    element.id(entry.id)
    element.title(entry.title)
    element.updated(entry.updated)
    element.published(entry.published)
    element.link(href=entry.permalink)  # feedgen insists on one; EntryMarks writes the real ones
    element.author([_person(author) for author in entry.authors])
    element.category(
        [_category(category) for category in entry.categories if category.term.strip()]
    )
    element.rights(entry.rights)
    if entry.summary and entry.summary.value.strip():
        element.summary(entry.summary.value, type=entry.summary.kind.value)
    if entry.content and entry.content.value.strip():
        element.content(_html(entry.content), type="html")
    marks: EntryMarks = getattr(element, NAME)
    marks.entry, marks.language = entry, language


def _html(text: Text) -> str:
    return text.value if text.kind is TextKind.HTML else escape(text.value, quote=False)


def _person(author: Person) -> dict[str, str]:
    person = {"name": author.name}
    if address := email(author.email):
        person["email"] = address
    if uri := web_address(author.uri):
        person["uri"] = uri
    return person


def _category(category: Category) -> dict[str, str]:
    attributes = {"term": category.term}
    if scheme := iri(category.scheme):
        attributes["scheme"] = scheme
    if category.label:
        attributes["label"] = category.label
    return attributes
