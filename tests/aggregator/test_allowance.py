"""So many askings at once for each name, and then one every so often."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator import allowance
from aggregator.allowance import Allowance


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_one_is_given_back_every_so_often_and_never_more_than_there_were() -> None:
    clock = Clock()
    some = Allowance(3, every=timedelta(seconds=10), ticks=clock)
    assert [some.take("a") for _ in range(5)] == [0, 0, 0, 10, 10]
    assert some.take("b") == 0, "each name has its own"
    clock.now += 9.5
    assert some.take("a") == 1
    clock.now += 0.5
    assert [some.take("a"), some.take("a")] == [0, 10]
    clock.now += 1_000
    assert [some.take("a") for _ in range(4)] == [0, 0, 0, 10]


@given(pauses=st.lists(st.floats(0, 30), min_size=1, max_size=60))
def test_in_no_span_is_more_allowed_than_it_says(pauses: list[float]) -> None:
    clock = Clock()
    some = Allowance(4, every=timedelta(seconds=6), ticks=clock)
    taken = []
    for pause in pauses:
        clock.now += pause
        wait = some.take()
        if not wait:
            taken.append(clock.now)
        else:
            assert 0 < wait <= 6
    for at, first in enumerate(taken):
        for more, last in enumerate(taken[at:], start=1):
            assert more <= 4 + (last - first) / 6 + 1e-6


def test_names_are_not_remembered_without_end() -> None:
    clock = Clock()
    some = Allowance(1, every=timedelta(seconds=1), ticks=clock)
    for name in range(allowance._MOST_NAMES + 50):
        some.take(str(name))
    assert len(some._owed) == allowance._MOST_NAMES
    clock.now += 5
    some.take("last")
    assert list(some._owed) == ["last"]
