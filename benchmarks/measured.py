"""What was measured, as values."""

from collections.abc import Sequence
from dataclasses import dataclass

from benchmarks.tree import Cost


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What the publishers do: which version of each feed they send, and how."""

    name: str
    version: int
    validators: bool
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """One run of one peer: `sent` and `unchanged` answers 200 and 304, `said` its last line."""

    peer: str
    scenario: str
    feeds: int
    cost: Cost
    kept: int
    expected: int
    asked: int
    sent: int
    unchanged: int
    said: str

    def __str__(self) -> str:
        cost = self.cost
        return (
            f"{self.feeds} feeds, {self.scenario}, {self.peer}: {cost.seconds:.2f} s, "
            f"{cost.cpu:.2f} s CPU, {cost.megabytes:.0f} MB, {self.sent} answers 200, "
            f"{self.unchanged} answers 304, {self.kept} of {self.expected} entries"
        )

    @property
    def fault(self) -> str:
        """What keeps the figures from counting as those of the whole work, or nothing."""
        if self.cost.status is None:
            return "stopped at its time limit"
        if self.cost.status:
            return f"ended with status {self.cost.status}: {self.said}"
        if self.asked < self.feeds:
            return f"asked only {self.asked} feeds"
        return "" if self.kept == self.expected else f"has {self.kept} entries of {self.expected}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One scenario at one number of feeds: the runs of each peer, the first measured first."""

    scenario: Scenario
    feeds: int
    runs: dict[str, list[Measured]]


def tables(measured: Sequence[Measured], scenarios: Sequence[Scenario]) -> list[Table]:
    """Return what was measured, by number of feeds and scenario."""
    found = []
    for feeds in sorted({one.feeds for one in measured}):
        for scenario in scenarios:
            runs: dict[str, list[Measured]] = {}
            for one in measured:
                if (one.feeds, one.scenario) == (feeds, scenario.name):
                    runs.setdefault(one.peer, []).append(one)
            found.append(Table(scenario=scenario, feeds=feeds, runs=runs))
    return found
