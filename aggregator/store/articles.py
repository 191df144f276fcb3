"""Articles: finding them again, keeping them, and noting what must be laid out anew."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from aggregator.identity import Known
from aggregator.model import Article, ArticleId, SourceId
from aggregator.store.codec import to_article, to_row
from aggregator.store.tables import articles, stale

CHUNK = 500  # values in one question; every database takes that many


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An article with what it is known again by; `stored` is its id, if we had met it."""

    article: Article
    fingerprint: str
    url_key: str | None = None
    stored: ArticleId | None = None


def known(
    connection: Connection, source_id: SourceId, keys: Collection[str], urls: Collection[str]
) -> tuple[Known, ...]:
    """Return what we know of a source's articles under these keys or permalink keys."""
    found: dict[str, Known] = {}
    columns = (
        articles.c.id, articles.c.key, articles.c.url_key, articles.c.title, articles.c.fingerprint
    )  # fmt: skip
    # Two plain questions: an "or" of the two would read all a source ever had.
    for column, values in ((articles.c.key, keys), (articles.c.url_key, urls)):
        for some in chunks(values):
            rows = connection.execute(
                select(*columns)
                .where(articles.c.source_id == source_id, column.in_(some))
                .order_by(articles.c.first_seen, articles.c.id)
            )
            found |= {row.id: Known(**row._mapping) for row in rows}  # noqa: SLF001 -- public
    return tuple(found.values())


def taken(connection: Connection, atom_ids: Collection[str]) -> dict[str, ArticleId]:
    """Return which of these atom:ids are carried already, and by which article."""
    return {
        row.atom_id: ArticleId(row.id)
        for some in chunks(atom_ids)
        for row in connection.execute(
            select(articles.c.atom_id, articles.c.id).where(articles.c.atom_id.in_(some))
        )
    }


def read(connection: Connection, ids: Collection[str]) -> dict[ArticleId, Article]:
    """Return these articles, by id."""
    found = (
        to_article(row)
        for some in chunks(ids)
        for row in connection.execute(select(articles).where(articles.c.id.in_(some)))
    )
    return {article.id: article for article in found}


def dated(connection: Connection, ids: Collection[str]) -> dict[ArticleId, tuple[datetime, str]]:
    """Return when these articles were published, and in which language."""
    return {
        ArticleId(row.id): (row.published, row.language)
        for some in chunks(ids)
        for row in connection.execute(
            select(articles.c.id, articles.c.published, articles.c.language).where(
                articles.c.id.in_(some)
            )
        )
    }


def add(connection: Connection, rows: Collection[Kept]) -> None:
    """Keep articles we had not met; they wait to be judged and printed."""
    if rows:
        connection.execute(insert(articles), [_row(one) for one in rows])
        mark(connection, "article", [one.article.id for one in rows])


def replace(connection: Connection, one: Kept) -> None:
    """Keep an article as it now is; it waits to be judged and printed anew."""
    connection.execute(update(articles).where(articles.c.id == one.article.id).values(_row(one)))
    mark(connection, "article", [one.article.id])


def unjudged(connection: Connection) -> tuple[ArticleId, ...]:
    """Return the articles that wait to be judged: oldest first, then by source and id.

    In this order the arrival of articles within one pull cannot matter.
    """
    rows = connection.execute(
        select(articles.c.id)
        .where(articles.c.judged.is_(False))
        .order_by(articles.c.published, articles.c.source_id, articles.c.id)
    )
    return tuple(ArticleId(row.id) for row in rows)


def judged(connection: Connection) -> tuple[ArticleId, ...]:
    """Return the articles that were judged before, in no particular order."""
    rows = connection.execute(select(articles.c.id).where(articles.c.judged.is_(True)))
    return tuple(ArticleId(row.id) for row in rows)


def every(connection: Connection) -> tuple[ArticleId, ...]:
    """Return the id of every article, oldest first."""
    rows = connection.execute(select(articles.c.id).order_by(articles.c.published, articles.c.id))
    return tuple(ArticleId(row.id) for row in rows)


def of_source(connection: Connection, source_id: SourceId) -> tuple[ArticleId, ...]:
    """Return the articles of a source, in no particular order."""
    rows = connection.execute(select(articles.c.id).where(articles.c.source_id == source_id))
    return tuple(ArticleId(row.id) for row in rows)


def mark(connection: Connection, kind: str, ids: Iterable[str]) -> None:
    """Note that these articles ("article"), their pages ("page") or sections are to be laid out."""
    for some in chunks(set(ids)):
        noted = select(stale.c.id).where(stale.c.kind == kind, stale.c.id.in_(some))
        held = set(connection.scalars(noted))
        rows = [{"kind": kind, "id": one} for one in some if one not in held]
        if rows:
            connection.execute(insert(stale), rows)


def marked(connection: Connection, kind: str) -> set[str]:
    """Return what is to be laid out anew."""
    return set(connection.scalars(select(stale.c.id).where(stale.c.kind == kind)))


def unmark(connection: Connection) -> None:
    """Note that everything is printed."""
    connection.execute(delete(stale))


def chunks(values: Collection[str]) -> Iterator[list[str]]:
    """Yield the values in order, so many at a time that any database takes them."""
    ordered = sorted(values)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _row(one: Kept) -> dict[str, Any]:
    marks = {"fingerprint": one.fingerprint, "url_key": one.url_key, "judged": False}
    return to_row(one.article) | marks
