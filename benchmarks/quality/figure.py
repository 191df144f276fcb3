"""A figure of quality, and what becomes of it beside its target and its baseline. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One figure: ours, a plain method's on the same questions, and what is to be reached.

    More is better, but of costs, which are to stay `at_most` so much. It may come out worse than
    the baseline by `slack` before that counts as a drop.
    """

    name: str
    value: float
    plain: float | None = None
    target: float | None = None
    at_most: bool = False
    slack: float = 0.005

    @property
    def is_met(self) -> bool:
        """Whether the target is reached; what has none is."""
        if self.target is None:
            return True
        return self.value <= self.target if self.at_most else self.value >= self.target

    def is_worse_than(self, before: "Figure") -> bool:
        """Whether it dropped from the baseline by more than its slack."""
        drop = self.value - before.value if self.at_most else before.value - self.value
        return drop > self.slack + 1e-9


def verdict(figure: Figure, before: Figure | None) -> str:
    """Return in words what became of a figure."""
    if before and figure.is_worse_than(before):
        return "DROPPED"
    if figure.target is None:
        return "no target"
    return "met" if figure.is_met else "not met"


def row(figure: Figure, before: Figure | None) -> tuple[str, ...]:
    """Return the cells of a figure: name, ours, plain, target, baseline, verdict."""
    sign = "≤ " if figure.at_most else "≥ "
    return (
        figure.name,
        spelt(figure.value),
        "" if figure.plain is None else spelt(figure.plain),
        "" if figure.target is None else sign + spelt(figure.target),
        "" if before is None else spelt(before.value),
        verdict(figure, before),
    )


HEAD = ("figure", "ours", "plain", "target", "baseline", "verdict")


def spelt(value: float) -> str:
    """Return a number as tables show it: shares to three places, others as short as they are."""
    return f"{value:.3f}" if abs(value) <= 1 else f"{value:,.1f}".removesuffix(".0")
