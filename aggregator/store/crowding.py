"""What is too much to remember of all that is known and not in the paper."""

from typing import Final

from sqlalchemy import Connection, delete, func, select

from aggregator.model import SourceId
from aggregator.store import articles as kept
from aggregator.store.articles import chunks
from aggregator.store.aside import HELD, WHOLE, discard, forget
from aggregator.store.tables import aside, names

MOST: Final = 20_000  # of a source, and of one kind; four times what a document may carry
MOST_HELD: Final = 5_000  # of a source: one document; else a flood at each turn would fill the disk


def crowd_out(connection: Connection, source_id: SourceId) -> None:
    """Keep whole no more than `MOST_HELD` of what is held of a source; of the rest, the names."""
    rows = connection.scalars(
        select(aside.c.id)
        .where(aside.c.source_id == source_id, aside.c.why == HELD)
        .order_by(aside.c.since.desc(), aside.c.published.desc(), aside.c.id)
        .offset(MOST_HELD)
    )
    discard(connection, rows.all())


def prune(connection: Connection) -> None:
    """Forget what is too much to remember: of each source the oldest of what only has a name."""
    crowded = connection.execute(
        select(aside.c.source_id, aside.c.why)
        .where(aside.c.why.not_in(WHOLE))
        .group_by(aside.c.source_id, aside.c.why)
        .having(func.count() > MOST)
    ).all()
    for source_id, why in crowded:
        rows = connection.scalars(
            select(aside.c.id)
            .where(aside.c.source_id == source_id, aside.c.why == why)
            .order_by(aside.c.since.desc(), aside.c.published.desc(), aside.c.id)
            .offset(MOST)
        ).all()
        forget(connection, rows)
        for some in chunks(rows):
            connection.execute(delete(names).where(names.c.article_id.in_(some)))
        kept.mark(connection, "ended", [""])  # nor is it known any more where their pages were
