"""What articles mean: the vectors of the optional embedding, one an article."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from aggregator.model import ArticleId
from aggregator.store.articles import chunks
from aggregator.store.tables import meanings


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """An article's vector, packed, a digest of what the embedding was told, and which it is."""

    vector: bytes
    told: str
    method: str


def keep(connection: Connection, meant: Mapping[ArticleId, Meant]) -> None:
    """Keep what these articles mean, over what they meant."""
    forget(connection, meant)
    rows = [
        {"article_id": one, "vector": kept.vector, "told": kept.told, "method": kept.method}
        for one, kept in meant.items()
    ]
    if rows:
        connection.execute(insert(meanings), rows)


def meant(connection: Connection, ids: Collection[str]) -> dict[ArticleId, Meant]:
    """Return what is kept of these articles."""
    return {
        ArticleId(row.article_id): Meant(vector=row.vector, told=row.told, method=row.method)
        for some in chunks(ids)
        for row in connection.execute(select(meanings).where(meanings.c.article_id.in_(some)))
    }


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Drop what these articles mean."""
    for some in chunks(ids):
        connection.execute(delete(meanings).where(meanings.c.article_id.in_(some)))
