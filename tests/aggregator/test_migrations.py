"""Migrations: they make the tables the code means, wholly or not at all."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from aggregator.store.engine import (
    MIGRATIONS,
    database_url,
    open_database,
    open_to_read,
    transaction,
)
from aggregator.store.tables import metadata
from feeds.errors import StoreError


def test_migrations_make_the_tables_the_code_means(tmp_path: Path) -> None:
    engine = open_database(database_url(tmp_path))
    with transaction(engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, metadata) == []
        found = inspect(connection)
        for table in metadata.tables.values():
            made = {key["name"] for key in found.get_foreign_keys(table.name)}
            assert len(made) == len(table.foreign_key_constraints)
            wanted = {column.name: column.nullable for column in table.columns}
            columns = found.get_columns(table.name)
            assert {column["name"]: column["nullable"] for column in columns} == wanted
    engine.dispose()


def test_there_is_one_way_from_the_first_shape_to_the_last() -> None:
    scripts = ScriptDirectory(str(MIGRATIONS))
    assert len(scripts.get_heads()) == 1
    assert len(scripts.get_bases()) == 1


def test_a_database_of_a_newer_broadsheet_is_left_alone(tmp_path: Path) -> None:
    engine = open_database(database_url(tmp_path))
    with transaction(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(StoreError, match="newer Broadsheet"):
        open_database(database_url(tmp_path))


def test_a_migration_that_fails_half_way_leaves_nothing_behind(tmp_path: Path) -> None:
    blank = open_database(database_url(tmp_path))
    with transaction(blank) as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(text(f"DROP TABLE {table.name}"))
        connection.execute(text("DELETE FROM alembic_version"))
        connection.execute(text("CREATE TABLE ledger (name TEXT)"))  # in the way of the last step
    blank.dispose()
    with pytest.raises(StoreError, match="already exists"):
        open_database(database_url(tmp_path))
    with open_to_read(database_url(tmp_path)) as reading:
        assert reading is None, "a table of the earlier steps is still there"
