"""Printing: what has become stale is laid out from the store and handed to the press."""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import chain, islice
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy import Connection, Engine

from aggregator import edition, layout
from aggregator.edition import Piece
from aggregator.identity import tag
from aggregator.model import ArticleId, Section, Settings, Slug, Source, SourceId
from aggregator.store import articles as kept
from aggregator.store import layout as laid
from aggregator.store.engine import transaction
from aggregator.store.sources import Remembered, remembered
from publisher import atom, opml, pages
from publisher.write import Press

LAYOUT = "1"  # raised when pages or feeds look different, so that all are printed again
TEASERS, MORE = 30, 5
AT_ONCE = 200  # pages that are laid out, and written, together
AT_HAND = 4_000  # articles kept in memory while pages are laid out


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """What must be laid out: these articles' pages and these sections, and always the front."""

    pages: Sequence[ArticleId]
    sections: Collection[Slug]


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
        founded = _found(connection, settings, now=now)
    with transaction(engine) as connection:
        desk = Desk.open(connection, settings, founded=founded)
        stale = desk.stale(output, everything=everything)
        batches = [extra] if extra else []
        written = [press.publish(files) for files in chain(batches, desk.lay(stale, faults))]
        if stale is not None:
            written.append(press.publish({}, delete=desk.ended()))
            kept.unmark(connection)
            laid.note(connection, "layout", desk.digest(output))
            laid.note(connection, "sections", json.dumps(desk.paths()))
    return Printed(
        changed=sum(len(one.changed) for one in written),
        unchanged=sum(one.unchanged for one in written),
        faults=tuple(dict.fromkeys(faults)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where an edition is put together from one reading of the store."""

    connection: Connection
    settings: Settings
    founded: datetime
    sources: Mapping[SourceId, Source]
    remembered: Mapping[SourceId, Remembered]
    at_hand: dict[ArticleId, Piece] = field(default_factory=dict)

    @classmethod
    def open(cls, connection: Connection, settings: Settings, *, founded: datetime) -> "Desk":
        """Return a desk that reads through this connection."""
        return cls(
            connection=connection,
            settings=settings,
            founded=founded,
            sources={source.id: source for source in settings.sources},
            remembered=remembered(connection),
        )

    def digest(self, output: Path) -> str:
        """Return what all pages depend on beside their articles."""
        described = repr((LAYOUT, str(output.resolve()), self.settings))
        return hashlib.sha256(described.encode()).hexdigest()

    def paths(self) -> list[str]:
        """Return where the sections are."""
        return [section.path for section in self.settings.sections]

    def ended(self) -> list[str]:
        """Return the files of sections that were printed once and are no longer."""
        printed = json.loads(laid.noted(self.connection, "sections") or "[]")
        gone = sorted(set(printed) - set(self.paths()))
        return [f"{path}/{name}" for path in gone for name in ("atom.xml", "index.html")]

    def stale(self, output: Path, *, everything: bool) -> Stale | None:
        """Return what is to be laid out, or None for nothing at all."""
        changed = laid.noted(self.connection, "layout") != self.digest(output)
        feeds = ["atom.xml", *(f"{path}/atom.xml" for path in self.paths())]
        if everything or changed or not all((output / feed).exists() for feed in feeds):
            return Stale(
                pages=kept.every(self.connection),
                sections=[section.slug for section in self.settings.sections],
            )
        return self._touched()

    def _touched(self) -> Stale | None:
        marked = {ArticleId(one) for one in kept.marked(self.connection, "article")}
        beside = {ArticleId(one) for one in kept.marked(self.connection, "page")}
        left = {Slug(one) for one in kept.marked(self.connection, "section")}
        if not (marked or beside or left):
            return None
        touched = marked | laid.relating(self.connection, marked)
        placed = laid.placements_of(self.connection, touched)
        sections = left | {one.section for where in placed.values() for one in where}
        articles = kept.read(self.connection, marked)
        followers = {
            follower
            for article in articles.values()
            for placement in placed.get(article.id, ())
            for follower in laid.after(
                self.connection, placement.section, article.published, article.id, limit=MORE
            )
        }
        return Stale(pages=sorted(touched | beside | followers), sections=sections)

    def lay(self, stale: Stale | None, faults: list[str]) -> Iterator[dict[str, bytes]]:
        """Yield the files of everything stale, pages first; entries left out go to `faults`."""
        if stale is None:
            return
        waiting = iter(stale.pages)
        while some := list(islice(waiting, AT_ONCE)):
            yield {
                f"{piece.article.path}index.html": self._page(piece) for piece in self._pieces(some)
            }
        files = dict(pages.assets()) | {"opml.xml": self._opml()}
        for section in self.settings.sections:
            if section.slug in stale.sections:
                files |= self._section(section, faults)
        yield files | self._front(faults)

    def _page(self, piece: Piece) -> bytes:
        more = self._more(piece)
        return pages.article(layout.article(piece, more=more, settings=self.settings))

    def _section(self, section: Section, faults: list[str]) -> dict[str, bytes]:
        pieces = self._latest(section.slug)
        page = layout.section(pieces[:TEASERS], section=section, settings=self.settings)
        return {
            f"{section.path}/atom.xml": self._feed(pieces, section, faults),
            f"{section.path}/index.html": pages.section(page),
        }

    def _front(self, faults: list[str]) -> dict[str, bytes]:
        pieces = self._latest(None)
        blocks = {
            section.slug: self._latest(section.slug, limit=layout.CONSIDERED)
            for section in self.settings.sections
            if section.parent is None
        }
        page = layout.front(pieces, blocks, settings=self.settings)
        return {"atom.xml": self._feed(pieces, None, faults), "index.html": pages.front(page)}

    def _feed(self, pieces: list[Piece], section: Section | None, faults: list[str]) -> bytes:
        feed = edition.feed(
            pieces,
            settings=self.settings,
            section=section,
            feed_id=_feed_id(self.connection, self.settings, section, founded=self.founded),
            founded=self.founded,
        )
        sound, left_out = atom.sift(feed)
        faults.extend(left_out)
        return atom.render(sound)

    def _opml(self) -> bytes:
        return opml.render(
            self.settings.site.title,
            layout.outlines(self.settings),
            modified=self.founded,
            owner=self.settings.site.title,
        )

    def _latest(self, section: Slug | None, *, limit: int | None = None) -> list[Piece]:
        count = limit or self.settings.site.entries
        return self._pieces(laid.latest(self.connection, section, limit=count))

    def _more(self, piece: Piece) -> list[Piece]:
        if not piece.placements:
            return []
        home, article = piece.placements[0].section, piece.article
        ids = laid.before(self.connection, home, article.published, article.id, limit=MORE)
        bare = self._bare(ids)
        return [bare[one] for one in ids if one in bare]

    def _pieces(self, ids: Iterable[ArticleId | str]) -> list[Piece]:
        """Return these articles as pieces, in this order, with what they lead to."""
        wanted = [ArticleId(one) for one in ids]
        relations = laid.relations_of(self.connection, wanted)
        others = {one.article_id for led in relations.values() for one in led}
        bare = self._bare({*wanted, *others})
        return [
            replace(
                bare[one],
                related=edition.led(
                    bare[one].article,
                    (
                        (relation, bare[relation.article_id])
                        for relation in relations.get(one, ())
                        if relation.article_id in bare
                    ),
                ),
            )
            for one in wanted
            if one in bare
        ]

    def _bare(self, ids: Collection[ArticleId]) -> dict[ArticleId, Piece]:
        """Return these articles without what they lead to; neighbours will ask for the same."""
        if len(self.at_hand) > AT_HAND:
            self.at_hand.clear()
        missing = set(ids) - self.at_hand.keys()
        placements = laid.placements_of(self.connection, missing)
        for one in kept.read(self.connection, missing).values():
            if one.source_id in self.sources:
                self.at_hand[one.id] = Piece(
                    article=one,
                    source=self.sources[one.source_id],
                    home=self.remembered[one.source_id].home,
                    atom_id=self.remembered[one.source_id].atom_id,
                    placements=placements.get(one.id, ()),
                )
        return {one: self.at_hand[one] for one in ids if one in self.at_hand}


def _found(connection: Connection, settings: Settings, *, now: datetime) -> datetime:
    """Return when the paper was founded; with it the ids of its feeds are settled for ever.

    Kept before anything is printed: what a crash leaves on disk must carry no other ids.
    """
    today = now.replace(microsecond=0).isoformat()
    founded = datetime.fromisoformat(laid.minted(connection, "founded", today))
    for section in (None, *settings.sections):
        _feed_id(connection, settings, section, founded=founded)
    return founded


def _feed_id(
    connection: Connection, settings: Settings, section: Section | None, *, founded: datetime
) -> str:
    host = urlsplit(settings.site.base_url).hostname or "localhost"
    name = f"section:{section.slug}" if section else "paper"
    return laid.minted(connection, f"feed:{name}", tag(host, founded, name))
