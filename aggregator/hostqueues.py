"""Work that waits in queues, one for each host: one at a time in each, and many at once."""

from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count
from queue import Empty, Full, Queue
from threading import Condition, Thread
from time import monotonic, sleep
from typing import Generic, TypeVar

T = TypeVar("T")
A = TypeVar("A")

_PATIENCE = 0.2  # seconds between two looks at whether we are closed


@dataclass(slots=True, kw_only=True)
class _Queue(Generic[T]):
    """A host's work; it rests for `pause` seconds after each piece."""

    host: str
    pause: float = 0.0
    waiting: deque[T] = field(default_factory=deque)


class HostQueues(Generic[T, A]):
    """Does `work`, a piece of each queue in turn, in at most so many `threads`.

    Queues take turns: a host with a thousand pieces gets no more than its share, and while it
    rests, no thread waits for it. `echo` may answer, from an answer just got, another piece of
    the same queue, which then needs no work. Answers wait to be taken, `most_waiting` of them;
    beyond that the threads wait too. `told` is called after each answer, from its thread.

    The threads are daemons: work that hangs must not keep the program from ending.
    """

    def __init__(
        self,
        work: Callable[[T], A],
        *,
        echo: Callable[[A, T], A | None] = lambda _answer, _task: None,
        told: Callable[[], None] = lambda: None,
        threads: int = 16,
        most_waiting: int = 32,
    ) -> None:
        self._work = work
        self._echo = echo
        self._told = told
        self._most = threads
        self._answers: Queue[tuple[T, A | BaseException]] = Queue(most_waiting)
        self._changed = Condition()
        self._queues: dict[str, _Queue[T]] = {}
        self._ready: list[tuple[float, int, _Queue[T]]] = []  # queues that are not at work, by when
        self._numbers = count()
        self._threads = self._idle = 0
        self._closed = False

    def put(self, host: str, *tasks: T, pause: float = 0.0) -> None:
        """Let work wait in its host's queue, which rests for `pause` seconds after each piece."""
        with self._changed:
            queue = self._queues.get(host)
            if queue is None:
                queue = self._queues[host] = _Queue(host=host)
                self._place(queue, monotonic())
            queue.pause = pause
            queue.waiting.extend(tasks)
            if self._idle < len(self._ready) and self._threads < self._most:
                self._threads += 1
                Thread(target=self._serve, name="pull", daemon=True).start()
            self._changed.notify()

    def take(
        self, wait: float = 0.0, *, most: int = 32, gather: float = 0.0
    ) -> list[tuple[T, A | BaseException]]:
        """Return the answers there are, at `most` so many.

        Wait so long for the first, and then `gather` seconds for others to come along with it.
        """
        taken: list[tuple[T, A | BaseException]] = []
        with suppress(Empty):
            taken.append(self._answers.get(timeout=wait) if wait else self._answers.get_nowait())
            if gather and len(taken) + self._answers.qsize() < most:
                sleep(gather)
            while len(taken) < most:
                taken.append(self._answers.get_nowait())
        return taken

    def close(self) -> None:
        """Begin no more work, and wait for none."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _place(self, queue: _Queue[T], when: float) -> None:
        heappush(self._ready, (when, next(self._numbers), queue))

    def _serve(self) -> None:
        while (found := self._next()) is not None:
            queue, task = found
            try:
                answer: A | BaseException = self._work(task)
            except BaseException as error:  # noqa: BLE001 -- handed to whoever takes the answers
                answer = error
            self._hand_over(task, answer)
            if not isinstance(answer, BaseException):
                self._echo_along(queue, answer)
            with self._changed:
                self._place(queue, monotonic() + queue.pause)
                self._changed.notify()

    def _next(self) -> tuple[_Queue[T], T] | None:
        with self._changed:
            while not self._closed:
                if self._ready and self._ready[0][0] <= monotonic():
                    queue = heappop(self._ready)[2]
                    if queue.waiting:
                        return queue, queue.waiting.popleft()
                    del self._queues[queue.host]  # rested, and nothing left to do
                else:
                    self._idle += 1
                    soonest = self._ready[0][0] - monotonic() if self._ready else None
                    self._changed.wait(None if soonest is None else max(soonest, 0))
                    self._idle -= 1
            return None

    def _echo_along(self, queue: _Queue[T], answer: A) -> None:
        """Answer what waits in a queue by an answer that holds for it too."""
        with self._changed:
            echoed = [(task, self._echo(answer, task)) for task in queue.waiting]
            queue.waiting = deque(task for task, echo in echoed if echo is None)
        for task, echo in echoed:
            if echo is not None:
                self._hand_over(task, echo)

    def _hand_over(self, task: T, answer: A | BaseException) -> None:
        while not self._closed:
            try:
                self._answers.put((task, answer), timeout=_PATIENCE)
            except Full:
                continue
            self._told()
            return
