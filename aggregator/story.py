"""A story: one event, told by several articles, in the order they told it. Pure."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, NewType

from aggregator.model import ArticleId, SourceId
from publisher.texts import ENGLISH, Texts

METHOD: Final = "stories-2"
LAST_TIER: Final = 1_000  # of a source that is no longer configured
NAMED: Final = 8  # other sources, beside an article

StoryId = NewType("StoryId", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why an article is in its story: how near it came, to which members, and what it shares.

    The first to tell a story has none of these; what editors decided is `by_hand`. `by_meaning`
    says that the embedding had its say.
    """

    strength: float = 0.0
    nearest: tuple[tuple[ArticleId, float], ...] = ()
    names: tuple[str, ...] = ()
    terms: tuple[str, ...] = ()
    by_hand: bool = False
    by_meaning: bool = False
    is_template: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An article of a story. `tier` is what its source had when it joined."""

    article_id: ArticleId
    source_id: SourceId
    published: datetime
    tier: int = 3
    reason: Reason = field(default_factory=Reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Articles on one event, oldest first. Its id is that of its first article, and stays.

    `leader` leads it for good, unless it leaves; `continues` is the story before it.
    """

    id: StoryId
    language: str
    members: tuple[Member, ...]
    leader: ArticleId
    continues: StoryId | None = None
    method: str = METHOD

    @property
    def first(self) -> datetime:
        """When it was first told."""
        return self.members[0].published

    @property
    def last(self) -> datetime:
        """When it was last told."""
        return self.members[-1].published

    def reason(self, article_id: ArticleId) -> Reason:
        """Return why one of its articles is in it."""
        return next(one.reason for one in self.members if one.article_id == article_id)

    @property
    def sources(self) -> frozenset[SourceId]:
        """Who tells it."""
        return frozenset(member.source_id for member in self.members)


def alone(member: Member, language: str) -> Story:
    """Return what only one article tells: no story yet, and without an id to keep."""
    unnamed = StoryId(f"alone {member.article_id}")
    return Story(id=unnamed, language=language, members=(member,), leader=member.article_id)


def is_alone(story: Story) -> bool:
    """Whether it is what only one article tells, and never was a story."""
    return story.id.startswith("alone ")


def continuing(story: Story, earlier: Sequence[Story]) -> Story:
    """Return a story that continues the first of these that is one, and began before it.

    What it continues once, it continues for good.
    """
    fit = (one.id for one in earlier if not is_alone(one) and one.first < story.first)
    return replace(story, continues=story.continues or next(fit, None))


def joined(story: Story, member: Member) -> Story:
    """Return a story with one more member."""
    return replace(story, members=ordered((*story.members, member)))


def leader(members: Sequence[Member]) -> ArticleId:
    """Return who leads a story that had no leader: the best tier, then who told it first."""
    return min(
        members, key=lambda one: (one.tier, one.published, one.source_id, one.article_id)
    ).article_id


def ordered(members: Collection[Member]) -> tuple[Member, ...]:
    """Return members in the order they told their story."""
    return tuple(sorted(members, key=lambda one: (one.published, one.source_id, one.article_id)))


def without(story: Story, ids: Collection[str]) -> Story:
    """Return a story without these articles; where its leader is among them, another leads it."""
    rest = tuple(one for one in story.members if one.article_id not in ids)
    stays = story.leader not in ids or not rest
    return replace(story, members=rest, leader=story.leader if stays else leader(rest))


def beside(story: Story, article_id: ArticleId, listed: Collection[SourceId]) -> tuple[Member, ...]:
    """Return whom to name beside an article of a story: of each other source its first report.

    The leader comes first, then who told it first; no more than `NAMED`.
    """
    own = next(one.source_id for one in story.members if one.article_id == article_id)
    lead = (one for one in story.members if one.article_id == story.leader)
    first: dict[SourceId, Member] = {}
    for one in (*lead, *story.members):
        if one.source_id != own and one.source_id in listed:
            first.setdefault(one.source_id, one)
    return tuple(first.values())[:NAMED]


def reason_in_words(reason: Reason, texts: Texts = ENGLISH) -> str:
    """Return why an article is in its story, for people."""
    if reason.by_hand:
        return texts.say("one story, the editors say")
    if not reason.nearest:
        return texts.say("the first to tell it")
    parts = [texts.say("{strength} near", strength=f"{reason.strength:.2f}")]
    if reason.names:
        parts.append(texts.say("names {names} too", names=texts.listed(reason.names)))
    if reason.terms:
        terms = ", ".join(f'"{term}"' for term in reason.terms)
        parts.append(texts.say("shares {terms}", terms=terms))
    return "; ".join(parts)
