"""Run the benchmarks: all of them, or those named on the command line."""

import sys
import time
from collections.abc import Callable

from benchmarks import (
    captured,
    due,
    encodings,
    hostile,
    hubs,
    publishing,
    pull,
    readers,
    series,
    serving,
)
from benchmarks.corpora import corpora

# A benchmark returns its table, or why it was skipped.
BENCHMARKS: dict[str, Callable[[], str]] = {
    "captured": lambda: captured.run(corpora()),
    "due": due.run,
    "encodings": encodings.run,
    "hostile": lambda: hostile.run(corpora()),
    "hubs": hubs.run,
    "publishing": publishing.run,
    "pull": lambda: pull.run(corpora()),
    "readers": readers.run,
    "series": lambda: series.run(corpora()),
    "serving": serving.run,
}


def main(names: list[str]) -> int:
    """Print the tables of the benchmarks named, or of all; return 2 for a name there is not."""
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    for name in names or BENCHMARKS:
        begun = time.perf_counter()
        table = BENCHMARKS[name]()
        print(f"{name}\n{table}\n({time.perf_counter() - begun:.1f} s)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
