"""What a source names everywhere: itself, its columns, the form it fills in. Pure.

Such names tell nothing of the articles that share them. Of 53 links of captured feeds that were
read, ten led from one article of a source to another by no more than these.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Final

OF_LATE: Final = 24  # articles of a source that tell its habits
_ENOUGH: Final = 8  # with fewer it has none
_PARTS: Final = 2  # what one in so many has is everywhere


def habits(named: Sequence[Iterable[str]]) -> frozenset[str]:
    """Return the words that half of a source's articles name, given the names in each."""
    if len(named) < _ENOUGH:
        return frozenset()
    found = Counter(
        word for names in named for word in {part for name in names for part in name.split()}
    )
    return frozenset(word for word, times in found.items() if times * _PARTS >= len(named))
