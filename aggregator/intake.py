"""Taking in what a source said: its articles, its validators and its next turn, at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from aggregator import identity, skipping
from aggregator.cadence import Cadence, next_fetch
from aggregator.model import Settings, Source, SourceId
from aggregator.moves import Move, address_after_failure, settle
from aggregator.normalise import is_wanted, minted_id, newest, normalise, renamed, revise
from aggregator.pull import Pulled, manner, unforeseen
from aggregator.standing import Standing, after_failure
from aggregator.store import articles as kept
from aggregator.store.articles import Kept
from aggregator.store.engine import transaction
from aggregator.store.seen import Seen, forget, note
from aggregator.store.sources import Remembered, remember
from feeds.errors import EntryError, SourceError, StoreError
from feeds.fetch import Fetched, Validators
from feeds.markup import clean_text
from feeds.mending import CUT_OFF
from feeds.model import SourceFeed
from feeds.parse import Reading
from feeds.urls import is_beneath

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
    if error := pulled.error or _own_output(pulled, settings):
        return _failed(connection, pulled, error, now=now)
    outcome = Outcome(source_id=source.id, name=source.name)
    if pulled.reading is not None:
        feed = pulled.reading.feed
        if (feed.home, feed.id) != (remembered.home, remembered.atom_id):
            # Each of its articles says where it came from.
            kept.mark(connection, "article", kept.of_source(connection, source.id))
        entries = _recognise(connection, pulled, pulled.reading)
        outcome = _compare(connection, entries, feed, source, settings=settings, now=now)
        remembered = replace(
            remembered, home=feed.home, atom_id=feed.id, inherited=identity.inherited(feed)
        )
    remember(connection, _succeeded(remembered, pulled, outcome, now=now))
    return outcome


def _own_output(pulled: Pulled, settings: Settings) -> SourceError | None:
    """Return why a document is refused that a redirect led to: a paper is never its own source."""
    reply, base = pulled.reply, settings.site.base_url
    if isinstance(reply, Fetched) and is_beneath(base, reply.url):
        return SourceError(f"it leads to our own output, {reply.url}")
    return None


def _pushed(
    connection: Connection, pulled: Pulled, *, settings: Settings, now: datetime
) -> Outcome:
    """Keep what was pushed. It says nothing of how to ask: the next poll comes as it would have."""
    source = pulled.turn.source
    if pulled.error is not None:
        return Outcome(source_id=source.id, name=source.name, error=f"pushed: {pulled.error}")
    if pulled.reading is None:
        return Outcome(source_id=source.id, name=source.name)
    feed = pulled.reading.feed
    entries = newest(feed.entries, source.max_items)
    known = kept.known(connection, source.id, *identity.keys(entries))
    recognised = identity.recognise(entries, known, home=feed.home)
    return _compare(connection, recognised, feed, source, settings=settings, now=now)


def _succeeded(
    remembered: Remembered, pulled: Pulled, outcome: Outcome, *, now: datetime
) -> Remembered:
    reply, source = pulled.reply, pulled.turn.source
    assert reply is not None  # noqa: S101 -- no error, so there was a reply
    is_blind = reply.validators == Validators() and remembered.address[:5].lower() != "file:"
    again = next_fetch(
        _cadence(source), now=now, max_age=reply.max_age, is_blind=is_blind, spread=source.id
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
        new=outcome.new,
        failures=0,
        error=None,
        last_success=now,
        next_fetch=again,
    )


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


def _failed(
    connection: Connection, pulled: Pulled, error: SourceError, *, now: datetime
) -> Outcome:
    source, remembered = pulled.turn.source, pulled.turn.remembered
    failures = remembered.failures + 1
    words = clean_text(str(error)[:LONGEST_ERROR])
    standing = after_failure(
        error,
        before=Standing(state=remembered.state, next_fetch=remembered.next_fetch),
        last_success=remembered.last_success,
        failures=failures,
        cadence=_cadence(source),
        now=now,
        spread=source.id,
    )
    address = address_after_failure(remembered.address, remembered.feed, failures=failures)
    if address != remembered.address:
        remembered = replace(remembered, etag=None, last_modified=None, body_hash=None)
    remember(
        connection,
        replace(
            remembered,
            address=address,
            state=standing.state,
            new=0,
            failures=failures,
            error=words,
            next_fetch=standing.next_fetch,
        ),
    )
    return Outcome(source_id=source.id, name=source.name, error=words)


def _recognise(
    connection: Connection, pulled: Pulled, reading: Reading
) -> Sequence[identity.Recognised]:
    """Return the entries to be compared, and note what need not be read the next time."""
    source = pulled.turn.source
    entries = newest(reading.feed.entries, source.max_items)
    known = kept.known(connection, source.id, *identity.keys(entries))
    each = identity.recognise_each(entries, known, home=reading.feed.home)
    if not reading.fingerprints or source.max_items is not None:
        forget(connection, source.id)
        return [one for one in each if not one.repeats]
    items = skipping.present(reading, pulled.before, [one.key for one in each])
    left = skipping.write(skipping.to_remember(items, pulled.before))
    note(connection, source.id, Seen(manner=manner(source), items=left))
    told = skipping.told_before(reading, items)
    return [one for one, again in zip(each, told, strict=True) if not (again or one.repeats)]


def _compare(
    connection: Connection,
    entries: Sequence[identity.Recognised],
    feed: SourceFeed,
    source: Source,
    *,
    settings: Settings,
    now: datetime,
) -> Outcome:
    inherited = (source.language, identity.inherited(feed), settings.site.language)
    moved = [
        (one, mark)
        for one in entries
        if (mark := identity.fingerprint(one.entry, *inherited))
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


def _cadence(source: Source) -> Cadence:
    return Cadence(every=source.every, cron=source.cron, blind=source.blind)
