"""What of a source's entries is heeded: what the operator does not believe is not read. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from aggregator.model import Future, Ignored, Source
from feeds.model import Deletion, SourceEntry, SourceFeed

AHEAD = timedelta(hours=1)  # clocks and summer times differ this much in good faith

_NOTHING: dict[Ignored, dict[str, Any]] = {
    Ignored.ID: {"id": None},
    Ignored.PUBLISHED: {"published": None},
    Ignored.UPDATED: {"updated": None},
    Ignored.AUTHOR: {"authors": ()},
    Ignored.SUMMARY: {"summary": None},
    Ignored.CONTENT: {"content": None},
    Ignored.CATEGORIES: {"categories": ()},
    Ignored.IMAGE: {"image": None},
    Ignored.ENCLOSURES: {"enclosures": ()},
    Ignored.LANGUAGE: {"language": None},
    Ignored.RIGHTS: {"rights": None},
}


def heeded(feed: SourceFeed, source: Source, *, now: datetime) -> tuple[SourceEntry | None, ...]:
    """Return each entry of a document without what its source's `ignore` names.

    None stands for one that the document itself calls deleted, and for one whose time is yet to
    come, where `future_dates` says to wait for it.
    """
    withdrawn = {one.ref for one in deletions(feed, now=now)}
    ignored = {name: value for each in source.ignore for name, value in _NOTHING[each].items()}
    waits = source.future_dates is Future.IGNORE_ENTRY
    return tuple(
        None
        if (withdrawn and entry.id in withdrawn) or (waits and _is_ahead(entry, now))
        else replace(entry, **ignored)
        if ignored
        else entry
        for entry in feed.entries
    )


def deletions(feed: SourceFeed, *, now: datetime) -> tuple[Deletion, ...]:
    """Return the deletions of a document that hold, none later than `now`.

    Of an entry and a deletion of one id the later counts (RFC 6721, 3); of two deletions the
    later, too.
    """
    told: dict[str, datetime] = {}
    for entry in feed.entries if feed.deleted else ():
        if entry.id and (moment := entry.updated or entry.published):
            told[entry.id] = max(moment, told.get(entry.id, moment))
    holding: dict[str, Deletion] = {}
    for one in feed.deleted:
        when = min(one.when or now, now)
        before = holding.get(one.ref)
        if (before is None or (before.when or when) < when) and not told.get(one.ref, when) > when:
            holding[one.ref] = replace(one, when=when)
    return tuple(holding.values())


def _is_ahead(entry: SourceEntry, now: datetime) -> bool:
    moment = entry.published or entry.updated
    return moment is not None and moment > now + AHEAD
