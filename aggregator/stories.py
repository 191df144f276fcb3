"""Which articles tell one story: one event, told by several sources. Pure.

An article joins the story it is nearest to, or stands alone: online, in one pass, so that what
was told of a story yesterday is never told anew. How near two articles are follows from what is
kept of each; see docs/decisions/0024-stories.md for what was measured.
"""

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from aggregator import words
from aggregator.meaning import cosine
from aggregator.model import ArticleId, SourceId
from aggregator.related import DIGITS, Profile
from aggregator.shared import Common, common, wide_words
from aggregator.story import Member, Reason, Story

JOIN: Final = 0.34  # how near it must be
JOIN_BY_MEANING: Final = 0.46  # where the embedding has its say
UNNAMED: Final = 0.7  # what is left of a similarity where both name nothing but countries
NAMES_WEIGHT: Final = 0.2
MEANING_WEIGHT: Final = 0.3
COOLING: Final = 0.1  # of its strength a story loses with each day of silence
WINDOW: Final = timedelta(hours=72)  # of silence, after which a story is over
SPAN: Final = timedelta(days=7)  # from its first article to its last
REACH: Final = timedelta(days=14)  # in which a story that is over may be continued by another
NEAREST: Final = 3
COMPARED: Final = 30  # members of a story, those nearest in time
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is known of an article to tell whether it tells the same story as another.

    `stems` is a vector of length 1 in which heavy terms count more than they do for relating;
    `names` are weights of phrases that are no country, `named` the words of all of them.
    """

    profile: Profile
    source_id: SourceId
    stems: Mapping[str, float]
    names: Mapping[str, float]
    named: frozenset[str]

    @property
    def article_id(self) -> ArticleId:
        """Whose it is."""
        return self.profile.article_id

    @property
    def published(self) -> datetime:
        """When it was told."""
        return self.profile.published

    @property
    def language(self) -> str:
        """The language it is told in, without a dialect."""
        return words.primary(self.profile.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulings:
    """What editors say: these pairs are one story, those never; and who leads."""

    same: frozenset[frozenset[ArticleId]] = frozenset()
    apart: frozenset[frozenset[ArticleId]] = frozenset()
    leads: frozenset[ArticleId] = frozenset()

    def joins(self, article_id: ArticleId, others: Collection[ArticleId]) -> bool:
        """Whether an article belongs with any of these by their word."""
        return any(frozenset((article_id, one)) in self.same for one in others)

    def partners(self, article_id: ArticleId) -> frozenset[ArticleId]:
        """Return the articles that tell the same story as one by their word."""
        pairs = (pair for pair in self.same if article_id in pair)
        return frozenset(one for pair in pairs for one in pair) - {article_id}

    def parts(self, article_id: ArticleId, others: Collection[ArticleId]) -> bool:
        """Whether an article is kept from any of these by their word."""
        return any(frozenset((article_id, one)) in self.apart for one in others)


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """How an article stands to a story: why it would join, and the guard against it, if any.

    "editors" keep them apart; it is too "far" from what the story tells, or shares no more with
    it than a "template", the words of any toll; the "window" of silence has passed, or the "span"
    of a story; and what one "source" alone tells is none.
    """

    reason: Reason
    guard: str = ""

    @property
    def joins(self) -> bool:
        """Whether nothing stands against it."""
        return not self.guard

    @property
    def continues(self) -> bool:
        """Whether it is near enough, and comes too late to be of the same story."""
        return self.guard in {"window", "span"}


NO_RULINGS: Final = Rulings()


def report(profile: Profile, source_id: SourceId) -> Report:
    """Return what an article tells, from what is kept of it to compare it by.

    Squared, what few articles say outweighs what many do: two that share "Khojaly" are nearer
    than two that share three words of any war.
    """
    wide = wide_words(words.primary(profile.language))
    without = wide.places | wide.tolls
    squared = {term: weight * weight for term, weight in profile.stems.items()}
    length = math.hypot(*squared.values()) or 1.0
    names = {one: part for one, part in profile.phrases.items() if set(one.split()) - without}
    return Report(
        profile=profile,
        source_id=source_id,
        stems={term: weight / length for term, weight in squared.items()},
        names=names,
        named=frozenset(part for one in names for part in one.split()) - without - wide.parts,
    )


def similarity(a: Report, b: Report) -> float:
    """Return how alike is what two articles tell, 0 to 1.2, or to 1.5 with an embedding."""
    alike = _dot(a.stems, b.stems)
    if not (a.named & b.named):
        alike *= UNNAMED
    alike += NAMES_WEIGHT * _dot(a.names, b.names)
    if a.profile.meaning and b.profile.meaning:
        alike += MEANING_WEIGHT * max(0.0, cosine(a.profile.meaning, b.profile.meaning))
    return round(alike, DIGITS)


def weigh(
    article: Report,
    story: Story,
    reports: Mapping[ArticleId, Report],
    *,
    rulings: Rulings = NO_RULINGS,
) -> Weighed:
    """Return how an article stands to a story, whose `compared` members have `reports`.

    It is as near as the mean of the three members it is nearest to, less for each day in which
    nobody told the story. A source's own series is as alike as two reports of one event, so no two
    articles of one source found a story; in one that several tell, a source may tell more.
    """
    ids = [one.article_id for one in story.members]
    near = [reports[one.article_id] for one in compared(article.published, story.members)]
    silence = min(abs(article.published - one.published) for one in story.members)
    reason = _reason(article, near, silence)
    if rulings.parts(article.article_id, ids):
        return Weighed(reason=reason, guard="editors")
    if rulings.joins(article.article_id, ids):
        return Weighed(reason=replace(reason, by_hand=True))
    return Weighed(reason=reason, guard=_guard(article, story, reason, silence))


def _guard(article: Report, story: Story, reason: Reason, silence: timedelta) -> str:
    """Return the first guard that keeps an article out of a story, "" if none does."""
    span = max(article.published, story.last) - min(article.published, story.first)
    guards = {
        "far": reason.strength < (JOIN_BY_MEANING if reason.by_meaning else JOIN),
        "template": reason.is_template,
        "window": silence > WINDOW,
        "span": span > SPAN,
        "source": story.sources == {article.source_id},
    }
    return next((name for name, holds in guards.items() if holds), "")


def compared(moment: datetime, members: Sequence[Member]) -> Sequence[Member]:
    """Return the members of a story that an article of a moment is compared with."""
    if len(members) <= COMPARED:
        return members
    return sorted(members, key=lambda one: (abs(moment - one.published), one.article_id))[:COMPARED]


def _reason(article: Report, members: Sequence[Report], silence: timedelta) -> Reason:
    alike = ((similarity(article, one), one) for one in members if one.language == article.language)
    found = sorted(alike, key=lambda pair: (-pair[0], pair[1].article_id))[:NEAREST]
    if not found:
        return Reason()
    mean = math.fsum(near for near, _ in found) / len(found)
    strength = round(mean * max(0.0, 1 - COOLING * (silence / _DAY)), DIGITS)
    both = Common() if strength < JOIN / 2 else common(article.profile, found[0][1].profile)
    return Reason(
        strength=strength,
        nearest=tuple((one.article_id, near) for near, one in found),
        names=both.names,
        terms=both.terms,
        is_template=both.is_template,
        by_meaning=all(one.profile.meaning for _, one in ((0, article), *found)),
    )


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return math.fsum(a[term] * b[term] for term in a.keys() & b.keys())
