"""What a source's articles have named of late."""

from collections import defaultdict
from datetime import datetime

from sqlalchemy import Connection, select

from aggregator.model import SourceId
from aggregator.store.tables import articles, terms


def named(
    connection: Connection, source_id: SourceId, *, until: datetime, limit: int
) -> tuple[tuple[str, ...], ...]:
    """Return the names in each of the newest articles of a source, up to then, that name any."""
    newest = (
        select(articles.c.id)
        .where(articles.c.source_id == source_id, articles.c.published <= until)
        .order_by(articles.c.published.desc(), articles.c.id)
        .limit(limit)
    )
    rows = connection.execute(
        select(terms.c.article_id, terms.c.term)
        .where(terms.c.kind == "phrase", terms.c.article_id.in_(newest))
        .order_by(terms.c.article_id, terms.c.term)
    )
    found: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        found[row.article_id].append(row.term)
    return tuple(map(tuple, found.values()))
