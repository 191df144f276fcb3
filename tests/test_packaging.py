"""What is installed: three packages and all they need at work, and nothing of an operator's."""

import subprocess
import sys
from email.parser import BytesParser
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.conftest import ROOT


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The wheel's files, by path."""
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (built,) = folder.glob("*.whl")
    with ZipFile(built) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def metadata(wheel: dict[str, bytes]) -> list[tuple[str, str]]:
    (name,) = (name for name in wheel if name.endswith(".dist-info/METADATA"))
    return BytesParser().parsebytes(wheel[name]).items()


def test_its_top_level_is_our_three_packages(wheel: dict[str, bytes]) -> None:
    tops = {name.split("/")[0] for name in wheel}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "feeds", "publisher", "aggregator",
    }  # fmt: skip
    assert len(tops) == 4


def test_it_cannot_be_uploaded_by_mistake(wheel: dict[str, bytes]) -> None:
    assert ("Classifier", "Private :: Do Not Upload") in metadata(wheel)


def test_it_brings_the_command(wheel: dict[str, bytes]) -> None:
    (points,) = (wheel[name] for name in wheel if name.endswith("/entry_points.txt"))
    assert "broadsheet = aggregator.cli:main" in points.decode()


@pytest.mark.parametrize(
    "folder",
    [
        "aggregator/store/migrations",
        "aggregator/wire",
        "publisher/templates",
    ],
)
def test_it_holds_every_file_that_is_read_at_work(wheel: dict[str, bytes], folder: str) -> None:
    here = {
        str(path.relative_to(ROOT)): path.read_bytes()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert here
    assert {name: wheel.get(name) for name in here} == here


def test_it_holds_the_paper_to_start_from(wheel: dict[str, bytes]) -> None:
    assert wheel["aggregator/starter.yaml"] == (ROOT / "aggregator" / "starter.yaml").read_bytes()


def test_nothing_of_an_operator_is_in_it(wheel: dict[str, bytes]) -> None:
    strays = {"config", "state", "public", "demo", "tests", "benchmarks", "docs"}
    assert not [name for name in wheel if strays & set(Path(name).parts)]
