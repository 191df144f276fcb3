"""Taking in: a source's articles and what it is asked with next are kept together or not at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from structlog.testing import capture_logs

from aggregator.intake import Outcome, keep, take_in
from aggregator.model import Article, Settings, Source, SourceId
from aggregator.normalise import newest, normalise
from aggregator.pull import Pulled, Turn
from aggregator.store import articles as kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import Remembered, enrol, remembered
from feeds.errors import FetchError, GoneError, SourceError, StoreError
from feeds.fetch import Fetched, NotModified, Validators
from feeds.model import Category, Image, Link, Person, SourceEntry, SourceFeed, Text, TextKind
from feeds.reading import Reading
from tests.aggregator.databases import database_of, refuse
from tests.aggregator.newsrooms import a_paper, a_source
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

A, B = a_source("a"), a_source("b")
PAPER = a_paper(A, B)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(database_of(tmp_path))
    with transaction(opened) as connection:
        enrol(connection, PAPER.sources)
    yield opened
    opened.dispose()


def an_entry(number: int = 1, **changes: object) -> SourceEntry:
    plain = SourceEntry(
        id=f"urn:x:{number}",
        title=f"Entry {number}",
        permalink=f"https://x.example/{number}",
        published=NOON - timedelta(hours=number),
        summary=Text(value="Words."),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def brought(
    engine: Engine,
    *entries: SourceEntry,
    source: Source = A,
    etag: str = "1",
    home: str | None = None,
) -> Pulled:
    with transaction(engine) as connection:
        known = remembered(connection)[source.id]
    return Pulled(
        turn=Turn(source=source, remembered=known),
        reply=Fetched(body=b"", url=source.feed, validators=Validators(etag=etag)),
        reading=Reading(feed=SourceFeed(format="rss20", entries=entries, home=home)),
        body_hash=f"hash of {etag}",
    )


def taken(
    engine: Engine,
    *entries: SourceEntry,
    source: Source = A,
    now: datetime = NOON,
    settings: Settings = PAPER,
    etag: str = "1",
    home: str | None = None,
) -> Outcome:
    return keep(
        engine,
        brought(engine, *entries, source=source, etag=etag, home=home),
        settings=settings,
        now=now,
    )


def known(engine: Engine, source: Source = A) -> Remembered:
    with transaction(engine) as connection:
        return remembered(connection)[source.id]


def stored(engine: Engine) -> list[Article]:
    with transaction(engine) as connection:
        ids = kept.every(connection)
        found = kept.read(connection, ids)
        return [found[one] for one in ids]


def counts(outcome: Outcome) -> tuple[int, int, int]:
    return outcome.new, outcome.changed, outcome.skipped


# Together, or not at all


def test_articles_and_validators_are_kept_together(engine: Engine) -> None:
    assert counts(taken(engine, an_entry(1), an_entry(2))) == (2, 0, 0)
    now = known(engine)
    assert (now.etag, now.body_hash, now.state, now.new) == ("1", "hash of 1", "ok", 2)
    assert now.last_success == NOON
    assert len(stored(engine)) == 2


def test_a_crash_between_the_articles_and_the_validators_keeps_neither(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = known(engine)

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("aggregator.intake.remember", crash)
    with pytest.raises(KeyboardInterrupt):
        taken(engine, an_entry())
    assert stored(engine) == []
    assert known(engine) == before


def test_what_breaks_while_one_source_is_taken_in_is_its_failure_alone(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    taken(engine, an_entry(1), etag="old")

    def breaking(entry: SourceEntry, **rest: object) -> Article:
        if entry.title == "Entry 3":
            raise ZeroDivisionError("by nothing")
        return normalise(entry, **rest)  # type: ignore[arg-type]

    monkeypatch.setattr("aggregator.comparing.normalise", breaking)
    failed = taken(engine, an_entry(2), an_entry(3))
    assert failed.error is not None
    assert "ZeroDivisionError: by nothing" in failed.error
    assert "Traceback" in "".join(capsys.readouterr())
    assert len(stored(engine)) == 1, "neither of the two"
    now = known(engine)
    assert (now.state, now.failures, now.etag, now.error) == ("failing", 1, "old", failed.error)
    assert counts(taken(engine, an_entry(4), source=B)) == (1, 0, 0)
    monkeypatch.undo()
    assert counts(taken(engine, an_entry(2), an_entry(3))) == (2, 0, 0), "nothing was lost"


LONE = "x\ud800y"


@pytest.mark.parametrize(
    "change",
    [
        {"title": LONE},
        {"id": LONE},
        {"permalink": f"https://x.example/{LONE}"},
        {"summary": Text(value=LONE)},
        {"content": Text(value=LONE, kind=TextKind.HTML)},
        {"rights": LONE},
        {"language": LONE},
        {"language": "en" + "-abcdefgh" * 200},
        {"authors": (Person(name=LONE),)},
        {"categories": (Category(term=LONE),)},
        {"title": "with\0nothing"},
        {"title": "x" * 10**6, "id": "y" * 10**6},
        {"image": Image(href=f"https://x.example/{LONE}", width=2**70)},
        {"enclosures": (Link(href="https://x.example/e", rel="enclosure", length=2**70),)},
    ],
)
def test_values_no_database_takes_stop_no_other_source(
    engine: Engine, change: dict[str, object]
) -> None:
    with capture_logs():
        outcome = taken(engine, an_entry(1), an_entry(2, **change))
    expected = 0 if outcome.error else 2
    assert len(stored(engine)) == expected
    assert known(engine).state == ("failing" if outcome.error else "ok")
    assert counts(taken(engine, an_entry(3), source=B)) == (1, 0, 0)
    for article in stored(engine):
        assert len(article.language) <= 35


def test_a_value_the_database_refuses_is_said_in_words(engine: Engine) -> None:
    with transaction(engine) as connection:
        refuse(connection, "INSERT", "articles")
    outcome = taken(engine, an_entry())
    assert outcome.error == "what it says cannot be kept: the database refused: no"
    assert known(engine).error == outcome.error


def test_where_not_even_a_failure_can_be_noted_the_build_ends(engine: Engine) -> None:
    with transaction(engine) as connection:
        refuse(connection, "INSERT", "articles")
        refuse(connection, "UPDATE", "sources")
    with pytest.raises(StoreError, match="no"):
        taken(engine, an_entry())


def test_an_error_whose_words_no_database_takes_is_noted_all_the_same(engine: Engine) -> None:
    one = replace(brought(engine), error=SourceError(f"{LONE}\0" + "z" * 10**6), reading=None)
    outcome = keep(engine, one, settings=PAPER, now=NOON)
    assert outcome.error is not None
    assert len(outcome.error) <= 1000
    assert known(engine).error == outcome.error


# Answers without news


def test_an_unchanged_document_is_a_success_and_keeps_everything(engine: Engine) -> None:
    taken(engine, an_entry(), home="https://x.example/")
    before = known(engine)
    one = Pulled(
        turn=Turn(source=A, remembered=replace(before, failures=3, error="was down")),
        reply=NotModified(validators=Validators(etag="1")),
        body_hash=before.body_hash,
    )
    later = NOON + timedelta(hours=5)
    assert counts(keep(engine, one, settings=PAPER, now=later)) == (0, 0, 0)
    now = known(engine)
    assert now == replace(before, new=0, last_success=later, next_fetch=now.next_fetch)
    assert now.next_fetch is not None
    assert now.next_fetch > later


@pytest.mark.parametrize(
    ("error", "state"), [(FetchError("no answer"), "failing"), (GoneError("410"), "ending")]
)
def test_a_failure_is_noted_and_takes_nothing_away(
    engine: Engine, error: SourceError, state: str
) -> None:
    taken(engine, an_entry(), home="https://x.example/")
    before = known(engine)
    one = Pulled(turn=Turn(source=A, remembered=before), error=error)
    assert keep(engine, one, settings=PAPER, now=NOON).error == str(error)
    now = known(engine)
    assert (now.state, now.failures, now.error, now.new) == (state, 1, str(error), 0)
    assert (now.etag, now.home, now.last_success) == (before.etag, before.home, NOON)
    assert (now.next_fetch is None) == (state == "gone")


# Which entries


def test_an_entry_met_again_is_nothing_new(engine: Engine) -> None:
    taken(engine, an_entry())
    assert counts(taken(engine, an_entry(), now=NOON + timedelta(hours=1))) == (0, 0, 0)


def test_an_entry_that_says_nothing_is_skipped_and_counted(engine: Engine) -> None:
    silent = an_entry(2, title="", summary=None)
    assert counts(taken(engine, an_entry(1), silent)) == (1, 0, 1)
    assert len(stored(engine)) == 1


def test_of_many_entries_the_newest_are_taken() -> None:
    entries = [an_entry(number) for number in (3, 1, 2)]
    assert [entry.id for entry in newest(entries, 2)] == ["urn:x:1", "urn:x:2"]
    undated = [an_entry(9, published=None), *entries]
    assert newest(undated, 2) == undated[:2], "without dates the order is the source's"
    assert newest(entries, None) == newest(entries, 3) == entries
    updated = [an_entry(1, published=None, updated=NOON), an_entry(2), an_entry(3)]
    assert newest(updated, 1) == updated[:1]


def test_max_items_counts_entries_and_max_age_those_we_had_not_met(engine: Engine) -> None:
    few = replace(A, max_items=2)
    assert counts(taken(engine, *map(an_entry, range(1, 6)), source=few)) == (2, 0, 0)
    young = replace(A, max_age=timedelta(hours=3))
    outcome = taken(engine, *(an_entry(n, title=f"Changed {n}") for n in range(1, 6)), source=young)
    assert counts(outcome) == (1, 2, 0)
    later = NOON + timedelta(days=30)
    changed = [an_entry(n, title=f"Changed again {n}") for n in range(1, 6)]
    assert counts(taken(engine, *changed, source=young, now=later)) == (0, 3, 0)


def test_five_thousand_entries_are_taken_in_and_known_again(engine: Engine) -> None:
    everything = replace(A, backfill=None)
    entries = [an_entry(number) for number in range(5000)]
    assert counts(taken(engine, *entries, source=everything)) == (5000, 0, 0)
    assert counts(taken(engine, *entries, source=everything)) == (0, 0, 0)
    entries[7] = replace(entries[7], title="Changed")
    assert counts(taken(engine, *entries, source=everything)) == (0, 1, 0)


# Identity


def test_a_publisher_s_id_is_carried_once(engine: Engine) -> None:
    taken(engine, an_entry())
    taken(engine, an_entry(), source=B)
    ids = {article.source_id: article.atom_id for article in stored(engine)}
    assert ids[A.id] == "urn:x:1"
    assert ids[B.id].startswith("tag:paper.example,2026-06-01:")


@pytest.mark.parametrize("order", [(A, B), (B, A)])
@pytest.mark.parametrize(("tier", "holder"), [(3, "a"), (1, "b")])
def test_of_two_sources_met_at_once_the_better_has_the_id_whoever_answers_first(
    engine: Engine, order: tuple[Source, Source], tier: int, holder: str
) -> None:
    settings = a_paper(A, replace(B, tier=tier))
    for source in order:
        taken(engine, an_entry(), source=source, settings=settings)
    ids = {article.source_id: article.atom_id for article in stored(engine)}
    assert [source for source, one in ids.items() if one == "urn:x:1"] == [holder]
    assert len(set(ids.values())) == 2


def test_an_id_that_readers_have_met_stays_where_it_is(engine: Engine) -> None:
    taken(engine, an_entry(), source=B)
    with transaction(engine) as connection:
        kept.unmark(connection)
    taken(engine, an_entry())
    ids = {article.source_id: article.atom_id for article in stored(engine)}
    assert ids[B.id] == "urn:x:1"


def test_an_article_carries_no_more_than_a_reader_can_bear(engine: Engine) -> None:
    crowded = an_entry(
        title="T" * 5000,
        categories=tuple(Category(term=f"c{number}") for number in range(100)),
        enclosures=tuple(Link(href=f"https://x.example/{n}", rel="enclosure") for n in range(100)),
    )
    taken(engine, crowded)
    (article,) = stored(engine)
    assert (len(article.title) <= 300, len(article.categories), len(article.enclosures)) == (
        True,
        32,
        16,
    )


def test_a_source_that_claims_the_ids_we_would_mint_harms_no_other(engine: Engine) -> None:
    plain = an_entry(id=None)
    taken(engine, plain)
    minted = stored(engine)[0].atom_id
    with transaction(engine) as connection:
        for table in ("articles", "names"):
            connection.execute(text(f"DELETE FROM {table}"))  # noqa: S608 -- tables of ours
    assert counts(taken(engine, an_entry(2, id=minted), source=B)) == (1, 0, 0)
    assert counts(taken(engine, plain)) == (1, 0, 0)
    ids = {article.source_id: article.atom_id for article in stored(engine)}
    assert ids[B.id] == minted
    assert ids[A.id] not in {minted, ""}


def test_a_correction_keeps_what_readers_know_an_article_by(engine: Engine) -> None:
    taken(engine, an_entry())
    (before,) = stored(engine)
    later = NOON + timedelta(hours=1)
    moved = an_entry(title="Corrected", published=NOON, permalink="https://x.example/else")
    taken(engine, moved, now=later)
    (after,) = stored(engine)
    assert after == replace(
        before, title="Corrected", permalink="https://x.example/else", updated=after.updated
    )
    assert after.updated > before.updated


def test_what_changes_beside_title_and_words_does_not_move_updated(engine: Engine) -> None:
    taken(engine, an_entry())
    (before,) = stored(engine)
    changed = an_entry(
        categories=(Category(term="World"),), authors=(Person(name="Jo"),),
        updated=NOON, image=Image(href="https://x.example/p.jpg"),
    )  # fmt: skip
    assert counts(taken(engine, changed, now=NOON + timedelta(hours=1))) == (0, 1, 0)
    (after,) = stored(engine)
    assert after.updated == before.updated
    assert after.categories == changed.categories


# What else is stale


def test_a_source_that_calls_itself_otherwise_has_its_articles_printed_again(
    engine: Engine,
) -> None:
    taken(engine, an_entry(1), home="https://x.example/")
    taken(engine, an_entry(2), source=B)
    with transaction(engine) as connection:
        kept.unmark(connection)
    taken(engine, an_entry(1), home="https://x.example/")
    with transaction(engine) as connection:
        assert kept.marked(connection, "article") == set()
    taken(engine, an_entry(1), home="https://y.example/")
    with transaction(engine) as connection:
        assert kept.marked(connection, "article") == set(kept.of_source(connection, SourceId("a")))


def test_take_in_is_one_transaction_of_its_caller_s(engine: Engine) -> None:
    one = brought(engine, an_entry())
    with engine.connect() as connection, connection.begin() as work:
        take_in(connection, one, settings=PAPER, now=NOON)
        work.rollback()
    assert stored(engine) == []
    assert known(engine).etag is None
