"""Bars as SVG, four panels a row. Each panel has a scale of its own, from nought."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from xml.sax.saxutils import escape

_ACROSS = 4
_WIDTH, _LABELS, _FIGURES = 330, 125, 55  # of a panel, what is left of its bars and right of them
_LINE = 20
_OURS, _THEIRS = "#a4262c", "#8a8f98"


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One bar: the median of the values, with a line from the least to the most."""

    name: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """Bars to be compared with each other."""

    title: str
    bars: tuple[Bar, ...]


def drawing(panels: Sequence[Panel]) -> str:
    """Return a drawing of the panels: seconds, shorter is better. Ours have a colour."""
    height = max(len(panel.bars) for panel in panels) * _LINE + 55
    rows = -(-len(panels) // _ACROSS)
    width, deep = min(_ACROSS, len(panels)) * _WIDTH, rows * height + 20
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {deep}"',
        '  font-family="sans-serif" font-size="11">',
        "<title>Seconds on the wall: shorter is better</title>",
        f'<rect width="{width}" height="{deep}" fill="#fff"/>',
    ]
    for number, panel in enumerate(panels):
        row, column = divmod(number, _ACROSS)
        parts.append(f'<g transform="translate({column * _WIDTH},{row * height})">')
        parts += _panel(panel)
        parts.append("</g>")
    parts.append(
        f'<text x="8" y="{deep - 6}" fill="#555">seconds on the wall, shorter is better; '
        "a line goes from the least to the most</text>"
    )
    return "\n".join([*parts, "</svg>\n"])


def _panel(panel: Panel) -> Iterator[str]:
    yield f'<text x="8" y="22" font-size="13" font-weight="bold">{escape(panel.title)}</text>'
    longest = max((max(bar.values) for bar in panel.bars), default=0) or 1
    scale = (_WIDTH - _LABELS - _FIGURES) / longest
    for number, bar in enumerate(panel.bars):
        top = 34 + number * _LINE
        middle, length = top + 7, median(bar.values) * scale
        colour = _OURS if bar.name.startswith("Broadsheet") else _THEIRS
        low, high = (_LABELS + edge * scale for edge in (min(bar.values), max(bar.values)))
        yield f'<text x="{_LABELS - 6}" y="{top + 11}" text-anchor="end">{escape(bar.name)}</text>'
        yield (
            f'<rect x="{_LABELS}" y="{top}" width="{length:.1f}" height="14" fill="{colour}"/>'
            f'<path d="M{low:.1f} {middle}H{high:.1f}" stroke="#000"/>'
            f'<text x="{high + 5:.1f}" y="{top + 11}">{_seconds(median(bar.values))}</text>'
        )


def _seconds(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
