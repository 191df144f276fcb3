"""The clockwork: one tick, over and over, whatever happens to the clock on the wall.

APScheduler says when. It thinks in wall-clock time, so when that is set back an hour it would do
nothing for an hour; the thread that runs the ticks waits on the monotonic clock besides, ticks
when nobody called it in time, and winds the scheduler up again.
"""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from datetime import time as time_of_day

from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.cron import CronTrigger

from aggregator.clock import utc_now
from aggregator.log import Log

_log = Log(__name__)

_JOB = "tick"
_BESIDE = "beside"
_GRACE = timedelta(milliseconds=500)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class Tick(BaseTrigger):  # type: ignore[misc]  # APScheduler has no type information
    """A trigger for every so often that has no past: it neither catches up nor waits for a clock.

    The first time is now; each next one is later than now, and by no more than `every`.
    """

    __slots__ = ("_every",)

    def __init__(self, every: timedelta) -> None:
        self._every = every

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime:
        """Return the next time; APScheduler's contract, in aware datetimes."""
        if previous_fire_time is None:
            return now
        steady = previous_fire_time + self._every
        return steady if now < steady <= now + self._every else now + self._every


class Clockwork:
    """Calls `tick` with the time, at once and then every `every`, never twice at a time.

    Whoever has something for it may `call` for one in between. However many calls fall into a
    running tick, one follows it. What a tick raises is logged, and the next one goes on. It is
    started once and stopped once.
    """

    def __init__(
        self,
        tick: Callable[[datetime], None],
        *,
        every: timedelta,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._tick = tick
        self._every = every
        self._now = now
        self._due = threading.Event()
        self._stopping = threading.Event()
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={name: ThreadPoolExecutor(max_workers=1) for name in ("default", _BESIDE)},
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        # a daemon, so that a tick that hangs cannot keep the process from ending
        self._ticking = threading.Thread(target=self._run_ticks, name="clockwork", daemon=True)

    def run(self) -> None:
        """Tick until somebody calls `stop`; a signal handler may."""
        self.start()
        self._ticking.join()

    def start(self) -> None:
        """Tick from now on, in a thread of its own, and return."""
        # its two lines a tick, every second, would bury ours
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        self._scheduler.add_job(self._due.set, Tick(self._every), id=_JOB)
        self._ticking.start()
        self._scheduler.start()

    def daily(self, job: Callable[[], object], *, at: time_of_day) -> None:
        """Have something done every day at a time (UTC), beside the ticks: none waits for it."""
        when = CronTrigger(hour=at.hour, minute=at.minute, timezone=UTC)
        self._scheduler.add_job(job, when, executor=_BESIDE)

    def call(self, after: float = 0.0) -> None:
        """Have a tick begin so many seconds from now, or as soon as the running one has ended."""
        if after <= 0:
            self._due.set()
            return
        clock = threading.Timer(after, self._due.set)
        clock.daemon = True
        clock.start()

    def stop(self, timeout: timedelta) -> bool:
        """Begin no more ticks and wait at most `timeout` for a running one; return if it ended."""
        self._stopping.set()
        self._due.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        if self._ticking.is_alive() and self._ticking is not threading.current_thread():
            self._ticking.join(timeout.total_seconds())
        return not self._ticking.is_alive()

    def _run_ticks(self) -> None:
        patience = (self._every + _GRACE).total_seconds()
        while not self._stopping.is_set():
            called = self._due.wait(patience)
            self._due.clear()
            if self._stopping.is_set():
                return
            if not called:
                self._wind_up()
            self._tick_once()

    def _wind_up(self) -> None:
        _log.warning("nothing called for a tick in time; the clock may have been set")
        self._scheduler.modify_job(_JOB, next_run_time=_LONG_AGO)

    def _tick_once(self) -> None:
        began = time.monotonic()
        try:
            self._tick(self._now())
        except Exception as error:  # noqa: BLE001  the one place: what runs for ever must go on
            _log.error(
                "a tick failed; the next one goes on",
                problem=str(error) or type(error).__name__,
                seconds=round(time.monotonic() - began, 3),
                exc_info=True,
            )
