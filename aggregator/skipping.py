"""Which items of a document need not be read again, and what must be remembered for it. Pure.

The law: what we keep of a source is the same whether its unchanged items are read again or not.
An item is therefore left out only as long as it shares its id, its page and its article with no
other, so that reading it could change nothing. Whatever stands in any doubt is read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from aggregator.identity import LEAST, MOST_OF_IT
from aggregator.naming import digest, names
from feeds.model import SourceEntry
from feeds.reading import Reading

MOST_ABSENT = 100  # items remembered though the last document lacked them: it may say news only


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item that was read: digests of what it says, of its id, its page and its article.

    `id` and `page` are empty where it has none; `places` are its page's and its id's, wherever
    they are hosted; an item that is not yet recognised has no `article`.
    """

    fingerprint: str
    id: str = ""
    page: str = ""
    article: str = ""
    places: str = ""

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """What it must not share with another."""
        marks = (("id", self.id), ("page", self.page), ("article", self.article))
        places = (("place", each) for each in self.places.split())
        return tuple(mark for mark in (*marks, *places) if mark[1])


def write(items: Iterable[Item]) -> str:
    """Return items as text, a line each."""
    return "\n".join(
        f"{one.fingerprint},{one.id},{one.page},{one.article},{one.places}" for one in items
    )


def read(text: str) -> tuple[Item, ...]:
    """Return the items that `write` wrote."""
    fields = (line.split(",") for line in text.splitlines())
    return tuple(
        Item(fingerprint=fingerprint, id=id_, page=page, article=article, places=places)
        for fingerprint, id_, page, article, places in fields
    )


def is_independent(reading: Reading, before: Mapping[str, Item]) -> bool:
    """Say whether the entries of a reading can be judged without the items left out of it.

    Not where one has the id or the page of an item left out, which decide what the other is; nor
    where an item that stood alone now stands there twice; nor where nearly all seems new, and
    may be what we know under other names.
    """
    read_now = set(reading.unseen)
    if LEAST <= len(read_now) >= MOST_OF_IT * len(reading.fingerprints):
        return False
    left_out = [before[each] for each in reading.fingerprints if each not in read_now]
    marks = {mark for one in left_out for mark in one.marks}
    is_twice = len({one.fingerprint for one in left_out}) < len(left_out)
    met = (mark for entry in reading.feed.entries for mark in _met(entry).marks)
    return not is_twice and marks.isdisjoint(met)


def present(reading: Reading, before: Mapping[str, Item], keys: Sequence[str]) -> tuple[Item, ...]:
    """Return all items of a document; `keys` are those of the articles its entries are.

    An entry whose time is yet to come has none ("").
    """
    read_now = set(reading.unseen)
    new = iter(zip(reading.unseen, reading.feed.entries, keys, strict=True))
    items: list[Item] = []
    for each in reading.fingerprints:
        if each in read_now:
            fingerprint, entry, key = next(new)
            items.append(_met(entry, fingerprint=fingerprint, key=key))
        else:
            items.append(before[each])
    return tuple(items)


def claimed(reading: Reading, before: Mapping[str, Item]) -> frozenset[str]:
    """Return digests of the keys of the articles that the items left out of a reading are."""
    read_now = set(reading.unseen)
    return frozenset(before[each].article for each in reading.fingerprints if each not in read_now)


def told_before(reading: Reading, items: Sequence[Item]) -> tuple[bool, ...]:
    """Say of each entry that was read whether an item left out, further up, is its article."""
    read_now = set(reading.unseen)
    told: set[str] = set()
    answers: list[bool] = []
    for one in items:
        if one.fingerprint in read_now:
            answers.append(one.article in told)
        else:
            told.add(one.article)
    return tuple(answers)


def to_remember(items: Sequence[Item], before: Mapping[str, Item]) -> tuple[Item, ...]:
    """Return the items that need not be read again: each alone with its id, page and article.

    Items that are not in the document stay for a while: a document may be cut off, may bring
    nothing but news (RFC 3229), or may lack for a day what returns on the next.
    """
    marked = [(one, one.marks) for one in items]
    marks = Counter(chain.from_iterable(of_one for _, of_one in marked))
    shared = {mark for mark, times in marks.items() if times > 1}
    here = {one.fingerprint for one in items}
    alone = [one for one, of_one in marked if one.article and shared.isdisjoint(of_one)]
    absent = [
        one
        for one in before.values()
        if one.fingerprint not in here and not any(mark in marks for mark in one.marks)
    ]
    return (*alone, *absent[:MOST_ABSENT])


def _met(entry: SourceEntry, *, fingerprint: str = "", key: str = "") -> Item:
    called = names(entry)
    return Item(
        fingerprint=fingerprint,
        id=digest(entry.id) if entry.id else "",
        page=called.by_page or "",
        article=digest(key) if key else "",
        places=" ".join(called.by_place),
    )
