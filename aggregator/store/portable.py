"""What SQLite and PostgreSQL say differently, said once."""

from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class whole(FunctionElement[int]):  # noqa: N801 -- used as a function of SQL
    """A number without what is behind its point."""

    type = BigInteger()
    inherit_cache = True


@compiles(whole, "sqlite")
def _cut(element: whole, compiler: Any, **others: Any) -> str:
    return f"CAST({compiler.process(element.clauses, **others)} AS INTEGER)"


@compiles(whole, "postgresql")
def _truncated(element: whole, compiler: Any, **others: Any) -> str:
    """Cut as SQLite does: its own cast would round."""
    return f"CAST(trunc({compiler.process(element.clauses, **others)}) AS BIGINT)"
