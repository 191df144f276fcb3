"""A permanent redirect is believed once it has proved itself."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from aggregator.moves import PROVED_AFTER, TURNS, Move, address_after_failure, settle
from tests.conftest import NOON

OLD, NEW, OTHER = "https://a.example/feed", "https://b.example/feed", "https://c.example/feed"
HALF = timedelta(hours=12)


def test_the_same_answer_on_three_turns_over_a_day_is_believed() -> None:
    first = settle(None, NEW, now=NOON)
    assert first.move == Move(to=NEW, turns=1, since=NOON)
    second = settle(first.move, NEW, now=NOON + HALF)
    assert (second.move, second.address) == (Move(to=NEW, turns=2, since=NOON), None)
    third = settle(second.move, NEW, now=NOON + 2 * HALF)
    assert (third.move, third.address) == (None, NEW)


def test_many_answers_in_an_hour_prove_nothing_yet() -> None:
    move = None
    for minute in range(60):
        settled = settle(move, NEW, now=NOON + timedelta(minutes=minute))
        assert settled.address is None
        move = settled.move
    assert settle(move, NEW, now=NOON + timedelta(days=1)).address == NEW


def test_another_target_begins_anew_and_none_ends_it() -> None:
    move = Move(to=NEW, turns=2, since=NOON)
    later = NOON + timedelta(days=9)
    assert settle(move, OTHER, now=later).move == Move(to=OTHER, turns=1, since=later)
    assert settle(move, None, now=later) == settle(None, None, now=later)
    assert settle(move, None, now=later).move is None


@given(
    answers=st.lists(
        st.tuples(st.sampled_from([NEW, OTHER, None]), st.integers(1, 2_000)), max_size=30
    )
)
def test_whatever_is_believed_was_said_three_times_in_a_row_over_a_day(
    answers: list[tuple[str | None, int]],
) -> None:
    now, move = NOON, None
    said: list[tuple[str | None, object]] = []
    for target, minutes in answers:
        now += timedelta(minutes=minutes)
        said.append((target, now))
        settled = settle(move, target, now=now)
        move = settled.move
        if settled.address is not None:
            streak = [at for to, at in reversed(said) if to == target][:TURNS]
            assert [to for to, _ in said[-TURNS:]] == [target] * TURNS
            assert len(streak) == TURNS
            first = next(at for to, at in said if to == target)
            assert now - first >= PROVED_AFTER  # type: ignore[operator]  # a moment, plainly
            return


def test_when_the_new_address_fails_the_old_one_is_asked_again() -> None:
    assert [address_after_failure(NEW, OLD, failures=count) for count in (1, 2, 3, 9)] == [
        NEW, NEW, OLD, OLD,
    ]  # fmt: skip
