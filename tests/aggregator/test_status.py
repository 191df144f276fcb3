"""Status: how each configured source is, for people and for programs."""

from dataclasses import replace
from datetime import datetime, timedelta, timezone

from aggregator.model import Source, SourceId
from aggregator.status import SourceStatus, statuses
from aggregator.store.sources import REMOVED, Remembered
from tests.aggregator.newsrooms import a_paper, a_source
from tests.conftest import NOON


def the_status(source: Source, *known: Remembered, entries: int = 0) -> SourceStatus:
    counted = {source.id: entries} if entries else {}
    (row,) = statuses(a_paper(source), {one.id: one for one in known}, counted)
    return row


def a_memory(source: Source, **changes: object) -> Remembered:
    plain = Remembered(
        id=source.id, feed=source.feed, address="https://moved.example/", state="ok", new=3,
        last_success=NOON, next_fetch=NOON + timedelta(minutes=30),
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


A = a_source("a")


def test_a_source_nobody_has_asked_yet_is_new() -> None:
    row = the_status(A)
    assert (row.state, row.entries, row.new, row.last_success, row.error) == (
        "new",
        0,
        0,
        None,
        None,
    )


def test_a_source_is_as_it_was_left() -> None:
    row = the_status(A, a_memory(A, state="failing", error="no answer"), entries=7)
    assert (row.id, row.name, row.feed) == ("a", "A", A.feed)
    assert (row.state, row.error, row.entries, row.new) == ("failing", "no answer", 7, 3)
    assert row.next_fetch == NOON + timedelta(minutes=30)


def test_a_source_switched_off_has_no_next_turn() -> None:
    row = the_status(replace(A, enabled=False), a_memory(A))
    assert (row.state, row.next_fetch) == ("off", None)


def test_a_source_with_another_feed_is_new_again() -> None:
    assert the_status(replace(A, feed="https://other.example/"), a_memory(A)).state == "new"


def test_a_source_put_back_is_not_called_removed() -> None:
    assert the_status(A, a_memory(A, state=REMOVED)).state == "ok"
    assert the_status(A, a_memory(A, state=REMOVED, last_success=None)).state == "new"


def test_sources_come_in_the_order_configured_and_those_taken_out_not_at_all() -> None:
    b, c = a_source("b"), a_source("c")
    known = {SourceId(one.id): a_memory(one) for one in (A, b, c)}
    assert [row.id for row in statuses(a_paper(c, A), known, {})] == ["c", "a"]


def test_programs_get_times_in_utc() -> None:
    brussels = timezone(timedelta(hours=2))
    row = the_status(A, a_memory(A, last_success=datetime(2026, 6, 1, 14, 0, tzinfo=brussels)))
    written = row.as_json()
    assert written["last_success"] == "2026-06-01T12:00:00Z"
    assert written["next_fetch"] == "2026-06-01T12:30:00Z"
    assert written["error"] is None
