"""What was missed is made up for at twice the usual rate, whatever the clock says."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.pacing import FEW, allowance

TICK = timedelta(seconds=15)

spans = st.timedeltas(timedelta(days=-400), timedelta(days=400))
rates = st.floats(0, 1000)


def test_overdue_sources_come_at_twice_their_usual_rate() -> None:
    begun, left = 0, 0.0
    for _ in range(4 * 15):  # a quarter of an hour in which 1,000 would begin
        left = allowance(left, usual=1000 / 900, passed=TICK)
        begun += int(left)
        left -= int(left)
    assert 1990 <= begun <= 2000


def test_a_small_paper_is_soon_up_to_date() -> None:
    assert allowance(0.0, usual=0.001, passed=TICK) >= FEW
    assert allowance(0.0, usual=0.0, passed=TICK) >= FEW


@given(left=st.floats(0, 100), usual=rates, passed=spans)
def test_no_step_of_the_clock_allows_a_burst(left: float, usual: float, passed: timedelta) -> None:
    allowed = allowance(left, usual=usual, passed=passed)
    assert 0 <= allowed <= max(2 * usual * 30, 8)
    assert allowance(allowed, usual=usual, passed=-abs(passed)) == allowed


@given(usual=rates, steps=st.lists(st.timedeltas(timedelta(), TICK), max_size=50))
def test_many_looks_allow_no_more_than_one(usual: float, steps: list[timedelta]) -> None:
    begun, left = 0, 0.0
    for step in steps:
        left = allowance(left, usual=usual, passed=step)
        begun += int(left)
        left -= int(left)
    assert begun <= max(2 * usual, FEW / 15) * sum(steps, timedelta()).total_seconds() + 0.001
