"""Which articles are placed by whom: what can be learnt from, guessed anew, or asked of people."""

from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, func, or_, select

from aggregator.model import ArticleId, SourceId
from aggregator.store.decided import copies
from aggregator.store.sources import REMOVED
from aggregator.store.tables import articles, placements, sources


def newest(connection: Connection, *, at_once: int) -> Iterator[list[ArticleId]]:
    """Yield what is judged and leads its copies, newest first, so many at a time."""
    chosen = _standing(select(articles.c.id)).order_by(
        articles.c.published.desc(), articles.c.id.desc()
    )
    ids = [ArticleId(one) for one in connection.scalars(chosen)]
    for start in range(0, len(ids), at_once):
        yield ids[start : start + at_once]


def open_to_guessing(
    connection: Connection, method: str, listed: Collection[SourceId]
) -> tuple[ArticleId, ...]:
    """Return the articles that nobody but this method places, and all of the sources `listed`."""
    by_others = exists().where(
        and_(
            placements.c.article_id == articles.c.id,
            func.coalesce(placements.c.method, "") != method,
        )
    )
    chosen = select(articles.c.id).where(
        articles.c.judged.is_(True), or_(~by_others, articles.c.source_id.in_(sorted(listed)))
    )
    return tuple(map(ArticleId, connection.scalars(chosen)))


def unplaced(connection: Connection, *, since: datetime) -> tuple[ArticleId, ...]:
    """Return the articles in no section published `since` then, newest first; no copies."""
    chosen = _unplaced(select(articles.c.id), since).order_by(
        articles.c.published.desc(), articles.c.id.desc()
    )
    return tuple(map(ArticleId, connection.scalars(chosen)))


def count_unplaced(connection: Connection, *, since: datetime) -> int:
    """Return how many articles `unplaced` has."""
    return connection.scalar(_unplaced(select(func.count()).select_from(articles), since)) or 0


def _unplaced(chosen: Select[Any], since: datetime) -> Select[Any]:
    placed = exists().where(placements.c.article_id == articles.c.id)
    return _standing(chosen).where(articles.c.published >= since, ~placed)


def _standing(chosen: Select[Any]) -> Select[Any]:
    joined = chosen.join(sources, sources.c.id == articles.c.source_id).outerjoin(
        copies, copies.c.article_id == articles.c.id
    )
    return joined.where(
        sources.c.state != REMOVED, copies.c.article_id.is_(None), articles.c.judged.is_(True)
    )
