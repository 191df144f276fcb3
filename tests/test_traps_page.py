"""docs/traps.md names tests; each of them is there, and every id has its row."""

import re

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "traps.md").read_text("utf-8")
NAMED = re.compile(r"`([\w/]+\.py)?(?:::(\w+))?`")


def test_every_test_named_on_the_page_is_there() -> None:
    path, missing = "", []
    for file, name in NAMED.findall(PAGE):
        path = file or path
        text = (ROOT / "tests" / path).read_text("utf-8")
        if name and f"def {name}(" not in text:
            missing.append(f"{path}::{name}")
    assert len(NAMED.findall(PAGE)) > 70
    assert missing == []


@pytest.mark.parametrize(
    ("letter", "last", "without"),
    [("N", 38, ()), ("T", 20, (19,)), ("C", 20, ()), ("TS", 8, ()), ("D", 12, ()), ("W", 9, ())],
)
def test_every_id_has_a_row(letter: str, last: int, without: tuple[int, ...]) -> None:
    met: set[int] = set()
    for first, end in re.findall(rf"\b{letter}(\d+)(?:\W{letter}(\d+))?", PAGE):
        met |= set(range(int(first), int(end or first) + 1))
    assert set(range(1, last + 1)) - met == set(without)
