"""Work in queues, one for each host: fair, one at a time, bounded, and nobody waits for a rest."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Barrier, Event, Lock, Timer
from time import monotonic

import pytest

from aggregator.hostqueues import HostQueues

PATIENCE = 20.0  # seconds, only ever spent by a test that fails


@contextmanager
def closing(queues: HostQueues[str, str]) -> Iterator[HostQueues[str, str]]:
    try:
        yield queues
    finally:
        queues.close()


def taken(queues: HostQueues[str, str], count: int) -> list[tuple[str, str | BaseException]]:
    found: list[tuple[str, str | BaseException]] = []
    while len(found) < count:
        some = queues.take(PATIENCE)
        assert some, "nobody answers"
        found += some
    return found


def test_every_piece_is_done_once_and_told() -> None:
    told = Counter[str]()
    queues = HostQueues(str.upper, told=lambda: told.update(["told"]), threads=3)
    pieces = [f"{host}{number}" for host in "abcde" for number in range(9)]
    with closing(queues):
        for piece in pieces:
            queues.put(piece[0], piece)
        found = taken(queues, len(pieces))
        assert sorted(found) == sorted((piece, piece.upper()) for piece in pieces)
        assert queues.take() == []
    assert told["told"] == len(pieces)


def test_a_host_is_served_by_one_at_a_time_and_many_hosts_at_once() -> None:
    together, lock = Barrier(4, timeout=PATIENCE), Lock()
    busy, most = Counter[str](), Counter[str]()

    def work(piece: str) -> str:
        with lock:
            busy[piece[0]] += 1
            most[piece[0]] = max(most[piece[0]], busy[piece[0]])
        together.wait()  # all hosts are here at once, or this never ends
        with lock:
            busy[piece[0]] -= 1
        return piece

    with closing(HostQueues(work, threads=4)) as queues:
        for number in range(5):
            for host in "abcd":
                queues.put(host, f"{host}{number}")
        taken(queues, 20)
    assert dict(most) == dict.fromkeys("abcd", 1)


def test_a_host_with_a_thousand_pieces_gets_no_more_than_its_share() -> None:
    order: list[str] = []
    go_on = Event()

    def work(piece: str) -> str:
        assert go_on.wait(PATIENCE)
        order.append(piece)
        return piece

    with closing(HostQueues(work, threads=1)) as queues:
        queues.put("big", *(f"big{number}" for number in range(1000)))
        for host in "abc":
            queues.put(host, f"{host}0", f"{host}1")
        go_on.set()
        taken(queues, 1006)
    small = [place for place, piece in enumerate(order) if not piece.startswith("big")]
    assert max(small) < 10, order[:20]


def test_no_thread_waits_while_a_host_rests() -> None:
    with closing(HostQueues(str.upper, threads=1)) as queues:
        queues.put("slow", "s1", "s2", pause=0.3)
        assert queues.take(PATIENCE) == [("s1", "S1")]
        queues.put("a", "a1")
        assert queues.take(PATIENCE) == [("a1", "A1")]
        assert queues.take(PATIENCE) == [("s2", "S2")]


def test_what_hangs_holds_up_its_own_host_and_its_own_thread_alone() -> None:
    release = Event()

    def work(piece: str) -> str:
        if piece.startswith("hung"):
            assert release.wait(PATIENCE)
        return piece

    with closing(HostQueues(work, threads=2)) as queues:
        queues.put("hung", "hung1", "hung2")
        for number in range(20):
            queues.put(f"h{number}", f"good{number}")
        good = taken(queues, 20)
        assert {piece for piece, _ in good} == {f"good{number}" for number in range(20)}
        release.set()
        assert [piece for piece, _ in taken(queues, 2)] == ["hung1", "hung2"]


def test_with_all_threads_hung_pieces_can_still_be_put_and_answers_taken() -> None:
    release, begun = Event(), Barrier(3, timeout=PATIENCE)

    def work(piece: str) -> str:
        if piece.startswith("hung"):
            begun.wait()
            assert release.wait(PATIENCE)
        return piece

    with closing(HostQueues(work, threads=2)) as queues:
        queues.put("x", "hung1")
        queues.put("y", "hung2")
        begun.wait()
        queues.put("z", "good")
        assert queues.take() == []
        release.set()
        assert {piece for piece, _ in taken(queues, 3)} == {"hung1", "hung2", "good"}


def test_answers_nobody_takes_stop_the_work_and_not_the_memory() -> None:
    done: list[str] = []

    def work(piece: str) -> str:
        done.append(piece)
        return piece

    with closing(HostQueues(work, threads=2, most_waiting=2)) as queues:
        queues.put("a", *(f"a{number}" for number in range(100)))
        first = queues.take(PATIENCE)
        Event().wait(0.2)
        # those taken, those that wait to be, and one in the hands of each thread
        assert len(done) <= len(first) + 2 + 2
        taken(queues, 100 - len(first))


def test_an_answer_may_hold_for_what_waits_behind_it() -> None:
    def echo(answer: str, piece: str) -> str | None:
        return f"echo of {answer}" if answer == "A1" and piece != "a3" else None

    done: list[str] = []

    def work(piece: str) -> str:
        done.append(piece)
        return piece.upper()

    with closing(HostQueues(work, echo=echo, threads=1)) as queues:
        queues.put("a", "a1", "a2", "a3", "a4")
        found = dict(taken(queues, 4))
    assert found == {"a1": "A1", "a2": "echo of A1", "a3": "A3", "a4": "echo of A1"}
    assert done == ["a1", "a3"]


@pytest.mark.parametrize("fault", [ValueError("odd"), SystemExit(3)])
def test_a_fault_is_an_answer_and_the_thread_goes_on(fault: BaseException) -> None:
    def work(piece: str) -> str:
        if piece == "bad":
            raise fault
        return piece

    with closing(HostQueues(work, threads=1)) as queues:
        queues.put("a", "bad", "good")
        assert taken(queues, 2) == [("bad", fault), ("good", "good")]


def test_once_closed_nothing_is_begun_any_more() -> None:
    begun, release = Event(), Event()
    done: list[str] = []

    def work(piece: str) -> str:
        done.append(piece)
        begun.set()
        release.wait(PATIENCE)
        return piece

    queues = HostQueues(work, threads=1)
    queues.put("a", "a1", "a2")
    assert begun.wait(PATIENCE)
    queues.close()
    release.set()
    assert queues.take(0.1) == []
    assert done == ["a1"]


def test_what_comes_shortly_after_the_first_is_taken_with_it() -> None:
    taking = Event()

    def work(piece: str) -> str:
        if piece == "late":
            assert taking.wait(PATIENCE)
        return piece

    told = Event()
    queues = HostQueues(work, told=told.set, threads=2)
    with closing(queues):
        queues.put("a", "early")
        assert told.wait(PATIENCE)
        queues.put("b", "late")
        Timer(0.05, taking.set).start()
        assert sorted(queues.take(PATIENCE, gather=1.0)) == [("early", "early"), ("late", "late")]


def test_nobody_waits_for_others_once_there_are_enough() -> None:
    queues = HostQueues(str.upper, threads=1)
    with closing(queues):
        queues.put("a", "a")
        began = monotonic()
        assert queues.take(PATIENCE, most=1, gather=PATIENCE) == [("a", "A")]
        assert monotonic() - began < PATIENCE
