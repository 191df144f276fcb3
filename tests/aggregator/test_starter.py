"""The paper that `broadsheet init` writes."""

import json
from datetime import timedelta
from pathlib import Path

import jsonschema
import pytest
import yaml

from aggregator import starter
from aggregator.settings import load
from feeds.errors import BroadsheetError
from tests.conftest import ROOT


def test_what_is_written_can_be_used_as_it_is(tmp_path: Path) -> None:
    written = starter.write(tmp_path / "new" / "paper")
    assert all(path.is_file() for path in written)
    settings = load(tmp_path / "new" / "paper" / "config")
    assert settings.sources
    assert all(source.sections for source in settings.sources)


def test_editors_find_the_schema_and_it_agrees(tmp_path: Path) -> None:
    sources, schema, _ = starter.write(tmp_path)
    text = sources.read_text("utf-8")
    assert f"$schema={schema.name}\n" in text.splitlines(keepends=True)[0]
    jsonschema.validate(yaml.safe_load(text), json.loads(schema.read_text("utf-8")))


def test_a_paper_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    mine = tmp_path / "config" / "sources.yaml"
    mine.write_text("mine", "utf-8")
    with pytest.raises(BroadsheetError, match=r"sources\.yaml is there already"):
        starter.write(tmp_path)
    assert [path.name for path in mine.parent.iterdir()] == ["sources.yaml"]
    assert mine.read_text("utf-8") == "mine"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BroadsheetError, match=r"file/config cannot be written: Not a directory"):
        starter.write(tmp_path / "file")


def test_the_papers_we_hand_out_leave_politeness_to_servers_without_validators_to_us(
    tmp_path: Path,
) -> None:
    starter.write(tmp_path)
    for folder in (tmp_path / "config", ROOT / "config"):
        text = (folder / "sources.yaml").read_text("utf-8")
        for source in load(folder).sources:
            entry = text.partition(f"name: {source.name}\n")[2].partition("- name:")[0]
            assert entry, source.name
            assert (source.blind == timedelta(days=1)) is ("every:" not in entry), source.name
