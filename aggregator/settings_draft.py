"""sources.yaml in our own words: aliases replaced, variables filled in, places remembered.

Words known from Planet, Perlanet, Miniflux, FreshRSS and rss-funnel are taken where they mean
the same as ours; what they call otherwise is not guessed at.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from aggregator.settings_kinds import ENVIRONMENT
from aggregator.yamlmarks import Document, Place
from feeds.errors import Problem

_SOURCE = {
    "url": "feed", "feed_url": "feed", "xmlUrl": "feed", "xmlurl": "feed",
    "title": "name", "text": "name",
    "section": "sections", "category": "sections",
    "interval": "every", "refresh": "every",
    "lang": "language",
    "entries_per_feed": "max_items", "max_entries": "max_items", "keep_max": "max_items",
    "max-age": "max_age",
    "new_feed_items": "backfill", "ignore_in_feed": "ignore",
    "disabled": "enabled", "mute": "enabled",
    "client": "http",
}  # fmt: skip
_ASKING = {"every", "language", "max_items", "max_age", "backfill", "ignore", "http"}
ALIASES: Mapping[str, Mapping[str, str]] = {
    "file": {},
    "editorial": {},
    "site": {
        "name": "title", "url": "base_url", "link": "base_url", "subtitle": "tagline",
        "description": "tagline", "lang": "language", "owner_email": "contact",
        "items_per_page": "entries",
    },
    "defaults": {alias: name for alias, name in _SOURCE.items() if name in _ASKING},
    "section": {"name": "title", "keywords": "words"},
    "source": _SOURCE,
    "http": {
        "agent": "user_agent", "cookies": "cookie", "proxy_url": "proxy",
        "allow_self_signed_certificates": "accept_invalid_certs",
    },
    "feed": {
        "name": "title", "section": "sections", "source": "sources", "language": "languages",
        "lang": "languages", "keywords": "words", "tier": "tiers", "max_items": "limit",
    },
    "pick": {"url": "article"},
    "auth": {"username": "user", "login": "user", "pass": "password"},
}  # fmt: skip
_NEGATED = {"disabled", "mute"}
_WITHIN = {
    ("file", "site"): "site",
    ("file", "defaults"): "defaults",
    ("file", "sections"): "section",
    ("file", "sources"): "source",
    ("file", "feeds"): "feed",
    ("section", "sections"): "section",
    ("defaults", "http"): "http",
    ("source", "http"): "http",
    ("http", "auth"): "auth",
    ("editorial", "picks"): "pick",
}
_REFERENCE = re.compile(r"\$\{[^}]*\}?")
_DATABASE = ("site", "database")  # whose URL may hold a password
_PLAIN_KEY = re.compile(r"[^\W_](?:[\w .-]{0,38}[\w-])?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """The file's values in our words, and how to say where in the file something stands.

    `written` has the operator's own spelling of each key that is an alias; `variables` are those
    of the environment that the file names, with their values. `kind` is which of `ALIASES` rules
    the file itself.
    """

    file: str
    value: object
    lines: Mapping[Place, int]
    written: Mapping[Place, str]
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)
    kind: str = "file"

    def has(self, place: Place) -> bool:
        """Say whether the operator wrote something at `place`."""
        return self._as_written(place) in self.lines

    def line(self, place: Place) -> int | None:
        """Return the line of `place`, or of the nearest thing around it."""
        written = self._as_written(place)
        around = (written[:length] for length in range(len(written), -1, -1))
        return next((self.lines[each] for each in around if each in self.lines), None)

    def problem(self, place: Place, problem: str, hint: str = "") -> Problem:
        """Return a problem at `place`, in the operator's own words."""
        if place and isinstance(place[-1], int) and not self.has(place):
            place = place[:-1]  # one name where a list may be
        key = "".join(map(_step, self._as_written(place))).removeprefix(".")
        return Problem(file=self.file, line=self.line(place), key=key, problem=problem, hint=hint)

    def _as_written(self, place: Place) -> Place:
        return tuple(self.written.get(place[: at + 1], step) for at, step in enumerate(place))


def draft(
    document: Document, *, file: str, environ: Mapping[str, str], kind: str = "file"
) -> tuple[Draft, tuple[Problem, ...]]:
    """Return the document in our words, and what kept parts of it from being so."""
    drafting = _Drafting(file, document, environ, kind)
    value = drafting.part(document.value, (), kind)
    return drafting.draft(value), tuple(drafting.problems)


def kind_at(place: Place, whole: str) -> str | None:
    """Return which of `ALIASES` rules the keys directly beneath `place` of a `whole`, if any."""
    kind: str | None = whole
    for step in place:
        if isinstance(step, str):
            kind = _WITHIN.get((kind or "", step))
    return kind


def quoted(text: str) -> str:
    """Return `text` in quotes, on one line and of bearable length."""
    shown = "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
    return f'"{shown[:60]}…"' if len(shown) > 60 else f'"{shown}"'


def _step(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _PLAIN_KEY.fullmatch(step) else f".{quoted(step)}"


class _Drafting:
    """The walk through one document."""

    def __init__(
        self, file: str, document: Document, environ: Mapping[str, str], kind: str
    ) -> None:
        self.problems: list[Problem] = []
        self._file = file
        self._kind = kind
        self._lines = document.lines
        self._environ = environ
        self._written: dict[Place, str] = {}
        self._variables: dict[str, str] = {}

    def draft(self, value: object) -> Draft:
        return Draft(
            file=self._file,
            value=value,
            lines=self._lines,
            written=self._written,
            variables=self._variables,
            kind=self._kind,
        )

    def part(self, value: object, place: Place, kind: str) -> object:
        """Return a part of the file, or a list of such parts, in our words."""
        if isinstance(value, list):
            return [self.part(each, (*place, at), kind) for at, each in enumerate(value)]
        if not isinstance(value, dict):
            return value
        members: dict[str, object] = {}
        for key, member in value.items():
            name = ALIASES[kind].get(key, key)
            if name in members:
                self._note_twice(place, key, name)
                continue
            if name != key:
                self._written[*place, name] = key
            meant = not member if key in _NEGATED and isinstance(member, bool) else member
            made = self._member(meant, (*place, name), _WITHIN.get((kind, name)))
            if made is not _LACKING:
                members[name] = made
            if (kind, name) == ("source", "feed"):
                self._filled_in(made, (*place, name))  # when it is asked, not before
        return members

    def _member(self, value: object, place: Place, kind: str | None) -> object:
        if kind is None:
            return self._filled_in(value, place) if place == _DATABASE else value
        part = self.part(value, place, kind)
        return self._filled_in(part, place) if kind == "http" else part

    def _filled_in(self, value: object, place: Place) -> object:
        """Return `value` with its variables filled in; what lacks one is left out."""
        if isinstance(value, dict):
            members = {key: self._filled_in(each, (*place, key)) for key, each in value.items()}
            return {key: member for key, member in members.items() if member is not _LACKING}
        if not isinstance(value, str):
            return value
        wrong = [each for each in _REFERENCE.findall(value) if not self._variable(each)]
        for reference in dict.fromkeys(wrong):
            if re.fullmatch(ENVIRONMENT, reference):
                self._note(
                    place, f"the environment variable {reference[2:-1]} is not set, or empty"
                )
            else:
                self._note(place, f"{quoted(reference)} names no variable", "write ${NAME}")
        if wrong:
            return _LACKING
        return _REFERENCE.sub(lambda reference: self._variable(reference[0]), value)

    def _variable(self, reference: str) -> str:
        name = reference[2:-1]
        value = self._environ.get(name, "") if reference.endswith("}") else ""
        if value:
            self._variables[name] = value
        return value

    def _note(self, place: Place, problem: str, hint: str = "") -> None:
        self.problems.append(self.draft(None).problem(place, problem, hint))

    def _note_twice(self, place: Place, key: str, name: str) -> None:
        """Note that `key` stands beside another spelling of `name`; the alias is the one to go."""
        first = self._written.get((*place, name), name)
        alias, kept = (name, key) if key == name else (key, first)
        problem = f"means the same as {quoted(kept)}, which is also here"
        self._note((*place, alias), problem, "keep one of them")


_LACKING = object()
