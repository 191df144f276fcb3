"""What pydantic found, in words an operator can act on."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from aggregator.settings_draft import ALIASES, Draft, kind_at, quoted
from aggregator.settings_editorial_shape import EditorialShape, PickShape
from aggregator.settings_feed_shape import FeedShape
from aggregator.settings_http import AuthShape, HttpShape
from aggregator.settings_kinds import MistakeError
from aggregator.settings_model import (
    DefaultsShape,
    FileShape,
    SectionShape,
    SiteShape,
    SourceShape,
)
from aggregator.yamlmarks import Place
from feeds.errors import Problem

SHAPES: Mapping[str, type[BaseModel]] = {
    "file": FileShape,
    "site": SiteShape,
    "defaults": DefaultsShape,
    "section": SectionShape,
    "source": SourceShape,
    "feed": FeedShape,
    "http": HttpShape,
    "auth": AuthShape,
    "editorial": EditorialShape,
    "pick": PickShape,
}
# pydantic's error types → our words, with what pydantic tells of the limit, and our cure
_WORDS = {
    "string_type": ("must be text", "put it in quotes"),
    "list_type": ("must be a list", "write [one, two]"),
    "dict_type": ("must be a map of keys to values", ""),
    "model_type": ("must be a map of keys to values", ""),
    "int_type": ("must be a whole number", ""),
    "bool_type": ("must be true or false", ""),
    "greater_than_equal": ("must be at least {ge}", ""),
    "less_than_equal": ("must be at most {le}", ""),
    "too_short": ("must not be empty", ""),
    "string_too_long": ("must have at most {max_length} characters", ""),
}


def in_our_words(error: ValidationError, *, at: Place, draft: Draft) -> Iterator[Problem]:
    """Yield the problems pydantic found in the part of the file that stands at `at`."""
    details = error.errors(include_url=False)
    suggested = {
        (*place[:-1], name)
        for place, each in ((_place(at, each), each) for each in details)
        if each["type"] == "extra_forbidden" and (name := known_key(place, draft.kind))
    }
    for each in details:
        place = _place(at, each)
        # a key that is only misspelt is not missing as well
        if each["type"] != "missing" or place not in suggested:
            yield draft.problem(place, *_words(each, place, draft.kind))


def known_key(place: Place, whole: str) -> str | None:
    """Return the key that whoever wrote the unknown one at `place` probably meant."""
    kind = kind_at(place[:-1], whole)
    if kind is None:
        return None
    aliases = ALIASES[kind]
    fields = (field.alias or name for name, field in SHAPES[kind].model_fields.items())
    match = closest(str(place[-1]), (*fields, *aliases))
    return match and aliases.get(match, match)


_LISTED = 12  # names in a hint


@lru_cache(maxsize=1024)  # a mistake made once is often made a thousand times
def closest(text: str, known: tuple[str, ...]) -> str | None:
    """Return the one of `known` that `text` is most like, letter case aside, if any is."""
    by_lower = {each.casefold(): each for each in known}
    matches = get_close_matches(text.casefold()[:100], by_lower, n=1)
    return by_lower[matches[0]] if matches else None


def did_you_mean(meant: str | None) -> str:
    """Return the hint that suggests `meant`, or "" where there is nothing to suggest."""
    return f"did you mean {quoted(meant)}?" if meant else ""


def hint_of(kind: str, names: Sequence[str], name: str, *, other: Iterable[str]) -> str:
    """Return what else `name` may have meant: of these names of a kind, or what they go by, too."""
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    listed = f"the {kind} are {', '.join(names[:_LISTED])}{more}"
    return " ".join(filter(None, (did_you_mean(closest(name, (*other, *names))), listed)))


def _place(at: Place, details: ErrorDetails) -> Place:
    # pydantic marks a mistake in a key itself with a step of its own
    return (*at, *(step for step in details["loc"] if step != "[key]"))


def _words(details: ErrorDetails, place: Place, whole: str) -> tuple[str, str]:
    kind, context = details["type"], details.get("ctx", {})
    if kind == "extra_forbidden":
        return "unknown key", _unknown(place, whole)
    if kind == "missing":
        return "is missing", _example(place, whole)
    if details["input"] is None:
        return "has no value", "give it one, or remove the key"
    mistake = context.get("error")
    if isinstance(mistake, MistakeError):
        return mistake.problem, mistake.hint
    if kind == "enum":
        return "must be " + str(context["expected"]).replace("'", ""), ""
    problem, hint = _WORDS.get(kind, (details["msg"], ""))
    is_scalar = isinstance(details["input"], str | int | float)
    return problem.format(**context), hint if is_scalar else ""


def _unknown(place: Place, whole: str) -> str:
    if meant := known_key(place, whole):
        return did_you_mean(meant)
    if kind_at(place[:-1], whole) in {"source", "defaults"} and place[-1] in HttpShape.model_fields:
        return "write it under http:"
    return ""


def _example(place: Place, whole: str) -> str:
    kind = kind_at(place[:-1], whole)
    field = SHAPES[kind].model_fields[str(place[-1])] if kind else None
    if field is None:
        return ""
    return f"such as {place[-1]}: {field.examples[0]}" if field.examples else str(field.description)
