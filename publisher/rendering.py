"""The one door to Jinja2: templates of ours, and those an operator puts over them."""

import traceback
from collections.abc import Callable, Mapping
from functools import lru_cache

from jinja2 import (
    ChoiceLoader,
    Environment,
    FunctionLoader,
    PackageLoader,
    PrefixLoader,
    StrictUndefined,
    TemplateError,
)

from feeds.errors import ThemeError
from publisher.theme import Theme

_MARK = "theme/"  # what the files of a theme are called in a traceback


def render(
    template: str,
    words: Mapping[str, object],
    theme: Theme,
    *,
    filters: Mapping[str, Callable[..., object]],
    names: Mapping[str, object],
) -> str:
    """Return a template filled in. Raises ThemeError where one of the theme's cannot be."""
    press = _press(theme.templates)
    press.filters.update(filters)
    press.globals.update(names)
    if not theme.templates:
        return press.get_template(template).render(words)
    try:
        return press.get_template(template).render(words)
    except (
        TemplateError,
        ArithmeticError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
    ) as error:
        raise _in_words(error, template) from error


@lru_cache(maxsize=8)
def _press(templates: tuple[tuple[str, str], ...]) -> Environment:
    own, ours = dict(templates), PackageLoader("publisher")

    def load(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        return (own[name], f"{_MARK}{name}", lambda: True) if name in own else None

    press = Environment(
        loader=ChoiceLoader([FunctionLoader(load), ours, PrefixLoader({"ours": ours})]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    press.policies["json.dumps_kwargs"] = {
        "ensure_ascii": False, "separators": (",", ":"), "sort_keys": True,
    }  # fmt: skip
    return press


def _in_words(error: Exception, template: str) -> ThemeError:
    """Return where in the theme a mistake is: the innermost place in a file of its own."""
    name, line = template, getattr(error, "lineno", None)
    if line is not None and getattr(error, "name", None):
        name = str(error.name)  # type: ignore[attr-defined]  # a TemplateSyntaxError has one
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename.startswith(_MARK):
            name, line = frame.filename.removeprefix(_MARK), frame.lineno
    return ThemeError(name, line=line, problem=str(error) or type(error).__name__)
