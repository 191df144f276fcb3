"""Issuing: a list of articles becomes a feed in every format, past the gate."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from sqlalchemy import Connection

from aggregator import edition, threads
from aggregator.edition import Piece
from aggregator.model import ArticleId, Section, Settings
from aggregator.naming import tag
from aggregator.store import layout as laid
from aggregator.store import topics
from aggregator.words import primary
from feeds.errors import PublishError
from feeds.model import Feed
from feeds.published import ALONE, History
from publisher import gate
from publisher.formats import ALL, THREADS, Format
from publisher.kinds import FEED_KINDS

_THREAD: Final = "citations:"  # before the id of an article, in the ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Where feeds are issued from; `output` is where they are published now.

    `threads` are the articles that have had a feed of those that cite them.
    """

    connection: Connection
    settings: Settings
    founded: datetime
    output: Path
    threads: Collection[ArticleId]

    @classmethod
    def open(
        cls, connection: Connection, settings: Settings, *, founded: datetime, output: Path
    ) -> "Issuer":
        """Return an issuer that reads through this connection what was issued before."""
        names = laid.names(connection, f"feed:{_THREAD}")
        return cls(
            connection=connection,
            settings=settings,
            founded=founded,
            output=output,
            threads=frozenset(ArticleId(name.removeprefix(f"feed:{_THREAD}")) for name in names),
        )

    def issue(
        self,
        pieces: Sequence[Piece],
        section: Section | None,
        faults: list[str],
        *,
        language: str | None = None,
        history: History = ALONE,
    ) -> dict[str, bytes]:
        """Return the files of the feed of a section, or of the whole paper.

        `language` is the feed's own, where all of it is in one that is not the paper's; `history`
        leads to what is no longer in it. What is set aside goes to `faults`. Of what cannot be
        issued the published files stay.
        """
        feed = replace(self.feed(pieces, section), history=history)
        if language and primary(language) != primary(self.settings.site.language):
            feed = replace(feed, language=language)
        folder = f"{section.path}/" if section else ""
        _held(self.connection, "updated", section)  # by the name it has now
        dated = self._dated(feed, named(section))
        files = self.passed(dated, folder, faults, before=self._last(folder, ALL))
        if self.settings.site.hubs:
            topics.note(self.connection, files)
        return files

    def thread(self, piece: Piece, faults: list[str]) -> dict[str, bytes]:
        """Return the files of the feed of those that cite an article, as `issue` does.

        None before anybody does; from then on it stays where readers found it, be it empty.
        """
        if not (piece.citations or piece.article.id in self.threads):
            return {}
        name = f"{_THREAD}{piece.article.id}"
        feed = threads.feed(
            piece,
            settings=self.settings,
            feed_id=_minted(self.connection, self.settings, name, founded=self.founded),
            founded=self.founded,
        )
        dated, path = self._dated(feed, name), piece.article.path
        before = self._last(path, THREADS)
        return self.passed(dated, path, faults, before=before, formats=THREADS)

    def feed(self, pieces: Sequence[Piece], section: Section | None) -> Feed:
        """Return the feed of a section, or of the whole paper, with these articles."""
        return edition.feed(
            pieces,
            settings=self.settings,
            section=section,
            feed_id=feed_id(self.connection, self.settings, section, founded=self.founded),
            founded=self.founded,
        )

    def keep_only(self, folders: Iterable[str]) -> None:
        """Forget what feeds said that are in none of these folders, nor the whole paper's."""
        within = ("", *(f"{folder}/" for folder in folders))
        topics.keep_only(
            self.connection, [f"{one}{kind.name}" for one in within for kind in FEED_KINDS]
        )

    def changed(self, section: Section | None) -> datetime | None:
        """Return when the feed of a section, or of the paper, last changed, if there is one."""
        noted = _held(self.connection, "updated", section)
        return datetime.fromisoformat(noted) if noted else None

    def passed(
        self,
        feed: Feed,
        folder: str,
        faults: list[str],
        *,
        before: Feed | None = None,
        formats: Sequence[Format] = ALL,
    ) -> dict[str, bytes]:
        """Return the files of a feed so far as they pass the gate; what does not is told."""
        try:
            passed = gate.issue(feed, before=before, formats=formats)
        except PublishError as error:
            faults.append(f"{error}; what is published stays")
            return {}
        faults.extend(passed.set_aside)
        return {f"{folder}{file}": body for file, body in passed.files.items()}

    def _dated(self, feed: Feed, name: str) -> Feed:
        """Return the feed; when it was last changed never goes back, though an entry be gone."""
        noted = laid.noted(self.connection, f"updated:{name}")
        latest = feed.updated.replace(microsecond=0)
        updated = max(latest, datetime.fromisoformat(noted)) if noted else latest
        laid.note(self.connection, f"updated:{name}", updated.isoformat())
        return replace(feed, updated=updated)

    def _last(self, folder: str, formats: Sequence[Format]) -> Feed | None:
        """Return what is published now, by the first of its formats that can be read."""
        for one in formats:
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
    return held or _minted(connection, settings, named(section), founded=founded)


def _minted(connection: Connection, settings: Settings, name: str, *, founded: datetime) -> str:
    held = laid.noted(connection, f"feed:{name}")
    if held is not None:
        return held
    host = urlsplit(settings.site.base_url).hostname or "localhost"
    wanted = tag(host, founded, name)
    while laid.holds(connection, wanted):  # by a feed that had this slug, and took its id along
        wanted += "+"
    return laid.minted(connection, f"feed:{name}", wanted)


def _held(connection: Connection, kind: str, section: Section | None) -> str | None:
    """Return what the ledger holds of a feed, be it under a slug that its section had."""
    name = f"{kind}:{named(section)}"
    for slug in section.formerly if section else ():
        if laid.noted(connection, name) is None:
            laid.renamed(connection, f"{kind}:section:{slug}", name)
    return laid.noted(connection, name)


def named(section: Section | None) -> str:
    """Return the name by which the ledger knows the feed of a section, or of the whole paper."""
    return f"section:{section.slug}" if section else "paper"
