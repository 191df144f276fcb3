"""Kinds of column of our own, as text that every database keeps alike."""

import json
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Dialect, String, Text
from sqlalchemy.types import TypeDecorator

from feeds.model import UNSAID, Hints


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as fixed-width UTC text: it sorts alike on every database."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write a moment in UTC, to the second; a naive one is nobody's time."""
        return None if value is None else written(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it back, aware."""
        return None if value is None else datetime.fromisoformat(value)


class Moments(TypeDecorator[tuple[datetime, ...]]):
    """Some moments, in their order, each as `Moment` keeps one; none is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[datetime, ...] | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write the moments in UTC, to the second."""
        return " ".join(map(written, value)) if value else None

    def process_result_value(self, value: Any, dialect: Dialect) -> tuple[datetime, ...]:  # noqa: ARG002
        """Read them back, aware."""
        return tuple(map(datetime.fromisoformat, (value or "").split()))


class HintsText(TypeDecorator[Hints]):
    """What a feed says of when to ask it, as JSON in which spans are seconds; nothing is NULL."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Hints | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write what is said."""
        if value is None or value == UNSAID:
            return None
        spans = {"ttl": value.ttl, "period": value.period}
        said = {name: int(span.total_seconds()) for name, span in spans.items() if span}
        base = {"base": written(value.base)} if value.base else {}
        return json.dumps(
            said | base | {"skip_hours": value.skip_hours, "skip_days": value.skip_days}
        )

    def process_result_value(self, value: Any, dialect: Dialect) -> Hints:  # noqa: ARG002
        """Read it back."""
        if value is None:
            return UNSAID
        said = json.loads(value)
        return Hints(
            ttl=timedelta(seconds=said["ttl"]) if "ttl" in said else None,
            period=timedelta(seconds=said["period"]) if "period" in said else None,
            base=datetime.fromisoformat(said["base"]) if "base" in said else None,
            skip_hours=tuple(said.get("skip_hours", ())),
            skip_days=tuple(said.get("skip_days", ())),
        )


@lru_cache(maxsize=256)  # one turn writes the same moment hundreds of times
def written(value: datetime) -> str:
    """Return a moment in UTC, to the second; a naive one is nobody's time: ValueError."""
    if value.utcoffset() is None:
        raise ValueError(f"{value!r} has no time zone; we only keep aware datetimes")
    there = value.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    return f"{there.isoformat()}Z"
