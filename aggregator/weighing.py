"""Which of its candidates an article leads to, and by which guard the others are out. Pure.

A candidate is weighed by what it shares with the article, and by what it shares with the others
that share most with it: of two as near, the one nearer to the rest of the subject comes first
(nDCG@5 +.02 on Current Events). That ranks; what is too weak by itself never leads anywhere.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from enum import StrEnum
from math import fsum
from typing import Final

from aggregator import meaning
from aggregator.abroad import MOST as MOST_ABROAD
from aggregator.abroad import is_abroad, is_close
from aggregator.model import ArticleId, Relation, SourceId
from aggregator.related import (
    DIGITS,
    PHRASES_WEIGHT,
    Likeness,
    Profile,
    cut,
    likeness,
)
from aggregator.shared import Common, common
from aggregator.words import primary

METHOD: Final = "related-5"  # changes with whatever changes what leads where
CLOSEST: Final = 5  # of the candidates, that speak for the others
MOST_RELATED, TO_EACH_SOURCE = 5, 2


class Guard(StrEnum):
    """Why an article does not lead to a candidate, for people."""

    LANGUAGE = "it is in another language"
    ABROAD = "it is in another language, and two such are shown"
    WEAK = "too little is shared"
    TEMPLATE = "no more is shared than the words of a toll and a country"
    NAME = "no name is shared but a country's"
    HABIT = "no name is shared but what their source names everywhere"
    COPY = "it is a copy"
    STORY = "it tells the same story"
    TOLD = "another that tells its story is shown"
    SOURCE = "two of its source are shown"
    PLACE = "five nearer ones are shown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What else is known of an article and its candidates: their sources, stories and copies.

    `own` is the article's source, and `habits` are the names this has everywhere. `is_alone` tells
    that the paper has one source, which may then be led to as often as it likes.
    """

    own: SourceId | None = None
    habits: AbstractSet[str] = frozenset()
    sources: Mapping[ArticleId, SourceId] = field(default_factory=dict)
    stories: Mapping[ArticleId, str] = field(default_factory=dict)
    copies: Collection[ArticleId] = frozenset()
    is_alone: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A candidate: how alike it is, how close to the closest ones, what is shared, what bars it.

    `tongue` is its language where that is another, and meaning alone was weighed.
    """

    article_id: ArticleId
    likeness: Likeness
    support: float
    common: Common
    guard: Guard | None = None
    tongue: str = ""

    @property
    def figures(self) -> tuple[tuple[str, float], ...]:
        """The parts of its strength by name."""
        parts = ("stems", self.likeness.stems), ("phrases", self.likeness.phrases)
        rest = ("fading", self.likeness.fading), ("support", self.support)
        by_meaning = (("meaning", self.likeness.meaning),) if self.likeness.meaning else ()
        return tuple((name, round(part, 3)) for name, part in (*parts, *by_meaning, *rest))

    @property
    def strength(self) -> float:
        """What candidates are ranked by."""
        return round(self.likeness.score + self.support, DIGITS)


def relate(
    article: Profile,
    candidates: Iterable[Profile],
    surroundings: Surroundings = Surroundings(),
    *,
    limit: int = MOST_RELATED,
) -> tuple[Relation, ...]:
    """Return the candidates an article leads to, best first; rather none than filler."""
    return tuple(
        Relation(
            article_id=one.article_id,
            score=one.strength,
            phrases=one.common.names,
            terms=one.common.terms,
            figures=one.figures,
            method=METHOD,
            tongue=one.tongue,
        )
        for one in weigh(article, candidates, surroundings, limit=limit)
        if one.guard is None
    )


def weigh(
    article: Profile,
    candidates: Iterable[Profile],
    surroundings: Surroundings = Surroundings(),
    *,
    limit: int = MOST_RELATED,
) -> tuple[Weighed, ...]:
    """Return every candidate, strongest first, each with the guard that bars it or none.

    An article leads to what is in its language, strong enough, and shares a name that is not a
    country's: else "12 killed in Pakistan" would lead to every other toll in Pakistan. Of a
    story it is shown one, of a source two. Behind these comes what is close in meaning in other
    languages, of which two have a place.
    """
    others = {one.article_id: one for one in candidates if one.article_id != article.article_id}
    in_order = [others[one] for one in sorted(others)]
    abroad = {one.article_id for one in in_order if is_abroad(article, one)}
    pool = [one for one in in_order if one.article_id not in abroad]
    foreign = [_abroad(article, others[one]) for one in sorted(abroad)]
    alike = {one.article_id: likeness(article, one) for one in pool}
    support = _support(pool, alike)
    weighed = [
        _weighed(article, one, alike[one.article_id], support[one.article_id], surroundings)
        for one in pool
    ]
    kept_free = min(MOST_ABROAD, sum(one.guard is None for one in foreign))
    ranked = (*_ranked(weighed), *_ranked(foreign))
    return tuple(_spread(article.article_id, ranked, surroundings, (limit - kept_free, kept_free)))


def _ranked(weighed: Iterable[Weighed]) -> list[Weighed]:
    return sorted(weighed, key=lambda one: (-one.strength, one.article_id))


def _abroad(article: Profile, other: Profile) -> Weighed:
    alike = replace(likeness(article, other), stems=0.0, phrases=0.0)
    return Weighed(
        article_id=other.article_id,
        likeness=alike,
        support=0.0,
        common=Common(),
        guard=None if is_close(article, other, alike.meaning) else Guard.LANGUAGE,
        tongue=primary(other.language),
    )


def of_other_stories(
    article_id: ArticleId, led: Iterable[Relation], stories: Mapping[ArticleId, str]
) -> tuple[Relation, ...]:
    """Return of what an article leads to what tells no story that is told already.

    Stories grow after an article was weighed: what has since joined its own is named with that,
    and of another the first is enough. Editors may lead to what they like.
    """
    told = {stories[article_id]} if article_id in stories else set()
    kept: list[Relation] = []
    for one in led:
        story = stories.get(one.article_id)
        if one.by_hand or story not in told:
            kept.append(one)
            told |= {story} if story else set()
    return tuple(kept)


def _weighed(
    article: Profile, other: Profile, alike: Likeness, support: float, around: Surroundings
) -> Weighed:
    guard: Guard | None = None
    shared = Common()
    if primary(article.language) != primary(other.language):
        guard = Guard.LANGUAGE
    elif alike.score < cut(article, other):
        guard = Guard.WEAK
    else:
        habits = (
            around.habits if around.sources.get(other.article_id) == around.own else frozenset()
        )
        shared = common(article, other, habits)
        if not shared.names:
            is_habit = habits and common(article, other).names
            guard = _nameless(shared, is_habit=bool(is_habit))
    return Weighed(
        article_id=other.article_id, likeness=alike, support=support, common=shared, guard=guard
    )


def _nameless(shared: Common, *, is_habit: bool) -> Guard:
    if is_habit:
        return Guard.HABIT
    return Guard.TEMPLATE if shared.is_template else Guard.NAME


def _support(
    pool: Sequence[Profile], alike: Mapping[ArticleId, Likeness]
) -> dict[ArticleId, float]:
    """Return how close each candidate is to the closest ones, itself left out.

    These are added up into one description first: as exact, and much cheaper than all pairs.
    """
    ranked = sorted(pool, key=lambda one: (-alike[one.article_id].score, one.article_id))
    closest = [one for one in ranked[:CLOSEST] if alike[one.article_id].score > 0]
    total = fsum(alike[one.article_id].score for one in closest)
    shares = {one.article_id: alike[one.article_id].score / total for one in closest}
    stems = _added((shares[one.article_id], one.stems) for one in closest)
    phrases = _added((shares[one.article_id], one.phrases) for one in closest)
    direction = meaning.mean((shares[one.article_id], one.meaning) for one in closest)
    support: dict[ArticleId, float] = {}
    for one in pool:
        share = shares.get(one.article_id, 0.0)
        itself = bool(one.stems) + PHRASES_WEIGHT * bool(one.phrases) + bool(one.meaning)
        near = (
            _dot(one.stems, stems)
            + PHRASES_WEIGHT * _dot(one.phrases, phrases)
            + meaning.along(one.meaning, direction)
            - share * itself
        )
        rest = 1 - share
        faded = alike[one.article_id].fading * near / rest if rest > 1e-6 else 0.0
        support[one.article_id] = round(max(0.0, faded), DIGITS)
    return support


def _added(weighed: Iterable[tuple[float, Mapping[str, float]]]) -> dict[str, float]:
    total: defaultdict[str, float] = defaultdict(float)
    for weight, vector in weighed:
        for term, value in vector.items():
            total[term] += weight * value
    return total


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return fsum(value * b[term] for term, value in a.items() if term in b)


def _spread(
    article_id: ArticleId,
    ranked: Sequence[Weighed],
    around: Surroundings,
    places: tuple[int, int],
) -> Iterable[Weighed]:
    """Yield the candidates with the guards that depend on which others are shown.

    There are so many `places` in the article's language, and in others.
    """
    own = around.stories.get(article_id)
    told: set[str] = set()
    counted: Counter[SourceId] = Counter()
    shown = [0, 0]
    for one in ranked:
        story, source = around.stories.get(one.article_id), around.sources.get(one.article_id)
        guard = one.guard
        if guard is None and one.article_id in around.copies:
            guard = Guard.COPY
        elif guard is None and story:
            guard = Guard.STORY if story == own else Guard.TOLD if story in told else None
        if guard is None and source and counted[source] >= TO_EACH_SOURCE and not around.is_alone:
            guard = Guard.SOURCE
        kind = bool(one.tongue)
        if guard is None and shown[kind] >= places[kind]:
            guard = Guard.ABROAD if kind else Guard.PLACE
        if guard is None:
            shown[kind] += 1
            told |= {story} if story else set()
            counted.update([source] if source else [])
        yield replace(one, guard=guard)
