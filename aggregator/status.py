"""How the sources are: rows for people, and the same rows for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.cures import cure
from aggregator.model import Settings, Source, SourceId
from aggregator.store.sources import Remembered, returned
from feeds.secrets import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source as an operator wants to see it; `state` adds "off" to what is remembered.

    `feed` is its address without any key that is written out in it. `held` counts the articles
    of a flood that wait for the operator. `moved_to` is where it is now, for good; `advertised` the
    feed that a page led to which came instead. `cure` says what to do.
    """

    id: SourceId
    name: str
    feed: str
    state: str
    entries: int
    new: int
    last_success: datetime | None
    next_fetch: datetime | None
    why: str | None
    error: str | None
    held: int = 0
    notes: str | None = None
    moved_to: str | None = None
    advertised: str | None = None
    cure: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the row as JSON has it: times as RFC 3339, in UTC."""
        return {
            "id": self.id,
            "name": self.name,
            "feed": self.feed,
            "state": self.state,
            "entries": self.entries,
            "new": self.new,
            "last_success": rfc3339(self.last_success),
            "next_fetch": rfc3339(self.next_fetch),
            "why": self.why,
            "error": self.error,
            "held": self.held,
            "notes": self.notes.split("\n") if self.notes else [],
            "moved_to": self.moved_to,
            "advertised": self.advertised,
            "cure": self.cure,
        }


def statuses(
    settings: Settings,
    known: Mapping[SourceId, Remembered],
    entries: Mapping[SourceId, int],
    held: Mapping[SourceId, int] | None = None,
) -> tuple[SourceStatus, ...]:
    """Return the state of every configured source, in the order configured."""
    return tuple(
        _status(
            source,
            known.get(source.id),
            entries.get(source.id, 0),
            (held or {}).get(source.id, 0),
        )
        for source in settings.sources
    )


def _status(source: Source, known: Remembered | None, entries: int, held: int) -> SourceStatus:
    if known is None or known.feed != source.feed:
        known = Remembered(id=source.id, feed=source.feed, address=source.feed)
    state = returned(known).state if source.enabled else "off"
    moved_to = shown(known.address) if known.address != source.feed else None
    advertised = known.advertised and shown(known.advertised)
    return SourceStatus(
        id=source.id,
        name=source.name,
        feed=shown(source.feed),
        state=state,
        entries=entries,
        new=known.new,
        last_success=known.last_success,
        next_fetch=known.next_fetch if source.enabled else None,
        why=known.why if source.enabled and known.next_fetch else None,
        error=known.error,
        held=held,
        notes=known.notes,
        moved_to=moved_to,
        advertised=advertised,
        cure=cure(state, moved_to=moved_to, advertised=advertised) if source.enabled else "",
    )


def rfc3339(moment: datetime | None) -> str | None:
    """Return a moment as JSON has it, in UTC; None for none."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def minute(moment: datetime) -> str:
    """Return a moment as people are told of it, in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how far a moment is from now in words: "3 min ago", "in 2 h"; "" for none."""
    if moment is None:
        return ""
    seconds = int((moment - now).total_seconds())
    size = abs(seconds)
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if size >= length:
            words = f"{size // length} {unit}"
            return f"in {words}" if seconds > 0 else f"{words} ago"
    return "in a moment" if seconds > 0 else "just now"


def many(count: int, word: str) -> str:
    """Return a number of things, as people say it."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
