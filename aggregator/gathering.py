"""Gathering: articles with all that is printed with them, from one reading of the store."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import Connection

from aggregator import rankings, scores
from aggregator.edition import Piece
from aggregator.model import (
    Article,
    ArticleId,
    Citation,
    Copy,
    Relation,
    Rights,
    Section,
    Settings,
    Slug,
    Source,
    SourceId,
)
from aggregator.rankings import MOST_CITED, MOST_COVERED, Ranking
from aggregator.store import articles as kept
from aggregator.store import citations, copies, stories, votes
from aggregator.store import layout as laid
from aggregator.store.sources import Remembered, remembered
from aggregator.storylines import Storylines
from aggregator.weighing import of_other_stories
from aggregator.words import primary
from feeds.urls import canonical

MORE = 5
COMMENTS, OWN = 30, 5  # citations that are shown of an article: of others, and of its source
VOTES = {MOST_COVERED.slug: votes.TOLD, MOST_CITED.slug: votes.CITED}
AT_HAND = 4_000  # articles kept in memory while pages are laid out


@dataclass(frozen=True, slots=True, kw_only=True)
class _Around:
    """What hangs on articles, by their ids: what they lead to, who cites them, who copies whom."""

    relations: Mapping[ArticleId, Sequence[Relation]]
    cited: Mapping[ArticleId, Sequence[Citation]]
    copies: Mapping[ArticleId, Sequence[Copy]]
    leaders: Mapping[ArticleId, Copy]
    storylines: Storylines

    @property
    def ids(self) -> set[ArticleId]:
        """The articles they are."""
        return {
            *(one.article_id for led in self.relations.values() for one in led),
            *(one.citing for some in self.cited.values() for one in _shown(some)),
            *(one.article_id for some in self.copies.values() for one in some),
            *(one.leader_id for one in self.leaders.values()),
            *self.storylines.ids,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """All articles, as they are printed."""

    connection: Connection
    settings: Settings
    sources: Mapping[SourceId, Source]
    remembered: Mapping[SourceId, Remembered]
    at_hand: dict[ArticleId, Piece] = field(default_factory=dict)

    @classmethod
    def open(cls, connection: Connection, settings: Settings) -> "Pieces":
        """Return all articles that can be read through this connection."""
        return cls(
            connection=connection,
            settings=settings,
            sources={source.id: source for source in settings.sources},
            remembered=remembered(connection),
        )

    def latest(self, section: Slug | None, *, limit: int | None = None) -> list[Piece]:
        """Return the newest articles of a section, or of the whole paper."""
        count = limit or self.settings.site.entries
        return self.of(laid.latest(self.connection, section, limit=count))

    def ranked(self, section: Section) -> Ranking:
        """Return what is most covered or most cited, and by whom."""
        found = scores.ranked(votes.cast(self.connection, VOTES[section.slug], within=scores.WEEK))
        pieces = self.of(one.article for one in found)
        return rankings.ranking(section, found, pieces, settings=self.settings)

    def listed(self, ids: Iterable[ArticleId]) -> list[Piece]:
        """Return these articles, but for those of sources that are no longer in the paper."""
        return [piece for piece in self.of(ids) if self._is_listed(piece)]

    def later(self, piece: Piece) -> Piece | None:
        """Return what the section that an article calls home printed just after it."""
        if not piece.placements:
            return None
        home, article = piece.placements[0].section, piece.article
        ids = laid.after(self.connection, home, article.published, article.id, limit=1)
        return next(iter(self.bare(ids).values()), None)

    def more(self, piece: Piece) -> list[Piece]:
        """Return what the section that an article calls home printed just before it."""
        if not piece.placements:
            return []
        home, article = piece.placements[0].section, piece.article
        ids = laid.before(self.connection, home, article.published, article.id, limit=MORE)
        bare = self.bare(ids)
        return [bare[one] for one in ids if one in bare]

    def of(self, ids: Iterable[ArticleId | str]) -> list[Piece]:
        """Return these articles as pieces, in this order, with all that hangs on them."""
        wanted = [ArticleId(one) for one in ids]
        around = _Around(
            relations=self._related(wanted),
            cited=self._cited(wanted),
            copies=copies.led_by(self.connection, wanted),
            leaders=copies.of(self.connection, wanted),
            storylines=Storylines.read(self.connection, wanted, self.sources),
        )
        bare = self.bare({*wanted, *around.ids})
        listed = {one for one in bare if self._is_listed(bare[one])}
        return [_piece(bare[one], around, bare, listed) for one in wanted if one in bare]

    def _related(self, ids: Collection[ArticleId]) -> dict[ArticleId, tuple[Relation, ...]]:
        """Return what these articles lead to: of copies their leaders, never one's own story."""
        found = laid.relations_of(self.connection, ids)
        others = {one.article_id for led in found.values() for one in led}
        known = copies.of(self.connection, {*ids, *others})
        stands = {one: known[one].leader_id if one in known else one for one in {*ids, *others}}
        told = stories.which(self.connection, set(stands.values()))
        return {
            one: of_other_stories(
                stands[one],
                (
                    replace(relation, article_id=stands[relation.article_id])
                    for relation in led
                    if stands[relation.article_id] != stands[one]
                ),
                told,
            )
            for one, led in found.items()
        }

    def _cited(self, ids: Collection[ArticleId]) -> dict[ArticleId, list[Citation]]:
        """Return who cites these articles or their copies, newest first, of what is listed."""
        led = copies.led_by(self.connection, ids)
        texts = {one: {one, *(copy.article_id for copy in led.get(one, ()))} for one in ids}
        found = citations.cited(self.connection, set().union(*texts.values()))
        citing = {each.citing for some in found.values() for each, _ in some}
        known = copies.of(self.connection, citing)
        return {
            one: _once(
                [
                    each
                    for article in sorted(text & found.keys())
                    for each, source_id in found[article]
                    if source_id in self.sources
                ],
                known,
                text,
            )
            for one, text in texts.items()
        }

    def bare(self, ids: Collection[ArticleId]) -> dict[ArticleId, Piece]:
        """Return these articles without what they lead to; neighbours will ask for the same."""
        if len(self.at_hand) > AT_HAND:
            self.at_hand.clear()
        missing = set(ids) - self.at_hand.keys()
        placements = laid.placements_of(self.connection, missing)
        for one in kept.read(self.connection, missing).values():
            if source := self._source(one.source_id):
                self.at_hand[one.id] = Piece(
                    article=one,
                    source=source,
                    home=self.remembered[one.source_id].home,
                    atom_id=self.remembered[one.source_id].atom_id,
                    placements=placements.get(one.id, ()),
                )
        return {one: self.at_hand[one] for one in ids if one in self.at_hand}

    def _source(self, source_id: SourceId) -> Source | None:
        """Return a source, or what it was when it was still configured: its pages stay."""
        left = self.remembered[source_id]
        if source_id in self.sources or left.name is None:
            return self.sources.get(source_id)
        rights = Rights(left.rights or Rights.EXCERPT)
        return Source(id=source_id, name=left.name, feed=left.feed, rights=rights)

    def _is_listed(self, piece: Piece) -> bool:
        return piece.source.id in self.sources


def led(
    article: Article, related: Iterable[tuple[Relation, Piece]]
) -> tuple[tuple[Relation, Piece], ...]:
    """Return what an article may lead to: in its language, never its own page, none twice.

    Two sources may carry the same page, and a page may since have changed its language. Editors
    may lead to another language, and so may what an article means.
    """
    shown = {canonical(article.permalink or article.path)}
    kept: list[tuple[Relation, Piece]] = []
    for relation, other in related:
        page = canonical(other.article.permalink or other.article.path)
        alike = primary(other.article.language) == primary(article.language)
        if (alike or relation.by_hand or relation.tongue) and page not in shown:
            shown.add(page)
            kept.append((relation, other))
    return tuple(kept)


def _once(
    found: Sequence[Citation], known: Mapping[ArticleId, Copy], text: Collection[ArticleId]
) -> list[Citation]:
    """Return of each text that cites this one a single citation: a text never cites itself.

    Where several copies of it do, the one that stands for them is quoted.
    """
    best: dict[ArticleId, Citation] = {}
    for each in found:
        stands = known[each.citing].leader_id if each.citing in known else each.citing
        if stands not in text and (stands not in best or each.citing == stands):
            best[stands] = each
    return sorted(best.values(), key=lambda each: (each.at, each.citing), reverse=True)


def _piece(
    bare: Piece, around: "_Around", others: Mapping[ArticleId, Piece], listed: Collection[str]
) -> Piece:
    one = bare.article.id
    cited = around.cited.get(one, ())
    leader = around.leaders.get(one)
    return replace(
        bare,
        related=led(
            bare.article,
            (
                (relation, others[relation.article_id])
                for relation in around.relations.get(one, ())
                if relation.article_id in listed
            ),
        ),
        cited=tuple((each, others[each.citing]) for each in _shown(cited)),
        citations=sum(not each.own for each in cited),
        copies=tuple(
            (each, others[each.article_id])
            for each in around.copies.get(one, ())
            if each.article_id in listed
        ),
        leader=(leader, others[leader.leader_id]) if leader else None,
        story=around.storylines.of(one, others, listed),
    )


def _shown(cited: Sequence[Citation]) -> list[Citation]:
    """Return those that a page has room for, those of the article's own source last."""
    others = [one for one in cited if not one.own]
    own = [one for one in cited if one.own]
    return [*others[:COMMENTS], *own[:OWN]]
