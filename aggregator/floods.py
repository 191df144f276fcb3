"""How much of what is new comes into the paper at once: of an archive, and of a flood. Pure.

Readers of a river want today's news. What a source had before we met it is an archive: its
newest part fills the sections, the rest is known and never taken for news. What comes in a flood
may be an archive, a fault or an attack: it is held, and the operator decides.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.model import Article

FLOOD = 100  # new articles at once; less is never a flood
USUAL_DAYS = 10  # of its usual news that a source may bring at once, for each day since the last
ROOM = 50  # articles that a flooding source may still bring in a day
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Habit:
    """How much a source usually brings: articles of a month, over so many days, and of today."""

    articles: int
    days: float
    today: int

    @property
    def usual(self) -> float:
        """Articles a day."""
        return self.articles / max(self.days, 1.0)


def backfilled(
    fresh: Sequence[Article], limit: int | timedelta | None, *, now: datetime
) -> tuple[Sequence[Article], Sequence[Article]]:
    """Return which articles of a source's first document are news, and which its archive."""
    if limit is None:
        return fresh, ()
    if isinstance(limit, timedelta):
        young = [one for one in fresh if one.published >= now - limit]
        return young, [one for one in fresh if one.published < now - limit]
    return _newest(fresh, limit)


def let_in(
    fresh: Sequence[Article], habit: Habit, *, since_last: timedelta
) -> tuple[Sequence[Article], Sequence[Article]]:
    """Return which new articles come into the paper, and which are held as a flood.

    A flood is more than a hundred at once, and more than ten times what is usual for the time
    `since_last` we asked. The newest fifty of a day still come in: the day's news is among them.
    """
    days = max(since_last / DAY, 1.0)
    if len(fresh) <= FLOOD or len(fresh) <= USUAL_DAYS * habit.usual * days:
        return fresh, ()
    return _newest(fresh, max(ROOM - habit.today, 0))


def in_words(held: int, habit: Habit) -> str:
    """Return what an operator should know of a flood."""
    usual = habit.usual
    told = f"{usual:.0f} a day are usual" if usual >= 1 else "less than one a day is usual"
    return f"a flood: {held} new articles are held, where {told}"


def _newest(fresh: Sequence[Article], limit: int) -> tuple[Sequence[Article], Sequence[Article]]:
    """Return the newest so many, and the rest, both in their order; of equals the first told."""
    if len(fresh) <= limit:
        return fresh, ()
    order = sorted(range(len(fresh)), key=lambda at: fresh[at].published, reverse=True)
    chosen = set(order[:limit])
    within = [one for at, one in enumerate(fresh) if at in chosen]
    return within, [one for at, one in enumerate(fresh) if at not in chosen]
