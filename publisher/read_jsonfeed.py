"""Reading back the JSON Feed we write: `read(write(feed)) == feed`. Pure."""

import json
from typing import Any

from feeds.errors import PublishError
from feeds.model import Category, Entry, Feed, Image, Link, Origin, Person, Reply, Text, TextKind
from feeds.published import History, Thread
from publisher import reread
from publisher.admission import UNTYPED
from publisher.jsonfeed import LINKED, OURS
from publisher.kinds import JSON_THREAD

Written = dict[str, Any]


def read(document: bytes) -> Feed:
    """Return the feed in a JSON Feed document of ours.

    Raises PublishError, saying why, for what is not JSON, or not complete.
    """
    try:
        return _feed(json.loads(document))
    except KeyError as error:
        raise PublishError(f"it has no {error}") from error
    except (ValueError, TypeError, AttributeError, RecursionError) as error:
        raise PublishError(f"it is not a JSON Feed of ours: {error}") from error


def _feed(document: Written) -> Feed:
    ours = document[OURS]
    return Feed(
        id=ours["id"],
        title=document["title"],
        updated=reread.moment(ours["updated"]),
        self_href=document["feed_url"],
        home=document["home_page_url"],
        authors=_people(document),
        subtitle=document.get("description"),
        language=document.get("language"),
        icon=document.get("favicon"),
        logo=document.get("icon"),
        rights=ours.get("rights"),
        hubs=tuple(hub["url"] for hub in document.get("hubs", ())),
        history=_history(ours.get("history", {})),
        entries=tuple(_entry(item) for item in document["items"]),
    )


def _entry(item: Written) -> Entry:
    ours: Written = item.get(OURS, {})
    published, summary, html = (
        item.get(name) for name in ("date_published", "summary", "content_html")
    )
    return Entry(
        id=item["id"],
        title=item["title"],
        permalink=item["url"],
        updated=reread.moment(item["date_modified"]),
        published=reread.moment(published) if published else None,
        authors=_people(item),
        summary=Text(value=summary) if summary else None,
        content=Text(value=html, kind=TextKind.HTML) if html else None,
        links=_links(item, ours),
        categories=tuple(
            Category(term=one["term"], scheme=one.get("scheme"), label=one.get("label"))
            for one in ours.get("categories", ())
        ),
        image=_image(item.get("image"), ours.get("image", {})),
        rights=ours.get("rights"),
        origin=_origin(ours.get("source")),
        language=item.get("language"),
        in_reply_to=tuple(
            Reply(
                ref=one["id"],
                href=one.get("url"),
                type=one.get("mime_type"),
                source=one.get("feed_url"),
            )
            for one in ours.get("in_reply_to", ())
        ),
        reply_count=ours.get("reply_count"),
        thread=_thread(ours.get("thread")),
    )


def _people(holder: Written) -> tuple[Person, ...]:
    return tuple(
        Person(name=one["name"], email=one.get(OURS, {}).get("email"), uri=one.get("url"))
        for one in holder.get("authors", ())
    )


def _links(item: Written, ours: Written) -> tuple[Link, ...]:
    related, via, *others = (
        tuple(_link(one, relation) for one in ours.get(relation, ())) for relation in LINKED
    )
    files = tuple(_file(one) for one in item.get("attachments", ()))
    return (*related, *via, *files, *(link for some in others for link in some))


def _link(one: Written, relation: str) -> Link:
    return Link(
        href=one["url"],
        rel=relation,
        type=one.get("mime_type"),
        title=one.get("title"),
        hreflang=one.get("language"),
    )


def _file(one: Written) -> Link:
    kind = one["mime_type"]
    return Link(
        href=one["url"],
        rel="enclosure",
        type=None if kind == UNTYPED else kind,
        title=one.get("title"),
        hreflang=one.get(OURS, {}).get("language"),
        length=one.get("size_in_bytes"),
        duration=one.get("duration_in_seconds"),
    )


def _image(href: str | None, said: Written) -> Image | None:
    if href is None:
        return None
    return Image(
        href=href,
        type=said.get("mime_type"),
        width=said.get("width"),
        height=said.get("height"),
        description=said.get("description"),
        credit=said.get("credit"),
        licence=said.get("license"),
        rights=said.get("rights"),
    )


def _history(said: Written) -> History:
    return History(
        prev_archive=said.get("prev_archive"),
        current=said.get("current"),
        is_archive=said.get("archive", False),
        is_complete=said.get("complete", False),
    )


def _thread(said: Written | None) -> Thread | None:
    if said is None:
        return None
    return Thread(
        home=said["feed_url"].removesuffix(JSON_THREAD.name),
        count=said["count"],
        updated=reread.moment(said["updated"]),
    )


def _origin(source: Written | None) -> Origin | None:
    if source is None:
        return None
    return Origin(
        id=source["id"],
        title=source.get("title", ""),
        updated=reread.moment(source["updated"]),
        self_href=source.get("feed_url"),
        home=source.get("home_page_url"),
        rights=source.get("rights"),
    )
