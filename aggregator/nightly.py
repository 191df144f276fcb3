"""The nightly lesson: what editors and sources placed since is learnt, beside the paper at work.

In a process of its own, so that no tick waits for it, its memory goes with it, and whatever
becomes of it the paper goes on as it was.
"""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import time, timedelta
from threading import Lock
from typing import Final

from aggregator import training
from aggregator.log import Log

AT: Final = time(3, 17)  # UTC
LONGEST: Final = timedelta(hours=2)
_ONE_CORE: Final = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # others are ticking
_LAST_WORDS: Final = 500  # characters of what it said that are told

_log = Log(__name__)


class Nightly:
    """Learns again whenever it is `run`, if the extra is there; `stop` ends what is under way."""

    def __init__(self, options: Sequence[str], environment: Mapping[str, str]) -> None:
        self._command = [sys.executable, "-m", "aggregator", "train", "--if-changed", *options]
        self._environment = {**os.environ, **environment, **_ONE_CORE}
        self._child: subprocess.Popen[str] | None = None
        self._lock = Lock()
        self._stopped = False

    def run(self) -> bool:
        """Learn, and return whether that went well; what went wrong is logged."""
        if not training.is_installed():
            return False
        try:
            with self._lock:
                if self._stopped:
                    return False
                self._child = subprocess.Popen(  # noqa: S603 -- ourselves
                    self._command,
                    env=self._environment,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.STDOUT,
                    text=True,
                    errors="replace",
                )
            said, _ = self._child.communicate(timeout=LONGEST.total_seconds())
        except (OSError, subprocess.TimeoutExpired) as error:
            self._end()
            _log.warning("nothing was learnt this night", why=str(error))
            return False
        return self._told(self._child.returncode, said.strip()[-_LAST_WORDS:])

    def stop(self) -> None:
        """End what is under way, and begin nothing any more."""
        with self._lock:
            self._stopped = True
            self._end()

    def _told(self, status: int, said: str) -> bool:
        if status == 0:
            _log.info("learnt from what is placed", said=said)
        elif not self._stopped:
            _log.warning("nothing was learnt this night", why=said or f"it ended with {status}")
        return status == 0

    def _end(self) -> None:
        if self._child is not None and self._child.poll() is None:
            self._child.kill()
