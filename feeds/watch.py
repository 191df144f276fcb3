"""A watch over what must not take too long: one thread for all of it, asleep nearly always.

A thread for each thing watched would cost more than most of the things do.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic


class Watch:
    """Calls what is to be called once the time for something is up."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: dict[object, tuple[float, Callable[[], None]]] = {}
        self._looks_at: float | None = None  # when its thread looks next; None while it need not
        self._thread: threading.Thread | None = None
        self._closed = False

    @contextmanager
    def within(self, seconds: float, strike: Callable[[], None]) -> Iterator[None]:
        """Have `strike` called, from another thread, if what is done in this takes longer.

        It is short, and once this is left it has been called or never will be.
        """
        ours = object()
        ends = monotonic() + seconds
        with self._changed:
            self._due[ours] = ends, strike
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._keep, name="watch", daemon=True)
                self._thread.start()
            elif self._looks_at is None or self._looks_at > ends:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._due.pop(ours, None)

    def close(self) -> None:
        """Let the thread end."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _keep(self) -> None:
        with self._changed:
            while not self._closed:
                now = monotonic()
                for one, (ends, strike) in list(self._due.items()):
                    if ends <= now:
                        del self._due[one]
                        strike()
                self._looks_at = min((ends for ends, _ in self._due.values()), default=None)
                # What is over meanwhile wakes nobody: a look in vain now and then costs less.
                self._changed.wait(None if self._looks_at is None else self._looks_at - now)
