"""Who cites whom: the links in what an article itself says, and the sentence around each. Pure.

A link is known by a digest of the page it leads to, without scheme, "www.", trackers and the
slash at its end. What a source hangs beneath its articles is no citation
(`feeds.boilerplate`), nor is a link that it has in more than a few of them.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import unescape
from itertools import islice
from typing import Final
from urllib.parse import urlsplit

from aggregator.homes import Home
from aggregator.model import Article, ArticleId, Citation, SourceId
from aggregator.naming import digest, page
from feeds.boilerplate import own_words
from feeds.characters import clean_text
from feeds.urls import canonical, host_of

METHOD: Final = "citations-2"
FEW: Final = 4  # articles of one source may have a link; in more it is part of the furniture
CROWD: Final = 3  # articles of one source may be at one address; of more it names none
BARE: Final = 400  # characters of markup; an article with fewer has next to no text
MOST: Final = 100  # links of one article, and so many addresses
LEAST, FULL, LONGEST = 15, 60, 320  # letters an excerpt must have; enough; more than any has

_A = re.compile(r"<a\b([^<>]*)>((?:[^<]|<(?!/?a\b))*+)</a>")
_HREF = re.compile(r' href="(https?:[^"]+)"', re.IGNORECASE)
_BLOCK = re.compile(
    r"</?(?:p|div|li|ul|ol|dl|dt|dd|h[2-6]|blockquote|figure|figcaption|table|caption|thead|tbody"
    r"|tfoot|tr|td|th|pre|aside|audio|video)(?: [^<>]*)?>|<[bh]r(?: [^<>]*)?>"
)
_TAG = re.compile(r"<[^<>]*>")
_OPEN, _CLOSE = "\ue000", "\ue001"  # private letters stand for where a link begins and ends
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")
_STOPS = ".!?\u2026\u0589\u061f\u06d4"
# Where a sentence may end: before white space and no small letter, or in scripts without capitals.
# A run of stops is looked at once, from its first: else a page of dots takes hours.
_END = re.compile(
    rf"(?<![{_STOPS}])[{_STOPS}]++[\"'\u201d\u2019\u00bb)\]{_CLOSE}]*+\s++(?=\S)"
    rf"|[\u3002\uff01\uff1f\u0964][\"\u300d\u300f\uff09\u201d{_CLOSE}]*"
)
_SHORTENED = re.compile(
    r"(?:^|[\s(\u201c\"])(?:[^\W\d_]|[^\W\d_]\.[^\W\d_]|Mrs?|Ms|Dr|Prof|St|Sgt|Gen|Col|Lt|Rep|Sen|Gov"
    r"|Hon|Jr|Sr|Inc|Ltd|Co|Corp|vs|No|Nr|Art|ca|cf|approx|Fig|Vol|Jan|Feb|Mar|Apr|Jun|Jul|Aug"
    r"|Sept?|Oct|Nov|Dec|bzw|usw|Mme|MM|Sra?|Av|art|al)\Z"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A link in an article: the digest of its page, its address, its words, the sentence."""

    key: str
    address: str
    words: str
    excerpt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """An article a link may lead to.

    It is `at_home` as surely as its source's own site has its page, and `bare` where it has next
    to no text: of another's page it is then the address, as lists of links have it, and not the
    article.
    """

    id: ArticleId
    source_id: SourceId
    permalink: str
    published: datetime
    at_home: Home = Home.NOWHERE
    bare: bool = False


def links(html: str) -> tuple[str, ...]:
    """Return the digests of the pages an article leads to, each once, in order.

    `html` is what `feeds.markup.sanitise` returned; links to a site's front page say nothing.
    """
    if "<a " not in html:
        return ()
    found = (key for address, _ in _anchors(own_words(html)) if (key := key_of(address)))
    return tuple(dict.fromkeys(found))[:MOST]


def mentions(html: str, keys: Collection[str]) -> tuple[Mention, ...]:
    """Return for each of these digests the first mention that tells enough, else the fullest."""
    best: dict[str, Mention] = {}
    for one in _mentions(own_words(html), keys):
        held = best.get(one.key)
        if held is None or _telling(one) > _telling(held):
            best[one.key] = one
    return tuple(best.values())


def key_of(address: str) -> str | None:
    """Return the digest of a page, or None for a front page, which is no article's."""
    key = canonical(address)
    try:
        parts = urlsplit(key)
    except ValueError:
        return None
    if not (parts.path.strip("/") or parts.query):
        return None
    return digest(page(key).rstrip("/"))


def addresses(article: Article, *, moved: Iterable[tuple[str, str]] = ()) -> frozenset[str]:
    """Return the digests of the pages an article may be linked by.

    They are its permalink, its id where that is an address, and what these were before its source
    `moved` from one host to another.
    """
    own = (article.permalink, article.key.removeprefix("id:").partition("\n")[0])
    pages = [one for one in own if one[:4].lower() == "http"]
    old = [
        f"http://{former}{one.partition('://')[2].removeprefix(_netloc(one))}"
        for former, latter in moved
        for one in pages
        if former != latter and host_of(one).removeprefix("www.") == latter.removeprefix("www.")
    ]
    return frozenset(key for one in (*pages, *old) if (key := key_of(one)))


def cited(citing: Candidate, candidates: Sequence[Candidate]) -> Candidate | None:
    """Return which of the articles at one address another cites; itself it does not.

    Its own source's, which makes it a self-citation; else the one most surely at home there:
    others only carry it; else the first. Where a source has a crowd of articles there, none of
    them.
    """
    counted = [one.source_id for one in candidates]
    sound = [
        one
        for one in candidates
        if counted.count(one.source_id) <= CROWD and (one.at_home or not one.bare)
    ]
    if any(one.id == citing.id for one in candidates):
        return None
    return min(
        sound,
        key=lambda one: (
            *(one.source_id != citing.source_id, -one.at_home),
            *(one.published, one.id),
        ),
        default=None,
    )


def self_cited(citing: Candidate, other: Candidate) -> str:
    """Return why a citation is of one's own, or "": of one source, or of one site."""
    if citing.source_id == other.source_id:
        return "source"
    mine, theirs = (host_of(one.permalink).removeprefix("www.") for one in (citing, other))
    return "site" if mine and mine == theirs else ""


def meant(citing: Candidate, led: Mapping[str, Sequence[Candidate]]) -> dict[str, Candidate]:
    """Return which article each link of another means: `led` has all that are at each page."""
    return {key: found for key, some in led.items() if (found := cited(citing, some))}


def cite(citing: Candidate, meant: Mapping[str, Candidate], html: str) -> tuple[Citation, ...]:
    """Return whom an article cites, each once, by what its links mean."""
    best: dict[ArticleId, tuple[Mention, Candidate]] = {}
    for one in mentions(html, meant.keys()):
        other = meant[one.key]
        if other.id not in best or _telling(one) > _telling(best[other.id][0]):
            best[other.id] = (one, other)
    return tuple(
        Citation(
            citing=citing.id,
            cited=identity,
            at=citing.published,
            excerpt=one.excerpt,
            address=one.address,
            words=one.words,
            own=self_cited(citing, other),
            method=METHOD,
        )
        for identity, (one, other) in sorted(best.items())
    )


def _telling(one: Mention) -> int:
    return min(len(one.excerpt), FULL)


def _netloc(address: str) -> str:
    return address.partition("://")[2].partition("/")[0]


def _anchors(own: str) -> Iterator[tuple[str, str]]:
    """Yield the web addresses that markup links to, each with the markup of its words."""
    for anchor in _A.finditer(own):
        if href := _HREF.search(anchor[1]):
            yield unescape(href[1]), anchor[2]


def _mentions(own: str, keys: Collection[str]) -> Iterator[Mention]:
    """Yield each mention of one of these pages; what one costs is not the length of the text."""
    own = _MARKS.sub("", own)
    anchors = _anchors(own)
    for block in _BLOCK.split(_A.sub(_marked, own)):
        if _OPEN not in block:
            continue
        text = _plain(block)
        bounds = (0, *_ends(text), len(text))
        at = 0
        for address, words in islice(anchors, text.count(_OPEN)):
            start = text.find(_OPEN, at)
            at = text.find(_CLOSE, start) + 1
            if (key := key_of(address)) and key in keys:
                excerpt = _excerpt(text, start, at, bounds)
                yield Mention(key=key, address=address, words=_plain(words), excerpt=excerpt)


def _marked(anchor: re.Match[str]) -> str:
    """Return a link to the web between marks, all in one block; of any other its words."""
    words = _BLOCK.sub(" ", anchor[2])
    return f"{_OPEN}{words}{_CLOSE}" if _HREF.search(anchor[1]) else words


def _plain(markup: str) -> str:
    return clean_text(unescape(_TAG.sub("", _BLOCK.sub(" ", markup))))


def _ends(text: str) -> list[int]:
    """Return where the sentences of a paragraph end, the last one's end left out."""
    ends = []
    for end in _END.finditer(text):
        following = _MARKS.sub("", text[end.end() : end.end() + 3])[:1]
        before = _MARKS.sub("", text[max(0, end.start() - 12) : end.start()])
        if not (following.islower() or _SHORTENED.search(before)):
            ends.append(end.end())
    return ends


def _excerpt(text: str, start: int, stop: int, bounds: Sequence[int]) -> str:
    """Return the sentence around a link; where it says little, with what follows or precedes.

    `bounds` are where sentences begin and, at last, where the text ends.
    """
    first = bisect_right(bounds, start) - 1
    last = first + 1
    while last < len(bounds) - 1 and bounds[last] < stop:
        last += 1
    if bounds[last] - bounds[first] < FULL and last < len(bounds) - 1:
        last += 1
    elif bounds[last] - bounds[first] < FULL and first > 0:
        first -= 1
    begin, end = bounds[first], bounds[last]
    if end - begin <= LONGEST:
        shown = _MARKS.sub("", text[begin:end]).strip()
    else:
        shown = _cut(text, begin, end, (start, stop))
    return shown if sum(map(str.isalpha, shown)) >= LEAST else ""


def _cut(text: str, begin: int, end: int, link: tuple[int, int]) -> str:
    """Return what is around a link within a long sentence, between whole words."""
    middle = (link[0] + min(link[1], link[0] + LONGEST)) // 2
    since = max(begin, min(middle - LONGEST // 2, end - LONGEST))
    until = min(end, since + LONGEST)
    if since > begin:
        since = text.find(" ", since, until) + 1 or since
    if until < end:
        until = max(text.rfind(" ", since, until), since + 1)
    shown = _MARKS.sub("", text[since:until]).strip()
    return f"{'… ' if since > begin else ''}{shown}{' …' if until < end else ''}"
