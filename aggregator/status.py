"""How the sources are: rows for people, and the same rows for programs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from aggregator.model import Settings, Source, SourceId
from aggregator.store.sources import Remembered, returned


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source as an operator wants to see it; `state` adds "off" to what is remembered."""

    id: SourceId
    name: str
    feed: str
    state: str
    entries: int
    new: int
    last_success: datetime | None
    next_fetch: datetime | None
    error: str | None

    def as_json(self) -> dict[str, object]:
        """Return the row as JSON has it: times as RFC 3339, in UTC."""
        return {
            "id": self.id,
            "name": self.name,
            "feed": self.feed,
            "state": self.state,
            "entries": self.entries,
            "new": self.new,
            "last_success": _rfc3339(self.last_success),
            "next_fetch": _rfc3339(self.next_fetch),
            "error": self.error,
        }


def statuses(
    settings: Settings, known: Mapping[SourceId, Remembered], entries: Mapping[SourceId, int]
) -> tuple[SourceStatus, ...]:
    """Return the state of every configured source, in the order configured."""
    return tuple(
        _status(source, known.get(source.id), entries.get(source.id, 0))
        for source in settings.sources
    )


def _status(source: Source, known: Remembered | None, entries: int) -> SourceStatus:
    if known is None or known.feed != source.feed:
        known = Remembered(id=source.id, feed=source.feed, address=source.feed)
    return SourceStatus(
        id=source.id,
        name=source.name,
        feed=source.feed,
        state=returned(known).state if source.enabled else "off",
        entries=entries,
        new=known.new,
        last_success=known.last_success,
        next_fetch=known.next_fetch if source.enabled else None,
        error=known.error,
    )


def _rfc3339(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
