"""A feed as JSON Feed 1.1 (jsonfeed.org). Pure; in the standard library's JSON.

What the format has no words for is in objects named `_broadsheet`, as it asks of extensions:
beside a feed, an item, an author, an attachment.
"""

import json
from typing import Any, Final

from feeds.model import Category, Entry, Feed, Image, Link, Origin, Person
from feeds.published import History, Thread
from publisher.admission import LINK_RELATIONS, UNTYPED, admit
from publisher.elements import rfc3339
from publisher.kinds import JSON_THREAD

VERSION: Final = "https://jsonfeed.org/version/1.1"
OURS: Final = "_broadsheet"
LINKED: Final = tuple(relation for relation in LINK_RELATIONS if relation != "enclosure")

Written = dict[str, Any]


def render(feed: Feed) -> bytes:
    """Return the feed as a JSON Feed document in UTF-8, ending in a newline.

    Raises PublishError, which names the entry, where RFC 4287 demands what is not there.
    """
    return write(admit(feed))


def write(feed: Feed) -> bytes:
    """Return an admitted feed as a JSON Feed document."""
    authors = [_author(author) for author in feed.authors]
    document = _said(
        version=VERSION,
        title=feed.title,
        home_page_url=feed.home,
        feed_url=feed.self_href,
        description=feed.subtitle,
        icon=feed.logo,
        favicon=feed.icon,
        authors=authors,
        author=next(iter(authors), None),  # what version 1 calls them
        language=feed.language,
        hubs=[{"type": "WebSub", "url": hub} for hub in feed.hubs],
        _broadsheet=_said(
            id=feed.id,
            updated=rfc3339(feed.updated),
            rights=feed.rights,
            history=_history(feed.history),
        ),
    ) | {"items": [_item(entry) for entry in feed.entries]}
    return json.dumps(document, ensure_ascii=False, indent=1).encode() + b"\n"


def _item(entry: Entry) -> Written:
    authors = [_author(author) for author in entry.authors]
    summary = entry.summary.value if entry.summary else None
    return _said(
        id=entry.id,
        url=entry.permalink,
        title=entry.title,
        content_html=entry.content.value if entry.content else None,
        # One of both is demanded; where only a link may be given, there is still what it is to.
        content_text=None if entry.content else summary or entry.title,
        summary=summary,
        image=entry.image.href if entry.image else None,
        date_published=rfc3339(entry.published) if entry.published else None,
        date_modified=rfc3339(entry.updated),
        authors=authors,
        author=next(iter(authors), None),
        tags=list(dict.fromkeys(one.label or one.term for one in entry.categories)),
        language=entry.language,
        attachments=[_attachment(one) for one in entry.links if one.rel == "enclosure"],
        _broadsheet=_beside(entry),
    )


def _beside(entry: Entry) -> Written:
    """Return what an entry says that JSON Feed has no words for."""
    linked = {
        relation: [_link(one) for one in entry.links if one.rel == relation] for relation in LINKED
    }
    return _said(
        **linked,
        reply_count=entry.reply_count,
        in_reply_to=[
            _said(id=one.ref, url=one.href, mime_type=one.type, feed_url=one.source)
            for one in entry.in_reply_to
        ],
        thread=_thread(entry.thread),
        categories=[_category(one) for one in entry.categories],
        image=_image(entry.image),
        rights=entry.rights,
        source=_source(entry.origin),
    )


def _author(author: Person) -> Written:
    return _said(name=author.name, url=author.uri, _broadsheet=_said(email=author.email))


def _link(link: Link) -> Written:
    return _said(url=link.href, title=link.title, mime_type=link.type, language=link.hreflang)


def _attachment(link: Link) -> Written:
    return _said(
        url=link.href,
        mime_type=link.type or UNTYPED,
        title=link.title,
        size_in_bytes=link.length,
        duration_in_seconds=link.duration,
        _broadsheet=_said(language=link.hreflang),
    )


def _category(category: Category) -> Written:
    return _said(term=category.term, scheme=category.scheme, label=category.label)


def _image(image: Image | None) -> Written | None:
    """Return what is printed beneath the lead image; its address is the item's `image`."""
    if image is None:
        return None
    return _said(
        mime_type=image.type,
        width=image.width,
        height=image.height,
        description=image.description,
        credit=image.credit,
        license=image.licence,
        rights=image.rights,
    )


def _history(history: History) -> Written:
    """Return where else the feed is; in Atom, so no `next_url`, which promises JSON."""
    return _said(
        prev_archive=history.prev_archive,
        current=history.current,
        archive=history.is_archive or None,
        complete=history.is_complete or None,
    )


def _thread(thread: Thread | None) -> Written | None:
    if thread is None:
        return None
    return {
        "feed_url": f"{thread.home}{JSON_THREAD.name}",
        "count": thread.count,
        "updated": rfc3339(thread.updated),
    }


def _source(origin: Origin | None) -> Written | None:
    if origin is None:
        return None
    return _said(
        id=origin.id,
        title=origin.title,
        updated=rfc3339(origin.updated),
        feed_url=origin.self_href,
        home_page_url=origin.home,
        rights=origin.rights,
    )


def _said(**members: object) -> Written:
    """Return the members that say something, in their order."""
    return {name: value for name, value in members.items() if value not in (None, "", [], {})}
