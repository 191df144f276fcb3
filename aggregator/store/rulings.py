"""What editors decided by hand, by the ids of the articles it is about, as it is in force now."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, and_, delete, insert, or_, select, union

from aggregator.model import ArticleId
from aggregator.ruling import Kind
from aggregator.store.articles import chunks
from aggregator.store.tables import articles, rulings

_AT_ONCE = 100  # rows told in one question, three values each


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruled:
    """One article and what it is said to lead to, be kept from, or be in; `rank` is its turn."""

    kind: Kind
    article_id: ArticleId
    other: str
    rank: int = 0


def every(connection: Connection) -> set[Ruled]:
    """Return all that is in force."""
    return {
        Ruled(
            kind=Kind(row.kind), article_id=ArticleId(row.article_id), other=row.other,
            rank=row.rank,
        )
        for row in connection.execute(select(rulings))
    }  # fmt: skip


def change(connection: Connection, *, gone: Collection[Ruled], new: Collection[Ruled]) -> None:
    """Put in force what is new, and what is gone out of it."""
    ordered = sorted(gone, key=_place)
    for start in range(0, len(ordered), _AT_ONCE):
        some = ordered[start : start + _AT_ONCE]
        connection.execute(
            delete(rulings).where(
                or_(
                    *(
                        and_(
                            rulings.c.kind == one.kind,
                            rulings.c.article_id == one.article_id,
                            rulings.c.other == one.other,
                        )
                        for one in some
                    )
                )
            )
        )
    told = [
        {"kind": one.kind, "article_id": one.article_id, "other": one.other, "rank": one.rank}
        for one in sorted(new, key=_place)
    ]
    if told:
        connection.execute(insert(rulings), told)


def of(connection: Connection, kind: Kind, ids: Collection[str]) -> dict[ArticleId, list[str]]:
    """Return what is said of these articles, each in its order."""
    found: dict[ArticleId, list[str]] = defaultdict(list)
    for some in chunks(ids):
        rows = connection.execute(
            select(rulings.c.article_id, rulings.c.other)
            .where(rulings.c.article_id.in_(some), rulings.c.kind == kind)
            .order_by(rulings.c.article_id, rulings.c.rank, rulings.c.other)
        )
        for row in rows:
            found[ArticleId(row.article_id)].append(row.other)
    return dict(found)


def pairs(connection: Connection, *kinds: Kind) -> frozenset[frozenset[ArticleId]]:
    """Return the pairs of articles of which any of these is said."""
    rows = connection.execute(select(rulings).where(rulings.c.kind.in_(kinds)))
    return frozenset(frozenset((ArticleId(row.article_id), ArticleId(row.other))) for row in rows)


def leads(connection: Connection) -> frozenset[ArticleId]:
    """Return the articles that lead by the editors' word."""
    rows = connection.scalars(select(rulings.c.article_id).where(rulings.c.kind == Kind.LEAD))
    return frozenset(map(ArticleId, rows))


def leading_to(connection: Connection, ids: Collection[str]) -> set[ArticleId]:
    """Return the articles that editors made lead to any of these."""
    return {
        ArticleId(one)
        for some in chunks(ids)
        for one in connection.scalars(
            select(rulings.c.article_id).where(
                rulings.c.other.in_(some), rulings.c.kind == Kind.RELATED
            )
        )
    }


def called(
    connection: Connection, names: Mapping[str, Collection[str]], paths: Mapping[str, str]
) -> dict[str, set[ArticleId]]:
    """Return which articles go by these names: their ids, their publishers', and their pages.

    `names` gives for each all that it may be spelt as, `paths` where it would be in the paper.
    """
    found: dict[str, set[ArticleId]] = defaultdict(set)
    spelt: dict[str, set[str]] = defaultdict(set)
    for name, spellings in names.items():
        for spelling in spellings:
            spelt[spelling].add(name)
    for name, path in paths.items():
        spelt[path].add(name)
    for some in chunks(spelt):
        asked = (
            select(articles.c.id, column.label("name")).where(column.in_(some))
            for column in (articles.c.id, articles.c.atom_id, articles.c.url_key, articles.c.path)
        )
        for row in connection.execute(union(*asked)):
            for name in spelt[row.name]:
                found[name].add(ArticleId(row.id))
    return found


def _place(one: Ruled) -> tuple[str, str, str]:
    return one.kind, one.article_id, one.other
