"""The clock: the one place that reads it. Everybody else is given `now`."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the time, aware, in UTC and cut to whole seconds: finer says nothing about news."""
    return datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  this is where it is read
