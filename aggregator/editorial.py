"""What editors decide by hand, over what is decided otherwise. Pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final

from aggregator.grounds import BELONGS, BY_HAND
from aggregator.model import ArticleId, Placement, Relation, Section, Slug

MOST_RELATED: Final = 5  # unless editors chose more
METHOD: Final = "editors-1"


def placed(slugs: Sequence[Slug], sections: Iterable[Section]) -> tuple[Placement, ...]:
    """Return the placements of an article that editors put into these sections, home first.

    A section brings the ones around it, wherever an article's place comes from.
    """
    tree = {section.slug: section for section in sections}
    chosen = [slug for slug in slugs if slug in tree]
    outer = {one for slug in chosen for one in _around(slug, tree)}
    reasons = {slug: BY_HAND for slug in chosen if slug not in outer}
    for slug in tuple(reasons):
        for child, parent in pairwise((slug, *_around(slug, tree))):
            implied = BELONGS.format(section=tree[child].title, parent=tree[parent].title)
            reasons.setdefault(parent, BY_HAND if parent in chosen else implied)
    return tuple(
        Placement(section=slug, rank=rank, reason=reason, method=METHOD)
        for rank, (slug, reason) in enumerate(reasons.items())
    )


def led(
    found: Sequence[Relation], chosen: Sequence[ArticleId], never: Collection[str]
) -> tuple[Relation, ...]:
    """Return what an article leads to: what editors chose, then what was found, but for `never`.

    What was found is stored as it was, so that a choice taken back leaves it as it was.
    """
    by_hand = [Relation(article_id=one, score=0.0, by_hand=True) for one in chosen]
    rest = [one for one in found if one.article_id not in {*chosen, *never}]
    return (*by_hand, *rest[: max(0, MOST_RELATED - len(by_hand))])


def _around(slug: Slug, tree: Mapping[Slug, Section]) -> Iterator[Slug]:
    """Yield the sections around one, nearest first."""
    while (parent := tree[slug].parent) is not None and parent in tree:
        yield parent
        slug = parent
