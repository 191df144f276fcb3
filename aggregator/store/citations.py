"""Citations: which articles cite which, and in which words."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select

from aggregator.model import ArticleId, Citation, SourceId
from aggregator.store import copies, links
from aggregator.store.articles import chunks, mark
from aggregator.store.sources import REMOVED
from aggregator.store.tables import articles, citations, sources


def cite(connection: Connection, cited: Mapping[ArticleId, Iterable[Citation]]) -> None:
    """Keep whom these articles cite, over whom they cited."""
    rows = [
        {
            "article_id": one.citing,
            "cited_id": one.cited,
            "at": one.at,
            "own": one.own,
            "excerpt": one.excerpt,
            "reason": {"address": one.address, "words": one.words},
            "method": one.method,
        }
        for some in cited.values()
        for one in some
    ]
    for some in chunks(cited):
        connection.execute(delete(citations).where(citations.c.article_id.in_(some)))
    if rows:
        connection.execute(insert(citations), rows)


def citing(connection: Connection, ids: Collection[str]) -> dict[ArticleId, tuple[Citation, ...]]:
    """Return whom these articles cite, by id."""
    found: dict[ArticleId, list[Citation]] = defaultdict(list)
    for one, _ in _read(connection, ids, citations.c.article_id):
        found[one.citing].append(one)
    return {one: tuple(sorted(some, key=lambda each: each.cited)) for one, some in found.items()}


def cited(
    connection: Connection, ids: Collection[str]
) -> dict[ArticleId, tuple[tuple[Citation, SourceId], ...]]:
    """Return who cites these articles, newest first, each with its source.

    Those of sources that are no longer configured are left out.
    """
    found: dict[ArticleId, list[tuple[Citation, SourceId]]] = defaultdict(list)
    for one, source in _read(connection, ids, citations.c.cited_id):
        found[one.cited].append((one, source))
    return {
        one: tuple(sorted(some, key=lambda each: (each[0].at, each[0].citing), reverse=True))
        for one, some in found.items()
    }


def cited_by(connection: Connection, ids: Collection[str]) -> set[ArticleId]:
    """Return the articles that any of these cites."""
    return {
        ArticleId(one)
        for some in chunks(ids)
        for one in connection.scalars(
            select(citations.c.cited_id).where(citations.c.article_id.in_(some))
        )
    }


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Forget all citations of articles that are taken out, and those that cite them.

    Whom they cite is to be laid out anew.
    """
    links.forget(connection, ids)
    changed = copies.with_leaders(connection, cited_by(connection, ids))
    mark(connection, "article", changed - set(ids))
    for some in chunks(ids):
        gone = citations.c.article_id.in_(some) | citations.c.cited_id.in_(some)
        connection.execute(delete(citations).where(gone))


def _read(
    connection: Connection, ids: Collection[str], column: ColumnElement[str]
) -> Iterable[tuple[Citation, SourceId]]:
    for some in chunks(ids):
        rows = connection.execute(
            select(citations, articles.c.source_id)
            .join(articles, articles.c.id == citations.c.article_id)
            .join(sources, sources.c.id == articles.c.source_id)
            .where(column.in_(some), sources.c.state != REMOVED)
        )
        for row in rows:
            yield _citation(row), SourceId(row.source_id)


def _citation(row: Any) -> Citation:
    return Citation(
        citing=ArticleId(row.article_id),
        cited=ArticleId(row.cited_id),
        at=row.at,
        excerpt=row.excerpt,
        address=row.reason["address"],
        words=row.reason["words"],
        own=row.own,
        method=row.method,
    )
