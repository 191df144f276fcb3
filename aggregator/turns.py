"""What a turn leaves behind: how a source is, where to ask it, by what, and when again."""

from dataclasses import replace
from datetime import datetime

from aggregator import rhythm
from aggregator.cadence import Cadence, next_fetch
from aggregator.model import Source
from aggregator.moves import Move, address_after_failure, settle
from aggregator.pull import Pulled
from aggregator.standing import Standing, after_failure, believable
from aggregator.store.sources import NEVER, Remembered
from feeds.characters import clean_text
from feeds.errors import SourceError
from feeds.fetch import Validators
from feeds.reading import CUT_OFF, Reading

LONGEST_ERROR = 1_000  # characters; some quote half a document


def succeeded(
    remembered: Remembered, pulled: Pulled, *, is_news: bool, now: datetime
) -> Remembered:
    """Return a source after it answered; `is_news` says whether that brought new articles."""
    reply, source = pulled.reply, pulled.turn.source
    assert reply is not None  # noqa: S101 -- no error, so there was a reply
    news = _news(remembered, pulled.reading, is_news=is_news, now=now)
    again = next_fetch(
        _cadence(source),
        now=now,
        max_age=reply.max_age,
        is_blind=reply.validators == Validators() and not _is_file(remembered),
        hints=remembered.hints,
        news=news,
        spread=source.id,
    )
    if pulled.reading is None or CUT_OFF not in pulled.reading.feed.notes:
        # Of a document cut short the rest is still to come: a 304 must not hide it.
        remembered = replace(
            remembered,
            etag=reply.validators.etag,
            last_modified=reply.validators.last_modified,
            body_hash=pulled.body_hash,
        )
    return replace(
        _settled(remembered, reply.moved_to, now=now),
        state="ok",
        failures=0,
        error=None,
        advertised=None,
        last_success=now,
        next_fetch=again.at,
        pause=_seconds(again.at, now),
        why=again.why,
        news=news,
    )


def failed(
    remembered: Remembered, source: Source, error: SourceError, *, now: datetime
) -> Remembered:
    """Return a source after it failed with `error`."""
    failures = remembered.failures + 1
    standing = after_failure(
        error,
        before=Standing(
            state=remembered.state, next_fetch=remembered.next_fetch, why=remembered.why
        ),
        last_success=remembered.last_success,
        failures=failures,
        cadence=_cadence(source),
        now=now,
        hints=remembered.hints,
        news=remembered.news,
        spread=source.id,
    )
    address = address_after_failure(remembered.address, remembered.feed, failures=failures)
    if address != remembered.address:
        remembered = replace(remembered, etag=None, last_modified=None, body_hash=None)
    return replace(
        remembered,
        address=address,
        state=standing.state,
        failures=failures,
        error=clean_text(str(error)[:LONGEST_ERROR]),
        advertised=error.advertised,
        next_fetch=standing.next_fetch,
        pause=_seconds(standing.next_fetch, now),
        asking=remembered.asking if standing.next_fetch else NEVER,
        why=standing.why,
    )


def due(one: Remembered, source: Source, *, now: datetime) -> datetime:
    """Return when a source is due: as remembered, or soon if no rule of ours can have said so."""
    if one.next_fetch is None:
        return now
    return believable(one.next_fetch, cadence=_cadence(source), now=now, spread=source.id)


def _news(
    remembered: Remembered, reading: Reading | None, *, is_news: bool, now: datetime
) -> tuple[datetime, ...]:
    """Return when the source had news: at first by its own dates, from then on when we found it.

    Where it has none, or none with a date, its silence is counted from our first turn.
    """
    if remembered.news:
        return rhythm.newest((now, *remembered.news), now=now) if is_news else remembered.news
    entries = reading.feed.entries if reading else ()
    dates = (entry.published or entry.updated for entry in entries)
    return rhythm.newest(filter(None, dates), now=now) or (now,)


def _settled(remembered: Remembered, moved_to: str | None, *, now: datetime) -> Remembered:
    """Return a source with what its redirects have proved about where it is."""
    settled = settle(_move(remembered), moved_to, now=now)
    move = settled.move
    return replace(
        remembered,
        address=settled.address or remembered.address,
        move_to=move.to if move else None,
        move_turns=move.turns if move else None,
        move_since=move.since if move else None,
    )


def _move(remembered: Remembered) -> Move | None:
    to, turns, since = remembered.move_to, remembered.move_turns, remembered.move_since
    if to is None or turns is None or since is None:
        return None
    return Move(to=to, turns=turns, since=since)


def _seconds(again: datetime | None, now: datetime) -> int | None:
    return round((again - now).total_seconds()) if again else None


def _is_file(remembered: Remembered) -> bool:
    return remembered.address[:5].lower() == "file:"


def _cadence(source: Source) -> Cadence:
    return Cadence(every=source.every, longest=source.longest, cron=source.cron, blind=source.blind)
