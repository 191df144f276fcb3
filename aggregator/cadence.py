"""When to ask a source again. Pure: the clock is an argument, nothing is touched.

A cron expression means what it means in crontab(5), read in UTC. APScheduler computes the moments,
but is given explicit lists: its own reading counts weekdays from Monday, wants day of month *and*
day of week where cron wants either, and drops the end of "mon-5" without a word.
"""

import re
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import blake2b

from apscheduler.triggers.cron import CronTrigger

from feeds.errors import GoneError, SourceError, ThrottledError

_MINUTE = timedelta(minutes=1)
_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat", "sun")  # 0 and 7 are both Sunday
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LEAP_YEAR = 2024
_PART = re.compile(r"(?:(\*)|([0-9]{1,4}|[a-z]+)(?:-([0-9]{1,4}|[a-z]+))?)(?:/([0-9]{1,4}))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """How often we ask when all is well, or the cron times at which; the longest we ever wait.

    `blind` is how often at most where the server gives nothing to ask by whether anything has
    changed, so that every turn costs it the whole document.

    Raises ValueError for an interval that is not positive and for a cron expression that
    `cron_problem` objects to.
    """

    every: timedelta = timedelta(minutes=30)
    cron: str | None = None
    longest: timedelta = timedelta(days=1)
    blind: timedelta = timedelta(days=1)

    def __post_init__(self) -> None:
        if min(self.every, self.longest) <= timedelta():
            raise ValueError("a cadence needs intervals longer than nothing")
        if self.cron is not None:
            _triggers(self.cron)


def next_fetch(
    cadence: Cadence,
    *,
    now: datetime,
    failures: int = 0,
    error: SourceError | None = None,
    max_age: timedelta | None = None,
    is_blind: bool = False,
    spread: str = "",
) -> datetime:
    """Return when to ask next, always later than `now`.

    The publisher's word outranks our guess: Retry-After (RFC 9110, 10.2.3) and freshness
    (RFC 9111, 4.2) stretch the pause, a 410 to the longest there is; failures double it.
    `longest` caps them all, so a typo upstream cannot silence a source for a year; the
    operator's own `every` is never undercut. A server that `is_blind`, giving neither
    validators nor freshness, is asked as seldom as the cadence says.
    `spread`, the source's id, adds the same up to 10 % each time: sources that start together
    drift apart. Operators' cron times are kept to the minute: neither max-age nor `spread` moves
    them, while failures and Retry-After skip those that come too early.
    """
    wait = _asked_for(error, cadence)
    if cadence.cron is not None:
        pause = max(wait, _backed_off(_MINUTE, failures) if failures else timedelta())
        # an ask that took no time must not find the very moment it was for
        pause = max(min(pause, cadence.longest), timedelta.resolution)
        return _next_cron(cadence.cron, earliest=now + pause)
    longest = max(cadence.longest, cadence.every)
    fresh = max_age or (cadence.blind if is_blind else timedelta())
    pause = min(max(_backed_off(cadence.every, failures), wait, fresh), longest)
    return now + min(pause + _jitter(spread, pause), longest)


def cron_problem(expression: str) -> str | None:
    """Return in words what is wrong with a five-field cron expression (UTC), or None."""
    try:
        _triggers(expression)
    except ValueError as problem:
        return str(problem)
    return None


def _asked_for(error: SourceError | None, cadence: Cadence) -> timedelta:
    """Return how long a failure itself says to wait."""
    match error:
        case GoneError():  # never at once: it is asked once more, to be sure
            return cadence.longest
        case ThrottledError(retry_after=timedelta() as wait):
            return wait
        case _:
            return timedelta()


def _backed_off(base: timedelta, failures: int) -> timedelta:
    # 2**12 half-hours outlast any `longest`; 2**60 would overflow timedelta
    return base * (1 << min(failures, 12))


def _jitter(spread: str, pause: timedelta) -> timedelta:
    """Return up to a tenth of `pause` in whole seconds, the same in every process."""
    digest = blake2b(spread.encode(errors="surrogatepass"), digest_size=8).digest()
    share = int.from_bytes(digest) / 2**64 if spread else 0.0
    return timedelta(seconds=int(pause.total_seconds() * share / 10))


def _next_cron(expression: str, *, earliest: datetime) -> datetime:
    """Return the first moment at or after `earliest`, in UTC."""
    moments: list[datetime] = [
        trigger.get_next_fire_time(None, earliest.astimezone(UTC))
        for trigger in _triggers(expression)
    ]
    return min(moments)


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
def _triggers(expression: str) -> tuple[CronTrigger, ...]:
    """Return the triggers of which the earliest counts; raise ValueError in words."""
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
