"""The paper's own words, in its readers' language. Pure but for the catalogues that come with it.

English is written where it is said, and is the key of every catalogue: what a catalogue leaves
out is said in English. A `{name}` in braces stands for what the press puts there.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from markupsafe import Markup, escape

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# Scripts that are written from right to left, and the languages that use one unless they say so.
_LEFTWARD = frozenset(["adlm", "arab", "hebr", "nkoo", "rohg", "syrc", "thaa"])
_LEFTWARD_LANGUAGES = frozenset(
    [
        *("ar", "arc", "ckb", "dv", "fa", "glk", "he", "iw", "khw", "mzn", "nqo"),
        *("pnb", "ps", "sd", "sdh", "skr", "syr", "ug", "ur", "yi"),
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """What the paper says, from English into the language it speaks."""

    said: Mapping[str, str] = field(default_factory=dict)

    def say(self, sentence: str, /, **parts: object) -> str:
        """Return a sentence of ours as plain text, with its parts put in."""
        return self.said.get(sentence, sentence).format(**parts)

    def print(self, sentence: str, /, **parts: object) -> Markup:
        """Return a sentence of ours as HTML; parts that are not HTML are escaped."""
        return Markup(escape(self.said.get(sentence, sentence))).format(**parts)  # noqa: S704

    def listed(self, names: Iterable[str]) -> str:
        """Return names as people read them out: A, B and C."""
        *first, last = names
        return self.say("{first} and {last}", first=", ".join(first), last=last) if first else last

    def day(self, moment: datetime) -> str:
        """Return the day of a moment, UTC."""
        there = moment.astimezone(UTC)
        month = self.say(_MONTHS[there.month - 1])
        return self.say("{day} {month} {year}", day=there.day, month=month, year=there.year)

    def weekday(self, moment: datetime) -> str:
        """Return the day of a moment with its weekday, UTC."""
        name = self.say(_WEEKDAYS[moment.astimezone(UTC).weekday()])
        return self.say("{weekday}, {date}", weekday=name, date=self.day(moment))

    def minute(self, moment: datetime) -> str:
        """Return a moment to the minute, UTC."""
        time = f"{moment.astimezone(UTC):%H:%M}"
        return self.say("{date}, {time} UTC", date=self.day(moment), time=time)


@lru_cache(maxsize=64)
def texts(own: tuple[tuple[str, str], ...] = ()) -> Texts:
    """Return what the paper says; `own` are the operator's words over ours."""
    return Texts(said=dict(own))


def is_leftward(language: str) -> bool:
    """Say whether a language is written from right to left (BCP 47: its script, else itself)."""
    name, *rest = language.casefold().split("-")
    scripts = [one for one in rest if len(one) == 4 and one.isalpha()]
    return scripts[0] in _LEFTWARD if scripts else name in _LEFTWARD_LANGUAGES
