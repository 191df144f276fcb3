"""What editors decide by hand, as editorial.yaml says it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What editors may decide by hand, as editorial.yaml calls it."""

    RELATED = "related"
    NEVER_RELATED = "never_related"
    SECTION = "section"
    SAME = "same"
    COPIES = "copies"
    APART = "apart"
    LEAD = "lead"
    PICK = "picks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What editors decided by hand of some articles, each by an address or an id.

    `to` is what the first of them leads to, or the slugs of its sections. `line` is where
    editorial.yaml says so. A pick has a `note` for readers, its turn (`order`), and is in force
    `since` a moment and `until` another, that one excluded.
    """

    kind: Kind
    articles: tuple[str, ...]
    to: tuple[str, ...] = ()
    line: int | None = None
    note: str = ""
    order: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    def is_in_force(self, now: datetime) -> bool:
        """Say whether this counts now."""
        begun = self.since is None or self.since <= now
        return begun and (self.until is None or now < self.until)


def turns(rulings: Iterable[Ruling], *, after: datetime, until: datetime) -> bool:
    """Say whether any of these begins or ends between two moments, the second included."""
    moments = (moment for one in rulings for moment in (one.since, one.until) if moment)
    return any(after < moment <= until for moment in moments)
