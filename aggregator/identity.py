"""Which entry is which article. Pure.

An article is known by its guid or atom:id within its source; where that is missing or says the
same of different things, by its permalink; where that is missing too, by its words. It is known
by every such name it ever had, so an id, a scheme or a host that changes loses nobody.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.model import ArticleId, Identity
from aggregator.naming import Names, digest, fold, names, shared_as, summary_of, title_of
from feeds.model import SourceEntry
from feeds.urls import canonical

ON_A_PAGE = 8  # articles that may be known by one page or place; beyond it, it tells nobody apart
MOST_OF_IT = 0.8  # of a document, and of what in it seems new: then its ids have all changed
LEAST = 5  # entries; among fewer, chance looks like a rule
_SAME_DAY = timedelta(days=2)  # how far a date may move when a site moves
_ANOTHER_DAY, _SECOND = timedelta(hours=12), timedelta(seconds=1)
_ALIKE = 1 / 3  # of the words of two stories; below it they tell of different things


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we must remember of an article to know it again.

    `names` are those it was found by. `aside` says why it is not in the paper, if it is not,
    and `since` when that was decided.
    """

    id: ArticleId
    key: str
    url_key: str | None
    title: str
    fingerprint: str
    published: datetime
    summary: str = ""
    names: frozenset[str] = frozenset()
    aside: str | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """An entry, what to call it, and the article it is, if we have met it before.

    One that `repeats` an earlier entry of its document is not to be kept. `loosely` says that
    its id and its page were both unknown.
    """

    entry: SourceEntry
    key: str
    names: Names
    known: Known | None = None
    repeats: bool = False
    loosely: bool = False

    @property
    def url_key(self) -> str | None:
        """Its page, as pages are compared."""
        return self.names.url_key


def names_of(entries: Sequence[SourceEntry], identity: Identity = Identity.GUID) -> set[str]:
    """Return all names that may find these entries among known articles."""
    found: set[str] = set()
    shared = _shared(entries)
    for entry in entries:
        found.update(names(entry, identity=identity).all)
        if entry.id in shared:
            found.update(names(entry, identity=identity, is_shared=True).all)
    return found


def recognise(
    entries: Sequence[SourceEntry],
    known: Iterable[Known],
    *,
    home: str | None = None,
    identity: Identity = Identity.GUID,
) -> tuple[Recognised, ...]:
    """Return each article of a document once, in its order, with what we know of it."""
    each = recognise_each(entries, known, home=home, identity=identity)
    return tuple(one for one in each if not one.repeats)


def recognise_each(
    entries: Sequence[SourceEntry],
    known: Iterable[Known],
    *,
    home: str | None = None,
    identity: Identity = Identity.GUID,
    claimed: AbstractSet[str] = frozenset(),
) -> tuple[Recognised, ...]:
    """Return each entry of a document with the article it is, and whether it repeats another.

    An entry under another id is the same article if its page and title are, or if its page
    belongs to it alone, or if its title and its place on another host are; `home`, which belongs
    to all, never decides. `claimed` are digests of the keys of articles that entries left out of
    the reading are.
    """
    by_name: dict[str, list[Known]] = defaultdict(list)
    for one in known:
        for name in one.names:
            by_name[name].append(one)
    front = canonical(home) if home else None
    shared = _shared(entries)
    called = [
        names(entry, identity=identity, is_shared=entry.id in shared, home=front)
        for entry in entries
    ]
    pages = Counter(each.by_page for each in called)
    pairs = list(zip(entries, called, strict=True))
    found = [_strictly(entry, each, by_name, pages) for entry, each in pairs]
    return tuple(_without_repeats(_loosely(found, by_name, claimed)))


def seem_new(found: Sequence[Recognised], total: int) -> bool:
    """Say whether so much of a document of `total` entries seems new that its ids have changed."""
    unknown = sum(one.known is None or one.loosely for one in found if not one.repeats)
    return unknown >= LEAST and unknown >= MOST_OF_IT * total


def rekeyed(
    found: Sequence[Recognised], candidates: Sequence[Known]
) -> tuple[Recognised, ...] | None:
    """Return the entries as the articles their titles and dates say they are; None for no belief.

    Asked where they `seem_new`. Believed only if most of what seems new is known in this way.
    """
    taken = {one.known.id for one in found if one.known}
    by_title: dict[str, list[Known]] = defaultdict(list)
    for candidate in candidates:
        if candidate.id not in taken:
            by_title[fold(candidate.title)].append(candidate)
    titles = Counter(one.names.headline for one in found if one.known is None)
    again: list[Recognised] = []
    for one in found:
        match = None
        if one.known is None and one.names.headline and not one.repeats:
            match = _by_title(one, by_title[one.names.headline], is_alone=titles)
        if match:
            taken.add(match.id)
            by_title[one.names.headline].remove(match)
            one = replace(one, known=match, key=match.key, loosely=True)  # noqa: PLW2901
        again.append(one)
    unknown = sum(one.known is None or one.loosely for one in again if not one.repeats)
    matched = sum(one.loosely for one in again if not one.repeats)
    return tuple(again) if matched >= MOST_OF_IT * unknown else None


def is_another_story(entry: SourceEntry, known: Known) -> bool:
    """Say whether an id we know was given to something else altogether, on a later day.

    Only where nothing is left of the first: another page, another title, other words, another
    date. Whatever stands in doubt is an edit.
    """
    if entry.published is None or entry.published < known.published + _ANOTHER_DAY:
        return False
    if not entry.permalink or not known.url_key or canonical(entry.permalink) == known.url_key:
        return False
    title = title_of(entry)
    if not title or not known.title or _alike(title, known.title):
        return False
    return not _alike(summary_of(entry), known.summary)


def _strictly(
    entry: SourceEntry,
    called: Names,
    by_name: dict[str, list[Known]],
    pages: Counter[str | None],
) -> Recognised:
    """Return an entry with the article its id, or its page, says it is."""
    same_key = by_name.get(called.by_key, [])
    match = _of_one_id(entry, called, same_key)
    key = called.key
    if match is None and same_key:
        key = _another_key(called.key, same_key)
    if match is None and called.by_headline:
        match = next(iter(by_name.get(called.by_headline, [])), None)
    if match is None and called.by_page and pages[called.by_page] == 1:
        alone = by_name.get(called.by_page, [])
        match = alone[0] if len(alone) == 1 else None
    return Recognised(entry=entry, key=match.key if match else key, names=called, known=match)


def _another_key(key: str, taken: Iterable[Known]) -> str:
    """Return a key for the next article under an id that others had before it."""
    counts = (one.key.partition("\n")[2] for one in taken)
    return f"{key}\n{max(int(count or 1) for count in counts) + 1}"


def _of_one_id(entry: SourceEntry, called: Names, same: Sequence[Known]) -> Known | None:
    """Return which of the articles of one id an entry is: that of its page, else of its title."""
    for alike in (
        [one for one in same if one.url_key and one.url_key == called.url_key],
        [one for one in same if one.title and fold(one.title) == called.headline],
        same,
    ):
        if alike:
            latest = max(alike, key=lambda one: (one.published, one.id))
            return None if is_another_story(entry, latest) else latest
    return None


def _loosely(
    found: Sequence[Recognised], by_name: dict[str, list[Known]], claimed: AbstractSet[str]
) -> Iterator[Recognised]:
    """Yield the entries, those yet unknown with the article their place and title say they are."""
    taken = {one.known.id for one in found if one.known}
    for one in found:
        if one.known is None and one.names.headline:
            near = {
                known.id: known
                for place in one.names.by_place
                for known in by_name.get(place, [])
                if known.id not in taken
                and digest(known.key) not in claimed
                and fold(known.title) == one.names.headline
                and _about(one.entry, known)
            }
            if len(near) == 1:
                (match,) = near.values()
                taken.add(match.id)
                yield replace(one, known=match, key=match.key, loosely=True)
                continue
        yield one


def _without_repeats(found: Iterable[Recognised]) -> Iterator[Recognised]:
    """Yield the entries; one whose article, or whose page with its title, was told repeats it."""
    keys: set[str] = set()
    seen: set[tuple[str | None, str]] = set()
    for one in found:
        told = (one.url_key, fold(one.entry.title))
        is_told = bool(one.url_key and one.entry.title and told in seen)
        yield replace(one, repeats=True) if is_told or one.key in keys else one
        seen.add(told)
        if not is_told:
            keys.add(one.key)


def _by_title(
    one: Recognised, candidates: Sequence[Known], *, is_alone: Counter[str]
) -> Known | None:
    """Return the one article of this title and about this date, if there is just one."""
    moment = one.entry.published
    exact = [each for each in candidates if moment and abs(each.published - moment) < _SECOND]
    if len(exact) == 1:
        return exact[0]
    near = [each for each in candidates if _about(one.entry, each)]
    return near[0] if len(near) == 1 and is_alone[one.names.headline] == 1 else None


def _about(entry: SourceEntry, known: Known) -> bool:
    """Say whether the date of an entry could be that of an article; no date could be any."""
    moment = entry.published or entry.updated
    return moment is None or abs(moment - known.published) <= _SAME_DAY


def _shared(entries: Iterable[SourceEntry]) -> frozenset[str]:
    """Return the ids that one document gives to different pages, and that therefore say nothing."""
    pages: dict[str, set[tuple[str | None, str]]] = defaultdict(set)
    for entry in entries:
        if entry.id:
            pages[entry.id].add(shared_as(entry))
    return frozenset(identity for identity, meant in pages.items() if len(meant) > 1)


def _alike(one: str, other: str) -> bool:
    """Say whether two texts have a third of their words in common; nothing is like nothing."""
    mine, theirs = set(fold(one).split()), set(fold(other).split())
    if not mine or not theirs:
        return False
    return len(mine & theirs) >= _ALIKE * min(len(mine), len(theirs))
