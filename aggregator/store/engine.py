"""Opening the database: one door, one writer, nothing lost at a power cut."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, resources
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from feeds.errors import Problem, SettingsError, StateHeldError, StoreError

MIGRATIONS = resources.files("aggregator.store") / "migrations"
_EXAMPLES = "such as sqlite:////srv/paper.db or postgresql://user:password@host/name"


def open_database(url: str) -> Engine:
    """Return an engine on an up-to-date database, made if there was none.

    Raises SettingsError for a URL that leads to no database, and StoreError, in words, where it
    cannot be opened or belongs to a newer Broadsheet.
    """
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except SQLAlchemyError as error:
        engine.dispose()
        raise StoreError(f"{engine.url!r} cannot be opened: {_words(error)}") from error
    except CommandError as error:
        engine.dispose()
        raise StoreError(
            f"{engine.url!r} was made by a newer Broadsheet; use that one, or another --state"
        ) from error
    return engine


def beside(engine: Engine) -> Engine:
    """Return another engine on the same database, for threads beside the one that owns `engine`.

    It has a connection of its own, so that neither works within the other's transaction.
    """
    return _engine(engine.url.render_as_string(hide_password=False))


@contextmanager
def open_to_read(url: str) -> Iterator[Connection | None]:
    """Yield a connection that only reads, beside a Broadsheet at work; None for no database yet.

    Raises SettingsError for a URL that leads to no database, StoreError where it cannot be read.
    """
    engine = _engine(url, begin="BEGIN")
    file = engine.url.database or ""
    try:
        if engine.dialect.name == "sqlite" and not Path(file).exists():
            yield None
            return
        with transaction(engine) as connection:
            # A database of a moment ago, or of a Broadsheet that was killed, may have no tables.
            yield connection if inspect(connection).has_table("articles") else None
    finally:
        engine.dispose()


def database_url(state: Path) -> str:
    """Return where the database lives unless the operator says otherwise."""
    return f"sqlite:///{state.resolve() / 'broadsheet.db'}"


@contextmanager
def hold(state: Path, *, name: str = "lock") -> Iterator[None]:
    """Hold the state folder for this process alone; the kernel lets go when we die.

    Raises StateHeldError when another copy holds it, StoreError when it cannot be made.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / name).open("a+", encoding="ascii", errors="replace")
    except OSError as error:
        raise StoreError(f"the state folder {state} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            who = f" (process {pid})" if (pid := lock.read(20).strip()) else ""
            raise StateHeldError(
                f"another Broadsheet{who} is at work on {state.resolve()}; "
                "stop it, or give --state another folder"
            ) from error
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield


@contextmanager
def hold_database(url: str) -> Iterator[None]:
    """Hold an SQLite file for this process alone, wherever it lies; others hold themselves.

    Raises StateHeldError when another copy holds it.
    """
    file = make_url(url).database if url.startswith("sqlite") else None
    if not file or file == ":memory:":
        yield
        return
    with hold(Path(file).parent, name=f"{Path(file).name}.lock"):
        yield


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose work is kept whole or not at all; StoreError where it fails."""
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise StoreError(f"the database refused: {_words(error)}") from error


def _words(error: SQLAlchemyError) -> str:
    words = str(getattr(error, "orig", error))
    if "not a database" in words or "malformed" in words:
        return f"{words}; bring back a copy of it, or move it away to begin anew"
    return words


def _engine(url: str, *, begin: str = "BEGIN IMMEDIATE") -> Engine:
    try:
        drivername = make_url(url).drivername
        if drivername == "sqlite":
            return _sqlite(url, begin=begin)
        if drivername not in {"postgresql", "postgresql+psycopg"}:
            raise _no_database("names a database we cannot use", _EXAMPLES)
        return create_engine(url)
    except ModuleNotFoundError as error:
        hint = "pip install 'psycopg[binary]'"
        raise _no_database("the driver for PostgreSQL is not installed", hint) from error
    except (ArgumentError, ValueError) as error:
        raise _no_database("is not the URL of a database", _EXAMPLES) from error


def _no_database(problem: str, hint: str) -> SettingsError:
    """Return the error, which does not repeat the URL: there may be a password in it."""
    where = "BROADSHEET_DATABASE_URL or --database-url"
    return SettingsError((Problem(file=where, problem=problem, hint=hint),))


def _sqlite(url: str, *, begin: str = "BEGIN IMMEDIATE") -> Engine:
    # One connection: one writer is what SQLite has, and one thread of ours is all that asks.
    engine = create_engine(
        url, module=_driver(), poolclass=StaticPool, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        # Patience first: the very next one may have to wait for another process.
        for pragma in (
            "busy_timeout=10000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"
        ):  # fmt: skip
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def _driver() -> ModuleType:
    """Return a SQLite free of the WAL-reset corruption (before 3.51.3) where there is a wheel."""
    try:
        return import_module("pysqlite3.dbapi2")
    except ImportError:
        return import_module("sqlite3.dbapi2")
