"""Votes: which articles of other sources point to one, by citing it or by telling its story."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Select, select

from aggregator.model import ArticleId, SourceId
from aggregator.scores import Vote, close
from aggregator.store import copies
from aggregator.store.decided import members, stories
from aggregator.store.sources import REMOVED
from aggregator.store.tables import articles, citations, sources

_whom, _whose = articles.alias("whom"), sources.alias("whose")
_VOTE = (
    _whom.c.id.label("article"),
    articles.c.id.label("by"),
    articles.c.source_id,
    articles.c.published,
)


def _standing(votes: Select[Any]) -> Select[Any]:
    """Leave out who votes, and what is voted for, of sources that are no longer configured."""
    return (
        votes.join(sources, sources.c.id == articles.c.source_id)
        .join(_whose, _whose.c.id == _whom.c.source_id)
        .where(sources.c.state != REMOVED, _whose.c.state != REMOVED)
        .order_by(articles.c.published.desc(), articles.c.id, _whom.c.id)
    )


CITED = _standing(
    select(*_VOTE)
    .join_from(citations, articles, articles.c.id == citations.c.article_id)
    .join(_whom, _whom.c.id == citations.c.cited_id)
    .where(citations.c.own == "")
)
TOLD = _standing(
    select(*_VOTE)
    .join_from(members, articles, articles.c.id == members.c.article_id)
    .join(stories, stories.c.id == members.c.story)
    .join(_whom, _whom.c.id == stories.c.leader)
    .where(articles.c.source_id != _whom.c.source_id)
)


def cast(connection: Connection, votes: Select[Any], *, within: timedelta) -> tuple[Vote, ...]:
    """Return votes, newest first: those `within` so long before the end of the newest's day.

    They are for the leaders of copies, and copies vote only where their leader does not.
    """
    newest = connection.execute(votes.limit(1)).first()
    if newest is None:
        return ()
    rows = connection.execute(
        votes.where(articles.c.published > close(newest.published) - within)
    ).all()
    known = copies.of(connection, {one for row in rows for one in (row.article, row.by)})
    led = {one: copy.leader_id for one, copy in known.items()}
    by_leaders = {(led.get(row.article, row.article), row.by) for row in rows}
    return tuple(
        Vote(
            article=ArticleId(led.get(row.article, row.article)),
            by=ArticleId(led.get(row.by, row.by)),
            source=SourceId(row.source_id),
            at=row.published,
        )
        for row in rows
        if led.get(row.article, row.article) != led.get(row.by, row.by)
        and (
            row.by not in led or (led.get(row.article, row.article), led[row.by]) not in by_leaders
        )
    )
