"""What printing costs: a paper of many articles whole, again, and with one article more.

`python -m benchmarks publishing`, or `python -m benchmarks.publishing ARTICLES` for another size:
100 sections with a source each, read from files by the product itself.
"""

import json
import random
import resource
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

from aggregator.keeping import keep_all
from aggregator.model import Settings, Source
from aggregator.newsroom import Newsroom, open_newsroom
from aggregator.pipeline import build, judge_and_print, print_paper
from aggregator.pull import Turn, pull
from aggregator.running import open_fetcher
from aggregator.settings import load
from aggregator.store.engine import transaction
from aggregator.store.seen import recall
from aggregator.store.sources import remembered

ARTICLES = 10_000
SECTIONS = 100
NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
SYLLABLES = [start + end for start in "bdfghklmnprstvz" for end in ("a", "en", "i", "or", "u")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """What the clocks said when something began, in seconds."""

    wall: float
    cpu: float


def run(articles: int = ARTICLES) -> str:
    """Return the table: seconds, and files written, for each way of printing."""
    with tempfile.TemporaryDirectory() as folder:
        return _measure(Path(folder), articles)


def _measure(folder: Path, articles: int) -> str:
    texts = random.Random(1)  # noqa: S311  the same paper at every run
    for number in range(SECTIONS):
        _write_feed(folder, number, count=articles // SECTIONS, texts=texts)
    settings = _settings(folder)
    lines = [f"{articles:,} articles in {SECTIONS} sections"]
    lines.append(f"{'':<34}{'s':>8}{'CPU s':>8}{'files':>9}")

    def measured(name: str, began: Began, output: Path, before: dict[str, int]) -> None:
        seconds, cpu = time.perf_counter() - began.wall, _cpu() - began.cpu
        written = sum(before.get(path) != at for path, at in _times(output).items())
        lines.append(f"{name:<34}{seconds:>8.2f}{cpu:>8.2f}{written:>9,}")

    with open_newsroom(state=folder / "state", output=folder / "public") as newsroom:
        began = _now()
        with open_fetcher(settings) as fetch:
            build(newsroom, settings, fetch=fetch, now=NOON)
        measured("pulled, judged and printed", began, newsroom.output, {})
        fresh = replace(newsroom, output=folder / "fresh")
        for name in ("printed whole", "printed whole again"):
            before, began = _times(fresh.output), _now()
            print_paper(fresh, settings, now=NOON, everything=True)
            measured(name, began, fresh.output, before)
        _write_feed(folder, 0, count=1, texts=texts, more=True)
        _keep_one(newsroom, settings, settings.sources[0])
        # what was printed last is the other folder: go on there
        before, began = _times(fresh.output), _now()
        judge_and_print(fresh, settings, now=NOON + timedelta(hours=1))
        measured("judged and printed, one more", began, fresh.output, before)
    return "\n".join([*lines, "targets: 10,000 whole in 60 s; again, no file; one more in 1 s"])


def _now() -> Began:
    return Began(wall=time.perf_counter(), cpu=_cpu())


def _cpu() -> float:
    """Return the seconds of processor time that this process and its children have taken."""
    usages = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def _times(output: Path) -> dict[str, int]:
    return {
        str(path.relative_to(output)): path.stat().st_mtime_ns
        for path in output.rglob("*")
        if path.is_file()
    }


def _keep_one(newsroom: Newsroom, settings: Settings, source: Source) -> None:
    """Ask this source alone, and keep what it says."""
    with transaction(newsroom.engine) as connection:
        known, seen = remembered(connection), recall(connection, {source.id})
    turn = Turn(source=source, remembered=known[source.id], seen=seen.get(source.id))
    with open_fetcher(settings) as fetch:
        some = pull(
            (turn,),
            settings=settings,
            fetch=fetch,
            parse=newsroom.parse,
            stopping=newsroom.stopping,
        )
        for turns in some:
            list(keep_all(newsroom.engine, turns, settings=settings, now=NOON))


def _write_feed(
    folder: Path, number: int, *, count: int, texts: random.Random, more: bool = False
) -> None:
    """Write a feed of `count` articles that share nothing but the language."""
    items = "".join(
        f"<item><guid>https://paper-{number}.example/{'more-' if more else ''}{item}</guid>"
        f"<link>https://paper-{number}.example/{'more-' if more else ''}{item}</link>"
        f"<title>{_words(texts, 8).capitalize()}</title>"
        f"<pubDate>{format_datetime(NOON - timedelta(minutes=7 * item + number))}</pubDate>"
        f"<description>{_words(texts, 60).capitalize()}.</description></item>"
        for item in range(count)
    )
    (folder / f"{number}.xml").write_text(
        f'<rss version="2.0"><channel><title>Paper {number}</title>'
        f"<link>https://paper-{number}.example/</link><description>News</description>{items}"
        "</channel></rss>"
    )


def _words(texts: random.Random, count: int) -> str:
    return " ".join("".join(texts.choices(SYLLABLES, k=3)) for _ in range(count))


def _settings(folder: Path) -> Settings:
    """Write and load the settings of a paper with a section for each source."""
    names = range(SECTIONS)
    settings = {
        "site": {"title": "The Measured", "base_url": "https://measured.example/"},
        "defaults": {"backfill": "all", "retention": "3650d"},
        "sections": [{"title": f"Section {number}"} for number in names],
        "sources": [
            {
                "name": f"Paper {number}",
                "feed": (folder / f"{number}.xml").as_uri(),
                "sections": [f"Section {number}"],
            }
            for number in names
        ],
    }
    (folder / "config").mkdir()
    (folder / "config" / "sources.yaml").write_text(json.dumps(settings))
    return load(folder / "config")


if __name__ == "__main__":
    print(run(*map(int, sys.argv[1:2])))
