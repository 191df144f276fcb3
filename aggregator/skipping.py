"""Which items of a document need not be read again, and what must be remembered for it. Pure.

The law: what we keep of a source is the same whether its unchanged items are read again or not.
An item is therefore left out only as long as it shares its id, its page and its article with no
other, so that reading it could change nothing. Whatever stands in any doubt is read.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

from feeds.model import SourceEntry
from feeds.parse import Reading
from feeds.urls import canonical

MOST_ABSENT = 100  # items remembered though the last document lacked them: it may say news only


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An item that was read: digests of what it says, of its id, its page and its article.

    `id` and `page` are empty where it has none; an item that is not yet recognised has no
    `article`.
    """

    fingerprint: str
    id: str = ""
    page: str = ""
    article: str = ""

    @property
    def marks(self) -> tuple[tuple[str, str], ...]:
        """What it must not share with another."""
        marks = (("id", self.id), ("page", self.page), ("article", self.article))
        return tuple(mark for mark in marks if mark[1])


def write(items: Iterable[Item]) -> str:
    """Return items as text, a line each."""
    return "\n".join(f"{one.fingerprint},{one.id},{one.page},{one.article}" for one in items)


def read(text: str) -> tuple[Item, ...]:
    """Return the items that `write` wrote."""
    fields = (line.split(",") for line in text.splitlines())
    return tuple(
        Item(fingerprint=fingerprint, id=id_, page=page, article=article)
        for fingerprint, id_, page, article in fields
    )


def is_independent(reading: Reading, before: Mapping[str, Item]) -> bool:
    """Say whether the entries of a reading can be judged without the items left out of it.

    Not where one has the id or the page of an item left out, which decide what the other is; nor
    where an item that stood alone now stands there twice.
    """
    read_now = set(reading.unseen)
    left_out = [before[each] for each in reading.fingerprints if each not in read_now]
    marks = {mark for one in left_out for mark in one.marks}
    is_twice = len({one.fingerprint for one in left_out}) < len(left_out)
    met = (mark for entry in reading.feed.entries for mark in _met(entry).marks)
    return not is_twice and marks.isdisjoint(met)


def present(reading: Reading, before: Mapping[str, Item], keys: Sequence[str]) -> tuple[Item, ...]:
    """Return all items of a document; `keys` are those of the articles its entries are."""
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
    marks = Counter(mark for one in items for mark in one.marks)
    here = {one.fingerprint for one in items}
    alone = [one for one in items if all(marks[mark] == 1 for mark in one.marks)]
    absent = [
        one
        for one in before.values()
        if one.fingerprint not in here and not any(mark in marks for mark in one.marks)
    ]
    return (*alone, *absent[:MOST_ABSENT])


def _met(entry: SourceEntry, *, fingerprint: str = "", key: str = "") -> Item:
    return Item(
        fingerprint=fingerprint,
        id=_digest(entry.id),
        page=_digest(canonical(entry.permalink) if entry.permalink else None),
        article=_digest(key),
    )


def _digest(text: str | None) -> str:
    if not text:
        return ""
    return blake2b(text.encode(errors="backslashreplace"), digest_size=8).hexdigest()
