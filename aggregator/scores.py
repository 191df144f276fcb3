"""What is most cited and most covered, by one formula. Pure: the same votes, the same list.

A vote for an article is another source's: it cites it, or it tells the same story. It weighs
1 - (age / week)², as in Planet Venus: full when it is fresh, three quarters after half a week,
nothing after one. Of each source the best vote counts, an article needs those of two, and one of
them must be by an article that has none in what stands above it: a digest that links to ten
articles lifts one of them.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from aggregator.model import ArticleId, SourceId

METHOD: Final = "scores-1"
WEEK: Final = timedelta(days=7)
LEAST: Final = 2  # sources
MOST: Final = 20  # articles in a list
_DIGITS: Final = 6  # scores are rounded before they are ranked, so that machines agree


@dataclass(frozen=True, slots=True, kw_only=True)
class Vote:
    """That an article of another source points to one, and when it was published."""

    article: ArticleId
    by: ArticleId
    source: SourceId
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """An article in a list, with its score and the sources that lift it, the heaviest first."""

    article: ArticleId
    score: float
    sources: tuple[SourceId, ...]


def close(newest: datetime) -> datetime:
    """Return the moment by which votes are weighed: the end of the day of the newest.

    It is not the clock's: a paper in which nothing happens must not change.
    """
    midnight = datetime.combine(newest, time(), tzinfo=newest.tzinfo)
    return midnight + timedelta(days=1)


def weight(at: datetime, *, by: datetime) -> float:
    """Return what a vote weighs at a moment, between 0 and 1."""
    age = max(by - at, timedelta()) / WEEK
    return max(1 - age * age, 0.0)


def ranked(votes: Sequence[Vote]) -> tuple[Ranked, ...]:
    """Return what has votes of two sources, the heaviest first; ties go by id."""
    if not votes:
        return ()
    by = close(max(vote.at for vote in votes))
    cast: dict[ArticleId, list[Vote]] = defaultdict(list)
    for vote in votes:
        if weight(vote.at, by=by) > 0:
            cast[vote.article].append(vote)
    scored = [found for one, some in cast.items() if (found := _scored(one, some, by=by))]
    heard: set[ArticleId] = set()
    listed: list[Ranked] = []
    for one in sorted(scored, key=lambda each: (-each.score, each.article)):
        voters = {vote.by for vote in cast[one.article]}
        if not voters <= heard and len(listed) < MOST:
            heard |= voters
            listed.append(one)
    return tuple(listed)


def _scored(article: ArticleId, votes: Sequence[Vote], *, by: datetime) -> Ranked | None:
    best: dict[SourceId, float] = defaultdict(float)
    for vote in votes:
        best[vote.source] = max(best[vote.source], round(weight(vote.at, by=by), _DIGITS))
    if len(best) < LEAST:
        return None
    heaviest = sorted(best, key=lambda source: (-best[source], source))
    return Ranked(
        article=article, score=round(sum(sorted(best.values())), _DIGITS), sources=tuple(heaviest)
    )
