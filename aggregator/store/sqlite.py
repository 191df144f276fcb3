"""Engines on SQLite: one file, one connection, transactions that begin as writers."""

import os
from contextlib import closing
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool

from aggregator.log import Log
from aggregator.store.address import file_of, shown
from feeds.errors import StoreAwayError, StoreError

APPLICATION = 0x42524F41  # "BROA": whose file this is (sqlite.org/fileformat2.html, 1.3.12)
SOUND = (3, 51, 3)  # the first without the fault that can lose a commit beside a checkpoint
_CACHE = 16_000  # kB of pages; with two thousand a third of the time of a first pull is lost
_WAL_LIMIT = 67_108_864  # bytes the log is cut to once it has grown beyond
_log = Log(__name__)


def open_sqlite(url: URL, *, reads_only: bool = False, is_new: bool = False) -> Engine:
    """Return an engine on a file; only one that `is_new` may make it.

    What `reads_only` changes nothing, not even how the file is kept.
    """
    # One connection: one writer is what SQLite has, and one thread of ours is all that asks.
    engine = create_engine(
        url, module=driver(), poolclass=StaticPool, connect_args={"check_same_thread": False}
    )
    kept = _File(file_of(url), may_be_made=is_new)

    @event.listens_for(engine, "do_connect")
    def _connect(*_: object) -> None:
        kept.expect()

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        try:
            _settle(connection, shown(url), reads_only=reads_only)
        except BaseException:
            connection.close()
            raise
        kept.opened()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if not kept.is_still_there():
            connection.invalidate()
            kept.expect()
        connection.exec_driver_sql("BEGIN" if reads_only else "BEGIN IMMEDIATE")

    return engine


def driver() -> ModuleType:
    """Return a SQLite free of the WAL-reset corruption (before 3.51.3) where there is a wheel."""
    try:
        return import_module("pysqlite3.dbapi2")
    except ImportError:
        return import_module("sqlite3.dbapi2")


def warn_if_unsound(version: tuple[int, ...]) -> None:
    """Log that this SQLite has a fault, if it has."""
    if version < SOUND:
        _log.warning(
            "this SQLite can lose a commit in a rare case; install pysqlite3 0.6.1 or newer",
            version=".".join(map(str, version)),
            sound_from=".".join(map(str, SOUND)),
        )


def claim(connection: Connection) -> None:
    """Mark the file as Broadsheet's, within the transaction that made its tables."""
    connection.exec_driver_sql(f"PRAGMA application_id={APPLICATION}")


def copy(connection: Connection, target: Path) -> None:
    """Write all that is committed into a new file, and see that it is whole and on the disk.

    Called outside a transaction; it may be amid the work of others. Raises StoreError.
    """
    raw: Any = connection.connection.driver_connection
    sqlite = driver()
    try:
        raw.execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite.connect(target)) as whole:
            (said,) = whole.execute("PRAGMA integrity_check").fetchone()
    except sqlite.Error as error:
        target.unlink(missing_ok=True)
        raise StoreAwayError(f"{target} cannot be written: {error}") from error
    if said != "ok":
        target.unlink()
        raise StoreError(f"a copy of the database is not whole: {said}")
    with target.open("rb") as written:
        os.fsync(written.fileno())


def _settle(connection: Any, name: str, *, reads_only: bool) -> None:
    connection.isolation_level = None  # the driver must not begin transactions of its own
    # Patience first: the very next one may have to wait for another process.
    connection.execute("PRAGMA busy_timeout=10000")
    connection.execute("PRAGMA foreign_keys=ON")
    connection.execute(f"PRAGMA cache_size=-{_CACHE}")
    _check_owner(connection, name)
    if not reads_only:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute(f"PRAGMA journal_size_limit={_WAL_LIMIT}")


def _check_owner(connection: Any, name: str) -> None:
    """Raise StoreError for the file of another application, before anything in it is changed."""
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    tables = {row[0] for row in connection.execute("SELECT name FROM sqlite_master")}
    is_ours = application == APPLICATION or (
        application == 0 and (not tables or "alembic_version" in tables)
    )
    if not is_ours:
        raise StoreError(
            f"{name} is the database of another application; "
            "give --database-url, or --state, another place"
        )


class _File:
    """The file as it was when it was opened: what is written into a deleted one is lost."""

    def __init__(self, path: Path | None, *, may_be_made: bool) -> None:
        self._path = path
        self._may_be_made = may_be_made
        self._opened: tuple[int, int] | None = None

    def expect(self) -> None:
        """Raise StoreAwayError where there is no file: SQLite would make an empty one."""
        if self._now() is None and self._path and not self._may_be_made:
            raise StoreAwayError(
                f"{self._path} is not there; bring it back, and it goes on by itself"
            )

    def opened(self) -> None:
        """Remember the file as it is now."""
        self._opened = self._now()
        self._may_be_made = False

    def is_still_there(self) -> bool:
        """Say whether the file that was opened is the one in its place."""
        return self._now() == self._opened

    def _now(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path) if self._path else None  # noqa: PTH116 -- quick
        except OSError:
            return None
        return (found.st_dev, found.st_ino) if found else None
