"""The benchmark of pulling measures what it says: its feeds, and what programs cost."""

import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from benchmarks.generator import FEWEST, MOST, NEWS, document, nature
from benchmarks.measured import Measured, Scenario, tables
from benchmarks.plot import Bar, Panel, drawing
from benchmarks.targets import OURS, verdicts
from benchmarks.tree import Cost, run
from feeds.parse import parse

NEWEST = datetime(2026, 6, 1, tzinfo=UTC)
numbers = st.integers(0, 10_000)


@settings(max_examples=10, deadline=None)
@given(number=numbers, seed=numbers)
def test_a_seed_always_gives_the_same_bytes(number: int, seed: int) -> None:
    first, second = (document(nature(number, seed=seed), newest=NEWEST) for _ in range(2))
    assert first == second


@settings(max_examples=10, deadline=None)
@given(number=numbers)
def test_the_next_version_has_two_entries_more_and_the_others_as_they_were(number: int) -> None:
    made = nature(number, seed=1)
    old, new = (
        parse(document(made, newest=NEWEST, version=version), made.site, "application/xml")
        for version in (0, 1)
    )
    assert FEWEST <= len(old.entries) == len(new.entries) == made.entries <= MOST
    assert new.entries[NEWS:] == old.entries[:-NEWS]
    assert {one.id for one in new.entries[:NEWS]}.isdisjoint(one.id for one in old.entries)


@settings(max_examples=10, deadline=None)
@given(number=numbers)
def test_no_entry_is_of_the_future_or_older_than_a_fortnight(number: int) -> None:
    made = nature(number, seed=1)
    read = parse(document(made, newest=NEWEST, version=1), made.site, "application/xml")
    for entry in read.entries:
        assert entry.published is not None
        assert NEWEST - timedelta(days=14) < entry.published <= NEWEST


def test_a_programs_cost_has_that_of_all_it_started(tmp_path: Path) -> None:
    child = "sum(range(20_000_000))"
    program = f"import subprocess, sys; subprocess.run([sys.executable, '-c', '{child}'])"
    cost = run([sys.executable, "-c", program], log=tmp_path / "log", limit=60, environment={})
    assert cost.status == 0
    assert cost.cpu > 0.1
    assert cost.megabytes > 0


def test_a_program_that_takes_too_long_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    told = tmp_path / "pid"
    program = (
        "import pathlib, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        f"pathlib.Path({str(told)!r}).write_text(str(child.pid))\n"
        "time.sleep(600)"
    )
    cost = run([sys.executable, "-c", program], log=tmp_path / "log", limit=2, environment={})
    assert cost.status is None
    with pytest.raises(ProcessLookupError):
        os.kill(int(told.read_text()), signal.SIGKILL)


def one(peer: str, scenario: str, *, seconds: float, megabytes: float = 100) -> Measured:
    cost = Cost(seconds=seconds, cpu=seconds, megabytes=megabytes, status=0)
    return Measured(
        peer=peer,
        scenario=scenario,
        feeds=100,
        cost=cost,
        kept=1,
        expected=1,
        asked=100,
        sent=100,
        unchanged=0,
        said="",
    )


def test_each_target_is_judged_by_the_medians_of_one_run_and_what_is_not_met_is_said() -> None:
    scenarios = [
        Scenario(name=name, version=0, validators=True, meaning="") for name in ("cold", "changed")
    ]
    measured = [
        *(one(OURS, "cold", seconds=each, megabytes=301) for each in (1.0, 1.0, 9.0)),
        one("reader", "cold", seconds=4.0),
        one("sfeed", "cold", seconds=0.9),
        one(OURS, "changed", seconds=1.0),
        one("reader", "changed", seconds=7.9),
    ]
    assert [str(verdict) for verdict in verdicts(tables(measured, scenarios))] == [
        "100 feeds, cold: 4 x reader or better: 4.0 x, met",
        "100 feeds, cold: 1 x sfeed or better: 0.9 x, NOT MET",
        "100 feeds, cold: 300 MB at the most: 301 MB, NOT MET",
        "100 feeds, changed: 8 x reader or better: 7.9 x, NOT MET",
    ]


def test_the_plot_shows_every_bar_of_every_panel() -> None:
    bars = tuple(Bar(name=name, values=(1.0, 3.0, 2.0)) for name in ("ours & co", "theirs"))
    root = etree.fromstring(drawing([Panel(title="cold", bars=bars)] * 5).encode())
    words = [element.text for element in root.iter("{*}text")]
    assert words.count("ours & co") == words.count("theirs") == words.count("cold") == 5
