"""A paper from one database to another: every row with its ids, in the order of its keys.

Row by row, so that memory does not grow with the paper; within one transaction, so that the
target has all of it or nothing; and read again afterwards, so that it is known to be the same.
"""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, insert, select, text

from aggregator.store.engine import open_database, open_to_read, transaction
from aggregator.store.tables import metadata
from feeds.errors import StoreError

AT_ONCE = 500  # rows in memory
Copied = Mapping[str, int]  # rows by table
Row = dict[str, Any]


def copy_paper(source: Engine, target: Engine) -> Copied:
    """Copy all that is remembered into an empty database, and return how many rows of each table.

    Raises StoreError where the target is not empty, or not the same afterwards; then it is empty.
    """
    with transaction(source) as reading, transaction(target) as writing:
        copied = fill(reading, writing)
    if target.dialect.name == "postgresql":  # its plans go by statistics, which it has none of yet
        with transaction(target) as connection:
            connection.execute(text("ANALYZE"))
    return copied


def fill(reading: Connection, writing: Connection) -> Copied:
    """Copy every table between two open transactions; see `copy_paper`."""
    for table in metadata.sorted_tables:
        if writing.execute(select(table).limit(1)).first() is not None:
            raise StoreError("there is a paper in TO already; give one in which there is nothing")
    read = {}
    for table in metadata.sorted_tables:
        read[table.name] = _Told()
        for rows in _rows(reading, table, has_nul=writing.dialect.name == "sqlite"):
            read[table.name].hear(rows)
            writing.execute(insert(table), rows)
    for table in metadata.sorted_tables:
        written = _Told()
        for rows in _rows(writing, table, has_nul=True):
            written.hear(rows)
        if written != read[table.name]:
            raise StoreError(f"the copy of {table.name} is not the same; nothing was kept of it")
    return {name: told.count for name, told in read.items()}


def back_up(reading: Connection, file: Path) -> Copied:
    """Copy all that a transaction sees into a new SQLite file.

    Raises StoreError where the file is there already or cannot be written; it is whole or absent.
    """
    if file.exists():
        raise StoreError(f"{file} is there already; nothing was written")
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    target = open_database(URL.create("sqlite", database=str(part)).render_as_string())
    try:
        with transaction(target) as writing:
            copied = fill(reading, writing)
    except BaseException:
        target.dispose()
        part.unlink()
        raise
    target.dispose()  # which leaves all of it in the one file
    with part.open("rb") as written:
        os.fsync(written.fileno())
    part.rename(file)
    return copied


def is_there(url: str) -> bool:
    """Say whether there is a paper in a database; it is not made."""
    with open_to_read(url) as connection:
        return connection is not None


def _rows(connection: Connection, table: Table, *, has_nul: bool) -> Iterator[list[Row]]:
    """Yield all rows in the order of their keys, some at a time."""
    ordered = select(table).order_by(*table.primary_key)
    found = connection.execute(ordered.execution_options(yield_per=AT_ONCE))
    for some in found.mappings().partitions(AT_ONCE):
        yield [{name: _kept(value, has_nul=has_nul) for name, value in row.items()} for row in some]


def _kept(value: object, *, has_nul: bool) -> object:
    """Return a value as any database takes it: what SQLite once kept, PostgreSQL may not."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) and not has_nul else value


class _Told:
    """How many rows there were, and a digest of what they said."""

    def __init__(self) -> None:
        self.count = 0
        self._digest = hashlib.sha256()

    def hear(self, rows: list[Row]) -> None:
        """Take some rows in."""
        self.count += len(rows)
        for row in rows:
            self._digest.update(repr(list(row.values())).encode(errors="backslashreplace"))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Told) and self._said() == other._said()

    def __hash__(self) -> int:
        return hash(self._said())

    def _said(self) -> tuple[int, bytes]:
        return self.count, self._digest.digest()
