"""Migrations: from every earlier shape to the last, wholly or not at all, and nothing is lost.

Written over all revisions: a new one is tested by being there.
"""

import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Connection, Engine, MetaData, event, inspect, text

from aggregator.store import engine as door
from aggregator.store.address import address
from aggregator.store.engine import open_database, open_to_read, transaction
from aggregator.store.shape import MIGRATIONS, newest
from aggregator.store.tables import metadata
from aggregator.store.upgrading import upgrade
from feeds.errors import StoreError
from tests.aggregator.databases import database_of, empty_database_of, is_postgresql
from tests.aggregator.newsrooms import Wire, a_desk, a_feed, a_paper, a_source, an_item
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

SCRIPTS = ScriptDirectory(str(MIGRATIONS))
REVISIONS = [script.revision for script in SCRIPTS.walk_revisions()][::-1]
EARLIER = REVISIONS[:-1]
WIRE = Wire(
    {
        "https://a.example/feed": a_feed(
            an_item(1, "Peacekeepers leave the base at Khojaly", "The base at Khojaly is closed."),
            an_item(2, "The base at Khojaly is closed", "Peacekeepers left the base at Khojaly."),
        )
    }
)
Rows = dict[str, list[dict[str, Any]]]


def test_migrations_make_the_tables_the_code_means(tmp_path: Path) -> None:
    engine = open_database(empty_database_of(tmp_path))
    with transaction(engine) as connection:
        assert_it_is_what_the_code_means(connection)
    engine.dispose()


def test_there_is_one_way_from_the_first_shape_to_the_last() -> None:
    assert len(SCRIPTS.get_heads()) == 1
    assert len(SCRIPTS.get_bases()) == 1


def test_the_newest_shape_is_known_without_what_makes_it() -> None:
    assert newest() == SCRIPTS.get_current_head()


def test_text_is_compared_byte_by_byte_whatever_the_locale_of_the_database(tmp_path: Path) -> None:
    engine = open_database(database_of(tmp_path))
    with transaction(engine) as connection:
        for table in metadata.tables.values():
            for column in inspect(connection).get_columns(table.name):
                if is_postgresql() and hasattr(column["type"], "collation"):
                    assert column["type"].collation == "C", f"{table.name}.{column['name']}"
    engine.dispose()


@pytest.mark.parametrize("revision", EARLIER)
def test_every_earlier_shape_is_brought_up_to_date_and_keeps_everything(
    tmp_path: Path, revision: str
) -> None:
    url, rows = a_paper_of(tmp_path, revision)
    engine = open_database(url)
    with transaction(engine) as connection:
        assert_it_is_what_the_code_means(connection)
        assert_all_is_there(connection, rows)
        if not is_postgresql():
            assert not connection.execute(text("PRAGMA foreign_key_check")).all()
    engine.dispose()
    with a_desk(tmp_path, a_paper(a_source("a")), WIRE, url=url) as desk:
        desk.now = NOON + timedelta(days=1)
        report = desk.build()
        assert [(one.new, one.error) for one in report.outcomes] == [(0, None)]
        assert sum(name.startswith("articles/") for name in desk.files()) == 2


# From nothing and from the first shape: both ways lead over every step there is.
@pytest.mark.parametrize("revision", [None, EARLIER[0]])
def test_an_upgrade_that_fails_at_any_statement_leaves_what_was_there(
    tmp_path: Path, revision: str | None
) -> None:
    url, rows = a_paper_of(tmp_path, revision)
    before = shape(url)
    failed = 0
    # A server takes long for each try: there it is one statement in seven, others each time.
    first, step = (random.randint(1, 7), 7) if is_postgresql() else (1, 1)
    for number in range(first, 1000, step):
        engine = door._engine(address(url), is_new=True)
        with failing_at(engine, number) as is_passed:
            try:
                upgrade(engine)
            except StoreError:
                failed += 1
        engine.dispose()
        if is_passed():
            break
        assert shape(url) == before
    assert failed >= 3
    engine = open_database(url)
    with transaction(engine) as connection:
        assert_it_is_what_the_code_means(connection)
        assert_all_is_there(connection, rows)
    engine.dispose()


KILLED = """
import os, signal, sys
from sqlalchemy import event
from aggregator.store import engine as door
from aggregator.store.address import address
from aggregator.store.upgrading import upgrade

engine = door._engine(address(sys.argv[1]), is_new=True)
seen = 0

@event.listens_for(engine, "after_cursor_execute")
def count(connection, cursor, statement, *_):
    global seen
    seen += statement.lstrip().upper().startswith(("CREATE", "ALTER", "INSERT", "UPDATE", "DROP"))
    if seen == int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

upgrade(engine)
"""


@pytest.mark.parametrize("revision", [None, EARLIER[0]])
def test_an_upgrade_that_is_killed_half_way_is_done_by_the_next_start(
    tmp_path: Path, revision: str | None
) -> None:
    url, rows = a_paper_of(tmp_path, revision)
    before = shape(url)
    killed = 0
    for number in (1, 5, 9, 27):
        ended = subprocess.run([sys.executable, "-c", KILLED, url, str(number)], check=False)
        if ended.returncode != -signal.SIGKILL:
            break
        killed += 1
        assert shape(url) == before
    assert killed
    engine = open_database(url)
    with transaction(engine) as connection:
        assert_it_is_what_the_code_means(connection)
        assert_all_is_there(connection, rows)
    engine.dispose()


def test_articles_of_the_first_shape_are_known_again_by_all_their_names(tmp_path: Path) -> None:
    url, _ = a_paper_of(tmp_path, EARLIER[0])
    feed = WIRE.bodies["https://a.example/feed"]
    assert isinstance(feed, bytes)
    renamed = feed.replace(b"urn:a:", b"urn:b:").replace(
        b"https://a.example/2", b"https://b.example/2"
    )
    wire = Wire({"https://a.example/feed": renamed})
    with a_desk(tmp_path, a_paper(a_source("a")), wire, url=url) as desk:
        (outcome,) = desk.build().outcomes
        assert (outcome.new, outcome.changed) == (0, 1), "of the second only the address is another"


@pytest.mark.parametrize("revision", EARLIER)
def test_a_copy_is_kept_of_a_file_that_is_brought_up_to_date(tmp_path: Path, revision: str) -> None:
    if is_postgresql():
        pytest.skip("a server's databases are copied by whoever keeps the server")
    (tmp_path / "broadsheet.db.before-0000").write_text("an older copy")
    url, rows = a_paper_of(tmp_path, revision)
    open_database(url).dispose()
    (copy,) = tmp_path.glob("broadsheet.db.*before*")
    assert copy.name == f"broadsheet.db.before-{revision}"
    copy.replace(tmp_path / "broadsheet.db")  # as an operator goes back
    assert shape(url)[0] == revision
    engine = open_database(url)
    with transaction(engine) as connection:
        assert_all_is_there(connection, rows)
    engine.dispose()


def test_a_database_of_a_newer_broadsheet_is_left_alone(tmp_path: Path) -> None:
    url = database_of(tmp_path)
    engine = open_database(url)
    with transaction(engine) as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    before = shape(url)
    with pytest.raises(StoreError, match="newer Broadsheet"):
        open_database(url)
    assert shape(url) == before
    assert not list(tmp_path.glob("*before*"))


@pytest.mark.parametrize("tables", [["customers"], ["customers", "alembic_version"]])
def test_a_database_of_another_application_is_left_alone(tmp_path: Path, tables: list[str]) -> None:
    url = empty_database_of(tmp_path)
    engine = door._engine(address(url), is_new=True)
    with transaction(engine) as connection:
        for table in tables:
            connection.execute(text(f"CREATE TABLE {table} (version_num VARCHAR(32))"))
            connection.execute(text(f"INSERT INTO {table} VALUES ('0001')"))  # noqa: S608 -- ours
    engine.dispose()
    with pytest.raises(StoreError, match="another application"):
        open_database(url)
    engine = door._engine(address(url))
    if len(tables) == 2:
        with transaction(engine) as connection:
            assert sorted(inspect(connection).get_table_names()) == sorted(tables)
    engine.dispose()


# Papers of earlier days


def a_paper_of(folder: Path, revision: str | None) -> tuple[str, Rows]:
    """Return the URL of a database as a Broadsheet at that revision left it, and its rows."""
    url = empty_database_of(folder)
    if revision is None:
        return url, {}
    rows = a_paper_of_today(folder / "today")
    engine = door._engine(address(url), is_new=True)
    upgrade(engine, revision)
    with transaction(engine) as connection:
        then = MetaData()
        then.reflect(connection)
        kept: Rows = {}
        for table in metadata.sorted_tables:
            if (old := then.tables.get(table.name)) is None:
                continue
            kept[table.name] = [
                {name: value for name, value in row.items() if name in old.columns}
                for row in rows[table.name]
            ]
            for row in kept[table.name]:
                names = ", ".join(f'"{name}"' for name in row)
                values = ", ".join(f":{name}" for name in row)
                statement = f"INSERT INTO {table.name} ({names}) VALUES ({values})"  # noqa: S608
                connection.execute(text(statement), row)
    engine.dispose()
    return url, kept


def a_paper_of_today(folder: Path) -> Rows:
    with a_desk(folder, a_paper(a_source("a")), WIRE) as desk:
        desk.build()
        with transaction(desk.newsroom.engine) as connection:
            connection.execute(text("INSERT INTO stale (kind, id) VALUES ('page', 'x')"))
            connection.execute(
                text(
                    "INSERT INTO pushes (token, source_id, topic, hub, secret, created_at, state, "
                    "failures, ignored, reason) VALUES ('t', 'a', 'https://a.example/feed', "
                    "'https://hub.example/', 's', '2026-06-01T12:00:00Z', 'active', 0, 0, '')"
                )
            )
            return {table: rows_of(connection, table) for table in metadata.tables}


def rows_of(connection: Connection, table: str) -> list[dict[str, Any]]:
    """Return all rows as the database has them, JSON as text."""
    columns = ", ".join(
        f'CAST("{column["name"]}" AS VARCHAR) AS "{column["name"]}"'
        if isinstance(column["type"], JSON)
        else f'"{column["name"]}"'
        for column in inspect(connection).get_columns(table)
    )
    found = connection.execute(text(f"SELECT {columns} FROM {table}"))  # noqa: S608 -- ours
    return sorted((dict(row) for row in found.mappings()), key=repr)


def shape(url: str) -> tuple[object, ...]:
    """Return a database's revision, its tables with their columns, and all that is in them."""
    engine = door._engine(address(url), is_new=True)
    with transaction(engine) as connection:
        tables = sorted(inspect(connection).get_table_names())
        revision = MigrationContext.configure(connection).get_current_revision()
        found = tuple(
            (
                table,
                tuple(column["name"] for column in inspect(connection).get_columns(table)),
                repr(rows_of(connection, table)),
            )
            for table in tables
        )
    engine.dispose()
    return revision, *found


def assert_all_is_there(connection: Connection, rows: Rows) -> None:
    for table, kept in rows.items():
        now = [
            {name: value for name, value in row.items() if name in kept[0]}
            for row in (rows_of(connection, table) if kept else [])
        ]
        assert sorted(now, key=repr) == sorted(kept, key=repr), table


def assert_it_is_what_the_code_means(connection: Connection) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []
    found = inspect(connection)
    for table in metadata.tables.values():
        made = {key["name"] for key in found.get_foreign_keys(table.name)}
        assert len(made) == len(table.foreign_key_constraints)
        wanted = {column.name: column.nullable for column in table.columns}
        columns = found.get_columns(table.name)
        assert {column["name"]: column["nullable"] for column in columns} == wanted


@contextmanager
def failing_at(engine: Engine, number: int) -> Iterator[Any]:
    """Let the engine's Nth statement fail; yields what says whether there were not that many."""
    count = 0

    def refuse(*_: object) -> None:
        nonlocal count
        count += 1
        if count == number:
            raise StoreError("the test lets it fail here")

    event.listen(engine, "before_cursor_execute", refuse)
    yield lambda: count < number
    event.remove(engine, "before_cursor_execute", refuse)


def test_there_is_nothing_to_read_in_an_empty_database(tmp_path: Path) -> None:
    with open_to_read(empty_database_of(tmp_path)) as connection:
        assert connection is None
    if not is_postgresql():
        assert list(tmp_path.iterdir()) == [], "looking must not make a database"
