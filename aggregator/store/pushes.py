"""Our subscriptions to hubs, kept. The one store that several threads ask, so it has a lock."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime, timedelta
from threading import Lock
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Engine, Row, insert, select, update

from aggregator.cadence import Why
from aggregator.store.engine import transaction
from aggregator.store.tables import pushes, sources
from feeds.hub import Mode, State, Subscription

_Result = TypeVar("_Result")


class Subscriptions:
    """Subscriptions by token. Raises StoreError where the database refuses.

    `engine` must be nobody else's: another thread's transaction on it would become ours. Its
    transactions begin as writers, so each waits for the paper's own to end, or gives up after
    ten seconds; they must not be begun within one.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()  # one connection, many threads
        with transaction(engine) as connection:
            self._tokens = set(connection.scalars(select(pushes.c.token)))

    def of(self, source_id: str) -> tuple[Subscription, ...]:
        """Return a source's subscriptions that have not ended, oldest first."""
        return self._kept(pushes.c.source_id == source_id)

    def all(self) -> tuple[Subscription, ...]:
        """Return every subscription that has not ended, oldest first."""
        return self._kept()

    def add(self, subscription: Subscription) -> None:
        """Keep a new one, unless its source has another id since: it will be noticed again."""
        known = select(sources.c.id).where(sources.c.id == subscription.source_id)
        with self._lock, transaction(self._engine) as connection:
            if connection.scalar(known) is not None:
                connection.execute(insert(pushes).values(_row(subscription)))
                self._tokens.add(subscription.token)

    def amend(
        self, token: str, change: Callable[[Subscription], tuple[Subscription, _Result]]
    ) -> _Result | None:
        """Read one, change it and keep it in one transaction; None where there is none.

        A token that was never given out costs nothing: strangers can ask for many.
        """
        if token not in self._tokens:
            return None
        here = pushes.c.token == token
        with self._lock, transaction(self._engine) as connection:
            row = connection.execute(select(pushes).where(here).with_for_update()).one()
            before = _subscription(row)
            after, result = change(before)
            if after != before:
                connection.execute(update(pushes).where(here).values(_row(after)))
        return result

    def postpone(self, source_id: str, pause: timedelta, *, now: datetime) -> None:
        """Let a source's next poll wait for so long, if it would come earlier."""
        until, seconds = now + pause, round(pause.total_seconds())
        due = (sources.c.id == source_id, sources.c.next_fetch < until)
        with self._lock, transaction(self._engine) as connection:
            connection.execute(
                update(sources).where(*due).values(next_fetch=until, pause=seconds, why=Why.PUSHES)
            )

    def _kept(self, *which: ColumnElement[bool]) -> tuple[Subscription, ...]:
        living = select(pushes).where(pushes.c.state != State.ENDED.value, *which)
        with self._lock, transaction(self._engine) as connection:
            rows = connection.execute(living.order_by(pushes.c.created_at, pushes.c.token))
            return tuple(map(_subscription, rows))


def _row(one: Subscription) -> dict[str, Any]:
    pending = one.pending.value if one.pending else None
    return asdict(one) | {"state": one.state.value, "pending": pending}


def _subscription(row: Row[Any]) -> Subscription:
    columns = dict(row._mapping)  # noqa: SLF001 -- its public name
    pending = columns.pop("pending")
    return Subscription(
        **columns | {"state": State(row.state), "pending": Mode(pending) if pending else None}
    )
