"""Are related articles related? Ranking quality on Wikipedia Current Events.

The editors filed each entry under running stories, inner to outer. Two entries under the same
innermost one are graded 2, under any shared one 1; an entry leads to those of the 60 days before
it, and is asked about when at least five of them are relevant. Each entry is described under the
frequencies of the days before it, as the paper does.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from aggregator import words
from aggregator.embedding import opened
from aggregator.meaning import along, mean
from aggregator.model import ArticleId
from aggregator.related import Features, Frequencies, Profile, features, profile
from aggregator.relating import NEIGHBOURS
from aggregator.understanding import TOLD
from aggregator.weighing import relate, weigh
from benchmarks.quality.events import Event, by_day, events
from benchmarks.quality.figure import Figure

WINDOW = timedelta(days=60)
AT = 5
RELEVANT = 5  # an entry with fewer relevant ones is not asked about


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """An entry and the earlier ones it may lead to, with the grade of each."""

    event: Event
    pool: tuple[Event, ...]
    grades: Mapping[str, int]


Ranking = Callable[[Query], Iterable[str]]  # ids, best first


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """What a ranking came to: nDCG, links shown to a query, and the share of them relevant."""

    gain: float
    links: float
    precision: float


def figures(corpora: Path) -> tuple[Figure, ...]:
    """Return how well the second half of the year is ranked."""
    told = events(corpora)
    asked = tuple(one for one in queries(told) if not one.event.is_for_tuning)
    profiles = {one.article_id: one for one in _profiles(told)}
    newest, plain = ranked(asked, _newest), ranked(asked, tfidf(told))
    lexical = ranked(asked, lambda query: _scored(query, profiles))
    printed = ranked(asked, lambda query: _printed(query, profiles))
    return (*_lexical(newest, plain, lexical, printed), *_semantic(asked, told, profiles, plain))


def _lexical(newest: Ranked, plain: Ranked, lexical: Ranked, printed: Ranked) -> tuple[Figure, ...]:
    return (
        Figure(name="nDCG@5, newest first", value=newest.gain),
        Figure(
            name="nDCG@5, lexical", value=lexical.gain, plain=plain.gain, target=plain.gain + 0.05
        ),
        Figure(name="nDCG@5, lexical, as printed", value=printed.gain, plain=plain.gain),
        Figure(name="links printed, lexical", value=printed.links, slack=0.2),
        Figure(
            name="precision of those printed, lexical",
            value=printed.precision,
            plain=plain.precision,
        ),
    )


def _semantic(
    asked: Sequence[Query],
    told: Sequence[Event],
    profiles: Mapping[ArticleId, Profile],
    plain: Ranked,
) -> tuple[Figure, ...]:
    """Return the figures with the embedding; none where it is not installed."""
    embed = opened()
    if embed is None:
        return ()
    needed = sorted({one.id for query in asked for one in (query.event, *query.pool)})
    summaries = {event.id: event.summary for event in told}
    vectors = embed([summaries[one][:TOLD] for one in needed])
    meant = {
        one: replace(profiles[one], meaning=vector)
        for one, vector in zip(map(ArticleId, needed), vectors, strict=True)
    }
    alone = ranked(asked, lambda query: _by_meaning(query, meant))
    ranking = ranked(asked, lambda query: _scored(query, meant))
    printed = ranked(asked, lambda query: _printed(query, meant))
    return (
        Figure(name="nDCG@5, the embedding alone", value=alone.gain, plain=plain.gain),
        Figure(
            name="nDCG@5, with the embedding",
            value=ranking.gain,
            plain=plain.gain,
            target=plain.gain + 0.08,
        ),
        Figure(name="nDCG@5, with it, as printed", value=printed.gain, plain=plain.gain),
        Figure(name="links printed, with it", value=printed.links, slack=0.2),
        Figure(
            name="precision of those printed, with it",
            value=printed.precision,
            plain=plain.precision,
        ),
    )


def queries(told: Sequence[Event]) -> Iterator[Query]:
    """Yield every entry that has enough to lead to, with the 60 days before it."""
    start = told[0].day + WINDOW
    for event in told:
        if event.day < start:
            continue
        pool = tuple(one for one in told if event.day - WINDOW <= one.day < event.day)
        grades = {one.id: _grade(event, one) for one in pool}
        if sum(grade > 0 for grade in grades.values()) >= RELEVANT:
            yield Query(event=event, pool=pool, grades=grades)


def ranked(asked: Sequence[Query], ranking: Ranking) -> Ranked:
    """Return what a ranking comes to over these queries."""
    gain = links = hits = 0.0
    for query in asked:
        shown = [query.grades[one] for one in list(ranking(query))[:AT]]
        gain += _dcg(shown) / _dcg(sorted(query.grades.values(), reverse=True)[:AT])
        links += len(shown)
        hits += sum(grade > 0 for grade in shown)
    return Ranked(gain=gain / len(asked), links=links / len(asked), precision=hits / max(links, 1))


def tfidf(told: Sequence[Event]) -> Ranking:
    """Return the plain method: cosine of TF-IDF over all stems, as any library computes it."""
    vectors: dict[str, dict[str, float]] = {}
    frequencies: Counter[str] = Counter()
    documents = 0
    for _, those in by_day(told):
        said = {one.id: Counter(words.stems(one.summary, "en")) for one in those}
        for event_id, stems in said.items():
            weights = {
                stem: count * (1 + math.log((1 + documents) / (1 + frequencies[stem])))
                for stem, count in stems.items()
            }
            length = math.hypot(*weights.values())
            vectors[event_id] = {stem: weight / length for stem, weight in weights.items()}
        for stems in said.values():
            frequencies.update(stems.keys())
        documents += len(said)
    return lambda query: _nearest(query, vectors)


def _newest(query: Query) -> Iterable[str]:
    return (one.id for one in sorted(query.pool, key=lambda one: (-one.day.timestamp(), one.id)))


def _nearest(query: Query, vectors: Mapping[str, Mapping[str, float]]) -> list[str]:
    ours = vectors[query.event.id]
    cosines = {
        one.id: sum(ours[stem] * theirs[stem] for stem in ours.keys() & theirs.keys())
        for one in query.pool
        if (theirs := vectors[one.id])
    }
    return sorted(cosines, key=lambda one: (-round(cosines[one], 6), one))


def _by_meaning(query: Query, meant: Mapping[ArticleId, Profile]) -> list[str]:
    ours = meant[ArticleId(query.event.id)].meaning
    direction = mean([(1.0, ours)])
    cosines = {one.id: along(meant[ArticleId(one.id)].meaning, direction) for one in query.pool}
    return sorted(cosines, key=lambda one: (-round(cosines[one], 6), one))


def _scored(query: Query, profiles: Mapping[ArticleId, Profile]) -> list[str]:
    near = _near(query, profiles)
    return [one.article_id for one in weigh(profiles[ArticleId(query.event.id)], near)]


def _printed(query: Query, profiles: Mapping[ArticleId, Profile]) -> list[str]:
    found = relate(profiles[ArticleId(query.event.id)], _near(query, profiles), limit=AT)
    return [relation.article_id for relation in found]


def _near(query: Query, profiles: Mapping[ArticleId, Profile]) -> list[Profile]:
    """Return the candidates the store would find: those whose terms weigh most together."""
    ours = profiles[ArticleId(query.event.id)]

    def weight(other: Profile) -> float:
        shared = (ours.stems, other.stems), (ours.phrases, other.phrases)
        return math.fsum(a[term] * b[term] for a, b in shared for term in a.keys() & b.keys())

    pool = [profiles[ArticleId(one.id)] for one in query.pool]
    return sorted(pool, key=lambda one: (-weight(one), one.article_id))[:NEIGHBOURS]


def _profiles(told: Sequence[Event]) -> Iterator[Profile]:
    """Yield the entries described, each under the frequencies of the days before."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    documents = 0
    for day, those in by_day(told):
        frequencies = Frequencies(
            documents=documents, stems=counts["stems"], phrases=counts["phrases"]
        )
        said: list[Features] = []
        for event in those:
            said.append(features("", event.summary, "en"))
            yield profile(
                ArticleId(event.id),
                said[-1],
                language="en",
                published=day,
                frequencies=frequencies,
            )
        for one in said:
            counts["stems"].update(one.stems.keys())
            counts["phrases"].update(one.phrases.keys())
        documents += len(said)


def _grade(a: Event, b: Event) -> int:
    return 2 if a.leaf & b.leaf else 1 if a.threads & b.threads else 0


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))
