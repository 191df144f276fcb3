"""The days of Wikipedia Current Events: what happened, told and filed by editors.

Whatever is tuned is tuned on the first half of a year; figures are of the second half.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path


class AbsentError(Exception):
    """What a part measures on is not there: it is skipped, and says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An entry: a sentence or two, its section, its running stories and the innermost of them."""

    id: str
    day: datetime
    section: str
    summary: str
    threads: frozenset[str]
    leaf: frozenset[str]

    @property
    def is_for_tuning(self) -> bool:
        """Whether it may be looked at when a weight is chosen; the others give the figures."""
        return self.day.month <= 6


def events(corpora: Path) -> tuple[Event, ...]:
    """Return all entries, oldest first."""
    folder = corpora / "current-events"
    found = sorted(
        (event for file in sorted(folder.glob("*.jsonl")) for event in _events(file)),
        key=lambda event: (event.day, event.id),
    )
    if not found:
        raise AbsentError(f"no *.jsonl in {folder}")
    return tuple(found)


def by_day(told: Iterable[Event]) -> Iterator[tuple[datetime, list[Event]]]:
    """Yield the entries of each day, in the order they come."""
    for day, those in groupby(told, key=lambda event: event.day):
        yield day, list(those)


def _events(file: Path) -> Iterator[Event]:
    for line in file.read_text("utf-8").splitlines():
        told = json.loads(line)
        yield Event(
            id=told["id"],
            day=datetime.fromisoformat(told["date"]).replace(tzinfo=UTC),
            section=told["section"],
            summary=told["summary"],
            threads=frozenset(told["threads"]),
            leaf=frozenset(told["leaf"]),
        )
