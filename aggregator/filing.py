"""Filing: what is no longer in the document that readers subscribe to goes into an archive."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from sqlalchemy import Connection

from aggregator import archiving, endings
from aggregator.archiving import Document
from aggregator.edition import entry
from aggregator.gathering import Pieces
from aggregator.issuing import Issuer, named
from aggregator.model import ArticleId, Section
from aggregator.store import archives
from aggregator.store.archives import WAITING
from feeds.model import Entry
from feeds.published import History
from publisher import formats
from publisher.kinds import ARCHIVE, ATOM_FEED

AT_ONCE = 5  # documents that are laid out, and written, together


@dataclass(frozen=True, slots=True, kw_only=True)
class Archivist:
    """Where the archives of feeds are kept; `gone` are the files that gave way to others."""

    connection: Connection
    pieces: Pieces
    issuer: Issuer
    gone: list[str] = field(default_factory=list)

    def lay(
        self,
        section: Section | None,
        shown: Collection[ArticleId],
        touched: Collection[ArticleId] | None,
        faults: list[str],
    ) -> Iterator[dict[str, bytes]]:
        """File what is not `shown` any more, and yield the documents that are to be printed.

        `touched` are the articles that may be otherwise than they were when it was last printed;
        None are all. Documents are yielded a few at a time, since there may be very many.
        """
        feed, slug = named(section), section.slug if section else None
        for former in section.formerly if section else ():
            archives.rename(self.connection, f"section:{former}", feed)
        archives.enter(self.connection, feed, slug, touched)
        stale = set[int]()
        if archives.forget(self.connection, feed, touched):
            stale |= self._empty(section)
        stale |= self._file(section, shown)
        stale |= self._changed(section, touched) if touched is not None else set()
        documents = archives.documents(self.connection, feed)
        files: dict[str, bytes] = {}
        for before, document in pairwise([None, *documents]):
            if document and (touched is None or document.seq in stale):
                files |= self._document(section, document, before, faults)
            if len(files) >= AT_ONCE:
                yield files
                files = {}
        if files:
            yield files

    def history(self, section: Section | None) -> History:
        """Return where what is no longer in a feed is to be found."""
        documents = archives.documents(self.connection, named(section))
        home = self.issuer.settings.site.base_url + (f"{section.path}/" if section else "")
        return _history(home, documents[-1] if documents else None)

    def ended(self, lists: Sequence[Section]) -> list[str]:
        """Return the documents that are no more: with their sections, which are not in `lists`.

        A section that stands elsewhere now took its documents along.
        """
        gone = list(self.gone)
        for path in endings.gone(self.connection, lists):
            slug = endings.slug_of(path)
            heirs = (one for one in lists if slug in (one.slug, *one.formerly))
            feed = next(map(named, heirs), f"section:{slug}")
            names = [one.name for one in archives.documents(self.connection, feed)]
            names += [one.rpartition("/")[2] for one in self.gone]
            gone += [f"{path}/{ARCHIVE}/{name}" for name in names]
        return gone

    def keep_only(self, lists: Sequence[Section]) -> None:
        """Forget the archives of sections that are not in `lists`."""
        archives.keep_only(self.connection, [named(None), *map(named, lists)])

    def _file(self, section: Section | None, shown: Collection[ArticleId]) -> set[int]:
        """File what is due, and return the places of the documents that came of it."""
        feed, slug = named(section), section.slug if section else None
        documents = archives.documents(self.connection, feed)
        last = documents[-1] if documents else None
        waiting = archives.held(self.connection, feed, slug, WAITING)
        if not archiving.is_due(waiting, shown, last):
            return set()
        of_last = archives.held(self.connection, feed, slug, last.seq) if last else ()
        filed = archiving.file(waiting, shown, last, of_last)
        archives.keep(self.connection, feed, filed.documents)
        made = {one.seq for one in filed.documents}
        if filed.absorbed:
            archives.drop(self.connection, feed, filed.absorbed, heir=min(made))
            self._give_way(section, filed.absorbed)
        return made

    def _changed(self, section: Section | None, touched: Collection[ArticleId]) -> set[int]:
        """Return the places of the documents that would say something else of these articles."""
        feed, slug = named(section), section.slug if section else None
        said = archives.said(self.connection, feed, touched)
        if not said:
            return set()
        listed = self.pieces.bare(archives.listed(self.connection, slug, said))
        now = {
            one: _digest(entry(piece, settings=self.issuer.settings))
            for one, piece in listed.items()
        }
        return {each.seq for one, each in said.items() if now.get(one, "") != each.says}

    def _empty(self, section: Section | None) -> set[int]:
        """Let go of documents in which nothing is left; return the places of what followed them."""
        feed = named(section)
        empty = archives.emptied(self.connection, feed)
        documents = archives.documents(self.connection, feed)
        for document in documents:
            if document.seq in empty:
                archives.drop(self.connection, feed, document, heir=WAITING)
                self._give_way(section, document)
        return {after.seq for one, after in pairwise(documents) if one.seq in empty}

    def _give_way(self, section: Section | None, document: Document) -> None:
        folder = f"{section.path}/" if section else ""
        self.gone.append(f"{folder}{ARCHIVE}/{document.name}")

    def _document(
        self,
        section: Section | None,
        document: Document,
        before: Document | None,
        faults: list[str],
    ) -> dict[str, bytes]:
        feed, slug = named(section), section.slug if section else None
        held = archives.held(self.connection, feed, slug, document.seq)
        bare = self.pieces.bare({one.article_id for one in held})
        pieces = [bare[one.article_id] for one in reversed(held) if one.article_id in bare]
        whole = self.issuer.feed(pieces, section)
        says = zip(pieces, whole.entries, strict=True)
        archives.note(
            self.connection, feed, document,
            {piece.article.id: _digest(one) for piece, one in says},
        )  # fmt: skip
        history = replace(
            _history(whole.home, before),
            is_archive=True,
            current=f"{whole.home}{ATOM_FEED.name}",
        )
        made = replace(whole, hubs=(), history=history)
        folder = f"{section.path}/" if section else ""
        return self.issuer.passed(made, folder, faults, formats=formats.archive(document.name))


def _history(home: str, before: Document | None) -> History:
    return History(prev_archive=f"{home}{ARCHIVE}/{before.name}" if before else None)


def _digest(one: Entry) -> str:
    """Return what tells one state of an entry from another."""
    return hashlib.sha256(repr(one).encode("utf-8", "replace")).hexdigest()[:16]
