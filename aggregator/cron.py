"""When a cron expression comes. Pure.

A cron expression means what it means in crontab(5), read in UTC. APScheduler computes the moments,
but is given explicit lists: its own reading counts weekdays from Monday, wants day of month *and*
day of week where cron wants either, and drops the end of "mon-5" without a word.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apscheduler.triggers.cron import CronTrigger

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")  # 0 and 7 are both Sunday
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LEAP_YEAR = 2024
_PART = re.compile(r"(?:(\*)|([0-9]{1,4}|[a-z]+)(?:-([0-9]{1,4}|[a-z]+))?)(?:/([0-9]{1,4}))?")


def next_cron(expression: str, *, earliest: datetime) -> datetime:
    """Return the first moment at or after `earliest`, in UTC.

    Raises ValueError for an expression that `cron_problem` objects to.
    """
    moments: list[datetime] = [
        trigger.get_next_fire_time(None, earliest.astimezone(UTC))
        for trigger in _triggers(expression)
    ]
    return min(moments)


def cron_problem(expression: str) -> str | None:
    """Return in words what is wrong with a five-field cron expression (UTC), or None."""
    try:
        _triggers(expression)
    except ValueError as problem:
        return str(problem)
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Field:
    """One of cron's five fields; `numbers` raises ValueError in words."""

    name: str
    lowest: int
    highest: int
    words: tuple[str, ...] = ()

    def numbers(self, text: str) -> set[int]:
        return {number for part in text.split(",") for number in self._part(part)}

    def _part(self, part: str) -> range:
        match = _PART.fullmatch(part)
        if match is None:
            raise ValueError(f"{self.name}: {part!r} is not a number, a name, a range, * or */n")
        star, first, last, step = match.groups()
        if step and not (star or last):
            raise ValueError(
                f"{self.name}: a step needs a range, as in {first}-{self.highest}/{step}"
            )
        widest = self.highest - self.lowest
        if step and not 0 < int(step) <= widest:
            raise ValueError(f"{self.name}: a step of {step} is not between 1 and {widest}")
        start, end = self.lowest, self.highest
        if first:
            start = self._number(first, self.words, self.lowest)
            # "sun-tue" begins on weekday 0, "sat-sun" ends on weekday 7
            end = self._number(last, self.words[::-1], self.highest, -1) if last else start
        if start > end:
            raise ValueError(f"{self.name}: {part!r} runs backwards")
        return range(start, end + 1, int(step or 1))

    def _number(self, text: str, words: tuple[str, ...], origin: int, direction: int = 1) -> int:
        if text in words:
            return origin + direction * words.index(text)
        if not text.isdigit():
            known = f"; say {', '.join(dict.fromkeys(self.words))}" if words else ""
            raise ValueError(f"{self.name}: {text!r} is not a name we know{known}")
        if not self.lowest <= int(text) <= self.highest:
            raise ValueError(f"{self.name}: {text} is not between {self.lowest} and {self.highest}")
        return int(text)


_FIELDS = (
    _Field(name="minute", lowest=0, highest=59),
    _Field(name="hour", lowest=0, highest=23),
    _Field(name="day of month", lowest=1, highest=31),
    _Field(name="month", lowest=1, highest=12, words=_MONTHS),
    _Field(name="weekday", lowest=0, highest=7, words=_DAYS),
)


@lru_cache(maxsize=1024)
def _triggers(expression: str) -> "tuple[CronTrigger, ...]":
    """Return the triggers of which the earliest counts; raise ValueError in words."""
    from apscheduler.triggers.cron import CronTrigger  # noqa: PLC0415 -- few sources have such

    texts = expression.lower().split()
    if len(texts) != len(_FIELDS):
        names = ", ".join(field.name for field in _FIELDS)
        raise ValueError(f"{len(texts)} fields where cron has five: {names}")
    minutes, hours, days, months, weekdays = (
        field.numbers(text) for field, text in zip(_FIELDS, texts, strict=True)
    )
    times = {"minute": _listed(minutes), "hour": _listed(hours), "month": _listed(months)}
    by_day = {"day": _listed(days)}
    by_weekday = {"day_of_week": ",".join({_DAYS[number] for number in weekdays})}
    days_exist = any(min(days) <= monthrange(_LEAP_YEAR, month)[1] for month in months)

    if not (texts[2].startswith("*") or texts[4].startswith("*")):
        # crontab(5): where both are restricted, a day needs to match only one of them
        choices = (by_day, by_weekday) if days_exist else (by_weekday,)
    elif days_exist:
        choices = (by_day | by_weekday,)
    else:
        raise ValueError("none of its months has such a day, so it would never come")
    return tuple(CronTrigger(**times, **choice, timezone=UTC) for choice in choices)


def _listed(numbers: Iterable[int]) -> str:
    return ",".join(map(str, numbers))
