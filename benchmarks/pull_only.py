"""Broadsheet without the paper: ask, read and keep, which is all that its peers do.

`python -m benchmarks.pull_only CONFIG STATE`. The same store, sandbox and fetcher as
`broadsheet build --all`, by their public functions; nothing is judged or printed.
"""

import sys
from pathlib import Path
from threading import Event

from aggregator.clock import utc_now
from aggregator.intake import keep
from aggregator.pipeline import open_newsroom
from aggregator.pull import Turn, pull
from aggregator.running import open_fetcher
from aggregator.settings import load
from aggregator.store.engine import transaction
from aggregator.store.sources import enrol, remembered


def main(config: Path, state: Path) -> int:
    """Ask every source and keep what it says; return how many failed."""
    settings, now = load(config), utc_now()
    with (
        open_newsroom(state=state, output=state / "nothing") as newsroom,
        open_fetcher(settings) as fetch,
    ):
        with transaction(newsroom.engine) as connection:
            enrol(connection, settings.sources)
            known = remembered(connection)
        turns = [Turn(source=one, remembered=known[one.id]) for one in settings.sources]
        answers = pull(
            turns, settings=settings, fetch=fetch, parse=newsroom.parse, stopping=Event()
        )
        outcomes = [keep(newsroom.engine, one, settings=settings, now=now) for one in answers]
    return sum(outcome.error is not None for outcome in outcomes)


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1]), Path(sys.argv[2])), 100))
