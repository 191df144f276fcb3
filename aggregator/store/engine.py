"""Opening the database: one door, one writer, nothing lost at a power cut."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module, resources
from pathlib import Path
from types import ModuleType
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import StaticPool

from feeds.errors import StateHeldError, StoreError

MIGRATIONS = resources.files("aggregator.store") / "migrations"


def open_database(url: str) -> Engine:
    """Return an engine on an up-to-date database, made if there was none.

    Raises StoreError, in words, where it cannot be opened or belongs to a newer Broadsheet.
    """
    engine = _sqlite(url) if url.startswith("sqlite") else create_engine(url)
    try:
        with engine.connect() as connection:
            config = Config()
            config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
            connection.commit()
    except SQLAlchemyError as error:
        engine.dispose()
        words = str(getattr(error, "orig", error))
        raise StoreError(f"{engine.url!r} cannot be opened: {words}") from error
    except CommandError as error:
        engine.dispose()
        raise StoreError(f"{engine.url!r} was made by another Broadsheet: {error}") from error
    return engine


@contextmanager
def open_to_read(url: str) -> Iterator[Connection | None]:
    """Yield a connection that only reads, beside a Broadsheet at work; None for no database yet.

    Raises StoreError where it cannot be read.
    """
    file = make_url(url).database
    if url.startswith("sqlite") and not (file and Path(file).exists()):
        yield None
        return
    engine = _sqlite(url, begin="BEGIN") if url.startswith("sqlite") else create_engine(url)
    try:
        with transaction(engine) as connection:
            yield connection
    finally:
        engine.dispose()


def database_url(state: Path) -> str:
    """Return where the database lives unless the operator says otherwise."""
    return f"sqlite:///{state.resolve() / 'broadsheet.db'}"


@contextmanager
def hold(state: Path) -> Iterator[None]:
    """Hold the state folder for this process alone; the kernel lets go when we die.

    Raises StateHeldError when another copy holds it, StoreError when it cannot be made.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
        lock = (state / "lock").open("ab")
    except OSError as error:
        raise StoreError(f"the state folder {state} cannot be used: {error.strerror}") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise StateHeldError(
                f"another Broadsheet is at work on {state}; stop it, or give --state another folder"
            ) from error
        yield


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose work is kept whole or not at all; StoreError where it fails."""
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        words = str(getattr(error, "orig", error))
        raise StoreError(f"the database refused: {words}") from error


def _sqlite(url: str, *, begin: str = "BEGIN IMMEDIATE") -> Engine:
    # One connection: one writer is what SQLite has, and one thread of ours is all that asks.
    engine = create_engine(
        url, module=_driver(), poolclass=StaticPool, connect_args={"check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not begin transactions of its own
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("PRAGMA busy_timeout=10000")

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
