"""Many rows at once, in the driver's own words: SQLAlchemy takes longer over each than SQLite."""

from collections.abc import Callable, Collection, Container, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal

from sqlalchemy import Column, Connection, Dialect, Row, Table, insert

_Writers = Sequence[Callable[[Any], Any] | None]
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
    names = _named(table, next(iter(rows)))
    statement, writers = _prepared(connection.dialect, table, names, held)
    connection.exec_driver_sql(statement, [_bound(row, names, writers) for row in rows])


def change(connection: Connection, table: Table, row: Mapping[str, Any]) -> None:
    """Have the row of the same key say what this one says; where there is none, nothing."""
    keys = tuple(column.name for column in table.primary_key)
    names = (*(name for name in _named(table, row) if name not in keys), *keys)
    statement, writers = _changing(connection.dialect, table, names, len(keys))
    connection.exec_driver_sql(statement, _bound(row, names, writers))


def ask(connection: Connection, question: str, some: Sequence[str]) -> Sequence[Row[Any]]:
    """Return the answer to a question in SQL, in which `{some}` stands for these values.

    What it asks for is text or numbers, which come as they are kept.
    """
    marks = ", ".join([_mark(connection.dialect)] * len(some))
    values = tuple(some) * question.count("{some}")
    return connection.exec_driver_sql(question.format(some=marks), values).all()


def _named(table: Table, given: Container[str]) -> tuple[str, ...]:
    return tuple(column.name for column in table.columns if column.name in given)


def _bound(row: Mapping[str, Any], names: Sequence[str], writers: _Writers) -> tuple[Any, ...]:
    return tuple(
        row[name] if write is None else write(row[name])
        for name, write in zip(names, writers, strict=True)
    )


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
    dialect: Dialect, table: Table, names: Sequence[str], keys: int
) -> tuple[str, _Writers]:
    """Return the statement that changes a row, the last names being its `keys`."""
    columns = [table.c[name] for name in names]
    said = [f"{_quoted(dialect, each)} = {_mark(dialect)}" for each in columns]
    what = f"{', '.join(said[:-keys])} WHERE {' AND '.join(said[-keys:])}"
    return f"UPDATE {table.name} SET {what}", _writers(dialect, columns)  # noqa: S608 -- our own


def _mark(dialect: Dialect) -> str:
    return "?" if dialect.paramstyle == "qmark" else "%s"


def _quoted(dialect: Dialect, column: Column[Any]) -> str:
    return dialect.identifier_preparer.format_column(column)


def _writers(dialect: Dialect, columns: Sequence[Column[Any]]) -> _Writers:
    return tuple(each.type.dialect_impl(dialect).bind_processor(dialect) for each in columns)
