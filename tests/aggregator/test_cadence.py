"""When a source is asked again: the publisher's word, our patience and the operator's cron."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from aggregator.cadence import Again, Cadence, Why, next_fetch
from aggregator.cron import cron_problem
from feeds.errors import FetchError, GoneError, ThrottledError
from feeds.hints import is_skipped
from feeds.model import Hints

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

intervals = st.timedeltas(min_value=MINUTE, max_value=30 * DAY).map(
    lambda interval: timedelta(seconds=int(interval.total_seconds()))
)
waits = st.none() | st.timedeltas(min_value=-DAY, max_value=timedelta(days=10**6))
failure_counts = st.integers(0, 10**6)
names = st.text(max_size=20)


def asked_again(cadence: Cadence, **about: object) -> datetime:
    return turn(cadence, **about).at


def turn(cadence: Cadence, **about: object) -> Again:
    return next_fetch(cadence, now=NOON, **about)  # type: ignore[arg-type]  # test shorthand


def test_a_healthy_source_is_asked_again_after_its_interval() -> None:
    assert asked_again(Cadence(every=HOUR)) == NOON + HOUR


def test_a_410_is_asked_about_once_more_a_day_later() -> None:
    gone = GoneError("410 Gone", status=410)
    assert asked_again(Cadence(every=MINUTE), error=gone, failures=1) == NOON + DAY
    assert asked_again(Cadence(cron="5 * * * *"), error=gone) == NOON + DAY + 5 * MINUTE


def test_a_server_that_gives_nothing_to_ask_by_is_asked_once_a_day() -> None:
    assert asked_again(Cadence(every=HOUR), is_blind=True) == NOON + DAY
    assert asked_again(Cadence(every=HOUR), is_blind=True, max_age=3 * HOUR) == NOON + 3 * HOUR
    assert asked_again(Cadence(every=HOUR), is_blind=True, max_age=timedelta()) == NOON + DAY
    assert asked_again(Cadence(every=HOUR, blind=2 * HOUR), is_blind=True) == NOON + 2 * HOUR
    assert asked_again(Cadence(every=2 * DAY), is_blind=True) == NOON + 2 * DAY
    assert asked_again(Cadence(cron="5 * * * *"), is_blind=True) == NOON + 5 * MINUTE


def test_each_failure_doubles_the_pause_up_to_the_longest() -> None:
    pauses = [asked_again(Cadence(every=HOUR), failures=count) - NOON for count in range(7)]
    assert pauses == [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 16 * HOUR, DAY, DAY]


def test_retry_after_stretches_the_pause_but_never_shortens_it() -> None:
    later = ThrottledError("429", status=429, retry_after=5 * HOUR)
    sooner = ThrottledError("429", status=429, retry_after=timedelta(seconds=1))
    silent = ThrottledError("503", status=503)
    assert asked_again(Cadence(every=HOUR), error=later) == NOON + 5 * HOUR
    assert asked_again(Cadence(every=HOUR), error=sooner) == NOON + HOUR
    assert asked_again(Cadence(every=HOUR), error=silent) == NOON + HOUR
    assert asked_again(Cadence(every=HOUR), error=sooner, failures=2) == NOON + 4 * HOUR


def test_the_publishers_max_age_is_a_lower_bound() -> None:
    assert asked_again(Cadence(every=HOUR), max_age=3 * HOUR) == NOON + 3 * HOUR
    assert asked_again(Cadence(every=HOUR), max_age=MINUTE) == NOON + HOUR
    assert asked_again(Cadence(every=HOUR), max_age=365 * DAY) == NOON + DAY


def test_an_interval_longer_than_the_longest_pause_is_kept() -> None:
    assert asked_again(Cadence(every=7 * DAY)) == NOON + 7 * DAY


@given(failures=failure_counts, wait=waits, max_age=waits, every=intervals, spread=names)
def test_we_never_wait_less_than_the_operator_said_nor_longer_than_the_longest(
    failures: int,
    wait: timedelta | None,
    max_age: timedelta | None,
    every: timedelta,
    spread: str,
) -> None:
    cadence = Cadence(every=every)
    error = ThrottledError("429", retry_after=wait)
    again = asked_again(cadence, failures=failures, error=error, max_age=max_age, spread=spread)
    assert NOON + every <= again <= NOON + max(every, DAY) * 1.2


@given(failures=st.integers(0, 100), every=intervals, spread=names)
def test_one_more_failure_never_brings_the_next_ask_nearer(
    failures: int, every: timedelta, spread: str
) -> None:
    error = FetchError("500", status=500)
    sooner = asked_again(Cadence(every=every), failures=failures, error=error, spread=spread)
    later = asked_again(Cadence(every=every), failures=failures + 1, error=error, spread=spread)
    assert sooner <= later


@given(every=intervals, spread=names)
def test_the_spread_is_at_most_a_tenth_and_always_the_same(every: timedelta, spread: str) -> None:
    cadence = Cadence(every=every, longest=100 * DAY)
    again = asked_again(cadence, spread=spread)
    assert every <= again - NOON <= every * 1.1 + timedelta(seconds=1)
    assert again.microsecond == 0
    assert again == asked_again(cadence, spread=spread)


def test_the_spread_is_the_same_in_every_process() -> None:
    assert asked_again(Cadence(), spread="eu-today") == NOON + timedelta(minutes=30, seconds=28)


def test_sources_that_start_together_drift_apart() -> None:
    moments = [asked_again(Cadence(), spread=f"source-{number}") for number in range(1000)]
    fullest = max(moments.count(moment) for moment in set(moments))
    assert len(set(moments)) > 150  # of the 180 seconds there are
    assert fullest < 25


def test_the_next_turn_says_what_decided_it() -> None:
    later = ThrottledError("429", retry_after=5 * HOUR)
    hourly = Cadence(every=HOUR)
    assert turn(hourly).why == "every"
    assert turn(hourly, news=(NOON - DAY,)).why == "its rhythm"
    assert turn(hourly, max_age=2 * HOUR).why == "max-age"
    assert turn(hourly, is_blind=True).why == "no validators"
    assert turn(hourly, hints=Hints(ttl=2 * HOUR)).why == "ttl"
    assert turn(hourly, hints=Hints(period=2 * HOUR)).why == "updatePeriod"
    assert turn(hourly, hints=Hints(skip_hours=(13,))).why == "skipHours"
    assert turn(hourly, failures=1).why == "back-off"
    assert turn(hourly, failures=1, error=later).why == "Retry-After"
    assert turn(hourly, failures=1, error=GoneError("410")).why == "410"
    assert turn(Cadence(cron="0 * * * *")).why == "cron"
    assert turn(Cadence(cron="0 * * * *"), failures=1).why == "cron", "it comes late enough"
    assert turn(Cadence(cron="* * * * *"), failures=4).why == "back-off"
    assert turn(Cadence(cron="* * * * *"), error=later).why == "Retry-After"
    assert max(map(len, Why)) <= 16, "the column is no wider"


def test_the_documents_own_hints_are_lower_bounds_up_to_a_day() -> None:
    half = Cadence(every=HOUR / 2)
    assert asked_again(half, hints=Hints(ttl=HOUR)) == NOON + HOUR
    assert asked_again(half, hints=Hints(ttl=MINUTE)) == NOON + HOUR / 2
    assert asked_again(half, hints=Hints(ttl=30 * DAY)) == NOON + DAY
    assert asked_again(half, hints=Hints(period=4 * HOUR)) == NOON + 4 * HOUR
    assert asked_again(half, hints=Hints(period=365 * DAY)) == NOON + DAY
    both = Hints(ttl=2 * HOUR, period=HOUR)
    assert asked_again(half, hints=both, max_age=90 * MINUTE) == NOON + 2 * HOUR
    assert asked_again(half, hints=both, max_age=3 * HOUR) == NOON + 3 * HOUR
    assert asked_again(half, hints=both, failures=1) == NOON + 2 * HOUR, "after failures too"
    assert asked_again(Cadence(cron="5 * * * *"), hints=both) == NOON + 2 * HOUR + 5 * MINUTE


def test_a_base_says_at_what_times_of_its_period_a_feed_is_updated() -> None:
    at_three = Hints(period=DAY, base=NOON - 1000 * DAY + 3 * HOUR)
    assert asked_again(Cadence(every=HOUR), hints=at_three) == NOON + 3 * HOUR
    assert asked_again(Cadence(every=4 * HOUR), hints=at_three) == NOON + 4 * HOUR
    to_come = Hints(period=DAY, base=NOON + 1000 * DAY + 3 * HOUR)
    assert asked_again(Cadence(every=HOUR), hints=to_come) == NOON + 3 * HOUR


def test_a_turn_is_moved_out_of_the_hours_and_days_a_publisher_skips() -> None:
    afternoon = Hints(skip_hours=(12, 13, 14))
    every = Cadence(every=90 * MINUTE)
    assert asked_again(every, hints=afternoon) == NOON + 3 * HOUR + 30 * MINUTE
    assert asked_again(every, hints=Hints(skip_hours=(15,))) == NOON + 90 * MINUTE
    rest_of_the_week = Hints(skip_days=(0, 1, 2, 3, 4))  # NOON is a Monday
    assert asked_again(every, hints=rest_of_the_week) == NOON + 4 * DAY + 12 * HOUR + 30 * MINUTE
    failed = turn(every, hints=afternoon, failures=1, error=FetchError("500"))
    assert (failed.at, failed.why) == (NOON + 3 * HOUR, "back-off")
    assert asked_again(Cadence(cron="0 13 * * *"), hints=afternoon) == NOON + HOUR


hint_values = st.builds(
    Hints,
    ttl=st.none() | st.timedeltas(MINUTE, 365 * DAY),
    period=st.none() | st.timedeltas(MINUTE, 365 * DAY),
    base=st.none() | st.datetimes(timezones=st.just(UTC)),
    skip_hours=st.sets(st.integers(0, 23), max_size=23).map(tuple),
    skip_days=st.sets(st.integers(0, 6), max_size=6).map(tuple),
)


@given(hints=hint_values, every=intervals, failures=failure_counts, spread=names)
def test_no_hint_undercuts_the_operator_or_is_undercut_or_outlasts_a_day_but_for_skipped_hours(
    hints: Hints, every: timedelta, failures: int, spread: str
) -> None:
    cadence = Cadence(every=every)
    again = asked_again(cadence, hints=hints, failures=failures, spread=spread)
    plain = Hints(ttl=hints.ttl, period=hints.period, base=hints.base)
    without = asked_again(cadence, hints=plain, failures=failures, spread=spread)
    assert NOON + max(every, min(hints.ttl or MINUTE, DAY)) <= without
    assert without <= NOON + max(every, DAY) * 1.2
    assert without <= again <= without + 7 * DAY
    assert not is_skipped(hints, again)


@given(share=st.lists(names.filter(bool), min_size=1, max_size=50))
def test_back_off_is_spread_by_a_fifth_either_way(share: list[str]) -> None:
    for spread in share:
        pause = asked_again(Cadence(every=HOUR), failures=2, spread=spread) - NOON
        assert 0.8 * 4 * HOUR <= pause <= 1.2 * 4 * HOUR + timedelta(seconds=1)


def test_back_off_of_many_sources_is_spread_around_what_is_meant() -> None:
    pauses = [
        asked_again(Cadence(every=HOUR), failures=99, spread=f"source-{number}") - NOON
        for number in range(1000)
    ]
    assert min(pauses) < 0.82 * DAY
    assert max(pauses) > 1.18 * DAY
    assert 0.98 * DAY < sum(pauses, timedelta()) / len(pauses) < 1.02 * DAY


class Failing(RuleBasedStateMachine):
    """A source through failures of all kinds and successes (N31)."""

    def __init__(self) -> None:
        super().__init__()
        self.now, self.failures, self.spread = NOON, 0, "source"
        self.cadence = Cadence(every=HOUR)
        self.pause = self.asked_for = timedelta()

    def ask(self, **about: object) -> timedelta:
        again = next_fetch(
            self.cadence,
            now=self.now,
            failures=self.failures,
            spread=self.spread,
            **about,  # type: ignore[arg-type]  # test shorthand
        )
        pause, self.pause = self.pause, again.at - self.now
        self.now = again.at
        return pause

    @rule(every=intervals, spread=names)
    @precondition(lambda self: self.failures == 0)
    def configure(self, every: timedelta, spread: str) -> None:
        self.cadence, self.spread, self.pause = Cadence(every=every), spread, timedelta()

    @rule()
    def fail(self) -> None:
        before, was = self.failures, self.asked_for
        self.failures += 1
        self.asked_for = timedelta()
        pause = self.ask(error=FetchError("500", status=500))
        assert self.pause >= pause or not before or was, "one more failure, no shorter pause"

    @rule(wait=st.timedeltas(timedelta(), DAY))
    def be_throttled(self, wait: timedelta) -> None:
        self.failures += 1
        self.asked_for = wait
        self.ask(error=ThrottledError("429", retry_after=wait))

    @rule()
    def succeed(self) -> None:
        self.failures, self.asked_for = 0, timedelta()
        self.ask()
        assert self.pause <= self.cadence.every * 1.1 + timedelta(seconds=1), "it starts anew"

    @invariant()
    def every_pause_is_bounded(self) -> None:
        if self.pause:
            assert max(self.cadence.every, self.asked_for) <= self.pause
            assert self.pause <= max(self.cadence.every, DAY) * 1.2 + timedelta(seconds=1)


TestFailing = Failing.TestCase
TestFailing.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)


def test_ten_thousand_series_of_failures_double_and_end_at_a_day() -> None:
    for number in range(10_000):
        every = timedelta(minutes=1 + number % 90)
        meant = [min(DAY, every * 2**count) for count in range(1, 14)]
        cadence, spread = Cadence(every=every), f"s{number}"
        for count, pause in enumerate(meant, 1):
            off = asked_again(cadence, failures=count, spread=spread) - NOON
            assert 0.8 * pause <= off <= 1.2 * pause + timedelta(seconds=1)


@pytest.mark.parametrize("interval", [timedelta(), -MINUTE])
def test_a_cadence_without_a_pause_is_refused(interval: timedelta) -> None:
    with pytest.raises(ValueError, match="longer than nothing"):
        Cadence(every=interval)
    with pytest.raises(ValueError, match="longer than nothing"):
        Cadence(longest=interval)


@pytest.mark.parametrize(
    ("cron", "again"),
    [
        ("* * * * *", "2026-06-01 12:01"),
        ("0 12 * * *", "2026-06-02 12:00"),  # NOON itself is the ask that was just made
        ("*/15 6-22 * * mon-fri", "2026-06-01 12:15"),
        ("5,10 8 * * *", "2026-06-02 08:05"),
        ("0 9 * * 0", "2026-06-07 09:00"),  # cron's 0 is Sunday, APScheduler's is Monday
        ("0 9 * * 7", "2026-06-07 09:00"),
        ("0 9 * * SUN", "2026-06-07 09:00"),
        ("0 9 * * 1", "2026-06-08 09:00"),
        ("0 9 * * sat-sun", "2026-06-06 09:00"),
        ("0 9 * * sun-tue", "2026-06-02 09:00"),
        ("0 9 * * mon-5/2", "2026-06-03 09:00"),
        ("0 9 * * */2", "2026-06-02 09:00"),
        ("0 0 * jan-3 *", "2027-01-01 00:00"),
        ("0 0 10 * fri", "2026-06-05 00:00"),  # either day will do
        ("0 0 3 * fri", "2026-06-03 00:00"),
        ("0 0 31 4 mon", "2027-04-05 00:00"),
        ("0 0 */9 * mon", "2026-08-10 00:00"),  # with a star in one, both must do
        ("0 0 29 2 *", "2028-02-29 00:00"),
    ],
)
def test_cron_means_what_it_means_in_crontab(cron: str, again: str) -> None:
    assert cron_problem(cron) is None
    assert asked_again(Cadence(cron=cron)) == datetime.fromisoformat(again).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        ("", "0 fields where cron has five: minute, hour, day of month, month, weekday"),
        ("@daily", "1 fields"),
        ("0 0 * * * *", "6 fields"),
        ("60 * * * *", "minute: 60 is not between 0 and 59"),
        ("* 24 * * *", "hour: 24 is not between 0 and 23"),
        ("* * 0 * *", "day of month: 0 is not between 1 and 31"),
        ("* * * 13 *", "month: 13 is not between 1 and 12"),
        ("* * * * 8", "weekday: 8 is not between 0 and 7"),
        ("* * * * someday", "weekday: 'someday' is not a name we know; say sun, mon, tue"),
        ("* * * janx *", "month: 'janx' is not a name we know"),
        ("* * last * *", "day of month: 'last' is not a name we know"),
        ("* * * * mon-", "weekday: 'mon-' is not a number, a name, a range"),
        ("1,,2 * * * *", "minute: '' is not a number"),
        ("*/0 * * * *", "minute: a step of 0 is not between 1 and 59"),
        ("*/60 * * * *", "minute: a step of 60 is not between 1 and 59"),
        ("5/15 * * * *", "minute: a step needs a range, as in 5-59/15"),
        ("30-10 * * * *", "minute: '30-10' runs backwards"),
        ("* * * * fri-mon", "weekday: 'fri-mon' runs backwards"),
        ("-5 * * * *", "minute: '-5' is not a number"),
        ("\u0665 * * * *", "minute: '\u0665' is not a number"),
        ("0 0 30 2 *", "none of its months has such a day, so it would never come"),
        ("0 0 31 2,4,6,9,11 *", "none of its months has such a day"),
    ],
)
def test_a_wrong_cron_expression_is_explained(cron: str, words: str) -> None:
    problem = cron_problem(cron)
    assert problem is not None
    assert problem.startswith(words)
    with pytest.raises(ValueError, match=re.escape(words)):
        Cadence(cron=cron)


def test_a_throttling_publisher_makes_cron_times_pass_unused() -> None:
    error = ThrottledError("429", retry_after=3 * HOUR)
    assert asked_again(Cadence(cron="0 * * * *"), error=error) == NOON + 3 * HOUR
    assert asked_again(Cadence(cron="5 * * * *"), error=error) == NOON + 3 * HOUR + 5 * MINUTE
    year = ThrottledError("429", retry_after=365 * DAY)
    assert asked_again(Cadence(cron="* * * * *"), error=year) == NOON + DAY


def test_a_failing_source_is_not_asked_at_every_cron_minute() -> None:
    cadence = Cadence(cron="* * * * *")
    pauses = [asked_again(cadence, failures=count) - NOON for count in (0, 1, 2, 3, 99)]
    assert pauses == [MINUTE, 2 * MINUTE, 4 * MINUTE, 8 * MINUTE, DAY]


def test_of_the_operators_cron_times_the_first_that_the_publisher_allows_is_kept() -> None:
    cadence = Cadence(cron="30 * * * *")
    again = turn(cadence, max_age=2 * HOUR, spread="some-ministry")
    assert (again.at, again.why) == (NOON + 2 * HOUR + 30 * MINUTE, Why.MAX_AGE)
    assert turn(cadence, max_age=20 * MINUTE, spread="some-ministry").why == Why.CRON
    again = turn(cadence, hints=Hints(ttl=90 * MINUTE))
    assert (again.at, again.why) == (NOON + 90 * MINUTE, Why.TTL)
    assert asked_again(cadence, hints=Hints(ttl=30 * DAY)) == NOON + DAY + 30 * MINUTE


def test_a_document_fresh_until_the_next_cron_time_is_asked_for_then() -> None:
    # it was asked for some seconds after its time, so it stays fresh some seconds beyond the next
    noon_and_midnight = Cadence(cron="0 0,12 * * *")
    asked = NOON + timedelta(seconds=17)
    assert next_fetch(noon_and_midnight, now=asked, max_age=12 * HOUR).at == NOON + 12 * HOUR
    assert next_fetch(noon_and_midnight, now=asked, max_age=13 * HOUR).at == NOON + DAY


def test_a_cron_time_in_an_hour_the_publisher_skips_gives_way_to_the_next() -> None:
    early = Hints(skip_hours=(12, 13, 14))
    again = turn(Cadence(cron="*/20 * * * *"), hints=early)
    assert (again.at, again.why) == (NOON + 3 * HOUR, Why.SKIPPED)
    tuesday = Hints(skip_days=(0,))
    assert asked_again(Cadence(cron="0 13 * * *"), hints=tuesday) == NOON + DAY + HOUR
    only = turn(Cadence(cron="0 13 * * *"), hints=early)
    assert (only.at, only.why) == (NOON + HOUR, Why.CRON), "it is at no other time"


def cron_field(lowest: int, highest: int) -> st.SearchStrategy[str]:
    numbers = st.integers(lowest, highest)
    ranges = st.tuples(numbers, numbers).map(lambda ends: f"{min(ends)}-{max(ends)}")
    stepped = st.tuples(ranges, st.integers(1, highest - lowest)).map("{0[0]}/{0[1]}".format)
    part = numbers.map(str) | ranges | stepped
    starred = st.integers(1, highest - lowest).map("*/{}".format) | st.just("*")
    return starred | st.lists(part, min_size=1, max_size=3).map(",".join)


crons = st.tuples(
    cron_field(0, 59), cron_field(0, 23), cron_field(1, 31), cron_field(1, 12), cron_field(0, 7)
).map(" ".join)


def matches(text: str, value: int, lowest: int, highest: int) -> bool:
    """A second, plain reading of one cron field, to hold the first against."""
    for part in text.split(","):
        span, _, step = part.partition("/")
        first, _, last = span.partition("-")
        low, high = (lowest, highest) if span == "*" else (int(first), int(last or first))
        if low <= value <= high and (value - low) % int(step or 1) == 0:
            return True
    return False


def is_cron_day(cron: str, moment: datetime) -> bool:
    _, _, day, month, weekday = cron.split()
    number = moment.isoweekday() % 7
    by_weekday = matches(weekday, number, 0, 7) or (number == 0 and matches(weekday, 7, 0, 7))
    by_day = matches(day, moment.day, 1, 31)
    both = day.startswith("*") or weekday.startswith("*")
    fits = by_day and by_weekday if both else by_day or by_weekday
    return fits and matches(month, moment.month, 1, 12)


def is_cron_moment(cron: str, moment: datetime) -> bool:
    minute, hour, *_ = cron.split()
    in_day = matches(minute, moment.minute, 0, 59) and matches(hour, moment.hour, 0, 23)
    return in_day and is_cron_day(cron, moment)


@settings(max_examples=60)
@given(cron=crons, seconds=st.integers(0, 20 * 366 * 86_400))
def test_the_next_cron_time_is_the_first_that_crontab_would_choose(cron: str, seconds: int) -> None:
    now = NOON + timedelta(seconds=seconds)
    if cron_problem(cron) is not None:
        assert not any(is_cron_day(cron, NOON + number * DAY) for number in range(4 * 366))
        return
    again = next_fetch(Cadence(cron=cron), now=now).at
    assert again > now
    assert is_cron_moment(cron, again)
    minutes_between = min(int((again - now) / MINUTE), 3000)
    for number in range(1, minutes_between):
        earlier = again - number * MINUTE
        assert earlier <= now or not is_cron_moment(cron, earlier)


@given(cron=st.text(max_size=30) | st.text("0123456789*/-, monfrisujae", max_size=30))
def test_any_text_is_either_a_cron_expression_or_explained(cron: str) -> None:
    problem = cron_problem(cron)
    if problem is None:
        again = asked_again(Cadence(cron=cron))
        assert again > NOON
    else:
        assert problem.isprintable()
