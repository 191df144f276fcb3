"""What two articles have in common, in words: the names and the terms that give a reason. Pure.

Names of countries, peoples and offices relate nothing by themselves. Two different countries do:
what happens between Russia and Ukraine is one subject (measured on Current Events: of the pairs
that share two countries and no other name 81 % are related, as of those that share a name; of
those that share one country 60 %).
"""

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from aggregator import names, words
from aggregator.countries import ALIASES, OFFICES, REGIONS, WIDE, country_names
from aggregator.related import Profile
from aggregator.stopwords import PARTICLES
from aggregator.tolls import TOLLS

_SHOWN: Final = 3
_DIGITS: Final = 6
_ROOT: Final = 4  # letters by which "Rwanda" and "Rwandan" are one country


@dataclass(frozen=True, slots=True, kw_only=True)
class Common:
    """What two articles share, as people write it, strongest first.

    `is_template` tells of two that share no more than the words of a toll and a country.
    """

    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    is_template: bool = False


def common(a: Profile, b: Profile, habits: AbstractSet[str] = frozenset()) -> Common:
    """Return what two articles of one language share.

    `habits` are words that name nothing in them, as their source has them everywhere.
    """
    wide = wide_words(words.primary(a.language))
    shared = _names(a, b, wide, habits) or _two_countries(a, b, wide, habits)
    named = {part for name in shared for part in name.split()} | wide.places
    telling = dict(_products(a.stems, b.stems))
    terms = [term for term in _strongest(telling) if term not in named]
    return Common(
        names=tuple(_written(name, a, b) for name in shared),
        terms=tuple(_written(term, a, b) for term in terms[:_SHOWN]),
        is_template=not shared and not set(terms) - wide.tolls,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wide:
    """Stems of words that name too much to relate two articles, by what they are."""

    places: frozenset[str]  # words of countries, peoples and offices
    parts: frozenset[str]  # words of many names
    tolls: frozenset[str]
    countries: frozenset[str]  # whole names
    roots: Mapping[str, str]  # of countries that go by several names


def _names(a: Profile, b: Profile, wide: Wide, habits: AbstractSet[str]) -> list[str]:
    """Return what both name, strongest first.

    Whole phrases, or else what two phrases have in common: "Vardanyan" and "Ruben Vardanyan".
    """
    without = wide.places | wide.tolls | habits
    shared = {
        term: weight
        for term, weight in _products(a.phrases, b.phrases)
        if set(term.split()) - without
    } or _overlaps(a.phrases, b.phrases, without | wide.parts)
    shown: list[str] = []
    for term in _strongest(shared):
        if not any(set(term.split()) & set(other.split()) for other in shown):
            shown.append(term)
    return shown[:_SHOWN]


def _two_countries(a: Profile, b: Profile, wide: Wide, habits: AbstractSet[str]) -> list[str]:
    """Return two different countries both name, or nothing."""
    both = _strongest(dict(_products(a.phrases, b.phrases)))
    roots: dict[str, str] = {}
    for term in both:
        if term in wide.countries and set(term.split()) - habits:
            roots.setdefault(wide.roots.get(term, term[:_ROOT]), term)
    return list(roots.values())[:_SHOWN] if len(roots) > 1 else []


def _overlaps(
    a: Mapping[str, float], b: Mapping[str, float], without: AbstractSet[str]
) -> dict[str, float]:
    """Return the words two phrases share, when they are more than common ones.

    Scripts without capitals have word pairs for phrases, whose halves name nothing.
    """
    overlaps: dict[str, float] = {}
    for ours, weight in a.items():
        telling = [part for part in ours.split() if names.has_case(part) and part not in without]
        for theirs, other in b.items() if telling else ():
            if shared := " ".join(part for part in telling if part in theirs.split()):
                overlaps[shared] = max(overlaps.get(shared, 0.0), round(weight * other, _DIGITS))
    return overlaps


def _products(a: Mapping[str, float], b: Mapping[str, float]) -> Iterator[tuple[str, float]]:
    for term in a.keys() & b.keys():
        yield term, round(a[term] * b[term], _DIGITS)


def _strongest(weighed: Mapping[str, float]) -> list[str]:
    return sorted(weighed, key=lambda term: (-weighed[term], term))


def _written(term: str, *profiles: Profile) -> str:
    """Return a stem or phrase, or words out of a phrase, the way people write it.

    One that shouts it, as datelines do ("BAKU"), is heard only where the other does, too.
    """
    if written := [one.surfaces[term] for one in profiles if term in one.surfaces]:
        return min(written, key=str.isupper)
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
def wide_words(language: str) -> Wide:
    """Return the words of a language that name too much to relate two articles."""
    spelt = country_names(language)
    regions = _keys(REGIONS, language)
    return Wide(
        places=_stems((*spelt, *OFFICES, *PARTICLES), language),
        parts=_stems(WIDE, language),
        tolls=_stems(TOLLS.get(language, ()), language),
        countries=_keys(spelt, language) - regions,
        roots={key: group[0] for group in ALIASES for key in _keys(group, language)},
    )


def _keys(spelt: Iterable[str], language: str) -> frozenset[str]:
    return frozenset(
        names.key(sentence) for name in spelt for sentence in words.sentences(name, language)
    )


def _stems(spelt: Iterable[str], language: str) -> frozenset[str]:
    return frozenset(part for key in _keys(spelt, language) for part in key.split())
