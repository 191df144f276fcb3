"""Rankings: what is most covered and most cited, as lists, and why each is in them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from aggregator.edition import Piece
from aggregator.model import ArticleId, Section, Settings, Slug
from aggregator.navigation import words
from aggregator.scores import Ranked
from publisher.texts import Texts

PICKS: Final = Section(
    slug=Slug("editors-picks"), title="Editors\u2019 Picks", path="editors-picks"
)
MOST_COVERED: Final = Section(slug=Slug("most-covered"), title="Most Covered", path="most-covered")
MOST_CITED: Final = Section(slug=Slug("most-cited"), title="Most Cited", path="most-cited")
VOTED: Final = (MOST_COVERED, MOST_CITED)
ALL: Final = (PICKS, *VOTED)
WORDS: Final = {
    MOST_COVERED.slug: "Also reported by {names}", MOST_CITED.slug: "Cited by {names}",
}  # fmt: skip
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
            one.article: named(
                WORDS[section.slug], [names[each] for each in one.sources], words(settings)
            )
            for one in ranked
        },
    )


def picked(chosen: Mapping[ArticleId, str], pieces: Iterable[Piece]) -> Ranking:
    """Return Editors' Picks as they are printed: `chosen` says what editors note of each."""
    return Ranking(section=PICKS, pieces=tuple(pieces), notes=chosen)


def named(sentence: str, names: list[str], texts: Texts) -> str:
    """Return a sentence with so many names as people read, and how many more there are."""
    shown = names
    if len(names) > NAMED + 1:
        shown = [*names[:NAMED], texts.say("{count} others", count=len(names) - NAMED)]
    return texts.say(sentence, names=texts.listed(shown))
