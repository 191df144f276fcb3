"""Taking in what a source said: its articles, its validators and its next turn, at once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from aggregator import heeding, identity, skipping
from aggregator.comparing import Brought, Taking, compare
from aggregator.identity import Recognised
from aggregator.model import Settings, Source, SourceId
from aggregator.naming import inherited
from aggregator.normalise import newest
from aggregator.pull import Pulled, fault, manner
from aggregator.store import articles as kept
from aggregator.store import names
from aggregator.store.engine import transaction
from aggregator.store.seen import Seen, forget, note
from aggregator.store.sources import ask_anew, remember
from aggregator.turns import LONGEST_ERROR, failed, succeeded
from feeds.characters import clean_text
from feeds.errors import SourceError, StoreAwayError, StoreError
from feeds.fetch import Fetched
from feeds.model import SourceEntry, SourceFeed
from feeds.reading import Reading
from feeds.secrets import shown
from feeds.urls import is_beneath

CANDIDATES = 500  # articles of a source among which ids that all changed are looked for


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one source brought: counts of articles, or the error in words."""

    source_id: SourceId
    name: str
    new: int = 0
    changed: int = 0
    skipped: int = 0
    withdrawn: int = 0
    error: str | None = None


def keep(engine: Engine, pulled: Pulled, *, settings: Settings, now: datetime) -> Outcome:
    """Take in what came of asking a source, whole or not at all, and return it in short.

    What cannot be kept is that source's failure. Raises StoreError where not even that can be
    noted, or where the database cannot work: then no source is blamed, and all will be asked again.
    """
    try:
        with transaction(engine) as connection:
            return take_in(connection, pulled, settings=settings, now=now)
    except StoreAwayError:
        raise
    except StoreError as error:
        failure = SourceError(f"what it says cannot be kept: {error}")
    except Exception as error:  # noqa: BLE001 -- whatever it is, it stays this source's
        failure = fault(error, pulled.turn.source)
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
        is_met = names.is_known(connection, source.id)
        if is_met and (feed.home, feed.id) != (remembered.home, remembered.atom_id):
            # Each of its articles says where it came from.
            kept.mark(connection, "article", kept.of_source(connection, source.id))
        entries, told = _recognise(connection, pulled, pulled.reading, now=now, is_met=is_met)
        taking = _taking(pulled, settings, now=now, is_met=is_met)
        brought = compare(connection, entries, feed, taking)
        outcome = _outcome(source, brought)
        notes = (*feed.notes, told, *brought.notes, _emptied(pulled, is_met=is_met))
        remembered = replace(
            remembered,
            home=feed.home,
            atom_id=feed.id,
            inherited=inherited(feed),
            hints=feed.hints,
            notes="\n".join(clean_text(each)[:LONGEST_ERROR] for each in notes if each) or None,
        )
    after = succeeded(remembered, pulled, is_news=outcome.new > 0, now=now)
    remember(connection, replace(after, new=outcome.new))
    return outcome


def _own_output(pulled: Pulled, settings: Settings) -> SourceError | None:
    """Return why a document is refused that a redirect led to: a paper is never its own source."""
    reply, base = pulled.reply, settings.site.base_url
    if isinstance(reply, Fetched) and is_beneath(base, reply.url):
        return SourceError(f"it leads to our own output, {shown(reply.url)}")
    return None


def _pushed(
    connection: Connection, pulled: Pulled, *, settings: Settings, now: datetime
) -> Outcome:
    """Keep what was pushed. It says nothing of when to ask: the next poll comes as it would have.

    What it changes the next poll looks at again, as a hub may be late or wrong: to what the
    source itself says, unchanged since, a 304 would be no answer.
    """
    source = pulled.turn.source
    if pulled.error is not None:
        return Outcome(source_id=source.id, name=source.name, error=f"pushed: {pulled.error}")
    if pulled.reading is None:
        return Outcome(source_id=source.id, name=source.name)
    feed = pulled.reading.feed
    entries = [entry for entry in heeding.heeded(feed, source, now=now) if entry]
    entries = list(newest(entries, source.max_items))
    is_met = names.is_known(connection, source.id)
    found, _ = _known_again(connection, source, feed, entries, total=len(entries), is_met=is_met)
    found = [one for one in found if not one.repeats]
    taking = _taking(pulled, settings, now=now, is_met=is_met)
    brought = compare(connection, found, feed, taking)
    if brought.changed or brought.withdrawn:
        ask_anew(connection, source.id)
    return _outcome(source, brought)


def _taking(pulled: Pulled, settings: Settings, *, now: datetime, is_met: bool) -> Taking:
    last = pulled.turn.remembered.last_success
    return Taking(
        source=pulled.turn.source,
        settings=settings,
        now=now,
        is_first=last is None and not is_met,
        since_last=now - last if last else timedelta(),
    )


def _outcome(source: Source, brought: Brought) -> Outcome:
    return Outcome(
        source_id=source.id,
        name=source.name,
        new=brought.new,
        changed=brought.changed,
        skipped=brought.skipped,
        withdrawn=brought.withdrawn,
    )


def _emptied(pulled: Pulled, *, is_met: bool) -> str:
    """Return what an operator should know of a document without entries: nothing is taken away."""
    reading = pulled.reading
    if reading is None or reading.fingerprints or reading.feed.entries:
        return ""
    return "its document holds no entries; what it had stays in the paper" if is_met else ""


def _failed(
    connection: Connection, pulled: Pulled, error: SourceError, *, now: datetime
) -> Outcome:
    source = pulled.turn.source
    after = failed(pulled.turn.remembered, source, error, now=now)
    remember(connection, replace(after, new=0))
    return Outcome(source_id=source.id, name=source.name, error=after.error)


def _known_again(
    connection: Connection,
    source: Source,
    feed: SourceFeed,
    entries: Sequence[SourceEntry],
    *,
    claimed: frozenset[str] = frozenset(),
    total: int,
    is_met: bool,
) -> tuple[Sequence[Recognised], str]:
    """Return the entries as the articles they are, and what an operator should know of it."""
    called = identity.names_of(entries, source.identity) if is_met else set()
    known = names.known(connection, source.id, called)  # of whom we never met, nothing
    found = identity.recognise_each(
        entries, known, home=feed.home, identity=source.identity, claimed=claimed
    )
    if not is_met or not identity.seem_new(found, total):
        return found, ""
    last = names.latest(connection, source.id, limit=CANDIDATES)
    again = identity.rekeyed(found, last) if last else None
    if again is None:
        return found, ""
    return again, "its ids have all changed; its articles were known by their titles and dates"


def _recognise(
    connection: Connection, pulled: Pulled, reading: Reading, *, now: datetime, is_met: bool
) -> tuple[Sequence[Recognised], str]:
    """Return the entries to be compared, and note what need not be read the next time."""
    source, feed = pulled.turn.source, reading.feed
    heeded = heeding.heeded(feed, source, now=now)
    entries = newest([entry for entry in heeded if entry], source.max_items)
    each, told = _known_again(
        connection,
        source,
        feed,
        entries,
        claimed=skipping.claimed(reading, pulled.before),
        total=len(reading.fingerprints) or len(entries),
        is_met=is_met,
    )
    if not reading.fingerprints or source.max_items is not None:
        forget(connection, source.id)
        return [one for one in each if not one.repeats], told
    keys = (one.key for one in each)
    items = skipping.present(
        reading, pulled.before, [next(keys) if entry else "" for entry in heeded]
    )
    left = skipping.write(skipping.to_remember(items, pulled.before))
    note(connection, source.id, Seen(manner=manner(source), items=left))
    again = zip(heeded, skipping.told_before(reading, items), strict=True)
    is_told = [answer for entry, answer in again if entry]
    return [
        one for one, twice in zip(each, is_told, strict=True) if not (twice or one.repeats)
    ], told
