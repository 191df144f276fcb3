"""What articles tell, as it is kept of them, and which of a time share most with one."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, bindparam, func, or_, select

from aggregator.model import ArticleId, SourceId
from aggregator.store import many
from aggregator.store.articles import chunks
from aggregator.store.decided import copies
from aggregator.store.judgements import NEAREST, WEIGHED
from aggregator.store.profiles import profiles
from aggregator.store.sources import REMOVED
from aggregator.store.tables import articles, sources
from aggregator.stories import Report, report

LEAST: Final = 0.2  # of the products of weights two articles share; below, none has ever joined
AMONG: Final = 600  # nearest of all times, among which those of the time in question are found

_SOURCES: Final = "SELECT id, source_id FROM articles WHERE id IN ({some})"
_NEAR = (
    select(NEAREST.c.article_id)
    .join(articles, articles.c.id == NEAREST.c.article_id)
    .join(sources, sources.c.id == articles.c.source_id)
    .where(NEAREST.c.weight >= bindparam("least"), sources.c.state != REMOVED)
    .where(articles.c.published.between(bindparam("since"), bindparam("until")))
    .where(articles.c.id.not_in(select(copies.c.article_id)))
    .where(
        or_(
            func.lower(articles.c.language) == bindparam("language"),
            func.lower(articles.c.language).like(bindparam("dialects")),
        )
    )
    .order_by(NEAREST.c.weight.desc(), NEAREST.c.article_id)
    .limit(bindparam("limit"))
)


def near(
    connection: Connection,
    article_id: ArticleId,
    *,
    language: str,
    since: datetime,
    until: datetime,
    limit: int,
) -> tuple[ArticleId, ...]:
    """Return the articles of a time and language that share most with one, nearest first."""
    asked = {
        "article_id": article_id,
        "language": language,
        "dialects": f"{language}-%",
        "since": since,
        "until": until,
        "least": LEAST * WEIGHED,
        "limit": limit,
        "most": AMONG,
    }
    return tuple(map(ArticleId, connection.scalars(_NEAR, asked)))


def reports(
    connection: Connection, ids: Collection[str], *, semantic: bool
) -> dict[ArticleId, Report]:
    """Return what these articles tell, as it is kept of them; if `semantic`, what it means, too."""
    described = profiles(connection, ids, semantic=semantic)
    return {
        ArticleId(row.id): report(described[ArticleId(row.id)], SourceId(row.source_id))
        for some in chunks(ids)
        for row in many.ask(connection, _SOURCES, some)
    }
