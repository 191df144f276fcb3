"""What hubs outside know of our feeds, and which of it is old."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, or_, select

from aggregator.store import many
from aggregator.store.told import pings, topics
from aggregator.store.topics import IS_THERE


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """A feed with news that a hub does not know of: its path, and a digest of what it says now.

    That it is no longer is news, too, to a hub that knew it: it finds out where the feed was.

    `failures` is how often the hub could not be told.
    """

    hub: str
    topic: str
    digest: str
    failures: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a hub stands: of how many of our feeds it knows the news, and since when.

    `failing` is of how many it could not be told; `problem` and `next_try` are of one of them.
    """

    hub: str
    feeds: int
    told: int
    told_at: datetime | None = None
    failing: int = 0
    problem: str = ""
    next_try: datetime | None = None


def standing(connection: Connection, hub: str) -> Standing:
    """Return how a hub stands."""
    knows = and_(pings.c.topic == topics.c.path, pings.c.hub == hub)
    row = connection.execute(
        select(
            func.count().label("feeds"),
            func.count().filter(pings.c.told == topics.c.digest).label("told"),
            func.max(pings.c.told_at).label("told_at"),
            func.count().filter(pings.c.failures > 0).label("failing"),
            func.max(pings.c.problem).label("problem"),
            func.min(pings.c.next_try).label("next_try"),
        )
        .outerjoin_from(topics, pings, knows)
        .where(IS_THERE)
    ).one()
    found = dict(row._mapping) | {"problem": row.problem or ""}  # noqa: SLF001 -- its public name
    return Standing(hub=hub, **found)


def due(
    connection: Connection,
    hubs: Collection[str],
    *,
    now: datetime,
    latest: datetime,
    at_hub: int,
) -> tuple[Ping, ...]:
    """Return what hubs are to be told now, of each hub so much at most.

    A next try beyond `latest` is one of a clock that has been set back since.
    """
    return tuple(
        Ping(hub=hub, topic=row.path, digest=row.digest, failures=row.failures or 0)
        for hub in sorted(hubs)
        for row in connection.execute(_due(hub, now, latest).limit(at_hub))
    )


def told(connection: Connection, one: Ping, *, now: datetime) -> None:
    """Keep that the hub knows."""
    _keep(connection, one, told=one.digest, told_at=now, failures=0, next_try=None, problem="")


def untold(connection: Connection, one: Ping, *, problem: str, next_try: datetime) -> None:
    """Keep that the hub could not be told, why, and when to try again."""
    _keep(connection, one, failures=one.failures + 1, next_try=next_try, problem=problem)


def keep_only(connection: Connection, hubs: Collection[str]) -> None:
    """Forget the hubs that the paper has no longer."""
    connection.execute(delete(pings).where(pings.c.hub.not_in(sorted(hubs))))


def _due(hub: str, now: datetime, latest: datetime) -> Select[Any]:
    here = and_(pings.c.topic == topics.c.path, pings.c.hub == hub)
    again = pings.c.next_try
    return (
        select(topics.c.path, topics.c.digest, pings.c.failures)
        .outerjoin_from(topics, pings, here)
        .where(or_(and_(pings.c.told.is_(None), IS_THERE), pings.c.told != topics.c.digest))
        .where(or_(again.is_(None), again <= now, again > latest))
        .order_by(topics.c.path)
    )


def _keep(connection: Connection, one: Ping, **values: Any) -> None:
    """Keep something of one; of a feed that is gone nothing is."""
    if connection.scalar(select(topics.c.path).where(topics.c.path == one.topic)) is not None:
        row = {"hub": one.hub, "topic": one.topic, **values}
        many.add(connection, pings, [row], held="give way")
