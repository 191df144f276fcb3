"""The whole product on every captured feed, as `file:` sources, from nothing.

`python -m benchmarks captured`; or `python -m benchmarks.captured FOLDER` to keep what was made.
"""

import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import feedparser
from lxml import etree

from benchmarks.corpora import corpora as find
from benchmarks.tree import Cost
from benchmarks.tree import run as measured

LIMIT = 1_200.0  # seconds


def run(corpora: Path) -> str:
    """Return the figures of a build in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        return measure(corpora, Path(folder))


def measure(corpora: Path, folder: Path) -> str:
    """Build in `folder`, check what came out, and return the figures."""
    feeds = sorted(path for path in (corpora / "feeds").iterdir() if path.suffix != ".tsv")
    write_configuration(folder / "config", feeds)
    places = [f"--{name}={folder / name}" for name in ("config", "state", "output")]
    first = _cost(["build", *places], log=folder / "build.txt")
    again = _cost(["build", "--all", *places], log=folder / "again.txt")
    rows = json.loads(subprocess.check_output(_command(["status", "--json", *places])))
    empty = [row for row in rows if not row["entries"]]
    faults = [*check(folder / "output", corpora), *_traces(folder)]
    verdict = faults[:20] or ["every Atom file is valid and reads back the same"]
    return "\n".join(
        [
            f"{len(feeds)} feeds, {sum(row['entries'] for row in rows)} articles",
            f"exit status {first.status}: {first.seconds:.1f} s, {first.megabytes:.0f} MB",
            f"again, nothing new: {again.status}: {again.seconds:.1f} s, {again.megabytes:.0f} MB",
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
        "defaults: {backfill: all}",
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


def _cost(arguments: list[str], *, log: Path) -> Cost:
    return measured(_command(arguments), log=log, limit=LIMIT, environment={})


def _command(arguments: list[str]) -> list[str]:
    return [sys.executable, "-m", "aggregator", *arguments]


if __name__ == "__main__":
    print(measure(find(), Path(sys.argv[1])))
