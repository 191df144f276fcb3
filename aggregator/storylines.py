"""Storylines: what is shown of the stories that articles tell."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from aggregator.edition import Piece, Storyline
from aggregator.model import ArticleId, SourceId
from aggregator.store import stories as told
from aggregator.story import Member, Story, StoryId, beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Storylines:
    """The stories of some articles, whom each names beside an article, and who leads the next."""

    stories: Mapping[ArticleId, Story]
    named: Mapping[ArticleId, tuple[Member, ...]]
    listed: Collection[SourceId]
    earlier: Mapping[StoryId, ArticleId]
    later: Mapping[StoryId, ArticleId]

    @classmethod
    def read(
        cls, connection: Connection, ids: Collection[ArticleId], listed: Collection[SourceId]
    ) -> "Storylines":
        """Return the stories these articles tell; only sources that are `listed` are named."""
        found = told.of(connection, ids)
        known = {story.id: story for story in found.values()}
        before = {one.continues for one in known.values() if one.continues}
        leaders = told.leaders(connection, before)
        return cls(
            stories=found,
            named={one: beside(story, one, listed) for one, story in found.items()},
            listed=listed,
            earlier={
                story.id: leaders[story.continues]
                for story in known.values()
                if story.continues in leaders
            },
            later={
                story.continues: story.leader
                for _, story in sorted(told.continuing(connection, known).items(), reverse=True)
                if story.continues
            },
        )

    @property
    def ids(self) -> set[ArticleId]:
        """The articles that are shown beside others."""
        named = {one.article_id for some in self.named.values() for one in some}
        return {*named, *self.earlier.values(), *self.later.values()}

    def of(
        self, article_id: ArticleId, pieces: Mapping[ArticleId, Piece], listed: Collection[str]
    ) -> Storyline | None:
        """Return how others tell what an article tells, of the articles that are `listed`."""
        story = self.stories.get(article_id)
        if story is None:
            return None
        earlier, later = self.earlier.get(story.id), self.later.get(story.id)
        return Storyline(
            others=tuple((one.reason, pieces[one.article_id]) for one in self.named[article_id]),
            sources=len(story.sources & set(self.listed)),
            earlier=pieces[earlier] if earlier and earlier in listed else None,
            later=pieces[later] if later and later in listed else None,
        )
