"""Taking in what a source said: its articles, its validators and its next turn, at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from aggregator import identity
from aggregator.cadence import Cadence, next_fetch
from aggregator.model import Settings, Source, SourceId
from aggregator.normalise import is_wanted, minted_id, normalise, renamed, revise
from aggregator.pull import Pulled, unforeseen
from aggregator.standing import Standing, after_failure
from aggregator.store import articles as kept
from aggregator.store.articles import Kept
from aggregator.store.engine import transaction
from aggregator.store.sources import Remembered, remember
from feeds.errors import EntryError, SourceError, StoreError
from feeds.fetch import Validators
from feeds.mending import CUT_OFF
from feeds.model import SourceEntry, SourceFeed

LONGEST_ERROR = 1_000  # characters; some quote half a document
log = structlog.get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one source brought: counts of articles, or the error in words."""

    source_id: SourceId
    name: str
    new: int = 0
    changed: int = 0
    skipped: int = 0
    error: str | None = None


def keep(engine: Engine, pulled: Pulled, *, settings: Settings, now: datetime) -> Outcome:
    """Take in what came of asking a source, whole or not at all, and return it in short.

    What cannot be kept is that source's failure. Raises StoreError where not even that can be
    noted.
    """
    try:
        with transaction(engine) as connection:
            return take_in(connection, pulled, settings=settings, now=now)
    except StoreError as error:
        failure = SourceError(f"what it says cannot be kept: {error}")
    except Exception as error:  # whatever it is, it stays this source's
        log.exception("a fault of ours", source=pulled.turn.source.name)
        failure = unforeseen(error)
    with transaction(engine) as connection:
        return take_in(connection, replace(pulled, error=failure), settings=settings, now=now)


def take_in(
    connection: Connection, pulled: Pulled, *, settings: Settings, now: datetime
) -> Outcome:
    """Keep what came of asking a source and return it in short.

    Called within one transaction: the validators are kept with the articles they vouch for, or
    a crash between the two would lose those articles for good.
    """
    source, remembered = pulled.turn.source, pulled.turn.remembered
    if pulled.turn.pushed is not None:
        return _pushed(connection, pulled, settings=settings, now=now)
    if pulled.error is not None:
        return _failed(connection, pulled, pulled.error, now=now)
    outcome = Outcome(source_id=source.id, name=source.name)
    if pulled.feed is not None:
        if (pulled.feed.home, pulled.feed.id) != (remembered.home, remembered.atom_id):
            # Each of its articles says where it came from.
            kept.mark(connection, "article", kept.of_source(connection, source.id))
        outcome = _compare(connection, pulled.feed, source, settings=settings, now=now)
        remembered = replace(
            remembered,
            home=pulled.feed.home,
            atom_id=pulled.feed.id,
            rights=pulled.feed.rights,
        )
    remember(connection, _succeeded(remembered, pulled, outcome, now=now))
    return outcome


def _pushed(
    connection: Connection, pulled: Pulled, *, settings: Settings, now: datetime
) -> Outcome:
    """Keep what was pushed. It says nothing of how to ask: the next poll comes as it would have."""
    source = pulled.turn.source
    if pulled.error is not None:
        return Outcome(source_id=source.id, name=source.name, error=f"pushed: {pulled.error}")
    if pulled.feed is None:
        return Outcome(source_id=source.id, name=source.name)
    return _compare(connection, pulled.feed, source, settings=settings, now=now)


def _succeeded(
    remembered: Remembered, pulled: Pulled, outcome: Outcome, *, now: datetime
) -> Remembered:
    reply, source = pulled.reply, pulled.turn.source
    assert reply is not None  # noqa: S101 -- no error, so there was a reply
    is_blind = reply.validators == Validators() and remembered.address[:5].lower() != "file:"
    again = next_fetch(
        _cadence(source), now=now, max_age=reply.max_age, is_blind=is_blind, spread=source.id
    )
    if pulled.feed is None or CUT_OFF not in pulled.feed.notes:
        # Of a document cut short the rest is still to come: a 304 must not hide it.
        remembered = replace(
            remembered,
            etag=reply.validators.etag,
            last_modified=reply.validators.last_modified,
            body_hash=pulled.body_hash,
        )
    return replace(
        remembered,
        address=reply.moved_to or remembered.address,
        state="ok",
        new=outcome.new,
        failures=0,
        error=None,
        last_success=now,
        next_fetch=again,
    )


def _failed(
    connection: Connection, pulled: Pulled, error: SourceError, *, now: datetime
) -> Outcome:
    source, remembered = pulled.turn.source, pulled.turn.remembered
    failures = remembered.failures + 1
    words = str(error)[:LONGEST_ERROR].replace("\0", "").encode(errors="replace").decode()
    standing = after_failure(
        error,
        before=Standing(state=remembered.state, next_fetch=remembered.next_fetch),
        last_success=remembered.last_success,
        failures=failures,
        cadence=_cadence(source),
        now=now,
        spread=source.id,
    )
    remember(
        connection,
        replace(
            remembered,
            state=standing.state,
            new=0,
            failures=failures,
            error=words,
            next_fetch=standing.next_fetch,
        ),
    )
    return Outcome(source_id=source.id, name=source.name, error=words)


def _compare(
    connection: Connection,
    feed: SourceFeed,
    source: Source,
    *,
    settings: Settings,
    now: datetime,
) -> Outcome:
    entries = newest(feed.entries, source.max_items)
    known = kept.known(connection, source.id, *identity.keys(entries))
    moved = [
        (one, mark)
        for one in identity.recognise(entries, known, home=feed.home)
        if (mark := identity.fingerprint(one.entry, language=source.language))
        != (one.known.fingerprint if one.known else None)
    ]
    read: list[Kept] = []
    skipped = 0
    for one, mark in moved:
        try:
            article = normalise(
                one.entry, source=source, feed=feed, settings=settings, key=one.key, now=now
            )
        except EntryError:
            skipped += 1
        else:
            row = Kept(article=article, fingerprint=mark, url_key=one.url_key)
            read.append(row if one.known is None else replace(row, stored=one.known.id))
    changed = _revise(connection, [row for row in read if row.stored], now=now)
    fresh = [row for row in read if row.stored is None and is_wanted(row.article, source, now=now)]
    kept.add(connection, _without_twins(connection, fresh, settings, now=now))
    return Outcome(
        source_id=source.id, name=source.name, new=len(fresh), changed=changed, skipped=skipped
    )


def _revise(connection: Connection, rows: Sequence[Kept], *, now: datetime) -> int:
    """Keep articles we know as their source tells them now; return how many."""
    stored = kept.read(connection, [row.stored for row in rows if row.stored])
    for row in rows:
        if row.stored:
            article = revise(row.article, stored[row.stored], now=now)
            kept.replace(connection, replace(row, article=article))
    return len(rows)


def _without_twins(
    connection: Connection, rows: Sequence[Kept], settings: Settings, *, now: datetime
) -> list[Kept]:
    """Return new articles under ids nobody has: a publisher's id is carried once, by the first.

    Our own twelve characters collide once in an age; then another twelve are taken.
    """
    atom_ids = set(kept.taken(connection, {row.article.atom_id for row in rows}))
    ids = set(kept.dated(connection, {row.article.id for row in rows}))
    sound: list[Kept] = []
    for row in rows:
        article = row.article
        attempt = 0
        while article.id in ids:
            attempt += 1
            article = renamed(row.article, attempt=attempt)
        mint: str = article.id
        while article.atom_id in atom_ids:  # a source may have claimed even what we would mint
            article = replace(article, atom_id=minted_id(mint, settings.site, now=now))
            mint += "x"
        ids.add(article.id)
        atom_ids.add(article.atom_id)
        sound.append(replace(row, article=article))
    return sound


def newest(entries: Sequence[SourceEntry], limit: int | None) -> Sequence[SourceEntry]:
    """Return at most `limit` entries: the newest where all have dates, else the first."""
    if limit is None or len(entries) <= limit:
        return entries
    dated = [entry for entry in entries if entry.published or entry.updated]
    if len(dated) < len(entries):
        return entries[:limit]
    return sorted(dated, key=_moment, reverse=True)[:limit]


def _moment(entry: SourceEntry) -> datetime:
    moment = entry.published or entry.updated
    assert moment is not None  # noqa: S101 -- the caller saw to it
    return moment


def _cadence(source: Source) -> Cadence:
    return Cadence(every=source.every, cron=source.cron, blind=source.blind)
