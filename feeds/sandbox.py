"""Work on hostile documents in processes of their own, which can be killed.

feedparser can be kept busy for half a minute by 200 kB, and no thread can be stopped; a
process can, by its limits of memory and processor time and by us when time is up.
"""

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from multiprocessing.connection import Pipe
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from feeds.errors import ParseError
from feeds.watch import Watch
from feeds.worker import Answer, Limits, Outcome

__all__ = ["Limits", "Sandbox"]

T = TypeVar("T")

_START = timedelta(seconds=60)  # imports on a machine that is busy with much else
_BOOT = "import sys; from feeds.worker import serve; serve(*map(int, sys.argv[1:3]), sys.argv[3:])"


class Sandbox(Generic[T]):
    """Calls `work`, a module-level function, in one of a few worker processes.

    Workers start when first needed, or when told to; each loads the modules it `needs` at once. A
    worker never outlives us, however we end.
    """

    def __init__(
        self,
        work: Callable[..., T],
        *,
        workers: int = 2,
        limits: Limits | None = None,
        needs: Sequence[str] = (),
    ) -> None:
        pickle.dumps(work)  # says now, not at the first document, if a worker could not import it
        self._work = work
        self._limits = limits or Limits()
        self._needs = tuple(needs)
        self._workers = workers
        self._free = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[_Worker] = []
        self._alive: set[_Worker] = set()
        self._closed = False
        self._watch = Watch()

    def __call__(self, *args: object) -> T:
        """Return what `work` makes of `args`, which wait for a free worker first.

        Raise what it raised if it is one of our own errors, and ParseError for anything else
        that goes wrong: too long, too much memory, a crash, a fault in a library.
        """
        with self._free:
            worker = self._take()
            reusable = False
            try:
                outcome, value, reusable = worker.ask(args)
            finally:
                self._give_back(worker, reusable=reusable)
        match outcome:
            case Outcome.DONE:
                result: T = value
                return result
            case Outcome.REFUSED:
                raise value
            case Outcome.FAILED:
                raise ParseError(f"the document could not be read: {value}")

    def start(self) -> None:
        """Start the workers there may be, while we have other things to do; wait for none.

        Where none can be started, the first document will say so.
        """
        with self._lock, suppress(OSError):
            while not self._closed and len(self._alive) < self._workers:
                worker = self._new()
                self._alive.add(worker)
                self._idle.append(worker)

    def close(self) -> None:
        """End all workers at once; what they were at fails with ParseError."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy, self._alive = self._alive.difference(idle), set()
        for worker in busy:
            worker.kill()  # whoever uses it notices, and ends it
        for worker in idle:
            worker.end()
        self._watch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _take(self) -> "_Worker":
        with self._lock:
            if self._closed:
                raise ParseError("we are closing down; the document was not read")
            while self._idle:
                worker = self._idle.pop()
                if worker.is_running():
                    return worker
                self._alive.discard(worker)  # killed while idle: not the next document's fault
                worker.end()
            try:
                worker = self._new()
            except OSError as error:
                raise ParseError(f"no process to read in can be started: {error}") from error
            self._alive.add(worker)
            return worker

    def _new(self) -> "_Worker":
        return _Worker(self._work, self._limits, self._watch, self._needs)

    def _give_back(self, worker: "_Worker", *, reusable: bool) -> None:
        with self._lock:
            if reusable and not self._closed:
                self._idle.append(worker)
                return
            self._alive.discard(worker)
        worker.end()


class _Worker:
    """Our side of one worker process; used by one thread at a time.

    A process of `subprocess`, not of multiprocessing, whose "spawn" would import the main
    program again in each worker, and keep one process more to watch over them.

    What comes back is unpickled. A worker is kept from using much, not from doing harm: it
    runs as the same user as we do, so who took it over needs no pickle to reach us.
    """

    def __init__(
        self, work: Callable[..., Any], limits: Limits, watch: Watch, needs: Sequence[str]
    ) -> None:
        self._greeting: tuple[Callable[..., Any], Limits] | None = (work, limits)
        self._limits = limits
        self._documents = 0
        self._waited = timedelta()
        self._watch = watch
        self._is_late = False
        self._pipe, theirs = Pipe()
        leash, self._leash = Pipe(duplex=False)
        with theirs, leash:
            ends = [theirs.fileno(), leash.fileno()]
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter, our own words)
                [sys.executable, "-P", "-B", "-c", _BOOT, *map(str, ends), *needs],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=ends,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )

    def ask(self, args: tuple[object, ...]) -> Answer:
        """Return the outcome, its value, and whether this worker may be asked again."""
        if self._greeting is not None:
            greeting, self._greeting = self._greeting, None
            if self._exchange(greeting, _START) is None:
                return Outcome.FAILED, f"no process to read it starts: {self._obituary()}", False
        answer = self._exchange(args, self._limits.wall)
        if answer is None:
            return Outcome.FAILED, self._obituary(), False
        outcome, value, grown = answer
        self._documents += 1
        spent = grown or self._documents >= self._limits.documents or self._is_late
        return outcome, value, not spent

    def is_running(self) -> bool:
        """Return whether the process is still there."""
        return self._process.poll() is None

    def kill(self) -> None:
        """Kill the process; safe from any thread."""
        self._process.kill()

    def end(self) -> None:
        """Kill the process and wait for it to be gone."""
        self._process.kill()
        self._process.wait()
        self._pipe.close()
        self._leash.close()

    def _exchange(self, message: object, limit: timedelta) -> Answer | None:
        """Return the answer to `message`, or None if the process ended before it.

        At the limit the process is killed from another thread, wherever the two of us are:
        sending, working, or half-way through an answer.
        """
        self._waited = limit
        try:
            with self._watch.within(limit.total_seconds(), self._strike):
                self._pipe.send(message)
                answer: Answer = self._pipe.recv()
        except (EOFError, OSError):
            return None
        return answer

    def _strike(self) -> None:
        self._is_late = True
        self._process.kill()

    def _obituary(self) -> str:
        """Return what the process died of."""
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "its process hung up on us"
        if self._is_late:
            return f"it took longer than {self._waited.total_seconds():g} s"
        match -status:
            case signal.SIGXCPU:
                return f"it took more than {self._limits.cpu.total_seconds():g} s of processor time"
            case signal.SIGKILL:
                return "its process was killed, perhaps for want of memory"
            case number if number > 0:
                return f"its process crashed (signal {number})"
            case _:
                return f"its process ended (status {status})"
