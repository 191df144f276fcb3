"""sources.yaml, and editorial.yaml beside it: read, judged, and handed out as plain values.

`python -m aggregator.settings` prints its JSON Schema, for editors that complete and validate.
"""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path, PurePath
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from aggregator.model import Section, Settings
from aggregator.settings_check import (
    Known,
    Shapes,
    flattened,
    section_problems,
    source_of,
    source_problems,
)
from aggregator.settings_draft import Draft, draft
from aggregator.settings_editorial import EDITORIAL, rulings
from aggregator.settings_feed_shape import FeedShape
from aggregator.settings_feeds import Sources, feed_problems, selection_of, slug_of
from aggregator.settings_former import former_problems
from aggregator.settings_model import (
    DefaultsShape,
    FileShape,
    SectionShape,
    SiteShape,
    SourceShape,
)
from aggregator.settings_site import site_of, site_problems
from aggregator.settings_theme import theme
from aggregator.settings_words import in_our_words
from aggregator.yamlmarks import Place, read, read_file
from feeds.errors import Problem, SettingsError
from publisher.theme import Theme

FILE = "sources.yaml"
MOST_PROBLEMS = 100  # told at once

_Part = TypeVar("_Part", bound=BaseModel)


def load(directory: Path) -> Settings:
    """Return the settings in a directory's sources.yaml, editorial.yaml and theme/ beside it.

    Raises SettingsError with all that is wrong with them at once.
    """
    problems: tuple[Problem, ...] = ()
    settings: Settings | None = None
    ruled = rulings("", sections=())
    try:
        text = read_file(directory / FILE)
        # not resolved: a folder swapped by symlink must not give its files new addresses
        settings = parse(text, environ=os.environ, directory=directory.absolute())
    except SettingsError as error:
        problems = error.problems
    try:
        file = directory / EDITORIAL
        text = read_file(file) if file.exists() else ""
        ruled = rulings(text, sections=settings.sections if settings else None)
    except SettingsError as error:
        problems += error.problems
    look = Theme()
    try:
        look = theme(directory)
    except SettingsError as error:
        problems += error.problems
    if settings is None or problems:
        raise SettingsError(problems)
    return replace(settings, rulings=ruled, theme=look)


def parse(
    text: str,
    *,
    file: str = FILE,
    environ: Mapping[str, str] | None = None,
    directory: PurePath | None = None,
) -> Settings:
    """Return the settings that `text` spells; raise SettingsError with all its problems at once.

    `environ` fills in `${NAME}` under http, and in a feed's address when it is asked; `directory`
    is where a relative `file:` begins, which stays relative without one.
    """
    document = read(text, file=file)
    if document.value is None:
        empty = Problem(file=file, problem="is empty", hint="`broadsheet init` writes one")
        raise SettingsError((empty,))
    written, unwritten = draft(document, file=file, environ=environ or {})
    shapes, misshapen = _shapes(written)
    sections = dict(flattened(shapes.sections))
    problems = [
        *document.problems,
        *unwritten,
        *misshapen,
        *site_problems(shapes.site, written),
        *section_problems(sections, written),
        *former_problems(
            {place: one.slug for place, one in sections.items()},
            {place: one.formerly for place, one in sections.items()},
            written,
        ),
        *source_problems(shapes, sections.values(), written, directory),
        *feed_problems(
            shapes.feeds,
            Known(sections=tuple(sections.values())) if shapes.all_sections else None,
            _sources(shapes) if shapes.all_sources else None,
            written,
        ),
        *former_problems(
            {place: slug_of(one) for place, one in shapes.feeds.items()},
            {place: one.formerly for place, one in shapes.feeds.items()},
            written,
        ),
    ]
    if problems or shapes.site is None:
        raise _refusal(problems, file)
    return _settings(shapes, shapes.site, tuple(sections.values()), directory, written.variables)


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of sources.yaml, in our own words for every key.

    Aliases are not in it, so that editors lead to the canonical words.
    """
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **FileShape.model_json_schema(),
    }


def _settings(
    shapes: Shapes,
    site: SiteShape,
    sections: tuple[Section, ...],
    directory: PurePath | None,
    variables: Mapping[str, str],
) -> Settings:
    known, defaults, sources = Known(sections=sections), shapes.defaults, _sources(shapes)
    return Settings(
        site=site_of(site),
        sections=sections,
        sources=tuple(
            source_of(shape, defaults, known, directory, variables)
            for shape in shapes.sources.values()
        ),
        feeds=tuple(selection_of(one, known, sources) for one in shapes.feeds.values()),
    )


def _sources(shapes: Shapes) -> Sources:
    return Sources.of(list(shapes.sources.values()), shapes.defaults)


def _refusal(problems: list[Problem], file: str) -> SettingsError:
    ordered = sorted(problems, key=lambda problem: problem.line or 0)
    told = ordered[:MOST_PROBLEMS]
    if more := len(ordered) - len(told):
        told.append(Problem(file=file, problem=f"… and {more} more"))
    return SettingsError(tuple(told))


def _shapes(written: Draft) -> tuple[Shapes, list[Problem]]:
    """Return the sound parts of the file and the problems of the others.

    Parts that are sound are still held against each other, so that no mistake hides another.
    """
    try:
        whole = FileShape.model_validate(written.value)
    except ValidationError as error:
        problems = list(in_our_words(error, at=(), draft=written))
        return _sound_parts(written.value), problems
    return Shapes(
        site=whole.site,
        defaults=whole.defaults,
        sections={("sections", at): each for at, each in enumerate(whole.sections)},
        sources={("sources", at): each for at, each in enumerate(whole.sources)},
        feeds={("feeds", at): each for at, each in enumerate(whole.feeds)},
    ), []


def _sound_parts(value: object) -> Shapes:
    parts = value if isinstance(value, dict) else {}
    sections, sources = parts.get("sections", []), parts.get("sources", [])
    sound = _sound_members(SectionShape, sections, "sections")
    asked = _sound_members(SourceShape, sources, "sources")
    return Shapes(
        site=_sound(SiteShape, parts.get("site")),
        defaults=_sound(DefaultsShape, parts.get("defaults")) or DefaultsShape(),
        sections=sound,
        sources=asked,
        feeds=_sound_members(FeedShape, parts.get("feeds"), "feeds"),
        all_sections=isinstance(sections, list) and len(sections) == len(sound),
        all_sources=isinstance(sources, list) and len(sources) == len(asked),
    )


def _sound_members(shape: type[_Part], values: object, key: str) -> dict[Place, _Part]:
    members = values if isinstance(values, list) else []
    shapes = {(key, at): _sound(shape, each) for at, each in enumerate(members)}
    return {place: each for place, each in shapes.items() if each is not None}


def _sound(shape: type[_Part], value: object) -> _Part | None:
    """Return the part without its unsound optional keys; None where it needs one of them."""
    try:
        return shape.model_validate(value)
    except ValidationError as error:
        unsound = {each["loc"][0] for each in error.errors() if each["loc"]}
    # without its id or slug a part would answer to another name and clash with the innocent;
    # without its sections it would leave names unknown that are only misspelt elsewhere
    if not isinstance(value, dict) or unsound & {"id", "slug", "sections"}:
        return None
    try:
        return shape.model_validate({key: value[key] for key in value.keys() - unsound})
    except ValidationError:
        return None


if __name__ == "__main__":
    sys.stdout.write(json.dumps(schema(), indent=2, ensure_ascii=False) + "\n")
