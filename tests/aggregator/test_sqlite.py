"""SQLite's own faults: each is said in words, loses nothing, and heals when its cause is gone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from aggregator.model import ArticleId
from aggregator.store import articles
from aggregator.store.address import database_url
from aggregator.store.engine import open_database, open_to_read, transaction
from aggregator.store.sources import enrol
from aggregator.store.sqlite import driver
from feeds.errors import StoreError
from tests.aggregator.newsrooms import a_source
from tests.aggregator.pieces import an_article, kept


def look(folder: Path) -> tuple[ArticleId, ...]:
    with open_to_read(database_url(folder)) as connection:
        return articles.every(connection) if connection else ()


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(database_url(tmp_path))
    yield opened
    opened.dispose()


def test_a_file_that_is_no_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "broadsheet.db").write_bytes(b"This is a shopping list, not a database. " * 40)
    with pytest.raises(StoreError, match="not a database"):
        open_database(database_url(tmp_path))
    assert (tmp_path / "broadsheet.db").read_bytes().startswith(b"This is a shopping list")


def test_a_database_with_pages_overwritten_is_said_in_words(tmp_path: Path) -> None:
    opened = open_database(database_url(tmp_path))
    with transaction(opened) as connection:
        enrol(connection, (a_source("a"),))
        articles.add(connection, [kept(number) for number in range(200)])
    opened.dispose()
    file = tmp_path / "broadsheet.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(StoreError):
        look(tmp_path)


def test_a_database_where_no_file_can_be_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        open_database(database_url(tmp_path / "missing"))


def test_a_full_disk_is_said_in_words_and_forgets_nothing(engine: Engine) -> None:
    with transaction(engine) as connection:
        enrol(connection, (a_source("a"),))
        articles.add(connection, [kept()])
    with transaction(engine) as connection:
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(StoreError, match="full"), transaction(engine) as connection:
        articles.add(connection, [kept(number, summary="x" * 5000) for number in range(2, 40)])
    with transaction(engine) as connection:
        assert articles.every(connection) == (an_article().id,)
        connection.execute(text("PRAGMA max_page_count=100000"))
    with transaction(engine) as connection:
        articles.add(connection, [kept(2)])


def test_another_writer_is_waited_for(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as connection:
        assert connection.scalar(text("PRAGMA busy_timeout")) == 10_000
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA synchronous")) == 2, "FULL: a power cut loses nothing"
        sqlite = driver()  # two SQLite libraries in one process do not see each other's locks
        other = sqlite.connect(tmp_path / "broadsheet.db", timeout=0)
        with pytest.raises(sqlite.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()
