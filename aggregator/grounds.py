"""Why an article is in a section, in words: kept in English, told in the paper's language. Pure."""

import re
from functools import lru_cache
from typing import Final

from publisher.texts import Texts

FILED: Final = 'its source files it under "{name}"'
LISTED: Final = "{source} is listed under {section}"
CATEGORY: Final = 'its category is "{name}"'
HEADLINE_AND_TEXT: Final = "its headline says {words}, its text {more}"
HEADLINE: Final = "its headline says {words}"
TEXT: Final = "its text says {words}"
BELONGS: Final = "{section} belongs to {parent}"
BY_HAND: Final = "the editors put it there"
GUESSED_BESIDE_BY: Final = "the classifier gives it {share} by {words}, the nearest beside"
GUESSED_BESIDE: Final = "the classifier gives it {share}, the nearest beside"
GUESSED_BY: Final = "the classifier gives it {share} by {words}"
GUESSED: Final = "the classifier gives it {share}"
# What is said in another's words comes before it.
SENTENCES: Final = (
    *(BY_HAND, FILED, CATEGORY, GUESSED_BESIDE_BY, GUESSED_BESIDE, GUESSED_BY, GUESSED),
    *(HEADLINE_AND_TEXT, HEADLINE, TEXT, LISTED, BELONGS),
)


def retold(reason: str, texts: Texts) -> str:
    """Return a reason in the paper's language; one in words not of ours stays as it is.

    It is kept as operators read it, so a paper may change its language, and old reasons follow.
    """
    for sentence in SENTENCES:
        if found := _pattern(sentence).fullmatch(reason):
            return texts.say(sentence, **found.groupdict())
    return reason


@lru_cache(maxsize=len(SENTENCES))
def _pattern(sentence: str) -> re.Pattern[str]:
    parts = re.split(r"\{(\w+)\}", sentence)
    told = (
        f"(?P<{part}>.+?)" if place % 2 else re.escape(part) for place, part in enumerate(parts)
    )
    return re.compile("".join(told), re.DOTALL)
