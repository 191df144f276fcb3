"""Rankings: what is most covered and most cited, as lists, and why each is in them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aggregator.edition import Piece
from aggregator.model import ArticleId, Section, Settings, Slug
from aggregator.scores import Ranked

MOST_COVERED: Final = Section(slug=Slug("most-covered"), title="Most Covered", path="most-covered")
MOST_CITED: Final = Section(slug=Slug("most-cited"), title="Most Cited", path="most-cited")
ALL: Final = (MOST_COVERED, MOST_CITED)
WORDS: Final = {MOST_COVERED.slug: "Also reported by", MOST_CITED.slug: "Cited by"}
NAMED: Final = 3  # sources


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranking:
    """One list: where it is, what is in it, and of each article why in words."""

    section: Section
    pieces: tuple[Piece, ...] = ()
    notes: Mapping[ArticleId, str]


def ranking(
    section: Section, ranked: Iterable[Ranked], pieces: Iterable[Piece], *, settings: Settings
) -> Ranking:
    """Return a list as it is printed: `pieces` are those that are `ranked`, in their order."""
    names = {source.id: source.name for source in settings.sources}
    return Ranking(
        section=section,
        pieces=tuple(pieces),
        notes={
            one.article: f"{WORDS[section.slug]} {_named([names[each] for each in one.sources])}"
            for one in ranked
        },
    )


def _named(names: list[str]) -> str:
    """Return so many names as people read, and how many more there are."""
    shown = names[:NAMED] if len(names) > NAMED + 1 else names
    *first, last = shown if shown == names else [*shown, f"{len(names) - NAMED} others"]
    return f"{', '.join(first)} and {last}" if first else last
