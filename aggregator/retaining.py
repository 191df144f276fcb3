"""Letting go of what is older than it is to be kept, and of what is too much to remember."""

import hashlib
from collections import defaultdict
from datetime import datetime, timedelta

from sqlalchemy import Connection

from aggregator.model import Settings, SourceId
from aggregator.store import articles as kept
from aggregator.store import aside, copies, crowding, edits
from aggregator.store import layout as laid

LIVE = timedelta(days=60)  # how long an article waits for copies of itself
AT_ONCE = 500  # articles that one build lets go: the rest follows with the next


def retain(connection: Connection, settings: Settings, *, now: datetime) -> int:
    """Take out articles older than their sources' `retention`; return how many.

    Once a day is enough, and whenever retention was changed. What is taken out leaves its names:
    a source that still carries it brings nothing new.
    """
    spans: dict[timedelta, list[SourceId]] = defaultdict(list)
    for source in settings.sources:
        if source.retention is not None:
            spans[source.retention].append(source.id)
    done = f"{now:%Y-%m-%d} {hashlib.sha256(repr(sorted(spans.items())).encode()).hexdigest()[:16]}"
    if laid.noted(connection, "retention") == done:
        return 0
    gone = 0
    for span, sources in sorted(spans.items()):
        old = kept.older(connection, sources, than=now - span, limit=AT_ONCE - gone)
        gone += aside.take_out(connection, old, why=aside.EXPIRED, since=now)
    if gone < AT_ONCE:
        crowding.prune(connection)
        edits.prune(connection, now=now)
        copies.prune(connection, before=now - LIVE)
        laid.note(connection, "retention", done)
    return gone
