"""Kill `broadsheet build` at random moments, and see that nothing is lost, doubled or torn.

`python -m benchmarks.kill [N]` kills N times (20 unless told) and says what became of each.
"""

import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

EVENING = datetime(2026, 5, 31, 18, 0, tzinfo=UTC)
PLACES = ("Khojaly", "Frankfurt", "Ghent", "Tavush", "Trieste", "Malmö")
NEWS = (
    "peacekeepers left the base at {place} after the mission cleared 30,000 explosive devices",
    "the central bank in {place} lowered its interest rate as inflation fell again in May",
    "engineers in {place} restored the old observatory and opened its archive to the public",
    "the port of {place} will receive a new cable ship for the offshore wind farm",
)
# All that is remembered but the two clocks of ours that differ from run to run.
TABLES: Mapping[str, str] = {
    "articles": "SELECT * FROM articles ORDER BY id",
    "placements": "SELECT * FROM placements ORDER BY article_id, section",
    "terms": "SELECT * FROM terms ORDER BY article_id, kind, term",
    "frequencies": "SELECT * FROM frequencies ORDER BY language, kind, term",
    "relations": "SELECT * FROM relations ORDER BY article_id, rank",
    "stale": "SELECT * FROM stale",
    "failures": "SELECT id, error FROM sources WHERE error IS NOT NULL",
}
CLOCKS = {"first_seen"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """A paper on disk: where its three folders are."""

    config: Path
    folder: Path

    @property
    def output(self) -> Path:
        """Where the paper is published."""
        return self.folder / "public"

    def start(self) -> "subprocess.Popen[str]":
        """Start a build of everything, in a process group of its own."""
        places = {"config": self.config, "state": self.folder / "state", "output": self.output}
        return subprocess.Popen(
            [sys.executable, "-m", "aggregator", "build", "--all"]
            + [f"--{name}={place}" for name, place in places.items()],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def build(self) -> None:
        """Build to the end; raises AssertionError, with what it said, where that fails."""
        with self.start() as process:
            said, _ = process.communicate(timeout=120)
        if process.returncode != 0:
            raise AssertionError(f"the build ended with {process.returncode}: {said}")

    def files(self) -> dict[str, bytes]:
        """Return what is published, by path."""
        return {
            str(path.relative_to(self.output)): path.read_bytes()
            for path in sorted(self.output.rglob("*"))
            if path.is_file() and path.relative_to(self.output).parts[0] != ".press"
        }

    def memory(self) -> dict[str, list[tuple[object, ...]]]:
        """Return what is remembered, table by table, without our own clocks."""
        database = sqlite3.connect(self.folder / "state" / "broadsheet.db")
        try:
            return {name: list(_rows(database, query)) for name, query in TABLES.items()}
        finally:
            database.close()

    def copy(self, folder: Path) -> "Desk":
        """Return the same paper, as it is now, in another folder."""
        shutil.copytree(self.folder, folder)
        return Desk(config=self.config, folder=folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A paper of the morning, the news of the evening, and what an undisturbed build makes of it.

    `lasts` is how long that build took.
    """

    morning: Desk
    evening: Desk
    lasts: timedelta


def prepare(folder: Path, *, sources: int) -> Drill:
    """Print a morning's paper, let the sources go on, and print the evening's undisturbed."""
    config = folder / "config"
    config.mkdir(parents=True)
    (config / "sources.yaml").write_text(_sources_yaml(sources), "utf-8")
    morning = Desk(config=config, folder=folder / "morning")
    _tell(config, sources, range(20), edited=range(0))
    morning.build()
    _tell(config, sources, range(10, 40), edited=range(10, 15))
    evening = morning.copy(folder / "evening")
    begun = time.monotonic()
    evening.build()
    return Drill(
        morning=morning, evening=evening, lasts=timedelta(seconds=time.monotonic() - begun)
    )


def kill(desk: Desk, after: timedelta) -> bool:
    """Kill a build after so long and return whether that came before its end.

    Returns once all it started is gone too.
    """
    with desk.start() as process:
        try:
            process.wait(after.total_seconds())
        except subprocess.TimeoutExpired:
            process.kill()
        process.wait()
        _wait_for_the_group_of(process)
    return process.returncode == -signal.SIGKILL


def faults(desk: Desk, drill: Drill) -> Iterator[str]:
    """Yield in words what a killed build left behind that it must not."""
    before, after = drill.morning.files(), drill.evening.files()
    for path, body in desk.files().items():
        if body not in (before.get(path), after.get(path)):
            yield f"{path} is neither the old file nor the new one"
    # What gives way (of an open month the last archive; decision 39) does so to what is there.
    is_new_there = after.keys() - before.keys() <= desk.files().keys()
    for path in before.keys() - desk.files().keys():
        if path in after or not is_new_there:
            yield f"{path} is missing"


def differences(desk: Desk, drill: Drill) -> Iterator[str]:
    """Yield in words where a paper, built to its end, differs from the undisturbed one."""
    expected, found = drill.evening.files(), desk.files()
    for path in sorted(expected.keys() | found.keys()):
        if expected.get(path) != found.get(path):
            yield f"{path} differs"
    expected_memory, memory = drill.evening.memory(), desk.memory()
    for name, rows in expected_memory.items():
        if rows != memory[name]:
            yield f"the table {name} differs: {len(rows)} rows expected, {len(memory[name])} found"
    if (desk.output / ".press").exists():
        yield "staging is left behind"


def main(arguments: Sequence[str]) -> int:
    """Print what became of each kill; return 1 if anything was lost, doubled or torn."""
    times = int(arguments[0]) if arguments else 20
    chance = random.Random(2026)  # noqa: S311 -- moments, not secrets
    harmed = 0
    with tempfile.TemporaryDirectory() as folder:
        drill = prepare(Path(folder), sources=12)
        print(f"an undisturbed build takes {drill.lasts.total_seconds():.2f} s")
        for number in range(1, times + 1):
            desk = drill.morning.copy(Path(folder) / f"killed-{number}")
            after = drill.lasts * chance.uniform(0.2, 1.0)
            harm = [_met(desk, drill, after)]
            harm += faults(desk, drill)
            desk.build()
            harm += differences(desk, drill)
            harmed += len(harm) > 1
            print(f"{number:3}", "; ".join(harm[:5]))
    print(f"{times} builds killed, {harmed} of them harmed by it")
    return 1 if harmed else 0


def _met(desk: Desk, drill: Drill, after: timedelta) -> str:
    """Kill a build and return in words what the kill met."""
    what = "killed" if kill(desk, after) else "done"
    old = drill.morning.files()
    written = sum(old.get(path) != body for path, body in desk.files().items())
    staged = ", in the middle of publishing" if (desk.output / ".press").exists() else ""
    return f"{what} after {after.total_seconds():.2f} s, {written} files written{staged}"


def _wait_for_the_group_of(process: "subprocess.Popen[str]") -> None:
    for _ in range(500):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.01)
    raise AssertionError("a worker outlived the build")


def _rows(database: sqlite3.Connection, query: str) -> Iterator[tuple[object, ...]]:
    found = database.execute(query)
    names = [column[0] for column in found.description]
    for row in found:
        yield tuple(value for name, value in zip(names, row, strict=True) if name not in CLOCKS)


def _sources_yaml(count: int) -> str:
    sources = "".join(
        f"  - {{name: Gazette {number}, feed: 'file:{number}.atom', sections: [Europe]}}\n"
        for number in range(count)
    )
    return (
        "site: {title: The Drill, base_url: 'https://drill.example/'}\n"
        "sections:\n"
        "  - title: Europe\n"
        "    sections: [{title: Economy, words: [inflation]}]\n"
        "  - {title: Culture, words: [observatory]}\n"
        f"sources:\n{sources}"
    )


def _tell(config: Path, sources: int, entries: range, *, edited: range) -> None:
    """Write what the sources say: these entries, some of them changed since."""
    for source in range(sources):
        told = "".join(_entry(source, number, edited=number in edited) for number in entries)
        (config / f"{source}.atom").write_text(
            '<feed xmlns="http://www.w3.org/2005/Atom">'
            f"<id>urn:drill:{source}</id><title>Gazette {source}</title>"
            f"<updated>{EVENING:%FT%TZ}</updated><author><name>A. Writer</name></author>"
            f"{told}</feed>",
            "utf-8",
        )


def _entry(source: int, number: int, *, edited: bool) -> str:
    place = PLACES[number % len(PLACES)]
    text = NEWS[(number + source) % len(NEWS)].format(place=place)
    published = EVENING - timedelta(hours=48 - number, minutes=source)
    updated = EVENING if edited else published
    title = f"{'Corrected: ' if edited else ''}Report {number} from {place}"
    return (
        f"<entry><id>urn:drill:{source}:{number}</id><title>{title}</title>"
        f'<link href="https://gazette{source}.example/{number}"/>'
        f"<published>{published:%FT%TZ}</published><updated>{updated:%FT%TZ}</updated>"
        f'<content type="html">&lt;p&gt;On day {number}, {text}.&lt;/p&gt;</content></entry>'
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
