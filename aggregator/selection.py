"""A feed of the operator's own: which articles are in it, how many, and in what order. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

FOLDER: Final = "feeds"  # beneath the paper's root
LANGUAGES: Final = "language"
SOURCES: Final = "source"


class Order(StrEnum):
    """How a selection is put: newest first, and no source floods it, or so be it."""

    FAIR = "fair"
    NEWEST = "newest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """What is in a feed: an article is, if it fits all that is given; what is empty fits all.

    `sections` are slugs, `sources` ids, `languages` tags (RFC 5646), of which "pt" is met by
    "pt-BR", too. Any of `words` is enough. `rights` is the most of an article that is carried,
    `limit` how many there are. `formerly` are the slugs it had.
    """

    slug: str
    title: str
    sections: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    tiers: tuple[int, ...] = ()
    limit: int | None = None
    order: Order = Order.FAIR
    rights: str | None = None
    formerly: tuple[str, ...] = ()

    @property
    def path(self) -> str:
        """Where it is beneath the paper's root."""
        return f"{FOLDER}/{self.slug}"
