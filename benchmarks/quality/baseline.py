"""The committed figures, and the page that shows them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from benchmarks.quality.figure import HEAD, Figure, row

BASELINE: Final = Path(__file__).with_name("baseline.json")
PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "quality.md"
_BEGIN, _END = "<!-- figures: written by --update -->", "<!-- end of figures -->"

Figures = Mapping[str, Sequence[Figure]]  # by part


def read(file: Path = BASELINE) -> dict[str, tuple[Figure, ...]]:
    """Return the committed figures by part; none if there is no such file."""
    if not file.exists():
        return {}
    parts = json.loads(file.read_text("utf-8"))
    return {part: tuple(Figure(**one) for one in rows) for part, rows in parts.items()}


def write(measured: Figures, file: Path = BASELINE, page: Path = PAGE) -> None:
    """Commit to what was measured: parts that were not keep what they had.

    A figure stands on a line of its own, so that two who measure different parts do not collide.
    """
    figures = {**read(file), **measured}
    parts = (
        f"{json.dumps(part)}: [\n" + ",\n".join(map(_line, figures[part])) + "\n]"
        for part in sorted(figures)
    )
    file.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")
    before, _, rest = page.read_text("utf-8").partition(_BEGIN)
    _, _, after = rest.partition(_END)
    page.write_text(f"{before}{_BEGIN}\n\n{_table(figures)}\n\n{_END}{after}", "utf-8")


def _line(figure: Figure) -> str:
    kept = asdict(figure)
    for name in ("value", "plain", "target"):
        kept[name] = None if kept[name] is None else round(kept[name], 4)
    return json.dumps(kept, ensure_ascii=False)


def _table(figures: Figures) -> str:
    rows: list[tuple[str, ...]] = [
        ("part", *HEAD[:4], "verdict"),
        ("---", "---", "---:", "---:", "---:", "---"),
    ]
    for part in sorted(figures):
        for figure in figures[part]:
            name, ours, plain, target, _, verdict = row(figure, None)
            rows.append((part, name, ours, plain, target, verdict))
    return "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
