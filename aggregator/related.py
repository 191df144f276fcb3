"""Which articles lead to which, and why. Pure: the same profiles give the same relations.

An article is described once, by the weights of its words under the document frequencies of that
day; two articles are compared by these weights alone, so they can be kept as rows and read back.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Final

from aggregator import names, words
from aggregator.countries import OFFICES, WIDE, country_names
from aggregator.model import ArticleId, Relation
from aggregator.stopwords import PARTICLES

CUT: Final = 0.23  # below it a link is filler
HEAVIEST: Final = 25  # terms of each kind that describe an article
TITLE_WEIGHT: Final = 2  # a headline says twice; the first sentence as headline: nDCG +.004
PHRASES_WEIGHT: Final = 0.5
LASTING: Final = 0.7  # the share of a score that time does not touch
HALF_LIFE: Final = timedelta(days=14)
IMAGINED: Final = 10  # documents with every term; .656 against .648 with one
_DIGITS: Final = 6  # scores are rounded before they are ranked, so that machines agree
_SHOWN: Final = 3


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

    The weights of each kind are a vector of length 1. `surfaces` may lack any of them.
    """

    article_id: ArticleId
    language: str
    published: datetime
    stems: Mapping[str, float]
    phrases: Mapping[str, float]
    surfaces: Mapping[str, str] = field(default_factory=dict)


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
    )


def score(a: Profile, b: Profile) -> float:
    """Return how strongly two articles are related, 0 to 1.5, whichever is asked about.

    The time between the two counts, not their age: a score never changes afterwards.
    """
    alike = _cosine(a.stems, b.stems) + PHRASES_WEIGHT * _cosine(a.phrases, b.phrases)
    halvings = abs(a.published - b.published) / HALF_LIFE
    return round(alike * (LASTING + (1 - LASTING) * math.exp2(-halvings)), _DIGITS)


def relate(
    article: Profile, candidates: Iterable[Profile], *, limit: int = 5
) -> tuple[Relation, ...]:
    """Return the candidates an article leads to, best first; rather none than filler.

    They are in its language, at or above `CUT`, and both name something that is not a country:
    else "12 killed in Pakistan" would lead to every other toll in Pakistan.
    """
    found: dict[ArticleId, Relation] = {}
    for other in candidates:
        if other.article_id == article.article_id or not _same_language(article, other):
            continue
        strength = score(article, other)
        both_name = _shared_names(article, other) if strength >= CUT else ()
        if both_name:
            found[other.article_id] = Relation(
                article_id=other.article_id,
                score=strength,
                phrases=both_name,
                terms=_shared_terms(article, other, both_name),
            )
    best = sorted(found.values(), key=lambda relation: (-relation.score, relation.article_id))
    return tuple(best[:limit])


def reason(relation: Relation) -> str:
    """Return why the two articles are related, for people."""
    *others, last = relation.phrases or ("",)
    named = f"{', '.join(others)} and {last}" if others else last
    parts = [f"both name {named}"] if named else []
    if relation.terms:
        parts.append("share " + ", ".join(f'"{term}"' for term in relation.terms))
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
    heaviest = sorted(weights.items(), key=lambda pair: (-round(pair[1], _DIGITS), pair[0]))
    length = math.hypot(*(weight for _, weight in heaviest[:HEAVIEST]))
    return {term: round(weight / length, _DIGITS) for term, weight in heaviest[:HEAVIEST]}


def _cosine(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return min(1.0, math.fsum(a[term] * b[term] for term in a.keys() & b.keys()))


def _same_language(a: Profile, b: Profile) -> bool:
    return words.primary(a.language) == words.primary(b.language)


def _shared_names(a: Profile, b: Profile) -> tuple[str, ...]:
    """Return what both name, as written, strongest first.

    Whole phrases, or else what two phrases have in common: "Vardanyan" and "Ruben Vardanyan".
    """
    places, wide = _common_words(words.primary(a.language))
    shared = {
        term: weight
        for term, weight in _products(a.phrases, b.phrases)
        if set(term.split()) - places
    } or _overlaps(a.phrases, b.phrases, places | wide)
    shown: list[str] = []
    for term in sorted(shared, key=lambda term: (-shared[term], term)):
        if not any(set(term.split()) & set(other.split()) for other in shown):
            shown.append(term)
    return tuple(_written(term, a, b) for term in shown[:_SHOWN])


def _overlaps(
    a: Mapping[str, float], b: Mapping[str, float], common: AbstractSet[str]
) -> dict[str, float]:
    """Return the words two phrases share, when they are more than common ones.

    Scripts without capitals have word pairs for phrases, whose halves name nothing.
    """
    overlaps: dict[str, float] = {}
    for ours, weight in a.items():
        telling = [part for part in ours.split() if names.has_case(part) and part not in common]
        for theirs, other in b.items() if telling else ():
            if shared := " ".join(part for part in telling if part in theirs.split()):
                overlaps[shared] = max(overlaps.get(shared, 0.0), round(weight * other, _DIGITS))
    return overlaps


def _shared_terms(a: Profile, b: Profile, both_name: tuple[str, ...]) -> tuple[str, ...]:
    """Return the words both use, strongest first, but those that already count as names."""
    places, _ = _common_words(words.primary(a.language))
    named = {stem for name in both_name for stem in words.stems(name, a.language)}
    shared = dict(_products(a.stems, b.stems))
    best = sorted(shared.keys() - named - places, key=lambda term: (-shared[term], term))
    return tuple(_written(term, a, b) for term in best[:_SHOWN])


def _products(a: Mapping[str, float], b: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for term in a.keys() & b.keys():
        yield term, round(a[term] * b[term], _DIGITS)


def _written(term: str, *profiles: Profile) -> str:
    """Return a stem or phrase, or words out of a phrase, the way people write it."""
    for one in profiles:
        if term in one.surfaces:
            return one.surfaces[term]
    for one in profiles:
        for phrase in one.phrases:
            spelt = {
                word.stem: word.surface
                for sentence in words.sentences(one.surfaces.get(phrase, ""), one.language)
                for word in sentence
            }
            if spelt.keys() >= set(term.split()):
                return " ".join(spelt[part] for part in term.split())
    return term


@lru_cache(maxsize=64)
def _common_words(language: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of countries and offices, and those too common to be shared alone."""
    return (
        _stems((*country_names(language), *OFFICES, *PARTICLES), language),
        _stems(WIDE, language),
    )


def _stems(spelt: Iterable[str], language: str) -> frozenset[str]:
    return frozenset(
        word.stem
        for name in spelt
        for sentence in words.sentences(name, language)
        for word in sentence
    )
