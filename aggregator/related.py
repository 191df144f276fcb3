"""How alike two articles are. Pure: the same profiles give the same score.

An article is described once, by the weights of its words under the document frequencies of that
day; two articles are compared by these weights alone, so they can be kept as rows and read back.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from aggregator import names, words
from aggregator.autonyms import autonym
from aggregator.meaning import cosine
from aggregator.model import ArticleId, Relation
from publisher.texts import ENGLISH, Texts

CUT: Final = 0.23  # below it a link is filler
CUT_BY_MEANING: Final = 0.60  # the same where both have an embedding
HEAVIEST: Final = 25  # terms of each kind that describe an article
TITLE_WEIGHT: Final = 2  # a headline says twice; the first sentence as headline: nDCG +.004
PHRASES_WEIGHT: Final = 0.5
LASTING: Final = 0.7  # the share of a score that time does not touch
HALF_LIFE: Final = timedelta(days=14)
IMAGINED: Final = 10  # documents with every term; .656 against .648 with one
DIGITS: Final = 6  # scores are rounded before they are ranked, so that machines agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """How often an article says each stem and names each phrase.

    `surfaces` holds the commonest spelling of each, to show to people.
    """

    stems: Mapping[str, int]
    phrases: Mapping[str, int]
    surfaces: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """In how many of the `documents` of one language each stem and each phrase occurs."""

    documents: int = 0
    stems: Mapping[str, int] = field(default_factory=dict)
    phrases: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is kept of an article to compare it by: its heaviest stems and phrases.

    The weights of each kind are a vector of length 1. `surfaces` may lack any of them. `meaning`
    is its embedding, packed, where the paper uses one.
    """

    article_id: ArticleId
    language: str
    published: datetime
    stems: Mapping[str, float]
    phrases: Mapping[str, float]
    surfaces: Mapping[str, str] = field(default_factory=dict)
    meaning: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """The parts of a score: cosines of stems, of phrases and of meanings, and what time leaves."""

    stems: float
    phrases: float
    meaning: float
    fading: float

    @property
    def score(self) -> float:
        """How strongly two articles are related, 0 to 1.5, or to 2.5 with an embedding."""
        alike = self.stems + PHRASES_WEIGHT * self.phrases + self.meaning
        return round(alike * self.fading, DIGITS)


def features(title: str, text: str, language: str) -> Features:
    """Return what an article says, from its title and its plain text."""
    headline = words.sentences(title, language)
    whole = (*headline, *words.sentences(text, language))
    stems: Counter[str] = Counter()
    spellings: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for part, weight in ((headline, TITLE_WEIGHT - 1), (whole, 1)):
        for word in words.content(part, language):
            stems[word.stem] += weight
            spellings[word.stem][word.surface] += weight
    phrases: Counter[str] = Counter()
    for phrase in names.named(whole, language):
        phrases[phrase.key] += 1
        spellings[phrase.key][phrase.surface] += 1
    return Features(
        stems=stems,
        phrases=phrases,
        surfaces={
            term: max(spelt, key=lambda spelling: (spelt[spelling], spelling))
            for term, spelt in spellings.items()
        },
    )


def profile(
    article_id: ArticleId,
    features: Features,
    *,
    language: str,
    published: datetime,
    frequencies: Frequencies,
    meaning: bytes = b"",
) -> Profile:
    """Return the description of an article under the frequencies of the day."""
    documents = frequencies.documents
    stems = _heaviest(features.stems, frequencies.stems, documents)
    phrases = _heaviest(features.phrases, frequencies.phrases, documents)
    return Profile(
        article_id=article_id,
        language=language,
        published=published,
        stems=stems,
        phrases=phrases,
        surfaces={
            term: features.surfaces[term]
            for term in (*stems, *phrases)
            if term in features.surfaces
        },
        meaning=meaning,
    )


def likeness(a: Profile, b: Profile) -> Likeness:
    """Return how alike two articles are, part by part, whichever is asked about.

    The time between the two counts, not their age: a score never changes afterwards.
    """
    halvings = abs(a.published - b.published) / HALF_LIFE
    return Likeness(
        stems=_cosine(a.stems, b.stems),
        phrases=_cosine(a.phrases, b.phrases),
        meaning=max(0.0, cosine(a.meaning, b.meaning)),
        fading=LASTING + (1 - LASTING) * math.exp2(-halvings),
    )


def score(a: Profile, b: Profile) -> float:
    """Return how strongly two articles are related."""
    return likeness(a, b).score


def cut(a: Profile, b: Profile) -> float:
    """Return the score below which one does not lead to the other."""
    return CUT_BY_MEANING if a.meaning and b.meaning else CUT


def reason(relation: Relation, texts: Texts = ENGLISH) -> str:
    """Return why the two articles are related, for people."""
    if relation.by_hand:
        return texts.say("the editors' choice")
    if relation.tongue:
        return texts.say("{language}: close in meaning", language=autonym(relation.tongue))
    parts: list[str] = []
    if any(relation.phrases):
        parts.append(texts.say("both name {names}", names=texts.listed(relation.phrases)))
    if relation.terms:
        terms = ", ".join(f'"{term}"' for term in relation.terms)
        parts.append(texts.say("share {terms}", terms=terms))
    return "; ".join(parts)


def _heaviest(
    counts: Mapping[str, int], frequencies: Mapping[str, int], documents: int
) -> dict[str, float]:
    """Return the heaviest TF-IDF weights, as a vector of length 1.

    Frequencies are smoothed as if `IMAGINED` more documents had every term, and the 1 added to
    the logarithm keeps what every document has: a paper of four articles, all on one war, still
    finds them related.
    """
    weights = {
        term: (1 + math.log(count))
        * (
            1
            + math.log(
                (IMAGINED + documents) / (IMAGINED + min(frequencies.get(term, 0), documents))
            )
        )
        for term, count in counts.items()
    }
    heaviest = sorted(weights.items(), key=lambda pair: (-round(pair[1], DIGITS), pair[0]))
    length = math.hypot(*(weight for _, weight in heaviest[:HEAVIEST]))
    return {term: round(weight / length, DIGITS) for term, weight in heaviest[:HEAVIEST]}


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return min(1.0, math.fsum(a[term] * b[term] for term in a.keys() & b.keys()))
