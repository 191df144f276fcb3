"""The formats a feed is published in, each from the same feed: Atom, RSS 2.0, JSON Feed. Pure."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

from feeds.model import Feed
from publisher import atom, jsonfeed, read_atom, read_jsonfeed, read_rss, rss
from publisher.kinds import ARCHIVE, ATOM_FEED, JSON_FEED_1, RSS_FEED, THREAD_KINDS, FeedKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format: `write` takes an admitted feed, `read` gives it back."""

    kind: FeedKind
    write: Callable[[Feed], bytes]
    read: Callable[[bytes], Feed]


ALL: Final = (
    Format(kind=ATOM_FEED, write=atom.write, read=read_atom.read),
    Format(kind=RSS_FEED, write=rss.write, read=read_rss.read),
    Format(kind=JSON_FEED_1, write=jsonfeed.write, read=read_jsonfeed.read),
)
# The same formats under the names that threads have.
THREADS: Final = tuple(replace(one, kind=kind) for one, kind in zip(ALL, THREAD_KINDS, strict=True))


def archive(name: str) -> tuple[Format, ...]:
    """Return the formats of an archive document of this name: Atom alone, which all can read."""
    return (replace(ALL[0], kind=replace(ATOM_FEED, name=f"{ARCHIVE}/{name}")),)


def placed(feed: Feed, one: Format) -> Feed:
    """Return the feed as it is subscribed to in one format."""
    return replace(feed, self_href=urljoin(feed.self_href, one.kind.name))
