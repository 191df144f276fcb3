"""The archives of feeds (RFC 5005): which documents there are, and what is in each."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, bindparam, delete, exists, insert, literal, select, update

from aggregator.archiving import Document, Held
from aggregator.model import ArticleId, Slug
from aggregator.store.articles import chunks
from aggregator.store.aside import REMOVED, WITHDRAWN
from aggregator.store.layout import listing
from aggregator.store.shelves import archives, filed
from aggregator.store.tables import articles, aside

WAITING: Final = 0  # in place of a document: it is in none yet


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """In which document an article is, and a digest of what that says of it, or ""."""

    seq: int
    says: str


def enter(
    connection: Connection, feed: str, section: Slug | None, ids: Collection[str] | None
) -> None:
    """Have these wait for a document, or all, of those that are listed in a section or the paper.

    What is in a document, or waits, is left as it is.
    """
    here = (filed.c.feed == feed, filed.c.article_id == articles.c.id)
    columns = (literal(feed), articles.c.id, literal(WAITING), literal(""))
    fresh = listing(section).where(~exists().where(*here)).with_only_columns(*columns)
    for some in [None] if ids is None else chunks(ids):
        chosen = fresh if some is None else fresh.where(articles.c.id.in_(some))
        connection.execute(insert(filed).from_select(list(filed.c.keys()), chosen))


def held(connection: Connection, feed: str, section: Slug | None, seq: int) -> tuple[Held, ...]:
    """Return what is in a document, or `WAITING`, of what is listed: the oldest first."""
    chosen = (
        listing(section)
        .join(filed, filed.c.article_id == articles.c.id)
        .where(filed.c.feed == feed, filed.c.seq == seq)
        .with_only_columns(articles.c.id, articles.c.published)
        .order_by(articles.c.published, articles.c.id)
    )
    return tuple(
        Held(article_id=ArticleId(row.id), published=row.published)
        for row in connection.execute(chosen)
    )


def documents(connection: Connection, feed: str) -> tuple[Document, ...]:
    """Return the documents of a feed, the oldest first."""
    rows = connection.execute(
        select(archives).where(archives.c.feed == feed).order_by(archives.c.seq)
    )
    return tuple(
        Document(seq=row.seq, month=row.month, number=row.number, is_last=row.is_last)
        for row in rows
    )


def keep(connection: Connection, feed: str, made: Mapping[Document, Sequence[ArticleId]]) -> None:
    """Keep new documents, and that these articles are in them."""
    rows = [
        {
            "feed": feed,
            "seq": one.seq,
            "month": one.month,
            "number": one.number,
            "is_last": one.is_last,
        }
        for one in made
    ]
    if rows:
        connection.execute(insert(archives), rows)
    moved = [{"this": one, "place": document.seq} for document, ids in made.items() for one in ids]
    if moved:
        here = (filed.c.feed == feed, filed.c.article_id == bindparam("this"))
        connection.execute(update(filed).where(*here).values(seq=bindparam("place")), moved)


def drop(connection: Connection, feed: str, document: Document, *, heir: int) -> None:
    """Forget a document; what is still in it, because it is listed no longer, goes to `heir`."""
    here = (filed.c.feed == feed, filed.c.seq == document.seq)
    connection.execute(update(filed).where(*here).values(seq=heir))
    gone = (archives.c.feed == feed, archives.c.seq == document.seq)
    connection.execute(delete(archives).where(*gone))


def listed(connection: Connection, section: Slug | None, ids: Collection[str]) -> set[ArticleId]:
    """Return which of these articles are listed in a section, or in the whole paper."""
    return {
        ArticleId(one)
        for some in chunks(ids)
        for one in connection.scalars(
            listing(section).where(articles.c.id.in_(some)).with_only_columns(articles.c.id)
        )
    }


def said(connection: Connection, feed: str, ids: Collection[str]) -> dict[ArticleId, Said]:
    """Return of these articles, so far as they are in documents, in which, and what that says."""
    return {
        ArticleId(row.article_id): Said(seq=row.seq, says=row.says)
        for some in chunks(ids)
        for row in connection.execute(
            select(filed).where(
                filed.c.feed == feed, filed.c.article_id.in_(some), filed.c.seq != WAITING
            )
        )
    }


def note(
    connection: Connection, feed: str, document: Document, says: Mapping[ArticleId, str]
) -> None:
    """Keep what a document says of each article in it; of all others that are in it, nothing."""
    here = (filed.c.feed == feed, filed.c.seq == document.seq)
    rows = connection.execute(select(filed.c.article_id, filed.c.says).where(*here)).all()
    changed = [
        {"this": row.article_id, "told": now}
        for row in rows
        if (now := says.get(ArticleId(row.article_id), "")) != row.says
    ]
    if changed:
        one = (filed.c.feed == feed, filed.c.article_id == bindparam("this"))
        connection.execute(update(filed).where(*one).values(says=bindparam("told")), changed)


def forget(connection: Connection, feed: str, ids: Collection[str] | None) -> bool:
    """Forget these of a feed, or all, that have left the paper without a word; say if there were.

    Of what was withdrawn or removed a word is to be said (RFC 6721).
    """
    here = filed.c.article_id
    told = aside.c.why.in_([REMOVED, WITHDRAWN])
    gone = (
        filed.c.feed == feed,
        ~exists().where(articles.c.id == here),
        ~exists().where(aside.c.id == here, told),
    )
    found = 0
    for some in [None] if ids is None else chunks(ids):
        only = gone if some is None else (*gone, here.in_(some))
        found += connection.execute(delete(filed).where(*only)).rowcount
    return found > 0


def emptied(connection: Connection, feed: str) -> set[int]:
    """Return the documents of a feed in which nothing is left at all."""
    full = exists().where(filed.c.feed == feed, filed.c.seq == archives.c.seq)
    return set(connection.scalars(select(archives.c.seq).where(archives.c.feed == feed, ~full)))


def rename(connection: Connection, old: str, new: str) -> None:
    """Have a feed under another name, unless there is one of that name."""
    if connection.scalar(select(filed.c.feed).where(filed.c.feed == new).limit(1)) is not None:
        return
    for table in (archives, filed):
        connection.execute(update(table).where(table.c.feed == old).values(feed=new))


def keep_only(connection: Connection, feeds: Collection[str]) -> None:
    """Forget the archives of all other feeds."""
    known = set(connection.scalars(select(archives.c.feed).distinct()))
    known |= set(connection.scalars(select(filed.c.feed).distinct()))
    for table in (archives, filed):
        for one in sorted(known.difference(feeds)):
            connection.execute(delete(table).where(table.c.feed == one))
