"""Which articles are copies of one text, and how that is known. Pure.

Agencies, syndicates and planets send one text to many papers, which give it another headline, a
dateline, or half its length. So texts are compared by their runs of three words: copies are two
of which the shorter is for the most part contained in the other. What is shorter than a few
sentences says too little for that; there the headline must be the same. Two that lead to one
page, or have one id, are one article whatever they say, unless they contradict each other.

Sources are never compared with themselves: what one of them repeats is its own affair.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b
from heapq import nsmallest
from itertools import chain, pairwise
from typing import Final

from aggregator.model import ArticleId, Copy, SourceId
from aggregator.words import TOKEN, UNSPACED
from feeds.urls import canonical
from publisher.texts import ENGLISH, Texts

METHOD: Final = "copies-2"
WINDOW: Final = timedelta(days=30)  # between two that are compared by their words
SAME_NEWS: Final = timedelta(days=3)  # between two of which only the headline is compared
RUN: Final = 3  # words; letter pairs where a script has no spaces: four letters
LEAST_SHARE: Final = 0.5  # of the shorter text
LEAST_SHARED, LEAST_WORDS = 8, 25
FEW_WORDS: Final = 8  # that say nothing against a headline; as many for one that is short
CONTRADICTED: Final = 0.1  # the share below which two texts of one page are not one text
EXTRACT: Final = 0.5  # of the longer text: less, under another headline, must be its beginning
OPENING: Final = 2 * LEAST_WORDS  # more words than a text has, within which another begins with it
HEADLINE_WORDS, HEADLINE_LETTERS = 4, 20
SOME_FIGURES: Final = 2  # numbers in a text that can tell it from another of its kind
REFRAIN: Final = 5  # entries of one source with a sentence; in more it is the source's, not theirs
_EDGES: Final = (2, 6)  # sentences where refrains are looked for: the first and the last so many
_HEAD: Final = 128  # words at the beginning, where copies that were cut have theirs
_KEPT: Final = 24  # prints of the beginning, and of the whole
_LETTERS: Final = 12  # in a run that is kept: shorter ones, "one of the", are in every tenth text
_BREAK: Final = re.compile(
    "(?<=[.!?\u2026\u3002\uff01\uff1f\u061f\u0964\u0589])[\\s\"'\u201d\u2019\u00bb)]*\\s|\n|(?<=[\u3002\uff01\uff1f])"
)

_UNSPACED: Final = re.compile(f"[{UNSPACED}]")
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
_NAMES_A_PART: Final = re.compile(r"[\w-]*\d[\w-]*")

Sentence = tuple[str, ...]  # of words


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What an article is compared by: its addresses, its headline and its words, in order.

    `published` is None where its source gives no date: then it is as old as our knowing it.
    """

    article_id: ArticleId
    source_id: SourceId
    language: str
    published: datetime | None
    first_seen: datetime
    names: frozenset[str]
    headline: Sentence
    words: Sentence

    @property
    def keys(self) -> dict[str, int]:
        """What it goes by, and the print of each; a headline that says too little is none."""
        found = {name: _print(name) for name in sorted(self.names)}
        if _is_telling(self.headline):
            headline = " ".join(self.headline)
            found[headline] = _print(f"headline {headline}")
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """How two articles are one text: `by` what it is known, and how much of the shorter is shared.

    `by` is "page", "id", "text" or "headline"; `shared` runs of three words `of` those of the
    shorter text are in the longer.
    """

    by: str
    shared: int = 0
    of: int = 0

    @property
    def share(self) -> float:
        """The part of the shorter text that is in the longer."""
        return round(self.shared / self.of, 4) if self.of else 0.0


def names_of(permalink: str, key: str) -> frozenset[str]:
    """Return the addresses an article goes by everywhere: its page, and its id where it is one."""
    given = key.partition("\n")[0].removeprefix("id:")
    names = {_page(permalink), _page(given)}
    if given.partition(":")[0].lower() in {"tag", "urn"}:
        names.add(f"id {given}")
    return frozenset(filter(None, names))


def sentences(text: str) -> tuple[Sentence, ...]:
    """Return the words of a text by sentence, as they are compared: case and typography gone."""
    folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
    found = (tuple(_words(part)) for part in _BREAK.split(folded))
    return tuple(sentence for sentence in found if sentence)


def refrains(spoken: Sequence[Sentence]) -> frozenset[int]:
    """Return the prints of the sentences at an article's ends, which a source may repeat."""
    first, last = _EDGES
    at_ends = spoken if len(spoken) <= first + last else (*spoken[:first], *spoken[-last:])
    return frozenset(sentence_print(one) for one in at_ends)


def sentence_print(sentence: Sentence) -> int:
    """Return the number that stands for a sentence."""
    return _print(" ".join(sentence))


def without(spoken: Iterable[Sentence], worn: Collection[int]) -> Sentence:
    """Return the words of a text but for the sentences that its source wears out."""
    kept = (one for one in spoken if not worn or sentence_print(one) not in worn)
    return tuple(chain.from_iterable(kept))


def prints(said: Said) -> frozenset[int]:
    """Return the numbers by which copies of an article are found: at most some fifty.

    They are the smallest of its beginning and of the whole: two that share words share some.
    """
    runs = _runs(said.words)
    found = set(said.keys.values())
    for part in (runs[:_HEAD], runs):
        told = (_print(run) for run in set(part) if _is_rare(run))
        found.update(nsmallest(_KEPT, told))
    return frozenset(found)


def likeness(one: Said, other: Said, *, worn: Collection[int] = ()) -> Likeness | None:
    """Return how two articles are one text, or None where they are not.

    `worn` are the prints of pages and headlines that one of both sources has given to several
    articles.
    """
    if one.source_id == other.source_id:
        return None
    shared, of = _shared(one, other)
    share = shared / of if of else 0.0
    common = {name for name in one.names & other.names if _print(name) not in worn}
    shortest = min(len(one.words), len(other.words))
    is_headed_alike = bool(one.headline) and one.headline == other.headline
    if common:
        is_denied = shortest >= LEAST_WORDS and share < CONTRADICTED and not is_headed_alike
        by = "id" if all(name.startswith("id ") for name in common) else "page"
        return None if is_denied else Likeness(by=by, shared=shared, of=of)
    apart = _apart(one, other)
    if one.language != other.language or apart > WINDOW:
        return None
    if share >= LEAST_SHARE and shared >= LEAST_SHARED and shortest >= LEAST_WORDS:
        is_one = is_headed_alike or (_is_beginning(one, other) and _has_its_figures(one, other))
        return Likeness(by="text", shared=shared, of=of) if is_one else None
    is_worn = _print(f"headline {' '.join(one.headline)}") in worn
    if not is_headed_alike or is_worn or apart > SAME_NEWS:
        return None
    is_said_too = share >= LEAST_SHARE and shared > FEW_WORDS - RUN
    is_told = _is_telling(one.headline) and (share >= LEAST_SHARE or shortest < FEW_WORDS)
    return Likeness(by="headline", shared=shared, of=of) if is_said_too or is_told else None


def share(one: Said, other: Said) -> float:
    """Return the part of the shorter text that is in the longer."""
    shared, of = _shared(one, other)
    return shared / of if of else 0.0


def bar(one: Said, other: Said) -> str:
    """Return what keeps two articles that share runs of words from being one text, for people."""
    shared, of = _shared(one, other)
    told = f"{share(one, other):.0%} of the shorter text is in the other"
    if one.names & other.names:
        return f"{told}; to lead to a page is not to stand for who is at home there"
    if one.language != other.language:
        return f"{told}, which is in another language"
    if _apart(one, other) > WINDOW:
        return f"{told}, which is of another time"
    if shared < LEAST_SHARE * of:
        return f"{told}: {LEAST_SHARE:.0%} is needed, or one page, id or headline"
    if shared < LEAST_SHARED or min(len(one.words), len(other.words)) < LEAST_WORDS:
        return f"{told}, and it is too short to tell by"
    return f"{told}, as a part of much more; or its source has a copy already"


def in_words(copy: Copy, texts: Texts = ENGLISH) -> str:
    """Return why an article is a copy of another, as people say it."""
    match copy.by:
        case "page":
            return texts.say("both lead to one page")
        case "id":
            return texts.say("both have one id")
        case "text":
            return texts.say(
                "{share} of the shorter text is in the other", share=f"{copy.share:.0%}"
            )
        case "headline":
            return texts.say("they have one headline, and neither says more")
        case _:
            return texts.say("the editors say so")


def strength(found: Likeness) -> tuple[bool, float, int]:
    """Return by what the best of several likenesses is told: one page or id first."""
    return found.by in {"page", "id"}, found.share, found.shared


def _apart(one: Said, other: Said) -> timedelta:
    if one.published is None or other.published is None:
        return abs(one.first_seen - other.first_seen)
    return abs(one.published - other.published)


def _shared(one: Said, other: Said) -> tuple[int, int]:
    """Return how many runs of words the shorter text shares with the longer, of how many."""
    ours, theirs = set(_runs(one.words)), set(_runs(other.words))
    return len(ours & theirs), min(len(ours), len(theirs))


def _is_beginning(one: Said, other: Said) -> bool:
    """Say whether the shorter text is no mere part of a round-up: it is half, or how it begins."""
    short, long = sorted((one.words, other.words), key=len)
    if len(short) >= EXTRACT * len(long):
        return True
    beginning = set(_runs(long[: len(short) + OPENING]))
    return len(set(_runs(short)) & beginning) >= LEAST_SHARE * len(set(_runs(short)))


def _has_its_figures(one: Said, other: Said) -> bool:
    """Say whether the shorter text's figures are in the longer: two that fill one form differ."""
    short, long = sorted((one.words, other.words), key=len)
    figures = {word for word in short if word[0].isdigit()}
    return len(figures) < SOME_FIGURES or 2 * len(figures.intersection(long)) >= len(figures)


def _is_telling(headline: Sentence) -> bool:
    """Say whether a headline is long enough to be nobody else's by chance."""
    letters = sum(map(len, headline))
    return len(headline) >= HEADLINE_WORDS and letters >= HEADLINE_LETTERS


def _page(address: str) -> str | None:
    """Return what tells a page from all others: no scheme, no "www.", nothing that tracks.

    A fragment counts where it names a part, as that of a comment does; a site's front page is
    nobody's own.
    """
    if address[:4].lower() != "http":
        return None
    bare, _, fragment = address.partition("#")
    place = re.sub(r"^https?://(?:www\.)?", "", canonical(bare)).rstrip("/")
    if "/" not in place and "?" not in place:
        return None
    return f"{place}#{fragment}" if _NAMES_A_PART.fullmatch(fragment) else place


def _words(text: str) -> Iterator[str]:
    for word in TOKEN.findall(text):
        if len(word) > 2 and _UNSPACED.match(word):
            yield from (left + right for left, right in pairwise(word))
        else:
            yield word


def _runs(words: Sentence) -> list[str]:
    return [" ".join(run) for run in zip(words, words[1:], words[2:], strict=False)]


def _is_rare(run: str) -> bool:
    return len(run) >= _LETTERS + RUN - 1 or _UNSPACED.match(run) is not None


def _print(written: str) -> int:
    """Return 64 bits that stand for a text on every machine, as databases keep whole numbers."""
    digest = blake2b(written.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, signed=True)
