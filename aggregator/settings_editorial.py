"""editorial.yaml: what editors decide by hand, read and handed out as plain values.

`python -m aggregator.settings_editorial` prints its JSON Schema.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any

from pydantic import ValidationError

from aggregator.model import Section
from aggregator.ruling import Kind, Ruling
from aggregator.settings_check import Known
from aggregator.settings_draft import Draft, draft, quoted
from aggregator.settings_editorial_shape import EditorialShape
from aggregator.settings_words import in_our_words
from aggregator.yamlmarks import Place, read
from feeds.errors import Problem, SettingsError
from feeds.urls import canonical

EDITORIAL = "editorial.yaml"
_DEMANDED = frozenset({Kind.SAME, Kind.COPIES})
GROUPS = (Kind.NEVER_RELATED, Kind.SAME, Kind.COPIES, Kind.APART)  # of any two of them


def rulings(
    text: str, *, sections: Sequence[Section] | None, file: str = EDITORIAL
) -> tuple[Ruling, ...]:
    """Return what editors decided, in the order of the file; nothing where it is empty.

    `sections` are the paper's; None where they are not known, and names of them cannot be judged.
    Raises SettingsError with all that is wrong with the file at once.
    """
    document = read(text, file=file)
    written, unwritten = draft(document, file=file, environ={}, kind="editorial")
    try:
        shape = EditorialShape.model_validate({} if document.value is None else written.value)
    except ValidationError as error:
        misshapen = in_our_words(error, at=(), draft=written)
        raise SettingsError((*document.problems, *unwritten, *misshapen)) from error
    known = Known(sections=tuple(sections or ()))
    problems = [*document.problems, *unwritten, *_contradictions(shape, written)]
    if sections is not None:
        problems += _unknown_sections(shape, known, written)
    if problems:
        raise SettingsError(tuple(sorted(problems, key=lambda problem: problem.line or 0)))
    return tuple(_rulings(shape, known, written))


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of editorial.yaml."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **EditorialShape.model_json_schema(),
    }


def _rulings(shape: EditorialShape, known: Known, written: Draft) -> Iterator[Ruling]:
    for one, names in shape.section.items():
        slugs = dict.fromkeys(slug for name in names for slug in known.slugs(name)[:1])
        line = written.line(("section", one))
        yield Ruling(kind=Kind.SECTION, articles=(one,), to=tuple(slugs), line=line)
    for one, others in shape.related.items():
        line = written.line(("related", one))
        yield Ruling(kind=Kind.RELATED, articles=(one,), to=tuple(others), line=line)
    for at, one in enumerate(shape.lead):
        yield Ruling(kind=Kind.LEAD, articles=(one,), line=written.line(("lead", at)))
    for at, pick in enumerate(shape.picks):
        yield Ruling(
            kind=Kind.PICK, articles=(pick.article,), line=written.line(("picks", at)),
            note=pick.note or "", order=pick.order, since=pick.since, until=pick.until,
        )  # fmt: skip
    for place, group in _groups(shape):
        line = written.line(place)
        yield Ruling(kind=Kind(str(place[0])), articles=group, line=line)


def _groups(shape: EditorialShape) -> Iterator[tuple[Place, tuple[str, ...]]]:
    for kind in GROUPS:
        for at, group in enumerate(getattr(shape, kind)):
            yield (kind, at), tuple(dict.fromkeys(group))


def _contradictions(shape: EditorialShape, written: Draft) -> Iterator[Problem]:
    """Yield what one line demands and another forbids, and groups of one article alone."""
    said: dict[tuple[str | int, frozenset[str]], Place] = {}
    for place, group in _groups(shape):
        names = sorted({canonical(one) for one in group})
        if len(names) < 2:
            yield written.problem(place, "names one article alone", "write at least two")
        for two in combinations(names, 2):
            said.setdefault((place[0], frozenset(two)), place)
    demanded = {pair: place for (kind, pair), place in said.items() if kind in _DEMANDED}
    for at, pick in enumerate(shape.picks):
        if pick.since and pick.until and pick.until <= pick.since:
            yield written.problem(("picks", at, "until"), "is before it begins (from)")
    for pair, place in demanded.items():
        yield from _forbidden(place, said.get((Kind.APART, pair)), written)
    for one, others in shape.related.items():
        for at, other in enumerate(others):
            place = ("related", one, at)
            pair = frozenset((canonical(one), canonical(other)))
            if len(pair) == 1:
                yield written.problem(place, "leads an article to itself")
            yield from _forbidden(place, said.get((Kind.NEVER_RELATED, pair)), written)


def _forbidden(place: Place, by: Place | None, written: Draft) -> Iterator[Problem]:
    if by:
        problem = f"is forbidden by {by[0]} in line {written.line(by)}"
        yield written.problem(place, problem, "keep one of them")


def _unknown_sections(shape: EditorialShape, known: Known, written: Draft) -> Iterator[Problem]:
    for one, names in shape.section.items():
        for at, name in enumerate(names):
            place = ("section", one, at)
            slugs = known.slugs(name)
            if not slugs:
                problem = f"no section is called {quoted(name)}"
                yield written.problem(place, problem, known.hint(name))
            elif len(slugs) > 1:
                problem = f"several sections are called {quoted(name)}"
                yield written.problem(place, problem, f"say {' or '.join(slugs)}")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
