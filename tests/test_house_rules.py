"""What this repository promises about itself."""

import ast
import re
import socket
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

PACKAGES = ("feeds", "publisher", "aggregator")


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def test_no_test_reaches_beyond_this_machine() -> None:
    with socket.socket() as client, pytest.raises(UserWarning, match=r"192\.0\.2\.1"):
        client.connect(("192.0.2.1", 80))


@pytest.mark.parametrize(
    "path", [path for path in modules() if path.name == "__init__.py"], ids=str
)
def test_a_package_imports_nothing_of_itself(path: Path) -> None:
    (docstring,) = ast.parse(path.read_text("utf-8")).body
    assert isinstance(docstring, ast.Expr)


def test_no_module_outgrows_its_reader() -> None:
    long = {path.name: count for path in modules() if (count := _lines(path)) > 300}
    assert not long


def test_no_name_says_nothing() -> None:
    hollow = re.compile(r"utils?|helpers?|managers?|misc|common|stuff")
    assert not [path for path in modules() if hollow.fullmatch(path.stem)]


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX)\b")
    assert not [path for path in modules() if later.search(path.read_text("utf-8"))]


def test_each_decision_has_a_number_of_its_own_and_is_soon_read() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in decisions]
    assert numbers == list(range(1, len(decisions) + 1)), "the next free one, at landing time"
    for number, path in zip(numbers, decisions, strict=True):
        lines = path.read_text("utf-8").splitlines()
        assert lines[0].startswith(f"# {number}. "), path.name
        assert len(lines) <= 40, path.name


def test_the_lock_file_holds_every_package_to_its_hashes() -> None:
    lock = (ROOT / "requirements.lock").read_text("utf-8")
    pinned = re.findall(r"^[a-z0-9.-]+==", lock, flags=re.MULTILINE)
    assert len(pinned) > 50
    for block in re.split(r"^(?=[a-z0-9.-]+==)", lock, flags=re.MULTILINE)[1:]:
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_everything_a_make_command_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    for command in ("install", "demo", "run", "test", "check", "bench"):
        assert re.search(rf"^{command}:", makefile, flags=re.MULTILINE)
        assert f"make {command}" in _printed(["make", "-C", str(ROOT), "help"])


def _printed(command: list[str]) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def _lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_a_module_that_says_it_is_pure_is_held_to_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contracts = project["tool"]["importlinter"]["contracts"]
    (held,) = (one["source_modules"] for one in contracts if "pure" in one["name"])
    said = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in modules()
        if re.search(r"\bPure\b", ast.get_docstring(ast.parse(path.read_text("utf-8"))) or "")
    }
    assert said <= set(held)


def test_no_document_shows_a_placeholder() -> None:
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")):
        assert not re.search(r"@[A-Z]{3,}@", path.read_text("utf-8")), path
