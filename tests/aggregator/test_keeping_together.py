"""What several sources say is kept in one transaction, and still each by itself."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from structlog.testing import capture_logs

from aggregator.keeping import keep_all
from aggregator.model import Source
from aggregator.naming import forget_entries
from aggregator.pull import Pulled, Turn
from aggregator.store.articles import of_source
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol, remembered
from feeds.fetch import Fetched, Validators
from feeds.model import SourceEntry, SourceFeed, Text
from feeds.reading import Reading
from tests.aggregator.newsrooms import a_paper, a_source
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

SOURCES = tuple(a_source(name) for name in "abc")
PAPER = a_paper(*SOURCES)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'paper.db'}")
    with transaction(opened) as connection:
        enrol(connection, PAPER.sources)
    yield opened
    opened.dispose()


def brought(engine: Engine, source: Source, *, is_broken: bool = False) -> Pulled:
    entry = SourceEntry(
        id=f"urn:{source.id}:1",
        title="News",
        permalink=f"https://{source.id}.example/1",
        published=NOON,
        summary=Text(value="Words."),
    )
    reading = Reading(feed=SourceFeed(format="rss20", entries=(entry,)))
    with transaction(engine) as connection:
        known = remembered(connection)[source.id]
    return Pulled(
        turn=Turn(source=source, remembered=known),
        reply=Fetched(body=b"", url=source.feed, validators=Validators(etag="1")),
        reading=None if is_broken else reading,
        before={},
        body_hash="hash",
        error=object() if is_broken else None,  # type: ignore[arg-type]  # a fault of ours
    )


def commits(engine: Engine, some: list[Pulled]) -> int:
    seen: list[object] = []
    event.listen(engine, "commit", seen.append)
    keep_all(engine, some, settings=PAPER, now=NOON)
    return len(seen)


def test_what_comes_together_is_on_the_disk_at_once(engine: Engine) -> None:
    assert commits(engine, [brought(engine, one) for one in SOURCES]) == 1
    with transaction(engine) as connection:
        assert [len(of_source(connection, one.id)) for one in SOURCES] == [1, 1, 1]
        assert {one.etag for one in remembered(connection).values()} == {"1"}


def test_one_that_cannot_be_kept_takes_none_of_the_others_along(engine: Engine) -> None:
    some = [brought(engine, one, is_broken=one.id == "b") for one in SOURCES]
    with capture_logs():
        outcomes = keep_all(engine, some, settings=PAPER, now=NOON)
    assert [(one.source_id, one.new, bool(one.error)) for one in outcomes] == [
        ("a", 1, False),
        ("b", 0, True),
        ("c", 1, False),
    ]
    with transaction(engine) as connection:
        assert [len(of_source(connection, one.id)) for one in SOURCES] == [1, 0, 1]
        known = remembered(connection)
    assert (known[SOURCES[1].id].failures, known[SOURCES[1].id].etag) == (1, None)


@pytest.mark.parametrize("is_broken", [False, True])
def test_what_was_kept_is_not_held_in_memory_too(engine: Engine, *, is_broken: bool) -> None:
    """An entry may be a megabyte, and a thousand of them were."""
    forget_entries()  # another test's are equal to ours
    some = [brought(engine, SOURCES[0]), brought(engine, SOURCES[1], is_broken=is_broken)]
    said = some[0].reading
    keep_all(engine, some, settings=PAPER, now=NOON)
    del some
    gc.collect()
    assert said is not None
    (entry,) = said.feed.entries
    holders = [each for each in gc.get_referrers(entry) if each is not said.feed.entries]
    assert not [each for each in holders if not hasattr(each, "f_locals")]
