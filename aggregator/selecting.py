"""Selecting: which feeds of its own the paper has beside its sections, and what is in each."""

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy import Connection

from aggregator.autonyms import autonym
from aggregator.edition import Piece
from aggregator.mentions import said
from aggregator.model import ArticleId, Rights, Section, Settings, Slug, SourceId
from aggregator.selection import FOLDER, LANGUAGES, SOURCES, Order, Selection
from aggregator.store import layout as laid
from aggregator.store import selected
from aggregator.words import primary

SCANNED: Final = 2_000  # the newest so many are looked through for words
_CARRIED: Final = (Rights.LINK, Rights.EXCERPT, Rights.FULL)  # the least first


def selections(
    connection: Connection, settings: Settings, *, printed: Collection[str] = ()
) -> tuple[Selection, ...]:
    """Return the operator's feeds, then those of each language and of each source, if asked for.

    A paper of one language needs no feed of it; what was `printed` stays where readers found it.
    A source of which only links may be given has no feed but its own.
    """
    return (
        *settings.feeds,
        *(_of_languages(connection, settings, printed) if settings.site.language_feeds else ()),
        *(_of_sources(settings) if settings.site.source_feeds else ()),
    )


def place(one: Selection) -> Section:
    """Return a selection as a part of the paper."""
    return Section(
        slug=Slug(one.path),
        title=one.title,
        path=one.path,
        formerly=tuple(Slug(f"{FOLDER}/{each}") for each in one.formerly),
    )


def chosen(connection: Connection, one: Selection, settings: Settings) -> tuple[ArticleId, ...]:
    """Return the articles of a selection, newest first."""
    limit = one.limit or settings.site.entries
    sources = [
        each.id
        for each in settings.sources
        if (not one.sources or each.id in one.sources) and (not one.tiers or each.tier in one.tiers)
    ]
    rows = selected.candidates(
        connection,
        sources=sources,
        sections=one.sections,
        languages=one.languages,
        most=SCANNED if one.words else limit * laid.FAIR_AMONG,
    )
    found = _once([row for row in rows if not one.words or _says(row, one.words)])
    if one.order is Order.NEWEST:
        return tuple(found)[:limit]
    return laid.fair(list(found.items()), limit=limit)


def has_all(ids: Collection[ArticleId], one: Selection, settings: Settings) -> bool:
    """Say whether these are all that a selection ever had; of words nobody looks so far back."""
    return len(ids) < (one.limit or settings.site.entries) and not one.words


def carried(piece: Piece, one: Selection) -> Piece:
    """Return an article with no more of it than the selection carries."""
    if one.rights is None:
        return piece
    least = min(piece.source.rights, Rights(one.rights), key=_CARRIED.index)
    return replace(piece, source=replace(piece.source, rights=least))


def fingerprint(ids: Iterable[ArticleId]) -> str:
    """Return what tells one choice of articles from another."""
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()[:16]


def _of_languages(
    connection: Connection, settings: Settings, printed: Collection[str]
) -> Iterable[Selection]:
    told = selected.languages(connection, [one.id for one in settings.sources])
    found = [
        Selection(slug=f"{LANGUAGES}/{tongue}", title=autonym(tongue), languages=(tongue,))
        for tongue in sorted({primary(one) for one in told})
    ]
    return [one for one in found if len(found) > 1 or one.path in printed]


def _of_sources(settings: Settings) -> Iterable[Selection]:
    return [
        Selection(slug=f"{SOURCES}/{one.id}", title=one.name, sources=(one.id,), order=Order.NEWEST)
        for one in settings.sources
        if one.rights is not Rights.LINK
    ]


def _once(rows: Sequence[Any]) -> dict[ArticleId, SourceId]:
    """Return the articles with their sources; of one text the leader, or else the newest copy."""
    here = {row.id for row in rows}
    found: dict[ArticleId, SourceId] = {}
    taken: set[str] = set()
    for row in rows:
        if row.leader_id is None:
            found[ArticleId(row.id)] = SourceId(row.source_id)
        elif row.leader_id not in here and row.leader_id not in taken:
            taken.add(row.leader_id)
            found[ArticleId(row.id)] = SourceId(row.source_id)
    return found


def _says(row: Any, words: tuple[str, ...]) -> bool:
    """Say whether an article's headline or summary says any of the words, as sections' words do."""
    asked = Section(slug=Slug("words"), title="", path="", words=words)
    return bool(said(row.title, row.summary, [asked], row.language))
