"""An article changes in place, a few times a day at most, and what changed is known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.changes import DAY, due
from aggregator.comparing import ripen
from aggregator.store import articles as kept
from aggregator.store import edits
from aggregator.store.engine import transaction
from feeds.model import Category, SourceEntry, Text
from tests.aggregator.intakes import Intake, an_entry, an_intake
from tests.aggregator.newsrooms import a_desk, a_feed, a_paper, a_source, an_item
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    with an_intake(tmp_path) as one:
        yield one


def counted(number: int, **changes: object) -> SourceEntry:
    return an_entry(1, summary=Text(value=f"Read {number} times."), **changes)


def ripened(intake: Intake) -> int:
    with transaction(intake.engine) as connection:
        return ripen(connection, now=intake.now)


def test_a_counter_in_the_text_changes_an_article_six_times_a_day(intake: Intake) -> None:
    intake.take(counted(0))
    shown = []
    for number in range(1, 1001):
        intake.now = NOON + number * timedelta(minutes=2)
        intake.take(counted(number))
        ripened(intake)
        shown.append(intake.stored()[0].summary)
    rewritten = sum(one != before for before, one in zip(["Read 0 times.", *shown], shown))  # noqa: B905
    assert rewritten <= 6 * 2, "in a day and a half"
    intake.now += DAY
    assert ripened(intake) == 1
    assert intake.stored()[0].summary == "Read 1000 times.", "the last state is not lost"
    assert ripened(intake) == 0


def test_the_last_state_reaches_the_paper_though_its_source_says_no_more(tmp_path: Path) -> None:
    wire = {}
    settings = a_paper(a_source("a", edits=1))
    with a_desk(tmp_path, settings) as desk:
        wire = desk.wire.bodies
        for number in range(4):
            wire["https://a.example/feed"] = a_feed(an_item(1, "Count", f"Read {number} times."))
            desk.build()
        assert b"Read 1 times." in desk.files()["atom.xml"]
        desk.now += DAY
        desk.build(everything=False)
        assert b"Read 3 times." in desk.files()["atom.xml"]
        files = desk.files()
        assert desk.publish().changed == 0
        assert desk.files() == files


def test_what_turns_back_before_its_turn_was_no_change(intake: Intake) -> None:
    intake.source = replace(intake.source, edits=1)
    intake.take(counted(0))
    intake.take(counted(1))
    (shown,) = intake.stored()
    assert intake.take(counted(2)) == (0, 1)
    assert intake.take(counted(1)) == (0, 0)
    intake.now += 2 * DAY
    assert ripened(intake) == 0
    assert intake.stored() == [shown]


def test_what_changed_and_when_is_told(intake: Intake) -> None:
    intake.take(an_entry(1))
    first, second = intake.now, intake.now + timedelta(hours=1)
    intake.take(an_entry(1, title="Corrected", categories=(Category(term="World"),)))
    intake.take(an_entry(1, title="Corrected again", categories=(Category(term="World"),)))
    (article,) = intake.stored()
    with transaction(intake.engine) as connection:
        assert edits.history(connection, article.id) == (
            (first, ("categories", "title"), "Entry 1"),
            (second, ("title",), "Corrected"),
        )


def test_what_readers_do_not_see_is_no_change(intake: Intake) -> None:
    intake.take(an_entry(1))
    with transaction(intake.engine) as connection:
        kept.unmark(connection)
    assert intake.take(an_entry(1, updated=NOON)) == (0, 0)
    with transaction(intake.engine) as connection:
        assert kept.marked(connection, "article") == set()


@given(
    st.lists(st.datetimes(NOON.replace(tzinfo=None) - 3 * DAY, NOON.replace(tzinfo=None))),
    st.integers(1, 10),
)
def test_no_twenty_four_hours_see_more_changes_than_allowed(
    moments: list[datetime], most: int
) -> None:
    made: list[datetime] = []
    for now in sorted(moment.replace(tzinfo=NOON.tzinfo) for moment in moments):
        when = due(made, most=most, now=now)
        assert when >= now
        assert when <= now + DAY
        if when == now:
            made.append(now)
        else:
            assert sum(when - DAY < one <= when for one in made) < most, "then it may"
    for end in made:
        assert sum(end - DAY < one <= end for one in made) <= most
