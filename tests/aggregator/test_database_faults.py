"""A database that cannot work for a while: said once, nothing lost, nobody blamed, and it heals."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from datetime import datetime  # noqa: TC003 -- of a local variable
from pathlib import Path
from threading import Event, Thread, Timer
from time import monotonic

import pytest
from click.testing import Result
from sqlalchemy import text

from aggregator.navigation import LISTS
from aggregator.store import articles as kept_articles
from aggregator.store.address import database_url
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from aggregator.store.sqlite import APPLICATION, driver, warn_if_unsound
from feeds.errors import StoreError
from feeds.reading import Reading
from tests.aggregator import databases
from tests.aggregator.commands import TEXT, Paper, call, no_traceback
from tests.aggregator.databases import Server, database_of, refuse
from tests.aggregator.newsrooms import a_feed, a_source, an_item
from tests.aggregator.papers import AtWork, at_work, problems
from tests.aggregator.pieces import kept

GOES_ON = "it goes on by itself"


@pytest.fixture
def work(tmp_path: Path) -> Iterator[AtWork]:
    """A paper on SQLite that came out once, and whose source has more news now."""
    with at_work(tmp_path, database_url(tmp_path), "Old") as one:
        assert one.tick()
        one.says("Old", "New")
        yield one


def file_of(work: AtWork) -> Path:
    return work.paper.folder / "broadsheet.db"


def heals(work: AtWork, cause: str, mend: Callable[[], object]) -> None:
    """Tick while the cause lasts, mend it, and see that the next tick brings all there is."""
    before = {name: path.read_bytes() for name, path in front(work).items()}
    logged = work.tick(times=4)
    assert len(problems(logged)) == 1
    assert cause in problems(logged)[0]
    assert not [one for one in logged if one["event"] in {"source read", "source failed"}]
    assert {name: path.read_bytes() for name, path in front(work).items()} == before
    mend()
    logged = work.tick()
    assert "all is well again" in [one["event"] for one in logged]
    assert {"Old", "New"} <= work.titles()
    one = work.remembered()["courier"]
    assert (one.state, one.failures, one.new) == ("ok", 0, 1)


def front(work: AtWork) -> dict[str, Path]:
    return {str(path): path for path in sorted(work.paper.output.rglob("*")) if path.is_file()}


# Locked by another process


@contextmanager
def a_lock(file: Path) -> Iterator[sqlite3.Connection]:
    """Hold a write lock as another process would: its library sees the same file."""
    with closing(driver().connect(file, isolation_level=None, check_same_thread=False)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield other


def test_a_database_that_is_locked_for_a_moment_is_waited_for(work: AtWork) -> None:
    with a_lock(file_of(work)) as other:
        Timer(0.5, other.rollback).start()
        assert problems(work.tick()) == []
    assert "New" in work.titles()


def test_a_database_that_stays_locked_heals_when_it_is_let_go_of(work: AtWork) -> None:
    impatient(work)
    with a_lock(file_of(work)) as other:
        heals(work, f"is locked; close what else has it open, or let it end; {GOES_ON}",
              other.rollback)  # fmt: skip


def impatient(work: AtWork) -> None:
    with transaction(work.newsroom.engine) as connection:
        connection.execute(text("PRAGMA busy_timeout=100"))


# Full


def test_a_full_disk_heals_when_there_is_room(work: AtWork) -> None:
    with transaction(work.newsroom.engine) as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
    long = a_feed(an_item(0, "Old", TEXT, host="courier"),
                  an_item(1, "New", TEXT * 1000, host="courier"))  # fmt: skip
    (work.paper.folder / "config" / "courier.xml").write_bytes(long)

    def make_room() -> None:
        with transaction(work.newsroom.engine) as connection:
            connection.execute(text("PRAGMA max_page_count=100000"))

    heals(work, f"is full; make room on the disk; {GOES_ON}", make_room)


def test_while_there_is_no_room_nobody_is_asked_over_and_over(work: AtWork) -> None:
    work.says(*(f"Report {n} {'x' * 300}" for n in range(200)))
    with transaction(work.newsroom.engine) as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count={pages + 30}"))
    asked: list[datetime] = []
    read = work.newsroom.parse

    def count(*said: object) -> Reading:
        asked.append(work.now)
        return read(*said)  # type: ignore[arg-type]  # handed on as they are

    object.__setattr__(work.newsroom, "parse", count)
    logged = work.tick(times=12)
    assert len(problems(logged)) == 1
    assert not [one for one in logged if one["event"] == "source failed"]
    assert len(asked) == 1, "what it said is kept in mind until there is room"
    with transaction(work.newsroom.engine) as connection:
        connection.execute(text("PRAGMA max_page_count=100000"))
    work.tick()
    assert sum(title.startswith("Report") for title in work.titles()) == 50


@pytest.fixture
def little_disk(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip(f"no file system can be mounted here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def test_a_disk_that_is_really_full_is_named_and_a_build_goes_on_when_it_is_not(
    tmp_path: Path, little_disk: Path
) -> None:
    paper = Paper(folder=tmp_path)
    paper.write(f"name: Courier, feed: '{paper.feed('courier', 'Old')}'")
    url = f"--database-url={database_url(little_disk)}"
    assert paper.call("build", url).exit_code == 0
    before = paper.files()
    with pytest.raises(OSError, match="No space"):
        (little_disk / "filler").write_bytes(b"x" * 2**22)
    paper.feed("courier", "Old", *(f"Report {n}" for n in range(50)))
    said = paper.call("build", "--all", url)
    assert said.exit_code == 3
    assert "look whether the disk is full" in said.stderr
    assert "failed" not in said.stdout
    assert paper.files() == before
    (little_disk / "filler").unlink()
    assert paper.call("build", "--all", url).exit_code == 0
    (row,) = json.loads(paper.call("status", "--json", url).stdout)
    assert (row["state"], row["entries"]) == ("ok", 51)


def test_a_file_system_that_may_only_be_read_is_named_and_heals(
    tmp_path: Path, little_disk: Path
) -> None:
    url = database_url(little_disk)
    with at_work(tmp_path, url, "Old") as work:
        work.tick()
        work.says("Old", "New")

        def remount(how: str) -> None:
            # A file that is open for writing keeps it from becoming read-only.
            work.newsroom.engine.dispose()
            subprocess.run(["mount", "-o", f"remount,{how}", little_disk], check=True)

        remount("ro")
        heals(work, f"that this user may write; {GOES_ON}", lambda: remount("rw"))


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_file_that_may_not_be_written_is_named_and_heals(work: AtWork) -> None:
    work.newsroom.engine.dispose()
    files = list(work.paper.folder.glob("broadsheet.db*"))
    for file in files:
        file.chmod(0o400)

    def allow() -> None:
        for file in files:
            file.chmod(0o600)

    heals(work, f"let this user write the file and its folder; {GOES_ON}", allow)


# Not there, or another


def test_a_database_that_was_moved_away_heals_when_it_is_back(work: AtWork) -> None:
    away = work.paper.folder / "away"
    away.mkdir()

    def move(one: Path, other: Path) -> None:
        for file in list(one.glob("broadsheet.db*")):
            file.rename(other / file.name)

    move(work.paper.folder, away)
    heals(work, "is not there; bring it back", lambda: move(away, work.paper.folder))


def test_a_database_that_is_brought_back_amid_a_run_is_the_one_that_is_used(
    work: AtWork, tmp_path: Path
) -> None:
    work.tick()
    assert "New" in work.titles()
    saved = tmp_path / "saved.db"
    url = f"--database-url={database_url(work.paper.folder)}"
    assert call("db", "backup", *work.paper.places, url, str(saved)).exit_code == 0
    work.says("Old", "New", "Newest")
    work.tick()
    saved.rename(file_of(work))
    logged = work.tick(times=2)
    assert problems(logged) == []
    assert {"Old", "New", "Newest"} <= work.titles()
    with closing(sqlite3.connect(file_of(work))) as database:
        (count,) = database.execute("SELECT count(*) FROM articles").fetchone()
    assert count == 3


def test_tables_that_are_gone_are_no_source_s_fault(work: AtWork) -> None:
    with transaction(work.newsroom.engine) as connection:
        connection.execute(text("DROP TABLE seen"))
        connection.execute(text("DROP TABLE stale"))
    logged = work.tick()
    assert "no such table" in problems(logged)[0]
    assert not [one for one in logged if one["event"] == "source failed"]


# What is no database of ours


def foreign(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("CREATE TABLE customers (name)")


def marked(file: Path) -> None:
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA application_id = 1196444487")  # GeoPackage
        database.execute("CREATE TABLE alembic_version (version_num)")


def truncated(file: Path) -> None:
    open_database(f"sqlite:///{file}").dispose()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2 + 100])


def garbage(file: Path) -> None:
    file.write_bytes(b"This is a shopping list. " * 400)


def a_folder(file: Path) -> None:
    file.mkdir()
    (file / "something").write_text("of somebody's")


def a_link_to_nowhere(file: Path) -> None:
    file.symlink_to(file.parent / "missing" / "paper.db")


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (foreign, "is the database of another application; give --database-url"),
        (marked, "is the database of another application; give --database-url"),
        (truncated, "bring back a copy of it, or move it away to begin anew"),
        (garbage, "bring back a copy of it, or move it away to begin anew"),
        (a_folder, "unable to open database file; it must be a file, in a folder"),
        (a_link_to_nowhere, "unable to open database file; it must be a file, in a folder"),
    ],
)
def test_what_is_no_database_of_ours_is_named_with_the_cure_and_left_alone(
    tmp_path: Path, make: Callable[[Path], None], words: str
) -> None:
    paper = Paper(folder=tmp_path)
    paper.write(f"name: Courier, feed: '{paper.feed('courier', 'Old')}'")
    file = tmp_path / "srv" / "paper.db"
    file.parent.mkdir()
    make(file)
    before = file.read_bytes() if file.is_file() else sorted(file.glob("*"))
    url = f"--database-url=sqlite:///{file}"
    for command in ("build", "publish"):
        said = paper.call(command, url)
        assert (said.exit_code, said.stdout) == (3, "")
        assert words in said.stderr
        assert no_traceback([said.stderr])
        assert (file.read_bytes() if file.is_file() else sorted(file.glob("*"))) == before
    shutil.move(file, tmp_path / "aside")
    assert paper.call("build", url).exit_code == 0, "it heals when the cause is gone"


def test_a_link_to_a_database_is_followed(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    paper.write(f"name: Courier, feed: '{paper.feed('courier', 'Old')}'")
    (tmp_path / "disk").mkdir()
    (tmp_path / "paper.db").symlink_to(tmp_path / "disk" / "real.db")
    for _ in range(2):
        assert paper.call("build", f"--database-url=sqlite:///{tmp_path}/paper.db").exit_code == 0
    assert (tmp_path / "paper.db").is_symlink()
    assert (tmp_path / "disk" / "real.db").stat().st_size > 10_000


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="in a folder that is there"):
        open_database(f"sqlite:///{tmp_path}/missing/paper.db")
    assert not (tmp_path / "missing").exists()


def test_an_address_that_leads_to_no_database_leaves_nothing_behind(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    paper.write(f"name: Courier, feed: '{paper.feed('courier', 'Old')}'")
    before = sorted(tmp_path.rglob("*"))
    for url in ("sqlite+aiosqlite:///x.db", "mysql://host/x", "sqlite://", "sqlite:///:memory:"):
        said = paper.call("build", f"--database-url={url}")
        assert said.exit_code == 2, said.output
    assert sorted(tmp_path.rglob("*")) == before
    assert not Path("x.db.lock").exists()


def test_our_files_are_marked_as_ours(tmp_path: Path) -> None:
    open_database(database_url(tmp_path)).dispose()
    with closing(sqlite3.connect(tmp_path / "broadsheet.db")) as database:
        assert database.execute("PRAGMA application_id").fetchone() == (APPLICATION,)


@pytest.mark.parametrize(
    ("version", "warned"), [((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False)]
)
def test_a_sqlite_that_can_lose_a_commit_is_warned_of(
    version: tuple[int, ...], warned: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    warn_if_unsound(version)
    said = capsys.readouterr()
    assert ("install pysqlite3" in said.out + said.err) == warned


# The log of SQLite, and copies amid the work


def test_the_log_is_cut_once_nobody_reads_any_more(tmp_path: Path) -> None:
    engine = open_database(database_url(tmp_path))
    with transaction(engine) as connection:
        assert connection.scalar(text("PRAGMA journal_size_limit")) == 67_108_864
        connection.execute(text("PRAGMA journal_size_limit=100000"))
        enrol(connection, (a_source("a"),))
    log = tmp_path / "broadsheet.db-wal"

    def write(numbers: range) -> None:
        for number in numbers:
            with transaction(engine) as connection:
                kept_articles.add(connection, [kept(number, summary="x" * 50_000)])

    with closing(driver().connect(tmp_path / "broadsheet.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM articles").fetchone()
        write(range(200))
        assert log.stat().st_size > 5_000_000
    write(range(200, 203))
    assert log.stat().st_size < 1_000_000
    engine.dispose()


def test_a_backup_amid_the_work_is_whole_and_can_be_brought_back(tmp_path: Path) -> None:
    with at_work(tmp_path, database_url(tmp_path), "Old") as work:
        work.tick()
        over = Event()

        def write() -> None:
            number = 0
            while not over.is_set():
                with transaction(work.newsroom.engine) as connection:
                    rows = [
                        kept(number + n, source_id="courier", atom_id=f"urn:{number + n}")
                        for n in range(7)
                    ]
                    kept_articles.add(connection, rows)
                number += 7

        def back_up(file: Path) -> Result:
            url = f"--database-url={database_url(tmp_path)}"
            return call("db", "backup", *work.paper.places, url, str(file))

        writing = Thread(target=write)
        writing.start()
        try:
            for number in range(2):
                said = back_up(tmp_path / f"copy{number}.db")
                assert said.exit_code == 0, said.stderr
                assert "and compared" in said.stdout
        finally:
            over.set()
            writing.join()
    for number in range(2):
        with closing(sqlite3.connect(tmp_path / f"copy{number}.db")) as copy:
            assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            (count,) = copy.execute("SELECT count(*) FROM articles").fetchone()
            assert count % 7 == 1, "no transaction is half in it"
    said = back_up(tmp_path / "copy0.db")
    assert (said.exit_code, "is there already" in said.stderr) == (3, True)
    back = f"--database-url=sqlite:///{tmp_path / 'copy1.db'}"
    assert work.paper.call("build", back).exit_code == 0
    assert sorted(path.name for path in tmp_path.glob("copy*.part")) == []


# Faults of the disk at one call


STRACE = shutil.which("strace")


def traced(command: list[str]) -> subprocess.CompletedProcess[str]:
    met = subprocess.run(command, check=False, capture_output=True, text=True)
    if "ptrace" in met.stderr:
        pytest.skip("processes may not be traced here")
    return met


@pytest.mark.parametrize(
    ("named", "fault"),
    [
        ("pwrite64", "error=ENOSPC"),
        ("fdatasync,fsync", "error=EIO"),
        ("pwrite64", "signal=SIGKILL"),
    ],
)
@pytest.mark.parametrize("at", [1, 30])
def test_a_fault_at_one_call_of_a_build_is_made_good_by_the_next(
    tmp_path: Path, named: str, fault: str, at: int
) -> None:
    if STRACE is None:
        pytest.skip("strace is not installed")
    paper = Paper(folder=tmp_path)
    paper.write(f"name: Courier, feed: '{paper.feed('courier', 'Old')}'")
    assert paper.call("build").exit_code == 0
    paper.feed("courier", "Old", *(f"Report {n}" for n in range(12)))
    inject = [f"trace={named}", f"inject={named}:{fault}:when={at}"]
    trace = [STRACE, "-f", "-qq", "-o", "/dev/null", *(x for one in inject for x in ("-e", one))]
    build = [sys.executable, "-m", "aggregator", "build", "--all", *paper.places]
    met = traced([*trace, *build])
    assert no_traceback([met.stderr, met.stdout])
    if at == 1 and named == "pwrite64":  # a sync may be one that can be done later
        assert met.returncode == (-signal.SIGKILL if "SIGKILL" in fault else 3)
        assert "SIGKILL" in fault or "look whether the disk is full" in met.stderr
    assert "failed Courier" not in met.stdout, "no fault of the source"
    with closing(driver().connect(tmp_path / "state" / "broadsheet.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    again = paper.call("build", "--all")
    assert again.exit_code == 0, again.output
    row = paper.status()["courier"]
    assert (row["state"], row["entries"], row["error"]) == ("ok", 13, None)


# PostgreSQL


def ask(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_a_server_that_is_away_heals_when_it_is_back(tmp_path: Path, own_server: Server) -> None:
    ask(own_server.url("postgres"), "CREATE DATABASE away")
    with at_work(tmp_path, own_server.url("away"), "Old") as work:
        work.tick()
        work.says("Old", "New")
        own_server.stop("immediate")
        heals(work, f"start the server, or look at its address; {GOES_ON}", own_server.start)


def test_a_server_that_falls_amid_a_build_loses_nothing(tmp_path: Path, own_server: Server) -> None:
    ask(own_server.url("postgres"), "CREATE DATABASE falls")
    with at_work(tmp_path, own_server.url("falls"), "Old") as work:
        work.tick()
        work.says("Old", "New")
        read = work.newsroom.parse

        def fall(*said: object) -> Reading:
            own_server.stop("immediate")
            return read(*said)  # type: ignore[arg-type]  # handed on as they are

        object.__setattr__(work.newsroom, "parse", fall)
        logged = work.tick()
        assert len(problems(logged)) == 1
        assert not [one for one in logged if one["event"] == "source failed"]
        object.__setattr__(work.newsroom, "parse", read)
        own_server.start()
        assert problems(work.tick()) == []
        assert {"Old", "New"} <= work.titles()
        assert len(work.titles() & {"Old", "New"}) == 2


def test_builds_that_are_killed_on_a_server_lose_nothing_and_double_nothing(
    tmp_path: Path,
) -> None:
    papers = []
    databases.use("postgresql")
    try:
        for name in ("killed", "undisturbed"):
            (tmp_path / name).mkdir()
            paper = Paper(folder=tmp_path / name)
            paper.write(f"name: Courier, feed: '{paper.feed('courier', 'Old')}'")
            assert paper.call("build").exit_code == 0
            paper.feed("courier", "Old", *(f"Report {n} on inflation" for n in range(20)))
            papers.append(paper)
        killed, undisturbed = papers
        begun = monotonic()
        with undisturbed.start("build", "--all") as process:
            assert process.wait(60) == 0
        lasts = monotonic() - begun
        deaths = 0
        for share in (0.6, 0.75, 0.9):
            with killed.start("build", "--all") as process:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(lasts * share)
                process.kill()
            deaths += process.returncode == -signal.SIGKILL
        assert deaths, "every build ended before its kill"
        said = killed.call("build", "--all")
        assert said.exit_code == 0, said.output
        assert killed.status()["courier"]["entries"] == 21
        found, expected = killed.files(), undisturbed.files()
        for files in (found, expected):
            for name, _ in LISTS:
                del files[name]  # which says when the paper was founded
        assert found == expected
    finally:
        databases.use("sqlite")


@pytest.mark.usefixtures("each_engine")
def test_what_a_source_says_that_is_refused_is_its_failure_and_no_other_s(tmp_path: Path) -> None:
    with at_work(tmp_path, database_of(tmp_path), "Old") as work:
        with transaction(work.newsroom.engine) as connection:
            refuse(connection, "INSERT", "articles")
        logged = work.tick()
        assert next(one["event"] for one in logged) == "source failed"
        assert work.remembered()["courier"].failures == 1
