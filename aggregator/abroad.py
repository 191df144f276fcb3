"""What an article leads to in other languages, by what they mean. Pure.

See docs/decisions/0031-other-languages.md for what was measured.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from aggregator.meaning import cosine
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


def closeness(article: Profile, other: Profile) -> float:
    """Return how close in meaning two articles are, 0 to 1."""
    return round(max(0.0, cosine(article.meaning, other.meaning)), DIGITS)


def is_close(article: Profile, other: Profile) -> bool:
    """Whether an article may lead to another that is in another language."""
    apart = abs(article.published - other.published)
    return is_abroad(article, other) and apart <= WITHIN and closeness(article, other) >= CUT


def others(language: str, languages: Iterable[str]) -> tuple[str, ...]:
    """Return those of some languages that articles in one may lead to, if any."""
    own = primary(language)
    if own not in LEARNT:
        return ()
    return tuple(sorted(one for one in languages if primary(one) in LEARNT - {own}))
