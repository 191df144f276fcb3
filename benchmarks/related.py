"""Are related articles related? Ranking quality on Wikipedia Current Events.

The editors filed each entry under running stories, inner to outer. Two entries under the same
innermost one are graded 2, under any shared one 1; an entry leads to those of the 60 days before
it, and is asked about when at least five of them are relevant. Each entry is described under the
frequencies of the days before it, as the paper does.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from aggregator.model import ArticleId
from aggregator.related import Features, Frequencies, Profile, features, profile, relate, score

WINDOW = timedelta(days=60)
AT = 5
RELEVANT = 5  # an entry with fewer relevant ones is not asked about
EVERY = 4  # every fourth entry is a candidate for asking: a few hundred queries

Ranking = Callable[["Event", Sequence["Event"]], Iterable["Event"]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry of the corpus, described. `threads` are its running stories, `inner` the last."""

    profile: Profile
    threads: frozenset[str]
    inner: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """An entry and the earlier ones it may lead to, with the grade of each."""

    event: Event
    pool: tuple[Event, ...]
    grades: dict[ArticleId, int]


def run(corpora: Path) -> str:
    """Return the table of ranking qualities, or why there is none."""
    files = sorted((corpora / "current-events").glob("*.jsonl"))
    if not files:
        return f"no current-events/*.jsonl in {corpora}: skipped"
    queries = tuple(_queries([event for file in files for event in _events(file)]))
    rows = [f"{len(queries)} queries{'':<29}  nDCG@{AT}  links  precision"]
    for name, ranking in RANKINGS.items():
        gain, links, hits = 0.0, 0, 0
        for query in queries:
            shown = [query.grades[one.profile.article_id] for one in _first(ranking, query)]
            gain += _dcg(shown) / _dcg(sorted(query.grades.values(), reverse=True)[:AT])
            links += len(shown)
            hits += sum(grade > 0 for grade in shown)
        asked = len(queries)
        rows.append(f"{name:<40} {gain / asked:7.3f} {links / asked:6.2f} {hits / links:10.3f}")
    return "\n".join(rows)


def _newest(_: Event, pool: Sequence[Event]) -> Iterable[Event]:
    return sorted(
        pool, key=lambda event: (-event.profile.published.timestamp(), event.profile.article_id)
    )


def _tfidf(event: Event, pool: Sequence[Event]) -> Iterable[Event]:
    stems = event.profile.stems

    def cosine(other: Event) -> float:
        theirs = other.profile.stems
        return round(math.fsum(stems[one] * theirs[one] for one in stems.keys() & theirs), 6)

    return sorted(pool, key=lambda other: (-cosine(other), other.profile.article_id))


def _scored(event: Event, pool: Sequence[Event]) -> Iterable[Event]:
    return sorted(
        pool, key=lambda other: (-score(event.profile, other.profile), other.profile.article_id)
    )


def _printed(event: Event, pool: Sequence[Event]) -> Iterable[Event]:
    events = {other.profile.article_id: other for other in pool}
    found = relate(event.profile, [other.profile for other in pool], limit=AT)
    return [events[relation.article_id] for relation in found]


RANKINGS: dict[str, Ranking] = {
    "newest first": _newest,
    "TF-IDF of stems": _tfidf,
    "ours: stems, phrases and time": _scored,
    "as printed: above the cut, a name shared": _printed,
}


def _first(ranking: Ranking, query: Query) -> list[Event]:
    return list(ranking(query.event, query.pool))[:AT]


def _events(file: Path) -> Iterator[Event]:
    """Yield the entries by day, each described under the frequencies of the days before."""
    stems: Counter[str] = Counter()
    phrases: Counter[str] = Counter()
    documents = 0
    for day, rows in sorted(_days(file).items()):
        published = datetime.fromisoformat(day).replace(tzinfo=UTC)
        frequencies = Frequencies(documents=documents, stems=stems, phrases=phrases)
        said: list[Features] = []
        for row in rows:
            said.append(features("", row["summary"], "en"))
            described = profile(
                row["id"], said[-1], language="en", published=published, frequencies=frequencies
            )
            yield Event(
                profile=described, threads=frozenset(row["threads"]), inner=frozenset(row["leaf"])
            )
        for one in said:
            stems.update(one.stems.keys())
            phrases.update(one.phrases.keys())
        documents += len(said)


def _days(file: Path) -> dict[str, list[dict[str, Any]]]:
    days: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for line in file.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        days[row["date"]].append(row)
    return days


def _queries(events: Sequence[Event]) -> Iterator[Query]:
    start = events[0].profile.published + WINDOW
    for event in events[::EVERY]:
        day = event.profile.published
        if day < start:
            continue
        pool = tuple(one for one in events if day - WINDOW <= one.profile.published < day)
        grades = {one.profile.article_id: _grade(event, one) for one in pool}
        if sum(grade > 0 for grade in grades.values()) >= RELEVANT:
            yield Query(event=event, pool=pool, grades=grades)


def _grade(a: Event, b: Event) -> int:
    return 2 if a.inner & b.inner else 1 if a.threads & b.threads else 0


def _dcg(grades: Sequence[int]) -> float:
    return sum(grade / math.log2(place + 2) for place, grade in enumerate(grades))
