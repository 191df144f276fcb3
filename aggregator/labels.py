"""Which articles say what a section is like: those whose section somebody knows. Pure.

Honest labels are few: what words or a classifier placed says nothing that these do not say
themselves, and a source that is listed under a section says it of all it writes.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from aggregator import editorial, sections
from aggregator.classifier import Said
from aggregator.model import Article, ArticleId, Section, Slug, Source
from aggregator.sections import Strength

FEWEST: Final = 10  # labels; of fewer nothing can be learnt, and nothing be checked
BY_HAND: Final = 3.0  # an editor looked at this very article
BY_NAME: Final = 1.0  # its source filed it under a name that is this section's, or mapped to it
BY_LISTING: Final = 0.5  # its source writes of nothing else, as far as the operator knows


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """An article whose section is known, what it says, and how much that is to count."""

    id: ArticleId
    section: Slug
    weight: float
    published: datetime
    said: Said
    meaning: bytes = b""
    source: str = ""


def known(
    article: Article,
    text: str,
    *,
    source: Source,
    by_hand: Sequence[Slug],
    tree: Sequence[Section],
) -> tuple[Slug, float] | None:
    """Return the section an article is known to be in, and how much that counts; None for none.

    Nothing is known of what belongs to two, nor of what a source that is listed under a section
    writes, if that section has others in it, or if its words speak for another.
    """
    if placed := editorial.placed(by_hand, tree):
        return placed[0].section, BY_HAND
    claims = sections.claimed(article.categories, source, tree)
    homes = sections.innermost(claims, tree)
    if len(homes) != 1:
        return None
    (home,) = homes
    if claims[home].strength is not Strength.SOURCE:
        return home, BY_NAME
    is_outer = any(section.parent == home for section in tree)
    spoken = sections.worded(article.title, text, tree, article.language)
    around = {home, *sections.around(home, tree)}
    return None if is_outer or spoken.keys() - around else (home, BY_LISTING)


def usable(
    labels: Collection[Label], tree: Sequence[Section]
) -> tuple[tuple[Label, ...], Mapping[Slug, int]]:
    """Return the labels that can be learnt from, by id, and how many each section left out has.

    A section with too few gives them to the one around it: what is in it is in that, too.
    """
    parents = {section.slug: section.parent for section in tree}
    left_out: dict[Slug, int] = {}
    kept = {one.id: one for one in labels if one.section in parents}
    for section in reversed(tree):  # children stand behind their parents
        own = [one for one in kept.values() if one.section == section.slug]
        if len(own) >= FEWEST:
            continue
        left_out[section.slug] = len(own)
        for one in own:
            if section.parent is None:
                del kept[one.id]
            else:
                kept[one.id] = replace(one, section=section.parent)
    return tuple(kept[one] for one in sorted(kept)), left_out


def counted(labels: Collection[Label]) -> dict[Slug, int]:
    """Return how many labels there are of each section, by its slug."""
    return dict(sorted(Counter(one.section for one in labels).items()))
