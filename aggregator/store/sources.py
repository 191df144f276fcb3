"""What we remember of each source: how to ask it again, and how it has been."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from aggregator.model import Source, SourceId
from aggregator.store.seen import forget
from aggregator.store.tables import articles, sources

REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A source as we last left it.

    `address` is where to ask: its feed, or where that has moved to. `state` is "new", "ok",
    "removed" (no longer configured), or what is the matter with it (`feeds.errors.Trouble`,
    `aggregator.standing`); `error` says in words what failed last. `body_hash` is of the last
    document read; `home` and `atom_id` are the feed's own
    words, `inherited` a digest of what its entries take from it. `move_to`,
    `move_turns` and `move_since` are a move that is still to be proved (`aggregator.moves`).
    """

    id: SourceId
    feed: str
    address: str
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    home: str | None = None
    atom_id: str | None = None
    inherited: str | None = None
    state: str = "new"
    new: int = 0
    failures: int = 0
    error: str | None = None
    last_success: datetime | None = None
    next_fetch: datetime | None = None
    move_to: str | None = None
    move_turns: int | None = None
    move_since: datetime | None = None


def enrol(connection: Connection, configured: tuple[Source, ...]) -> None:
    """Remember the sources we had not met.

    One that only changed its name or id keeps its articles: it is known again by its feed, also
    where two change places. One whose feed is another now is asked afresh; its articles stay.
    One no longer configured is "removed": its pages stay, but nothing lists it.
    """
    known = remembered(connection)
    heirs = _heirs(known, configured)
    names = _names(known, heirs, configured)
    _rename(connection, {old: new for old, new in names.items() if old != new})
    for old, one in known.items():
        left = _now(replace(one, id=names[old]), heirs.get(old))
        if left != replace(one, id=names[old]):
            remember(connection, left)
        if left.feed != one.feed:
            forget(connection, left.id)
    met = set(names.values())
    fresh = [Remembered(id=one.id, feed=one.feed, address=one.feed) for one in configured]
    if rows := [asdict(one) for one in fresh if one.id not in met]:
        connection.execute(insert(sources), rows)


def returned(source: Remembered) -> Remembered:
    """Return a source as it is once it is configured, perhaps again."""
    if source.state != REMOVED:
        return source
    return replace(source, state="ok" if source.last_success else "new")


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


def _heirs(
    known: Mapping[SourceId, Remembered], configured: tuple[Source, ...]
) -> dict[SourceId, Source]:
    """Return which configured source each one we remember is: that of its feed, else of its id."""
    holders = {one.feed: one.id for one in known.values()}
    heirs = {holders[source.feed]: source for source in configured if source.feed in holders}
    placed = {source.id for source in heirs.values()}
    by_id = {source.id: source for source in configured if source.id not in placed}
    return heirs | {one: by_id[one] for one in by_id.keys() & known.keys() - heirs.keys()}


def _names(
    known: Mapping[SourceId, Remembered],
    heirs: Mapping[SourceId, Source],
    configured: tuple[Source, ...],
) -> dict[SourceId, SourceId]:
    """Return everybody's id from now on; who must make room gets one nobody can configure."""
    taken = {source.id for source in configured}
    names = {old: source.id for old, source in heirs.items()}
    for old in known.keys() - heirs.keys():
        digest = sha256(known[old].feed.encode()).hexdigest()[:16]
        names[old] = SourceId(f"{old} {digest}") if old in taken else old
    return names


def _rename(connection: Connection, names: Mapping[SourceId, SourceId]) -> None:
    """Give sources, and with them their articles, other ids; two may change places."""
    aside = {old: SourceId(f"{old} aside") for old in names}
    for step in (aside, {aside[old]: new for old, new in names.items()}):
        for old, new in step.items():
            connection.execute(update(sources).where(sources.c.id == old).values(id=new))


def _now(one: Remembered, source: Source | None) -> Remembered:
    if source is None:
        return replace(one, state=REMOVED)
    if one.feed != source.feed:
        return Remembered(id=source.id, feed=source.feed, address=source.feed)
    return returned(one)


def _remembered(row: Row[Any]) -> Remembered:
    return Remembered(**row._mapping)  # noqa: SLF001 -- its public name
