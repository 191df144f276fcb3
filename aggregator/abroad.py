"""What an article leads to in other languages, by what they mean. Pure.

See docs/decisions/0031-other-languages.md for what was measured.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from aggregator.related import DIGITS, Profile
from aggregator.words import primary

CUT: Final = 0.6  # how close in meaning two must be
LEARNT: Final = frozenset(  # languages, by the embedding; to it all others are alike
    ("ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh")
)
WITHIN: Final = timedelta(days=7)
MOST: Final = 2  # of the places an article has, for other languages where there is something


def is_abroad(article: Profile, other: Profile) -> bool:
    """Whether two articles are in two languages that can be compared by meaning."""
    both = {primary(article.language), primary(other.language)}
    return len(both) > 1 and both <= LEARNT


def is_close(article: Profile, other: Profile, meaning: float) -> bool:
    """Whether an article may lead to one abroad; `meaning` is how close they are, 0 to 1."""
    apart = abs(article.published - other.published)
    return apart <= WITHIN and round(meaning, DIGITS) >= CUT


def others(language: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return those of some languages that articles in one may lead to, if any."""
    own = primary(language)
    if own not in LEARNT:
        return ()
    return tuple(sorted(one for one in languages if primary(one) in LEARNT - {own}))
