"""What our times are to come to beside those of our peers, and whether they did."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.measured import Measured, Table

OURS = "Broadsheet, pull only"  # what its peers do


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a scenario is to come to: so many times as fast as a peer, or at most so much."""

    scenario: str
    against: str = ""
    times: float = 0
    megabytes: float = 0
    cpu_a_feed: float = 0  # milliseconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A target at one number of feeds, with what was measured, in words."""

    feeds: int
    scenario: str
    wanted: str
    measured: str
    is_met: bool

    def __str__(self) -> str:
        met = "met" if self.is_met else "NOT MET"
        return f"{self.feeds} feeds, {self.scenario}: {self.wanted}: {self.measured}, {met}"


TARGETS = (
    Target(scenario="cold", against="reader", times=4),
    Target(scenario="cold", against="newsboat", times=2),
    Target(scenario="cold", against="sfeed", times=1),
    Target(scenario="warm", against="reader", times=3),
    Target(scenario="changed", against="reader", times=8),
    Target(scenario="cold", megabytes=300),
    Target(scenario="warm", cpu_a_feed=2),
)


def verdicts(found: Sequence[Table]) -> list[Verdict]:
    """Return what became of each target that could be measured."""
    judged = (
        _verdict(target, table)
        for table in found
        for target in TARGETS
        if target.scenario == table.scenario.name
    )
    return [verdict for verdict in judged if verdict]


def _verdict(target: Target, table: Table) -> Verdict | None:
    ours = table.runs.get(OURS)
    theirs = table.runs.get(target.against)
    if not ours or (target.against and not theirs):
        return None
    if theirs:
        ratio = _wall(theirs) / _wall(ours)
        wanted = f"{target.times:g} x {target.against} or better"
        measured, is_met = f"{ratio:.1f} x", ratio >= target.times
    elif target.megabytes:
        most = max(one.cost.megabytes for one in ours)
        wanted = f"{target.megabytes:g} MB at the most"
        measured, is_met = f"{most:.0f} MB", most <= target.megabytes
    else:
        spent = 1000 * median(one.cost.cpu for one in ours) / table.feeds
        wanted = f"{target.cpu_a_feed:g} ms of CPU a feed at the most"
        measured, is_met = f"{spent:.1f} ms", spent <= target.cpu_a_feed
    return Verdict(
        feeds=table.feeds,
        scenario=table.scenario.name,
        wanted=wanted,
        measured=measured,
        is_met=is_met,
    )


def _wall(runs: Sequence[Measured]) -> float:
    return median(one.cost.seconds for one in runs)
