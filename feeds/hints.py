"""What a document says of when it is worth asking for: `ttl`, `skipHours`, `sy:updatePeriod`. Pure.

These are wishes, and many are nonsense; what cannot be meant is as if it were not there.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from feeds.dates import parse_date
from feeds.model import Hints

_LONGEST_TTL = 525_600  # minutes: a year; beyond it somebody mistook the unit
_OFTENEST = timedelta(minutes=1)
_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read(
    ttl: str | None = None,
    period: str | None = None,
    frequency: str | None = None,
    base: str | None = None,
    *,
    hours: Iterable[str] = (),
    days: Iterable[str] = (),
) -> Hints:
    """Return the hints that these texts of a document's head give, each as written or missing.

    `hours` and `days` are those of RSS's skipHours and skipDays; all of them say nothing.
    """
    named = (day.strip().lower() for day in days)
    skipped_hours = {number % 24 for hour in hours if (number := _number(hour)) is not None}
    skipped_days = {_DAYS.index(day) for day in named if day in _DAYS}
    every = _period(period, frequency)
    return Hints(
        ttl=_ttl(ttl),
        period=every,
        base=parse_date(base or "") if every else None,
        skip_hours=tuple(sorted(skipped_hours)) if len(skipped_hours) < 24 else (),
        skip_days=tuple(sorted(skipped_days)) if len(skipped_days) < 7 else (),
    )


def quiet(period: timedelta, base: datetime | None, *, now: datetime) -> timedelta:
    """Return how long a feed with this update period will have nothing new.

    That is the whole period, or where its `base` is known until the next of its times.
    """
    return period if base is None else period - (now - base) % period


def is_skipped(hints: Hints, moment: datetime) -> bool:
    """Say whether it is an hour or a day on which the publisher does not want to be asked (GMT)."""
    there = moment.astimezone(UTC)
    return there.hour in hints.skip_hours or there.weekday() in hints.skip_days


def _ttl(written: str | None) -> timedelta | None:
    minutes = _number(written)
    return timedelta(minutes=minutes) if minutes and minutes <= _LONGEST_TTL else None


def _period(written: str | None, frequency: str | None) -> timedelta | None:
    """Return how often a feed is updated (RDF Site Summary 1.0, Syndication module).

    Without a period it is daily, without a frequency once a period; without either, unknown.
    """
    name, times = (written or "").strip().lower(), _number(frequency)
    if not name and times is None:
        return None
    whole = _PERIODS.get(name or "daily")
    if whole is None or times == 0:
        return None
    pause = whole / (times or 1)
    return pause if pause >= _OFTENEST else None


def _number(written: str | None) -> int | None:
    digits = (written or "").strip()
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None
