"""When to ask a source again, and why then. Pure: the clock is an argument, nothing is touched.

Everybody may stretch the pause and nobody shortens it: the operator's interval, the source's own
rhythm, what the publisher's headers and document ask for, and failures. The longest word wins,
and is the reason.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import blake2b

from aggregator.cron import cron_problem, next_cron
from aggregator.rhythm import rhythm
from feeds.errors import GoneError, SourceError, ThrottledError
from feeds.hints import is_skipped, quiet
from feeds.model import UNSAID, Hints

MOST = timedelta(days=1)  # that a publisher's word or failures hold us off: typos are not for ever
_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_WEEK = 168  # hours


class Why(StrEnum):
    """What decided when a source is asked next, as operators read it."""

    EVERY = "every"
    CRON = "cron"
    RHYTHM = "its rhythm"
    MAX_AGE = "max-age"
    TTL = "ttl"
    UPDATE_PERIOD = "updatePeriod"
    SKIPPED = "skipHours"
    BLIND = "no validators"
    RETRY_AFTER = "Retry-After"
    BACK_OFF = "back-off"
    ENDING = "410"
    MISSING = "404 for weeks"
    PUSHES = "pushes"


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """The next turn of a source, and what decided it."""

    at: datetime
    why: Why


@dataclass(frozen=True, slots=True, kw_only=True)
class Cadence:
    """The operator's bounds: how often at most, and at least while nothing is amiss; or cron times.

    `blind` is how often at most where the server gives nothing to ask by whether anything has
    changed, so that every turn costs it the whole document.

    Raises ValueError for an interval that is not positive and for a cron expression that
    `cron_problem` objects to.
    """

    every: timedelta = timedelta(minutes=30)
    longest: timedelta = timedelta(hours=6)
    cron: str | None = None
    blind: timedelta = timedelta(days=1)

    def __post_init__(self) -> None:
        if min(self.every, self.longest) <= timedelta():
            raise ValueError("a cadence needs intervals longer than nothing")
        if self.cron is not None and (problem := cron_problem(self.cron)):
            raise ValueError(problem)

    @property
    def most(self) -> timedelta:
        """The longest pause there is, less its spread and the hours a publisher skips."""
        return max(MOST, self.every, self.longest)


def next_fetch(
    cadence: Cadence,
    *,
    now: datetime,
    failures: int = 0,
    error: SourceError | None = None,
    max_age: timedelta | None = None,
    is_blind: bool = False,
    hints: Hints = UNSAID,
    news: Sequence[datetime] = (),
    spread: str = "",
) -> Again:
    """Return when to ask next, always later than `now`, and why then.

    The publisher's word outranks our guess: Retry-After (RFC 9110, 10.2.3), freshness (RFC 9111,
    4.2) and the document's own `hints` stretch the pause, up to a day each; so does a 410, to a
    day. Failures double it, up to a day. What is due within hours the publisher skips comes whole
    hours later. `news` are the times at which the source had some (`aggregator.rhythm`).

    `spread`, the source's id, adds the same up to 10 % each time, and after a failure 20 % more
    or less, but never less than the publisher asked for: sources that start together drift
    apart. Operators' cron times are kept to the minute: a turn that all this would put off comes
    at a later one of them.
    """
    asked = _asked_for(error)
    wishes = [*_hinted(hints, now=now), *_fresh(cadence, max_age, is_blind=is_blind)]
    if cadence.cron is not None:
        held = [*asked, *((pause - _MINUTE, why) for pause, why in wishes)]
        return _by_cron(cadence.cron, held, now=now, failures=failures, hints=hints)
    usual = max(_usual(cadence, now=now, news=news), key=_pause)
    publishers = [*asked, *wishes]
    tried = (_backed_off(usual[0], failures), Why.BACK_OFF if failures else usual[1])
    pause, why = max((tried, *publishers), key=_pause)
    later = 1 + (_share(spread) / 10 if spread else 0.0)
    if failures:  # never sooner than after a success, nor than the publisher asked for
        least = (usual[0] * later, *map(_pause, publishers))
        pause = max(pause * (0.8 + 0.4 * _share(spread)), *least)
    else:
        pause = min(pause * later, cadence.most)
    return _outside_skipped(Again(at=now + _whole(pause), why=why), hints)


def soon(cadence: Cadence, *, now: datetime, spread: str) -> datetime:
    """Return a turn within the next interval, or the next cron time; each source has its own."""
    if cadence.cron is not None:
        return next_cron(cadence.cron, earliest=now)
    return now + _whole(cadence.every * _share(spread))


def furthest(cadence: Cadence, *, now: datetime) -> datetime:
    """Return the latest moment at which a turn can be due by the rules of `next_fetch`."""
    if cadence.cron is not None:
        return next_cron(cadence.cron, earliest=now + MOST + _WEEK * _HOUR)
    return now + cadence.most * 1.2 + _WEEK * _HOUR


def _by_cron(
    expression: str,
    held: list[tuple[timedelta, Why]],
    *,
    now: datetime,
    failures: int,
    hints: Hints,
) -> Again:
    if failures:
        held = [*held, (_backed_off(_MINUTE, failures), Why.BACK_OFF)]
    # an ask that took no time must not find the very moment it was for
    pause, why = max(held, key=_pause, default=(timedelta(), Why.CRON))
    soonest = next_cron(expression, earliest=now + timedelta.resolution)
    at = next_cron(expression, earliest=now + max(pause, timedelta.resolution))
    allowed = _cron_outside_skipped(expression, at, hints)
    if allowed > at:
        return Again(at=allowed, why=Why.SKIPPED)
    return Again(at=at, why=why if at > soonest else Why.CRON)


def _cron_outside_skipped(expression: str, at: datetime, hints: Hints) -> datetime:
    """Return the first cron time from `at` on in an hour that is not skipped.

    Where a week has none the operator wants no other than these, and gets the first.
    """
    each = at
    while is_skipped(hints, each) and each <= at + _WEEK * _HOUR:
        each = next_cron(expression, earliest=each.replace(minute=0) + _HOUR)
    return at if is_skipped(hints, each) or each > at + _WEEK * _HOUR else each


def _usual(
    cadence: Cadence, *, now: datetime, news: Sequence[datetime]
) -> tuple[tuple[timedelta, Why], ...]:
    """Return what the operator says, and within that what the source's own rhythm suggests."""
    slower = rhythm(news, now=now, shortest=cadence.every, longest=cadence.longest)
    return (cadence.every, Why.EVERY), (slower, Why.RHYTHM)


def _asked_for(error: SourceError | None) -> list[tuple[timedelta, Why]]:
    """Return how long a failure itself says to wait."""
    match error:
        case GoneError():  # never at once: it is asked once more, to be sure
            return [(MOST, Why.ENDING)]
        case ThrottledError(retry_after=timedelta() as wait):
            return [(min(wait, MOST), Why.RETRY_AFTER)]
        case _:
            return []


def _hinted(hints: Hints, *, now: datetime) -> Iterator[tuple[timedelta, Why]]:
    if hints.ttl is not None:
        yield min(hints.ttl, MOST), Why.TTL
    if hints.period is not None:
        yield min(quiet(hints.period, hints.base, now=now), MOST), Why.UPDATE_PERIOD


def _fresh(
    cadence: Cadence, max_age: timedelta | None, *, is_blind: bool
) -> Iterator[tuple[timedelta, Why]]:
    if max_age:
        yield min(max_age, MOST), Why.MAX_AGE
    elif is_blind and cadence.cron is None:  # times were chosen for what each of them costs
        yield min(cadence.blind, MOST), Why.BLIND


def _outside_skipped(again: Again, hints: Hints) -> Again:
    """Return a turn in the first hour that is not skipped; its minute is kept, which spreads."""
    later = (again.at + hours * _HOUR for hours in range(_WEEK))
    at = next((each for each in later if not is_skipped(hints, each)), again.at)
    return again if at == again.at else Again(at=at, why=Why.SKIPPED)


def _pause(bound: tuple[timedelta, Why]) -> timedelta:
    return bound[0]


def _backed_off(base: timedelta, failures: int) -> timedelta:
    """Return min(a day, base * 2^failures), but never less than `base`."""
    # 2**12 half-hours outlast any day; 2**60 would overflow timedelta
    return max(min(base * (1 << min(failures, 12)), MOST), base)


def _whole(pause: timedelta) -> timedelta:
    """Return whole seconds, never fewer than were meant: finer says nothing about news."""
    return timedelta(seconds=-(-pause // timedelta(seconds=1)))


def _share(spread: str) -> float:
    """Return from 0 to 1, the same for a source in every process; the middle for none."""
    if not spread:
        return 0.5
    digest = blake2b(spread.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest) / 2**64
