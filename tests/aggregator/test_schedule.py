"""The clockwork goes on: through failures, steps of the clock, and until it is told to stop."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from aggregator.clock import utc_now
from aggregator.schedule import Clockwork, Tick

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
OFTEN = timedelta(milliseconds=20)
PATIENCE = 20.0  # seconds, only ever spent by a test that fails

moments = st.integers(-50 * 366 * 86_400, 400 * 366 * 86_400).map(
    lambda seconds: NOON + timedelta(seconds=seconds)
)
intervals = st.timedeltas(min_value=timedelta(milliseconds=1), max_value=timedelta(days=400))

Start = Callable[..., Clockwork]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts clockworks and stops them after the test."""
    started: list[Clockwork] = []

    def begin(
        tick: Callable[[datetime], None],
        *,
        every: timedelta = OFTEN,
        now: Callable[[], datetime] = utc_now,
    ) -> Clockwork:
        clockwork = Clockwork(tick, every=every, now=now)
        clockwork.start()
        started.append(clockwork)
        return clockwork

    yield begin
    for clockwork in started:
        assert clockwork.stop(timedelta(seconds=PATIENCE))


class Ticks:
    """Counts ticks, and lets a test wait for more of them."""

    def __init__(self) -> None:
        self.at: list[datetime] = []
        self._changed = threading.Condition()

    def __call__(self, now: datetime) -> None:
        with self._changed:
            self.at.append(now)
            self._changed.notify_all()

    def wait_for(self, count: int) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: len(self.at) >= count, PATIENCE)

    def wait_for_more(self, count: int) -> None:
        with self._changed:
            wanted = len(self.at) + count
            assert self._changed.wait_for(lambda: len(self.at) >= wanted, PATIENCE)


@given(now=moments, every=intervals)
def test_the_first_tick_is_now(now: datetime, every: timedelta) -> None:
    assert Tick(every).get_next_fire_time(None, now) == now


@given(previous=moments, now=moments, every=intervals)
def test_the_next_tick_is_never_in_the_past_nor_further_off_than_one_interval(
    previous: datetime, now: datetime, every: timedelta
) -> None:
    again = Tick(every).get_next_fire_time(previous, now)
    assert now < again <= now + every


@given(previous=moments, every=intervals, share=st.floats(0, 0.99))
def test_ticks_keep_their_step_when_one_is_called_late(
    previous: datetime, every: timedelta, share: float
) -> None:
    now = previous + every * share
    assert Tick(every).get_next_fire_time(previous, now) == previous + every


def test_the_clock_says_whole_seconds_in_utc() -> None:
    with time_machine.travel(NOON + timedelta(microseconds=987_654), tick=False):
        assert utc_now() == NOON
        assert utc_now().utcoffset() == timedelta()


def test_the_first_tick_comes_at_once_with_the_time(start: Start) -> None:
    ticks = Ticks()
    start(ticks, every=timedelta(days=1), now=lambda: NOON)
    if not ticks.at:
        ticks.wait_for_more(1)
    assert ticks.at == [NOON]


def test_ticks_go_on_and_on(start: Start) -> None:
    ticks = Ticks()
    start(ticks)
    ticks.wait_for_more(5)


def test_a_tick_that_fails_is_told_in_words_and_the_next_goes_on(start: Start) -> None:
    ticks = Ticks()

    def failing(now: datetime) -> None:
        ticks(now)
        raise OSError("no space left on the moon")

    with capture_logs() as logs:
        clockwork = start(failing)
        ticks.wait_for_more(3)
        assert clockwork.stop(timedelta(seconds=PATIENCE))
    told = [line for line in logs if line["log_level"] == "error"]
    assert len(told) == len(ticks.at)
    assert told[0]["event"] == "a tick failed; the next one goes on"
    assert told[0]["problem"] == "no space left on the moon"
    assert told[0]["exc_info"] is True


def test_whoever_calls_gets_a_tick_in_between(start: Start) -> None:
    ticks = Ticks()
    clockwork = start(ticks, every=timedelta(days=1))
    ticks.wait_for(1)
    clockwork.call()
    ticks.wait_for(2)
    clockwork.call(0.05)
    ticks.wait_for(3)


def test_many_calls_that_fall_into_a_running_tick_are_one_more(start: Start) -> None:
    ticks, begun, release = Ticks(), threading.Event(), threading.Event()

    def long_one(now: datetime) -> None:
        begun.set()
        assert release.wait(PATIENCE)
        ticks(now)

    clockwork = start(long_one, every=timedelta(days=1))
    assert begun.wait(PATIENCE)
    for _ in range(50):
        clockwork.call()
    release.set()
    ticks.wait_for(2)
    threading.Event().wait(5 * OFTEN.total_seconds())
    assert len(ticks.at) == 2


def test_two_ticks_never_run_at_the_same_time(start: Start) -> None:
    running = threading.Semaphore(1)
    ticks = Ticks()
    overlaps: list[datetime] = []

    def long_one(now: datetime) -> None:
        if not running.acquire(blocking=False):
            overlaps.append(now)
            return
        threading.Event().wait(3 * OFTEN.total_seconds())
        running.release()
        ticks(now)

    start(long_one)
    ticks.wait_for_more(4)
    assert overlaps == []


@pytest.mark.parametrize(
    "step",
    [
        timedelta(hours=1),
        timedelta(days=365),
        timedelta(days=200 * 365),
        timedelta(hours=-1),
        timedelta(days=-365),
    ],
    ids=str,
)
def test_ticks_go_on_when_the_clock_is_set(start: Start, step: timedelta) -> None:
    ticks = Ticks()
    start(ticks)
    ticks.wait_for_more(2)
    with time_machine.travel(utc_now() + step, tick=True):
        ticks.wait_for_more(4)
        assert abs(ticks.at[-1] - utc_now()) < timedelta(minutes=1)
    ticks.wait_for_more(2)


def test_a_clock_set_back_is_noticed_once_and_the_scheduler_wound_up_again(start: Start) -> None:
    ticks = Ticks()
    with capture_logs() as logs:
        start(ticks)
        ticks.wait_for_more(1)
        with time_machine.travel(utc_now() - timedelta(days=1), tick=True):
            ticks.wait_for_more(10)
    # a scheduler that stayed run down would be noticed at each of the ten
    assert 1 <= sum("clock may have been set" in line["event"] for line in logs) <= 5


def test_ticks_go_on_when_the_scheduler_has_died(start: Start) -> None:
    ticks = Ticks()
    clockwork = start(ticks)
    ticks.wait_for_more(1)
    clockwork._scheduler.pause()
    ticks.wait_for_more(2)


def test_stopping_waits_for_the_tick_that_runs(start: Start) -> None:
    begun, ended = threading.Event(), threading.Event()

    def slow(now: datetime) -> None:
        begun.set()
        threading.Event().wait(0.2)
        ended.set()

    clockwork = start(slow)
    assert begun.wait(PATIENCE)
    assert clockwork.stop(timedelta(seconds=PATIENCE))
    assert ended.is_set()


def test_stopping_does_not_wait_for_ever_for_a_tick_that_hangs(start: Start) -> None:
    begun, release = threading.Event(), threading.Event()

    def hanging(now: datetime) -> None:
        begun.set()
        assert release.wait(PATIENCE)

    clockwork = start(hanging)
    assert begun.wait(PATIENCE)
    assert not clockwork.stop(timedelta(milliseconds=10))
    release.set()
    assert clockwork.stop(timedelta(seconds=PATIENCE))


def test_no_tick_comes_after_stopping_and_no_thread_stays(start: Start) -> None:
    before = set(threading.enumerate())
    ticks = Ticks()
    clockwork = start(ticks)
    ticks.wait_for_more(2)
    assert clockwork.stop(timedelta(seconds=PATIENCE))
    count = len(ticks.at)
    for thread in set(threading.enumerate()) - before:
        thread.join(PATIENCE)
    assert set(threading.enumerate()) <= before
    assert len(ticks.at) == count


def test_running_lasts_until_somebody_stops_it() -> None:
    ticks = Ticks()
    clockwork = Clockwork(ticks, every=OFTEN)
    runner = threading.Thread(target=clockwork.run, daemon=True)
    runner.start()
    ticks.wait_for_more(1)
    assert runner.is_alive()
    assert clockwork.stop(timedelta(seconds=PATIENCE))
    runner.join(PATIENCE)
    assert not runner.is_alive()


def test_a_tick_may_itself_stop_the_clockwork(start: Start) -> None:
    stopped = threading.Event()
    holder: list[Clockwork] = []
    ready = threading.Event()

    def last(now: datetime) -> None:
        assert ready.wait(PATIENCE)
        assert not holder[0].stop(timedelta(seconds=1))  # it still runs: this very tick
        stopped.set()

    holder.append(start(last))
    ready.set()
    assert stopped.wait(PATIENCE)


def test_stopping_what_was_never_started_is_no_mistake() -> None:
    assert Clockwork(Ticks(), every=OFTEN).stop(timedelta(seconds=1))
