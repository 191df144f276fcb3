"""What a source says against what we know: new articles, changed ones, and those set aside."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from aggregator import changes, floods, heeding, tongues
from aggregator.identity import Known, Recognised
from aggregator.model import Article, ArticleId, Settings, Source
from aggregator.naming import by_key, fingerprint, id_key, indexed, inherited
from aggregator.normalise import is_wanted, normalise, revise
from aggregator.store import articles as kept
from aggregator.store import aside, crowding, edits, names
from aggregator.store.articles import Kept
from aggregator.twins import without_twins
from feeds.errors import EntryError
from feeds.model import SourceFeed

RECONSIDERED = frozenset({None, aside.OLD, aside.SILENT})  # may be news, once they say so
WORDLESS = "(no words)"  # stands in for a title while an entry without one is looked at


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """Whose articles are taken in, and when.

    It `is_first` where we never met an article of the source's; `since_last` is how long we have
    not asked.
    """

    source: Source
    settings: Settings
    now: datetime
    is_first: bool = False
    since_last: timedelta = timedelta()


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """What came of it: counts of articles, and what an operator should know."""

    new: int = 0
    changed: int = 0
    skipped: int = 0
    withdrawn: int = 0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    """An entry that is new or differs, and the article it is now."""

    row: Kept
    known: Known | None
    updated: datetime | None = None

    @property
    def aside(self) -> str | None:
        return self.known.aside if self.known else None

    @property
    def is_back(self) -> bool:
        """Whether its source has published it again since it withdrew it."""
        if self.aside != aside.WITHDRAWN or self.updated is None:
            return False
        since = self.known.since if self.known else None
        return since is not None and self.updated > since


def compare(
    connection: Connection, found: Sequence[Recognised], feed: SourceFeed, taking: Taking
) -> Brought:
    """Keep what is new and what changed, and return it in short."""
    told, silent, skipped = _read(found, feed, taking)
    back = [one for one in told if one.is_back]
    aside.bring_back(connection, [one.row.article.id for one in back])
    known = [one.row for one in told if one.known and not one.aside]
    changed = _revise(connection, [*known, *(one.row for one in back)], taking)
    for one in told:
        if one.aside == aside.HELD:
            aside.revise(connection, one.row)
    fresh = [one for one in told if one.aside in RECONSIDERED and (one.aside or not one.known)]
    new, ids, notes = _take_in(connection, fresh, silent, taking)
    names.learn(
        connection,
        taking.source.id,
        [
            (one.known.id if one.known else ids[one.key], one.names, one.known)
            for one in found
            if one.known or one.key in ids
        ],
        [one.known for one in found if one.known],
        now=taking.now,
    )
    withdrawn = _withdraw(connection, feed, taking)
    return Brought(new=new, changed=changed, skipped=skipped, withdrawn=withdrawn, notes=notes)


def ripen(connection: Connection, *, now: datetime) -> int:
    """Show what waited until its article might change again; return how many there were."""
    ripe = edits.ripe(connection, now=now)
    shown = kept.whole(connection, [one.id for one in ripe])
    before = [shown[one.id] for one in ripe]
    _change(connection, [(replace(shown[one.id], article=one)) for one in ripe], before, now=now)
    edits.drop(connection, [one.id for one in ripe])
    return len(ripe)


def _withdraw(connection: Connection, feed: SourceFeed, taking: Taking) -> int:
    """Take out what the source says it has deleted; it can only name articles of its own."""
    deletions = heeding.deletions(feed, now=taking.now)
    if not deletions:
        return 0
    called = {by_key(id_key(one.ref)): one for one in deletions}
    latest: dict[str, Known] = {}
    for one in names.known(connection, taking.source.id, called):
        for name in one.names & called.keys():
            if name not in latest or latest[name].published <= one.published:
                latest[name] = one
    for name, one in latest.items():
        if one.aside in {None, aside.HELD}:
            told = called[name]
            aside.take_out(
                connection,
                [one.id],
                why=aside.WITHDRAWN,
                since=told.when or taking.now,
                comment=told.comment,
            )
    return sum(one.aside is None for one in latest.values())


def _read(
    found: Sequence[Recognised], feed: SourceFeed, taking: Taking
) -> tuple[list[_Told], list[Kept], int]:
    """Return what differs from what we know, what says nothing yet, and how many were skipped."""
    source, settings = taking.source, taking.settings
    passed_on = (source.language, inherited(feed), settings.site.language)
    told: list[_Told] = []
    silent: list[Kept] = []
    skipped = 0
    for one in found:
        mark = fingerprint(one.entry, *passed_on)
        if one.known and mark == one.known.fingerprint and one.known.aside != aside.OLD:
            continue
        try:
            article = _article(one, feed, taking)
        except EntryError:
            skipped += 1
            if one.known is None:
                worded = replace(one, entry=replace(one.entry, title=WORDLESS))
                article = replace(_article(worded, feed, taking), title="")
                silent.append(Kept(article=article, fingerprint=mark, url_key=indexed(one.url_key)))
        else:
            row = Kept(article=article, fingerprint=mark, url_key=indexed(one.url_key))
            row = row if one.known is None else replace(row, stored=one.known.id)
            told.append(_Told(row=row, known=one.known, updated=one.entry.updated))
    return told, silent, skipped


def _article(one: Recognised, feed: SourceFeed, taking: Taking) -> Article:
    article = normalise(
        one.entry,
        source=taking.source,
        feed=feed,
        settings=taking.settings,
        key=one.key,
        now=taking.now,
        detect=tongues.opened() if taking.settings.site.detect_languages else None,
    )
    if one.known is None or one.known.id == article.id:
        return article
    path = article.path.replace(article.id, one.known.id)  # its source had another id once
    return replace(article, id=one.known.id, path=path)


def _take_in(
    connection: Connection, fresh: Sequence[_Told], silent: Sequence[Kept], taking: Taking
) -> tuple[int, dict[str, ArticleId], tuple[str, ...]]:
    """Keep what we had not met: in the paper, or aside; return what is new, and all ids by key."""
    source, now = taking.source, taking.now
    judged = [(one, is_wanted(one.row.article, source, now=now)) for one in fresh]
    wanted = [one.row for one, is_news in judged if is_news]
    old = [one.row for one, is_news in judged if not is_news and one.aside != aside.OLD]
    moving = [one for one, is_news in judged if is_news or one.aside != aside.OLD]
    again = [one.row.article.id for one in moving if one.aside]
    by_id = {row.article.id: row for row in wanted}
    news, archive, flood, notes = _sifted(connection, [row.article for row in wanted], taking)
    aside.forget(connection, again)
    parts = [[by_id[one.id] for one in part] for part in (news, flood, archive)]
    sound = without_twins(
        connection, (*parts, old, silent), source=source, settings=taking.settings, now=now
    )
    kept.add(connection, sound[0])
    for rows, why in zip(
        sound[1:], (aside.HELD, aside.BACKFILL, aside.OLD, aside.SILENT), strict=True
    ):
        aside.put(connection, rows, why=why, since=now)
    if flood:
        crowding.crowd_out(connection, source.id)
    ids = {row.article.key: row.article.id for rows in sound for row in rows}
    return len(news), ids, notes


def _sifted(
    connection: Connection, fresh: Sequence[Article], taking: Taking
) -> tuple[Sequence[Article], Sequence[Article], Sequence[Article], tuple[str, ...]]:
    """Return which new articles are news, an archive or a flood; and what to say of it."""
    source, now = taking.source, taking.now
    if not fresh:
        return (), (), (), ()
    if taking.is_first:
        news, archive = floods.backfilled(fresh, source.backfill, now=now)
        return news, archive, (), ()
    if len(fresh) <= floods.FLOOD:
        return fresh, (), (), ()
    habit = kept.habit(connection, source.id, now=now)
    news, flood = floods.let_in(fresh, habit, since_last=taking.since_last)
    return news, (), flood, (floods.in_words(len(flood), habit),) if flood else ()


def _revise(connection: Connection, rows: Sequence[Kept], taking: Taking) -> int:
    """Keep articles we know as their source tells them now; return how many readers see changed.

    One that has changed often enough today waits, and is shown in its last state later.
    """
    now, ids = taking.now, [row.stored for row in rows if row.stored]
    shown = kept.whole(connection, ids)
    made = edits.made(connection, ids, since=now - changes.DAY)
    edits.drop(connection, ids)
    changed: list[Kept] = []
    later: list[tuple[Article, datetime]] = []
    marks: dict[ArticleId, tuple[str, str | None]] = {}
    for row in rows:
        before = shown[row.article.id].article
        article = revise(row.article, before, now=now)
        due = changes.due(made.get(article.id, ()), most=taking.source.edits, now=now)
        is_changed = bool(changes.fields(before, article))
        if is_changed and due <= now:
            changed.append(replace(row, article=article))
            continue
        marks[article.id] = (row.fingerprint, row.url_key)
        if is_changed:
            later.append((article, due))
    _change(connection, changed, [shown[one.article.id] for one in changed], now=now)
    edits.hold_back(connection, later)
    kept.remark(connection, marks)
    return len(changed) + len(later)


def _change(
    connection: Connection, after: Sequence[Kept], before: Sequence[Kept], *, now: datetime
) -> None:
    told = [
        (one.article, changes.fields(one.article, other.article))
        for one, other in zip(before, after, strict=True)
    ]
    edits.note(connection, told, at=now)
    kept.replace(connection, *after)
