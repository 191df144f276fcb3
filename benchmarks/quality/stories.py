"""Do stories tell one story? Joins against the running stories of Wikipedia Current Events.

Entries are told day by day, as articles are; as they have no time of day, figures are means over
some orders of each day. Asked are all pairs at most 72 hours apart whose
entries the editors filed under a running story: a pair that stands in one story of ours is right
when its innermost running stories share one. The plain method is the cosine of TF-IDF over words
to the three nearest members, at every threshold: what it comes to at our recall stands beside.
"""

import hashlib
import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from itertools import combinations
from pathlib import Path
from statistics import fmean

from aggregator import related, stories
from aggregator.embedding import opened
from aggregator.model import ArticleId, SourceId
from aggregator.related import Frequencies
from aggregator.stories import Report
from aggregator.story import Member, Story, StoryId
from aggregator.understanding import TOLD
from benchmarks.quality.events import Event, by_day, events
from benchmarks.quality.figure import Figure

ORDERS = 5
APART = timedelta(hours=72)
THRESHOLDS = tuple(round(0.15 + 0.025 * step, 3) for step in range(13))
RECALL, RECALL_BY_MEANING, PRECISION = 0.22, 0.28, 0.80
_NOTHING: Mapping[str, bytes] = {}

Weigh = Callable[[Event, Sequence[Event]], float]  # how near, 0 for what must not join


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """What came of joining: the share of pairs that are right, and of right pairs joined.

    `strict` counts as wrong, too, what the editors filed under no running story.
    """

    precision: float
    recall: float
    strict: float
    wrong: tuple[tuple[Event, Event], ...] = ()


def figures(corpora: Path) -> tuple[Figure, ...]:
    """Return how well the entries of the second half of the year are joined."""
    told = events(corpora)
    method = plain(told)
    curve = [_mean(told, method, threshold=one) for one in THRESHOLDS]
    lexical = _figures("lexical", _mean(told, ours(told)), curve, RECALL)
    if (embed := opened()) is None:
        return lexical
    vectors = embed([one.summary[:TOLD] for one in told])
    meant = {one.id: vector for one, vector in zip(told, vectors, strict=True)}
    semantic = _mean(told, ours(told, meant))
    return (*lexical, *_figures("with the embedding", semantic, curve, RECALL_BY_MEANING))


def orders(told: Sequence[Event]) -> Iterator[list[Event]]:
    """Yield the entries in several orders, each with the days as they came."""
    for number in range(ORDERS):
        yield sorted(
            told,
            key=lambda one: (one.day, hashlib.sha256(f"{number} {one.id}".encode()).digest()),
        )


def join(
    told: Sequence[Event], weigh: Weigh, *, threshold: float = 0.0
) -> tuple[tuple[Event, ...], ...]:
    """Return the entries by story, in one pass over the days."""
    live: list[list[Event]] = []
    over: list[list[Event]] = []
    for event in told:
        past = [one for one in live if _is_over(one, event)]
        over += past
        live = [one for one in live if not _is_over(one, event)]
        near = [(weigh(event, one), -place) for place, one in enumerate(live)]
        best, place = max(near, default=(0.0, 0))
        if best > threshold:
            live[-place].append(event)
        else:
            live.append([event])
    return tuple(tuple(one) for one in (*over, *live))


def judged(found: Sequence[Sequence[Event]]) -> Joined:
    """Return what the second half of the year came to."""
    place = {event.id: number for number, story in enumerate(found) for event in story}
    right = wrong = unfiled = missed = 0
    confused: list[tuple[Event, Event]] = []
    for one, other in _pairs([event for story in found for event in story]):
        together = place[one.id] == place[other.id]
        if not (one.leaf and other.leaf):
            unfiled += together
        elif one.leaf & other.leaf:
            right += together
            missed += not together
        elif together:
            wrong += 1
            confused.append((one, other))
    return Joined(
        precision=right / max(right + wrong, 1),
        recall=right / max(right + missed, 1),
        strict=right / max(right + wrong + unfiled, 1),
        wrong=tuple(confused),
    )


def ours(told: Sequence[Event], meant: Mapping[str, bytes] = _NOTHING) -> Weigh:
    """Return the method of `aggregator.stories`, entries described as the paper does.

    What they are `meant` to say has its say.
    """
    reports = _reports(told, meant)

    def near(event: Event, found: Sequence[Event]) -> float:
        article = reports[ArticleId(event.id)]
        members = tuple(_member(one) for one in found)
        leader = members[0].article_id
        story = Story(id=StoryId(leader), language="en", members=members, leader=leader)
        weighed = stories.weigh(article, story, reports)
        return weighed.reason.strength if weighed.joins else 0.0

    return near


def plain(told: Sequence[Event]) -> Weigh:
    """Return the plain method: TF-IDF of words as any library computes it, the three nearest."""
    said = {one.id: Counter(re.findall(r"\w+", one.summary.lower())) for one in told}
    documents = Counter(word for counts in said.values() for word in counts)
    vectors = {}
    for event_id, counts in said.items():
        weights = {
            word: (1 + math.log(count)) * math.log(len(told) / documents[word])
            for word, count in counts.items()
        }
        length = math.hypot(*weights.values()) or 1.0
        vectors[event_id] = {word: weight / length for word, weight in weights.items()}
    alike = cache(lambda one, other: _dot(vectors[one], vectors[other]))

    def near(event: Event, story: Sequence[Event]) -> float:
        found = sorted((alike(event.id, one.id) for one in story), reverse=True)
        return math.fsum(found[:3]) / len(found[:3])

    return near


def _mean(told: Sequence[Event], weigh: Weigh, *, threshold: float = 0.0) -> Joined:
    found = [judged(join(one, weigh, threshold=threshold)) for one in orders(told)]
    return Joined(
        precision=fmean(one.precision for one in found),
        recall=fmean(one.recall for one in found),
        strict=fmean(one.strict for one in found),
        wrong=found[0].wrong,
    )


def _figures(how: str, ours: Joined, curve: Sequence[Joined], recall: float) -> tuple[Figure, ...]:
    beside = _at(curve, ours.recall)
    return (
        Figure(
            name=f"precision of pairs joined, {how}",
            value=ours.precision,
            plain=beside.precision,
            target=PRECISION,
            slack=0.01,
        ),
        Figure(
            name=f"recall of pairs, {how}",
            value=ours.recall,
            plain=beside.recall,
            target=recall,
            slack=0.01,
        ),
        Figure(
            name=f"precision, those filed nowhere held wrong, {how}",
            value=ours.strict,
            plain=beside.strict,
            slack=0.01,
        ),
    )


def _at(curve: Sequence[Joined], recall: float) -> Joined:
    """Return the point of a curve that is nearest to a recall."""
    return min(curve, key=lambda point: abs(point.recall - recall))


def _is_over(story: Sequence[Event], event: Event) -> bool:
    return event.day - story[-1].day > stories.WINDOW or event.day - story[0].day > stories.SPAN


def _pairs(told: Sequence[Event]) -> "list[tuple[Event, Event]]":
    days: dict[int, list[Event]] = defaultdict(list)
    for event in told:
        if not event.is_for_tuning:
            days[event.day.toordinal()].append(event)
    found: list[tuple[Event, Event]] = []
    for day, those in days.items():
        found += combinations(sorted(those, key=lambda one: one.id), 2)
        for later in range(day + 1, day + APART.days + 1):
            found += [(one, other) for one in those for other in days.get(later, ())]
    return found


def _member(event: Event) -> Member:
    return Member(article_id=ArticleId(event.id), source_id=_source(event.id), published=event.day)


def _source(event_id: str) -> SourceId:
    """Return a source for an entry alone: each was written from other papers."""
    return SourceId(f"source of {event_id}")


def _reports(told: Sequence[Event], meant: Mapping[str, bytes]) -> Mapping[ArticleId, Report]:
    """Return what each entry tells, under the frequencies of the days before it."""
    stems: Counter[str] = Counter()
    phrases: Counter[str] = Counter()
    documents = 0
    reports: dict[ArticleId, Report] = {}
    for day, those in by_day(told):
        frequencies = Frequencies(documents=documents, stems=stems, phrases=phrases)
        said = {one.id: related.features("", one.summary, "en") for one in those}
        for event_id, features in said.items():
            described = related.profile(
                ArticleId(event_id),
                features,
                language="en",
                published=day,
                frequencies=frequencies,
                meaning=meant.get(event_id, b""),
            )
            reports[described.article_id] = stories.report(described, _source(event_id))
        for features in said.values():
            stems.update(features.stems.keys())
            phrases.update(features.phrases.keys())
        documents += len(said)
    return reports


def _dot(a: Mapping[str, float], b: Mapping[str, float]) -> float:
    return sum(a[word] * b[word] for word in a.keys() & b.keys())
