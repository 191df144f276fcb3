"""A feed as Atom 1.0 (RFC 4287). Pure: equal feeds give equal bytes.

The generator carries no version: a release of ours would otherwise change every feed, and send
every reader the whole paper again.
"""

from feedgen.entry import FeedEntry
from feedgen.feed import FeedGenerator

from feeds.model import Category, Entry, Feed, Person
from publisher.admission import admit
from publisher.extension import NAME, EntryMarks, FeedMarks


def render(feed: Feed) -> bytes:
    """Return the feed as an Atom document in UTF-8, with its declaration, ending in a newline.

    Raises PublishError, which names the entry, where RFC 4287 demands what is not there.
    """
    return write(admit(feed))


def write(feed: Feed) -> bytes:
    """Return an admitted feed as an Atom document."""
    generator = _generator(feed)
    for entry in feed.entries:
        _write(generator.add_entry(order="append"), entry, entry.language or feed.language)
    document: bytes = generator.atom_str(pretty=True)
    return document


def _generator(feed: Feed) -> FeedGenerator:
    generator = FeedGenerator()
    generator.register_extension(NAME, FeedMarks, EntryMarks, atom=True, rss=False)
    generator.id(feed.id)
    generator.title(feed.title)
    generator.subtitle(feed.subtitle)
    generator.updated(feed.updated)
    generator.language(feed.language)
    generator.author([_person(author) for author in feed.authors])
    generator.link(href=feed.self_href, rel="self", type="application/atom+xml")
    for hub in feed.hubs:
        generator.link(href=hub, rel="hub")
    generator.link(href=feed.home, rel="alternate", type="text/html")
    generator.generator("Broadsheet")
    generator.icon(feed.icon)
    generator.logo(feed.logo)
    generator.rights(feed.rights)
    marks: FeedMarks = getattr(generator, NAME)
    marks.feed = feed
    return generator


def _write(element: FeedEntry, entry: Entry, language: str | None) -> None:
    element.id(entry.id)
    element.title(entry.title)
    element.updated(entry.updated)
    element.published(entry.published)
    element.link(href=entry.permalink)  # feedgen insists on one; EntryMarks writes the real ones
    element.author([_person(author) for author in entry.authors])
    element.category([_category(category) for category in entry.categories])
    element.rights(entry.rights)
    if entry.summary:
        element.summary(entry.summary.value, type=entry.summary.kind.value)
    if entry.content:
        element.content(entry.content.value, type="html")
    marks: EntryMarks = getattr(element, NAME)
    marks.entry, marks.language = entry, language


def _person(author: Person) -> dict[str, str]:
    named = {"name": author.name, "email": author.email, "uri": author.uri}
    return {name: value for name, value in named.items() if value}


def _category(category: Category) -> dict[str, str]:
    named = {"term": category.term, "scheme": category.scheme, "label": category.label}
    return {name: value for name, value in named.items() if value}
