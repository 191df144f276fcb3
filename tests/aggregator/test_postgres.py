"""PostgreSQL: one writer at a time, and no fault of the server's loses what was kept."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, text

from aggregator.store import articles
from aggregator.store.engine import beside, open_beside, open_database, open_to_read, transaction
from aggregator.store.sources import enrol, remembered
from feeds.errors import StateHeldError, StoreAwayError, StoreError
from tests.aggregator import databases
from tests.aggregator.databases import Server, database_of, empty_database_of
from tests.aggregator.newsrooms import a_source
from tests.aggregator.pieces import kept


@pytest.fixture(autouse=True, scope="module")
def each_engine() -> Iterator[str]:
    """PostgreSQL alone."""
    databases.use("postgresql")
    yield "postgresql"
    databases.give_back()
    databases.use("sqlite")


@pytest.fixture
def url(tmp_path: Path) -> str:
    return database_of(tmp_path)


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    with opened(url) as engine:
        yield engine


@contextmanager
def opened(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    finally:
        engine.dispose()


def ask(url: str, statement: str) -> object:
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(statement.encode())
        return found.fetchall() if found.description else None


# One writer


def test_a_paper_is_held_by_one_and_free_again_after(engine: Engine, url: str) -> None:
    with pytest.raises(StateHeldError, match=rf"broadsheet {os.getpid()} on .* is at work on"):
        open_database(url)
    engine.dispose()
    with opened(url):
        pass


def test_who_lost_the_connection_holds_the_paper_again_with_the_next(
    engine: Engine, url: str
) -> None:
    with transaction(engine) as connection:
        enrol(connection, (a_source("a"),))
    hang_up(url)
    with transaction(engine) as connection:
        assert list(remembered(connection)) == ["a"]
    with pytest.raises(StateHeldError):
        open_database(url)


def test_who_lost_the_connection_and_the_paper_to_another_writes_no_more(
    engine: Engine, url: str
) -> None:
    hang_up(url)
    with opened(url) as other:
        with pytest.raises(StateHeldError), transaction(engine):
            pass
        with transaction(other) as connection:
            enrol(connection, (a_source("a"),))
    with transaction(engine) as connection:
        assert list(remembered(connection)) == ["a"], "and goes on once the other has ended"


def test_transactions_of_two_threads_take_turns(engine: Engine) -> None:
    other = beside(engine)
    with transaction(other) as waiting:
        waiting.execute(text("SET lock_timeout = '50ms'"))
    with transaction(engine) as connection:
        enrol(connection, (a_source("a"),))
        with pytest.raises(StoreAwayError, match="lock timeout"), transaction(other):
            pass
    with transaction(other) as connection:
        assert list(remembered(connection)) == ["a"]
    other.dispose()


def test_a_command_beside_a_broadsheet_at_work_may_write(engine: Engine, url: str) -> None:
    other = open_beside(url)
    with transaction(other) as connection:
        enrol(connection, (a_source("a"),))
    other.dispose()
    with transaction(engine) as connection:
        assert list(remembered(connection)) == ["a"]


def test_who_reads_can_change_nothing(engine: Engine, url: str) -> None:
    with open_to_read(url) as connection:
        assert connection is not None
        with pytest.raises(Exception, match="read-only transaction"):
            enrol(connection, (a_source("a"),))
    with transaction(engine) as connection:
        assert not remembered(connection)


def hang_up(url: str) -> None:
    """Let the server end every connection of ours, as an operator or a failing network would."""
    ask(
        url,
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
        "WHERE application_name LIKE 'broadsheet %' AND datname = current_database()",
    )


# Words


def test_a_database_that_is_not_there_is_named_with_the_cure(url: str) -> None:
    with pytest.raises(StoreError, match="does not exist; make it first: CREATE DATABASE"):
        open_database(url.replace("/t_", "/nowhere_"))


def test_a_server_that_is_not_there_is_named_with_the_cure_and_no_password(tmp_path: Path) -> None:
    url = f"postgresql://me:secret@/paper?host={tmp_path}&password=secret"
    with pytest.raises(StoreError, match="start the server, or look at its address") as failed:
        open_database(url)
    assert "secret" not in str(failed.value)
    with pytest.raises(StoreError) as failed, open_to_read(url):
        pass
    assert "secret" not in str(failed.value)


def test_what_no_index_bears_is_about_what_was_told_and_not_about_the_server(
    engine: Engine,
) -> None:
    """So it is one source's failure, and the others are kept."""
    noise = "".join(hashlib.sha256(f"{n}".encode()).hexdigest() for n in range(100))
    row = replace(kept(1), url_key=f"https://a.example/{noise}")
    with transaction(engine) as opened:
        enrol(opened, (a_source("a"),))
    with pytest.raises(StoreError, match="index row size") as told, transaction(engine) as opened:
        articles.add(opened, [row])
    assert not isinstance(told.value, StoreAwayError)


def test_a_database_that_cannot_hold_every_script_is_refused(tmp_path: Path) -> None:
    url = empty_database_of(tmp_path)
    name = url.split("/")[3].partition("?")[0]
    ask(url.replace(name, "postgres"), f"DROP DATABASE {name}")
    ask(
        url.replace(name, "postgres"),
        f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'",
    )
    with pytest.raises(StoreError, match="encoding LATIN1; make one with ENCODING 'UTF8'"):
        open_database(url)


def test_limits_are_set_unless_the_keeper_of_the_server_set_them(url: str) -> None:
    def limits() -> tuple[str, str]:
        with opened(url) as engine, transaction(engine) as connection:
            return tuple(
                connection.scalar(text(f"SHOW {name}"))
                for name in ("statement_timeout", "lock_timeout")
            )

    assert limits() == ("2min", "10s")
    name = url.split("/")[3].partition("?")[0]
    ask(url, f"ALTER DATABASE {name} SET statement_timeout = '7s'")
    assert limits() == ("7s", "10s")


# Faults of the server


@pytest.mark.parametrize("mode", ["immediate", "fast"])
def test_a_server_that_is_started_again_loses_nothing(own_server: Server, mode: str) -> None:
    ask(own_server.url("postgres"), f"CREATE DATABASE again_{mode}")
    with opened(own_server.url(f"again_{mode}")) as engine:
        with transaction(engine) as connection:
            enrol(connection, (a_source("a"),))
            articles.add(connection, [kept(1)])

        def work() -> None:
            with transaction(engine) as connection:
                articles.add(connection, [kept(2)])
                own_server.stop(mode)
                articles.add(connection, [kept(3)])

        with pytest.raises(StoreAwayError):
            work()
        for _ in range(3):
            with pytest.raises(StoreAwayError, match="it goes on by itself"), transaction(engine):
                pass
        own_server.start()
        with transaction(engine) as connection:
            assert len(articles.every(connection)) == 1
            articles.add(connection, [kept(2)])
        with pytest.raises(StateHeldError):
            open_database(own_server.url(f"again_{mode}"))


def test_a_run_that_was_killed_is_cleared_away_by_the_next() -> None:
    dead = 2**22 + 1  # beyond the largest process id there is
    folder = Path(f"{databases.RUNS}{dead}")
    folder.mkdir(mode=0o755)
    left = Server(folder)
    try:
        left.make()
        left.start()
        databases.clear_away()
        assert not folder.exists()
        with pytest.raises(psycopg.OperationalError):
            ask(left.url("postgres"), "SELECT 1")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
