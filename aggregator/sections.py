"""Which sections an article belongs to, and why. Pure.

What the operator said of the source comes first, then the source's own categories, then words.
Words alone place an article nobody placed, and lead one already placed further down the tree.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import Final

from aggregator.model import Placement, Section, Slug, Source
from aggregator.words import Token, is_acronym, primary, sentences
from feeds.model import Category

METHOD: Final = "sections-1"
TITLE_HIT: Final = 3  # a word in the headline counts as three in the text
TEXT_CAP: Final = 3  # one word repeated through a long text is not a subject
ENOUGH: Final = 3  # a headline, or three mentions; one in passing is none
LEAD: Final = 300  # words of the text that say what it is about


class Strength(IntEnum):
    """Whose word a placement is; the operator's outranks the source's, which outranks ours."""

    WORDS = 1
    CATEGORY = 2
    SOURCE = 3
    MAPPED = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Claim:
    strength: Strength
    reason: str
    score: int = 0


def place(
    *,
    title: str,
    text: str,
    categories: tuple[Category, ...],
    source: Source,
    sections: tuple[Section, ...],
    language: str,
) -> tuple[Placement, ...]:
    """Return the sections an article is in, its home first; empty for the whole paper only.

    A section brings the ones around it. A category the operator mapped takes the place of the
    sections the source is listed under. `text` is plain; the order of categories is nothing.
    `language` is the article's: its words, and the operator's, are stemmed in it.
    """
    tree = {section.slug: section for section in sections}
    claims = _claimed(categories, source, tree)
    within = [
        section
        for section in sections
        if section.slug not in claims
        and (not claims or any(one in claims for one in _around(section, tree)))
    ]
    claims |= _worded(title, text, within, primary(language))
    return _ranked(claims, tree)


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
    said = _said(title, text, sections, primary(language))
    ranked = sorted(said.items(), key=lambda pair: (-pair[1].score, pair[0]))
    return tuple(
        (
            slug,
            f"{claim.reason}: {claim.score} of the {ENOUGH} points it takes"
            if claim.score < ENOUGH
            else f"{claim.reason}: but what it was placed by outranks words, "
            "which lead from there further down alone",
        )
        for slug, claim in ranked
        if slug not in where
    )


def _claimed(
    categories: tuple[Category, ...], source: Source, tree: Mapping[Slug, Section]
) -> dict[Slug, _Claim]:
    """Return what the operator and the source say."""
    spelt = sorted({name for one in categories for name in (one.label, one.term) if name})
    mapping = {_folded(name): slug for name, slug in source.categories.items() if slug in tree}
    claims: dict[Slug, _Claim] = {}
    for name in spelt:
        if slug := mapping.get(_folded(name)):
            reason = f'its source files it under "{name}"'
            claims.setdefault(slug, _Claim(strength=Strength.MAPPED, reason=reason))
    for slug in () if claims else source.sections:
        if slug in tree:
            reason = f"{source.name} is listed under {tree[slug].title}"
            claims[slug] = _Claim(strength=Strength.SOURCE, reason=reason)
    for name in spelt:
        if _folded(name) in mapping:
            continue
        for section in tree.values():
            if _folded(name) in {_folded(section.title), _folded(section.slug)}:
                claim = _Claim(strength=Strength.CATEGORY, reason=f'its category is "{name}"')
                claims.setdefault(section.slug, claim)
    return claims


def _worded(
    title: str, text: str, sections: Iterable[Section], language: str
) -> dict[Slug, _Claim]:
    """Return the sections whose words the article says often enough, with those words."""
    said = _said(title, text, sections, language).items()
    return {slug: claim for slug, claim in said if claim.score >= ENOUGH}


def _said(title: str, text: str, sections: Iterable[Section], language: str) -> dict[Slug, _Claim]:
    """Return the sections whose words the article says at all, with those words."""
    worded = [section for section in sections if section.words]
    if not worded:
        return {}
    headline, lead = (
        _Said(_tokens(title, language)),
        _Said(_tokens(text[: LEAD * 12], language)[:LEAD]),
    )
    claims: dict[Slug, _Claim] = {}
    for section in worded:
        forms = {_form(word, language): word for word in reversed(section.words)}
        titled = [word for form, word in forms.items() if headline.mentions(form)]
        said = {word: lead.mentions(form) for form, word in forms.items() if lead.mentions(form)}
        score = TITLE_HIT * len(titled) + sum(min(times, TEXT_CAP) for times in said.values())
        if score:
            reason = _spelt_out(titled, said)
            claims[section.slug] = _Claim(strength=Strength.WORDS, reason=reason, score=score)
    return claims


class _Said:
    """A text as its words are looked up: by stem, acronyms as written."""

    def __init__(self, tokens: tuple[Token, ...]) -> None:
        self._tokens = tokens
        self._places: dict[str, list[int]] = {}
        for place, token in enumerate(tokens):
            for form in {token.stem, token.surface}:
                self._places.setdefault(form, []).append(place)

    def mentions(self, form: tuple[str, ...]) -> int:
        """Return how often the words of `form` stand there one after the other."""
        return sum(self._continues(place, form) for place in self._places.get(form[0], ()))

    def _continues(self, place: int, form: tuple[str, ...]) -> bool:
        run = self._tokens[place : place + len(form)]
        return len(run) == len(form) and all(
            part in (token.stem, token.surface) for part, token in zip(form, run, strict=True)
        )


def _tokens(text: str, language: str) -> tuple[Token, ...]:
    return tuple(token for sentence in sentences(text, language) for token in sentence)


@lru_cache(maxsize=10_000)
def _form(word: str, language: str) -> tuple[str, ...]:
    """Return an operator's word as it is looked up: "sanctions" as "sanction", "ECB" as it is."""
    tokens = _tokens(word, language)
    return tuple(
        token.surface if is_acronym(token.surface, longest=4) else token.stem for token in tokens
    ) or ("",)


def _spelt_out(titled: Iterable[str], said: Mapping[str, int]) -> str:
    parts = []
    if titled:
        parts.append(f"its headline says {', '.join(sorted(titled))}")
    if said:
        often = sorted(said.items(), key=lambda pair: (-pair[1], pair[0]))
        words = [f"{word} ({times}\u00d7)" if times > 1 else word for word, times in often]
        parts.append(f"its text{'' if titled else ' says'} {', '.join(words)}")
    return ", ".join(parts)


def _ranked(claims: Mapping[Slug, _Claim], tree: Mapping[Slug, Section]) -> tuple[Placement, ...]:
    """Return the placements: the innermost sections, strongest first, then what is around them."""
    order = {slug: place for place, slug in enumerate(tree)}
    around = {slug: tuple(_around(tree[slug], tree)) for slug in claims}
    outer = {one for parents in around.values() for one in parents}

    def standing(slug: Slug) -> tuple[int, ...]:
        claim = claims[slug]
        family = max(claims[one].strength for one in (slug, *around[slug]) if one in claims)
        return -family, -len(around[slug]), -claim.strength, -claim.score, order[slug]

    reasons: dict[Slug, str] = {}
    homes = sorted(claims.keys() - outer, key=standing)
    for slug in homes:
        reasons[slug] = claims[slug].reason
    for slug in homes:
        for child, parent in pairwise((slug, *around[slug])):
            implied = f"{tree[child].title} belongs to {tree[parent].title}"
            reasons.setdefault(parent, claims[parent].reason if parent in claims else implied)
    return tuple(
        Placement(section=slug, rank=rank, reason=reason, method=METHOD)
        for rank, (slug, reason) in enumerate(reasons.items())
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
