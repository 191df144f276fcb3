"""What was read of each source's last documents, so that it need not be read again."""

from collections.abc import Collection
from dataclasses import asdict, dataclass

from sqlalchemy import Connection, delete, select

from aggregator.model import SourceId
from aggregator.store import many
from aggregator.store.articles import chunks
from aggregator.store.tables import seen


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """The items that were read, as `aggregator.skipping` writes them, and the manner of it."""

    manner: str
    items: str


def recall(connection: Connection, ids: Collection[SourceId]) -> dict[SourceId, Seen]:
    """Return what was read of these sources; one of which nothing is known is not in it."""
    return {
        SourceId(row.source_id): Seen(manner=row.manner, items=row.items)
        for some in chunks(ids)
        for row in connection.execute(select(seen).where(seen.c.source_id.in_(some)))
    }


def forget(connection: Connection, source_id: SourceId) -> None:
    """Have everything this source says read again."""
    connection.execute(delete(seen).where(seen.c.source_id == source_id))


def note(connection: Connection, source_id: SourceId, what: Seen) -> None:
    """Keep what was read of a source, instead of what was known before."""
    many.add(connection, seen, [{"source_id": source_id, **asdict(what)}], held="give way")
