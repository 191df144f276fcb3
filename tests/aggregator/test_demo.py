"""The demo: the whole product, off-line, twice on the same state."""

import io
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import feedparser
import pytest
from lxml import etree

from aggregator import settings
from aggregator.wire_server import sources_yaml
from tests.aggregator.commands import COMMAND, Paper, call, no_traceback, published

SITE = "http://127.0.0.1:8420/"
SICK = {
    "Silent Tribune": "cannot connect to silent-tribune.example: connection refused",
    "Closed Observer": "the server answers 410 Gone: the feed has ended for good",
    "Lost Gazette": "the document is an HTML page, not a feed",
}
KARABAKH = {
    "http://baltic-courier.example/2024/06/russia-ends-karabakh-mission/",
    "http://meridian-wire.example/wire/last-convoy-leaves-khojaly",
    "http://kura-review.example/analysis/russian-peacekeepers-leave-karabakh.html",
    "http://hemicycle-record.example/record/karabakh-withdrawal-brussels",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a demo said, and the paper it left: each file's bytes and when it was written."""

    said: str
    files: dict[str, bytes]
    written: dict[str, int]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def demo(folder: Path) -> Shown:
    return show(folder)


@pytest.fixture(scope="module")
def again(folder: Path, demo: Shown) -> Shown:
    return show(folder)


def show(folder: Path) -> Shown:
    output = folder / "public"
    ended = subprocess.run(
        [*COMMAND, "demo", "--once", "--output", output, "--state", folder / "state"],
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stderr == ""
    files = published(output)
    return Shown(
        said=ended.stdout,
        files=files,
        written={path: (output / path).stat().st_mtime_ns for path in files},
    )


def entries(demo: Shown, path: str) -> list[Any]:
    return list(feedparser.parse(io.BytesIO(demo.files[path])).entries)  # noqa: TID251


def atom(demo: Shown) -> dict[str, bytes]:
    return {path: body for path, body in demo.files.items() if path.endswith("atom.xml")}


def test_every_section_has_a_feed_with_entries(demo: Shown) -> None:
    paths = {
        f"{section.path}/atom.xml"
        for section in settings.parse(sources_yaml(SITE), file="sources.yaml").sections
    }
    assert atom(demo).keys() == paths | {"atom.xml"}
    assert all(entries(demo, path) for path in paths)


def test_every_feed_is_valid_atom(demo: Shown, corpora: Path) -> None:
    grammar = etree.RelaxNG(etree.parse(corpora / "schemas" / "atom-rfc4287.rng"))
    for body in atom(demo).values():
        grammar.assertValid(etree.fromstring(body))


def test_the_articles_on_karabakh_lead_to_each_other(demo: Shown) -> None:
    by_permalink = {
        entry.link: entry for entry in entries(demo, "security-defence/south-caucasus/atom.xml")
    }
    for permalink in KARABAKH:
        related = {link.href for link in by_permalink[permalink].links if link.rel == "related"}
        assert related >= KARABAKH - {permalink}


def test_only_the_sources_nobody_could_read_fail_and_it_says_why(demo: Shown) -> None:
    failures = re.findall("^failed (.+?): (.+)$", demo.said, re.MULTILINE)
    assert {name for name, _ in failures} == SICK.keys()
    assert all(why.startswith(SICK[name]) for name, why in failures)
    assert "26 sources asked, 3 failed;" in demo.said


def test_status_tells_of_the_demo_what_it_tells_of_a_paper(demo: Shown, folder: Path) -> None:
    paper = Paper(folder=folder)
    (folder / "config").mkdir()
    (folder / "config" / "sources.yaml").write_text(sources_yaml(SITE), "utf-8")
    rows = paper.status().values()
    failed = {row["name"]: str(row["error"]) for row in rows if row["error"]}
    assert failed.keys() == SICK.keys() == {row["name"] for row in rows if not row["entries"]}
    assert all(failed[name].startswith(why) for name, why in SICK.items())
    assert {row["name"] for row in rows if row["state"] != "ok"} == SICK.keys()


def test_a_second_time_changes_no_byte_and_writes_no_file(demo: Shown, again: Shown) -> None:
    assert again.files == demo.files
    assert again.written == demo.written
    assert "0 new articles, 0 changed; 0 files written" in again.said


def test_an_output_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    said = call("demo", "--once", f"--output={tmp_path / 'o'}", f"--state={file / 'x'}")
    assert said.exit_code == 3
    assert f"the state folder {file / 'x'} cannot be used: Not a directory" in said.stderr
    assert no_traceback([said.output])
