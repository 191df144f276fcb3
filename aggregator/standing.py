"""How a source stands after a failure, and when it is asked again. Pure.

A 410 or a 404 may be a slip of a day; nobody is given up at the first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.cadence import Cadence, Why, furthest, next_fetch, soon
from feeds.errors import GoneError, SourceError, Trouble
from feeds.model import UNSAID, Hints

ENDING = "ending"  # one 410; another, a day later, ends it
GONE = "gone"
NOT_FOUND = "not found"
MISSING = "missing"  # not found for weeks
MISSING_AFTER = timedelta(days=14)
RARELY = timedelta(days=7)
_FAILURES = 20  # with the pauses doubling up to a day, about as long


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A source's state in a word or two, its next turn, and why then; None: never again."""

    state: str
    next_fetch: datetime | None
    why: str | None = None


def after_failure(
    error: SourceError,
    *,
    before: Standing,
    last_success: datetime | None,
    failures: int,
    cadence: Cadence,
    now: datetime,
    hints: Hints = UNSAID,
    news: Sequence[datetime] = (),
    spread: str = "",
) -> Standing:
    """Return how a source stands after `error`, the last of so many `failures` in a row.

    `before` is how it stood. It is "gone" when its second 410 came no sooner than the turn it
    was given after the first, and "missing", asked once a week, when it was not found for two
    weeks. Any other state is the error's own word.
    """
    state = _state(error, before=before, last_success=last_success, failures=failures, now=now)
    if state == GONE:
        return Standing(state=GONE, next_fetch=None)
    if state == before.state == ENDING and before.next_fetch is not None:
        return before  # asked out of turn: the day we gave it is not over
    if state == MISSING:
        cadence = Cadence(every=max(RARELY, cadence.every))
    again = next_fetch(
        cadence, now=now, failures=failures, error=error, hints=hints, news=news, spread=spread
    )
    why = Why.MISSING if state == MISSING else again.why
    return Standing(state=state, next_fetch=again.at, why=why)


def believable(
    next_fetch: datetime, *, cadence: Cadence, now: datetime, spread: str = ""
) -> datetime:
    """Return when a source is due: as remembered, or soon if no rule of ours can have said so."""
    latest = max(furthest(cadence, now=now), furthest(Cadence(every=RARELY), now=now))
    if next_fetch <= latest:
        return next_fetch
    return soon(cadence, now=now, spread=spread)


def _state(
    error: SourceError,
    *,
    before: Standing,
    last_success: datetime | None,
    failures: int,
    now: datetime,
) -> str:
    if isinstance(error, GoneError):
        due = before.next_fetch
        is_confirmed = before.state == ENDING and due is not None and due <= now
        return GONE if is_confirmed or before.state == GONE else ENDING
    if error.trouble is Trouble.MISSING:
        if last_success is None:
            return MISSING if failures >= _FAILURES else NOT_FOUND
        return MISSING if now - last_success >= MISSING_AFTER else NOT_FOUND
    return error.trouble.value
