"""The subscribers of our own hub, kept: who is sent what, and who is to be told what now."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, delete, func, or_, select

from aggregator.store import many
from aggregator.store.told import subscribers, topics
from aggregator.store.topics import IS_THERE
from feeds.hub import Mode
from publisher.hub import Subscriber

_IN_FORCE = subscribers.c.lease_ends.is_not(None)
_COLUMNS = tuple(subscribers.c)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many there are in all, how many at one host, and how many of all wait to be asked.

    `confirmed` counts those at the host that have confirmed that they mean it.
    """

    all: int
    waiting: int
    at_host: int
    confirmed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A host that does not take what it is sent: how much of it, since when, and why.

    `problem` and `next_try` are of one of its subscribers.
    """

    host: str
    subscribers: int
    since: datetime
    problem: str
    next_try: datetime | None


def one(connection: Connection, callback: str, topic: str) -> Subscriber | None:
    """Return what is kept of a callback and a feed."""
    row = connection.execute(select(subscribers).where(*_here(callback, topic))).one_or_none()
    return _subscriber(row) if row else None


def keep(connection: Connection, one: Subscriber) -> None:
    """Keep a subscriber as it is now."""
    mode = one.wished.value if one.wished else None
    lease = int(one.wished_lease.total_seconds())
    row = asdict(one) | {"host": one.host, "wished": mode, "wished_lease": lease}
    many.add(connection, subscribers, [row], held="give way")


def forget(connection: Connection, callback: str, topic: str) -> None:
    """Keep nothing more of a callback and a feed."""
    connection.execute(delete(subscribers).where(*_here(callback, topic)))


def expire(connection: Connection, *, now: datetime) -> None:
    """Forget those whose lease has ended, unless they have just asked for another."""
    is_over = (subscribers.c.lease_ends <= now, subscribers.c.wished.is_(None))
    connection.execute(delete(subscribers).where(*is_over))


def counts(connection: Connection, host: str) -> Counts:
    """Return how many subscribers there are, and at one host."""
    here = subscribers.c.host == host
    row = connection.execute(
        select(
            func.count().label("all"),
            func.count(subscribers.c.wished).label("waiting"),
            func.count().filter(here).label("at_host"),
            func.count(subscribers.c.lease_ends).filter(here).label("confirmed"),
        ).select_from(subscribers)
    ).one()
    return Counts(**row._mapping)  # noqa: SLF001 -- its public name


def by_topic(connection: Connection) -> dict[str, int]:
    """Return how many subscribers each feed has, those of most first."""
    counted = select(subscribers.c.topic, func.count().label("many")).where(_IN_FORCE)
    rows = connection.execute(counted.group_by(subscribers.c.topic))
    return dict(sorted(((row.topic, row.many) for row in rows), key=lambda one: (-one[1], one[0])))


def last_sent(connection: Connection) -> datetime | None:
    """Return when somebody was last sent something."""
    found: datetime | None = connection.scalar(select(func.max(subscribers.c.sent_at)))
    return found


def troubles(connection: Connection) -> tuple[Trouble, ...]:
    """Return the hosts that do not take what they are sent, those in trouble longest first."""
    failing = (
        select(
            subscribers.c.host,
            func.count().label("subscribers"),
            func.min(subscribers.c.failing_since).label("since"),
            func.max(subscribers.c.problem).label("problem"),
            func.min(subscribers.c.next_try).label("next_try"),
        )
        .where(subscribers.c.failures > 0)
        .group_by(subscribers.c.host)
    )
    rows = connection.execute(failing)
    found = (Trouble(**row._mapping) for row in rows)  # noqa: SLF001 -- its public name
    return tuple(sorted(found, key=lambda one: (one.since, one.host)))


def unconfirmed(connection: Connection, *, limit: int) -> tuple[Subscriber, ...]:
    """Return those who have yet to say whether they mean it, those who asked first first.

    Hosts take turns, so that a thousand of one that is slow keep nobody waiting.
    """
    waiting = (subscribers.c.wished_at.is_not(None),)
    rows = _in_turn(connection, select(*_COLUMNS), waiting, subscribers.c.wished_at, limit)
    return tuple(map(_subscriber, rows))


def unsent(
    connection: Connection, *, now: datetime, latest: datetime, limit: int
) -> tuple[tuple[Subscriber, str], ...]:
    """Return those who are to be sent a feed now, since it has news for them; see `unconfirmed`.

    Beside each is the digest of what is news to them. A next try beyond `latest` is one of a
    clock that has been set back since.
    """
    again = subscribers.c.next_try
    waiting = (
        IS_THERE,
        subscribers.c.lease_ends > now,
        subscribers.c.known != topics.c.digest,
        or_(again.is_(None), again <= now, again > latest),
    )
    those = select(*_COLUMNS, topics.c.digest).join(topics, topics.c.path == subscribers.c.topic)
    rows = _in_turn(connection, those, waiting, subscribers.c.failures, limit)
    return tuple((_subscriber(row), row.digest) for row in rows)


def left_behind(connection: Connection, *, limit: int) -> tuple[Subscriber, ...]:
    """Return those whose feed is no longer."""
    waiting = (
        select(*_COLUMNS)
        .outerjoin(topics, and_(topics.c.path == subscribers.c.topic, IS_THERE))
        .where(topics.c.path.is_(None))
        .order_by(subscribers.c.topic, subscribers.c.callback)
    )
    return tuple(map(_subscriber, connection.execute(waiting.limit(limit))))


def _here(callback: str, topic: str) -> tuple[ColumnElement[bool], ...]:
    return subscribers.c.callback == callback, subscribers.c.topic == topic


def _in_turn(
    connection: Connection,
    those: Select[Any],
    which: Sequence[ColumnElement[bool]],
    first: ColumnElement[Any],
    limit: int,
) -> Sequence[Row[Any]]:
    """Return some of `those`, of each host its `first`, then its second, and so on."""
    order = (first, subscribers.c.topic, subscribers.c.callback)
    turn = func.row_number().over(partition_by=subscribers.c.host, order_by=order).label("turn")
    some = those.add_columns(turn).where(*which).order_by(turn, subscribers.c.host).limit(limit)
    return connection.execute(some).all()


def _subscriber(row: Row[Any]) -> Subscriber:
    columns = dict(row._mapping)  # noqa: SLF001 -- its public name
    for beside in ("host", "turn", "digest"):
        columns.pop(beside, None)
    wished, lease = columns.pop("wished"), columns.pop("wished_lease")
    return Subscriber(
        **columns,
        wished=Mode(wished) if wished else None,
        wished_lease=timedelta(seconds=lease),
    )
