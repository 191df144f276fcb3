"""What changed in articles and when, and what waits to be shown."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from aggregator.model import Article, ArticleId
from aggregator.store.articles import chunks
from aggregator.store.codec import from_json, to_json
from aggregator.store.tables import articles, edits, waiting

KEPT = timedelta(days=400)  # what changed is told of for a year and a bit


def made(
    connection: Connection, ids: Collection[str], *, since: datetime
) -> dict[ArticleId, list[datetime]]:
    """Return when these articles were changed since then."""
    found: dict[ArticleId, list[datetime]] = defaultdict(list)
    for some in chunks(ids):
        rows = connection.execute(
            select(edits.c.article_id, edits.c.at).where(
                edits.c.article_id.in_(some), edits.c.at > since
            )
        )
        for row in rows:
            found[ArticleId(row.article_id)].append(row.at)
    return found


def note(
    connection: Connection, changed: Sequence[tuple[Article, Sequence[str]]], *, at: datetime
) -> None:
    """Note what changes in articles at a moment; they are told as they were before it."""
    told: dict[str, dict[str, Any]] = {
        before.id: {
            "article_id": before.id,
            "at": at,
            "fields": sorted(fields),
            "title": before.title,
        }
        for before, fields in changed
    }
    for some in chunks(told):
        here = edits.c.article_id.in_(some) & (edits.c.at == at)
        rows = connection.execute(select(edits).where(here)).all()
        if rows:
            connection.execute(delete(edits).where(here))
        for row in rows:
            told[row.article_id]["title"] = row.title
            told[row.article_id]["fields"] = sorted({*row.fields, *told[row.article_id]["fields"]})
    if told:
        connection.execute(insert(edits), list(told.values()))


def history(
    connection: Connection, article_id: ArticleId
) -> tuple[tuple[datetime, tuple[str, ...], str], ...]:
    """Return the changes of an article, first to last: when, of what, and its title before."""
    rows = connection.execute(
        select(edits).where(edits.c.article_id == article_id).order_by(edits.c.at)
    )
    return tuple((row.at, tuple(row.fields), row.title) for row in rows)


def waits_until(connection: Connection, article_id: ArticleId) -> datetime | None:
    """Return when an article becomes what its source has made of it, if that has to wait."""
    due: datetime | None = connection.scalar(
        select(waiting.c.due).where(waiting.c.article_id == article_id)
    )
    return due


def hold_back(connection: Connection, some: Sequence[tuple[Article, datetime]]) -> None:
    """Keep what articles are to become, and when, over what they were to become before."""
    drop(connection, [one.id for one, _ in some])
    rows = [{"article_id": one.id, "due": due, "article": to_json(one)} for one, due in some]
    if rows:
        connection.execute(insert(waiting), rows)


def drop(connection: Connection, ids: Collection[str]) -> None:
    """Forget what these articles were to become."""
    for some in chunks(ids):
        connection.execute(delete(waiting).where(waiting.c.article_id.in_(some)))


def ripe(connection: Connection, *, now: datetime) -> tuple[Article, ...]:
    """Return what articles may become now, in the order of their ids."""
    rows = connection.execute(
        select(waiting.c.article, articles.c.source_id)
        .join(articles, articles.c.id == waiting.c.article_id)
        .where(waiting.c.due <= now)
        .order_by(waiting.c.article_id)
    )
    return tuple(from_json({**row.article, "source_id": row.source_id}) for row in rows)


def prune(connection: Connection, *, now: datetime) -> None:
    """Forget changes of long ago."""
    connection.execute(delete(edits).where(edits.c.at < now - KEPT))
