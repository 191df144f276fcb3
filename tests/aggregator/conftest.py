"""Tests of what is remembered run twice: on SQLite and on PostgreSQL."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aggregator import databases
from tests.aggregator.databases import Server


@pytest.fixture(scope="module", params=databases.ENGINES)
def each_engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The engine whose databases `database_of` makes: one after the other."""
    databases.use(request.param)
    yield request.param
    databases.give_back()
    databases.use("sqlite")


@pytest.fixture(autouse=True)
def _databases_are_given_back(request: pytest.FixtureRequest) -> Iterator[None]:
    # `each_engine` lasts for a module: a test that has not asked for it may meet PostgreSQL's turn.
    asked = "each_engine" in request.fixturenames
    databases.use(request.getfixturevalue("each_engine") if asked else "sqlite")
    before = databases.lent()
    yield
    databases.give_back(before)


@pytest.fixture(scope="module")
def own_server() -> Iterator[Server]:
    """A server of a module's own, which may be stopped and started."""
    folder = Path(f"{databases.RUNS}own-{os.getpid()}")
    folder.mkdir(mode=0o755)
    one = Server(folder)
    try:
        one.make(settings=databases.SAFE)
        one.start()
        yield one
    finally:
        databases.end_run(folder)
