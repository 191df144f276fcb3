"""sources.schema.json and the manual say what the code does."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from aggregator.settings import load, parse, schema
from aggregator.settings_draft import ALIASES
from aggregator.settings_editorial import schema as editorial_schema
from aggregator.settings_words import SHAPES
from aggregator.yamlmarks import read

CONFIG = Path(__file__).resolve().parents[2] / "config"
MANUAL = (CONFIG / "README.md").read_text(encoding="utf-8")
EXAMPLE = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)[0]


def errors(value: object) -> list[str]:
    return [error.message for error in Draft202012Validator(schema()).iter_errors(value)]


def value_of(text: str) -> Any:
    return read(text, file="sources.yaml").value


def keys_of(shape: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a shape as operators call them."""
    return {field.alias or name: field for name, field in shape.model_fields.items()}


def test_the_stored_schema_is_current() -> None:
    stored = json.loads((CONFIG / "sources.schema.json").read_text(encoding="utf-8"))
    command = ".venv/bin/python -m aggregator.settings > config/sources.schema.json"
    assert stored == schema(), f"run {command}"


def test_the_schema_is_a_schema_and_names_its_draft() -> None:
    Draft202012Validator.check_schema(schema())
    assert schema()["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_paper_we_come_with_is_valid_by_schema_and_by_code() -> None:
    text = (CONFIG / "sources.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=sources.schema.json\n")
    assert errors(value_of(text)) == []
    settings = load(CONFIG)
    assert [section.slug for section in settings.sections][:2] == [
        "security-defence",
        "south-caucasus",
    ]
    assert sum(section.parent is None for section in settings.sections) >= 6
    assert len(settings.sources) >= 30
    assert all(section.words for section in settings.sections)


def test_the_manuals_example_is_valid_by_schema_and_by_code() -> None:
    assert errors(value_of(EXAMPLE)) == []
    settings = parse(EXAMPLE, environ={"MINISTRY_TOKEN": "s3cret"})
    assert settings.sources[1].http.headers == (("Authorization", "Bearer s3cret"),)


@pytest.mark.parametrize("kind", sorted(SHAPES))
def test_the_manual_explains_every_key_and_alias(kind: str) -> None:
    for key in keys_of(SHAPES[kind]):
        assert re.search(rf"^\| `{key}` \|", MANUAL, re.MULTILINE), key
    for alias in ALIASES[kind]:
        assert re.search(rf"`{alias}(: true)?`", MANUAL), alias


def test_an_alias_leads_to_a_key_that_exists_and_hides_none() -> None:
    for kind, aliases in ALIASES.items():
        keys = SHAPES[kind].model_fields.keys()
        assert set(aliases.values()) <= keys
        assert not aliases.keys() & keys


def maps_within(value: object) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for member in value.values():
            yield from maps_within(member)
    if isinstance(value, list):
        for member in value:
            yield from maps_within(member)


def test_the_schema_refuses_an_unknown_key_wherever_we_do() -> None:
    valid = value_of(EXAMPLE)
    free = [valid["sources"][0]["categories"], valid["sources"][1]["http"]["headers"]]
    known = [each for each in maps_within(valid) if not any(each is one for one in free)]
    assert len(known) == 9
    for each in known:
        each["evry"] = "1h"
        assert errors(valid)
        del each["evry"]
    assert errors(valid) == []


def test_every_key_has_a_meaning_and_every_example_is_one() -> None:
    whole, editorial = schema(), editorial_schema()
    for shape in SHAPES.values():
        files = {"FileShape": whole, "EditorialShape": editorial}
        defs = {**whole["$defs"], **editorial["$defs"]}
        part = {**defs, **files}[shape.__name__]
        for key, field in keys_of(shape).items():
            assert field.description, key
            validator = Draft202012Validator({"$defs": defs, **part["properties"][key]})
            for example in field.examples or []:
                assert list(validator.iter_errors(example)) == [], (key, example)
