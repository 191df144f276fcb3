"""What section an article may be in, by what the operator's other articles say. Pure.

A classifier is learnt elsewhere (`aggregator.training`) and is numbers alone: applying it takes no
library. It says how sure it is of each section, and how sure it must be to be believed.
"""

import math
import re
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Final

from aggregator.meaning import along
from aggregator.model import Section, Slug
from aggregator.words import content, sentences

METHOD: Final = "classifier-1"
BUCKETS: Final = 2**18  # words are known by their hash: two in one bucket are one word
TITLE_SAYS: Final = 2  # times, as where articles are related
LEAD: Final = 4_000  # characters of a text that say what it is about
COOLING: Final = 0.7  # measured: what is learnt of balanced sections is surer than it says
FEWEST_KNOWN: Final = 2  # words: "Photo" alone is no subject
TOLD: Final = 3  # words told as the reason
_ADDRESS: Final = re.compile(r"https?://\S+|www\.\S+")

Said = Mapping[int, int]  # how often an article says the words of each bucket


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What one kind of feature says of each section, in their order; `constants` of nothing said.

    Of words there is a row a bucket, whose first number is how rare it is; of meanings a row a
    section.
    """

    constants: tuple[float, ...]
    rows: Mapping[int, tuple[float, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """How sure a classifier must be: as a rule, and of sections that are exceptions.

    None is never. `precision` and `coverage` are what that came to on articles held out.
    """

    rule: float | None
    exceptions: Mapping[Slug, float | None] = field(default_factory=dict)
    precision: float = 0.0
    coverage: float = 0.0

    def of(self, section: Slug) -> float | None:
        """Return how sure it must be of this section."""
        return self.exceptions.get(section, self.rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Classifier:
    """What was learnt, from how many labels of each section; `left_out` had too few.

    `version` names these very numbers, `learnt_from` the labels. `embedding` is the one whose
    meanings it knows, if it knows any, and `by_both` how sure it must be where there is one.
    """

    version: str
    trained_at: datetime
    learnt_from: str
    labels: Mapping[Slug, int]
    left_out: Mapping[Slug, int]
    words: Part
    by_words: Needed
    embedding: str = ""
    meaning: Part | None = None
    by_both: Needed | None = None

    @property
    def sections(self) -> tuple[Slug, ...]:
        """Return the sections it knows, in the order of its numbers."""
        return tuple(self.labels)


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """How sure a classifier is of a section, how sure it must be, and by which words."""

    section: Slug
    share: float
    needed: float | None
    words: tuple[str, ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether it is to be believed."""
        return self.needed is not None and self.share >= self.needed

    @property
    def in_words(self) -> str:
        """Return how sure it is, and how sure it would have to be."""
        if self.needed is None:
            return f"the classifier gives it {self.share:.2f}: it is never sure enough of this one"
        return f"the classifier gives it {self.share:.2f}: {self.needed:.2f} is needed"


def heard(title: str, text: str, language: str) -> tuple[Said, Mapping[int, str]]:
    """Return what an article says, by bucket, and one of the words in each, for people."""
    counts: Counter[int] = Counter()
    spelt: dict[int, str] = {}
    for part, times in ((title, TITLE_SAYS), (text[:LEAD], 1)):
        said = _ADDRESS.sub(" ", part)
        for word in content(sentences(said, language), language):
            at = bucket(word.stem)
            counts[at] += times
            spelt.setdefault(at, word.surface)
    return counts, spelt


@lru_cache(maxsize=100_000)
def bucket(stem: str) -> int:
    """Return where a stem is counted, alike on every machine."""
    return zlib.crc32(stem.encode()) % BUCKETS


def weighed(said: Said, rarity: Mapping[int, float]) -> dict[int, float]:
    """Return what is said as a vector of length 1; words that were never met count nothing."""
    vector = {
        at: (1 + math.log(times)) * rarity[at] for at, times in sorted(said.items()) if at in rarity
    }
    length = math.hypot(*vector.values())
    return {at: weight / length for at, weight in vector.items()} if length else {}


def guesses(
    classifier: Classifier,
    sections: Sequence[Section],
    *,
    title: str,
    text: str,
    language: str,
    meaning: bytes = b"",
) -> tuple[Guess, ...]:
    """Return what a classifier says of each section there is, surest first.

    Of one with others in it, it is as sure as of all of these together. Nothing where an article
    says too few words that it knows.
    """
    said, spelt = heard(title, text, language)
    rows = classifier.words.rows
    vector = _known(classifier.words, said)
    if len(vector) < FEWEST_KNOWN:
        return ()
    found = by_words(classifier.words, said)
    needed = classifier.by_words
    if meaning and classifier.meaning and classifier.by_both:
        also = by_meaning(classifier.meaning, meaning)
        found = [(one + other) / 2 for one, other in zip(found, also, strict=True)]
        needed = classifier.by_both
    known = dict(zip(classifier.sections, found, strict=True))
    summed = _summed(known, sections)
    reasons = {
        slug: _telling(rows, vector, spelt, place)
        for place, slug in enumerate(classifier.sections)
        if summed.get(slug, 0) > 1 / len(known)
    }
    guessed = (
        Guess(section=slug, share=share, needed=needed.of(slug), words=reasons.get(slug, ()))
        for slug, share in summed.items()
    )
    return tuple(sorted(guessed, key=lambda guess: (-guess.share, guess.section)))


def shares(scores: Sequence[float]) -> list[float]:
    """Return scores as shares of 1."""
    most = max(scores)
    powers = [math.exp((one - most) / COOLING) for one in scores]
    whole = sum(powers)
    return [one / whole for one in powers]


def by_words(part: Part, said: Said) -> list[float]:
    """Return the share of each section by what is said, even if no word of that is known."""
    scores = list(part.constants)
    for at, weight in _known(part, said).items():
        for place, one in enumerate(part.rows[at][1:]):
            scores[place] += weight * one
    return shares(scores)


def by_meaning(part: Part, meaning: bytes) -> list[float]:
    """Return the share of each section by what is meant."""
    return shares(
        [
            constant + along(meaning, part.rows[place])
            for place, constant in enumerate(part.constants)
        ]
    )


def _known(part: Part, said: Said) -> dict[int, float]:
    return weighed(said, {at: part.rows[at][0] for at in said if at in part.rows})


def _summed(known: Mapping[Slug, float], sections: Sequence[Section]) -> dict[Slug, float]:
    """Return the share of each section the paper has: its own and that of all within it."""
    parents = {section.slug: section.parent for section in sections}
    summed: dict[Slug, float] = {}
    for slug, share in known.items():
        here: Slug | None = slug
        while here is not None and here in parents:
            summed[here] = summed.get(here, 0.0) + share
            here = parents[here]
    return summed


def _telling(
    rows: Mapping[int, tuple[float, ...]],
    vector: Mapping[int, float],
    spelt: Mapping[int, str],
    place: int,
) -> tuple[str, ...]:
    """Return the words that speak most for a section, beside what they say of all others."""
    speaks: dict[int, float] = {}
    for at, weight in vector.items():
        own = rows[at][1:]
        if (more := weight * (own[place] - sum(own) / len(own))) > 0:
            speaks[at] = more
    most = sorted(speaks, key=lambda at: (-round(speaks[at], 6), spelt[at]))
    return tuple(spelt[at] for at in most[:TOLD])
