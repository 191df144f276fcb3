"""The articles whose only page is ours."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, literal_column, select

from aggregator.store.decided import copies
from aggregator.store.sources import REMOVED
from aggregator.store.tables import articles, sources

_NOWHERE: Final[ColumnElement[str]] = literal_column(
    "''"
)  # as it stands in the index, which is looked for by its words


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """An article that its source has no page for, as it is told of."""

    path: str
    title: str
    language: str
    published: datetime
    updated: datetime


def own(connection: Connection) -> tuple[Own, ...]:
    """Return those that are listed, oldest first; of one text the one that stands for all."""
    columns = (articles.c.path, articles.c.title, articles.c.language)
    rows = connection.execute(
        select(*columns, articles.c.published, articles.c.updated)
        .join(sources, sources.c.id == articles.c.source_id)
        .outerjoin(copies, copies.c.article_id == articles.c.id)
        .where(articles.c.permalink == _NOWHERE)
        .where(sources.c.state != REMOVED, copies.c.article_id.is_(None))
        .order_by(articles.c.published, articles.c.id)
    )
    return tuple(Own(**row._mapping) for row in rows)  # noqa: SLF001 -- its public name
