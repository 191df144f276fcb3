"""The inside of a sandbox: what runs in a worker process, and gives up what it does not need."""

import fcntl
import os
import pickle
import re
import resource
import select
import signal
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from importlib import import_module
from math import ceil
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from feeds.errors import BroadsheetError

_LONGEST_REASON = 200
_STATUS = Path("/proc/self/status")
_HIGH_WATER = re.compile(rb"^VmHWM:\s*(\d+) kB", re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one document may cost, and when a worker is replaced to be on the safe side.

    `memory` and `grown` are in bytes: the address space of a worker, and the resident memory
    beyond which it is not used again. `documents` is how many it reads in its life.
    """

    memory: int = 1 << 30
    cpu: timedelta = timedelta(seconds=10)
    wall: timedelta = timedelta(seconds=20)
    grown: int = 400_000_000
    documents: int = 500


class Outcome(Enum):
    """How a worker fared with a document."""

    DONE = 1
    REFUSED = 2
    FAILED = 3


Answer = tuple[Outcome, Any, bool]  # how it went, what came of it, whether memory has grown


def serve(descriptor: int, leash: int, needs: Iterable[str] = ()) -> None:
    """Answer what comes through the pipe until it is closed at the other end.

    The modules it `needs` are loaded first; what is asked before that waits.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C and a service manager's stop reach
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # us too, but when to end is our parent's word
    _die_with_parent(leash)
    for name in needs:
        import_module(name)
    with Connection(descriptor) as pipe:
        work, limits = pipe.recv()
        _confine(limits)
        pipe.send((Outcome.DONE, None, False))
        while True:
            try:
                args = pipe.recv()
            except EOFError:
                return
            pipe.send_bytes(_attempt(work, args, limits))


def _die_with_parent(leash: int) -> None:
    """Let the kernel end us, by SIGIO, the moment our parent is gone and its leash closes.

    A thread of ours could not do it: it would wait for a regular expression to end, as all do.
    """
    signal.signal(signal.SIGIO, signal.SIG_DFL)
    fcntl.fcntl(leash, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(leash, fcntl.F_SETFL, fcntl.fcntl(leash, fcntl.F_GETFL) | os.O_ASYNC)
    if select.select([leash], [], [], 0)[0]:  # gone before we were ready; nothing else is sent
        sys.exit()


def _confine(limits: Limits) -> None:
    """Give up what a worker does not need: memory, writing files, leaving a core."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        lowered = _within_hard_limit(kind, most)
        resource.setrlimit(kind, (lowered, lowered))


def _attempt(work: Callable[..., Any], args: tuple[object, ...], limits: Limits) -> bytes:
    """Return what came of the work, pickled here so that a value that cannot be is caught too."""
    _grant(limits.cpu)
    try:
        return pickle.dumps((Outcome.DONE, work(*args), _peak() > limits.grown))
    except BroadsheetError as error:
        outcome: tuple[Outcome, Any] = (Outcome.REFUSED, error)
    except MemoryError:
        outcome = (Outcome.FAILED, f"it takes more than {limits.memory >> 20} MB of memory")
    except RecursionError:
        outcome = (Outcome.FAILED, "it is nested too deeply")
    except Exception as error:  # noqa: BLE001 (libraries raise anything; it is one document's end)
        reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
        outcome = (Outcome.FAILED, f"a fault in the reading ({reason})")
    return pickle.dumps((*outcome, _peak() > limits.grown))


def _grant(span: timedelta) -> None:
    """Set the limit of processor time, which counts from our start, to `span` from now."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    soft = ceil(spent.ru_utime + spent.ru_stime + span.total_seconds())
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (_within_hard_limit(resource.RLIMIT_CPU, soft), hard))


def _within_hard_limit(kind: int, wanted: int) -> int:
    """Return the limit we may set: one already stricter, set by the operator, stays."""
    hard = resource.getrlimit(kind)[1]
    return wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)


def _peak() -> int:
    """Return the most resident memory we ever had, in bytes.

    Linux's own count of a process begins with what its parent had when it was started, which
    may be more than a worker is granted; that of its memory begins anew with our program.
    """
    try:
        found = _HIGH_WATER.search(_STATUS.read_bytes())
    except OSError:
        found = None
    return int(found[1] if found else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss) * 1024
