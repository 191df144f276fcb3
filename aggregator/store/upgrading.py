"""Bringing a database up to date: all steps or none, and never somebody else's.

The steps run in one transaction, on both engines: what kills us half-way leaves the old shape.
An SQLite file is copied before it is changed; of a server's databases its keeper makes copies.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect, text

from aggregator.log import Log
from aggregator.store import sqlite
from aggregator.store.address import file_of, shown
from aggregator.store.shape import MIGRATIONS, OURS
from feeds.errors import StoreError

_UNSORTED = text(
    """
    SELECT table_name, column_name, data_type, character_maximum_length
    FROM information_schema.columns
    WHERE table_schema = current_schema() AND data_type IN ('text', 'character varying')
      AND collation_name IS DISTINCT FROM 'C' AND table_name <> 'alembic_version'
    ORDER BY table_name, ordinal_position
    """
)
_log = Log(__name__)


def upgrade(engine: Engine, to: str = "head") -> None:
    """Bring a database up to date, making its tables if there are none.

    Raises StoreError where it belongs to a newer Broadsheet or to another application.
    """
    name = shown(engine.url)
    with engine.connect() as connection:
        found = _revision(connection, name)
        connection.commit()
        if found != _newest(found, to, name):
            if found and engine.dialect.name == "sqlite":
                _copy(connection, found, file_of(engine.url))
            with _unchecked(connection):
                _run(connection, to)
            if found:
                _log.info("database brought up to date", database=name, was=found)


def _newest(found: str | None, to: str, name: str) -> str | None:
    """Return the revision to reach; raises StoreError where we do not know the one there is."""
    scripts = ScriptDirectory(str(MIGRATIONS))
    try:
        if found:
            scripts.get_revision(found)
    except CommandError as error:
        raise StoreError(
            f"{name} was made by a newer Broadsheet; use that one, or another --state"
        ) from error
    return scripts.get_current_head() if to == "head" else to


def _revision(connection: Connection, name: str) -> str | None:
    """Return the revision of a database, None for an empty one."""
    tables = set(inspect(connection).get_table_names())
    found = MigrationContext.configure(connection).get_current_revision()
    if (tables and "alembic_version" not in tables) or (found and not tables >= OURS):
        raise StoreError(
            f"{name} holds the tables of another application; "
            "give Broadsheet a database, or a schema, of its own"
        )
    return found


def _run(connection: Connection, to: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    with connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            command.upgrade(config, to)
            _sort_as_sqlite(connection)
        else:
            command.upgrade(config, to)
            _check_references(connection)
            sqlite.claim(connection)


def _sort_as_sqlite(connection: Connection) -> None:
    """Have all text compared byte by byte, as SQLite does: else the paper would differ by locale.

    Called after all steps, so that none of them has to think of it.
    """
    quote = connection.dialect.identifier_preparer.quote
    for table, column, kind, length in connection.execute(_UNSORTED).all():
        whole = f"{kind}({length})" if length else kind
        connection.execute(
            text(f'ALTER TABLE {quote(table)} ALTER {quote(column)} TYPE {whole} COLLATE "C"')
        )


@contextmanager
def _unchecked(connection: Connection) -> Iterator[None]:
    """Let a step make an SQLite table anew: references are checked when all steps are done."""
    driver: Any = connection.connection.driver_connection
    is_sqlite = connection.dialect.name == "sqlite"
    if is_sqlite:
        driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        if is_sqlite:
            driver.execute("PRAGMA foreign_keys=ON")


def _check_references(connection: Connection) -> None:
    if astray := connection.execute(text("PRAGMA foreign_key_check")).first():
        raise StoreError(f"the database refused: a row of {astray[0]} belongs to nothing")


def _copy(connection: Connection, revision: str, file: Path | None) -> None:
    """Lay a copy beside the file, under the revision it has; only the last one is kept."""
    if file is None:
        return
    kept = file.with_name(f"{file.name}.before-{revision}")
    part = file.with_name(f"{file.name}.copying")
    part.unlink(missing_ok=True)
    sqlite.copy(connection, part)
    part.replace(kept)
    for older in file.parent.glob(f"{file.name}.before-*"):
        if older != kept:
            older.unlink()
    _log.info("a copy was kept before the database is brought up to date", copy=str(kept))
