"""What a source had before, and what comes all at once, is no news; and nothing of it is lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.floods import FLOOD, ROOM, Habit, backfilled, let_in
from aggregator.removal import release
from aggregator.store import aside, crowding
from aggregator.store.engine import transaction
from feeds.model import SourceEntry
from tests.aggregator.intakes import DAY, HOUR, Intake, an_entry, an_intake, entries
from tests.aggregator.newsrooms import a_source
from tests.aggregator.pieces import an_article
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

ARTICLES = [an_article(number) for number in range(1, 400)]


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    with an_intake(tmp_path) as one:
        yield one


def a_month_of_three_a_day(intake: Intake) -> None:
    """Let a source give three articles a day for a month."""
    for day in range(31):
        intake.now = NOON + day * DAY
        told = [
            an_entry(day * 3 + number, published=intake.now - number * HOUR) for number in range(3)
        ]
        assert intake.take(*told) == (3, 0)


def a_flood(intake: Intake, count: int, start: int = 10_000) -> list[SourceEntry]:
    return [
        an_entry(start + number, published=intake.now - number * timedelta(minutes=1))
        for number in range(count)
    ]


def test_a_new_source_brings_its_newest_fifty_and_its_archive_never_is_news(intake: Intake) -> None:
    archive = entries(*range(200))
    assert intake.take(*archive) == (50, 0)
    assert intake.titles() == {f"Entry {number}" for number in range(50)}
    assert intake.take(*archive) == (0, 0)
    corrected = [replace(one, title=f"{one.title}, corrected") for one in archive]
    assert intake.take(*corrected) == (0, 50), "an archive that is edited is no news either"
    assert intake.take(an_entry(999), *corrected) == (1, 0)


@pytest.mark.parametrize(
    ("backfill", "new"), [(0, 0), (7, 7), (timedelta(minutes=90), 91), (None, 200)]
)
def test_the_operator_says_how_much_of_an_archive_is_wanted(
    tmp_path: Path, backfill: int | timedelta | None, new: int
) -> None:
    with an_intake(tmp_path, backfill=backfill) as intake:
        assert intake.take(*entries(*range(200))) == (new, 0)
        assert intake.take(*entries(*range(200))) == (0, 0)
        assert intake.take(*entries(300, 301)) == (2, 0)


def test_a_source_that_first_said_nothing_still_has_an_archive(intake: Intake) -> None:
    assert intake.take() == (0, 0)
    assert intake.take(*entries(*range(90))) == (90, 0), "less than a flood, and no archive"


def test_five_thousand_at_once_from_a_source_of_three_a_day_are_held(intake: Intake) -> None:
    a_month_of_three_a_day(intake)
    intake.now += DAY
    flood = a_flood(intake, 5000)
    new, changed = intake.take(*flood)
    assert (new, changed) == (ROOM, 0)
    assert {f"Entry {10_000 + number}" for number in range(ROOM)} <= intake.titles(), "the newest"
    assert "4950 new articles are held, where 3 a day are usual" in (intake.known().notes or "")
    assert intake.take(*flood) == (0, 0)
    assert intake.take(*a_flood(intake, 400, start=50_000), *flood)[0] == 0, "the day is full"
    intake.now += DAY
    assert intake.take(an_entry(99, published=intake.now)) == (1, 0), "its news still comes in"
    assert intake.take(*entries(1, 2, 3, title="Elsewhere"), source=a_source("b")) == (3, 0)


def test_what_is_held_comes_in_when_the_operator_says_so_and_is_lost_never(intake: Intake) -> None:
    a_month_of_three_a_day(intake)
    intake.now += DAY
    flood = a_flood(intake, 300)
    intake.take(*flood)
    corrected = replace(flood[200], title="Corrected while it was held")
    assert intake.take(*flood[:200], corrected) == (0, 0)
    with transaction(intake.engine) as connection:
        assert aside.held(connection) == {"a": 250}
        assert release(connection, intake.source, newest=100) == (100, 150)
        assert release(connection, intake.source) == (150, 0)
        assert aside.held(connection) == {}
    assert len(intake.stored()) == 93 + 300
    assert "Corrected while it was held" in intake.titles()
    assert intake.take(*flood[:200], corrected, *flood[201:]) == (0, 0)


def test_floods_without_end_do_not_fill_the_disk(
    intake: Intake, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crowding, "MOST_HELD", 300)
    a_month_of_three_a_day(intake)
    for turn in range(4):
        flood = a_flood(intake, 200, start=(turn + 1) * 1_000)
        intake.take(*flood)
    with transaction(intake.engine) as connection:
        assert aside.held(connection) == {"a": 300}
    last = {f"Entry {4_000 + number}" for number in range(200)}
    assert last <= {title for title, why in intake.aside().items() if why == aside.HELD}
    again = [an_entry(number, title="Again") for number in range(1_060, 1_100)]
    assert intake.take(*again) == (0, 0), "what is not held any more is known, and no news"


def test_what_the_operator_discards_is_never_news(intake: Intake) -> None:
    a_month_of_three_a_day(intake)
    intake.now += DAY
    flood = a_flood(intake, 300)
    intake.take(*flood)
    with transaction(intake.engine) as connection:
        assert release(connection, intake.source, newest=10, discard=True) == (10, 240)
        assert release(connection, intake.source) == (0, 0)
    assert intake.take(*(replace(one, title=f"{one.title}!") for one in flood)) == (0, 60)


def test_a_source_that_was_away_for_long_brings_what_it_has_missed(intake: Intake) -> None:
    a_month_of_three_a_day(intake)
    intake.now += 7 * DAY
    assert intake.take(*a_flood(intake, 150)) == (150, 0), "three a day, and seven days of patience"


def test_a_source_that_is_emptied_and_filled_again_loses_and_brings_nothing(intake: Intake) -> None:
    hundred = entries(*range(100))
    intake.source = replace(intake.source, backfill=None)
    assert intake.take(*hundred) == (100, 0)
    before = intake.stored()
    assert intake.take() == (0, 0)
    assert intake.known().notes == "its document holds no entries; what it had stays in the paper"
    assert intake.known().state == "ok"
    assert intake.stored() == before
    assert intake.take(*hundred) == (0, 0)
    assert intake.known().notes is None
    assert intake.stored() == before


def test_entries_that_drop_off_and_come_back_are_the_same(intake: Intake) -> None:
    assert intake.take(*entries(*range(40))) == (40, 0)
    before = intake.stored()
    for told in (entries(*range(20)), entries(*range(20, 40)), [], entries(*range(40))):
        assert intake.take(*told) == (0, 0)
    assert intake.stored() == before


def test_what_had_nothing_to_say_is_taken_when_it_does(intake: Intake) -> None:
    silent = an_entry(1, title="", summary=None)
    assert intake.take(silent) == (0, 0)
    assert intake.take(silent) == (0, 0)
    assert intake.take(an_entry(1)) == (1, 0)
    assert intake.aside() == {}


# The law


@given(
    st.integers(0, 399),
    st.integers(0, 5000),
    st.integers(0, 300),
    st.floats(0, 400),
)
def test_of_any_flood_all_is_let_in_or_held_and_what_comes_in_is_the_newest(
    count: int, month: int, today: int, days: float
) -> None:
    fresh = ARTICLES[:count]
    habit = Habit(articles=month, days=30, today=today)
    within, held = let_in(fresh, habit, since_last=timedelta(days=days))
    assert sorted([*within, *held], key=fresh.index) == list(fresh)
    if held:
        assert len(fresh) > FLOOD
        assert len(within) <= max(ROOM - today, 0)
        assert all(a.published >= b.published for a in within for b in held)


@given(
    st.integers(0, 120),
    st.none() | st.integers(0, 50) | st.timedeltas(timedelta(hours=1), timedelta(days=9)),
)
def test_of_any_archive_the_newest_part_is_news(count: int, limit: int | timedelta | None) -> None:
    fresh = ARTICLES[:count]
    news, archive = backfilled(fresh, limit, now=NOON)
    assert sorted([*news, *archive], key=fresh.index) == list(fresh)
    assert all(a.published >= b.published for a in news for b in archive)
