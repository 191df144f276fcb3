"""Run the benchmarks: all of them, or those named on the command line."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import captured, due, encodings, hostile, pull, series
from benchmarks.corpora import corpora

# A benchmark takes the folder of corpora and returns its table, or why it was skipped.
BENCHMARKS: dict[str, Callable[[Path], str]] = {
    "captured": captured.run,
    "due": lambda _corpora: due.run(),
    "encodings": lambda _corpora: encodings.run(),
    "hostile": hostile.run,
    "pull": pull.run,
    "series": series.run,
}


def main(names: list[str]) -> int:
    """Print the tables of the benchmarks named, or of all; return 2 for a name there is not."""
    if unknown := [name for name in names if name not in BENCHMARKS]:
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(BENCHMARKS)}")
        return 2
    folder = corpora()
    for name in names or BENCHMARKS:
        begun = time.perf_counter()
        table = BENCHMARKS[name](folder)
        print(f"{name}\n{table}\n({time.perf_counter() - begun:.1f} s)\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
