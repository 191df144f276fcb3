"""Broadsheet beside its peers at getting and reading feeds, all in one run.

`python -m benchmarks pull`; or, with figures of one's own, `python -m benchmarks.pull 100 500
--times 1 --out FOLDER`. Who is measured takes turns, scenario by scenario, so that what else the
machine does meets them all; each round begins from nothing, another one going first.
"""

import argparse
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from aggregator.clock import utc_now
from benchmarks import generator, report, tree
from benchmarks.measured import Measured, Scenario, tables
from benchmarks.origin import Origin, answers, asked, nginx, origin, serve
from benchmarks.peers import (
    Broadsheet,
    BroadsheetPull,
    Peer,
    Plain,
    Reader,
    install_reader,
    packaged_peers,
)
from benchmarks.targets import verdicts

FEEDS = (500, 2_000)
TIMES = 3
SEED = 1
SCENARIOS = (
    Scenario(name="cold", version=0, validators=True, meaning="nothing is known of any feed"),
    Scenario(name="warm", version=0, validators=True, meaning="nothing changed: 304 to who asks"),
    Scenario(name="changed", version=1, validators=True, meaning="each feed has 2 new entries"),
    Scenario(
        name="no validators", version=1, validators=False, meaning="the same again, always sent"
    ),
)
_AT_LEAST, _A_FEED = 120.0, 2.0  # seconds: a program that takes longer is stopped


class SkippedError(Exception):
    """Nothing can be measured, and what to install so that it can."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be measured, and with whom; `missing` says in words who is not there."""

    feeds: tuple[int, ...]
    times: int
    seed: int
    peers: tuple[Peer, ...]
    missing: tuple[str, ...]

    @property
    def command(self) -> str:
        """What to type to measure the same again."""
        feeds = " ".join(map(str, self.feeds))
        return f"python -m benchmarks.pull {feeds} --times {self.times} --seed {self.seed}"


def run(_corpora: Path) -> str:
    """Measure all, write docs/benchmarks.md, and return the tables or why there are none."""
    return main([])


def main(arguments: Sequence[str]) -> str:
    """Measure what the command line asks for and return the tables or why there are none."""
    options = _options().parse_args(arguments)
    with _ended_in_order(), tempfile.TemporaryDirectory(prefix="broadsheet-bench-") as folder:
        here = Path(folder)
        try:
            peers, missing = _peers(here, reader=options.reader)
        except SkippedError as why:
            return f"skipped: {why}"
        if options.only:
            peers = [peer for peer in peers if peer.name in options.only]
        plan = Plan(
            feeds=tuple(options.feeds or FEEDS),
            times=options.times,
            seed=options.seed,
            peers=tuple(peers),
            missing=tuple(missing),
        )
        machine = report.machine()
        measured = list(measure(plan, here, now=utc_now()))
    found = tables(measured, SCENARIOS)
    report.write(
        options.out, found, plan.peers, notes=plan.missing, machine=machine, command=plan.command
    )
    judged = map(str, verdicts(found))
    return "\n".join([report.as_text(found), "", *judged, *plan.missing, *report.faults(measured)])


def measure(plan: Plan, folder: Path, *, now: datetime) -> Iterator[Measured]:
    """Yield what each peer took for each scenario, each time, in the order measured."""
    newest = now.replace(hour=0, minute=0, second=0)
    for feeds in plan.feeds:
        served = folder / "served"
        shutil.rmtree(served, ignore_errors=True)
        entries = 0
        for version in (0, 1):
            entries = generator.write(
                served / str(version), feeds=feeds, seed=plan.seed, newest=newest, version=version
            )
        for turn in range(plan.times):
            yield from _round(plan, origin(feeds), folder, entries=entries, turn=turn)


def _round(
    plan: Plan, where: Origin, folder: Path, *, entries: int, turn: int
) -> Iterator[Measured]:
    """Measure every scenario once with every peer, from nothing."""
    states = folder / "states"
    shutil.rmtree(states, ignore_errors=True)
    for peer in plan.peers:
        (states / peer.name).mkdir(parents=True)
        peer.prepare(states / peer.name, where.urls)
    first = turn % len(plan.peers)
    for scenario in SCENARIOS:
        expected = entries + scenario.version * where.feeds * generator.NEWS
        for peer in (*plan.peers[first:], *plan.peers[:first]):
            one = _one(peer, scenario, where, folder, expected=expected)
            print(one, file=sys.stderr, flush=True)
            yield one


def _one(peer: Peer, scenario: Scenario, where: Origin, folder: Path, *, expected: int) -> Measured:
    state = folder / "states" / peer.name
    with serve(
        where,
        folder / "served" / str(scenario.version),
        folder=folder / "nginx",
        validators=scenario.validators,
    ) as log:
        cost = tree.run(
            peer.command(state),
            log=state / "said.txt",
            limit=_AT_LEAST + _A_FEED * where.feeds,
            environment={"HOME": str(state), "no_proxy": "*"},
        )
    statuses = answers(log)
    return Measured(
        peer=peer.name,
        scenario=scenario.name,
        feeds=where.feeds,
        cost=cost,
        kept=_kept(peer, state),
        expected=expected,
        asked=asked(log),
        sent=statuses.get(200, 0),
        unchanged=statuses.get(304, 0),
        said=(state / "said.txt").read_text("utf-8", "replace").rstrip().rpartition("\n")[2],
    )


def _kept(peer: Peer, state: Path) -> int:
    try:
        return peer.entries(state)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError):
        return 0  # as of one stopped before it had kept anything


def _peers(folder: Path, *, reader: Path | None) -> tuple[list[Peer], list[str]]:
    """Return who can be measured here, and in words who cannot; reader must, or SkippedError."""
    if nginx() is None:
        raise SkippedError("there is no nginx to serve the feeds; apt-get install nginx-light")
    try:
        yardstick = Reader(reader or install_reader(folder / "reader"))
    except (OSError, subprocess.SubprocessError) as error:
        said = str(getattr(error, "stderr", "") or error).strip().splitlines()[-1]
        raise SkippedError(
            f"reader cannot be had ({said}); name a Python that has it with --reader"
        ) from error
    packaged, missing = packaged_peers()
    return [Broadsheet(), BroadsheetPull(), yardstick, Plain(), *packaged], missing


@contextmanager
def _ended_in_order() -> Iterator[None]:
    """End on SIGTERM as on Ctrl-C: with nothing left running, and no folder left.

    `timeout` sends it twice; the second must not interrupt the tidying up after the first.
    """

    def end(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pull", description=__doc__)
    parser.add_argument("feeds", nargs="*", type=int, help=f"how many feeds; {FEEDS} if not said")
    parser.add_argument("--times", type=int, default=TIMES, help="how often each is measured")
    parser.add_argument("--seed", type=int, default=SEED, help="which feeds are made")
    parser.add_argument("--only", action="append", metavar="NAME", help="measure this one alone")
    parser.add_argument("--out", type=Path, default=tree.ROOT / "docs", help="where to write")
    parser.add_argument("--reader", type=Path, metavar="PYTHON", help="one that has reader")
    return parser


if __name__ == "__main__":
    print(main(sys.argv[1:]))
