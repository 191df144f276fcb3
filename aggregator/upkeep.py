"""Keeping a paper up: what one tick does, of which none waits for a source.

A look, every so often, takes over the settings and what hubs pushed. Every tick keeps what has
come in, lets those be asked whose turn it is, and prints. Threads beside it do the asking.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from math import inf
from time import monotonic

from sqlalchemy import Connection

from aggregator.hostqueues import HostQueues
from aggregator.intake import Outcome
from aggregator.keeping import keep_all
from aggregator.leasing import Leasing
from aggregator.log import Log
from aggregator.model import Settings, Source, SourceId
from aggregator.newsroom import Newsroom
from aggregator.pipeline import is_waiting
from aggregator.printing import is_whole
from aggregator.pull import Fetch, Pulled, Turn, agent, ask, echo, fault, host, spacing
from aggregator.pushing import Pushing
from aggregator.ruling import turns
from aggregator.store import rota
from aggregator.store.engine import transaction
from aggregator.store.seen import recall
from aggregator.store.sources import NEVER, Remembered, enrol
from aggregator.telling import Telling
from aggregator.turns import due
from aggregator.updating import Updating
from feeds.errors import BroadsheetError, StoreError
from feeds.fetch import Fetched, NotModified, Request
from feeds.gate import Routes

THREADS = 32
AT_ONCE = 16  # answers that are kept together
_RIPE = timedelta(minutes=10)  # after which it is seen what time alone has changed
PATIENCE = timedelta(seconds=2)  # for keeping what has been answered when we end
_MEASURED = 20  # looks for which the usual rate is believed
_STEP = timedelta(seconds=5)  # by which a clock may be put right without our noticing

log = Log()


class Upkeep:
    """One paper, kept up by calling `tick` again and again, from one thread.

    `current` gives the settings, `fetcher` what asks for them. `call` is to have a tick called so
    many seconds from now; it is called from any thread. `every` is the time between two looks.
    """

    def __init__(
        self,
        newsroom: Newsroom,
        current: Callable[[], Settings],
        fetcher: Callable[[Settings], Fetch],
        *,
        call: Callable[[float], None],
        every: timedelta,
        routes: Routes | None = None,
        extra: Mapping[str, bytes] | None = None,
        pushing: Pushing | None = None,
        telling: Telling | None = None,
        tell: Callable[[Outcome], object] | None = None,
        threads: int = THREADS,
    ) -> None:
        self._newsroom, self._current, self._fetcher = newsroom, current, fetcher
        self._pushing, self._telling, self._routes = pushing, telling, routes
        self._tell = tell or log_outcome
        self._every = every.total_seconds()
        self._queues: HostQueues[Turn, Pulled] = HostQueues(
            self._ask, echo=echo, told=lambda: call(0), threads=threads
        )
        self._updating = Updating(newsroom, call=call, extra=extra)
        self._leasing = Leasing()
        self._settings: Settings | None = None
        self._sources: Mapping[SourceId, Source] = {}
        self._fetch: Fetch = _nobody
        self._agent = ""
        self._out: dict[int, Turn] = {}
        self._answered: deque[Pulled] = deque()
        self._may_be_due = False
        self._looks, self._looked_at = 0, -inf
        self._clock: datetime | None = None
        self._problem = ""

    @property
    def out(self) -> int:
        """How many turns wait, are being asked, or have answered and are not kept yet."""
        return len(self._out)

    def tick(self, now: datetime) -> None:
        """Do all there is to do now. What keeps us from it is logged once; the next tick tries."""
        try:
            if monotonic() >= self._looked_at + self._every * 0.9:
                self._look(now)
            self._take_in(now)
            if not self._newsroom.stopping.is_set() and self._settings:
                self._let_ask(now)
                if self._updating.print_if_time(self._settings, is_quiet=not self._out, now=now):
                    self._all_is_well()
                    if self._telling:
                        self._telling.call()
        except BroadsheetError as error:
            problem, self._problem = self._problem, str(error)
            # cut short by our end it is no problem of the operator's: the next start goes on
            if self._problem != problem and not self._newsroom.stopping.is_set():
                log.error("nothing published", problem=self._problem)  # noqa: TRY400 -- in words

    def stop(self, now: datetime) -> None:
        """Have nobody asked any more, and keep what has been answered, if that takes not long."""
        self._queues.close()
        self._take_in(now, until=monotonic() + PATIENCE.total_seconds())

    def _look(self, now: datetime) -> None:
        settings = self._current()
        if settings is not self._settings:
            self._take_over(settings, now)
        elif self._clock is not None and now < self._clock - _STEP:
            with transaction(self._newsroom.engine) as connection:
                self._pull_back(connection, now)
        has_turned = self._clock is not None and turns(
            settings.rulings, after=self._clock, until=now
        )
        self._clock = now
        if self._looks % _MEASURED == 0:
            with transaction(self._newsroom.engine) as connection:
                self._leasing.measure(connection)
        if has_turned or self._has_something_to_print(settings):
            self._updating.note()
        if self._pushing:
            self._take_pushes(self._pushing, settings, now)
        if self._telling:
            self._telling.begin(settings, routes=self._routes)
        self._may_be_due = True
        self._looks += 1
        self._looked_at = monotonic()

    def _has_something_to_print(self, settings: Settings) -> bool:
        """Say whether somebody wiped the paper, a command changed it, or time may have."""
        return (
            monotonic() - self._updating.printed_at >= _RIPE.total_seconds()
            or not is_whole(self._newsroom.output, settings)
            or is_waiting(self._newsroom.engine)
        )

    def _take_over(self, settings: Settings, now: datetime) -> None:
        self._sources = {source.id: source for source in settings.sources if source.enabled}
        with transaction(self._newsroom.engine) as connection:
            enrol(connection, settings.sources)
            self._pull_back(connection, now)
        self._fetch, self._agent = self._fetcher(settings), agent(settings)
        self._settings = settings
        self._updating.note()

    def _pull_back(self, connection: Connection, now: datetime) -> None:
        def when(one: Remembered) -> datetime:
            return due(one, self._sources[one.id], now=now)

        if moved := rota.pull_back(connection, when, now=now):
            log.warning("turns that a wrong clock had put off were brought back", sources=moved)

    def _take_pushes(self, pushing: Pushing, settings: Settings, now: datetime) -> None:
        is_room = all(turn.pushed is None for turn in self._out.values())
        pushed = pushing.begin(settings, now=now, routes=self._routes, is_room=is_room)
        wanted = [(one, fetched) for one, fetched in pushed if one in self._sources]
        if not wanted:
            return
        try:
            with transaction(self._newsroom.engine) as connection:
                known = rota.known(connection, {one for one, _ in wanted})
        except StoreError:
            pushing.take_back(pushed)
            raise
        for one, fetched in wanted:
            self._put(Turn(source=self._sources[one], remembered=known[one], pushed=fetched))

    def _let_ask(self, now: datetime) -> None:
        if not self._may_be_due:
            return
        with transaction(self._newsroom.engine) as connection:
            chosen = self._leasing.choose(connection, self._out.values(), now=now)
            seen = recall(connection, [one.id for one in chosen])
        for one in chosen:
            self._put(Turn(source=self._sources[one.id], remembered=one, seen=seen.get(one.id)))
        self._may_be_due = bool(chosen)  # else there is nobody until the next look

    def _put(self, turn: Turn) -> None:
        self._out[id(turn)] = turn
        pause = 0.0 if turn.pushed else spacing(self._fetch)(turn.remembered.address)
        self._queues.put(host(turn), turn, pause=pause)

    def _ask(self, turn: Turn) -> Pulled:
        return ask(turn, user_agent=self._agent, fetch=self._fetch, parse=self._newsroom.parse)

    def _take_in(self, now: datetime, *, until: float = inf) -> None:
        """Keep what has been answered; what cannot be for now is kept in mind."""
        for turn, answer in self._queues.take():
            if isinstance(answer, Exception):
                answer = Pulled(turn=turn, error=fault(answer, turn.source))  # noqa: PLW2901
            elif isinstance(answer, BaseException):
                raise answer
            self._answered.append(answer)
        if not self._answered or self._settings is None:
            return
        with transaction(self._newsroom.engine) as connection:
            known = rota.known(connection, {one.turn.source.id for one in self._answered})
        while self._answered and monotonic() < until:
            some = [self._answered[at] for at in range(min(len(self._answered), AT_ONCE))]
            fresh = [one for one in (_as_it_is(each, known) for each in some) if one]
            kept = keep_all(self._newsroom.engine, fresh, settings=self._settings, now=now)
            for each in some:
                self._answered.popleft()
                del self._out[id(each.turn)]
            for one, outcome in zip(fresh, kept, strict=True):
                self._after(one, outcome, now)

    def _all_is_well(self) -> None:
        if self._problem:
            log.info("all is well again")
        self._problem = ""

    def _after(self, pulled: Pulled, outcome: Outcome, now: datetime) -> None:
        self._all_is_well()
        self._tell(outcome)
        if pulled.reading and not outcome.error:
            self._updating.note()
        if self._pushing:
            self._pushing.noticed(pulled, outcome, now=now)


def log_outcome(outcome: Outcome) -> None:
    """Log what a source brought, or what is the matter with it; nothing is not worth a line."""
    if outcome.error:
        log.warning("source failed", source=outcome.name, problem=outcome.error)
    elif outcome.new or outcome.changed:
        log.info("source read", source=outcome.name, new=outcome.new, changed=outcome.changed)


def _as_it_is(pulled: Pulled, known: Mapping[SourceId, Remembered]) -> Pulled | None:
    """Return an answer with its source as that is now; None where the operator has left it.

    One whose feed is another since is asked afresh.
    """
    turn = pulled.turn
    one = known.get(turn.source.id)
    if one is None or one.asking == NEVER or one.feed != turn.remembered.feed:
        return None
    return replace(pulled, turn=replace(turn, remembered=one))


def _nobody(request: Request) -> Fetched | NotModified:
    raise AssertionError(f"nobody was to be asked yet, but {request.url} was")
