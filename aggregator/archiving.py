"""Which articles of a feed go into which archive document (RFC 5005, 4). Pure.

The document subscribed to holds the newest of a feed. Whatever is no longer in it, or never was,
is in an archive document: nothing waits for one that is not shown. A month has a document of its
own once there is news of the next; what comes of it later goes into the month that is open. A
month that fills more than `MOST`, and the one that is open, have parts. No document is ever added
to: while the last part of the open month is small it gives way to one of another name.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from aggregator.model import ArticleId

MOST: Final = 100  # articles in a document


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An archive document: `seq` is its place in the feed's, `number` that in its month.

    It `is_last` of a month that is closed.
    """

    seq: int
    month: str
    number: int
    is_last: bool = False

    @property
    def name(self) -> str:
        """What its file is called."""
        return f"{self.month}.xml" if self.is_last else f"{self.month}-part-{self.number}.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """An article that is in a feed, by when it was published."""

    article_id: ArticleId
    published: datetime

    @property
    def month(self) -> str:
        """The month it was published in."""
        return f"{self.published:%Y-%m}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filed:
    """What is filed anew: documents with what is in them, and the one that gave way to them."""

    documents: Mapping[Document, Sequence[ArticleId]] = field(default_factory=dict)
    absorbed: Document | None = None


def is_due(waiting: Sequence[Held], shown: Collection[ArticleId], last: Document | None) -> bool:
    """Say whether anything is to be filed: `last` is the feed's last archive document."""
    months = _months(waiting, last)
    return any(_is_due(month, some, shown, months) for month, some in months.items())


def file(
    waiting: Sequence[Held],
    shown: Collection[ArticleId],
    last: Document | None,
    of_last: Sequence[Held],
) -> Filed:
    """Return where what is `waiting` goes, and what of it waits on, because it is `shown`.

    `of_last` is what is in the last document.
    """
    months = _months(waiting, last)
    found: dict[Document, Sequence[ArticleId]] = {}
    absorbed: Document | None = None
    seq = last.seq if last else 0
    for month, some in sorted(months.items()):
        if not _is_due(month, some, shown, months):
            continue
        is_over, number = month < max(months), 0
        if last and last.month == month:
            number = last.number
            if of_last and (is_over or len(of_last) < MOST):
                some, absorbed = [*of_last, *some], last  # noqa: PLW2901
        for part in _parts(some):
            seq, number = seq + 1, number + 1
            is_last = is_over and part[-1] == max(some, key=_order)
            document = Document(seq=seq, month=month, number=number, is_last=is_last)
            found[document] = [one.article_id for one in part]
    return Filed(documents=found, absorbed=absorbed)


def _months(waiting: Sequence[Held], last: Document | None) -> Mapping[str, Sequence[Held]]:
    """Return what is waiting, by the months it goes into; the one that is open is there."""
    earliest = _next(last.month) if last and last.is_last else last.month if last else ""
    months: dict[str, list[Held]] = defaultdict(list)
    if last and not last.is_last:
        months[last.month] = []
    for one in waiting:
        months[max(one.month, earliest)].append(one)
    return months


def _is_due(
    month: str,
    some: Sequence[Held],
    shown: Collection[ArticleId],
    months: Mapping[str, Sequence[Held]],
) -> bool:
    return month < max(months) or any(one.article_id not in shown for one in some)


def _parts(some: Sequence[Held]) -> Sequence[Sequence[Held]]:
    ordered = sorted(some, key=_order)
    return [ordered[start : start + MOST] for start in range(0, len(ordered), MOST)]


def _order(one: Held) -> tuple[datetime, str]:
    return one.published, one.article_id


def _next(month: str) -> str:
    year, number = map(int, month.split("-"))
    return f"{year + number // 12:04}-{number % 12 + 1:02}"
