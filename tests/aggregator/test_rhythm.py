"""How often a source is worth asking: as often as it has news, between the operator's bounds."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.rhythm import REMEMBERED, newest, rhythm

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SHORTEST, LONGEST = 30 * MINUTE, 6 * HOUR

moments = st.timedeltas(timedelta(), 4000 * DAY).map(lambda ago: NOON - ago)
histories = st.lists(moments, max_size=REMEMBERED)
spans = st.timedeltas(MINUTE, 30 * DAY)


def pause(*ago: timedelta, now: datetime = NOON) -> timedelta:
    return rhythm([NOON - each for each in ago], now=now, shortest=SHORTEST, longest=LONGEST)


def every(span: timedelta, *, since: timedelta = timedelta()) -> list[timedelta]:
    return [since + number * span for number in range(REMEMBERED)]


def test_a_source_of_which_nothing_is_known_is_asked_as_often_as_allowed() -> None:
    assert pause() == SHORTEST
    assert pause(-HOUR) == SHORTEST, "news of the future is none"


def test_a_source_with_news_all_the_time_is_asked_as_often_as_allowed() -> None:
    assert pause(*every(HOUR)) == SHORTEST
    assert pause(*every(HOUR, since=10 * HOUR)) == SHORTEST, "a night without is no sign"


def test_a_source_with_news_once_a_day_is_asked_every_two_hours() -> None:
    for hours in (12, 18, 23):
        found = pause(*every(DAY, since=timedelta(hours=hours)))
        assert 1.75 * HOUR <= found <= 2.25 * HOUR


def test_a_source_with_news_once_a_week_waits_for_the_longest_there_is() -> None:
    assert pause(*every(7 * DAY, since=3 * DAY)) == LONGEST


def test_a_source_that_wakes_up_is_followed_at_once() -> None:
    asleep = every(30 * DAY, since=30 * DAY)
    assert pause(*asleep) == LONGEST
    assert pause(timedelta(), *asleep[:-1]) == SHORTEST
    assert pause(3 * HOUR, *asleep[:-1]) == SHORTEST, "and for a while, for news comes in flocks"


def test_a_source_that_falls_silent_is_let_go_by_and_by() -> None:
    busy = every(HOUR)
    pauses = [pause(*busy, now=NOON + number * DAY) for number in range(30)]
    assert pauses == sorted(pauses)
    assert (pauses[0], pauses[1], pauses[-1]) == (SHORTEST, SHORTEST, LONGEST)
    assert len(set(pauses)) > 10


@given(news=histories, shortest=spans, longest=spans)
def test_the_pause_is_between_the_bounds_whatever_is_known(
    news: list[datetime], shortest: timedelta, longest: timedelta
) -> None:
    found = rhythm(news, now=NOON, shortest=shortest, longest=longest)
    assert shortest <= found <= max(shortest, longest)


@given(news=histories, later=spans)
def test_silence_never_shortens_the_pause_and_lengthens_it_by_no_more_than_a_sixth_of_itself(
    news: list[datetime], later: timedelta
) -> None:
    before = rhythm(news, now=NOON, shortest=SHORTEST, longest=LONGEST)
    after = rhythm(news, now=NOON + later, shortest=SHORTEST, longest=LONGEST)
    assert before <= after <= before + later / 6


@given(news=st.lists(moments, min_size=1, max_size=REMEMBERED), ago=st.floats(0, 1))
def test_more_recent_news_never_lengthens_the_pause(news: list[datetime], ago: float) -> None:
    fresh = NOON - (NOON - max(news)) * ago
    before = rhythm(news, now=NOON, shortest=SHORTEST, longest=LONGEST)
    after = rhythm(newest([*news, fresh], now=NOON), now=NOON, shortest=SHORTEST, longest=LONGEST)
    assert after <= before


@given(news=histories)
def test_what_is_remembered_is_the_newest_in_order_and_says_the_same_again(
    news: list[datetime],
) -> None:
    kept = newest([*news, NOON + HOUR], now=NOON)
    assert list(kept) == sorted(set(kept), reverse=True)
    assert len(kept) <= REMEMBERED
    assert newest(kept, now=NOON) == kept
    assert all(moment <= NOON for moment in kept)
