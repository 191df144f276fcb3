"""What was measured, in words: as text for a terminal, and as docs/benchmarks.md."""

import os
import platform
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from string import Template

from benchmarks import plot
from benchmarks.measured import Measured, Table
from benchmarks.peers import Peer
from benchmarks.targets import Verdict, verdicts

YARDSTICK = "reader"
_BUILT_ON = ("feedparser", "requests", "lxml", "nh3", "sqlalchemy")
_HEAD = (
    "", "wall, s", "least-most", "CPU, s", "CPU a feed, ms", "peak, MB", "x reader", "CPU x reader",
    "200 / 304", "entries kept",
)  # fmt: skip
_PAGE = Template("""# Broadsheet beside its peers

How long it takes to ask many feeds, to read them and to keep what they say. Made by
`$command`; all were measured in one run, taking turns.

![Seconds on the wall, by scenario](benchmarks.svg)

## The targets

They are those of **Broadsheet, pull only**, which does what its peers do.

$targets

$tables
## What is measured

The feeds are made from a seed: RSS 2.0, Atom and RDF in eight languages, 20 to 50 entries each of
0.5 to 4 kB of HTML, one in twenty in an encoding of old, one in thirty-three not well-formed.
nginx serves them gzipped, each on a loopback address of its own. The scenarios follow one upon
the other, from nothing in each of $times rounds:

$scenarios

Wall is the median with the least and the most; CPU is the median of user and system time of a
program and all it started. Peak is the most that all its processes had resident, sampled 20 times
a second; what two of them share counts twice. *200 / 304* is nginx's own count of the answers.
*x reader* says how many times as fast as reader one was, *CPU x reader* how much less it worked:
what else a machine does shows in the former, and meets a program of one process harder. Each
figure has the program's own start in it: with few feeds that is most of a warm run. Not all do
the same work:

- **Broadsheet** is `broadsheet build --all`: it also judges each article (duplicates, sections,
  related articles) and prints a paper. **Broadsheet, pull only** ends where its peers do.
- **reader** and the **plain script** (`benchmarks/plain.py`: what everybody writes) leave reading
  to feedparser; reader refuses documents that are not well-formed.
- **newsboat** and **sfeed** are programs of C++ and C. sfeed is given the conditional requests
  its manual shows. Both read a feed anew each time it is sent, and clean no markup.

$notes
## Where the time of a cold start goes

Of the processor time of **Broadsheet, pull only** on feeds all new, as measured by process in
November 2026 with 500 feeds, to the nearest twentieth:

| | share |
| --- | ---: |
| workers: cleaning markup, what hangs on an article told from it included | 20 % |
| workers: mending, cutting, the tree, its fields, dates, persons, pictures, links | 30 % |
| keeping, in the one process that writes: a third of it SQL, the rest names and comparing | 30 % |
| starting three processes | 10 % |
| fetching, and the way between the processes | 10 % |

The next levers, in their order: make names, fingerprints and excerpts in the workers, beside the
reading, which saves nothing and evens out the load; ask the store once for several sources. What
is left of a start is SQLAlchemy, pydantic and requests, which every run needs.

## The machine

$machine
""")


def as_text(found: Sequence[Table]) -> str:
    """Return the tables in columns."""
    lines = []
    for table in found:
        rows = [_HEAD, *_rows(table)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines.append(f"\n{table.feeds} feeds, {table.scenario.name}: {table.scenario.meaning}")
        for first, *others in rows:
            cells = (cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True))
            lines.append("  ".join([first.ljust(widths[0]), *cells]))
    return "\n".join(lines)


def faults(measured: Sequence[Measured]) -> list[str]:
    """Return in words, each once, who did not do the whole work, and in which scenarios."""
    met: dict[str, dict[str, None]] = {}
    for one in measured:
        if one.fault:
            met.setdefault(f"{one.peer} {one.fault}", {})[f"{one.feeds} feeds, {one.scenario}"] = (
                None
            )
    return [f"{words} ({'; '.join(where)})" for words, where in met.items()]


def write(
    folder: Path,
    found: Sequence[Table],
    peers: Sequence[Peer],
    *,
    notes: Sequence[str],
    machine: Sequence[str],
    command: str,
) -> None:
    """Write benchmarks.md and its plot into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "benchmarks.svg").write_text(plot.drawing(_panels(found)), "utf-8")
    scenarios = {table.scenario.name: table.scenario.meaning for table in found}
    runs = [one for table in found for each in table.runs.values() for one in each]
    page = _PAGE.substitute(
        command=command,
        targets="\n".join(_targets(verdicts(found))),
        tables="\n".join(map(_markdown, found)),
        times=max(len(each) for table in found for each in table.runs.values()),
        scenarios="\n".join(f"- **{name}**: {meaning}." for name, meaning in scenarios.items()),
        notes="".join(f"- {note}.\n" for note in (*notes, *faults(runs))),
        machine="\n".join(
            f"- {line}" for line in (*machine, *(f"{one.name}: {one.version}" for one in peers))
        ),
    )
    (folder / "benchmarks.md").write_text(page, "utf-8")


def machine() -> list[str]:
    """Return in words what we run on, and how busy it is with other things."""
    cpu = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    models = [line.split(":", 1)[1].strip() for line in cpu if line.startswith("model name")]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    cores = len(os.sched_getaffinity(0))
    libraries = ", ".join(f"{name} {version(name)}" for name in _BUILT_ON)
    return [
        f"{cores} cores of {(models or [platform.machine()])[0]}, {memory:.0f} GiB",
        f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release()}",
        f"load before the first run: {os.getloadavg()[0]:.1f}",
        f"Python {platform.python_version()}, {libraries}",
    ]


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    yardstick = table.runs.get(YARDSTICK)
    for peer, runs in table.runs.items():
        walls = [one.cost.seconds for one in runs]
        cpu = median(one.cost.cpu for one in runs)
        last = runs[-1]
        ratio = median(one.cost.seconds for one in yardstick) / median(walls) if yardstick else 0
        yield (
            peer,
            f"{median(walls):.2f}",
            f"{min(walls):.2f}-{max(walls):.2f}",
            f"{cpu:.2f}",
            f"{1000 * cpu / table.feeds:.1f}",
            f"{max(one.cost.megabytes for one in runs):.0f}",
            f"{ratio:.1f}" if yardstick else "",
            f"{median(one.cost.cpu for one in yardstick) / cpu:.1f}" if yardstick and cpu else "",
            f"{last.sent} / {last.unchanged}",
            f"{last.kept} of {last.expected}",
        )


def _markdown(table: Table) -> str:
    rows = [_HEAD, ("---", *["---:"] * (len(_HEAD) - 1)), *_rows(table)]
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return f"## {table.feeds} feeds, {table.scenario.name}\n\n{lines}\n"


def _targets(judged: Sequence[Verdict]) -> Iterator[str]:
    yield "| feeds | scenario | target | measured | |"
    yield "| ---: | --- | --- | ---: | --- |"
    for one in judged:
        met = "met" if one.is_met else "**not met**"
        yield f"| {one.feeds:,} | {one.scenario} | {one.wanted} | {one.measured} | {met} |"


def _panels(found: Sequence[Table]) -> list[plot.Panel]:
    return [
        plot.Panel(
            title=f"{table.feeds:,} feeds, {table.scenario.name}",
            bars=tuple(
                plot.Bar(name=peer, values=tuple(one.cost.seconds for one in runs))
                for peer, runs in table.runs.items()
            ),
        )
        for table in found
    ]
