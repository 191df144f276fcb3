"""Joining: which story each new or changed article tells, among those of the days around it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from aggregator import stories
from aggregator.model import ArticleId, Copy, Settings
from aggregator.related import Profile
from aggregator.ruling import Kind
from aggregator.store import articles as kept
from aggregator.store import copies, reports, rulings
from aggregator.store import stories as told
from aggregator.stories import Report, Rulings, Weighed
from aggregator.story import (
    LAST_TIER,
    Member,
    Story,
    StoryId,
    alone,
    continuing,
    is_alone,
    joined,
    leader,
    without,
)

NEIGHBOURS = 24  # articles whose stories are weighed
AT_ONCE = 200  # articles that wait, of which is read together what they tell
AT_HAND = 5_000  # articles of which it is remembered while others are placed


def join(
    connection: Connection,
    ids: Sequence[ArticleId],
    settings: Settings,
    ruled: Rulings = stories.NO_RULINGS,
    profiles: dict[ArticleId, Profile] | None = None,
) -> None:
    """Put each of these articles into the story it tells, those that were in one anew.

    What describes the articles that are met on the way joins `profiles`.

    A copy is in none: the article it is a copy of tells its story for it.
    They come oldest first, then by source and id, whatever order they arrived in. Of a story that
    is no longer what it was, all that is printed of its articles is stale.
    """
    table = Table(connection, settings, ruled, waiting=ids, profiles=profiles)
    led = copies.of(connection, ids)
    own = [one for one in ids if one not in led]
    for start in range(0, len(own), AT_ONCE):
        table.hear(own[start : start + AT_ONCE])
        for one in own[start : start + AT_ONCE]:
            table.place(one)
    kept.mark(connection, "article", told.keep(connection, *table.changed()))


def in_force(connection: Connection) -> Rulings:
    """Return what editors say of stories; whoever leads the copies of an article stands for it."""
    same, apart = (rulings.pairs(connection, kind) for kind in (Kind.SAME, Kind.APART))
    led = copies.of(connection, {one for pair in same | apart for one in pair})
    return Rulings(
        same=_of_leaders(same, led), apart=_of_leaders(apart, led), leads=rulings.leads(connection)
    )


def considered(
    connection: Connection,
    article_id: ArticleId,
    settings: Settings,
    ruled: Rulings = stories.NO_RULINGS,
) -> tuple[tuple[Story, Weighed], ...]:
    """Return the stories an article could tell, nearest first, each with what speaks against it.

    What nobody else tells comes as a story of one, and its own as if it were not in it.
    """
    table = Table(connection, settings, ruled, waiting=[article_id])
    return tuple(sorted(table.weighed(table.report(article_id)), key=_nearest))


class Table:
    """Where stories are put together: those around the articles that wait to be placed."""

    def __init__(
        self,
        connection: Connection,
        settings: Settings,
        ruled: Rulings,
        *,
        waiting: Collection[ArticleId],
        profiles: dict[ArticleId, Profile] | None = None,
    ) -> None:
        """Take what waits out of the stories it is in."""
        self._connection = connection
        self._tiers = {source.id: source.tier for source in settings.sources}
        self._semantic = settings.site.semantic
        self._rulings = ruled
        self._waiting = set(waiting)
        self._profiles = {} if profiles is None else profiles
        self._reports: dict[ArticleId, Report] = {}
        self._before: dict[StoryId, Story] = {}
        self._stories: dict[StoryId, Story] = {}
        self._of: dict[ArticleId, StoryId] = {}
        self._meet(self._waiting)
        for story in self._before.values():
            self._stories[story.id] = without(story, self._waiting)
        for one in self._waiting & self._of.keys():
            del self._of[one]

    def place(self, article_id: ArticleId) -> None:
        """Put an article into the story it is nearest to, or by itself."""
        article = self.report(article_id)
        found = sorted(self.weighed(article), key=_nearest)
        member = self._member(article)
        self._waiting.discard(article_id)
        joins = [pair for pair in found if pair[1].joins]
        if not joins:
            self._put(alone(member, article.language))
            return
        story, weighed = joins[0]
        grown = joined(self._named(story), replace(member, reason=weighed.reason))
        earlier = [one for one, other in found if other.continues]
        self._put(continuing(grown, earlier))

    def weighed(self, article: Report) -> list[tuple[Story, Weighed]]:
        """Return the stories around an article, and how it stands to each."""
        near = reports.near(
            self._connection,
            article.article_id,
            language=article.language,
            since=article.published - stories.REACH,
            until=article.published + stories.WINDOW,
            limit=NEIGHBOURS,
        )
        ids = {*near, *self._rulings.partners(article.article_id)}
        ids -= self._waiting | {article.article_id}
        self._meet(ids)
        around = [
            self._stories[one] for one in sorted({self._of[each] for each in ids & self._of.keys()})
        ]
        moment = article.published
        compared = (stories.compared(moment, story.members) for story in around)
        self.hear({member.article_id for members in compared for member in members})
        return [
            (story, stories.weigh(article, story, self._reports, rulings=self._rulings))
            for story in around
        ]

    def hear(self, ids: Collection[ArticleId]) -> None:
        """Have at hand what these articles tell."""
        if len(self._reports) + len(ids) > AT_HAND:
            self._reports.clear()
        unheard = set(ids) - self._reports.keys()
        read = reports.reports(self._connection, unheard, semantic=self._semantic)
        self._reports |= read
        for one, report in read.items():
            self._profiles.setdefault(one, report.profile)

    def report(self, article_id: ArticleId) -> Report:
        """Return what an article tells."""
        self.hear([article_id])
        return self._reports[article_id]

    def changed(self) -> tuple[dict[StoryId, Story], dict[StoryId, Story]]:
        """Return the stories that are not what they were: as they were, and as they are."""
        now = {one: self._led(story) for one, story in self._stories.items() if not is_alone(story)}
        now = {one: story for one, story in now.items() if story != self._before.get(one)}
        return {one: story for one, story in self._before.items() if one in now}, now

    def _put(self, story: Story) -> None:
        self._stories[story.id] = story
        for member in story.members:
            self._of[member.article_id] = story.id

    def _named(self, story: Story) -> Story:
        """Return a story under an id of its own, which it gets when it becomes one.

        Where all of a story are placed anew, and its first article tells one again, it is the same.
        """
        if not is_alone(story):
            return story
        del self._stories[story.id]
        first = story.members[0].article_id
        name, number = StoryId(first), 1
        while self._is_taken(name):
            number += 1
            name = StoryId(f"{first}-{number}")
        again = self._stories.get(name, story)
        return replace(story, id=name, continues=again.continues)

    def _is_taken(self, name: StoryId) -> bool:
        """Say whether a story has this id: one on the table with members, or one that is kept."""
        if name in self._stories:
            return bool(self._stories[name].members)
        return bool(told.taken(self._connection, [name]))

    def _led(self, story: Story) -> Story:
        """Return a story with its leader: the one it had, or else the best of all its members."""
        before = self._before.get(story.id)
        inside = {member.article_id for member in story.members}
        if by_hand := inside & self._rulings.leads:
            return replace(story, leader=min(by_hand))
        if before and (before.leader in inside or not inside):
            return replace(story, leader=before.leader)
        return replace(story, leader=leader(story.members))

    def _meet(self, ids: set[ArticleId]) -> None:
        """Have the stories of these articles on the table; what is in none stands alone."""
        unmet = ids - self._of.keys()
        for story in told.of(self._connection, unmet).values():
            if story.id not in self._before:
                self._before[story.id] = story
                self._put(story)
        lone = unmet - self._of.keys() - self._waiting
        self.hear(lone)
        for one in sorted(lone & self._reports.keys()):
            report = self._reports[one]
            self._put(alone(self._member(report), report.language))

    def _member(self, report: Report) -> Member:
        return Member(
            article_id=report.article_id,
            source_id=report.source_id,
            published=report.published,
            tier=self._tiers.get(report.source_id, LAST_TIER),
        )


def _of_leaders(
    pairs: Collection[frozenset[ArticleId]], led: Mapping[ArticleId, Copy]
) -> frozenset[frozenset[ArticleId]]:
    leading = (
        frozenset(led[one].leader_id if one in led else one for one in pair) for pair in pairs
    )
    return frozenset(pair for pair in leading if len(pair) > 1)


def _nearest(found: tuple[Story, Weighed]) -> tuple[bool, float, datetime, str]:
    """Return what the stories around an article are sorted by, the one it joins first."""
    story, weighed = found
    return not weighed.reason.by_hand, -weighed.reason.strength, story.first, story.id
