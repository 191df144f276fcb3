"""Many rows at once, in the driver's own words: SQLAlchemy takes longer over each than SQLite."""

from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any, Literal

from sqlalchemy import Column, Connection, Dialect, Row, Table, insert

_Writers = Sequence[tuple[int, Callable[[Any], Any]]]  # the columns that are written otherwise
_Else = Literal["fail", "stay", "give way"]


def add(
    connection: Connection,
    table: Table,
    rows: Collection[Mapping[str, Any]],
    *,
    held: _Else = "fail",
) -> None:
    """Insert rows, which all name the same columns.

    `held` says what becomes of a row that is there under the same key. What is bound is what
    SQLAlchemy would bind, and what the database says is raised as by it.
    """
    if not rows:
        return
    names = _named(table, tuple(next(iter(rows))))
    statement, writers = _prepared(connection.dialect, table, names, held)
    taken = map(itemgetter(*names), rows) if len(names) > 1 else ((row[names[0]],) for row in rows)
    connection.exec_driver_sql(statement, [_bound(values, writers) for values in taken])


def add_values(
    connection: Connection, table: Table, names: Sequence[str], rows: Collection[tuple[Any, ...]]
) -> None:
    """Insert rows of which there are very many: the values of these columns, as they are kept.

    `names` are in the order of the table.
    """
    if rows:
        statement, _ = _prepared(connection.dialect, table, tuple(names), "fail")
        connection.exec_driver_sql(statement, list(rows))


def change(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Have the row of the same key say what this one says; where there is none, nothing."""
    statement, names, writers = _changing(connection.dialect, table, _named(table, tuple(row)))
    connection.exec_driver_sql(statement, _bound(tuple(row[name] for name in names), writers))


def ask(connection: Connection, question: str, some: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the answer to a question in SQL, in which `{some}` stands for these values.

    What it asks for is text or numbers, which come as they are kept.
    """
    marks = ", ".join([_mark(connection.dialect)] * len(some))
    values = tuple(some) * question.count("{some}")
    return connection.exec_driver_sql(question.format(some=marks), values).all()


@lru_cache(maxsize=32)
def _named(table: Table, given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name in given)


def _bound(values: tuple[Any, ...], writers: _Writers) -> tuple[Any, ...]:
    if not writers:
        return values
    written = list(values)
    for place, write in writers:
        written[place] = write(written[place])
    return tuple(written)


@lru_cache(maxsize=32)
def _prepared(
    dialect: Dialect, table: Table, names: Sequence[str], held: _Else
) -> tuple[str, _Writers]:
    """Return the statement, and what makes of each column's value what the driver takes."""
    columns = [table.c[name] for name in names]
    written = str(insert(table).compile(dialect=dialect, column_keys=names))
    head = written.partition(" VALUES ")[0]
    marks = ", ".join([_mark(dialect)] * len(columns))
    return f"{head} VALUES ({marks}){_unless(table, columns, held)}", _writers(dialect, columns)


def _unless(table: Table, columns: Sequence[Column[Any]], held: _Else) -> str:
    if held == "fail":
        return ""
    if held == "stay":
        return " ON CONFLICT DO NOTHING"
    keys = ", ".join(column.name for column in table.primary_key)
    anew = (f"{each.name} = excluded.{each.name}" for each in columns if not each.primary_key)
    return f" ON CONFLICT ({keys}) DO UPDATE SET {', '.join(anew)}"


@lru_cache(maxsize=32)
def _changing(
    dialect: Dialect, table: Table, given: tuple[str, ...]
) -> tuple[str, tuple[str, ...], _Writers]:
    """Return the statement that changes a row, the names of what it binds, and their writers."""
    keys = tuple(column.name for column in table.primary_key)
    names = (*(name for name in given if name not in keys), *keys)
    columns = [table.c[name] for name in names]
    said = [f"{_quoted(dialect, each)} = {_mark(dialect)}" for each in columns]
    what = f"{', '.join(said[: -len(keys)])} WHERE {' AND '.join(said[-len(keys) :])}"
    writers = _writers(dialect, columns)
    return f"UPDATE {table.name} SET {what}", names, writers  # noqa: S608 -- our own


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.paramstyle == "qmark" else "%s"


def _quoted(dialect: Dialect, column: Column[Any]) -> str:
    return dialect.identifier_preparer.format_column(column)


def _writers(dialect: Dialect, columns: Sequence[Column[Any]]) -> _Writers:
    found = (each.type.dialect_impl(dialect).bind_processor(dialect) for each in columns)
    return tuple((place, write) for place, write in enumerate(found) if write is not None)
