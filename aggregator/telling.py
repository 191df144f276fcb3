"""Telling others what is new in our feeds, once it is published, beside the tick.

What is to be told is kept with the printing itself (`store.topics`), and that it was told once it
was: whatever ends us in between, nothing is lost, and the worst is that somebody hears it twice.
"""

from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread
from time import monotonic

from sqlalchemy import Engine

from aggregator.clock import utc_now
from aggregator.errands import MOST, Answer, Errand, Where, due, echo
from aggregator.hostqueues import HostQueues
from aggregator.log import Log
from aggregator.model import Settings
from aggregator.store.engine import beside, transaction
from aggregator.subscribing import Door
from feeds.errors import FetchError, StoreError
from feeds.gate import Routes
from feeds.post import Caller, Poster

THREADS = 8
WITHIN = timedelta(seconds=30)  # for all that a single build has to tell
_LOOK = timedelta(seconds=60)  # between two looks at what there is to tell when nobody calls
_PATIENCE = timedelta(seconds=1)
_SILENCE = timedelta(hours=1)  # before somebody who is still in trouble is logged again
_GATHERING = 0.02  # seconds: to keep one answer takes as long as to keep many

log = Log()


class Telling:
    """Tells those who are to be told: `step` by step, in whose thread the database is asked.

    `call` and `begin` may be called from any thread.
    """

    def __init__(
        self,
        engine: Engine,
        output: Path,
        *,
        now: Callable[[], datetime] = utc_now,
        threads: int = THREADS,
    ) -> None:
        self._engine, self._output, self._now = engine, output, now
        self._called = Event()
        self._queues = HostQueues(
            self._run, echo=lambda answer, _errand: echo(answer), told=self.call, threads=threads
        )
        self._out: set[tuple[str, ...]] = set()
        self._answered: list[tuple[Errand, Answer]] = []
        self._settings: Settings | None = None
        self._where: Where | None = None
        self.door: Door | None = None
        self._logged: dict[tuple[str, str, str], datetime] = {}
        self._is_over = False

    def begin(self, settings: Settings, *, routes: Routes | None = None) -> None:
        """Take the settings over, and look whether there is something to tell."""
        if self._settings is not settings:
            self._settings = settings
            self._where = _where(settings, self._output, routes) if settings.site.hubs else None
            if self.door:
                self.door.serve(settings.site)
        self.call()

    def call(self) -> None:
        """Have it looked what there is to tell."""
        self._called.set()

    def wait(self, most: timedelta) -> None:
        """Return when somebody has called, or `most` has passed."""
        self._called.wait(most.total_seconds())
        self._called.clear()

    def step(self) -> int:
        """Keep what came of telling, have others told, and return of how many it is not known.

        Raises StoreError where the database refuses; the next step does what this one could not.
        """
        if self._where is None:
            return 0
        now = self._now()
        self._take()
        try:
            with transaction(self._engine) as connection:
                for errand, answer in self._answered:
                    errand.keep(connection, answer, now=now)
                found = list(due(connection, self._where.settings.site, now=now))
        except StoreError:
            raise
        except Exception:  # a fault of ours: whoever it is about is told again
            self._settle()
            raise
        self._log_failures(now)
        self._settle()
        for errand in found:
            if errand.key not in self._out:
                self._out.add(errand.key)
                self._queues.put(errand.host, errand)
        return len(self._out)

    def work(self) -> None:
        """Step whenever somebody calls, until all is over."""
        while not self._is_over:
            self.wait(_LOOK)
            try:
                self.step()
            except StoreError as error:
                log.warning("it cannot be kept who was told", problem=str(error))
            except Exception:  # whatever it is, the next step must not wait for us to mend it
                log.exception("a fault of ours", task="telling what is new")

    def close(self) -> None:
        """Have nobody told any more."""
        self._is_over = True
        self._queues.close()
        self.call()

    def _settle(self) -> None:
        """Go on without what was answered."""
        self._out.difference_update(errand.key for errand, _ in self._answered)
        self._answered.clear()

    def _log_failures(self, now: datetime) -> None:
        """Log who could not be told, and why: once in an hour, however many feeds have news."""
        self._logged = {
            trouble: at for trouble, at in self._logged.items() if abs(now - at) < _SILENCE
        }
        for errand, answer in self._answered:
            trouble = (errand.failing, errand.host, str(answer.error))
            if answer.error and errand.failing and trouble not in self._logged:
                self._logged[trouble] = now
                log.warning(errand.failing, host=errand.host, problem=str(answer.error))

    def _take(self) -> None:
        for errand, answer in self._queues.take(most=MOST, gather=_GATHERING):
            if isinstance(answer, BaseException):
                log.error("a fault of ours", task="telling what is new", problem=repr(answer))
                answer = Answer(error=FetchError("a fault of ours, please report it"))  # noqa: PLW2901
            self._answered.append((errand, answer))

    def _run(self, errand: Errand) -> Answer:
        where = self._where
        if where is None:
            return Answer(error=FetchError("the paper has no hub any more"))
        try:
            return errand.run(where)
        except FetchError as error:
            return Answer(error=error)


@contextmanager
def open_telling(
    engine: Engine, output: Path, beside_paper: MutableMapping[str, Door]
) -> Iterator[Telling]:
    """Yield what tells of the paper that `engine` keeps, over connections of its own.

    Our own hub answers `beside_paper` from the moment the settings say that there is one.
    """
    engines = beside(engine), beside(engine)
    telling = Telling(engines[0], output)
    telling.door = Door(engines[1], beside_paper, called=telling.call)
    thread = Thread(target=telling.work, name="telling", daemon=True)
    thread.start()
    try:
        yield telling
    finally:
        telling.close()
        thread.join(_PATIENCE.total_seconds())
        if not thread.is_alive():  # else it is cut off with the process, which the database bears
            for own in engines:
                own.dispose()


def tell(
    engine: Engine,
    output: Path,
    settings: Settings,
    *,
    within: timedelta = WITHIN,
) -> None:
    """Tell all who are to be told now, so far as there is time for it; the rest is told later.

    Raises StoreError where the database refuses.
    """
    telling = Telling(engine, output)
    telling.begin(settings)
    ends = monotonic() + within.total_seconds()
    try:
        while telling.step() and (left := ends - monotonic()) > 0:
            telling.wait(timedelta(seconds=left))
    finally:
        telling.close()


def _where(settings: Settings, output: Path, routes: Routes | None) -> Where:
    allowed = settings.site.allow_networks
    return Where(
        settings=settings,
        output=output,
        post=Poster(allow_networks=allowed, routes=routes),
        call=Caller(allow_networks=allowed, routes=routes),
    )
