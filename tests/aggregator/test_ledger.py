"""An article is known by every name it ever had: whatever a source does to ids, none is new."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from aggregator.model import Identity
from feeds.model import SourceEntry, Text
from tests.aggregator.intakes import DAY, Intake, an_entry, an_intake, entries
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")


@pytest.fixture
def intake(tmp_path: Path) -> Iterator[Intake]:
    with an_intake(tmp_path) as one:
        yield one


def addressed(number: int, **changes: object) -> SourceEntry:
    """Return an entry whose id is its address, as many are."""
    address = f"http://old.example/news/{number}"
    return an_entry(number, id=address, permalink=address, **changes)


def moved(entry: SourceEntry, old: str, new: str) -> SourceEntry:
    assert entry.id is not None
    assert entry.permalink is not None
    return replace(
        entry, id=entry.id.replace(old, new), permalink=entry.permalink.replace(old, new)
    )


MOVES: dict[str, Callable[[SourceEntry], SourceEntry]] = {
    "another id": lambda one: replace(one, id=f"{one.id}-again"),
    "no id": lambda one: replace(one, id=None),
    "an id of another kind": lambda one: replace(one, id=f"tag:x.example,2026:{one.title}"),
    "https": lambda one: moved(one, "http://", "https://"),
    "another host": lambda one: moved(one, "old.example", "www.new.example"),
    "another host by https": lambda one: moved(one, "http://old.example", "https://new.example"),
    "www in front": lambda one: moved(one, "//old", "//www.old"),
    "a tracking parameter in the id": lambda one: replace(one, id=f"{one.id}?utm_source=rss"),
    "another id and another title": lambda one: replace(one, id="x" + str(one.id), title="Else"),
}


@pytest.mark.parametrize("count", [1, 3, 40])
def test_an_entry_without_a_page_is_known_by_its_words_if_its_id_is_another_each_time(
    intake: Intake, count: int
) -> None:
    for turn in range(4):
        told = [
            an_entry(number, id=f"urn:{turn}:{number}", permalink=None) for number in range(count)
        ]
        assert intake.take(*told) == (0 if turn else count, 0)


def test_entries_of_the_same_words_are_two_where_their_ids_stay(intake: Intake) -> None:
    alike = an_entry(1, permalink=None)
    both = (alike, replace(alike, id="urn:x:other"))
    assert intake.take(*both) == (2, 0)
    assert intake.take(*both) == (0, 0)
    assert intake.take(*both, replace(alike, id="urn:x:third")) == (1, 0)
    undated = replace(alike, published=None)
    assert intake.take(replace(undated, id="urn:x:4"), replace(undated, id="urn:x:5")) == (2, 0)
    assert intake.take(replace(undated, id="urn:x:6")) == (1, 0), "a warning given once more"


@pytest.mark.parametrize("move", MOVES)
@pytest.mark.parametrize("count", [1, 3, 40])
def test_a_source_that_gives_its_entries_other_names_brings_nothing_new(
    intake: Intake, move: str, count: int
) -> None:
    before = [addressed(number) for number in range(count)]
    assert intake.take(*before) == (count, 0)
    known = {article.id: article.atom_id for article in intake.stored()}
    after = [MOVES[move](one) for one in before]
    assert intake.take(*after)[0] == 0
    assert intake.take(*after) == (0, 0), "it is known under both"
    assert intake.take(*before)[0] == 0, "the old name still leads to it"
    assert {article.id: article.atom_id for article in intake.stored()} == known


def test_an_article_that_is_filed_elsewhere_is_the_same(intake: Intake) -> None:
    told = [addressed(number, title=f"Long story {number}") for number in range(6)]
    named = [moved(one, "news/", "us/politics/a-long-and-telling-headline-") for one in told]
    assert intake.take(*named) == (6, 0)
    filed = [moved(one, "us/politics/", "us/") for one in named[:1]]
    assert intake.take(*filed, *named[1:]) == (0, 1)
    both = moved(named[2], "us/politics/", "world/")
    assert intake.take(both, *named[1:]) == (1, 0), "what stands beside the other is another"


def test_two_hosts_in_one_source_do_not_lose_each_other_s_articles(intake: Intake) -> None:
    one = addressed(1, title="Hello world")
    other = moved(replace(one, published=NOON - 30 * DAY), "old.example", "else.example")
    assert intake.take(one, other) == (2, 0)
    assert intake.take(other) == (0, 0)
    third = moved(replace(one, published=NOON), "old.example", "third.example")
    assert intake.take(third, one, other) == (1, 0), "the first is here beside it"


def test_ids_that_become_the_same_and_unique_again_bring_nothing_new(intake: Intake) -> None:
    unique = entries(1, 2, 3)
    same = [replace(one, id="same") for one in unique]
    renewed = [replace(one, id=f"new {one.id}") for one in unique]
    assert intake.take(*unique) == (3, 0)
    for document in (same, unique, same, renewed, same, unique):
        assert intake.take(*document)[0] == 0
    assert len(intake.stored()) == 3


def test_of_one_id_for_all_each_page_is_an_article_whatever_comes_in_front(intake: Intake) -> None:
    same = [replace(one, id="same") for one in entries(1, 2, 3)]
    assert intake.take(*same) == (3, 0)
    assert intake.take(an_entry(4, id="same"), *same) == (1, 0)
    assert intake.take(*reversed(same)) == (0, 0)


# An id used again


def another_story(**changes: object) -> SourceEntry:
    plain = an_entry(
        9,
        id="urn:x:1",
        title="Harbour reopens",
        published=NOON + 3 * DAY,
        summary=Text(value="Ships are back at the quay since dawn."),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def test_an_id_used_again_for_another_story_is_another_article(intake: Intake) -> None:
    first = an_entry(1)
    intake.take(first)
    intake.now = NOON + 3 * DAY
    assert intake.take(another_story()) == (1, 0)
    assert intake.titles() == {"Entry 1", "Harbour reopens"}
    ids = {article.title: article.atom_id for article in intake.stored()}
    assert ids["Entry 1"] == "urn:x:1"
    assert ids["Harbour reopens"].startswith("tag:paper.example,")
    assert intake.take(another_story()) == (0, 0)
    assert intake.take(replace(another_story(), title="Harbour reopens at last")) == (0, 1)
    assert intake.take(first) == (0, 0), "the first is still known by its page"
    third = another_story(
        title="Museum closes", permalink="https://x.example/77", published=NOON + 9 * DAY,
        summary=Text(value="Its doors stay shut."),
    )  # fmt: skip
    intake.now = NOON + 9 * DAY
    assert intake.take(third) == (1, 0)
    assert len(intake.stored()) == 3


@pytest.mark.parametrize(
    "change",
    [
        {"permalink": "https://x.example/1"},
        {"title": "Entry 1 corrected"},
        {"summary": Text(value="What number 1 says, and more.")},
        {"published": NOON},
        {"published": None},
        {"permalink": None},
    ],
)
def test_whatever_is_left_of_the_first_makes_it_an_edit(
    intake: Intake, change: dict[str, object]
) -> None:
    intake.take(an_entry(1))
    intake.now = NOON + 3 * DAY
    assert intake.take(another_story(**change)) == (0, 1)
    assert len(intake.stored()) == 1


# All at once


def renamed_through_and_through(number: int) -> SourceEntry:
    return an_entry(number, id=f"n{number * 7}", permalink=f"https://new.example/a/{number * 7}")


def test_a_hundred_entries_under_other_ids_and_addresses_are_the_same_hundred(
    intake: Intake,
) -> None:
    intake.source = replace(intake.source, backfill=None)
    assert intake.take(*entries(*range(100))) == (100, 0)
    other = [renamed_through_and_through(number) for number in range(100)]
    assert intake.take(*other) == (0, 100), "their addresses changed"
    assert "ids have all changed" in (intake.known().notes or "")
    assert intake.take(*other) == (0, 0)
    assert intake.known().notes is None


def test_what_is_really_new_among_them_is_new(intake: Intake) -> None:
    intake.source = replace(intake.source, backfill=None)
    intake.take(*entries(*range(100)))
    other = [renamed_through_and_through(number) for number in range(90)]
    news = [renamed_through_and_through(number) for number in range(1000, 1010)]
    assert intake.take(*news, *other)[0] == 10
    assert len(intake.stored()) == 110


def test_a_document_full_of_news_is_news(intake: Intake) -> None:
    intake.take(*entries(*range(50)))
    assert intake.take(*entries(*range(100, 150))) == (50, 0)


def test_one_title_for_every_day_is_not_taken_for_one_article(intake: Intake) -> None:
    daily = [
        an_entry(number, title="Morning briefing", published=NOON - number * DAY)
        for number in range(40)
    ]
    intake.take(*daily[20:])
    assert intake.take(*daily[:20])[0] == 20


# What the operator says makes an article


def test_where_the_link_decides_ids_say_nothing(tmp_path: Path) -> None:
    with an_intake(tmp_path, identity=Identity.LINK) as intake:
        assert intake.take(*entries(1, 2)) == (2, 0)
        swapped = [an_entry(1, id="urn:x:2"), an_entry(2, id="urn:x:1")]
        assert intake.take(*swapped)[0] == 0
        assert {article.permalink: article.title for article in intake.stored()} == {
            "https://x.example/1": "Entry 1",
            "https://x.example/2": "Entry 2",
        }


def test_where_link_and_title_decide_one_page_holds_many_articles(tmp_path: Path) -> None:
    page = "https://x.example/live"
    with an_intake(tmp_path, identity=Identity.LINK_AND_TITLE) as intake:
        told = [an_entry(number, id=None, permalink=page) for number in range(3)]
        assert intake.take(*told) == (3, 0)
        assert intake.take(*told, an_entry(9, id=None, permalink=page)) == (1, 0)
        assert intake.take(*told) == (0, 0)


# Whatever happens


class Source(RuleBasedStateMachine):
    """A source that renames its entries as it likes, but never gives two of them one name."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.open = an_intake(Path(self.folder.name), backfill=None)
        self.intake = self.open.__enter__()
        self.told: dict[int, SourceEntry] = {}
        self.left: set[int] = set()
        self.count = 0

    def teardown(self) -> None:
        self.open.__exit__(None, None, None)
        self.folder.cleanup()

    @initialize()
    def begin(self) -> None:
        self.write(3)

    @rule(count=st.integers(1, 8))
    def write(self, count: int) -> None:
        for _ in range(count):
            self.count += 1
            day = self.intake.now - timedelta(minutes=self.count)
            self.told[self.count] = addressed(self.count, published=day)

    @rule(move=st.sampled_from(sorted(set(MOVES) - {"no id", "another id and another title"})))
    def rename(self, move: str) -> None:
        self.told = {number: MOVES[move](one) for number, one in self.told.items()}

    @rule(data=st.data())
    def leave(self, data: st.DataObject) -> None:
        if here := sorted(set(self.told) - self.left):
            self.left.add(data.draw(st.sampled_from(here)))

    @rule()
    def return_(self) -> None:
        self.left.clear()

    @rule()
    def empty(self) -> None:
        self.intake.take()

    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        number = data.draw(st.sampled_from(sorted(self.told)))
        self.told[number] = replace(self.told[number], title=f"{self.told[number].title}, again")

    @invariant()
    def each_is_one_article(self) -> None:
        self.intake.take(*(one for n, one in self.told.items() if n not in self.left))
        stored = self.intake.stored()
        assert len(stored) <= self.count
        if not self.left:
            assert len(stored) == self.count
        assert len({article.atom_id for article in stored}) == len(stored)


def test_whatever_a_source_does_nothing_is_told_twice_and_nothing_comes_back() -> None:
    bounds = effort(
        max_examples=15, stateful_step_count=12, deadline=None,
        suppress_health_check=[HealthCheck.too_slow],
    )  # fmt: skip
    run_state_machine_as_test(Source, settings=bounds)
