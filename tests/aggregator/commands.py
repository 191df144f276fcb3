"""The commands as an operator types them: in this process, or in one of their own."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from click.testing import CliRunner, Result

from aggregator.cli import main
from publisher.encodings import SUFFIXES
from tests.aggregator.databases import database_of, is_postgresql
from tests.aggregator.newsrooms import a_feed, an_item

TEXT = "The central bank in Frankfurt lowered its interest rate as inflation fell in May."
COMMAND = [sys.executable, "-m", "aggregator"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """An operator's folder: config, state and public side by side."""

    folder: Path

    @property
    def output(self) -> Path:
        return self.folder / "public"

    @property
    def places(self) -> list[str]:
        names = {"config": "config", "state": "state", "output": "public"}
        places = [f"--{option}={self.folder / name}" for option, name in names.items()]
        if is_postgresql():
            places.append(f"--database-url={database_of(self.folder)}")
        return places

    def write(self, *sources: str, sections: str = "[{title: World}]", site: str = "") -> None:
        """Write a configuration; a source is the rest of its line in YAML."""
        config = self.folder / "config"
        config.mkdir(exist_ok=True)
        lines = [
            f"site: {{title: The Paper, base_url: 'https://paper.example/'{site}}}",
            f"sections: {sections}",
            "sources:",
            *(f"  - {{{source}, sections: [World]}}" for source in sources),
        ]
        (config / "sources.yaml").write_text("\n".join(lines) + "\n", "utf-8")

    def feed(self, name: str, *titles: str) -> str:
        """Write a feed with these titles beside the configuration; return its address."""
        items = (an_item(n, title, TEXT, host=name) for n, title in enumerate(titles))
        (self.folder / "config").mkdir(exist_ok=True)
        (self.folder / "config" / f"{name}.xml").write_bytes(a_feed(*items))
        return f"file:{name}.xml"

    def call(self, command: str, *arguments: str, **environ: str) -> Result:
        """Run a command on this paper, here."""
        return call(command, *self.places, *arguments, **environ)

    def start(self, command: str, *arguments: str) -> "subprocess.Popen[str]":
        """Start a command on this paper in a process of its own."""
        return start(command, *self.places, *arguments)

    def status(self) -> dict[str, dict[str, object]]:
        """Return what `status --json` says, by the source's id."""
        said = self.call("status", "--json")
        assert said.exit_code == 0, said.stderr
        return {row["id"]: row for row in json.loads(said.stdout)}

    def files(self) -> dict[str, bytes]:
        return published(self.output)


def call(*arguments: str, **environ: str) -> Result:
    """Run a command here. A fault of ours is raised; only a way to end comes back."""
    result = CliRunner().invoke(main, arguments, env=environ, prog_name="broadsheet")
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def start(*arguments: str) -> "subprocess.Popen[str]":
    """Start a command in a process of its own."""
    return subprocess.Popen(
        [*COMMAND, *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def published(output: Path) -> dict[str, bytes]:
    """Return the files of a paper, by path, without the packed forms beside them."""
    return {
        str(path.relative_to(output)): path.read_bytes()
        for path in sorted(output.rglob("*"))
        if path.is_file() and path.suffix not in SUFFIXES
    }


def eventually(happens: Callable[[], object], *, within: float = 60) -> None:
    """Return once it happens; fail if it has not within so many seconds."""
    limit = time.monotonic() + within
    while not happens():
        assert time.monotonic() < limit, "it never happened"
        time.sleep(0.02)


def no_traceback(texts: Iterable[str]) -> bool:
    """Say whether none of these texts shows an operator the inside of the program."""
    return not any("Traceback" in text or 'File "' in text for text in texts)
