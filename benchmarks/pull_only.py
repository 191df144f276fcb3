"""Broadsheet without the paper: ask, read and keep, which is all that its peers do.

`python -m benchmarks.pull_only CONFIG STATE`. The same store, sandbox and fetcher as
`broadsheet build --all`, by their public functions; nothing is judged or printed.
"""

import sys
from contextlib import closing
from pathlib import Path
from threading import Event

from aggregator.clock import utc_now
from aggregator.keeping import keep_all
from aggregator.newsroom import open_newsroom
from aggregator.pull import Turn, pull
from aggregator.settings import load
from aggregator.store.engine import transaction
from aggregator.store.seen import recall
from aggregator.store.sources import enrol, remembered
from feeds.fetch import Fetcher


def main(config: Path, state: Path) -> int:
    """Ask every source and keep what it says; return how many failed."""
    settings, now = load(config), utc_now()
    with (
        open_newsroom(state=state, output=state / "nothing") as newsroom,
        closing(Fetcher(allow_networks=settings.site.allow_networks)) as fetch,
    ):
        with transaction(newsroom.engine) as connection:
            enrol(connection, settings.sources)
            known = remembered(connection)
            seen = recall(connection, list(known))
        turns = [
            Turn(source=one, remembered=known[one.id], seen=seen.get(one.id))
            for one in settings.sources
        ]
        answers = pull(
            turns, settings=settings, fetch=fetch, parse=newsroom.parse, stopping=Event()
        )
        return sum(
            outcome.error is not None
            for some in answers
            for outcome in keep_all(newsroom.engine, some, settings=settings, now=now)
        )


if __name__ == "__main__":
    sys.exit(min(main(Path(sys.argv[1]), Path(sys.argv[2])), 100))
