"""Printing: what has become stale is laid out from the store and handed to the press."""

import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

from sqlalchemy import Connection, Engine

from aggregator import endings, layout, rankings, sitemaps
from aggregator.edition import Piece
from aggregator.filing import Archivist
from aggregator.gathering import Pieces
from aggregator.issuing import Issuer, found
from aggregator.model import Section, Settings
from aggregator.navigation import LISTS, outlines, subscribe
from aggregator.rankings import Ranking
from aggregator.selecting import carried, chosen, fingerprint, has_all, place, selections
from aggregator.selection import Selection
from aggregator.sidebar import Sidebar
from aggregator.stale import Stale, touched
from aggregator.store import articles as kept
from aggregator.store import layout as laid
from aggregator.store.engine import transaction
from feeds.published import ALONE, COMPLETE, History
from publisher import links, opml, pages
from publisher.kinds import FEED_KINDS
from publisher.write import Press

LAYOUT = "11"  # raised when pages or feeds look different, so that all are printed again
TEASERS = 30
FEED_FILES = tuple(kind.name for kind in FEED_KINDS)
AT_ONCE = 200  # pages that are laid out, and written, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """How many files were written, stayed as they were, or were left out, and why."""

    changed: int = 0
    unchanged: int = 0
    faults: tuple[str, ...] = ()


def publish(
    engine: Engine,
    output: Path,
    settings: Settings,
    *,
    now: datetime,
    everything: bool = False,
    extra: Mapping[str, bytes] | None = None,
) -> Printed:
    """Print what has become stale, or `everything`, and return what was written.

    Unchanged state prints the same bytes, so nothing is written. Pages are printed before the
    feeds and indexes that lead to them; what is stale is forgotten only once it is on disk: a
    crash in between prints it again. Raises PublishError.
    """
    press = Press(output)
    press.recover()
    faults: list[str] = []
    with transaction(engine) as connection:
        own = selections(connection, settings, printed=endings.printed(connection))
        founded = found(connection, settings, now=now, beside=(*rankings.ALL, *map(place, own)))
    with transaction(engine) as connection:
        issuer = Issuer.open(connection, settings, founded=founded, output=output)
        desk = Desk.open(connection, settings, own, issuer=issuer, now=now)
        stale = desk.stale(output, everything=everything)
        ranked = [] if stale is None else desk.rankings()
        batches = chain([extra] if extra else [], desk.lay(stale, ranked, faults))
        written = [press.publish(files) for files in batches]
        if stale is not None:
            lists = (*settings.sections, *(one.section for one in ranked), *map(place, own))
            told, gone = endings.files(connection, settings, lists, is_all=stale.touched is None)
            charted, untrue = sitemaps.files(issuer, lists)
            written.append(
                press.publish(told | charted, delete=[*gone, *desk.archivist.ended(lists), *untrue])
            )
            sitemaps.note(connection, charted)
            issuer.keep_only(one.path for one in lists)
            if stale.touched is None:
                desk.archivist.keep_only(lists)
            kept.unmark(connection)
            laid.note(connection, "layout", desk.digest(output))
            endings.note(connection, lists)
            desk.sidebar.note(connection)
    return Printed(
        changed=sum(len(one.changed) for one in written),
        unchanged=sum(one.unchanged for one in written),
        faults=tuple(dict.fromkeys(faults)),
    )


def is_whole(output: Path, settings: Settings) -> bool:
    """Say whether every feed of the paper is where it was printed."""
    return _are_there(output, ["", *(section.path for section in settings.sections)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where an edition is put together from one reading of the store."""

    connection: Connection
    settings: Settings
    issuer: Issuer
    pieces: Pieces
    archivist: Archivist
    sidebar: Sidebar
    selections: Sequence[Selection]

    @classmethod
    def open(
        cls,
        connection: Connection,
        settings: Settings,
        own: Sequence[Selection],
        *,
        issuer: Issuer,
        now: datetime,
    ) -> "Desk":
        """Return a desk that reads through this connection what is in force now."""
        pieces = Pieces.open(connection, settings)
        return cls(
            connection=connection,
            settings=settings,
            issuer=issuer,
            pieces=pieces,
            archivist=Archivist(connection=connection, pieces=pieces, issuer=issuer),
            sidebar=Sidebar.open(connection, pieces, settings, now=now),
            selections=own,
        )

    def digest(self, output: Path) -> str:
        """Return what all pages depend on beside their articles."""
        described = repr((LAYOUT, str(output.resolve()), self.settings))
        return hashlib.sha256(described.encode()).hexdigest()

    def rankings(self) -> list[Ranking]:
        """Return what is ranked: nothing is printed of a list before there is anything in it.

        From then on it stays where readers found it, be it empty for a week.
        """
        found = [self.sidebar.picked, *(self.pieces.ranked(one) for one in rankings.VOTED)]
        printed = endings.printed(self.connection)
        return [one for one in found if one.pieces or one.section.path in printed]

    def stale(self, output: Path, *, everything: bool) -> Stale | None:
        """Return what is to be laid out, or None for nothing at all."""
        changed = laid.noted(self.connection, "layout") != self.digest(output)
        own = [one.path for one in self.selections]
        is_lost = not is_whole(output, self.settings) or not _are_there(output, own)
        if everything or changed or is_lost:
            return Stale(
                pages=kept.every(self.connection),
                sections=[section.slug for section in self.settings.sections],
            )
        return touched(self.connection, self.sidebar)

    def lay(
        self, stale: Stale | None, ranked: Sequence[Ranking], faults: list[str]
    ) -> Iterator[dict[str, bytes]]:
        """Yield the files of everything stale, pages first; entries left out go to `faults`."""
        if stale is None:
            return
        waiting = iter(stale.pages)
        while some := list(islice(waiting, AT_ONCE)):
            laid_out = (self._article(piece, faults) for piece in self.pieces.of(some))
            yield {name: body for files in laid_out for name, body in files.items()}
        beside = [one.section for one in ranked] + [place(one) for one in self.selections]
        files = dict(pages.assets(self.settings.theme)) | self._opml(beside)
        files |= links.files(self.settings.site.base_url, self.settings.site.hubs)
        for one in ranked:
            page = pages.section(layout.ranking(one, settings=self.settings))
            files |= self._listed(one.section, one.pieces, page, faults, history=COMPLETE)
        for section in self.settings.sections:
            if section.slug in stale.sections:
                pieces = self.pieces.latest(section.slug)
                yield from self._archived(section, pieces, stale, faults)
                files |= self._section(section, pieces, faults)
        for selection in self.selections:
            files |= self._selection(selection, stale, faults)
        pieces = self.pieces.latest(None)
        yield from self._archived(None, pieces, stale, faults)
        yield files | self._front(pieces, ranked, faults)

    def _article(self, piece: Piece, faults: list[str]) -> dict[str, bytes]:
        thread = self.issuer.thread(piece, faults)
        page = layout.article(
            piece,
            more=self.pieces.more(piece),
            later=self.pieces.later(piece),
            beside=self.sidebar.beside(piece.article.id),
            settings=self.settings,
            has_thread=bool(thread),
        )
        return thread | {f"{piece.article.path}index.html": pages.article(page)}

    def _archived(
        self, section: Section | None, pieces: Sequence[Piece], stale: Stale, faults: list[str]
    ) -> Iterator[dict[str, bytes]]:
        shown = {piece.article.id for piece in pieces}
        return self.archivist.lay(section, shown, stale.touched, faults)

    def _section(
        self, section: Section, pieces: Sequence[Piece], faults: list[str]
    ) -> dict[str, bytes]:
        page = layout.section(pieces[:TEASERS], section=section, settings=self.settings)
        history = self.archivist.history(section)
        return self._listed(section, pieces, pages.section(page), faults, history=history)

    def _selection(self, one: Selection, stale: Stale, faults: list[str]) -> dict[str, bytes]:
        """Return a feed of the operator's own, if it is not what it was."""
        ids = chosen(self.connection, one, self.settings)
        noted, now = f"selection:{one.slug}", fingerprint(ids)
        is_same = laid.noted(self.connection, noted) == now
        is_all = stale.touched is None
        if is_same and not is_all and not set(ids).intersection(stale.pages):
            return {}
        laid.note(self.connection, noted, now)
        pieces = [carried(piece, one) for piece in self.pieces.of(ids)]
        here = Ranking(section=place(one), pieces=tuple(pieces), notes=dict.fromkeys(ids, ""))
        page = layout.ranking(replace(here, pieces=here.pieces[:TEASERS]), settings=self.settings)
        language = one.languages[0] if len(one.languages) == 1 else None
        history = COMPLETE if has_all(ids, one, self.settings) else ALONE
        return self._listed(
            here.section, pieces, pages.section(page), faults, language=language, history=history
        )

    def _listed(
        self,
        section: Section,
        pieces: Sequence[Piece],
        page: bytes,
        faults: list[str],
        *,
        language: str | None = None,
        history: History = ALONE,
    ) -> dict[str, bytes]:
        feeds = self.issuer.issue(pieces, section, faults, language=language, history=history)
        return feeds | {
            f"{section.path}/subscribe/index.html": self._subscribe(section),
            f"{section.path}/index.html": page,
        }

    def _front(
        self, pieces: Sequence[Piece], ranked: Sequence[Ranking], faults: list[str]
    ) -> dict[str, bytes]:
        blocks = {
            section.slug: self.pieces.latest(section.slug, limit=layout.CONSIDERED)
            for section in self.settings.sections
            if section.parent is None
        }
        page = layout.front(pieces, blocks, rankings=ranked, settings=self.settings)
        feeds = self.issuer.issue(pieces, None, faults, history=self.archivist.history(None))
        return feeds | {
            "subscribe/index.html": self._subscribe(None, *map(place, self.selections)),
            "index.html": pages.front(page),
        }

    def _subscribe(self, section: Section | None, *beside: Section) -> bytes:
        return pages.subscribe(subscribe(section, self.settings, beside=beside))

    def _opml(self, beside: Sequence[Section]) -> dict[str, bytes]:
        return {
            name: opml.render(
                self.settings.site.title,
                outlines(self.settings, beside=beside, kind=kind),
                modified=self.issuer.founded,
                owner=self.settings.site.title,
            )
            for name, kind in LISTS
        }


def _are_there(output: Path, folders: Collection[str]) -> bool:
    """Say whether the feeds of these folders are there, in every format."""
    return all((output / folder / name).exists() for folder in folders for name in FEED_FILES)
