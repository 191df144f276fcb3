"""Where an entry leads beside its article: its comments, its licence, what it was taken from.

Four vocabularies say the same: RSS (`comments`, `source`), slash and wfw, Atom threading
(RFC 4685) and atom:source (RFC 4287, 4.2.11). Pure.
"""

from collections.abc import Iterator

from feeds.raw import RawEpisode, RawLink, RawUpstream
from feeds.rawnames import (
    Children,
    Element,
    Names,
    first_text,
    links,
    number,
    relation,
    texts,
    whole_text,
)

_THREAD = "{http://purl.org/syndication/thread/1.0}"
_RESOURCE = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}resource"
_ATOM = "application/atom+xml"
_MOST = 16  # links of one kind, of one entry
_EPISODE = frozenset(
    (
        *("podcast:transcript", "podcast:episode", "podcast:season"),
        *("itunes:duration", "itunes:episode", "itunes:season", "itunes:explicit"),
    )
)


def replies(own: Children) -> Iterator[RawLink]:
    """Yield where the comments on an entry are: the feed of them, and the page."""
    for element in own.get("wfw:commentRss", own.get("wfw:commentRSS", ())):
        yield _link(element, "replies", whole_text(element), "application/rss+xml")
    for element in own.get("comments", ()):
        yield _link(element, "replies", whole_text(element), "text/html")
    for element in links(own, "replies"):
        kind = (element.get("type") or "").strip().lower() or _ATOM  # RFC 4685, 4
        yield _link(element, "replies", element.get("href") or "", kind)


def others(own: Children) -> Iterator[RawLink]:
    """Yield the licence of an entry (RFC 4946; Creative Commons) and where it was found."""
    for rel in ("license", "via"):
        for element in links(own, rel):
            kind = (element.get("type") or "").strip().lower()
            yield _link(element, rel, element.get("href") or "", kind)
    for name in ("cc:license", "dcterms:license"):
        for element in own.get(name, ()):
            yield _link(element, "license", element.get(_RESOURCE) or whole_text(element), "")


def all_links(own: Children) -> tuple[RawLink, ...]:
    """Return where an entry leads, as far as anything is written there."""
    found = [link for link in (*replies(own), *others(own)) if link.href]
    return tuple(found)[:_MOST]


def reply_count(own: Children) -> int | None:
    """Return how many comments an entry is said to have: the most that any element says."""
    written = list(texts(own, ("slash:comments", "thr:total")))
    written += [link.get(f"{_THREAD}count") or link.get("count") or "" for link in _threads(own)]
    counts = [count for text in written if (count := number(text)) is not None]
    return max(counts, default=None)


def _threads(own: Children) -> Iterator[Element]:
    found = (*own.get("link", ()), *own.get("atom:link", ()))
    return (link for link in found if relation(link) == "replies")


def in_reply_to(own: Children) -> tuple[RawLink, ...]:
    """Return what an entry answers (RFC 4685, 3); the title of each link is the id it names."""
    found = own.get("thr:in-reply-to", ())[:_MOST]
    answered = (
        RawLink(
            rel="in-reply-to",
            href=(element.get("href") or "").strip(),
            base=element.base or "",
            type=(element.get("type") or "").strip().lower() or None,
            title=(element.get("ref") or "").strip() or None,
        )
        for element in found
    )
    return tuple(link for link in answered if link.title or link.href)


def upstream(own: Children, names: Names) -> RawUpstream | None:
    """Return the feed an aggregator took an entry from, as far as it says."""
    for element in own.get("source", own.get("atom:source", ())):
        inside = names.children(element)
        if len(element):
            home = next((link.get("href") for link in links(inside, "alternate")), None)
            home = home or next((link.get("href") for link in links(inside, "")), None)
            feed = next((link.get("href") for link in links(inside, "self")), None)
            title = first_text(inside, "title", "atom:title")
            said = RawUpstream(title=title, home=home, feed=feed, base=element.base or "")
        else:
            said = RawUpstream(
                title=whole_text(element) or None,
                feed=(element.get("url") or "").strip() or None,
                base=element.base or "",
            )
        if said.title or said.home or said.feed:
            return said
    return None


def episode(own: Children) -> RawEpisode | None:
    """Return what podcasts say of an entry, or None where they say nothing."""
    if _EPISODE.isdisjoint(own):
        return None
    transcripts = [
        _link(element, "transcript", element.get("url") or "", element.get("type") or "")
        for element in own.get("podcast:transcript", ())
    ]
    said = RawEpisode(
        duration=first_text(own, "itunes:duration"),
        number=first_text(own, "itunes:episode", "podcast:episode"),
        season=first_text(own, "itunes:season", "podcast:season"),
        explicit=first_text(own, "itunes:explicit"),
        transcripts=tuple(link for link in transcripts if link.href)[:_MOST],
    )
    return None if said == RawEpisode() else said


def speakers(own: Children) -> tuple[str, ...]:
    """Return who presents an episode (podcast:person): its hosts, who are so by default."""
    hosts = (
        element
        for element in own.get("podcast:person", ())
        if (element.get("role") or "host").strip().lower() == "host"
    )
    return tuple(name for element in hosts if (name := whole_text(element)))[:_MOST]


def _link(element: Element, rel: str, href: str, kind: str) -> RawLink:
    return RawLink(
        rel=rel,
        href=href.strip(),
        base=element.base or "",
        type=kind or None,
        title=(element.get("title") or "").strip() or None,
        language=(element.get("hreflang") or element.get("language") or "").strip() or None,
    )
