"""What a start loads: a turn in which nobody has news is over before a library is read in vain."""

import os
import subprocess
import sys

import pytest

from tests.conftest import ROOT

TOLD = """
import sys, tempfile
from pathlib import Path
from aggregator.newsroom import open_newsroom

with tempfile.TemporaryDirectory() as folder:
    for _ in range(2):
        loaded = set(sys.modules)
        with open_newsroom(state=Path(folder), output=Path(folder)) as newsroom:
            pass
        print(*sorted({name.partition(".")[0] for name in set(sys.modules) - loaded}))
"""


def told(program: str) -> list[set[str]]:
    said = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    ).stdout
    return [set(line.split()) for line in said.splitlines()]


def test_only_what_makes_a_database_loads_what_changes_its_shape() -> None:
    first, second = told(TOLD)
    assert "alembic" in first
    assert "alembic" not in second


@pytest.mark.parametrize("name", ["structlog", "rich", "jinja2", "feedgen", "starlette"])
def test_getting_what_sources_say_loads_nothing_that_only_printing_needs(name: str) -> None:
    program = "import sys, aggregator.keeping, aggregator.store.engine; print(*sorted(sys.modules))"
    (loaded,) = told(program)
    assert "sqlalchemy" in loaded
    assert name not in loaded
