"""A source in trouble is named so, and given up only when it is certain."""

from datetime import datetime, timedelta

import pytest

from aggregator.cadence import Cadence
from aggregator.standing import Standing, after_failure
from feeds.errors import FetchError, GoneError, ParseError, SourceError, ThrottledError, Trouble
from tests.conftest import NOON

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OK = Standing(state="ok", next_fetch=NOON)
GONE = GoneError("410", status=410)
MISSING = FetchError("404", status=404, trouble=Trouble.MISSING)


def after(
    error: SourceError,
    before: Standing = OK,
    *,
    now: datetime = NOON,
    failures: int = 1,
    last_success: datetime | None = NOON,
    cadence: Cadence | None = None,
) -> Standing:
    return after_failure(
        error,
        before=before,
        last_success=last_success,
        failures=failures,
        cadence=cadence or Cadence(every=HOUR),
        now=now,
    )


@pytest.mark.parametrize("trouble", [one for one in Trouble if one not in {"gone", "missing"}])
def test_a_trouble_is_a_state_of_its_own_and_backs_off(trouble: Trouble) -> None:
    error = FetchError("x", trouble=trouble)
    assert after(error) == Standing(state=trouble, next_fetch=NOON + 2 * HOUR, why="back-off")
    assert len(trouble) <= 16


def test_kinds_of_error_have_their_own_trouble_without_being_told() -> None:
    assert after(ThrottledError("429", retry_after=5 * HOUR)) == Standing(
        state="throttled", next_fetch=NOON + 5 * HOUR, why="Retry-After"
    )
    assert after(ParseError("x")).state == "unreadable"
    assert after(SourceError("x")).state == "failing"


def test_a_410_is_final_only_when_it_is_said_again_a_day_later() -> None:
    first = after(GONE)
    assert first == Standing(state="ending", next_fetch=NOON + DAY, why="410")
    assert after(GONE, first, now=NOON + HOUR, failures=2) == first, "asked out of turn"
    assert after(GONE, first, now=NOON + DAY, failures=2) == Standing(state="gone", next_fetch=None)


def test_a_410_between_other_failures_is_not_final() -> None:
    first = after(GONE)
    second = after(FetchError("500", trouble=Trouble.SERVER), first, now=NOON + DAY, failures=2)
    assert second.state == "server error"
    assert after(GONE, second, now=NOON + 3 * DAY, failures=3).state == "ending"


def test_a_source_that_is_gone_stays_gone_when_it_says_so_again() -> None:
    gone = Standing(state="gone", next_fetch=None)
    assert after(GONE, gone, now=NOON + DAY, failures=3) == gone


def test_a_404_for_two_weeks_makes_it_missing_and_asked_once_a_week() -> None:
    assert after(MISSING, now=NOON + 13 * DAY, failures=13) == Standing(
        state="not found", next_fetch=NOON + 14 * DAY, why="back-off"
    )
    late = NOON + 14 * DAY
    assert after(MISSING, now=late, failures=14) == Standing(
        state="missing", next_fetch=late + 7 * DAY, why="404 for weeks"
    )
    cron = Cadence(cron="* * * * *")
    assert after(MISSING, now=late, failures=14, cadence=cron).next_fetch == late + 7 * DAY
    seldom = Cadence(every=30 * DAY)
    assert after(MISSING, now=late, failures=14, cadence=seldom).next_fetch == late + 30 * DAY


def test_one_that_was_never_found_is_missing_after_as_many_failures_as_that_takes() -> None:
    assert after(MISSING, last_success=None, failures=19).state == "not found"
    assert after(MISSING, last_success=None, failures=20).state == "missing"
