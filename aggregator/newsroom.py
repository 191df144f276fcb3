"""All that a paper is made with, held while it is: the store, the workers, where it is printed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from aggregator.pull import Parse
from aggregator.store.address import address, database_url
from aggregator.store.engine import hold, hold_database, open_database
from feeds.reader import read
from feeds.sandbox import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """All that building a paper touches: the store, the network, the workers, the paper."""

    engine: Engine
    output: Path
    parse: Parse
    stopping: Event = field(default_factory=Event)


@contextmanager
def open_newsroom(*, state: Path, output: Path, database: str | None = None) -> Iterator[Newsroom]:
    """Hold the state and open all that a build needs; close it again.

    Raises StateHeldError where another copy is at work, StoreError where nothing can be kept.
    """
    url = database or database_url(state)
    address(url)  # before anything is made for one that leads nowhere
    with hold(state), hold_database(url):
        engine = open_database(url)
        try:
            with Sandbox(read) as sandbox:
                yield Newsroom(engine=engine, output=output, parse=sandbox)
        finally:
            engine.dispose()
