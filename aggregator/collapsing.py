"""Collapsing: of the copies of one text one article leads, and stands for all in every list."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection

from aggregator import copies
from aggregator.copies import Likeness, Said
from aggregator.homes import Homes
from aggregator.leading import may_lead
from aggregator.model import Article, ArticleId, Copy, Settings, SourceId
from aggregator.ruling import Kind
from aggregator.store import articles as kept
from aggregator.store import copies as held
from aggregator.store import layout as laid
from aggregator.store import links, rulings
from aggregator.texts import Texts, heard_by

CANDIDATES = 20  # articles that share most prints, which are compared in full
BY_HAND = "editors"

Pair = frozenset[ArticleId]
Measure = tuple[SourceId, int, frozenset[int]]  # whose an article is, its words, its keys
Rank = tuple[bool, int, int, datetime, SourceId, ArticleId]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What editors say: which pairs are one text, which are not, and who leads its copies."""

    same: frozenset[Pair] = frozenset()
    apart: frozenset[Pair] = frozenset()
    leads: frozenset[ArticleId] = frozenset()

    @classmethod
    def read(cls, connection: Connection) -> "Wishes":
        """Return what is in force."""
        return cls(
            same=rulings.pairs(connection, Kind.COPIES),
            apart=rulings.pairs(connection, Kind.APART),
            leads=rulings.leads(connection),
        )


NONE = Wishes()


def collapse(
    connection: Connection, settings: Settings, *, wishes: Wishes = NONE, is_last: bool = True
) -> None:
    """Decide of what the articles that wait to be judged are copies.

    What is a copy no more joins those that wait. Who leads copies that are settled leads on; of
    others the tier of the source decides, then the fullest text, then the earliest. What is
    decided before a pull `is_last` is decided again, so that the order in which sources answered
    cannot matter.
    """
    heed_sources(connection, settings)
    waiting = kept.unjudged(connection)
    if not waiting:
        return
    room = Room.open(connection, settings, wishes)
    _listen(connection, waiting)
    room.imprint(waiting)
    before = _around(connection, waiting)
    room.loosen(before)
    waiting = kept.unjudged(connection)
    held.collapse(connection, room.decide(waiting))
    _mark(connection, before, _around(connection, waiting), waiting)
    if is_last:
        held.settle(connection)


def reopen(connection: Connection, ids: Collection[ArticleId]) -> None:
    """Have it decided anew of what these, and all with them, are copies."""
    leaders = {copy.leader_id for copy in held.of(connection, ids).values()} | {*ids}
    led = [copy for some in held.led_by(connection, leaders).values() for copy in some]
    touched = leaders | {copy.article_id for copy in led}
    held.release(connection, touched)
    kept.unjudge(connection, touched)
    kept.mark(connection, "article", kept.dated(connection, touched))


def heed_sources(connection: Connection, settings: Settings) -> None:
    """Free the copies of what is listed no more; judge anew what is listed again."""
    listed = sorted(source.id for source in settings.sources)
    before = laid.noted(connection, "listed")
    if before == (now := json.dumps(listed)):
        return
    reopen(connection, held.unlisted(connection))
    if before is not None:
        for source in sorted(set(listed) - set(json.loads(before))):
            kept.unjudge(connection, kept.of_source(connection, source))
    laid.note(connection, "listed", now)


def _listen(connection: Connection, waiting: Sequence[ArticleId]) -> None:
    """Count the sentences of what is new, by source; of all before any is compared."""
    for some in kept.chunks(waiting):
        new = {*map(ArticleId, some)} - held.imprinted(connection, some)
        articles = kept.read(connection, new).values()
        for source, counted in heard_by(articles, new):
            last = max(one.first_seen for one in articles if one.source_id == source)
            held.hear(connection, source, counted, last=last)


def unlisten(connection: Connection, articles: Mapping[ArticleId, Article]) -> None:
    """Forget that these articles were ever compared, as if they were new."""
    for source, counted in heard_by(articles.values(), held.imprinted(connection, articles)):
        held.hear(connection, source, {one: -times for one, times in counted.items()})


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Where articles lie side by side while it is decided what is a copy of what."""

    connection: Connection
    texts: Texts
    tiers: Mapping[SourceId, int]
    homes: Mapping[SourceId, Homes]
    wishes: Wishes = NONE
    measures: dict[ArticleId, Measure] = field(default_factory=dict)
    members: dict[ArticleId, set[SourceId]] = field(default_factory=dict)
    found: dict[ArticleId, Copy] = field(default_factory=dict)

    @classmethod
    def open(cls, connection: Connection, settings: Settings, wishes: Wishes = NONE) -> "Room":
        """Return a room for the articles of the sources that are configured."""
        tiers = {source.id: source.tier for source in settings.sources}
        texts, homes = Texts(connection=connection), links.homes(connection)
        return cls(connection=connection, texts=texts, tiers=tiers, homes=homes, wishes=wishes)

    def imprint(self, ids: Collection[ArticleId]) -> None:
        """Keep by what copies of these articles are found."""
        for some in kept.chunks(ids):
            said = self.texts.of(map(ArticleId, some))
            held.imprint(self.connection, {one: copies.prints(each) for one, each in said.items()})
            self.measures.update((one, _measure(each)) for one, each in said.items())

    def loosen(self, groups: Mapping[ArticleId, Copy]) -> None:
        """Let go of those that are, as all now stand, copies no more; what stays is measured anew.

        A group opens again where another is to lead it.
        """
        hasty = {copy.article_id for copy in held.unsettled(self.connection)}
        for one, copy in sorted(groups.items()):
            likeness = None if one in hasty else self._likeness(*self._both(copy))
            if likeness is None:
                held.release(self.connection, [one])
                kept.unjudge(self.connection, [one])
            elif (now := _measured(copy, likeness)) != copy:
                held.revise(self.connection, now)
            if one in self.wishes.leads and copy.leader_id not in self.wishes.leads:
                reopen(self.connection, [copy.leader_id])

    def decide(self, waiting: Collection[ArticleId]) -> list[Copy]:
        """Return which of those that wait are copies, each of what stands before it."""
        taken = held.of(self.connection, waiting).keys() | held.led_by(self.connection, waiting)
        ranks = self._ranks([one for one in waiting if one not in taken])
        behind = set(ranks)
        for one in sorted(ranks, key=ranks.__getitem__):
            behind.discard(one)
            if copy := self._placed(one, behind):
                self.found[one] = copy
                self._sources(copy.leader_id).add(self.measures[one][0])
        return list(self.found.values())

    def _placed(self, one: ArticleId, behind: Collection[ArticleId]) -> Copy | None:
        """Return of which of those not behind it an article is a copy, if of any."""
        partners = _beside(one, self.wishes.same)
        *_, keys = self.measures[one]
        near = held.alike(self.connection, one, keys=keys, limit=CANDIDATES) | partners
        near -= {one, *behind}
        if not near:
            return None
        known = self._known(near)
        leaders = {known[each].leader_id if each in known else each for each in near}
        chosen = {known[each].leader_id if each in known else each for each in near & partners}
        said = self.texts.of({one, *leaders})
        alike = [
            (likeness, said[each])
            for each in sorted(leaders & said.keys())
            if (each in chosen or said[one].source_id not in self._sources(each))
            and (likeness := self._likeness(said[one], said[each]))
        ]
        if not alike:
            return None
        likeness, leader = max(
            alike,
            key=lambda found: (found[1].article_id in chosen, *copies.strength(found[0])),
        )
        return _copy(said[one], leader, likeness)

    def _likeness(self, one: Said | None, other: Said | None) -> Likeness | None:
        """Return how an article is a copy of another that leads it, or would."""
        if not (one and other and {one.source_id, other.source_id} <= self.tiers.keys()):
            return None
        if self._stands_with(other.article_id, _beside(one.article_id, self.wishes.apart)):
            return None
        common = {*one.keys.values()} & {*other.keys.values()}
        worn = held.worn(self.connection, common, by=(one.source_id, other.source_id))
        found = copies.likeness(one, other, worn=worn)
        is_preferred = self.tiers[other.source_id] < self.tiers[one.source_id]
        if found and not is_preferred and not may_lead(other, one, found, self.homes):
            found = None
        if found is None and self._stands_with(
            other.article_id, _beside(one.article_id, self.wishes.same)
        ):
            return Likeness(by=BY_HAND)
        return found

    def _stands_with(self, leader: ArticleId, some: Collection[ArticleId]) -> bool:
        """Say whether one of some articles is this leader or a copy of it."""
        if not some:
            return False
        known = self._known(some)
        return any((known[one].leader_id if one in known else one) == leader for one in some)

    def _known(self, ids: Collection[ArticleId]) -> dict[ArticleId, Copy]:
        """Return which of these are copies, as it is kept or was found by now."""
        found = {one: self.found[one] for one in ids if one in self.found}
        return held.of(self.connection, ids) | found

    def _both(self, copy: Copy) -> tuple[Said | None, Said | None]:
        said = self.texts.of([copy.article_id, copy.leader_id])
        return said.get(copy.article_id), said.get(copy.leader_id)

    def _sources(self, leader: ArticleId) -> set[SourceId]:
        """Return the sources of a group: one text of each is enough."""
        if leader not in self.members:
            led = held.led_by(self.connection, [leader]).get(leader, ())
            texts = [leader, *(copy.article_id for copy in led)]
            self.members[leader] = set(kept.sources_of(self.connection, texts).values())
        return self.members[leader]

    def _ranks(self, ids: Collection[ArticleId]) -> dict[ArticleId, Rank]:
        """Return what decides in which order articles of listed sources would lead."""
        found: dict[ArticleId, Rank] = {}
        self.imprint(set(ids) - self.measures.keys())  # what is free only now
        for one, (published, _) in kept.dated(self.connection, ids).items():
            source, words, _ = self.measures[one]
            if source in self.tiers:
                is_led = one not in self.wishes.leads
                found[one] = (is_led, self.tiers[source], -words, published, source, one)
        return found


def _beside(one: ArticleId, pairs: Collection[Pair]) -> set[ArticleId]:
    return {other for pair in pairs if one in pair for other in pair} - {one}


def _measure(said: Said) -> Measure:
    return said.source_id, len(said.words), frozenset(said.keys.values())


def _copy(one: Said, leader: Said, likeness: Likeness) -> Copy:
    return Copy(
        article_id=one.article_id,
        leader_id=leader.article_id,
        by=likeness.by,
        shared=likeness.shared,
        of=likeness.of,
        share=likeness.share,
        since=max(one.first_seen, leader.first_seen),
        method=copies.METHOD,
    )


def _measured(copy: Copy, found: Likeness) -> Copy:
    by, shared, of, share = found.by, found.shared, found.of, found.share
    return replace(copy, by=by, shared=shared, of=of, share=share, method=copies.METHOD)


def _around(connection: Connection, ids: Collection[ArticleId]) -> dict[ArticleId, Copy]:
    """Return the copies among these, those that they lead, and those that are not settled."""
    led = held.led_by(connection, ids).values()
    found = {copy.article_id: copy for some in led for copy in some}
    hasty = {copy.article_id: copy for copy in held.unsettled(connection)}
    return found | hasty | held.of(connection, ids)


def _mark(
    connection: Connection,
    before: Mapping[ArticleId, Copy],
    after: Mapping[ArticleId, Copy],
    waiting: Collection[ArticleId],
) -> None:
    """Note what is printed otherwise: who joined or left, whom, and what shows those that wait."""
    ids = before.keys() | after.keys()
    moved = [one for one in ids if before.get(one) != after.get(one)]
    groups = [*(before[one] for one in ids & before.keys()), *after.values()]
    leaders = {copy.leader_id for copy in groups if copy.article_id in {*moved, *waiting}}
    kept.mark(connection, "article", {*moved, *leaders})
    here = {*waiting}
    kept.mark(connection, "page", [copy.article_id for copy in groups if copy.leader_id in here])
