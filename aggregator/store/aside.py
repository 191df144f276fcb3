"""What is known and not in the paper: held, removed, withdrawn, expired, or never taken."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, null, or_, select, update

from aggregator.model import Article, ArticleId, Placement, SourceId
from aggregator.store import articles as kept
from aggregator.store import citations, copies, meanings, stories
from aggregator.store import layout as laid
from aggregator.store.articles import Kept, chunks
from aggregator.store.codec import from_json, to_json
from aggregator.store.tables import (
    articles,
    aside,
    edits,
    placements,
    relations,
    stale,
    terms,
    waiting,
)

HELD: Final = "held"  # of a flood, until the operator lets it in
REMOVED: Final = "removed"  # by the operator
WITHDRAWN: Final = "withdrawn"  # by its source (RFC 6721)
EXPIRED: Final = "expired"  # older than it is to be kept
BACKFILL: Final = "backfill"  # in the archive a source came with
OLD: Final = "old"  # too old when we met it
SILENT: Final = "silent"  # says nothing, yet
WHOLE = frozenset({HELD, REMOVED, WITHDRAWN})  # may be brought back
TAKEN = WHOLE | {EXPIRED}  # their ids are never given to anything else
ALL = TAKEN | {BACKFILL, OLD, SILENT}
FOLLOWERS = 5  # pages that show an article among the earlier ones of its section


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """An article that is not in the paper: why, since when, and what to say of it."""

    id: ArticleId
    source_id: SourceId
    title: str
    atom_id: str | None
    why: str
    since: datetime
    comment: str
    sections: tuple[str, ...]
    article: Article | None


def put(
    connection: Connection, rows: Sequence[Kept], *, why: str, since: datetime, comment: str = ""
) -> None:
    """Keep what was met, and is not to be in the paper, over what was known of it."""
    for some in chunks([one.article.id for one in rows]):
        connection.execute(delete(aside).where(aside.c.id.in_(some)))
    told = [_row(one, (), why=why, since=since, comment=comment) for one in rows]
    if told:
        connection.execute(insert(aside), told)


def revise(connection: Connection, one: Kept) -> None:
    """Keep what waits aside as its source tells it now."""
    connection.execute(
        update(aside)
        .where(aside.c.id == one.article.id)
        .values(
            title=one.article.title,
            fingerprint=one.fingerprint,
            url_key=one.url_key,
            article=to_json(one.article),
        )
    )


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Take these out, because they are to be in the paper after all."""
    for some in chunks(ids):
        connection.execute(delete(aside).where(aside.c.id.in_(some)))


def take_out(
    connection: Connection,
    ids: Collection[ArticleId],
    *,
    why: str,
    since: datetime,
    comment: str = "",
) -> int:
    """Take articles out of the paper with all that hangs on them; return how many there were.

    What showed them is to be laid out anew, and their pages go; where these were is kept of what
    was printed. What was held is held no more.
    """
    found = kept.whole(connection, ids)
    printed = kept.heard(connection, found)
    placed = laid.placements_of(connection, found)
    _mark_around(connection, found, placed)
    copies.leave(connection, found)
    kept.mark(connection, "article", stories.leave(connection, found))
    _delete(connection, found)
    for some in chunks(ids):
        here = (aside.c.id.in_(some), aside.c.why == HELD)
        connection.execute(update(aside).where(*here).values(why=why, since=since, comment=comment))
    told = [
        _row(
            one,
            [each.section for each in placed.get(one.article.id, ())],
            why=why,
            since=since,
            comment=comment,
            path=one.article.path if one.article.id in printed else None,
        )
        for one in found.values()
    ]
    if told:
        connection.execute(insert(aside), told)
    return len(found)


def bring_back(connection: Connection, ids: Collection[str]) -> tuple[ArticleId, ...]:
    """Put into the paper what is whole of these, and return which; names and ids are as before."""
    back: list[Kept] = []
    for some in chunks(ids):
        rows = connection.execute(
            select(aside).where(aside.c.id.in_(some), aside.c.why.in_(WHOLE)).order_by(aside.c.id)
        ).all()
        back += [
            Kept(
                article=from_json({**row.article, "source_id": row.source_id}),
                fingerprint=row.fingerprint,
                url_key=row.url_key,
            )
            for row in rows
        ]
    found = [one.article.id for one in back]
    forget(connection, found)
    kept.add(connection, back)
    for some in chunks([one.article.path for one in back]):
        connection.execute(delete(stale).where(stale.c.kind == "gone", stale.c.id.in_(some)))
    kept.mark(connection, "ended", [""])  # what is told of them no longer holds
    return tuple(found)


def paths(connection: Connection) -> frozenset[str]:
    """Return where the pages were of all that was in the paper, and is no more."""
    return frozenset(connection.scalars(select(aside.c.path).where(aside.c.path.is_not(None))))


def of(connection: Connection, ids: Collection[str]) -> dict[ArticleId, Aside]:
    """Return what is known of these."""
    return {
        ArticleId(row.id): _aside(row)
        for some in chunks(ids)
        for row in connection.execute(select(aside).where(aside.c.id.in_(some)))
    }


def held_of(connection: Connection, source_id: SourceId) -> tuple[ArticleId, ...]:
    """Return what is held of a source, newest first."""
    rows = connection.scalars(
        select(aside.c.id)
        .where(aside.c.source_id == source_id, aside.c.why == HELD)
        .order_by(aside.c.published.desc(), aside.c.id)
    )
    return tuple(map(ArticleId, rows))


def held(connection: Connection) -> Counter[SourceId]:
    """Return how many articles of each source are held."""
    rows = connection.execute(
        select(aside.c.source_id, func.count())
        .where(aside.c.why == HELD)
        .group_by(aside.c.source_id)
    )
    return Counter({SourceId(row[0]): row[1] for row in rows})


def find(
    connection: Connection,
    *,
    wanted: str,
    page: str,
    path: str,
    among: Collection[str] = WHOLE,
) -> tuple[ArticleId, ...]:
    """Return what has this id, of ours or its publisher's, this page, or our path.

    Only what is aside for a reason `among` these; by default, what may be brought back.
    """
    ids = (wanted, path.rstrip("/").rpartition("-")[2].rpartition("/")[2])
    found = connection.scalars(
        select(aside.c.id).where(
            aside.c.why.in_(among),
            or_(aside.c.id.in_(ids), aside.c.atom_id == wanted, aside.c.url_key == page),
        )
    )
    return tuple(sorted(map(ArticleId, found)))


def discard(connection: Connection, ids: Collection[str]) -> None:
    """Keep of what was held no more than that it is known: it is never news."""
    for some in chunks(ids):
        connection.execute(
            update(aside)
            .where(aside.c.id.in_(some), aside.c.why == HELD)
            .values(why=BACKFILL, atom_id=None, article=null())
        )


def _mark_around(
    connection: Connection,
    found: Mapping[ArticleId, Kept],
    placed: Mapping[ArticleId, Sequence[Placement]],
) -> None:
    """Note that what shows these articles is to be laid out anew, and that their pages go."""
    for one in found.values():
        when, than = one.article.published, one.article.id
        for each in placed.get(than, ()):
            followers = laid.around(connection, each.section, when, than, limit=FOLLOWERS)
            kept.mark(connection, "page", followers)
    # Those that lead to it: their entries in the feeds of their own sections, too.
    kept.mark(connection, "article", laid.relating(connection, found) - found.keys())
    kept.mark(connection, "section", {each.section for all_ in placed.values() for each in all_})
    kept.mark(connection, "gone", [one.article.path for one in found.values()])
    kept.mark(connection, "left", found)


def _delete(connection: Connection, ids: Collection[ArticleId]) -> None:
    citations.forget(connection, ids)
    meanings.forget(connection, ids)
    own = [table.c.article_id for table in (placements, terms, relations, edits, waiting)]
    for some in chunks(ids):
        for column in (*own, relations.c.related_id, articles.c.id):
            connection.execute(delete(column.table).where(column.in_(some)))


def _row(
    one: Kept,
    sections: Sequence[str],
    *,
    why: str,
    since: datetime,
    comment: str,
    path: str | None = None,
) -> Mapping[str, Any]:
    article = one.article
    return {
        "id": article.id,
        "source_id": article.source_id,
        "key": article.key,
        "url_key": one.url_key,
        "fingerprint": one.fingerprint,
        "title": article.title,
        "published": article.published,
        "why": why,
        "since": since,
        "comment": comment,
        "atom_id": article.atom_id if why in TAKEN else None,
        "sections": list(sections),
        "article": to_json(article) if why in WHOLE else None,
        "path": path,
    }


def _aside(row: Any) -> Aside:
    return Aside(
        id=ArticleId(row.id),
        source_id=SourceId(row.source_id),
        title=row.title,
        atom_id=row.atom_id,
        why=row.why,
        since=row.since,
        comment=row.comment,
        sections=tuple(row.sections),
        article=from_json({**row.article, "source_id": row.source_id}) if row.article else None,
    )
