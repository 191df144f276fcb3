"""Opening the database: one door, one writer, nothing lost at a power cut."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, inspect
from sqlalchemy.exc import SQLAlchemyError

from aggregator.store import shape
from aggregator.store.address import address, file_of, shown
from aggregator.store.faults import in_words, refused
from aggregator.store.postgres import open_postgres
from aggregator.store.sqlite import driver, open_sqlite, warn_if_unsound
from feeds.errors import StateHeldError, StoreError


def open_database(url: str) -> Engine:
    """Return an engine on an up-to-date database, made if there was none.

    On PostgreSQL its one connection holds the paper. Raises SettingsError for a URL that leads
    to no database, StateHeldError where another holds it, and StoreError, in words, where it
    cannot be opened or belongs to a newer Broadsheet or to another application.
    """
    where = address(url)
    if where.get_backend_name() == "sqlite":
        warn_if_unsound(driver().sqlite_version_info)
    engine = _engine(where, holds=True, is_new=True)
    try:
        if not shape.is_newest(engine):
            _upgrade(engine)
    except SQLAlchemyError as error:
        engine.dispose()
        raise _unopened(where, error) from error
    except BaseException:
        engine.dispose()
        raise
    return engine


def open_beside(url: str) -> Engine:
    """Return an engine on the database of a Broadsheet at work, which holds it and goes on to.

    Raises SettingsError for a URL that leads to no database.
    """
    return _engine(address(url))


def beside(engine: Engine) -> Engine:
    """Return another engine on the same database, for threads beside the one that owns `engine`.

    It has a connection of its own, so that neither works within the other's transaction.
    """
    return _engine(engine.url)


@contextmanager
def open_to_read(url: str) -> Iterator[Connection | None]:
    """Yield a connection that only reads, beside a Broadsheet at work; None for no database yet.

    Raises SettingsError for a URL that leads to no database, StoreError where it cannot be read.
    """
    where = address(url)
    if (file := file_of(where)) and not file.exists():
        yield None
        return
    engine = _engine(where, reads_only=True)
    try:
        with transaction(engine) as connection:
            # A database of a moment ago, or of a Broadsheet that was killed, may have no tables.
            yield connection if inspect(connection).has_table("articles") else None
    finally:
        engine.dispose()


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

    Raises SettingsError for a URL that leads to no database, before anything is made, and
    StateHeldError when another copy holds it.
    """
    file = file_of(address(url))
    if file is None:
        yield
        return
    with hold(file.parent, name=f"{file.name}.lock"):
        yield


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Yield a connection whose work is kept whole or not at all; StoreError where it fails."""
    try:
        with engine.begin() as connection:
            yield connection
    except SQLAlchemyError as error:
        raise refused(error) from error


def _upgrade(engine: Engine) -> None:
    # Most starts find the shape they want, and what knows all others takes longer than they do.
    from aggregator.store import upgrading  # noqa: PLC0415

    upgrading.upgrade(engine)


def _unopened(where: URL, error: SQLAlchemyError) -> StoreError:
    return StoreError(f"{shown(where)} cannot be opened: {in_words(error)}")


def _engine(
    url: URL, *, reads_only: bool = False, holds: bool = False, is_new: bool = False
) -> Engine:
    if url.get_backend_name() == "sqlite":
        return open_sqlite(url, reads_only=reads_only, is_new=is_new)
    return open_postgres(url, reads_only=reads_only, holds=holds)
