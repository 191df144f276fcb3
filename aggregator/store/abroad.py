"""What articles of other languages mean, to find those that tell the same."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from sqlalchemy import Connection, bindparam, select

from aggregator.model import ArticleId, SourceId
from aggregator.store.decided import copies
from aggregator.store.sources import REMOVED
from aggregator.store.tables import articles, meanings, sources

_MEANT: Final = (
    select(articles.c.id, articles.c.source_id, meanings.c.vector)
    .join(meanings, meanings.c.article_id == articles.c.id)
    .join(sources, sources.c.id == articles.c.source_id)
    .outerjoin(copies, copies.c.article_id == articles.c.id)
    .where(articles.c.published.between(bindparam("since"), bindparam("until")))
    .where(articles.c.language.in_(bindparam("languages", expanding=True)))
    .where(meanings.c.method == bindparam("method"))
    .where(sources.c.state != REMOVED, copies.c.article_id.is_(None))
    .order_by(articles.c.id)
)


class Meant(NamedTuple):
    """An article, its source, and its vector, packed."""

    article_id: ArticleId
    source_id: SourceId
    vector: bytes


def languages(connection: Connection, since: datetime, until: datetime) -> tuple[str, ...]:
    """Return the languages in which something was published in a time."""
    during = articles.c.published.between(since, until)
    return tuple(connection.scalars(select(articles.c.language).where(during).distinct()))


def meant(
    connection: Connection,
    languages: Collection[str],
    *,
    since: datetime,
    until: datetime,
    method: str,
) -> Sequence[Meant]:
    """Return what means something to a `method`, of some languages and a time: no copies."""
    asked = {"since": since, "until": until, "languages": list(languages), "method": method}
    rows = connection.execute(_MEANT, asked).all()
    return [Meant(ArticleId(one), SourceId(source), vector) for one, source, vector in rows]
