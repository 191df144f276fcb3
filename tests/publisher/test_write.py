"""The press on a healthy disk, on a full one, and against paths that are none of its business."""

import ctypes
import errno
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.errors import PublishError
from publisher import encodings, journal
from publisher.write import Press, Written

SEGMENTS = st.sampled_from(["a", "b", "articles", "index.html", "atom.xml", "é"])
PATHS = st.lists(SEGMENTS, min_size=1, max_size=3).map("/".join)
PAPERS = st.dictionaries(PATHS, st.binary(max_size=12), max_size=8).filter(
    lambda files: not any(other.startswith(f"{path}/") for path in files for other in files)
)


def tree(output: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(output)): path.read_bytes()
        for path in output.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def public(tmp_path: Path) -> Path:
    return tmp_path / "public"


@contextmanager
def umask(mask: int) -> Iterator[None]:
    before = os.umask(mask)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def without_privileges() -> Iterator[None]:
    """Be somebody to whom permissions apply: root is above them."""
    before = os.geteuid()
    os.seteuid(before or 65534)
    try:
        yield
    finally:
        os.seteuid(before)


def test_the_first_publication_makes_the_folder_and_everything_in_it(public: Path) -> None:
    files = {"index.html": b"front", "world/atom.xml": b"<feed/>"}
    written = Press(public).publish(files)
    assert set(written.changed) == set(files)
    assert tree(public) == files
    assert not (public / ".press").exists()


def test_publishing_the_same_again_writes_nothing_at_all(
    public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {"index.html": b"front", "world/atom.xml": LONG}
    press = Press(public)
    press.publish(files)
    before = {path: path.stat().st_mtime_ns for path in [public, *public.rglob("*")]}
    for name in ("write", "mkdir", "replace", "rename", "unlink", "fsync"):
        monkeypatch.setattr(os, name, _refuse(errno.EROFS))
    assert press.publish(files, delete=["never/was.html"]) == Written(unchanged=2)
    assert {path: path.stat().st_mtime_ns for path in [public, *public.rglob("*")]} == before


def test_only_what_differs_is_touched(public: Path) -> None:
    press = Press(public)
    press.publish({"a.html": b"1", "b.html": b"1"})
    stays = (public / "a.html").stat()
    written = press.publish({"a.html": b"1", "b.html": b"2"})
    assert written == Written(changed=("b.html",), unchanged=1)
    assert (public / "a.html").stat().st_ino == stays.st_ino
    assert (public / "b.html").read_bytes() == b"2"


def test_files_of_equal_length_are_still_told_apart(public: Path) -> None:
    press = Press(public)
    press.publish({"a.html": b"old"})
    assert press.publish({"a.html": b"new"}).changed == ("a.html",)


LONG = b"<entry>news</entry>" * 200
NEWER = b"<entry>more news</entry>" * 200


def unpacked(public: Path, path: str) -> dict[str, bytes]:
    """Return what each packed form of a file holds, by its suffix."""
    return {
        one.suffix: one.unpack((public / f"{path}{one.suffix}").read_bytes(), 10**6)
        for one in encodings.ALL
        if (public / f"{path}{one.suffix}").exists()
    }


def test_a_long_text_is_published_packed_too_and_of_the_same_time(public: Path) -> None:
    written = Press(public).publish({"atom.xml": LONG, "articles/1/index.html": LONG})
    assert written.changed == ("articles/1/index.html", "atom.xml")
    assert unpacked(public, "atom.xml") == {".gz": LONG, ".br": LONG, ".zst": LONG}
    assert unpacked(public, "articles/1/index.html") == {".gz": LONG}
    assert len({path.stat().st_mtime_ns for path in public.glob("atom.xml*")}) == 1


def test_what_gains_nothing_is_not_packed(public: Path) -> None:
    noise = os.urandom(5000)
    Press(public).publish({"rss.xml": b"<rss/>", "photo.jpg": LONG, "noise.txt": noise})
    assert sorted(tree(public)) == ["noise.txt", "photo.jpg", "rss.xml"]


def test_packed_forms_change_and_go_with_their_file(public: Path) -> None:
    press = Press(public)
    press.publish({"atom.xml": LONG, "rss.xml": LONG, "feed.json": LONG})
    press.publish({"atom.xml": NEWER, "rss.xml": b"<rss/>"}, delete=["feed.json"])
    assert unpacked(public, "atom.xml") == {".gz": NEWER, ".br": NEWER, ".zst": NEWER}
    assert {path for path in tree(public) if not path.startswith("atom.xml")} == {"rss.xml"}


def test_the_same_text_is_packed_to_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        Press(tmp_path / name).publish({"atom.xml": LONG})
    assert tree(tmp_path / "one") == tree(tmp_path / "two")


@pytest.mark.parametrize("loss", ["gone", "older"])
def test_a_packed_form_that_is_missing_or_older_is_made_again_beside_its_file(
    public: Path, loss: str
) -> None:
    press = Press(public)
    press.publish({"atom.xml": LONG})
    stays = (public / "atom.xml").stat()
    if loss == "gone":
        (public / "atom.xml.br").unlink()
    else:
        (public / "atom.xml.br").write_bytes(b"of another text")
        os.utime(public / "atom.xml.br", ns=(0, stays.st_mtime_ns - 1))
    assert press.publish({"atom.xml": LONG}) == Written(unchanged=1)
    assert unpacked(public, "atom.xml") == {".gz": LONG, ".br": LONG, ".zst": LONG}
    assert (public / "atom.xml").stat().st_ino == stays.st_ino
    assert (public / "atom.xml.br").stat().st_mtime_ns == stays.st_mtime_ns


def test_a_folder_in_the_place_of_a_packed_form_is_named_before_anything_changes(
    public: Path,
) -> None:
    (public / "atom.xml.gz").mkdir(parents=True)
    with pytest.raises(PublishError, match=r"atom\.xml\.gz: a folder is where the file should be"):
        Press(public).publish({"atom.xml": LONG})
    assert tree(public) == {}


def test_what_we_do_not_mention_stays(public: Path) -> None:
    public.mkdir()
    (public / "robots.txt").write_bytes(b"ours")
    Press(public).publish({"index.html": b"x"})
    assert (public / "robots.txt").read_bytes() == b"ours"


def test_a_deletion_takes_the_empty_folders_with_it(public: Path) -> None:
    press = Press(public)
    press.publish({"articles/2026/06/a/index.html": b"a", "articles/2025/b.html": b"b"})
    written = press.publish({}, delete=["articles/2026/06/a/index.html"])
    assert written.deleted == ("articles/2026/06/a/index.html",)
    assert sorted(path.name for path in (public / "articles").iterdir()) == ["2025"]
    press.publish({}, delete=["articles/2025/b.html"])
    assert public.is_dir()
    assert not list(public.iterdir())


def test_deleting_what_is_not_there_is_no_news(public: Path) -> None:
    press = Press(public)
    press.publish({"a": b"file"})
    assert press.publish({}, delete=["gone.html", "a/b.html"]) == Written()
    assert press.publish({}, delete=["a", "a"]) == Written(deleted=("a",))


def test_pages_come_before_feeds_before_sections_before_the_front(public: Path) -> None:
    files = ["index.html", "atom.xml", "world/index.html", "style.css", "articles/x/index.html"]
    press = Press(public)
    written = press.publish(dict.fromkeys(files, b"x"))
    assert written.changed == (
        "articles/x/index.html",
        "style.css",
        "atom.xml",
        "world/index.html",
        "index.html",
    )
    assert press.publish({}, delete=files).deleted == tuple(reversed(written.changed))


def test_a_web_server_may_read_the_paper_whatever_our_umask(public: Path) -> None:
    with umask(0o077):
        Press(public).publish({"world/caucasus/index.html": b"x"})
    modes = {path.name: path.stat().st_mode & 0o777 for path in [public, *public.rglob("*")]}
    assert modes == {"public": 0o755, "world": 0o755, "caucasus": 0o755, "index.html": 0o644}


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x",
        "a/../../x",
        "a//b",
        "a/",
        "./a",
        "a\\b",
        "nul\0",
        "half\ud800",
        "line\nbreak",
        ".press/journal",
        ".PRESS/journal",
        ".press",
        "atom.xml.gz",
    ],
)
def test_a_path_that_is_not_a_plain_one_is_refused(public: Path, path: str) -> None:
    for files, delete in (({path: b"x"}, []), ({}, [path])):
        with pytest.raises(PublishError):
            Press(public).publish(files, delete=delete)
    assert not public.exists()


def test_a_path_cannot_be_a_file_and_a_folder_or_come_and_go_at_once(public: Path) -> None:
    with pytest.raises(PublishError, match=r"a: a file, and the folder of a/b"):
        Press(public).publish({"a": b"", "a/b": b""})
    with pytest.raises(PublishError, match=r"a: to be written and to be deleted"):
        Press(public).publish({"a": b""}, delete=["a"])


def test_a_link_in_the_place_of_a_file_is_replaced_not_followed(
    public: Path, tmp_path: Path
) -> None:
    public.mkdir()
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (public / "index.html").symlink_to(secret)
    Press(public).publish({"index.html": b"front"})
    assert secret.read_bytes() == b"secret"
    assert not (public / "index.html").is_symlink()
    assert (public / "index.html").read_bytes() == b"front"


@pytest.mark.parametrize("delete", [False, True])
def test_a_folder_that_leads_outside_is_refused(
    public: Path, tmp_path: Path, *, delete: bool
) -> None:
    public.mkdir()
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "x.html").write_bytes(b"theirs")
    (public / "world").symlink_to(outside)
    with pytest.raises(PublishError, match=r"world.*leads out of the output"):
        Press(public).publish(
            {} if delete else {"world/x.html": b"ours"}, delete=["world/x.html"] if delete else []
        )
    assert (outside / "x.html").read_bytes() == b"theirs"


def test_an_output_that_is_itself_a_link_is_the_operators_choice(
    public: Path, tmp_path: Path
) -> None:
    (tmp_path / "disk").mkdir()
    public.symlink_to(tmp_path / "disk")
    Press(public).publish({"index.html": b"x"})
    assert tree(tmp_path / "disk") == {"index.html": b"x"}


def test_a_staging_folder_that_is_a_link_is_refused(public: Path, tmp_path: Path) -> None:
    public.mkdir()
    (public / ".press").symlink_to(tmp_path)
    with pytest.raises(PublishError, match=r"\.press: a symbolic link"):
        Press(public).publish({"index.html": b"x"})


OBSTACLES = {
    "a folder is where the file should be": ("index.html", "index.html/x"),
    "a file is where a folder should be": ("world/index.html", "world"),
}


@pytest.mark.parametrize("words", OBSTACLES)
def test_an_obstacle_is_named_and_the_old_paper_stays(public: Path, words: str) -> None:
    path, obstacle = OBSTACLES[words]
    press = Press(public)
    press.publish({obstacle: b"in the way", "atom.xml": b"old"})
    with pytest.raises(PublishError, match=rf"{path}: {words}; the old paper stays"):
        press.publish({path: b"new", "atom.xml": b"new"})
    assert tree(public) == {obstacle: b"in the way", "atom.xml": b"old"}


def test_a_folder_is_never_deleted_as_a_file(public: Path) -> None:
    press = Press(public)
    press.publish({"world/index.html": b"x"})
    with pytest.raises(PublishError, match=r"world: a folder is where the file should be"):
        press.publish({}, delete=["world"])


def test_an_output_that_is_a_file_is_said_to_be_one(public: Path) -> None:
    public.write_bytes(b"")
    with pytest.raises(PublishError, match=r"public: a file is where a folder should be"):
        Press(public).publish({"index.html": b"x"})
    assert Press(public).recover() == 0


FAULTS = {
    "write": (errno.ENOSPC, "the disk is full"),
    "open": (errno.EROFS, "the file system is read-only"),
    "mkdir": (errno.EACCES, "we have no permission"),
    "rename": (errno.ENOSPC, "the disk is full"),
    "fsync": (errno.EIO, "Input/output error"),
}


@pytest.mark.parametrize("call", FAULTS)
def test_a_fault_before_the_journal_leaves_the_old_paper_and_no_trace(
    public: Path, monkeypatch: pytest.MonkeyPatch, call: str
) -> None:
    number, words = FAULTS[call]
    old = {"index.html": b"old", "atom.xml": b"old"}
    new = {"index.html": b"new", "atom.xml": b"new", "world/index.html": b"new"}
    press = Press(public)
    press.publish(old)
    monkeypatch.setattr(os, call, _refuse(number, unless_read_only=getattr(os, call)))
    with pytest.raises(PublishError, match=rf"{words}; the old paper stays"):
        press.publish(new)
    monkeypatch.undo()
    assert tree(public) == old
    assert sorted(path.name for path in public.iterdir()) == ["atom.xml", "index.html"]
    press.publish(new)
    assert tree(public) == new


def test_a_sync_that_fails_is_a_failure(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    press = Press(public)
    press.publish({"index.html": b"old"})
    monkeypatch.setattr(journal, "_syncfs", lambda descriptor: -1)
    monkeypatch.setattr(ctypes, "get_errno", lambda: errno.EIO)
    with pytest.raises(PublishError, match=r"Input/output error; the old paper stays"):
        press.publish({"index.html": b"new"})
    assert tree(public) == {"index.html": b"old"}


def test_a_fault_after_the_journal_is_made_good_by_the_next_publication(
    public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    press = Press(public)
    press.publish({"a.html": b"old", "b.html": b"old"})
    real = os.replace

    def full_at_b(source: Any, target: Any) -> None:
        if Path(target).name == "b.html":
            raise OSError(errno.ENOSPC, "")
        real(source, target)

    monkeypatch.setattr(os, "replace", full_at_b)
    with pytest.raises(PublishError, match=r"b\.html: the disk is full; part of the new paper"):
        press.publish({"a.html": b"new", "b.html": b"new"})
    with pytest.raises(PublishError, match=r"b\.html: the disk is full; part of the new paper"):
        press.recover()
    monkeypatch.undo()
    assert press.publish({}) == Written()
    assert tree(public) == {"a.html": b"new", "b.html": b"new"}
    assert press.recover() == 0


def test_a_section_we_may_not_write_to_is_refused_before_anything_changes(
    public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = {"index.html": b"old", "world/index.html": b"old"}
    Press(public).publish(old)
    public.parent.chmod(0o711)
    public.chmod(0o777)
    (public / "world").chmod(0o555)
    monkeypatch.chdir(public.parent)  # the folders above it are closed to others
    with without_privileges():
        for delete in ([], ["world/index.html"]):
            files = {"index.html": b"new"} | ({} if delete else {"world/index.html": b"new"})
            with pytest.raises(PublishError, match=r"world/index\.html: we have no permission"):
                Press(Path("public")).publish(files, delete=delete)
    assert tree(public) == old


def test_without_syncfs_every_file_and_folder_is_synced(
    public: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[str] = []
    monkeypatch.setattr(journal, "_syncfs", None)
    monkeypatch.setattr(journal, "sync_one", lambda path: synced.append(path.name))
    Press(public).publish({"world/index.html": b"x"})
    assert {"000000", "journal.new", "world", "public", ".press"} <= set(synced)
    assert synced.index("000000") < synced.index(".press")


def test_a_second_press_waits_for_the_first(public: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    inside, go_on = threading.Event(), threading.Event()
    real = journal.sync

    def slow(paths: Any, *, root: Path) -> None:
        if not inside.is_set():
            inside.set()
            assert go_on.wait(10)
            order.append("first")
        real(paths, root=root)

    monkeypatch.setattr(journal, "sync", slow)
    first = threading.Thread(target=lambda: Press(public).publish({"a.html": b"first"}))

    def follow() -> None:
        Press(public).publish({"a.html": b"second"})
        order.append("second")

    second = threading.Thread(target=follow)
    first.start()
    assert inside.wait(10)
    second.start()
    second.join(0.05)  # were it not to wait, it would be done by now, or trip over the staging
    go_on.set()
    first.join(10)
    second.join(10)
    assert order == ["first", "second"]
    assert tree(public) == {"a.html": b"second"}


def test_a_staging_without_a_journal_is_thrown_away(public: Path) -> None:
    Press(public).publish({"a.html": b"old"})
    (public / ".press").mkdir()
    (public / ".press" / "000000").write_bytes(b"ne")
    assert Press(public).recover() == 0
    assert tree(public) == {"a.html": b"old"}
    assert not (public / ".press").exists()


def test_recovering_where_nothing_was_ever_published_makes_nothing(public: Path) -> None:
    assert Press(public).recover() == 0
    assert not public.exists()


@pytest.mark.parametrize("kept", [b"", b"[]", b"{", b'{"moves": [{}], "deletions": []}', b"\xff"])
def test_a_journal_that_is_none_is_reported_with_the_cure(public: Path, kept: bytes) -> None:
    (public / ".press").mkdir(parents=True)
    (public / ".press" / "journal").write_bytes(kept)
    with pytest.raises(PublishError, match=r"\.press/journal: not a journal .*remove it"):
        Press(public).recover()


def test_a_staged_file_the_disk_lost_is_reported_once_and_never_shown(public: Path) -> None:
    Press(public).publish({"a.html": b"old"})
    staging = public / ".press"
    staging.mkdir()
    lost = journal.Move(target="a.html", staged="000000", sha256="0" * 64)
    (staging / "000000").write_bytes(b"half of")
    (staging / "journal").write_bytes(journal.encode(journal.Journal(moves=(lost,))))
    with pytest.raises(PublishError, match=r"a\.html: lost with a crash"):
        Press(public).recover()
    assert tree(public) == {"a.html": b"old"}
    assert Press(public).recover() == 0


@settings(max_examples=60, deadline=None)
@given(papers=st.lists(st.tuples(PAPERS, st.sets(PATHS, max_size=4)), min_size=1, max_size=3))
def test_afterwards_the_paper_is_what_was_asked_for_or_what_it_was(
    papers: list[tuple[dict[str, bytes], set[str]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        public = Path(folder)
        expected: dict[str, bytes] = {}
        for files, delete in papers:
            before = dict(expected)
            try:
                written = Press(public).publish(files, delete=delete - files.keys())
            except PublishError:
                assert tree(public) == before
                continue
            expected = {
                path: body
                for path, body in (expected | files).items()
                if path in files or path not in delete
            }
            assert tree(public) == expected
            assert set(written.changed) == {
                path for path in files if before.get(path) != files[path]
            }
            assert written.unchanged == len(files) - len(written.changed)
            assert set(written.deleted) == before.keys() - expected.keys()


def _refuse(number: int, *, unless_read_only: Any = None) -> Any:
    def call(*arguments: Any, **keywords: Any) -> Any:
        if unless_read_only is os.open and not arguments[1] & os.O_CREAT:
            return unless_read_only(*arguments, **keywords)
        raise OSError(number, os.strerror(number))

    return call
