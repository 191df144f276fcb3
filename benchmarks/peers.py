"""Those that are measured: Broadsheet, and programs that do the same work or part of it."""

import compileall
import json
import shlex
import shutil
import sqlite3
import subprocess
import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import closing
from importlib.metadata import version
from pathlib import Path

from benchmarks.tree import ROOT

READER = ("reader==3.26", "sgmllib3k==1.0.0")
_AT_ONCE = 16  # as many as Broadsheet asks at once
_FETCH = r"""
fetch() {
    etag="${sfeedpath}/../etags/$(basename "$3")"
    curl -L --max-redirs 0 -H "User-Agent:" -f -s -m 15 --compressed \
        --etag-save "${etag}" --etag-compare "${etag}" "$2" 2>/dev/null
}
"""


class Peer(ABC):
    """A program, its state in a folder of its own: prepared once, run as often as one likes."""

    name: str
    version: str

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write what the program needs to know these feeds."""
        (folder / "urls").write_text("\n".join(urls) + "\n", "utf-8")

    @abstractmethod
    def command(self, folder: Path) -> Sequence[str | Path]:
        """Return what to run to have every feed asked, due or not."""

    @abstractmethod
    def entries(self, folder: Path) -> int:
        """Return how many entries the program says it has, or has in its files."""


class Broadsheet(Peer):
    """`broadsheet build`: asks, reads and keeps, and then judges and prints a paper."""

    name = "Broadsheet"

    def __init__(self) -> None:
        self.version = version("broadsheet")

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write a configuration: three sections, and leave to connect to loopback.

        We are compiled as an installation compiles what it installs, as its peers were.
        """
        for package in ("feeds", "publisher", "aggregator"):
            compileall.compile_dir(ROOT / package, quiet=1)
        lines = [
            "site:",
            "  title: The Measured",
            "  base_url: https://measured.example/",
            "  allow_networks: [127.0.0.0/8]",
            "sections:",
            "  - {title: Technology, words: [software, computer, Android, Linux, code, app]}",
            "  - {title: Politics, words: [minister, government, election, parliament, war]}",
            "  - {title: Everything}",
            "sources:",
        ]
        lines += [
            f"  - {{name: Paper {number}, feed: {json.dumps(url)}, sections: [Everything]}}"
            for number, url in enumerate(urls)
        ]
        (folder / "config").mkdir()
        (folder / "config" / "sources.yaml").write_text("\n".join(lines) + "\n", "utf-8")

    def command(self, folder: Path) -> Sequence[str | Path]:
        """Return the call of the command line."""
        return [*self._broadsheet("build", folder), "--all"]

    def entries(self, folder: Path) -> int:
        """Return what its own status says."""
        told = subprocess.check_output([*self._broadsheet("status", folder), "--json"], cwd=ROOT)
        return sum(row["entries"] for row in json.loads(told))

    def _broadsheet(self, command: str, folder: Path) -> list[str]:
        places = [f"--{name}={folder / name}" for name in ("config", "state", "output")]
        database = f"--database-url=sqlite:///{folder / 'state' / 'broadsheet.db'}"
        return [sys.executable, "-m", "aggregator", command, *places, database]


class BroadsheetPull(Broadsheet):
    """The same without the paper: what its peers do."""

    name = "Broadsheet, pull only"

    def command(self, folder: Path) -> Sequence[str | Path]:
        """Return the call of our driver."""
        return [
            *(sys.executable, "-m", "benchmarks.pull_only"),
            *(folder / "config", folder / "state"),
        ]


class Reader(Peer):
    """reader, the library, by a script of four lines in a virtualenv of its own."""

    name = "reader"

    def __init__(self, python: Path) -> None:
        self._script: list[str | Path] = [python, ROOT / "benchmarks" / "with_reader.py"]
        told: list[str | Path] = [python, "-c", "import reader; print(reader.__version__)"]
        self.version = subprocess.check_output(told, text=True).strip()

    def command(self, folder: Path) -> Sequence[str | Path]:
        """Return the call of the script."""
        return [*self._script, folder / "urls", folder / "reader.db"]

    def entries(self, folder: Path) -> int:
        """Return what it says itself."""
        told: list[str | Path] = [*self._script, "--count", folder / "reader.db"]
        return int(subprocess.check_output(told, text=True))


class Plain(Peer):
    """The script everybody writes, on requests, feedparser and SQLite."""

    name = "plain script"
    version = "benchmarks/plain.py"

    def command(self, folder: Path) -> Sequence[str | Path]:
        """Return the call of the script."""
        return [sys.executable, "-m", "benchmarks.plain", folder / "urls", folder / "plain.db"]

    def entries(self, folder: Path) -> int:
        """Return the rows of its table."""
        return _rows(folder / "plain.db", "select count(*) from entry")


class Newsboat(Peer):
    """newsboat without its screen."""

    name = "newsboat"

    def __init__(self) -> None:
        self.version = _packaged("newsboat")

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write the list of feeds and the number of threads."""
        super().prepare(folder, urls)
        (folder / "newsboat").write_text(f"reload-threads {_AT_ONCE}\n", "utf-8")

    def command(self, folder: Path) -> Sequence[str | Path]:
        """Return the call that reloads every feed."""
        cache = folder / "newsboat.db"
        return ["newsboat", "-u", folder / "urls", "-C", folder / "newsboat", "-c", cache,
                "-x", "reload"]  # fmt: skip

    def entries(self, folder: Path) -> int:
        """Return the rows of its cache."""
        return _rows(folder / "newsboat.db", "select count(*) from rss_item where deleted = 0")


class Sfeed(Peer):
    """sfeed_update, with the conditional requests that its manual shows how to add.

    By ETag alone: the manual's date besides is when we fetched, not the server's own, and nginx
    takes a date it did not give for a change.
    """

    name = "sfeed"

    def __init__(self) -> None:
        self.version = _packaged("sfeed")

    def prepare(self, folder: Path, urls: Sequence[str]) -> None:
        """Write its configuration, which is a program of the shell."""
        feeds = "\n".join(
            f"    feed {number:05d} {shlex.quote(url)}" for number, url in enumerate(urls)
        )
        (folder / "feeds").mkdir()
        (folder / "etags").mkdir()
        (folder / "sfeedrc").write_text(
            f"sfeedpath={shlex.quote(str(folder / 'feeds'))}\nmaxjobs={_AT_ONCE}\n"
            f"{_FETCH}feeds() {{\n{feeds}\n}}\n",
            "utf-8",
        )

    def command(self, folder: Path) -> Sequence[str | Path]:
        """Return the call that updates every feed."""
        return ["sfeed_update", folder / "sfeedrc"]

    def entries(self, folder: Path) -> int:
        """Return the lines of its files."""
        return sum(path.read_bytes().count(b"\n") for path in (folder / "feeds").iterdir())


def install_reader(folder: Path, packages: Sequence[str] = READER) -> Path:
    """Install reader, or others, into a virtualenv in `folder` and return its interpreter.

    Raises subprocess.CalledProcessError, its output in words, where it cannot be had.
    """
    subprocess.run([sys.executable, "-m", "venv", folder], check=True, capture_output=True)
    python = folder / "bin" / "python"
    pip: list[str | Path] = [
        python,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        *packages,
    ]
    subprocess.run(pip, check=True, capture_output=True, text=True, timeout=600)
    return python


def packaged_peers() -> tuple[list[Peer], list[str]]:
    """Return those that the system has, and in words those that it has not."""
    programs: list[tuple[str, type[Newsboat | Sfeed]]]
    programs = [("newsboat", Newsboat), ("sfeed_update", Sfeed)]
    found: list[Peer] = [kind() for program, kind in programs if shutil.which(program)]
    missing = [
        f"{kind.name} is not measured: apt-get install {kind.name}"
        for program, kind in programs
        if not shutil.which(program)
    ]
    return found, missing


def _rows(database: Path, query: str) -> int:
    with closing(sqlite3.connect(database)) as store:
        count: int = store.execute(query).fetchone()[0]
    return count


def _packaged(name: str) -> str:
    """Return the version Debian has of a package; where it is not Debian, nobody knows."""
    try:
        told = ["dpkg-query", "--show", "--showformat=${Version}", name]
        return subprocess.check_output(told, text=True, stderr=subprocess.DEVNULL)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
