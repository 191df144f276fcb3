"""A publication killed at every call it makes to the disk, and read while it goes on.

Run as a program, this file is the one that gets killed: `publish`, `recover` or `loop`, in a
folder of its own, without pytest's threads.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from publisher import journal
from publisher.encodings import SUFFIXES, packings
from publisher.write import Press

CALLS = ("open", "write", "fsync", "mkdir", "chmod", "fchmod", "rename", "replace", "unlink")


def page(*links: str, words: str, times: int = 50) -> bytes:
    return "\n".join([*links, words * times]).encode()


def whole(files: dict[str, bytes]) -> dict[str, bytes]:
    """Return the paper as it is on disk: the files, and the packed forms beside the long ones."""
    return {name: data for path in files for name, data in packings(path, files[path]).items()} | (
        files
    )


OLD = {
    "articles/1/index.html": page(words="one"),
    "articles/2/index.html": page(words="two", times=500),
    "world/index.html": page("articles/1/index.html", words="world"),
    "atom.xml": page("articles/1/index.html", "articles/2/index.html", words="feed", times=500),
    "index.html": page("world/index.html", "articles/1/index.html", words="front"),
}
NEW = {
    "articles/2/index.html": page(words="two, corrected"),
    "articles/2026/3/index.html": page(words="three"),
    "europe/index.html": page("articles/2026/3/index.html", words="europe"),
    "atom.xml": page(
        "articles/2/index.html", "articles/2026/3/index.html", words="feed", times=500
    ),
    "index.html": page("europe/index.html", "articles/2026/3/index.html", words="new front"),
}
GONE = tuple(OLD.keys() - NEW.keys())
OLD_TREE, NEW_TREE = whole(OLD), whole(NEW)


def tree(public: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(public)): path.read_bytes()
        for path in public.rglob("*")
        if path.is_file() and ".press" not in path.parts
    }


def assert_readable(files: dict[str, bytes]) -> None:
    for path, body in files.items():
        assert body in (OLD_TREE.get(path), NEW_TREE.get(path)), f"{path} is torn"
        if path.endswith(SUFFIXES):
            continue
        links = [line for line in body.decode().splitlines() if line.endswith(".html")]
        assert files.keys() >= set(links), f"{path} links to what is not there"


def run(mode: str, folder: Path, *, losing: str = "nothing") -> None:
    subprocess.run([sys.executable, __file__, mode, str(folder), losing], check=True, timeout=100)


@pytest.mark.parametrize("losing", ["nothing", "unsynced", "syncfs"])
def test_a_publication_killed_at_any_call_is_old_or_finished(tmp_path: Path, losing: str) -> None:
    run("publish", tmp_path, losing=losing)
    outcomes = []
    for public in sorted(tmp_path.iterdir()):
        promised = (public / ".press" / "journal").exists()
        assert_readable(tree(public))
        finished = Press(public).recover()
        after = tree(public)
        assert after == NEW_TREE if promised else after in (OLD_TREE, NEW_TREE)
        assert not (public / ".press").exists()
        assert Press(public).recover() == 0
        outcomes.append((promised, finished, after == NEW_TREE))
    steps = len(NEW_TREE) + len(OLD_TREE.keys() - NEW_TREE.keys())
    assert {(True, left, True) for left in range(steps + 1)} <= set(outcomes)
    assert {(False, 0, False), (False, 0, True)} <= set(outcomes)
    assert len(outcomes) > 30


def test_a_recovery_killed_at_any_call_is_finished_by_the_next(tmp_path: Path) -> None:
    run("recover", tmp_path)
    trees = sorted(tmp_path.glob("*-*"))
    assert len(trees) > 100
    for public in trees:
        assert_readable(tree(public))
        Press(public).recover()
        assert tree(public) == NEW_TREE


def test_the_disk_holds_the_files_before_the_journal_and_the_moves_before_it_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []
    press = Press(tmp_path)
    press.publish(OLD)
    watch(lambda name, arguments: calls.append(f"{name} {name_of(arguments)}"), monkeypatch.setattr)
    press.publish(NEW, delete=GONE)
    journalled = calls.index("rename journal.new")
    closed = calls.index("unlink journal")
    moves = [place for place, call in enumerate(calls) if call.startswith("replace ")]
    deletions = [place for place, call in enumerate(calls) if call == "unlink index.html"]
    assert len(moves) == len(NEW_TREE)
    assert len(deletions) == len(GONE)
    last_write = max(place for place, call in enumerate(calls) if call.startswith("write "))
    assert last_write < calls.index("sync output") < journalled < calls.index("fsync .press")
    assert calls.index("fsync .press") < min(moves) < max(moves) < min(deletions)
    assert max(deletions) < calls.index("sync output", journalled) < closed


def test_a_reader_never_meets_half_a_file_or_none(tmp_path: Path) -> None:
    Press(tmp_path).publish(OLD)
    always = OLD.keys() & NEW.keys()
    reads = 0
    with subprocess.Popen([sys.executable, __file__, "loop", str(tmp_path), "nothing"]) as loop:
        while loop.poll() is None:
            for path in always:
                assert (tmp_path / path).read_bytes() in (OLD[path], NEW[path])
                reads += 1
    assert loop.returncode == 0
    assert reads > 100


def watch(
    see: Callable[[str, tuple[Any, ...]], None], replace: Callable[[Any, str, Any], None]
) -> None:
    """Have `see` told of every call to the disk before it is made."""

    def watched(name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            see(name, arguments)
            return real(*arguments, **keywords)

        return call

    for name in (*CALLS, "rmdir"):
        replace(os, name, watched(name, getattr(os, name)))
    if journal._syncfs is not None:
        replace(journal, "_syncfs", watched("sync", journal._syncfs))


def name_of(arguments: tuple[Any, ...]) -> str:
    """Return the last part of the path a call is about; the output is called just that."""
    subject = arguments[0]
    path = Path(f"/proc/self/fd/{subject}").resolve() if isinstance(subject, int) else subject
    return path.name if ".press" in path.parts or path.suffix else "output"


class Death:
    """Kills this process at its `moment`-th call; `unsynced`: as a power cut would."""

    def __init__(self, moment: int, *, losing: str) -> None:
        self._left = moment
        self._losing = losing
        self._unsynced: set[Path] = set()
        self._write = os.write
        watch(self.see, setattr)

    def see(self, name: str, arguments: tuple[Any, ...]) -> None:
        self._left -= 1
        if self._left == 0:
            if name == "write":
                self._write(arguments[0], arguments[1][: len(arguments[1]) // 2])
            for path in self._unsynced if self._losing == "unsynced" else ():
                if path.exists():
                    os.truncate(path, path.stat().st_size // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        if name == "open" and arguments[1] & os.O_CREAT:
            self._unsynced.add(Path(arguments[0]))
        elif name in {"rename", "replace"} and Path(arguments[0]) in self._unsynced:
            self._unsynced.add(Path(arguments[1]))
        elif name == "sync":
            self._unsynced.clear()


def killed(work: Callable[[], object], *, moment: int, losing: str) -> bool:
    """Do the work in a child that dies at its `moment`-th call; False when it lived."""
    child = os.fork()
    if child == 0:
        Death(moment, losing=losing)
        work()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0
    return os.WIFSIGNALED(status)


def die_publishing(folder: Path, *, losing: str) -> None:
    for moment in count(1):
        press = Press(public := folder / f"{moment:03}")
        press.publish(OLD)
        publish = partial(press.publish, NEW, delete=GONE)
        if not killed(publish, moment=moment, losing=losing):
            shutil.rmtree(public)
            return


def die_recovering(folder: Path, *, losing: str) -> None:
    die_publishing(folder, losing=losing)
    for public in sorted(folder.iterdir()):
        if not (public / ".press" / "journal").exists():
            continue
        for moment in count(1):
            shutil.copytree(public, again := folder / f"{public.name}-{moment:03}")
            if not killed(Press(again).recover, moment=moment, losing=losing):
                break


def loop(folder: Path, *, losing: str) -> None:
    for _ in range(60):
        Press(folder).publish(NEW, delete=GONE)
        Press(folder).publish(OLD, delete=tuple(NEW.keys() - OLD.keys()))


if __name__ == "__main__":
    _, mode, where, losing = sys.argv
    if losing == "syncfs":
        journal._syncfs = None
    work = {"publish": die_publishing, "recover": die_recovering, "loop": loop}[mode]
    work(Path(where), losing=losing)
