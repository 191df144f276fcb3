"""Links: the pages articles lead to, those they may be linked by, and who meets there."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, or_, select

from aggregator.citing import BARE, FEW, MOST, Candidate
from aggregator.homes import Homes
from aggregator.model import ArticleId, SourceId
from aggregator.store.articles import chunks
from aggregator.store.tables import addresses, articles, citations, links, sources, stale
from feeds.urls import host_of

_CANDIDATE = (
    *(articles.c.id, articles.c.source_id, articles.c.permalink, articles.c.published),
    *(sources.c.home, sources.c.feed, sources.c.address),
    func.length(articles.c.content).label("length"),
)


def keep_links(connection: Connection, led: Mapping[ArticleId, Collection[str]]) -> set[str]:
    """Keep which pages these articles lead to, and return which were or are new among them."""
    before = _keys(connection, links, led)
    changed = {one: set(keys) ^ before[one] for one, keys in led.items()}
    told = [one for one, keys in changed.items() if keys]
    for some in chunks(told):
        connection.execute(delete(links).where(links.c.article_id.in_(some)))
    _add(connection, links, {one: led[one] for one in told})
    return set().union(*changed.values())


def keep_addresses(connection: Connection, told: Mapping[ArticleId, Collection[str]]) -> set[str]:
    """Keep by which pages these articles may be linked, beside those of before; return the new."""
    before = _keys(connection, addresses, told)
    fresh = {
        one: sorted(set(keys) - before[one])[: max(MOST - len(before[one]), 0)]
        for one, keys in told.items()
    }
    _add(connection, addresses, fresh)
    return {key for keys in fresh.values() for key in keys}


def moved(connection: Connection, ids: Collection[SourceId]) -> dict[SourceId, tuple[str, str]]:
    """Return which of these sources have moved to another host: from where, and to where."""
    return {
        SourceId(row.id): (host_of(row.feed), host_of(row.address))
        for some in chunks(ids)
        for row in connection.execute(
            select(sources.c.id, sources.c.feed, sources.c.address).where(
                sources.c.id.in_(some), sources.c.feed != sources.c.address
            )
        )
        if host_of(row.feed) != host_of(row.address)
    }


def homes(connection: Connection) -> dict[SourceId, Homes]:
    """Return where each source is at home."""
    asked = select(sources.c.id, sources.c.home, sources.c.feed, sources.c.address)
    return {SourceId(row.id): _homes(row) for row in connection.execute(asked)}


def candidates(connection: Connection, keys: Collection[str]) -> dict[str, list[Candidate]]:
    """Return which articles are at each of these pages; pages without any are left out."""
    found: dict[str, list[Candidate]] = defaultdict(list)
    for some in chunks(keys):
        rows = connection.execute(
            select(addresses.c.key, *_CANDIDATE)
            .join(articles, articles.c.id == addresses.c.article_id)
            .join(sources, sources.c.id == articles.c.source_id)
            .where(addresses.c.key.in_(some))
            .order_by(addresses.c.key, articles.c.published, articles.c.id)
        )
        for row in rows:
            found[row.key].append(_candidate(row))
    return dict(found)


def as_candidates(connection: Connection, ids: Collection[str]) -> dict[ArticleId, Candidate]:
    """Return these articles as citations know them."""
    return {
        ArticleId(row.id): _candidate(row)
        for some in chunks(ids)
        for row in connection.execute(
            select(*_CANDIDATE)
            .join(sources, sources.c.id == articles.c.source_id)
            .where(articles.c.id.in_(some))
        )
    }


def leading(connection: Connection, ids: Collection[str]) -> dict[ArticleId, set[str]]:
    """Return to which pages with articles of ours these articles lead."""
    found: dict[ArticleId, set[str]] = defaultdict(set)
    for some in chunks(ids):
        rows = connection.execute(
            select(links.c.article_id, links.c.key)
            .join(addresses, addresses.c.key == links.c.key)
            .where(links.c.article_id.in_(some))
        )
        for row in rows:
            found[ArticleId(row.article_id)].add(row.key)
    return found


def furniture(connection: Connection, keys: Collection[str]) -> set[tuple[SourceId, str]]:
    """Return which sources have a link to which of these pages in more than a few articles."""
    return {
        (SourceId(row.source_id), row.key)
        for some in chunks(keys)
        for row in connection.execute(
            select(articles.c.source_id, links.c.key)
            .join(articles, articles.c.id == links.c.article_id)
            .where(links.c.key.in_(some))
            .group_by(articles.c.source_id, links.c.key)
            .having(func.count() > FEW)
        )
    }


def linking(connection: Connection, keys: Collection[str]) -> set[ArticleId]:
    """Return whom a change at these pages may concern: who links there, but for furniture.

    Beside them, who cites what is there now, which may just have become furniture.
    """
    few = (
        select(articles.c.source_id, links.c.key)
        .join(articles, articles.c.id == links.c.article_id)
        .group_by(articles.c.source_id, links.c.key)
        .having(func.count() <= FEW)
    )
    found: set[ArticleId] = set()
    for some in chunks(keys):
        here = few.where(links.c.key.in_(some)).subquery()
        rare = (
            select(links.c.article_id)
            .join(articles, articles.c.id == links.c.article_id)
            .join(here, (here.c.key == links.c.key) & (here.c.source_id == articles.c.source_id))
        )
        there = (
            select(citations.c.article_id)
            .join(addresses, addresses.c.article_id == citations.c.cited_id)
            .where(addresses.c.key.in_(some))
        )
        for asked in (rare, there):
            found.update(map(ArticleId, connection.scalars(asked)))
    return found


def _touch(connection: Connection, ids: Collection[str]) -> None:
    """Note where others must be looked at again once these articles are gone."""
    found: set[str] = set()
    for some in chunks(ids):
        found.update(
            connection.scalars(
                select(links.c.key)
                .join(addresses, addresses.c.key == links.c.key)
                .where(or_(links.c.article_id.in_(some), addresses.c.article_id.in_(some)))
            )
        )
    held = set(connection.scalars(select(stale.c.id).where(stale.c.kind == "link")))
    if rows := [{"kind": "link", "id": key} for key in sorted(found - held)]:
        connection.execute(insert(stale), rows)


def touched(connection: Connection) -> set[str]:
    """Return at which pages articles were taken out since this was asked last."""
    found = set(connection.scalars(select(stale.c.id).where(stale.c.kind == "link")))
    if found:
        connection.execute(delete(stale).where(stale.c.kind == "link"))
    return found


def forget(connection: Connection, ids: Collection[str]) -> None:
    """Forget the links and places of articles that are taken out.

    Who leads to where they were is to be looked at again.
    """
    _touch(connection, ids)
    for some in chunks(ids):
        for table in (links, addresses):
            connection.execute(delete(table).where(table.c.article_id.in_(some)))


def _homes(row: Any) -> Homes:
    return Homes(feeds=(row.feed, row.address), claimed=row.home or "")


def _candidate(row: Any) -> Candidate:
    return Candidate(
        id=ArticleId(row.id),
        source_id=SourceId(row.source_id),
        permalink=row.permalink,
        published=row.published,
        at_home=_homes(row).at(host_of(row.permalink)),
        bare=(row.length or 0) < BARE,
    )


def _keys(connection: Connection, table: Table, ids: Collection[str]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for some in chunks(ids):
        for row in connection.execute(select(table).where(table.c.article_id.in_(some))):
            found[row.article_id].add(row.key)
    return found


def _add(connection: Connection, table: Table, told: Mapping[ArticleId, Collection[str]]) -> None:
    rows = [
        {"article_id": one, "key": key} for one in sorted(told) for key in sorted(set(told[one]))
    ]
    if rows:
        connection.execute(insert(table), rows)
