"""What we remember of each source: how to ask it again, and how it has been."""

from collections import Counter
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from aggregator.model import Source, SourceId
from aggregator.store.tables import articles, sources

REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A source as we last left it.

    `address` is where to ask: its feed, or where that has moved to. `state` is "new", "ok",
    "failing", "gone" or "removed" (no longer configured); `error` says in words what failed
    last; `body_hash` is of the last document read; `home`, `atom_id` and `rights` are the
    feed's own words.
    """

    id: SourceId
    feed: str
    address: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    home: str | None = None
    atom_id: str | None = None
    rights: str | None = None
    state: str = "new"
    new: int = 0
    failures: int = 0
    error: str | None = None
    last_success: datetime | None = None
    next_fetch: datetime | None = None


def enrol(connection: Connection, configured: tuple[Source, ...]) -> None:
    """Remember the sources we had not met.

    One that only changed its name or id keeps its articles: it is known again by its feed. One
    whose feed is another now is asked afresh; its articles stay. One no longer configured is
    "removed": its pages stay, but nothing lists it.
    """
    known = remembered(connection)
    named = {source.id for source in configured}
    by_feed = {one.feed: one for one in known.values() if one.id not in named}
    for source in configured:
        if source.id in known:
            if known[source.id].feed != source.feed:
                remember(
                    connection, Remembered(id=source.id, feed=source.feed, address=source.feed)
                )
        elif source.feed in by_feed:
            old = by_feed.pop(source.feed)
            values = {"id": source.id, "state": "ok" if old.last_success else "new"}
            connection.execute(update(sources).where(sources.c.id == old.id).values(values))
        else:
            fresh = Remembered(id=source.id, feed=source.feed, address=source.feed)
            connection.execute(insert(sources).values(asdict(fresh)))
    for one in by_feed.values():
        if one.state != REMOVED:
            remember(connection, replace(one, state=REMOVED))


def remembered(connection: Connection) -> dict[SourceId, Remembered]:
    """Return every source ever met, by its id."""
    rows = connection.execute(select(sources).order_by(sources.c.id))
    return {one.id: one for one in map(_remembered, rows)}


def remember(connection: Connection, source: Remembered) -> None:
    """Keep a source as it now is."""
    connection.execute(update(sources).where(sources.c.id == source.id).values(asdict(source)))


def entries(connection: Connection) -> Counter[SourceId]:
    """Return how many articles we hold of each source."""
    rows = connection.execute(
        select(articles.c.source_id, func.count()).group_by(articles.c.source_id)
    )
    return Counter({SourceId(row[0]): row[1] for row in rows})


def _remembered(row: Row[Any]) -> Remembered:
    return Remembered(**row._mapping)  # noqa: SLF001 -- its public name
