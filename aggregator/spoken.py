"""Which language an article is in, and by whose word. Pure.

See docs/decisions/0029-language.md for what was measured.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aggregator.words import primary

TAG: Final = re.compile(r"(?=.{2,35}$)[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")  # RFC 5646, 4.4.1
SURE: Final = 0.99  # of a text of which nobody says anything
SURER: Final = 0.999  # of one whose feed says something else, which is then wrong nine times in ten
AT_LEAST: Final = 150  # characters for that
NOT_A_LANGUAGE: Final = frozenset({"und", "zxx"})
# Of these not even a thousand characters always tell one from another.
_ALIKE: Final = (
    *({"no", "nb", "nn", "da"}, {"bs", "hr", "sr", "sh", "cnr"}, {"id", "in", "ms"}),
    *({"fa", "prs"}, {"tl", "fil"}, {"zh", "yue", "wuu"}, {"gl", "pt"}, {"he", "iw"}),
)


class SaidBy(StrEnum):
    """Whose word it is that an article is in its language."""

    OPERATOR = "operator"
    ENTRY = "entry"
    FEED = "feed"
    DETECTED = "detected"
    PAPER = "paper"  # nobody's: the paper's own is assumed


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """The language a text looks like, and how sure that is, 0 to 1."""

    language: str
    sure: float


Detect = Callable[[str], Guess]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the operator says of a source, an entry of itself, and a feed of all its entries."""

    operator: str | None = None
    entry: str | None = None
    feed: str | None = None


def spoken(told: Told, text: str, detect: Detect | None, *, paper: str) -> tuple[str, SaidBy]:
    """Return the language of an article, a tag of RFC 5646, and by whose word it is.

    The operator's outranks all, and an entry's own its feed's: a feed says one thing of all its
    entries, often what its software was delivered with. So its word yields to a text that surely
    is something else, where there is a `detect` to tell. What is no tag is nobody's word.
    """
    for language, by in ((told.operator, SaidBy.OPERATOR), (told.entry, SaidBy.ENTRY)):
        if tag := _tag(language):
            return tag, by
    by_feed = _tag(told.feed)
    guess = detect(text) if detect else None
    if guess and _is_believed(guess, by_feed, text):
        return guess.language, SaidBy.DETECTED
    return (by_feed, SaidBy.FEED) if by_feed else (paper, SaidBy.PAPER)


def _is_believed(guess: Guess, by_feed: str, text: str) -> bool:
    if guess.language in NOT_A_LANGUAGE:
        return False
    if not by_feed:
        return guess.sure >= SURE
    both = {primary(by_feed), guess.language}
    is_another = len(both) > 1 and not any(both <= alike for alike in _ALIKE)
    return is_another and guess.sure >= SURER and len(text) >= AT_LEAST


def _tag(language: str | None) -> str:
    """Return a language tag as the web writes it, "" for what is none."""
    written = (language or "").replace("_", "-")
    if not TAG.fullmatch(written):
        return ""
    first, hyphen, rest = written.partition("-")
    return first.lower() + hyphen + rest
