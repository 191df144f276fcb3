"""Whose turn it is, by an index: a look costs what is due, and not what there is."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, and_, bindparam, func, or_, select, update

from aggregator.model import SourceId
from aggregator.store.articles import chunks
from aggregator.store.sources import CRON, EVERY, Remembered, columns, to_remembered
from aggregator.store.tables import sources

Due = Callable[[int, Collection[str]], tuple[Remembered, ...]]

_SLEW = timedelta(seconds=5)  # by which a clock may be put right without our noticing


def due(connection: Connection, *, now: datetime) -> tuple[Due, Due, Due]:
    """Return who may be asked, by what gives them the right: the new, cron times, intervals.

    Each of the three returns, for a number and for hosts to leave out, at most so many sources,
    whoever has been due longest first.
    """
    by = sources.c.asking
    is_new = and_(by.in_((EVERY, CRON)), sources.c.next_fetch.is_(None))

    def whoever(which: ColumnElement[bool], *order: ColumnElement[datetime]) -> Due:
        def found(most: int, apart: Collection[str]) -> tuple[Remembered, ...]:
            query = select(*columns()).where(which).order_by(*order).limit(most)
            if apart:
                here = sources.c.host
                query = query.where(or_(here.is_(None), here.not_in(apart)))
            return tuple(map(to_remembered, connection.execute(query)))

        return found

    def whose_time_has_come(asking: str) -> Due:
        has_come = and_(by == asking, sources.c.next_fetch <= now)
        return whoever(has_come, sources.c.next_fetch)

    return whoever(is_new), whose_time_has_come(CRON), whose_time_has_come(EVERY)


def known(connection: Connection, ids: Collection[SourceId]) -> dict[SourceId, Remembered]:
    """Return these sources as they now are; one that is not remembered is not in it."""
    return {
        one.id: one
        for some in chunks(ids)
        for one in map(
            to_remembered,
            connection.execute(select(*columns()).where(sources.c.id.in_(some))),
        )
    }


def usual_rate(connection: Connection) -> float:
    """Return how many turns begin in a second while everybody is asked when they are due."""
    rate = select(func.sum(1.0 / sources.c.pause)).where(
        sources.c.asking == EVERY, sources.c.pause > 0
    )
    return float(connection.scalar(rate) or 0.0)


def pull_back(
    connection: Connection, believable: Callable[[Remembered], datetime], *, now: datetime
) -> int:
    """Bring back turns that a wrong clock has put off, and return how many those were.

    A source that was asked in what is the future now is due as long after `now` as it was then,
    and the one asked last was asked now: nothing comes at once that did not before. Then none is
    due later than what is `believable` of it.
    """
    later = select(*columns()).where(
        sources.c.asking.in_((EVERY, CRON)), sources.c.next_fetch > now + _SLEW
    )
    rows = tuple(map(to_remembered, connection.execute(later)))
    ahead = max((asked - now for one in rows if (asked := _asked(one))), default=timedelta())
    moved = []
    for one in rows:
        due, asked = one.next_fetch, _asked(one)
        if due and asked and asked > now + _SLEW:
            one = replace(one, next_fetch=due - ahead)  # noqa: PLW2901
        until = believable(one)
        if until != due:
            moved.append({"of": one.id, "until": until})
    if moved:
        here = update(sources).where(sources.c.id == bindparam("of"))
        connection.execute(here.values(next_fetch=bindparam("until")), moved)
    return len(moved)


def _asked(one: Remembered) -> datetime | None:
    """Return when a source was last asked, by the clock as it was then."""
    if one.next_fetch is None or one.pause is None:
        return None
    return one.next_fetch - timedelta(seconds=one.pause)
