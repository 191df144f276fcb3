"""What a list of feeds says, held against what sources.yaml may say. Pure."""

import re
import unicodedata
from collections.abc import Collection, Mapping

from aggregator.opml_settings import Unfilled
from aggregator.settings import parse
from aggregator.slugs import LONGEST
from aggregator.yamltext import Value, yaml_value
from feeds.errors import SettingsError

LONGEST_LINE = 300
_SOMETHING: dict[str, dict[str, Value]] = {
    "sections": {"title": "Trial", "slug": "trial"},
    "sources": {"name": "Trial", "feed": "https://feed.invalid/", "id": "trial"},
}
_UNWANTED = frozenset({"Cc", "Cn", "Cs"})
_KEY = re.compile(r"(?:sections|sources)\[0\]\.(\w+)")


class Trial:
    """A paper at `base_url` to try a section or a source in, and the notes that came of it.

    Raises SettingsError where there can be no paper at that address.
    """

    def __init__(self, base_url: str) -> None:
        self.notes: list[str] = []
        self._site = f"site: {{title: Trial, base_url: {yaml_value([base_url])[1:-1]}}}\n"
        self._parse({})

    def problems(self, part: str, keys: Mapping[str, Value]) -> dict[str, str]:
        """Return what is wrong with a section or a source, in words, by its keys."""
        try:
            self._parse({part: keys})
        except SettingsError as error:
            found = ((_KEY.match(each.key), each.problem) for each in error.problems)
            return {match[1] if match else "": problem for match, problem in found}
        return {}

    def usable(
        self, part: str, needed: dict[str, Value], said: Mapping[str, Value]
    ) -> dict[str, Value]:
        """Return what of `said` can stand beside what is needed; note the rest."""
        kept = dict(said)
        while kept and (wrong := self.problems(part, needed | kept)):
            for key, problem in wrong.items():
                self.notes.append(f"{key} of {next(iter(needed.values()))}: {problem}")
            if not wrong.keys() & kept.keys():  # it is what they stand beside that is wrong
                return {}
            kept = {key: value for key, value in kept.items() if key not in wrong}
        return kept

    def _parse(self, keys: Mapping[str, Mapping[str, Value]]) -> None:
        parts = {part: [plain | dict(keys.get(part, {}))] for part, plain in _SOMETHING.items()}
        lines = (f"{part}: {yaml_value(value)}\n" for part, value in parts.items())
        parse(self._site + "".join(lines), environ=Unfilled({}))


def clean(text: str) -> str:
    """Return text as a line of sources.yaml can hold it."""
    kept = (" " if unicodedata.category(each) in _UNWANTED else each for each in text)
    return " ".join("".join(kept).split())[:LONGEST_LINE].strip()


def unused(wanted: str, taken: Collection[str]) -> str:
    """Return the slug `wanted`, or with a number behind it the first that is not taken."""
    name, number = wanted, 1
    while name in taken:
        number += 1
        name = f"{wanted[: LONGEST - 7].rstrip('-')}-{number}"
    return name
