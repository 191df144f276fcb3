"""What editors decide by hand, as editorial.yaml says it."""

from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What editors decided by hand of some articles, each by an address or an id.

    `to` is what the first of them leads to, or the slugs of its sections. `line` is where
    editorial.yaml says so.
    """

    kind: Kind
    articles: tuple[str, ...]
    to: tuple[str, ...] = ()
    line: int | None = None
