"""A paper kept up: a real database, a made-up wire, and a clock that a test moves."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Lock

import pytest
from structlog.testing import capture_logs

from aggregator import updating, upkeep
from aggregator.keeping import keep_all
from aggregator.model import Source, SourceId
from aggregator.store.engine import transaction
from aggregator.store.sources import Remembered, enrol, remember, remembered
from feeds.errors import FetchError, StoreError, Trouble
from feeds.fetch import Fetched, NotModified, Request
from tests.aggregator.newsrooms import (
    PATIENCE,
    Desk,
    Keeping,
    Wire,
    a_desk,
    a_feed,
    a_paper,
    a_source,
    an_item,
    keeping,
)
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

TICK, MINUTE = timedelta(seconds=15), timedelta(minutes=1)
HALF_AN_HOUR, HOUR, DAY = timedelta(minutes=30), timedelta(hours=1), timedelta(days=1)
YEAR = 365 * DAY


def sources(count: int, *, hosts: int = 0, **changes: object) -> list[Source]:
    """Return so many sources, each at a host of its own unless `hosts` says fewer."""
    return [
        a_source(f"s{n}", feed=f"https://h{n % (hosts or count)}.example/{n}", **changes)
        for n in range(count)
    ]


def bodies(*those: Source) -> dict[str, bytes | FetchError | Fetched]:
    return {
        one.feed: a_feed(an_item(n, f"Report {n} of {one.name}", "It rained.", host=one.id))
        for n, one in enumerate(those)
    }


def silence(*those: Source) -> dict[str, bytes | FetchError | Fetched]:
    return {one.feed: a_feed() for one in those}


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    a, b = a_source("a"), a_source("b")
    with a_desk(tmp_path, a_paper(a, b), Wire(bodies(a, b))) as opened:
        yield opened


def known(desk: Desk) -> dict[SourceId, Remembered]:
    with transaction(desk.newsroom.engine) as connection:
        return remembered(connection)


def asked(desk: Desk) -> Counter[str]:
    return Counter(request.url for request in desk.wire.asked)


def let_be_due(desk: Desk, at: datetime) -> None:
    """Let every source have been asked, and be due at a moment."""
    with transaction(desk.newsroom.engine) as connection:
        enrol(connection, desk.settings.sources)
        for one in remembered(connection).values():
            due = replace(one, state="ok", last_success=at, next_fetch=at, pause=1_800)
            remember(connection, due)


class Hanging:
    """A wire on which some addresses hang until they are let go."""

    def __init__(self, wire: Wire, *urls: str) -> None:
        self.wire, self.urls = wire, urls
        self.begun, self.release = Event(), Event()
        self.lock, self.hung = Lock(), 0

    def __call__(self, request: Request) -> Fetched | NotModified:
        if request.url in self.urls:
            with self.lock:
                self.wire.asked.append(request)
                self.hung += 1
                if self.hung == len(self.urls):
                    self.begun.set()
            assert self.release.wait(PATIENCE)
            raise FetchError("no complete answer within 20 s", trouble=Trouble.TIMEOUT)
        return self.wire(request)


# What a tick does


def test_new_sources_are_asked_at_once_and_the_paper_is_printed(desk: Desk) -> None:
    keeping(desk).settle()
    assert set(asked(desk).values()) == {1}
    assert "atom.xml" in desk.files()


def test_nobody_is_asked_before_the_next_turn(desk: Desk) -> None:
    kept = keeping(desk)
    kept.settle()
    desk.now += 10 * MINUTE
    kept.settle()
    assert sum(asked(desk).values()) == 2
    desk.now += 25 * MINUTE
    kept.settle()
    assert set(asked(desk).values()) == {2}


def test_a_source_that_is_out_is_not_asked_twice(desk: Desk) -> None:
    hanging = Hanging(desk.wire, "https://a.example/feed")
    kept = keeping(desk, fetch=hanging)
    kept.tick()
    assert hanging.begun.wait(PATIENCE)
    for _ in range(5):
        desk.now += DAY
        kept.tick()
    assert asked(desk)["https://a.example/feed"] == 1
    hanging.release.set()
    kept.settle()
    assert asked(desk)["https://a.example/feed"] == 1


def test_a_source_that_hangs_holds_up_nobodys_next_turn(desk: Desk) -> None:
    hanging = Hanging(desk.wire, "https://a.example/feed")
    kept = keeping(desk, fetch=hanging, threads=2)
    kept.tick()
    assert hanging.begun.wait(PATIENCE)
    for turn in range(1, 5):
        while asked(desk)["https://b.example/feed"] < turn or kept.upkeep.out > 1:
            assert kept.called.wait(PATIENCE)
            kept.called.clear()
            kept.tick()
        desk.now += HOUR
        kept.called.set()
    hanging.release.set()
    kept.settle()
    assert known(desk)[SourceId("a")].state == "timeout"


def test_with_every_thread_hung_the_ticks_go_on_and_then_the_others_have_their_turn(
    desk: Desk,
) -> None:
    hanging = Hanging(desk.wire, "https://a.example/feed", "https://b.example/feed")
    c = a_source("c")
    desk.settings = replace(desk.settings, sources=(*desk.settings.sources, c))
    desk.wire.bodies |= bodies(c)
    kept = keeping(desk, fetch=hanging, threads=2)
    kept.tick()
    assert hanging.begun.wait(PATIENCE)
    for _ in range(20):
        desk.now += TICK
        kept.tick()  # were it to wait for a thread, it would not come back
    hanging.release.set()
    kept.settle()
    assert known(desk)[SourceId("c")].state == "ok"
    assert {one.state for one in known(desk).values()} == {"ok", "timeout"}


def test_a_host_with_very_many_feeds_does_not_starve_the_others(tmp_path: Path) -> None:
    big = [a_source(f"big{n}", feed=f"https://big.example/{n}") for n in range(400)]
    small = sources(5)
    order: list[str] = []
    with a_desk(tmp_path, a_paper(*big, *small), Wire(silence(*big, *small))) as desk:

        def fetch(request: Request) -> Fetched | NotModified:
            order.append(request.url)
            return desk.wire(request)

        kept = keeping(desk, fetch=fetch, threads=1)
        kept.settle()
        assert len(order) == 405
    last = max(place for place, url in enumerate(order) if "big" not in url)
    assert last < 20, "although four hundred were there before them"


def test_no_more_are_out_than_memory_allows(tmp_path: Path) -> None:
    many = sources(600)
    most = 0
    with a_desk(tmp_path, a_paper(*many), Wire(silence(*many))) as desk:
        kept = keeping(desk)
        kept.tick()
        while kept.upkeep.out:
            most = max(most, kept.upkeep.out)
            assert kept.called.wait(PATIENCE)
            kept.called.clear()
            kept.tick()
        assert len(asked(desk)) == 600
    assert most <= 256


# Printing while some still have to answer


def test_the_paper_does_not_wait_for_a_source_that_dawdles(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "DAWDLING", timedelta())
    hanging = Hanging(desk.wire, "https://a.example/feed")
    kept = keeping(desk, fetch=hanging)
    kept.tick()
    while "atom.xml" not in desk.files():
        assert kept.called.wait(PATIENCE)
        kept.called.clear()
        kept.tick()
    assert b"Report 1 of B" in desk.files()["atom.xml"]
    hanging.release.set()
    kept.settle()


@pytest.mark.parametrize("slow", ["a", "b"])
def test_an_early_edition_costs_no_related_links(
    tmp_path: Path, slow: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(updating, "DAWDLING", timedelta())
    texts = {
        "a": "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh.",
        "b": "The last Russian peacekeepers left Karabakh and closed the base at Khojaly.",
    }
    told = {
        f"https://{name}.example/feed": a_feed(
            an_item(1, "Khojaly closed", text, host=name, day=NOON - days * timedelta(days=4))
        )
        for days, (name, text) in enumerate(texts.items())
    }
    with a_desk(tmp_path, a_paper(*map(a_source, "ab")), Wire(dict(told))) as desk:
        release = Event()

        def fetch(request: Request) -> Fetched | NotModified:
            if request.url.startswith(f"https://{slow}."):
                assert release.wait(PATIENCE)
            return desk.wire(request)

        kept = keeping(desk, fetch=fetch)
        kept.tick()
        while "atom.xml" not in desk.files():
            assert kept.called.wait(PATIENCE)
            kept.called.clear()
            kept.tick()
        assert b'rel="related"' not in desk.files()["atom.xml"]
        release.set()
        kept.settle()
        links = desk.files()["atom.xml"]
    assert links.count(b'rel="related"') == 2


def test_nothing_new_is_nothing_to_print(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = keeping(desk)
    kept.settle()

    def refused(*_: object, **__: object) -> None:
        raise AssertionError("nobody had anything new")

    monkeypatch.setattr(updating, "judge_and_print", refused)
    for _ in range(3):
        desk.now += HOUR
        kept.settle()
    assert sum(asked(desk).values()) > 2


def test_a_wiped_output_is_printed_again(desk: Desk) -> None:
    kept = keeping(desk)
    kept.settle()
    before = desk.files()
    for name in before:
        (desk.newsroom.output / name).unlink()
    kept.settle()
    assert desk.files() == before


def test_that_there_is_nothing_to_print_is_said_once(desk: Desk) -> None:
    desk.wire.bodies.clear()
    kept = keeping(desk)
    with capture_logs() as logs:
        for _ in range(4):
            kept.settle()
    said = [line["problem"] for line in logs if line["event"] == "nothing published"]
    assert said == ["there is no paper to print: no source has given an article yet"]


# Operators who change their mind while a source is being asked


def changed_while_out(desk: Desk, *others: Source) -> Keeping:
    """Ask source a, change the settings before it answers, and let it."""
    hanging = Hanging(desk.wire, "https://a.example/feed")
    kept = keeping(desk, fetch=hanging)
    kept.tick()
    assert hanging.begun.wait(PATIENCE)
    desk.settings = replace(desk.settings, sources=others)
    kept.tick()
    hanging.release.set()
    kept.settle()
    return kept


def test_what_a_source_says_that_was_taken_out_meanwhile_is_dropped(desk: Desk) -> None:
    changed_while_out(desk, a_source("b"))
    left = known(desk)[SourceId("a")]
    assert (left.state, left.failures, left.error) == ("removed", 0, None)


def test_a_source_whose_feed_changed_meanwhile_is_asked_afresh(desk: Desk) -> None:
    other = a_source("a", feed="https://other.example/feed")
    desk.wire.bodies |= bodies(other)
    changed_while_out(desk, other, a_source("b"))
    now = known(desk)[SourceId("a")]
    assert (now.state, now.address) == ("ok", "https://other.example/feed")


def test_a_source_switched_off_is_not_asked_and_switched_on_again_is(desk: Desk) -> None:
    kept = keeping(desk)
    on = desk.settings
    off = replace(on, sources=(replace(on.sources[0], enabled=False), on.sources[1]))
    for settings, count in ((on, 1), (off, 1), (on, 2)):
        desk.settings = settings
        kept.settle()
        desk.now += HOUR
        assert asked(desk)["https://a.example/feed"] == count


# When the database refuses


def test_what_cannot_be_kept_for_now_is_kept_later_and_nobody_is_asked_meanwhile(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusals = 3

    def full(*args: object, **named: object) -> object:
        nonlocal refusals
        if refusals:
            refusals -= 1
            raise StoreError("the disk is full")
        return keep_all(*args, **named)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(upkeep, "keep_all", full)
    kept = keeping(desk)
    with capture_logs() as logs:
        kept.tick()
        while kept.upkeep.out:
            kept.called.wait(0.05)
            kept.tick()
    assert {one.state for one in known(desk).values()} == {"ok"}
    assert set(asked(desk).values()) == {1}
    problems = [line["problem"] for line in logs if line["event"] == "nothing published"]
    assert problems == ["the disk is full"]


def test_what_has_been_answered_is_kept_when_we_end(desk: Desk) -> None:
    kept = keeping(desk)
    kept.tick()
    assert kept.called.wait(PATIENCE)
    desk.newsroom.stopping.set()
    kept.upkeep.stop(desk.now)
    states = Counter(one.state for one in known(desk).values())
    assert states["ok"] == len(kept.outcomes) >= 1
    assert all(one.etag for one in known(desk).values() if one.state == "ok")


# Clocks, outages and restarts


def test_after_a_day_off_overdue_sources_come_at_no_more_than_twice_their_usual_rate(
    tmp_path: Path,
) -> None:
    many = sources(400, every=HALF_AN_HOUR)
    with a_desk(tmp_path, a_paper(*many), Wire(silence(*many))) as desk:
        let_be_due(desk, NOON - DAY)
        kept = keeping(desk)
        begun: list[int] = []
        while len(asked(desk)) < 400:
            kept.settle()
            begun.append(sum(asked(desk).values()))
            desk.now += TICK
            assert desk.now < NOON + HALF_AN_HOUR, "and all within an interval"
    usual = 400 / 30  # a minute
    for before, after in zip([0, *begun], begun[3:], strict=False):
        assert after - before <= 2 * usual + 4


@pytest.mark.parametrize("step", [HOUR, YEAR, 200 * YEAR], ids=str)
def test_a_clock_set_forward_makes_no_burst(tmp_path: Path, step: timedelta) -> None:
    many = sources(60, every=HALF_AN_HOUR)
    with a_desk(tmp_path, a_paper(*many), Wire(silence(*many))) as desk:
        kept = keeping(desk)
        kept.settle()
        desk.now += step
        for _ in range(4):
            before = sum(asked(desk).values())
            kept.settle()
            assert sum(asked(desk).values()) - before <= 8
            desk.now += TICK


@pytest.mark.parametrize("step", [-HOUR, -YEAR], ids=str)
def test_a_clock_set_back_puts_nobody_off_and_makes_no_burst(
    tmp_path: Path, step: timedelta
) -> None:
    many = sources(60, every=HALF_AN_HOUR)
    with a_desk(tmp_path, a_paper(*many), Wire(silence(*many))) as desk:
        kept = keeping(desk)
        kept.settle()
        due = {one.id: one.next_fetch for one in known(desk).values()}
        desk.now += step
        with capture_logs() as logs:
            kept.settle()
        assert sum("wrong clock" in line["event"] for line in logs) == 1
        assert sum(asked(desk).values()) == 60, "nobody is due at once"
        for one in known(desk).values():
            before = due[one.id]
            assert before is not None
            assert one.next_fetch == before + step, "everybody waits as long as before"


def test_a_wrong_clock_is_put_right_across_a_restart_too(desk: Desk) -> None:
    desk.now += YEAR
    keeping(desk).settle()
    desk.now -= YEAR
    keeping(desk).settle()
    for one in known(desk).values():
        assert one.next_fetch is not None
        assert desk.now < one.next_fetch < desk.now + 7 * HOUR


def test_a_turn_no_rule_can_have_set_is_brought_near(desk: Desk) -> None:
    let_be_due(desk, NOON + 200 * YEAR)
    with transaction(desk.newsroom.engine) as connection:
        for one in remembered(connection).values():
            remember(connection, replace(one, pause=None))
    keeping(desk).settle()
    for one in known(desk).values():
        assert one.next_fetch is not None
        assert NOON <= one.next_fetch <= NOON + HALF_AN_HOUR


def test_twenty_restarts_in_a_minute_ask_nobody_twice(tmp_path: Path) -> None:
    many = sources(40, every=HALF_AN_HOUR)
    with a_desk(tmp_path, a_paper(*many), Wire(silence(*many))) as desk:
        let_be_due(desk, NOON - DAY)
        for _ in range(20):
            keeping(desk).settle()
            desk.now += timedelta(seconds=3)
        assert set(asked(desk).values()) == {1}
        assert len(asked(desk)) == 40


def test_cron_times_are_kept_to_the_minute_by_however_many(tmp_path: Path) -> None:
    many = sources(50, cron="0 13 * * *")
    with a_desk(tmp_path, a_paper(*many), Wire(silence(*many))) as desk:
        kept = keeping(desk)
        kept.settle()
        desk.now = NOON + HOUR
        kept.settle()
        assert set(asked(desk).values()) == {2}
