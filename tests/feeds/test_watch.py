"""One thread watches over all that must not take too long."""

import threading
from collections.abc import Iterator

import pytest

from feeds.watch import Watch


@pytest.fixture
def watch() -> Iterator[Watch]:
    made = Watch()
    yield made
    made.close()


def test_what_takes_too_long_is_struck_and_what_is_over_in_time_never(watch: Watch) -> None:
    late, early = threading.Event(), threading.Event()
    with watch.within(60, early.set):
        pass
    with watch.within(0.01, late.set):
        assert late.wait(30)
    assert not early.is_set()


def test_a_shorter_time_is_kept_while_a_longer_one_runs(watch: Watch) -> None:
    longer, shorter = threading.Event(), threading.Event()
    with watch.within(600, longer.set), watch.within(0.01, shorter.set):
        assert shorter.wait(30)
    assert not longer.is_set()


def watching() -> set[threading.Thread]:
    """Return the threads that watch, those that others here have still to close among them."""
    return {thread for thread in threading.enumerate() if thread.name == "watch"}


def test_many_are_watched_by_one_thread(watch: Watch) -> None:
    struck = [threading.Event() for _ in range(20)]
    before = watching()

    def wait(event: threading.Event) -> None:
        with watch.within(0.05, event.set):
            assert event.wait(30)

    waiting = [threading.Thread(target=wait, args=(event,)) for event in struck]
    with watch.within(600, lambda: None):
        for thread in waiting:
            thread.start()
        assert len(watching() - before) == 1
    for thread in waiting:
        thread.join()
    assert all(event.is_set() for event in struck)


def test_after_a_long_rest_time_is_kept_again(watch: Watch) -> None:
    for _ in range(3):
        event = threading.Event()
        with watch.within(0.01, event.set):
            assert event.wait(30)
