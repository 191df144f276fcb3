"""The way of the news, from the sources to the paper."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from math import inf
from pathlib import Path
from threading import Event
from time import monotonic

from sqlalchemy import Engine

from aggregator.intake import Outcome, keep
from aggregator.judge import judge, rearrange
from aggregator.model import Settings, SourceId
from aggregator.printing import Printed, publish
from aggregator.pull import Fetch, Parse, Pulled, Turn, pull
from aggregator.store.engine import (
    database_url,
    hold,
    hold_database,
    open_database,
    transaction,
)
from aggregator.store.layout import latest
from aggregator.store.seen import recall
from aggregator.store.sources import Remembered, enrol, remembered
from feeds.errors import PublishError
from feeds.fetch import Fetched
from feeds.parse import parse_unseen
from feeds.sandbox import Sandbox

Told = Callable[[Outcome, int, int], None]
Noticed = Callable[[Pulled, Outcome], None]
Pushed = Sequence[tuple[SourceId, Fetched]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """All that building a paper touches: the store, the network, the workers, the paper."""

    engine: Engine
    output: Path
    parse: Parse
    stopping: Event = field(default_factory=Event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build did: what each source brought, and what was printed."""

    outcomes: tuple[Outcome, ...]
    printed: Printed


@contextmanager
def open_newsroom(*, state: Path, output: Path, database: str | None = None) -> Iterator[Newsroom]:
    """Hold the state and open all that a build needs; close it again.

    Raises StateHeldError where another copy is at work, StoreError where nothing can be kept.
    """
    url = database or database_url(state)
    with hold(state), hold_database(url):
        engine = open_database(url)
        try:
            with Sandbox(parse_unseen) as sandbox:
                yield Newsroom(engine=engine, output=output, parse=sandbox)
        finally:
            engine.dispose()


def build(
    newsroom: Newsroom,
    settings: Settings,
    *,
    fetch: Fetch,
    now: datetime,
    everything: bool = False,
    tell: Told | None = None,
    extra: Mapping[str, bytes] | None = None,
    patience: timedelta | None = None,
    pushed: Pushed = (),
    noticed: Noticed | None = None,
) -> Report:
    """Pull what is due (or `everything`), decide, publish, and return what came of it.

    What single sources do stops nothing; it is in the report. With `patience` the paper does
    not wait for those that dawdle: what the others brought is printed meanwhile. What was
    `pushed` is taken in first; `noticed` is called once a source's answer is kept. Raises
    PublishError when there is no paper to print or it cannot be written, StoreError when
    nothing can be kept.
    """
    turns = _turns(newsroom.engine, settings, now=now, everything=everything, pushed=pushed)
    outcomes: list[Outcome] = []
    early = _Early(newsroom, settings, now=now, extra=extra, patience=patience)
    for pulled in pull(
        turns,
        settings=settings,
        fetch=fetch,
        parse=newsroom.parse,
        stopping=newsroom.stopping,
        meanwhile=lambda: early.print_if_late(len(outcomes)),
    ):
        outcome = keep(newsroom.engine, pulled, settings=settings, now=now)
        outcomes.append(outcome)
        if noticed:
            noticed(pulled, outcome)
        if tell:
            tell(outcome, len(outcomes), len(turns))
    printed = _decide_and_print(newsroom, settings, now=now, extra=extra)
    return Report(outcomes=tuple(outcomes), printed=early.all_with(printed))


class _Early:
    """Editions printed while some sources still have not answered."""

    def __init__(
        self,
        newsroom: Newsroom,
        settings: Settings,
        *,
        now: datetime,
        extra: Mapping[str, bytes] | None,
        patience: timedelta | None,
    ) -> None:
        self._print = partial(
            _decide_and_print, newsroom, settings, now=now, extra=extra, is_last=False
        )
        self._patience = patience.total_seconds() if patience else inf
        self._last = monotonic()
        self._answered = 0
        self._printed = Printed()

    def print_if_late(self, answered: int) -> None:
        """Print what has come in since the last time, if the rest takes too long."""
        if answered == self._answered or monotonic() - self._last < self._patience:
            return
        with suppress(PublishError):  # no article yet: the end of the build says so
            self._printed = self.all_with(self._print())
        self._last, self._answered = monotonic(), answered

    def all_with(self, printed: Printed) -> Printed:
        """Return a printing with what the earlier ones did."""
        faults = dict.fromkeys((*self._printed.faults, *printed.faults))
        return replace(
            printed, changed=printed.changed + self._printed.changed, faults=tuple(faults)
        )


def _decide_and_print(
    newsroom: Newsroom,
    settings: Settings,
    *,
    now: datetime,
    extra: Mapping[str, bytes] | None,
    is_last: bool = True,
) -> Printed:
    with transaction(newsroom.engine) as connection:
        rearrange(connection, settings)
        judge(connection, settings, is_last=is_last)
    return print_paper(newsroom, settings, now=now, extra=extra)


def print_paper(
    newsroom: Newsroom,
    settings: Settings,
    *,
    now: datetime,
    everything: bool = False,
    extra: Mapping[str, bytes] | None = None,
) -> Printed:
    """Print what is stale, or everything, from what is stored.

    Raises PublishError where there is nothing to print yet: an empty paper would only push out
    the last good one.
    """
    with transaction(newsroom.engine) as connection:
        enrol(connection, settings.sources)
        if not latest(connection, None, limit=1):
            raise PublishError("there is no paper to print: no source has given an article yet")
    return publish(
        newsroom.engine, newsroom.output, settings, now=now, everything=everything, extra=extra
    )


def is_due(remembered: Remembered, *, now: datetime) -> bool:
    """Say whether it is a source's turn; one that is gone for ever has none."""
    if remembered.state == "gone":
        return False
    return remembered.next_fetch is None or remembered.next_fetch <= now


def _turns(
    engine: Engine, settings: Settings, *, now: datetime, everything: bool, pushed: Pushed
) -> tuple[Turn, ...]:
    with transaction(engine) as connection:
        enrol(connection, settings.sources)
        known = remembered(connection)
        seen = recall(
            connection,
            [one.id for one in settings.sources if everything or is_due(known[one.id], now=now)],
        )
    of = {
        source.id: Turn(source=source, remembered=known[source.id])
        for source in settings.sources
        if source.enabled
    }
    return (
        *(
            replace(of[source_id], pushed=fetched)
            for source_id, fetched in pushed
            if source_id in of
        ),
        *(
            replace(turn, seen=seen.get(source_id))
            for source_id, turn in of.items()
            if everything or is_due(turn.remembered, now=now)
        ),
    )
