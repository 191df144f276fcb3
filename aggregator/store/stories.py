"""Stories as they are kept: which articles tell one event, and why."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from aggregator.model import ArticleId, SourceId
from aggregator.store.articles import chunks
from aggregator.store.decided import members, stories
from aggregator.store.tables import articles
from aggregator.story import Member, Reason, Story, StoryId, leader, ordered, without


def of(connection: Connection, ids: Collection[str]) -> dict[ArticleId, Story]:
    """Return the stories that these articles are in, by article, all their members with them."""
    mine = which(connection, ids)
    told = every(connection, set(mine.values()))
    return {one: told[story] for one, story in mine.items()}


def which(connection: Connection, ids: Collection[str]) -> dict[ArticleId, StoryId]:
    """Return which story each of these articles is in; what is in none is left out."""
    mine: dict[ArticleId, StoryId] = {}
    for some in chunks(ids):
        rows = connection.execute(
            select(members.c.article_id, members.c.story).where(members.c.article_id.in_(some))
        )
        mine |= {ArticleId(row.article_id): StoryId(row.story) for row in rows}
    return mine


def every(connection: Connection, ids: Collection[str]) -> dict[StoryId, Story]:
    """Return these stories."""
    inside: dict[StoryId, list[Member]] = defaultdict(list)
    found: dict[StoryId, Story] = {}
    for some in chunks(ids):
        rows = connection.execute(
            select(members, articles.c.source_id, articles.c.published)
            .join(articles, articles.c.id == members.c.article_id)
            .where(members.c.story.in_(some))
        )
        for row in rows:
            inside[StoryId(row.story)].append(_member(row))
        for row in connection.execute(select(stories).where(stories.c.id.in_(some))):
            found[StoryId(row.id)] = Story(
                id=StoryId(row.id),
                language=row.language,
                members=ordered(inside[StoryId(row.id)]),
                leader=ArticleId(row.leader),
                continues=StoryId(row.continues) if row.continues else None,
                method=row.method,
            )
    return found


def taken(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return which of these ids a story has."""
    return {
        one
        for some in chunks(ids)
        for one in connection.scalars(select(stories.c.id).where(stories.c.id.in_(some)))
    }


def leaders(connection: Connection, ids: Collection[StoryId]) -> dict[StoryId, ArticleId]:
    """Return who leads these stories; what became of a story of one is left out."""
    return {
        StoryId(row.id): ArticleId(row.leader)
        for some in chunks(ids)
        for row in connection.execute(
            select(stories.c.id, stories.c.leader).where(stories.c.id.in_(some))
        )
    }


def continuing(connection: Connection, ids: Collection[str]) -> dict[StoryId, Story]:
    """Return the stories that continue any of these."""
    later = {
        one
        for some in chunks(ids)
        for one in connection.scalars(select(stories.c.id).where(stories.c.continues.in_(some)))
    }
    return every(connection, later)


def keep(
    connection: Connection, before: Mapping[StoryId, Story], now: Mapping[StoryId, Story]
) -> set[ArticleId]:
    """Keep stories as they are `now`, and return the articles that are told of otherwise.

    A story of fewer than two articles is none. The stories before and after one are told of
    otherwise, too, where they lead elsewhere.
    """
    relinked = {one for one, story in now.items() if _link(before.get(one)) != _link(story)}
    beside = [*before.values(), *now.values()]
    around = every(
        connection, {one.continues for one in beside if one.id in relinked and one.continues}
    )
    around |= continuing(connection, relinked)
    _empty(connection, now)
    _write(connection, [story for story in now.values() if len(story.members) > 1])
    _dissolve(connection, [one for one, story in now.items() if len(story.members) < 2])
    touched = {one.article_id for story in beside for one in story.members}
    return touched | {one.article_id for story in around.values() for one in story.members}


def leave(connection: Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
    """Take articles that go out of their stories, and return those that are told of otherwise."""
    before = {story.id: story for story in of(connection, ids).values()}
    now = {one: without(story, ids) for one, story in before.items()}
    return keep(connection, before, now) - set(ids)


def relead(connection: Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
    """Let the stories that these lead be led as if nobody had led them yet.

    Return the articles that are told of otherwise.
    """
    mine = of(connection, ids).values()
    before = {story.id: story for story in mine if story.leader in ids}
    now = {one: replace(story, leader=leader(story.members)) for one, story in before.items()}
    return keep(connection, before, now)


def _link(story: Story | None) -> tuple[object, ...]:
    """Return what the stories before and after one show of it."""
    if story is None or len(story.members) < 2:
        return ()
    return story.leader, story.continues


def _empty(connection: Connection, ids: Collection[str]) -> None:
    """Take all members out of stories, which stay."""
    for some in chunks(ids):
        connection.execute(delete(members).where(members.c.story.in_(some)))


def _dissolve(connection: Connection, ids: Collection[str]) -> None:
    """Forget stories; what continued them continues nothing."""
    for some in chunks(ids):
        connection.execute(
            update(stories).where(stories.c.continues.in_(some)).values(continues=None)
        )
        connection.execute(delete(members).where(members.c.story.in_(some)))
        connection.execute(delete(stories).where(stories.c.id.in_(some)))


def _write(connection: Connection, told: Collection[Story]) -> None:
    rows = [_row(story) for story in told]
    held = taken(connection, [row["id"] for row in rows])
    if fresh := [row for row in rows if row["id"] not in held]:
        connection.execute(insert(stories), fresh)
    if changed := [{**row, "this": row["id"]} for row in rows if row["id"] in held]:
        connection.execute(update(stories).where(stories.c.id == bindparam("this")), changed)
    if inside := [_member_row(story.id, member) for story in told for member in story.members]:
        connection.execute(insert(members), inside)


def _row(story: Story) -> Mapping[str, Any]:
    return {
        "id": story.id,
        "language": story.language,
        "first": story.first,
        "last": story.last,
        "leader": story.leader,
        "continues": story.continues,
        "method": story.method,
    }


def _member_row(story: StoryId, member: Member) -> Mapping[str, Any]:
    reason = member.reason
    return {
        "article_id": member.article_id,
        "story": story,
        "tier": member.tier,
        "strength": reason.strength,
        "reason": {
            "nearest": reason.nearest,
            "names": reason.names,
            "terms": reason.terms,
            "by_hand": reason.by_hand,
            "by_meaning": reason.by_meaning,
        },
    }


def _member(row: Any) -> Member:
    told = row.reason
    return Member(
        article_id=ArticleId(row.article_id),
        source_id=SourceId(row.source_id),
        published=row.published,
        tier=row.tier,
        reason=Reason(
            strength=row.strength,
            nearest=tuple((ArticleId(one), alike) for one, alike in told["nearest"]),
            names=tuple(told["names"]),
            terms=tuple(told["terms"]),
            by_hand=told["by_hand"],
            by_meaning=told["by_meaning"],
        ),
    )
