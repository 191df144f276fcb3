"""WebSub with a stranger, flask-websub: its subscriber at our hub, our paper at its hub.

All of it over loopback, with papers that `broadsheet run` keeps up.
"""

import hashlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import Any

from benchmarks.peers import install_reader
from benchmarks.tree import ROOT

PACKAGES = ("flask-websub==0.4.1", "celery==5.7.0")
PATIENCE = 60.0  # seconds until something that should happen has not
_SCRIPT = ROOT / "benchmarks" / "with_flask_websub.py"
_ITEM = (
    "<item><title>{title}</title><link>https://wire.example/{number}</link>"
    "<guid>https://wire.example/{number}</guid><description>{title}, and more.</description></item>"
)


@dataclass
class Stranger:
    """flask-websub at work, and what it has told so far."""

    process: "subprocess.Popen[str]"
    told: list[dict[str, Any]] = field(default_factory=list)

    def listen(self) -> None:
        """Hear what it tells, to its end."""
        for line in self.process.stdout or ():
            self.told.append(json.loads(line))

    def do(self, what: str) -> None:
        """Have it do something."""
        if self.process.stdin:
            self.process.stdin.write(f"{what}\n")
            self.process.stdin.flush()

    def events(self, event: str) -> list[dict[str, Any]]:
        """Return what it told of one kind."""
        return [one for one in self.told if one["event"] == event]

    def has(self, digest: str) -> bool:
        """Say whether it was sent a feed that says this."""
        return any(one["digest"] == digest for one in self.events("content"))


@dataclass(frozen=True)
class Paper:
    """A paper of ours, whose one source is a file unless it is another paper's feed."""

    folder: Path
    port: int

    @property
    def feed(self) -> str:
        """Return the address of its feed."""
        return f"http://127.0.0.1:{self.port}/atom.xml"

    def write(self, *titles: str, site: str, feed: str = "") -> None:
        """Configure it; a title more is a source more, which a paper at work asks at once."""
        (self.folder / "config").mkdir(parents=True, exist_ok=True)
        base = f"base_url: 'http://127.0.0.1:{self.port}/', allow_networks: [127.0.0.0/8]"
        sources = [f"{{name: Other, feed: '{feed}', every: 30d}}"] if feed else []
        for number, title in enumerate(titles):
            body = _ITEM.format(title=title, number=number)
            said = f"<rss version='2.0'><channel><title>{title}</title>{body}</channel></rss>"
            (self.folder / "config" / f"{number}.xml").write_text(said, "utf-8")
            sources.append(f"{{name: '{title}', feed: 'file:{number}.xml'}}")
        lines = [f"site: {{title: Paper, {base}, {site}}}", "sources:"]
        text = "\n".join([*lines, *(f"  - {one}" for one in sources)])
        (self.folder / "config" / "sources.yaml").write_text(f"{text}\n", "utf-8")

    def digest(self, title: str) -> str:
        """Return a digest of its feed once that has an entry of this title."""
        file = self.folder / "public" / "atom.xml"
        _until(lambda: file.exists() and title in file.read_text("utf-8"), f"{title} is printed")
        return hashlib.sha256(file.read_bytes()).hexdigest()

    @contextmanager
    def running(self) -> Iterator[None]:
        """Keep it up and served."""
        places = [f"--{name}={self.folder / name}" for name in ("config", "state")]
        places += [f"--output={self.folder / 'public'}", f"--port={self.port}", "--tick=0.5"]
        command = [sys.executable, "-m", "aggregator", "run", *places]
        with (self.folder / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=ROOT, stdout=log, stderr=log)
            try:
                yield
            finally:
                process.terminate()
                process.wait(20)


def run() -> str:
    """Return what was seen to work; raise AssertionError for what does not."""
    with TemporaryDirectory() as place:
        folder = Path(place)
        try:
            python = install_reader(folder / "venv", PACKAGES)
        except subprocess.CalledProcessError as error:
            return f"skipped: flask-websub cannot be installed here ({str(error.stderr).strip()})"
        seen = [*_at_our_hub(python, folder / "ours"), *_at_their_hub(python, folder / "theirs")]
    return "\n".join(f"  {one}" for one in (f"with {', '.join(PACKAGES)}:", *seen))


def _at_our_hub(python: Path, folder: Path) -> Iterator[str]:
    """Yield what its subscriber gets from our hub."""
    paper = Paper(folder / "paper", _free_port())
    paper.write("First", site="hub: builtin")
    with paper.running():
        paper.digest("First")
        port = str(_free_port())
        with _stranger(python, folder, "subscriber", port, paper.feed) as subscriber:
            _until(lambda: subscriber.events("subscribe"), "our hub verifies it")
            yield "its subscriber finds our hub in the headers, and confirms that it means it"
            paper.write("First", "Second", site="hub: builtin")
            digest = paper.digest("Second")
            _until(lambda: subscriber.has(digest), "our hub sends it what is new")
            yield "its subscriber is sent the feed, byte for byte as it is served"
            subscriber.do("renew")
            _until(lambda: len(subscriber.events("subscribe")) == 2, "our hub renews it")
            yield "its subscriber renews its lease"
            subscriber.do("unsubscribe")
            _until(lambda: subscriber.events("unsubscribe"), "our hub lets it go")
            sent = len(subscriber.events("content"))
            paper.write("First", "Second", "Third", site="hub: builtin")
            paper.digest("Third")
            time.sleep(3)
            _see(len(subscriber.events("content")) == sent, "nothing is sent to who has left")
            yield "its subscriber leaves, and is sent nothing more"


def _at_their_hub(python: Path, folder: Path) -> Iterator[str]:
    """Yield what our publisher and our subscriber do at its hub."""
    port = str(_free_port())
    site = f"hub: 'http://127.0.0.1:{port}/hub'"
    paper, reader = Paper(folder / "paper", _free_port()), Paper(folder / "reader", _free_port())
    paper.write("First", site=site)
    reader.write(site="push: true", feed=paper.feed)
    with ExitStack() as opened:
        hub = opened.enter_context(_stranger(python, folder, "hub", port))
        _until(lambda: hub.events("ready"), "its hub is ready")
        opened.enter_context(paper.running())
        paper.digest("First")
        other = str(_free_port())
        theirs = _stranger(python, folder, "subscriber", other, paper.feed)
        subscriber = opened.enter_context(theirs)
        _until(lambda: subscriber.events("subscribe"), "its hub verifies its subscriber")
        opened.enter_context(reader.running())
        reader.digest("First")
        time.sleep(3)  # a hub that verifies at once does so before our subscriber is told
        paper.write("First", "Second", site=site)
        digest = paper.digest("Second")
        _until(lambda: subscriber.has(digest), "its hub sends what we told it of")
        yield "its hub hears of our news, fetches the feed, and sends it to its subscriber"
        reader.digest("Second")
        yield "our subscriber reads at its hub what it would have asked for in thirty days"


@contextmanager
def _stranger(python: Path, folder: Path, *arguments: str) -> Iterator[Stranger]:
    folder.mkdir(parents=True, exist_ok=True)
    process = subprocess.Popen(
        [python, _SCRIPT, *arguments, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=(folder / f"{arguments[0]}.log").open("wb"),
        text=True,
    )
    stranger = Stranger(process)
    ear = Thread(target=stranger.listen)
    with process:
        ear.start()
        try:
            yield stranger
        finally:
            process.kill()
            ear.join()


def _until(happens: Callable[[], object], what: str) -> None:
    ends = time.monotonic() + PATIENCE
    while not happens():
        _see(time.monotonic() < ends, what)
        time.sleep(0.1)


def _see(is_so: object, what: str) -> None:
    if not is_so:
        raise AssertionError(f"it is not so that {what}")


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
