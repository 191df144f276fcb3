"""Which shape a database has, told without loading what could change it."""

from importlib import resources
from typing import Any

from sqlalchemy import Connection, Engine, inspect, text

MIGRATIONS = resources.files("aggregator.store") / "migrations"
OURS = frozenset({"articles", "sources", "ledger"})  # since the first of all shapes


def is_newest(engine: Engine) -> bool:
    """Say whether a database has the tables of this very Broadsheet, as nearly all have.

    All else, be it empty, older, newer or another application's, is for `upgrading` to judge.
    """
    with engine.connect() as connection:
        found = _revision(connection)
        connection.commit()
    return found is not None and found == newest()


def newest() -> str:
    """Return the revision a database is brought to: the files of the steps are named by it."""
    steps = (MIGRATIONS / "versions").iterdir()
    return max(step.name[:4] for step in steps if step.name.endswith(".py"))


def _revision(connection: Connection) -> Any:
    if not set(inspect(connection).get_table_names()) >= {*OURS, "alembic_version"}:
        return None
    return connection.scalar(text("SELECT version_num FROM alembic_version"))
