"""The way of the news, from the sources to the paper."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine

from aggregator.collapsing import heed_sources
from aggregator.comparing import ripen
from aggregator.editors import heed
from aggregator.intake import Outcome
from aggregator.judge import judge
from aggregator.keeping import keep_all
from aggregator.model import Settings
from aggregator.newsroom import Newsroom
from aggregator.placing import rearrange
from aggregator.printing import Printed, publish
from aggregator.pull import Fetch, Turn, pull
from aggregator.retaining import retain
from aggregator.store.articles import waits
from aggregator.store.aside import HELD, TAKEN
from aggregator.store.engine import transaction
from aggregator.store.layout import is_any, was_emptied
from aggregator.store.seen import recall
from aggregator.store.sources import GONE, Remembered, enrol, remembered
from feeds.errors import PublishError

Told = Callable[[Outcome, int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a build did: what each source brought, and what was printed."""

    outcomes: tuple[Outcome, ...]
    printed: Printed


def build(
    newsroom: Newsroom,
    settings: Settings,
    *,
    fetch: Fetch,
    now: datetime,
    everything: bool = False,
    tell: Told | None = None,
    extra: Mapping[str, bytes] | None = None,
) -> Report:
    """Pull what is due (or `everything`), decide, publish, and return what came of it.

    What single sources do stops nothing; it is in the report. Raises PublishError when there is
    no paper to print or it cannot be written, StoreError when nothing can be kept.
    """
    turns = _turns(newsroom.engine, settings, now=now, everything=everything)
    outcomes: list[Outcome] = []
    for some in pull(
        turns, settings=settings, fetch=fetch, parse=newsroom.parse, stopping=newsroom.stopping
    ):
        for outcome in keep_all(newsroom.engine, some, settings=settings, now=now):
            outcomes.append(outcome)
            if tell:
                tell(outcome, len(outcomes), len(turns))
    printed = judge_and_print(newsroom, settings, now=now, extra=extra)
    return Report(outcomes=tuple(outcomes), printed=printed)


def judge_and_print(
    newsroom: Newsroom,
    settings: Settings,
    *,
    now: datetime,
    extra: Mapping[str, bytes] | None = None,
    is_last: bool = True,
) -> Printed:
    """Judge what is new, print what became stale, and return what was written.

    What is judged before all have answered, not `is_last`, will be judged again. Raises
    PublishError where there is nothing to print yet or it cannot be written.
    """
    with transaction(newsroom.engine) as connection:
        _refuse_an_empty_paper(connection)
        ripen(connection, now=now)
        retain(connection, settings, now=now)
        classifier = newsroom.classifier()
        heed(connection, settings, classifier)
        rearrange(connection, settings, classifier)
        judge(connection, settings, classifier, is_last=is_last)
    return _print(newsroom, settings, now=now, extra=extra)


def decide_and_print(newsroom: Newsroom, settings: Settings, *, now: datetime) -> Printed:
    """Judge what waits to be judged, and print what is stale; nobody is asked.

    Raises PublishError as `print_paper` does.
    """
    with transaction(newsroom.engine) as connection:
        enrol(connection, settings.sources)
    return judge_and_print(newsroom, settings, now=now)


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
        heed_sources(connection, settings)
    return _print(newsroom, settings, now=now, everything=everything, extra=extra)


def _print(
    newsroom: Newsroom,
    settings: Settings,
    *,
    now: datetime,
    everything: bool = False,
    extra: Mapping[str, bytes] | None = None,
) -> Printed:
    """Print the paper of sources that are enrolled."""
    with transaction(newsroom.engine) as connection:
        _refuse_an_empty_paper(connection)
    return publish(
        newsroom.engine, newsroom.output, settings, now=now, everything=everything, extra=extra
    )


def _refuse_an_empty_paper(connection: Connection) -> None:
    # Where the last article was taken out, an empty paper is what is wanted.
    if not (is_any(connection) or was_emptied(connection, by=TAKEN - {HELD})):
        raise PublishError("there is no paper to print: no source has given an article yet")


def is_waiting(engine: Engine) -> bool:
    """Say whether anything waits to be judged or printed, such as what a command changed."""
    with transaction(engine) as connection:
        return waits(connection)


def is_due(remembered: Remembered, *, now: datetime) -> bool:
    """Say whether it is a source's turn; one that is gone for ever has none."""
    if remembered.state == GONE:
        return False
    return remembered.next_fetch is None or remembered.next_fetch <= now


def _turns(
    engine: Engine, settings: Settings, *, now: datetime, everything: bool
) -> tuple[Turn, ...]:
    with transaction(engine) as connection:
        enrol(connection, settings.sources)
        known = remembered(connection)
        due = {
            source.id: source
            for source in settings.sources
            if source.enabled and (everything or is_due(known[source.id], now=now))
        }
        seen = recall(connection, due)
    return tuple(
        Turn(source=source, remembered=known[one], seen=seen.get(one))
        for one, source in due.items()
    )
