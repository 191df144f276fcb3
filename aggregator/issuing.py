"""Issuing: a list of articles becomes a feed in every format, past the gate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection

from aggregator import edition
from aggregator.edition import Piece
from aggregator.model import Section, Settings
from aggregator.naming import tag
from aggregator.store import layout as laid
from aggregator.store import topics
from aggregator.words import primary
from feeds.errors import PublishError
from feeds.model import Feed
from publisher import gate
from publisher.formats import ALL
from publisher.kinds import FEED_KINDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Where feeds are issued from; `output` is where they are published now."""

    connection: Connection
    settings: Settings
    founded: datetime
    output: Path

    def issue(
        self,
        pieces: Sequence[Piece],
        section: Section | None,
        faults: list[str],
        *,
        language: str | None = None,
    ) -> dict[str, bytes]:
        """Return the files of the feed of a section, or of the whole paper.

        `language` is the feed's own, where all of it is in one that is not the paper's.
        What is set aside goes to `faults`. Of what cannot be issued the published files stay.
        """
        folder = f"{section.path}/" if section else ""
        feed = self._feed(pieces, section)
        if language and primary(language) != primary(self.settings.site.language):
            feed = replace(feed, language=language)
        try:
            passed = gate.issue(feed, before=self._last(folder))
        except PublishError as error:
            faults.append(f"{error}; what is published stays")
            return {}
        faults.extend(passed.set_aside)
        files = {f"{folder}{name}": body for name, body in passed.files.items()}
        if self.settings.site.hubs:
            topics.note(self.connection, files)
        return files

    def keep_only(self, folders: Iterable[str]) -> None:
        """Forget what feeds said that are in none of these folders, nor the whole paper's."""
        within = ("", *(f"{folder}/" for folder in folders))
        topics.keep_only(
            self.connection, [f"{one}{kind.name}" for one in within for kind in FEED_KINDS]
        )

    def _feed(self, pieces: Sequence[Piece], section: Section | None) -> Feed:
        """Return the feed; when it was last changed never goes back, though an entry be gone."""
        feed = edition.feed(
            pieces,
            settings=self.settings,
            section=section,
            feed_id=feed_id(self.connection, self.settings, section, founded=self.founded),
            founded=self.founded,
        )
        name = f"updated:{_name(section)}"
        noted = _held(self.connection, "updated", section)
        latest = feed.updated.replace(microsecond=0)
        updated = max(latest, datetime.fromisoformat(noted)) if noted else latest
        laid.note(self.connection, name, updated.isoformat())
        return replace(feed, updated=updated)

    def _last(self, folder: str) -> Feed | None:
        """Return what is published now, by the first of its formats that can be read."""
        for one in ALL:
            file = self.output / f"{folder}{one.kind.name}"
            if file.is_file() and (feed := gate.last(file.read_bytes(), one)):
                return feed
        return None


def found(
    connection: Connection, settings: Settings, *, now: datetime, beside: Iterable[Section]
) -> datetime:
    """Return when the paper was founded; with it the ids of its feeds are settled for ever.

    Kept before anything is printed: what a crash leaves on disk must carry no other ids. `beside`
    are the lists that are no sections.
    """
    today = now.replace(microsecond=0).isoformat()
    founded = datetime.fromisoformat(laid.minted(connection, "founded", today))
    for section in (None, *beside, *settings.sections):
        feed_id(connection, settings, section, founded=founded)
    return founded


def feed_id(
    connection: Connection, settings: Settings, section: Section | None, *, founded: datetime
) -> str:
    """Return the id of a feed, minted when it is first asked for; one that moved keeps its own."""
    held = _held(connection, "feed", section)
    if held is not None:
        return held
    host = urlsplit(settings.site.base_url).hostname or "localhost"
    name = _name(section)
    wanted = tag(host, founded, name)
    while laid.holds(connection, wanted):  # by a feed that had this slug, and took its id along
        wanted += "+"
    return laid.minted(connection, f"feed:{name}", wanted)


def _held(connection: Connection, kind: str, section: Section | None) -> str | None:
    """Return what the ledger holds of a feed, be it under a slug that its section had."""
    name = f"{kind}:{_name(section)}"
    for slug in section.formerly if section else ():
        if laid.noted(connection, name) is None:
            laid.renamed(connection, f"{kind}:section:{slug}", name)
    return laid.noted(connection, name)


def _name(section: Section | None) -> str:
    return f"section:{section.slug}" if section else "paper"
