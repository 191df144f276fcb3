"""Migrations: they make the tables the code means, wholly or not at all."""

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, TextClause, create_engine, inspect, text

from aggregator.model import SourceId
from aggregator.store import articles
from aggregator.store.engine import (
    MIGRATIONS,
    database_url,
    open_database,
    open_to_read,
    transaction,
)
from aggregator.store.sources import remembered
from aggregator.store.tables import metadata
from feeds.errors import StoreError
from tests.aggregator.newsrooms import Wire, a_desk, a_feed, a_paper, a_source, an_item


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


def test_a_database_of_the_first_shape_is_brought_up_to_date_and_keeps_everything(
    tmp_path: Path,
) -> None:
    wire = Wire({"https://a.example/feed": a_feed(an_item(1, "Base at Khojaly closed", "Words"))})
    with a_desk(tmp_path / "new", a_paper(a_source("a")), wire) as desk:
        desk.build()
        with transaction(desk.newsroom.engine) as connection:
            rows = contents(connection)
    url = of_the_first_shape(tmp_path, rows)
    engine = open_database(url)
    with transaction(engine) as connection:
        for table, kept in contents(connection).items():
            assert kept == rows[table], table
        one = remembered(connection)[SourceId("a")]
        assert (one.state, one.move_to, one.move_turns, one.move_since) == ("ok", None, None, None)
        assert len(articles.every(connection)) == 1
    engine.dispose()


def of_the_first_shape(folder: Path, rows: dict[str, list[dict[str, object]]]) -> str:
    """Make a database at revision 0001 with these rows and return its URL."""
    url = database_url(folder)
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    engine = create_engine(url)
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for table, kept in rows.items():
            for row in kept:
                names = ", ".join(row)
                values = ", ".join(f":{name}" for name in row)
                statement = f"INSERT INTO {table} ({names}) VALUES ({values})"  # noqa: S608 -- ours
                connection.execute(text(statement), row)
    engine.dispose()
    return url


def table_as_it_is(name: str) -> TextClause:
    return text(f"SELECT * FROM {name}")  # noqa: S608 -- a name of ours


def contents(connection: Connection) -> dict[str, list[dict[str, object]]]:
    """Return all rows of the tables of the first shape, but for the columns it did not have."""
    later = {"move_to", "move_turns", "move_since"}
    return {
        table.name: [
            {name: value for name, value in row.items() if name not in later}
            for row in connection.execute(table_as_it_is(table.name)).mappings()
        ]
        for table in metadata.sorted_tables
        if table.name != "seen"
    }
