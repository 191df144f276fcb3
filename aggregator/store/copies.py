"""Which articles are copies of one text, and by what such are found."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, case, delete, func, insert, or_, select, text, update

from aggregator.model import ArticleId, Copy, SourceId
from aggregator.store import articles as kept
from aggregator.store.articles import chunks
from aggregator.store.decided import copies, prints, refrains
from aggregator.store.sources import REMOVED
from aggregator.store.tables import articles, sources

CHANCE = 1  # prints that two have in common and may have by chance, unless it is a key
CROWD = 200  # articles with one print: in more of them it says nothing, and costs to look up
AT_ONCE = 400  # numbers in one question

# Built once, as those of `judgements` are. What all the world says is left out before it is read.
_own = prints.alias("own")
_telling = (
    select(prints.c.print)
    .where(
        prints.c.print.in_(select(_own.c.print).where(_own.c.article_id == bindparam("article_id")))
    )
    .group_by(prints.c.print)
    .having(func.count().between(2, CROWD))
    .subquery()
)
_is_key = case((prints.c.print.in_(bindparam("keys", expanding=True)), 1), else_=0)
_whose = articles.alias("whose")
_ALIKE = (
    select(prints.c.article_id, func.count().label("common"))
    .join(_telling, _telling.c.print == prints.c.print)
    .join(articles, articles.c.id == prints.c.article_id)
    .join(sources, sources.c.id == articles.c.source_id)
    .join(_whose, _whose.c.id == bindparam("article_id"))
    .where(sources.c.state != REMOVED, articles.c.source_id != _whose.c.source_id)
    .group_by(prints.c.article_id)
    .having(or_(func.count() > CHANCE, func.sum(_is_key) > 0))
    .order_by(text("common DESC"), prints.c.article_id)
    .limit(bindparam("limit"))
)


def imprint(connection: Connection, found: Mapping[ArticleId, Collection[int]]) -> None:
    """Keep the prints of these articles, over what they were."""
    for some in chunks(found):
        connection.execute(delete(prints).where(prints.c.article_id.in_(some)))
        rows = [
            {"article_id": one, "print": number}
            for one in some
            for number in sorted(found[ArticleId(one)])
        ]
        if rows:
            connection.execute(insert(prints), rows)


def imprinted(connection: Connection, ids: Collection[str]) -> set[ArticleId]:
    """Return which of these articles have prints: they were compared before."""
    return {
        ArticleId(one)
        for some in chunks(ids)
        for one in connection.scalars(
            select(prints.c.article_id).where(prints.c.article_id.in_(some)).distinct()
        )
    }


def alike(
    connection: Connection, article_id: ArticleId, *, keys: Collection[int] = (), limit: int
) -> set[ArticleId]:
    """Return the listed articles of other sources that share most prints with this one.

    One print is enough if it is of these `keys`: a page, an id or a headline.
    """
    asked = {"article_id": article_id, "keys": sorted(keys), "limit": limit}
    return {ArticleId(one) for one in connection.scalars(_ALIKE, asked)}


def worn(
    connection: Connection, numbers: Collection[int], *, by: Collection[SourceId]
) -> frozenset[int]:
    """Return which of these prints one of these sources has given to several articles."""
    found = connection.scalars(
        select(prints.c.print)
        .join(articles, articles.c.id == prints.c.article_id)
        .where(prints.c.print.in_(sorted(numbers)), articles.c.source_id.in_(sorted(by)))
        .group_by(prints.c.print, articles.c.source_id)
        .having(func.count() > 1)
    )
    return frozenset(found)


def hear(
    connection: Connection,
    source_id: SourceId,
    heard: Mapping[int, int],
    *,
    last: datetime | None = None,
) -> None:
    """Add to how many articles of a source begin or end with each sentence, the `last` met then."""
    here = refrains.c.source_id == source_id
    held: dict[int, tuple[int, datetime]] = {}
    for some in _some(heard):
        rows = connection.execute(select(refrains).where(here, refrains.c.print.in_(some)))
        held |= {row.print: (row.articles, row.last) for row in rows}
    fresh = [
        {"source_id": source_id, "print": one, "articles": heard[one], "last": last}
        for one in sorted(heard.keys() - held.keys())
    ]
    if fresh and last:
        connection.execute(insert(refrains), fresh)
    more = [
        {
            "this": one,
            "total": held[one][0] + heard[one],
            "latest": max(held[one][1], last or held[one][1]),
        }
        for one in sorted(held)
    ]
    if more:
        connection.execute(
            update(refrains)
            .where(here, refrains.c.print == bindparam("this"))
            .values(articles=bindparam("total"), last=bindparam("latest")),
            more,
        )


def worn_out(
    connection: Connection, source_id: SourceId, numbers: Collection[int], *, above: int
) -> frozenset[int]:
    """Return which of these sentences more than so many articles of a source have."""
    return frozenset(
        one
        for some in _some(numbers)
        for one in connection.scalars(
            select(refrains.c.print)
            .where(refrains.c.source_id == source_id, refrains.c.articles > above)
            .where(refrains.c.print.in_(some))
        )
    )


def collapse(connection: Connection, found: Sequence[Copy]) -> None:
    """Keep of what these are copies, over what was known; it is settled when all have answered."""
    release(connection, [one.article_id for one in found])
    rows = [
        {
            "article_id": one.article_id,
            "leader_id": one.leader_id,
            "since": one.since,
            "settled": False,
            **_measures(one),
        }
        for one in found
    ]
    if rows:
        connection.execute(insert(copies), rows)


def revise(connection: Connection, copy: Copy) -> None:
    """Keep how much of the text an article shares with its leader now."""
    here = copies.c.article_id == copy.article_id
    connection.execute(update(copies).where(here).values(**_measures(copy)))


def release(connection: Connection, ids: Collection[str]) -> None:
    """Note that these are no copies."""
    for some in chunks(ids):
        connection.execute(delete(copies).where(copies.c.article_id.in_(some)))


def of(connection: Connection, ids: Collection[str]) -> dict[ArticleId, Copy]:
    """Return of what these are copies; those that are none are left out."""
    return {
        ArticleId(row.article_id): _copy(row)
        for some in chunks(ids)
        for row in connection.execute(select(copies).where(copies.c.article_id.in_(some)))
    }


def with_leaders(connection: Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
    """Return these articles, and those that stand for them."""
    return {*ids, *(copy.leader_id for copy in of(connection, ids).values())}


def led_by(connection: Connection, ids: Collection[str]) -> dict[ArticleId, tuple[Copy, ...]]:
    """Return the copies that these lead, by id; those that lead none are left out."""
    found: dict[ArticleId, list[Copy]] = defaultdict(list)
    for some in chunks(ids):
        rows = connection.execute(
            select(copies).where(copies.c.leader_id.in_(some)).order_by(copies.c.article_id)
        )
        for row in rows:
            found[ArticleId(row.leader_id)].append(_copy(row))
    return {one: tuple(led) for one, led in found.items()}


def unsettled(connection: Connection) -> tuple[Copy, ...]:
    """Return what was decided before all of a pull had answered."""
    rows = connection.execute(
        select(copies).where(copies.c.settled.is_(False)).order_by(copies.c.article_id)
    )
    return tuple(_copy(row) for row in rows)


def settle(connection: Connection) -> None:
    """Note that all of a pull have answered: who leads now leads on."""
    connection.execute(update(copies).where(copies.c.settled.is_(False)).values(settled=True))


def unlisted(connection: Connection) -> set[ArticleId]:
    """Return the leaders of copies whose source is configured no more."""
    found = connection.scalars(
        select(copies.c.leader_id)
        .join(articles, articles.c.id == copies.c.leader_id)
        .join(sources, sources.c.id == articles.c.source_id)
        .where(sources.c.state == REMOVED)
    )
    return set(map(ArticleId, found))


def leave(connection: Connection, ids: Collection[ArticleId]) -> None:
    """Let articles go that leave the paper: what they led is free, and judged anew."""
    led = [copy.article_id for some in led_by(connection, ids).values() for copy in some]
    leaders = [copy.leader_id for copy in of(connection, ids).values()]
    release(connection, [*ids, *led])
    kept.mark(connection, "article", {*led, *leaders} - set(ids))
    kept.unjudge(connection, set(led) - set(ids))
    for some in chunks(ids):
        connection.execute(delete(prints).where(prints.c.article_id.in_(some)))


def prune(connection: Connection, *, before: datetime) -> None:
    """Forget by what articles published before a moment are found, and sentences last met then."""
    old = select(articles.c.id).where(articles.c.published < before, articles.c.first_seen < before)
    connection.execute(delete(prints).where(prints.c.article_id.in_(old)))
    connection.execute(delete(refrains).where(refrains.c.last < before))


def _some(numbers: Collection[int]) -> list[list[int]]:
    ordered = sorted(numbers)
    return [ordered[start : start + AT_ONCE] for start in range(0, len(ordered), AT_ONCE)]


def _measures(copy: Copy) -> dict[str, Any]:
    return {
        "share": copy.share,
        "reason": {"by": copy.by, "shared": copy.shared, "of": copy.of},
        "method": copy.method,
    }


def _copy(row: Any) -> Copy:
    return Copy(
        article_id=ArticleId(row.article_id),
        leader_id=ArticleId(row.leader_id),
        by=row.reason["by"],
        shared=row.reason["shared"],
        of=row.reason["of"],
        share=row.share,
        since=row.since,
        method=row.method,
    )
