"""Measure how good the judgements are: `python -m benchmarks.quality [--update] [part …]`.

Prints each figure beside a plain method's, its target and the committed baseline, and ends with
status 1 when one dropped. `--update` commits to what was measured.
"""

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.corpora import corpora
from benchmarks.quality import baseline, copies, cost, related, sections, stories
from benchmarks.quality.events import AbsentError
from benchmarks.quality.figure import HEAD, Figure, row

# A part takes the folder of corpora and returns its figures, or raises AbsentError.
PARTS: dict[str, Callable[[Path], Sequence[Figure]]] = {
    "copies": copies.figures,
    "cost": cost.figures,
    "related": related.figures,
    "sections": sections.figures,
    "stories": stories.figures,
}


def main(arguments: Sequence[str]) -> int:
    """Measure the parts named, or all; return 1 when a figure dropped."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.quality", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(PARTS)}")
    parser.add_argument("--update", action="store_true", help="commit to what is measured now")
    asked = parser.parse_args(arguments)
    if unknown := sorted(set(asked.parts) - PARTS.keys()):
        parser.error(f"no part {', '.join(unknown)}; there are {', '.join(PARTS)}")
    measured = _measured(asked.parts or list(PARTS), corpora())
    if asked.update:
        baseline.write(measured)
    kept = baseline.read()
    print(table(measured, kept))
    dropped = [
        f"{part}, {figure.name}"
        for part, figures in measured.items()
        for figure, before in _beside(figures, kept.get(part, ()))
        if before and figure.is_worse_than(before)
    ]
    print("\n".join(f"dropped: {one}" for one in dropped) or "nothing dropped")
    return 1 if dropped else 0


def table(measured: baseline.Figures, kept: baseline.Figures) -> str:
    """Return the figures in columns, and those of the baseline that were not measured."""
    rows: list[tuple[str, ...]] = [("part", *HEAD)]
    lost: list[str] = []
    for part, figures in measured.items():
        rows += [(part, *row(one, before)) for one, before in _beside(figures, kept.get(part, ()))]
        names = {one.name for one in figures}
        lost += [f"not measured: {part}, {one.name}" for one in kept.get(part, ())
                 if one.name not in names]  # fmt: skip
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)).rstrip()
        for cells in rows
    )
    return "\n".join((*lines, *lost))


def _measured(parts: Sequence[str], folder: Path) -> dict[str, tuple[Figure, ...]]:
    measured = {}
    for part in parts:
        begun = time.perf_counter()
        try:
            measured[part] = tuple(PARTS[part](folder))
        except AbsentError as absent:
            print(f"{part}: skipped: {absent}")
        else:
            print(f"{part}: {time.perf_counter() - begun:.0f} s", flush=True)
    return measured


def _beside(
    figures: Sequence[Figure], kept: Sequence[Figure]
) -> list[tuple[Figure, Figure | None]]:
    before = {one.name: one for one in kept}
    return [(figure, before.get(figure.name)) for figure in figures]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
