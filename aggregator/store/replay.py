"""Judging all over again: in which order, from what state, and taking over what came of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Table, delete, insert, select, update

from aggregator.model import ArticleId
from aggregator.store.articles import chunks
from aggregator.store.decided import copies, members, prints, refrains, stories
from aggregator.store.sources import REMOVED
from aggregator.store.stories import leave
from aggregator.store.tables import (
    articles,
    citations,
    frequencies,
    meanings,
    placements,
    relations,
    sources,
    terms,
)

# What judging decides of single articles; each table has a column `article_id`.
DECIDED: Final[tuple[Table, ...]] = (placements, terms, relations, copies, prints)
# What it finds anew and alike in any order: who cites whom, and what articles mean.
FOUND: Final[tuple[Table, ...]] = (citations, meanings)
# What it keeps of all of them together, and what it counts.
WHOLE: Final[tuple[Table, ...]] = (frequencies, refrains, stories, members)
_AT_ONCE = 500


def batches(connection: Connection, *, since: datetime | None) -> tuple[tuple[ArticleId, ...], ...]:
    """Return what was judged together, in that order, of what was first seen `since` then.

    What was judged again later, because it had changed, is there twice; what belongs to a source
    that is no longer configured is not: nothing is decided of it any more.
    """
    asked = (
        select(articles.c.id, articles.c.heard_first, articles.c.heard_last)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(sources.c.state != REMOVED, articles.c.heard_first.is_not(None))
    )
    if since is not None:
        asked = asked.where(articles.c.first_seen >= since)
    together: dict[int, list[ArticleId]] = defaultdict(list)
    for row in connection.execute(asked.order_by(articles.c.id)):
        for number in sorted({row.heard_first, row.heard_last}):
            together[number].append(ArticleId(row.id))
    return tuple(tuple(ids) for _, ids in sorted(together.items()))


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Forget what was decided of these articles."""
    leave(connection, set(map(ArticleId, ids)))
    for some in chunks(ids):
        for table in DECIDED:
            connection.execute(delete(table).where(table.c.article_id.in_(some)))


def settle(connection: Connection) -> None:
    """Let nothing wait to be judged."""
    connection.execute(update(articles).where(articles.c.judged.is_(False)).values(judged=True))


def unsettle(connection: Connection, ids: Collection[str]) -> None:
    """Let these articles wait to be judged."""
    for some in chunks(ids):
        connection.execute(update(articles).where(articles.c.id.in_(some)).values(judged=False))


def take_over(reading: Connection, writing: Connection, ids: Collection[str]) -> None:
    """Replace what is decided of these articles by what another database holds."""
    for some in chunks(ids):
        for table in (*DECIDED, *FOUND):
            here = table.c.article_id.in_(some)
            writing.execute(delete(table).where(here))
            _insert(writing, table, reading.execute(select(table).where(here)).mappings().all())


def take_over_whole(reading: Connection, writing: Connection) -> None:
    """Replace what is counted and kept of all articles by what another database holds."""
    for table in reversed(WHOLE):
        writing.execute(delete(table))
    for table in WHOLE:
        found = reading.execute(select(table).execution_options(yield_per=_AT_ONCE))
        for some in found.mappings().partitions(_AT_ONCE):
            _insert(writing, table, some)


def _insert(connection: Connection, table: Table, rows: Sequence[Mapping[Any, Any]]) -> None:
    if rows:
        connection.execute(insert(table), [dict(row) for row in rows])
