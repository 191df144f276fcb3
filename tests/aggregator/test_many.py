"""Many rows in the driver's own words are the rows SQLAlchemy would have kept."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from aggregator.model import SourceId
from aggregator.store import many
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import Remembered, enrol, remember, remembered
from aggregator.store.tables import articles, seen, stale
from feeds.errors import StoreError
from feeds.model import Hints
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_paper, a_source
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(database_of(tmp_path))
    with transaction(opened) as connection:
        enrol(connection, a_paper(a_source("a")).sources)
    yield opened
    opened.dispose()


def an_article(number: int) -> dict[str, Any]:
    return {
        "judged": number % 2 == 0,  # the last of the columns comes first: order says nothing
        "parts": {"authors": [{"name": 'Zoë "Z" Ohara'}], "image": None},
        "id": f"id{number}",
        "source_id": "a",
        "key": f"id:{number}",
        "url_key": None,
        "fingerprint": "f" * 64,
        "atom_id": f"urn:{number}",
        "path": f"articles/{number}/",
        "permalink": "",
        "title": "100 % of 'news'; -- ?",
        "published": NOON - timedelta(hours=number),
        "updated": NOON,
        "first_seen": NOON,
        "language": "en",
        "summary": "",
        "content": None if number else "<p>Words: %s</p>",
        "rights": None,
    }


def test_rows_are_the_ones_sqlalchemy_would_keep(engine: Engine) -> None:
    rows = [an_article(number) for number in range(5)]
    found = []
    for kept in (
        lambda connection: many.add(connection, articles, rows),
        lambda connection: connection.execute(insert(articles), rows),
    ):
        with transaction(engine) as connection:
            kept(connection)
            told = (articles.c[name] for name in rows[0])
            asked = connection.execute(select(*told).order_by(articles.c.id))
            found.append([dict(row) for row in asked.mappings()])
            connection.execute(delete(articles))
    assert found[0] == found[1] == rows


def test_a_row_that_is_there_is_refused_left_alone_or_gives_way(engine: Engine) -> None:
    def held() -> list[str]:
        with transaction(engine) as connection:
            return list(connection.scalars(select(seen.c["items"])))

    def note(items: str, **how: Any) -> None:
        row = {"source_id": "a", "manner": "m", "items": items}
        with transaction(engine) as connection:
            many.add(connection, seen, [row], **how)

    note("first")
    with pytest.raises(StoreError) as refused:
        note("second")
    assert isinstance(refused.value.__cause__, IntegrityError)
    assert held() == ["first"]
    note("second", held="stay")
    assert held() == ["first"]
    note("third", held="give way")
    assert held() == ["third"]


def test_of_several_rows_those_that_are_new_are_added(engine: Engine) -> None:
    with transaction(engine) as connection:
        for ids in ("ab", "bc", ""):
            many.add(connection, stale, [{"kind": "page", "id": one} for one in ids], held="stay")
        kept = connection.scalars(select(stale.c.id).where(stale.c.kind == "page"))
        assert sorted(kept) == ["a", "b", "c"]


def test_a_row_is_changed_by_its_key_alone_and_none_is_made(engine: Engine) -> None:
    def known(name: str) -> Remembered | None:
        with transaction(engine) as connection:
            return remembered(connection).get(SourceId(name))

    with transaction(engine) as connection:
        enrol(connection, a_paper(a_source("a"), a_source("b")).sources)
    a, b = known("a"), known("b")
    assert a is not None
    hints = Hints(ttl=timedelta(minutes=5), skip_hours=(1, 2))
    changed = replace(a, etag='"%s?"', failures=2, last_success=NOON, news=(NOON,), hints=hints)
    with transaction(engine) as connection:
        remember(connection, changed)
        remember(connection, replace(changed, id=SourceId("nobody")))
    assert known("a") == changed
    assert known("b") == b
    assert known("nobody") is None
