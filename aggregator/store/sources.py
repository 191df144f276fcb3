"""What we remember of each source: how to ask it again, and how it has been."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Column, Connection, Row, func, insert, select, update

from aggregator.model import Source, SourceId
from aggregator.store import many
from aggregator.store.seen import forget
from aggregator.store.tables import articles, sources
from feeds.model import UNSAID, Hints
from feeds.urls import host_of

REMOVED, GONE = "removed", "gone"
EVERY, CRON, NEVER = "every", "cron", "never"


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """A source as we last left it.

    `address` is where to ask: its feed, or where that has moved to. `state` is "new", "ok",
    "removed" (no longer configured), or what is the matter with it (`feeds.errors.Trouble`,
    `aggregator.standing`); `error` says in words what failed last, `advertised` which feed the page
    led to that came instead. `body_hash` is of the last
    document read; `home` and `atom_id` are the feed's own
    words, `inherited` a digest of what its entries take from it. `asking` says whether
    it is asked at intervals, at cron times or not at all; `why` what decided `next_fetch`, which is
    `pause` seconds after it was last asked (`aggregator.cadence`); `hints` are what its document
    says of that, `news` when it had some (`aggregator.rhythm`). `move_to`, `move_turns` and
    `move_since` are a move that is still to be proved (`aggregator.moves`).
    `notes` say what an operator should know of its last document, a line each. `name` and `rights`
    are the operator's words, for the pages that stay when it is no longer configured.
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
    advertised: str | None = None
    last_success: datetime | None = None
    next_fetch: datetime | None = None
    pause: int | None = None
    why: str | None = None
    asking: str = EVERY
    hints: Hints = UNSAID
    news: tuple[datetime, ...] = ()
    move_to: str | None = None
    move_turns: int | None = None
    move_since: datetime | None = None
    notes: str | None = None
    name: str | None = None
    rights: str | None = None


def enrol(connection: Connection, configured: tuple[Source, ...]) -> None:
    """Remember the sources we had not met.

    One that only changed its name or id keeps its articles: it is known again by its feed, also
    where two change places. One whose feed is another now is asked afresh; its articles stay.
    One no longer configured is "removed": its pages stay, but nothing lists it, nor asks it.
    """
    known = remembered(connection)
    heirs = _heirs(known, configured)
    names = _names(known, heirs, configured)
    _rename(connection, {old: new for old, new in names.items() if old != new})
    for old, one in known.items():
        one = one if names[old] == old else replace(one, id=names[old])  # noqa: PLW2901
        left = _now(one, heirs.get(old))
        if left != one:
            remember(connection, left)
        if left.feed != one.feed:
            forget(connection, left.id)
    met = set(names.values())
    fresh = [_fresh(one) for one in configured]
    if rows := [_row(one) for one in fresh if one.id not in met]:
        connection.execute(insert(sources), rows)


def returned(source: Remembered) -> Remembered:
    """Return a source as it is once it is configured, perhaps again."""
    if source.state != REMOVED:
        return source
    return replace(source, state="ok" if source.last_success else "new")


def remembered(connection: Connection) -> dict[SourceId, Remembered]:
    """Return every source ever met, by its id."""
    rows = connection.execute(select(*columns()).order_by(sources.c.id))
    return {one.id: one for one in map(to_remembered, rows)}


def remember(connection: Connection, source: Remembered) -> None:
    """Keep a source as it now is."""
    many.change(connection, sources, _row(source))


def ask_anew(connection: Connection, source_id: SourceId) -> None:
    """Have a source's document sent and read at its next turn, be it the one we have or not."""
    nothing = {"etag": None, "last_modified": None, "body_hash": None}
    connection.execute(update(sources).where(sources.c.id == source_id).values(nothing))
    forget(connection, source_id)


def is_alone(connection: Connection) -> bool:
    """Return whether the paper has one source, or none."""
    standing = select(func.count()).select_from(sources).where(sources.c.state != REMOVED)
    return (connection.scalar(standing) or 0) < 2


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
        return replace(one, state=REMOVED, asking=NEVER)
    if one.feed != source.feed:
        return _fresh(source)
    back = returned(one)
    asking = NEVER if back.state == GONE else _asking(source)
    return replace(back, asking=asking, name=source.name, rights=source.rights.value)


def _fresh(source: Source) -> Remembered:
    return Remembered(
        id=source.id,
        feed=source.feed,
        address=source.feed,
        asking=_asking(source),
        name=source.name,
        rights=source.rights.value,
    )


def _asking(source: Source) -> str:
    if not source.enabled:
        return NEVER
    return CRON if source.cron else EVERY


def columns() -> list[Column[Any]]:
    """Return the columns that make a `Remembered`."""
    return [sources.c[each.name] for each in fields(Remembered)]


def to_remembered(row: Row[Any]) -> Remembered:
    """Return the source that a row of `columns` is."""
    return Remembered(**row._mapping)  # noqa: SLF001 -- its public name


def _row(one: Remembered) -> dict[str, Any]:
    known = {each.name: getattr(one, each.name) for each in fields(one)}
    return known | {"host": host_of(one.address) or None}
