"""The paper's own words, in its readers' language. Pure but for the catalogues that come with it.

English is written where it is said, and is the key of every catalogue: what a catalogue leaves
out is said in English. A `{name}` in braces stands for what the press puts there.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from importlib.resources import files
from string import Formatter
from typing import Final

from markupsafe import Markup, escape

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FOLDER = files("publisher") / "wording"
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


ENGLISH: Final = Texts()


@lru_cache(maxsize=64)
def texts(language: str, own: tuple[tuple[str, str], ...] = ()) -> Texts:
    """Return what the paper says in a language; `own` are the operator's words over ours.

    English is said where there is no catalogue of the language, region and script aside.
    """
    return Texts(said={**_catalogue(language), **dict(own)})


def is_leftward(language: str) -> bool:
    """Say whether a language is written from right to left (BCP 47: its script, else itself)."""
    name, *rest = language.casefold().split("-")
    scripts = [one for one in rest if len(one) == 4 and one.isalpha()]
    return scripts[0] in _LEFTWARD if scripts else name in _LEFTWARD_LANGUAGES


def sentences() -> frozenset[str]:
    """Return every sentence of ours that can be said otherwise: each catalogue has them all."""
    return frozenset(_catalogue("de"))


def languages() -> tuple[str, ...]:
    """Return the languages there is a catalogue for, beside English."""
    names = (one.name for one in _FOLDER.iterdir() if one.name.endswith(".json"))
    return tuple(sorted(name.removesuffix(".json") for name in names))


def parts_of(sentence: str) -> frozenset[str]:
    """Return the names in braces; raises ValueError where braces do not match."""
    return frozenset(name for _, name, *_ in Formatter().parse(sentence) if name is not None)


def _catalogue(language: str) -> Mapping[str, str]:
    name = language.casefold().partition("-")[0]
    if name not in languages():
        return {}
    said: dict[str, str] = json.loads((_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return said
