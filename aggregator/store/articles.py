"""Articles: finding them again, keeping them, and noting what must be laid out anew."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    delete,
    func,
    or_,
    select,
    update,
)

from aggregator.floods import Habit
from aggregator.model import Article, ArticleId, SourceId
from aggregator.store import many
from aggregator.store.codec import to_article, to_row
from aggregator.store.tables import articles, stale

CHUNK = 500  # values in one question; every database takes that many

_TAKEN = """
    SELECT atom_id, id, 0 AS rank FROM aside WHERE atom_id IN ({some}) UNION ALL
    SELECT atom_id, id, 1 AS rank FROM articles WHERE atom_id IN ({some})
"""
_IDS_TAKEN = """
    SELECT id FROM aside WHERE id IN ({some}) UNION ALL
    SELECT id FROM articles WHERE id IN ({some})
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """An article with what it is known again by; `stored` is its id, if we had met it."""

    article: Article
    fingerprint: str
    url_key: str | None = None
    stored: ArticleId | None = None


def taken(connection: Connection, atom_ids: Collection[str]) -> dict[str, ArticleId]:
    """Return which of these atom:ids are, or were, carried by which article."""
    found: dict[str, ArticleId] = {}
    for some in chunks(atom_ids):
        rows = many.ask(connection, _TAKEN, some)
        found |= {row.atom_id: ArticleId(row.id) for row in sorted(rows, key=lambda row: row.rank)}
    return found


def ids_taken(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return which of these ids of ours an article has, in the paper or not."""
    return {one for some in chunks(ids) for (one,) in many.ask(connection, _IDS_TAKEN, some)}


def whole(connection: Connection, ids: Collection[str]) -> dict[ArticleId, Kept]:
    """Return these articles with what they are known again by."""
    return {
        ArticleId(row.id): Kept(
            article=to_article(row),
            fingerprint=row.fingerprint,
            url_key=row.url_key,
            stored=ArticleId(row.id),
        )
        for some in chunks(ids)
        for row in connection.execute(select(articles).where(articles.c.id.in_(some)))
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


def titles(connection: Connection, ids: Collection[str]) -> dict[ArticleId, str]:
    """Return the titles of these articles."""
    return {
        ArticleId(row.id): row.title
        for some in chunks(ids)
        for row in connection.execute(
            select(articles.c.id, articles.c.title).where(articles.c.id.in_(some))
        )
    }


def sources_of(connection: Connection, ids: Collection[str]) -> dict[ArticleId, SourceId]:
    """Return the sources of these articles."""
    return {
        ArticleId(row.id): SourceId(row.source_id)
        for some in chunks(ids)
        for row in connection.execute(
            select(articles.c.id, articles.c.source_id).where(articles.c.id.in_(some))
        )
    }


def add(connection: Connection, rows: Collection[Kept]) -> None:
    """Keep articles we had not met; they wait to be judged and printed."""
    if rows:
        many.add(connection, articles, [_row(one) for one in rows])
        mark(connection, "article", [one.article.id for one in rows])


def replace(connection: Connection, *rows: Kept) -> None:
    """Keep articles as they now are; they wait to be judged and printed anew."""
    if rows:
        here = articles.c.id == bindparam("this")
        told = [_row(one) | {"this": one.article.id} for one in rows]
        connection.execute(update(articles).where(here), told)
        mark(connection, "article", [one.article.id for one in rows])


def habit(connection: Connection, source_id: SourceId, *, now: datetime) -> Habit:
    """Return how much a source brings in a month, today left out, and how much came today."""
    here, day = articles.c.source_id == source_id, timedelta(days=1)
    month = connection.scalar(
        select(func.count())
        .where(here, articles.c.published >= now - 31 * day, articles.c.published < now - day)
        .select_from(articles)
    )
    today = connection.scalar(
        select(func.count()).where(here, articles.c.first_seen > now - day).select_from(articles)
    )
    return Habit(articles=month or 0, days=30, today=today or 0)


def remark(connection: Connection, marks: Mapping[ArticleId, tuple[str, str | None]]) -> None:
    """Note by what these articles are known to be unchanged: fingerprint and page; no more."""
    if marks:
        told = [
            {"this": article_id, "fingerprint": fingerprint, "url_key": url_key}
            for article_id, (fingerprint, url_key) in marks.items()
        ]
        connection.execute(update(articles).where(articles.c.id == bindparam("this")), told)


def rename(connection: Connection, article_id: ArticleId, *, atom_id: str) -> None:
    """Give an article that nobody has seen yet another atom:id."""
    here = articles.c.id == article_id
    connection.execute(update(articles).where(here).values(atom_id=atom_id))


def find(connection: Connection, *, wanted: str, page: str, path: str) -> tuple[ArticleId, ...]:
    """Return which articles have this id, of ours or their publisher's, this page, or our path."""
    found = connection.scalars(
        select(articles.c.id).where(
            or_(
                *(articles.c.id == wanted, articles.c.atom_id == wanted),
                *(articles.c.url_key == page, articles.c.path == path),
            )
        )
    )
    return tuple(sorted(map(ArticleId, found)))


def older(
    connection: Connection, sources: Collection[SourceId], *, than: datetime, limit: int
) -> tuple[ArticleId, ...]:
    """Return the oldest articles of these sources, of those published before a moment."""
    found: list[tuple[datetime, str]] = []
    for some in chunks(sources):
        rows = connection.execute(
            select(articles.c.published, articles.c.id)
            .where(articles.c.published < than, articles.c.source_id.in_(some))
            .order_by(articles.c.published, articles.c.id)
            .limit(limit)
        )
        found += [(row.published, row.id) for row in rows]
    return tuple(ArticleId(one) for _, one in sorted(found)[:limit])


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


def unjudge(connection: Connection, ids: Collection[str]) -> None:
    """Have these articles judged anew."""
    for some in chunks(ids):
        connection.execute(update(articles).where(articles.c.id.in_(some)).values(judged=False))


def judged(connection: Connection) -> tuple[ArticleId, ...]:
    """Return the articles that were judged before, in no particular order."""
    rows = connection.execute(select(articles.c.id).where(articles.c.judged.is_(True)))
    return tuple(ArticleId(row.id) for row in rows)


def heard(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return which of these were ever judged, after which an article is printed at once."""
    return {
        one
        for some in chunks(ids)
        for one in connection.scalars(
            select(articles.c.id).where(
                articles.c.id.in_(some), articles.c.heard_first.is_not(None)
            )
        )
    }


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
        many.add(connection, stale, [{"kind": kind, "id": one} for one in some], held="stay")


def marked(connection: Connection, kind: str) -> set[str]:
    """Return what is to be laid out anew."""
    return set(connection.scalars(select(stale.c.id).where(stale.c.kind == kind)))


def waits(connection: Connection) -> bool:
    """Say whether anything waits to be judged or to be laid out anew."""
    marks = select(stale.c.id).limit(1)
    unheard = select(articles.c.id).where(articles.c.judged.is_(False)).limit(1)
    return any(connection.scalar(one) is not None for one in (marks, unheard))


def unmark(connection: Connection) -> None:
    """Note that everything is printed; where links lead is for the next judging to see."""
    connection.execute(delete(stale).where(stale.c.kind != "link"))


def chunks(values: Collection[str], size: int = CHUNK) -> Iterator[list[str]]:
    """Yield the values in order, so many at a time that any database takes them."""
    ordered = sorted(values)
    for start in range(0, len(ordered), size):
        yield ordered[start : start + size]


def _row(one: Kept) -> dict[str, Any]:
    marks = {"fingerprint": one.fingerprint, "url_key": one.url_key, "judged": False}
    return to_row(one.article) | marks
