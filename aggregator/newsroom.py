"""All that a paper is made with, held while it is: the store, the workers, where it is printed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event

from sqlalchemy import Engine

from aggregator.classifier import Classifier
from aggregator.classifier_file import FILE, Classifiers
from aggregator.pull import Parse
from aggregator.store.address import address, database_url, file_of
from aggregator.store.engine import hold, hold_database, open_database
from feeds.reader import NEEDS, read
from feeds.sandbox import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsroom:
    """All that building a paper touches: the store, the network, the workers, the paper.

    `classifier` gives what articles are placed by that nobody else places, as it is now.
    """

    engine: Engine
    output: Path
    parse: Parse
    stopping: Event = field(default_factory=Event)
    classifier: Callable[[], Classifier | None] = lambda: None


@contextmanager
def open_newsroom(*, state: Path, output: Path, database: str | None = None) -> Iterator[Newsroom]:
    """Hold the state and open all that a build needs; close it again.

    Raises StateHeldError where another copy is at work, StoreError where nothing can be kept.
    """
    url = database or database_url(state)
    where = address(url)  # before anything is made for one that leads nowhere
    with hold(state), hold_database(url), Sandbox(read, needs=NEEDS) as sandbox:
        file = file_of(where)
        if file and not file.exists():
            sandbox.start()  # nothing is known: much will have to be read
        engine = open_database(url)
        known = Classifiers(state / FILE)
        try:
            yield Newsroom(engine=engine, output=output, parse=sandbox, classifier=known.current)
        finally:
            engine.dispose()
