"""What a program costs, with every process it starts."""

import ctypes
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from select import select
from time import monotonic, perf_counter, sleep

ROOT = Path(__file__).resolve().parent.parent
_EVERY = 0.05  # seconds between two looks at the memory
_STRAGGLING = 5.0  # seconds that children may outlive the program
_SET_CHILD_SUBREAPER = 36  # prctl(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run took: seconds on the wall and of processors, megabytes resident at the peak.

    The memory is the sum over the processes, sampled: what two of them share counts twice.
    `status` is what the program said at its end; None: it was killed at its time limit.
    """

    seconds: float
    cpu: float
    megabytes: float
    status: int | None


def run(
    command: Sequence[str | Path],
    *,
    log: Path,
    limit: float,
    environment: Mapping[str, str],
) -> Cost:
    """Run a program to its end, or `limit` seconds, and return what it cost.

    `environment` is added to our own. It runs in a session of its own, of which nothing is left
    when this returns or raises.
    """
    _adopt_orphans(yes=True)
    began, peak, cpu = perf_counter(), 0, 0.0
    with log.open("ab") as output:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=ROOT,
            env={**os.environ, **environment},
            start_new_session=True,
        )
    try:
        ended = os.pidfd_open(process.pid)
        try:
            while process.returncode is None and perf_counter() - began < limit:
                peak = max(peak, sum(map(_resident, _family(process.pid))))
                select([ended], [], [], _EVERY)
                cpu += _reap(process)
        finally:
            os.close(ended)
        seconds, status = perf_counter() - began, process.returncode
    finally:
        cpu += _end(process)
        _adopt_orphans(yes=False)
    return Cost(seconds=seconds, cpu=cpu, megabytes=peak / 1e6, status=status)


def _adopt_orphans(*, yes: bool) -> None:
    """Become the parent of whatever a program leaves behind, so that it is counted, or cease to."""
    if ctypes.CDLL(None).prctl(_SET_CHILD_SUBREAPER, int(yes), 0, 0, 0):
        raise OSError("orphans cannot be adopted: prctl failed")


def _reap(process: "subprocess.Popen[bytes]") -> float:
    """Return the processor seconds of those of a program's processes that have ended.

    What a process waited for is in its own figures; what it left comes to us, in its group.
    """
    cpu = 0.0
    while True:
        try:
            pid, status, usage = os.wait4(-process.pid, os.WNOHANG)
        except ChildProcessError:
            return cpu
        if pid == 0:
            return cpu
        if pid == process.pid:
            process.returncode = os.waitstatus_to_exitcode(status)
        cpu += usage.ru_utime + usage.ru_stime


def _end(process: "subprocess.Popen[bytes]") -> float:
    """Let a program's children end, ask it to where it has not, kill what is left after that.

    Return their processor seconds.
    """
    if process.returncode is None:
        process.terminate()  # sfeed_update, for one, then removes what it made in /tmp
    deadline = monotonic() + _STRAGGLING
    cpu = _reap(process)
    while _is_there(process.pid):
        if monotonic() >= deadline:
            os.killpg(process.pid, signal.SIGKILL)
        sleep(_EVERY)
        cpu += _reap(process)
    return cpu


def _is_there(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all it started; any of them may end while we look."""
    yield pid
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        children = " ".join((task / "children").read_text() for task in tasks).split()
    except OSError:
        return
    for child in children:
        yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)
