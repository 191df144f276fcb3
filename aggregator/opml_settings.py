"""Our sources as a list of feeds (OPML): every setting in a word another Broadsheet reads. Pure."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import timedelta
from enum import Enum
from typing import Any

from aggregator.durations import parse_interval, show_interval
from aggregator.model import Section, Settings, Slug, Source
from aggregator.opml_secrets import in_names
from aggregator.yamltext import Value
from feeds.opml import Folder, Listing, Subscription

HTTP = "http"  # where operators keep passwords
_SAID_ELSEWHERE = frozenset(
    {"name", "feed", "language", "sections", "title", "path", "parent", "blind", "variables"}
)


class Unfilled(Mapping[str, str]):
    """An environment in which `${NAME}` stands for itself, so that no secret leaves its place.

    An interval is no secret, and nothing but an interval can stand where one must.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    def __getitem__(self, name: str) -> str:
        value = self._environ.get(name, "")
        try:
            parse_interval(value)
        except ValueError:
            return f"${{{name}}}"
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._environ)

    def __len__(self) -> int:
        return len(self._environ)

    def __bool__(self) -> bool:
        """Say yes: any name can be asked for."""
        return True


def listing_of(settings: Settings, *, with_http: bool = False) -> Listing:
    """Return our sources as a list that any reader takes, and that imports as the same sources.

    A source stands in its first section. `http` is left out unless asked for: lists are passed
    around. Read the settings with `Unfilled`, so that its variables stay variables; secrets that
    are written out become variables, and the notes of the list say which.
    """
    named = {source.id: in_names(source) for source in settings.sources}
    paths: dict[Slug, tuple[str, ...]] = {}
    folders = []
    for section in settings.sections:
        around = paths[section.parent] if section.parent else ()
        paths[section.slug] = (*around, section.title)
        folders.append(Folder(path=paths[section.slug], settings=_said(section)))
    return Listing(
        title=settings.site.title,
        folders=tuple(folders),
        subscriptions=tuple(
            Subscription(
                feed=source.feed,
                title=source.name,
                folders=paths[source.sections[0]] if source.sections else (),
                language=source.language or "",
                settings=_source(source, with_http=with_http),
            )
            for source, _ in named.values()
        ),
        notes=tuple(
            f"{source.name}: a secret is written out in its settings; the list says ${{{name}}}"
            for source, names in named.values()
            for name in names
            if with_http or f"${{{name}}}" in source.feed
        ),
    )


def decoded(written: str) -> Value:
    """Return what an attribute of ours says: JSON, and text where it is none."""
    try:
        value: Value = json.loads(written)
    except (ValueError, RecursionError):
        return written
    return value


def _source(source: Source, *, with_http: bool) -> dict[str, str]:
    said = _said(source)
    if source.sections:
        said["sections"] = _encoded(list(source.sections))
    if not with_http:
        said.pop(HTTP, None)
    return said


def _said(part: Section | Source) -> dict[str, str]:
    """Return what is set, by the words of sources.yaml; what is as it would be anyway is not."""
    plain = _plain(part)
    if isinstance(part, Source) and part.blind == part.every and not part.cron:
        plain["every"] = show_interval(part.every)  # said, even where it is what it would be anyway
    if isinstance(part, Source) and part.backfill is None:
        plain["backfill"] = "all"
    return {key: _encoded(value) for key, value in plain.items() if key not in _SAID_ELSEWHERE}


def _encoded(value: Value) -> str:
    if isinstance(value, str) and decoded(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _plain(part: Any) -> dict[str, Any]:
    values = ((each.name, getattr(part, each.name), each) for each in fields(part))
    return {name: _value(value) for name, value, each in values if value != _default(each)}


def _value(value: Any) -> Any:
    """Return a setting as YAML spells it."""
    spelt: Any
    match value:
        case timedelta():
            spelt = show_interval(value)
        case Enum():
            spelt = value.value
        case None | str() | int() | float():
            spelt = value
        case Mapping():
            spelt = {key: _value(each) for key, each in value.items()}
        case tuple() if value and all(isinstance(each, tuple) for each in value):
            spelt = dict(value)
        case tuple():
            spelt = [_value(each) for each in value]
        case _ if is_dataclass(value):
            spelt = _plain(value)
        case _:
            raise TypeError(f"{value!r} is no kind of setting we know how to write")
    return spelt


def _default(each: "Field[Any]") -> object:
    if each.default_factory is not MISSING:
        return each.default_factory()
    return each.default
