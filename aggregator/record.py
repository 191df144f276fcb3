"""What is known of an article, for an operator who asks: where it is, why, and what changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from aggregator.model import Article, ArticleId, Placement, Settings, SourceId
from aggregator.removal import called, unknown
from aggregator.status import rfc3339
from aggregator.store import articles as kept
from aggregator.store import aside, edits
from aggregator.store import layout as laid

PUBLISHED = "published"
WORDS = {
    PUBLISHED: "in the paper",
    aside.HELD: "held, as it came in a flood",
    aside.REMOVED: "taken out by hand",
    aside.WITHDRAWN: "withdrawn by its source",
    aside.EXPIRED: "let go, as older than it is to be kept",
    aside.BACKFILL: "known and never news, as part of an archive or of a flood that was discarded",
    aside.OLD: "left out, as too old when we met it",
    aside.SILENT: "left out, as it has no words yet",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What of an article changed at a moment, and the title it had until then."""

    at: datetime
    fields: tuple[str, ...]
    title: str

    def as_json(self) -> dict[str, object]:
        """Return the change as JSON has it."""
        return {"at": rfc3339(self.at), "fields": list(self.fields), "title": self.title}


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """An article as an operator asks about it.

    `state` is one of WORDS, `since` when that was decided and `comment` why. `page` is where it is
    in the paper, `permalink` where it came from. `sections` are titles, each with the reason.
    `waits_until` is when a change is shown that came after too many others.
    """

    id: ArticleId
    atom_id: str | None
    title: str
    source: str
    state: str
    since: datetime
    comment: str = ""
    permalink: str = ""
    page: str = ""
    sections: tuple[tuple[str, str], ...] = ()
    changes: tuple[Change, ...] = ()
    waits_until: datetime | None = None

    def as_json(self) -> dict[str, object]:
        """Return the record as JSON has it: times as RFC 3339, in UTC."""
        return {
            "id": self.id,
            "atom_id": self.atom_id,
            "title": self.title,
            "source": self.source,
            "state": self.state,
            "since": rfc3339(self.since),
            "comment": self.comment,
            "permalink": self.permalink,
            "page": self.page,
            "sections": [{"title": title, "reason": reason} for title, reason in self.sections],
            "changes": [change.as_json() for change in self.changes],
            "waits_until": rfc3339(self.waits_until),
        }


def records(connection: Connection, wanted: str, settings: Settings) -> tuple[Record, ...]:
    """Return all that goes by this address or id, in the paper or not, by its id.

    Raises BroadsheetError where nothing does.
    """
    names = called(wanted, settings)
    here = kept.read(connection, kept.find(connection, **names))
    away = aside.of(connection, aside.find(connection, **names, among=aside.ALL))
    if not (here or away):
        raise unknown("nothing we know", wanted)
    placed = laid.placements_of(connection, here)
    found = [_published(connection, here[one], placed.get(one, ()), settings) for one in here]
    found += [_aside(one, settings) for one in away.values()]
    return tuple(sorted(found, key=lambda record: record.id))


def _published(
    connection: Connection, article: Article, placed: Sequence[Placement], settings: Settings
) -> Record:
    titles = {section.slug: section.title for section in settings.sections}
    history = edits.history(connection, article.id)
    return Record(
        id=article.id,
        atom_id=article.atom_id,
        title=article.title,
        source=_name(article.source_id, settings),
        state=PUBLISHED,
        since=article.first_seen,
        permalink=article.permalink,
        page=settings.site.base_url + article.path,
        sections=tuple((titles.get(one.section, one.section), one.reason) for one in placed),
        changes=tuple(Change(at=at, fields=fields, title=title) for at, fields, title in history),
        waits_until=edits.waits_until(connection, article.id),
    )


def _aside(one: aside.Aside, settings: Settings) -> Record:
    return Record(
        id=one.id,
        atom_id=one.atom_id,
        title=one.title,
        source=_name(one.source_id, settings),
        state=one.why,
        since=one.since,
        comment=one.comment,
        permalink=one.article.permalink if one.article else "",
    )


def _name(source_id: SourceId, settings: Settings) -> str:
    names = {source.id: source.name for source in settings.sources}
    return names.get(source_id, source_id)
