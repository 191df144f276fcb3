"""Which sections an article belongs to, and why. Pure.

What the operator said of the source comes first, then the source's own categories, then words.
Words alone place an article nobody placed, and lead one already placed further down the tree. Where
they do not, a classifier may, if there is one and it is sure: an article nobody placed, and one
whose source is listed under a section into the sections within that.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from itertools import pairwise
from typing import Final

from aggregator import classifier, grounds
from aggregator.classifier import Guess
from aggregator.mentions import said
from aggregator.model import Placement, Section, Slug, Source
from feeds.model import Category

METHOD: Final = "sections-1"
ENOUGH: Final = 3  # a headline, or three mentions; one in passing is none
NEAR: Final = 0.5  # of the surest guess: an article is in what is as near as that, too
MENTIONED: Final = 3  # guesses that were not sure enough and are told


class Strength(IntEnum):
    """Whose word a placement is; the operator's outranks the source's, which outranks ours."""

    CLASSIFIER = 0
    WORDS = 1
    CATEGORY = 2
    SOURCE = 3
    MAPPED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Who says that an article is in a section, and why."""

    strength: Strength
    reason: str
    score: int = 0
    method: str = METHOD


Guessing = Callable[[], tuple[Guess, ...]]  # asked only where nobody else knows


def _nothing() -> tuple[Guess, ...]:
    return ()


def place(
    *,
    title: str,
    text: str,
    categories: tuple[Category, ...],
    source: Source,
    sections: tuple[Section, ...],
    language: str,
    guess: Guessing = _nothing,
) -> tuple[Placement, ...]:
    """Return the sections an article is in, its home first; empty for the whole paper only.

    A section brings the ones around it. A category the operator mapped takes the place of the
    sections the source is listed under. `text` is plain; the order of categories is nothing.
    `language` is the article's: its words, and the operator's, are stemmed in it. `guess` gives
    what a classifier says of it.
    """
    tree = {section.slug: section for section in sections}
    claims = _decided(title, text, categories, source, sections, language)
    if asked := left_to_guess(claims, sections):
        claims |= _guessed([one for one in guess() if one.section in asked], tree)
    return _ranked(claims, tree)


def left_to_guess(claims: Mapping[Slug, Claim], sections: Sequence[Section]) -> set[Slug]:
    """Return the sections a classifier is asked about, all others being decided.

    All where nobody claims an article; else those within what its source is listed under, unless
    somebody leads it there.
    """
    if not claims:
        return {section.slug for section in sections}
    tree = {section.slug: section for section in sections}
    homes = innermost(claims, sections)
    listed = {slug for slug in homes if claims[slug].strength is Strength.SOURCE}
    return {one.slug for one in sections if listed.intersection(_around(one, tree))}


def passed_over(
    placed: Iterable[Placement],
    *,
    title: str,
    text: str,
    sections: tuple[Section, ...],
    language: str,
) -> tuple[tuple[Slug, str], ...]:
    """Return the sections an article is not in though it says words of theirs, and why."""
    where = {one.section for one in placed}
    found = said(title, text, sections, language)
    return tuple(
        (
            slug,
            f"{reason}: {score} of the {ENOUGH} points it takes"
            if score < ENOUGH
            else f"{reason}: but what it was placed by outranks words, "
            "which lead from there further down alone",
        )
        for slug, (reason, score) in sorted(found.items(), key=lambda one: (-one[1][1], one[0]))
        if slug not in where
    )


def not_guessed(
    placed: Iterable[Placement],
    guesses: Iterable[Guess],
    *,
    title: str,
    text: str,
    categories: tuple[Category, ...],
    source: Source,
    sections: tuple[Section, ...],
    language: str,
) -> tuple[tuple[Slug, str], ...]:
    """Return the sections nearest to an article that a classifier is not sure enough of, and why.

    None where it was not asked: what others decided it does not doubt.
    """
    claims = _decided(title, text, categories, source, sections, language)
    asked = left_to_guess(claims, sections) - {one.section for one in placed}
    left = [one for one in guesses if one.section in asked]
    return tuple((one.section, one.in_words) for one in left[:MENTIONED])


def _decided(
    title: str,
    text: str,
    categories: tuple[Category, ...],
    source: Source,
    sections: tuple[Section, ...],
    language: str,
) -> dict[Slug, Claim]:
    """Return what the operator, the source, and words say."""
    claims = claimed(categories, source, sections)
    within = [
        section
        for section in sections
        if section.slug not in claims
        and (not claims or any(one in claims for one in around(section.slug, sections)))
    ]
    return claims | worded(title, text, within, language)


def _guessed(guesses: Sequence[Guess], tree: Mapping[Slug, Section]) -> dict[Slug, Claim]:
    """Return what a classifier is sure of: the innermost section, and another that is as near."""
    sure = [one for one in guesses if one.is_sure]
    outer = {slug for one in sure for slug in _around(tree[one.section], tree)}
    homes = [one for one in sure if one.section not in outer][:1]
    for home in homes[:1]:
        family = {home.section, *_around(tree[home.section], tree)}
        homes += [
            one
            for one in guesses
            if one.share >= NEAR * home.share
            and one.needed is not None
            and not family.intersection((one.section, *_around(tree[one.section], tree)))
        ][:1]
    return {
        one.section: Claim(
            strength=Strength.CLASSIFIER,
            reason=_told(one),
            score=round(one.share * 1_000),
            method=classifier.METHOD,
        )
        for one in homes
    }


def _told(guess: Guess) -> str:
    share, words = f"{guess.share:.2f}", ", ".join(guess.words)
    if guess.is_sure:
        return (grounds.GUESSED_BY if words else grounds.GUESSED).format(share=share, words=words)
    beside = grounds.GUESSED_BESIDE_BY if words else grounds.GUESSED_BESIDE
    return beside.format(share=share, words=words)


def claimed(
    categories: tuple[Category, ...], source: Source, sections: Sequence[Section]
) -> dict[Slug, Claim]:
    """Return what the operator and the source say."""
    tree = {section.slug: section for section in sections}
    spelt = sorted({name for one in categories for name in (one.label, one.term) if name})
    mapping = {_folded(name): slug for name, slug in source.categories.items() if slug in tree}
    claims: dict[Slug, Claim] = {}
    for name in spelt:
        if slug := mapping.get(_folded(name)):
            reason = grounds.FILED.format(name=name)
            claims.setdefault(slug, Claim(strength=Strength.MAPPED, reason=reason))
    for slug in () if claims else source.sections:
        if slug in tree:
            reason = grounds.LISTED.format(source=source.name, section=tree[slug].title)
            claims[slug] = Claim(strength=Strength.SOURCE, reason=reason)
    for name in spelt:
        if _folded(name) in mapping:
            continue
        for section in tree.values():
            if _folded(name) in {_folded(section.title), _folded(section.slug)}:
                reason = grounds.CATEGORY.format(name=name)
                claim = Claim(strength=Strength.CATEGORY, reason=reason)
                claims.setdefault(section.slug, claim)
    return claims


def innermost(claims: Mapping[Slug, Claim], sections: Sequence[Section]) -> set[Slug]:
    """Return what is claimed, but for what is around another that is claimed."""
    return claims.keys() - {one for slug in claims for one in around(slug, sections)}


def around(slug: Slug, sections: Sequence[Section]) -> tuple[Slug, ...]:
    """Return the sections around one, nearest first."""
    tree = {section.slug: section for section in sections}
    return tuple(_around(tree[slug], tree))


def worded(title: str, text: str, sections: Iterable[Section], language: str) -> dict[Slug, Claim]:
    """Return the sections whose words the article says often enough, with those words."""
    return {
        slug: Claim(strength=Strength.WORDS, reason=reason, score=score)
        for slug, (reason, score) in said(title, text, sections, language).items()
        if score >= ENOUGH
    }


def _ranked(claims: Mapping[Slug, Claim], tree: Mapping[Slug, Section]) -> tuple[Placement, ...]:
    """Return the placements: the innermost sections, strongest first, then what is around them."""
    order = {slug: place for place, slug in enumerate(tree)}
    around = {slug: tuple(_around(tree[slug], tree)) for slug in claims}
    outer = {one for parents in around.values() for one in parents}

    def standing(slug: Slug) -> tuple[int, ...]:
        claim = claims[slug]
        family = max(claims[one].strength for one in (slug, *around[slug]) if one in claims)
        return -family, -len(around[slug]), -claim.strength, -claim.score, order[slug]

    reasons: dict[Slug, tuple[str, str]] = {}
    homes = sorted(claims.keys() - outer, key=standing)
    for slug in homes:
        reasons[slug] = claims[slug].reason, claims[slug].method
    for slug in homes:
        for child, parent in pairwise((slug, *around[slug])):
            belongs = grounds.BELONGS.format(section=tree[child].title, parent=tree[parent].title)
            implied = belongs, claims[slug].method
            own = claims.get(parent)
            reasons.setdefault(parent, (own.reason, own.method) if own else implied)
    return tuple(
        Placement(section=slug, rank=rank, reason=reason, method=method)
        for rank, (slug, (reason, method)) in enumerate(reasons.items())
    )


def _around(section: Section, tree: Mapping[Slug, Section]) -> Iterator[Slug]:
    """Yield the sections around one, nearest first."""
    while section.parent is not None and section.parent in tree:
        yield section.parent
        section = tree[section.parent]


def _folded(name: str) -> str:
    """Return a category's or a section's name to compare: "Security & Defence" is its slug."""
    words = re.findall(r"[^\W_]+", name.casefold())
    return " ".join(word for word in words if word != "and") or name.casefold()
