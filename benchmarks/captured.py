"""The whole product on every captured feed, as `file:` sources, from nothing.

`python -m benchmarks captured`; or `python -m benchmarks.captured FOLDER` to keep what was made.
"""

import io
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import feedparser
from lxml import etree

from benchmarks.corpora import corpora as find


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run took: seconds on the wall, and megabytes at the peak over all its processes."""

    seconds: float
    megabytes: float


def run(corpora: Path) -> str:
    """Return the figures of a build in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(corpora, Path(folder))


def measure(corpora: Path, folder: Path) -> str:
    """Build in `folder`, check what came out, and return the figures."""
    feeds = sorted(path for path in (corpora / "feeds").iterdir() if path.suffix != ".tsv")
    write_configuration(folder / "config", feeds)
    places = [f"--{name}={folder / name}" for name in ("config", "state", "output")]
    status, first = cost(["build", *places], log=folder / "build.txt")
    again, second = cost(["build", "--all", *places], log=folder / "again.txt")
    rows = json.loads(subprocess.check_output(_command(["status", "--json", *places])))
    empty = [row for row in rows if not row["entries"]]
    faults = [*check(folder / "output", corpora), *_traces(folder)]
    verdict = faults[:20] or ["every Atom file is valid and reads back the same"]
    return "\n".join(
        [
            f"{len(feeds)} feeds, {sum(row['entries'] for row in rows)} articles",
            f"exit status {status}: {first.seconds:.1f} s, {first.megabytes:.0f} MB at the peak",
            f"again, nothing new: {again}: {second.seconds:.1f} s, {second.megabytes:.0f} MB",
            f"{1 - len(empty) / len(rows):.1%} of the feeds give entries",
            *(f"  {row['name']}: {row['error'] or 'a feed without entries'}" for row in empty),
            *verdict,
        ]
    )


def write_configuration(config: Path, feeds: list[Path]) -> None:
    """Write a sources.yaml that reads each of these files."""
    config.mkdir(parents=True, exist_ok=True)
    lines = [
        "site: {title: The Captured, base_url: 'https://captured.example/'}",
        "sections:",
        "  - {title: Technology, words: [software, computer, Android, Linux, code, app]}",
        "  - {title: Politics, words: [minister, government, election, parliament, war]}",
        "  - {title: Everything}",
        "sources:",
    ]
    for number, feed in enumerate(feeds):
        name = json.dumps(f"{number:03d} {feed.stem}")
        lines.append(
            f"  - {{name: {name}, feed: {json.dumps(feed.resolve().as_uri())}, "
            "sections: [Everything], rights: full}"
        )
    (config / "sources.yaml").write_text("\n".join(lines) + "\n", "utf-8")


def cost(arguments: list[str], *, log: Path) -> tuple[int, Cost]:
    """Run `broadsheet` and return its exit status and what it cost."""
    began = time.perf_counter()
    peak = 0
    with log.open("wb") as output:
        process = subprocess.Popen(_command(arguments), stdout=output, stderr=output)
        while process.poll() is None:
            peak = max(peak, sum(map(_resident, _family(process.pid))))
            time.sleep(0.05)
    return process.returncode, Cost(seconds=time.perf_counter() - began, megabytes=peak / 1e6)


def check(output: Path, corpora: Path) -> Iterator[str]:
    """Yield what is wrong with the Atom files: the grammar's word, or feedparser's reading."""
    grammar = etree.RelaxNG(etree.parse(corpora / "schemas" / "atom-rfc4287.rng"))
    for path in sorted(output.rglob("atom.xml")):
        document = etree.parse(path)
        if not grammar.validate(document):
            yield f"{path}: {grammar.error_log.last_error}"
        written = [_written(entry) for entry in document.iterfind("{*}entry")]
        read = [_read(entry) for entry in feedparser.parse(io.BytesIO(path.read_bytes())).entries]  # noqa: TID251
        for ours, theirs in zip(written, read, strict=True):
            if ours != theirs:
                yield f"{path}: {ours} reads back as {theirs}"


def _written(entry: "etree._Element") -> tuple[str, str, list[str]]:
    links = entry.findall("{*}link")
    by_rel = {rel: [str(link.get("href")) for link in links if link.get("rel") == rel]
              for rel in ("alternate", "related")}  # fmt: skip
    return str(entry.findtext("{*}id")), by_rel["alternate"][0], by_rel["related"]


def _read(entry: "feedparser.FeedParserDict") -> tuple[str, str, list[str]]:
    related = [link["href"] for link in entry.get("links", []) if link.get("rel") == "related"]
    return entry.get("id", ""), entry.get("link", ""), related


def _traces(folder: Path) -> list[str]:
    logs = (folder / "build.txt", folder / "again.txt")
    return [f"{log}: a traceback" for log in logs if "Traceback" in log.read_text("utf-8")]


def _command(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "aggregator", *arguments]


def _family(pid: int) -> Iterator[int]:
    """Yield a process and all it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from _family(int(child))


def _resident(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) * 1024 for line in lines if line.startswith("VmRSS")), 0)


if __name__ == "__main__":
    print(measure(find(), Path(sys.argv[1])))
