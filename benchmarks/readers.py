"""Our feeds in the readers people have: all of the demo's, in every format, over loopback.

Of each entry a reader should show the title, open the article itself, and know its date.
"""

import io
import json
import mailbox
import re
import shutil
import sqlite3
import subprocess
import urllib.request
from calendar import timegm
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from email.header import decode_header, make_header
from email.utils import parsedate_to_datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import feedparser

from aggregator import demo
from benchmarks.peers import Newsboat, Reader, Sfeed, install_reader
from benchmarks.tree import ROOT
from publisher import formats
from publisher.serve import Server

PORT = 8437
NPM = {"rss-parser": "3.13.0", "feedsmith": "3.0.1"}
RSS2EMAIL = ("rss2email==3.14",)
_LETTERS = """[DEFAULT]
to = reader@paper.example
email-protocol = maildir
maildir-path = {place}/mail
maildir-mailbox = INBOX
date-header = True
date-header-order = issued
"""
_SPACE = re.compile(r"\s+")
_STOP = timedelta(seconds=5)


@dataclass(frozen=True, slots=True)
class Shown:
    """An entry as a reader has it; `date` in seconds of the epoch."""

    feed: str
    title: str
    link: str
    date: int


class Readers:
    """What each reader makes of feeds, by its name; `folder` is for what they keep."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def feedparser(self, urls: Sequence[str]) -> Iterator[Shown]:
        """Read with feedparser, the parser of most readers written in Python."""
        for url in urls:
            result = feedparser.parse(io.BytesIO(_get(url)))  # noqa: TID251  # never an address
            for one in result.entries:
                date = timegm(one.get("published_parsed") or one.updated_parsed)
                yield Shown(url, one.title, one.link, date)

    def reader(self, urls: Sequence[str]) -> Iterator[Shown]:
        """Read with reader, the library, in a virtualenv of its own."""
        venv = self._folder / "venv"
        python = venv / "bin" / "python" if venv.exists() else install_reader(venv)
        peer, place = Reader(python), self._place("reader")
        peer.prepare(place, urls)
        _run(peer.command(place))
        script = ROOT / "benchmarks" / "with_reader.py"
        yield from _lines(_run([python, script, "--entries", place / "reader.db"]))

    def rss2email(self, urls: Sequence[str]) -> Iterator[Shown]:
        """Read with rss2email, which makes letters; their headers say what it read."""
        venv = self._folder / "r2e"
        if not venv.exists():
            install_reader(venv, RSS2EMAIL)
        place = self._place("rss2email")
        (place / "mail").mkdir()
        (place / "cfg").write_text(_LETTERS.format(place=place), "utf-8")
        told: list[str | Path] = [venv / "bin" / "r2e", "-c", place / "cfg", "-d", place / "data"]
        for number, url in enumerate(urls):
            _run([*told, "add", f"feed{number}", url])
        _run([*told, "run"])
        for letter in mailbox.Maildir(place / "mail" / "INBOX", create=False):
            named = {name: str(make_header(decode_header(said))) for name, said in letter.items()}
            date = int(parsedate_to_datetime(named["Date"]).timestamp())
            yield Shown(named["X-RSS-Feed"], named["Subject"], named["X-RSS-URL"], date)

    def newsboat(self, urls: Sequence[str]) -> Iterator[Shown]:
        """Read with newsboat, without its screen.

        Each feed by itself: its cache has one row an id, so that of an entry in two feeds the
        second is not in it. Readers see it once, as they should.
        """
        asked = "select feedurl, title, url, pubDate from rss_item"
        for url in urls:
            peer, place = Newsboat(), self._place("newsboat")
            peer.prepare(place, [url])
            _run(peer.command(place))
            with closing(sqlite3.connect(place / "newsboat.db")) as cache:
                yield from (Shown(*row) for row in cache.execute(asked))

    def sfeed(self, urls: Sequence[str]) -> Iterator[Shown]:
        """Read with sfeed, which takes a document and gives lines."""
        for url in urls:
            for line in _run(["sfeed", url], _get(url)).splitlines():
                date, title, link, *_ = line.split("\t")
                yield Shown(url, title, link, int(date or 0))

    def npm(self, parser: str, urls: Sequence[str]) -> Iterator[Shown]:
        """Read with a parser of npm."""
        modules = self._folder / "npm"
        if not modules.exists():
            modules.mkdir()
            wanted = [f"{name}@{number}" for name, number in NPM.items()]
            options = ["--silent", "--no-fund", "--no-audit", "--prefix"]
            _run(["npm", "install", *options, modules, *wanted])
        script = ROOT / "benchmarks" / "with_npm.mjs"
        yield from _lines(_run(["node", script, parser, modules], "\n".join(urls).encode()))

    def _place(self, name: str) -> Path:
        place = self._folder / f"{name}{len(list(self._folder.iterdir()))}"
        place.mkdir()
        return place


def run() -> str:
    """Return the table: of each reader and format, how many entries are right in what."""
    with TemporaryDirectory() as made:
        folder = Path(made)
        output = folder / "public"
        demo.once(state=folder / "state", output=output, port=PORT)
        server = Server(output, port=PORT)
        server.start()
        try:
            (folder / "readers").mkdir()
            return _table(output, Readers(folder / "readers"))
        finally:
            server.stop(_STOP)


def _table(output: Path, readers: Readers) -> str:
    rows = [
        "| reader | format | feeds | entries | titles | article's own link | dates |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, number, kinds in _programs():
        for one in formats.ALL:
            if one.kind.name not in kinds:
                continue
            expected = _published(output, one)
            urls = sorted({shown.feed for shown in expected})
            read = getattr(readers, name, None)
            seen = list(read(urls) if read else readers.npm(name, urls))
            told = " | ".join(f"{found} of {len(expected)}" for found in _right(expected, seen))
            rows.append(f"| {name} {number} | {one.kind.title} | {len(urls)} | {told} |")
    return "\n".join(rows)


def _programs() -> Iterator[tuple[str, str, Sequence[str]]]:
    """Yield those at hand: a name, its version, and the files it can read."""
    xml, every = ("atom.xml", "rss.xml"), ("atom.xml", "rss.xml", "feed.json")
    yield "feedparser", feedparser.__version__, xml
    yield "reader", "3.26", every
    yield "rss2email", "3.14", xml
    if shutil.which("newsboat"):
        yield "newsboat", Newsboat().version.partition("-")[0], xml
    if shutil.which("sfeed"):
        yield "sfeed", Sfeed().version.partition("-")[0], xml
    if shutil.which("npm"):
        yield "rss-parser", NPM["rss-parser"], xml
        yield "feedsmith", NPM["feedsmith"], every


def _published(output: Path, one: formats.Format) -> list[Shown]:
    found = []
    for path in sorted(output.rglob(one.kind.name)):
        feed = one.read(path.read_bytes())
        for entry in feed.entries:
            date = int((entry.published or entry.updated).timestamp())
            found.append(Shown(feed.self_href, entry.title, entry.permalink, date))
    return found


def _right(expected: Sequence[Shown], seen: Sequence[Shown]) -> tuple[int, int, int, int]:
    """Return how many entries there are, and of how many the title, the link, the date is right."""
    by_link = {(one.feed, one.link): one for one in seen}
    met = [(one, by_link.get((one.feed, one.link))) for one in expected]
    titles = sum(
        other is not None and _SPACE.sub(" ", other.title) == _SPACE.sub(" ", one.title.strip())
        for one, other in met
    )
    dates = sum(other is not None and other.date == one.date for one, other in met)
    return len(seen), titles, sum(other is not None for _, other in met), dates


def _get(url: str) -> bytes:
    with urllib.request.urlopen(url) as answer:  # noqa: S310  # loopback, ours
        body: bytes = answer.read()
    return body


def _run(command: Sequence[str | Path], given: bytes | None = None) -> str:
    done = subprocess.run(command, input=given, capture_output=True, check=True, timeout=300)
    return done.stdout.decode()


def _lines(told: str) -> Iterator[Shown]:
    for line in told.splitlines():
        said: dict[str, Any] = json.loads(line)
        yield Shown(said["feed"], said["title"], said["link"], int(said["date"]))
