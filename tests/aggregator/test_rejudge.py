"""Judging again from the store: the same comes of it, and what would change is shown before."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine, select

from aggregator import related
from aggregator.judge import judge
from aggregator.model import Settings, SourceId
from aggregator.rejudging import Difference, differences, rejudged, take_over
from aggregator.store import articles as kept
from aggregator.store import layout, replay
from aggregator.store.articles import Kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from aggregator.store.tables import metadata
from tests.aggregator.commands import Paper, published
from tests.aggregator.databases import database_of, is_postgresql
from tests.aggregator.newsrooms import ECONOMY, a_feed, a_paper, a_source, an_item
from tests.aggregator.pieces import an_article
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

PAPER = a_paper(a_source("a"), a_source("b"))
BASE = "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh."
RATES = "The central bank in Frankfurt lowered its interest rate as inflation fell in May."
WORDS = ("Khojaly", "Karabakh", "Frankfurt", "the bank", "peacekeepers", "inflation", "a base")
DAY = timedelta(days=1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(database_of(tmp_path))
    with transaction(opened) as connection:
        enrol(connection, PAPER.sources)
    yield opened
    opened.dispose()


def come(connection: Connection, number: int, text: str, *, day: int = 0, **more: object) -> None:
    """Let an article come, and wait to be judged."""
    article = an_article(
        number, summary=text, content=None, published=NOON + day * DAY - timedelta(hours=number),
        first_seen=NOON + day * DAY, source_id=SourceId("ab"[number % 2]), **more,
    )  # fmt: skip
    kept.add(connection, [Kept(article=article, fingerprint="")])


def decided(connection: Connection) -> dict[str, object]:
    """Return all that judging keeps."""
    return {
        table.name: sorted(map(repr, connection.execute(select(table))))
        for table in (*replay.DECIDED, *replay.FOUND, *replay.WHOLE)
    }


def again(
    connection: Connection, folder: Path, paper: Settings = PAPER, *, since: datetime | None = None
) -> list[Difference]:
    """Judge again, take it over, and return what that changed."""
    told: list[tuple[int, int]] = []
    with (
        rejudged(
            connection, paper, folder, since=since, tell=lambda *done: told.append(done)
        ) as copy,
        transaction(copy.engine) as after,
    ):
        found = list(differences(connection, after, copy.ids, paper))
        take_over(after, connection, copy.ids)
    assert not told or told[-1][0] == told[-1][1]
    assert [path.name for path in folder.iterdir() if path.name.startswith("rejudge")] == []
    return found


texts = st.lists(st.sampled_from(WORDS), min_size=2, max_size=6).map(" met ".join)


@effort(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(days=st.lists(st.lists(texts, max_size=4), max_size=4), since=st.integers(0, 4))
def test_replaying_from_the_store_gives_the_same_decisions(
    engine: Engine, tmp_path: Path, days: list[list[str]], since: int
) -> None:
    with engine.connect() as connection, connection.begin() as work:
        number = 0
        for day, said in enumerate(days):
            for text in said:
                number += 1
                come(connection, number, f"{text}.", day=day)
            judge(connection, PAPER)
        before = decided(connection)
        assert again(connection, tmp_path, since=NOON + since * DAY if since else None) == []
        assert decided(connection) == before
        work.rollback()


@effort(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(days=st.lists(st.lists(texts, max_size=3), min_size=2, max_size=3), edited=texts)
def test_judging_again_twice_changes_nothing_the_second_time_whatever_was_edited(
    engine: Engine, tmp_path: Path, days: list[list[str]], edited: str
) -> None:
    with engine.connect() as connection, connection.begin() as work:
        for day, said in enumerate(days):
            for at, text in enumerate(said):
                come(connection, 10 * day + at, f"{text}.", day=day)
            for one in kept.read(connection, kept.every(connection)[:1]).values():
                changed = replace(one, summary=f"{edited} on day {day}.")
                kept.replace(connection, Kept(article=changed, fingerprint=str(day)))
            judge(connection, PAPER)
        again(connection, tmp_path)
        once = decided(connection)
        assert again(connection, tmp_path) == []
        assert decided(connection) == once
        work.rollback()


def test_articles_of_one_pull_lead_to_each_other_and_to_those_before(
    engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as connection:
        for week, numbers in enumerate(((1, 3), (2, 4))):
            for number in numbers:
                come(connection, number, BASE, day=7 * week)
            judge(connection, PAPER)
        ids = kept.every(connection)
        before = layout.relations_of(connection, ids)
        assert {len(led) for led in before.values()} == {1, 3}
        assert again(connection, tmp_path) == []
        assert layout.relations_of(connection, ids) == before


def test_what_waits_to_be_judged_is_left_to_wait(engine: Engine, tmp_path: Path) -> None:
    with transaction(engine) as connection:
        come(connection, 1, BASE)
        judge(connection, PAPER)
        come(connection, 2, BASE, day=1)
        waiting = kept.unjudged(connection)
        assert len(waiting) == 1
        assert again(connection, tmp_path) == []
        assert kept.unjudged(connection) == waiting


def test_articles_of_a_source_taken_out_keep_what_was_decided(
    engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as connection:
        come(connection, 1, BASE)
        come(connection, 2, BASE)
        judge(connection, PAPER)
        bare = a_paper(a_source("b"))
        enrol(connection, bare.sources)
        ids = kept.every(connection)
        before = layout.placements_of(connection, ids)
        again(connection, tmp_path, bare)
        assert layout.placements_of(connection, ids) == before


def test_other_words_of_a_section_show_what_they_would_change(
    engine: Engine, tmp_path: Path
) -> None:
    with transaction(engine) as connection:
        come(connection, 1, RATES, title="Interest rate")
        come(connection, 2, BASE, title="Khojaly")
        judge(connection, PAPER)
        wider = replace(PAPER, sections=(*PAPER.sections[:2], replace(ECONOMY, words=("bank",))))
        (found,) = again(connection, tmp_path, wider)
        assert found.title == "Interest rate"
        assert [(one.kind, one.about) for one in found.gone] == [("home", "Economy")]
        assert (found.new, found.reworded) == ((), ())


def test_every_table_of_decisions_is_replayed() -> None:
    """A new table with decisions of articles must be told to the replay, or be kept from it."""
    kept_from_it = {
        "articles",
        "names",
        "edits",
        "waiting",
        "rulings",
        "links",
        "addresses",
        "filed",
    }
    about = {table.name for table in metadata.sorted_tables if "article_id" in table.columns}
    replayed = {table.name for table in (*replay.DECIDED, *replay.FOUND, *replay.WHOLE)}
    assert about - kept_from_it == about & replayed


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    """Two articles on Khojaly that lead to each other, and one on interest rates."""
    paper = Paper(folder=tmp_path)
    config = tmp_path / "config"
    config.mkdir()
    told = (
        an_item(1, "Base at Khojaly handed over", BASE),
        an_item(2, "Peacekeepers leave Khojaly", BASE),
        an_item(3, "Frankfurt lowers its rate", RATES),
    )
    (config / "a.xml").write_bytes(a_feed(*told))
    paper.write("name: A, feed: 'file:a.xml', rights: full")
    assert paper.call("build").exit_code == 0
    return paper


def test_nothing_changes_where_nothing_has_changed(paper: Paper) -> None:
    before = published(paper.output)
    said = paper.call("rejudge", "--dry-run")
    assert said.stdout == "3 articles judged again, 0 decided otherwise\n"
    assert paper.call("rejudge").stdout == said.stdout
    assert published(paper.output) == before


def test_a_dry_run_shows_what_another_weight_would_change_and_changes_nothing(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = published(paper.output)
    monkeypatch.setattr(related, "CUT", 9.0)
    said = paper.call("rejudge", "--dry-run", "--days", "1").stdout
    *lines, total = said.splitlines()
    assert sorted(lines) == [
        "  - related: Base at Khojaly handed over",
        "  - related: Peacekeepers leave Khojaly",
        "Base at Khojaly handed over",
        "Peacekeepers leave Khojaly",
    ]
    assert total == "3 articles judged again, 2 decided otherwise (related 2)"
    assert "0 files written" in paper.call("build").stdout
    assert published(paper.output) == before
    assert paper.call("rejudge").stdout == said
    changed = {path for path, body in published(paper.output).items() if before[path] != body}
    assert {path.split("/")[0] for path in changed} == {
        "articles", "atom.xml", "rss.xml", "feed.json", "world",
    }  # fmt: skip
    assert paper.call("rejudge").stdout.startswith("3 articles judged again, 0 decided otherwise")
    told: dict[str, Any] = json.loads(paper.call("rejudge", "--dry-run", "--json").stdout)
    assert told == {"judged": 3, "changed": []}


def test_what_editors_say_survives(paper: Paper) -> None:
    one, two, three = (f"https://a.example/{number}" for number in (1, 2, 3))
    (paper.folder / "config" / "editorial.yaml").write_text(
        f"related: {{{one}: {three}}}\nnever_related: [[{one}, {two}]]\n", "utf-8"
    )
    assert paper.call("build").exit_code == 0
    before = published(paper.output)
    assert paper.call("rejudge").exit_code == 0
    assert published(paper.output) == before


def test_only_what_came_of_late_is_judged_again_if_one_says_so(paper: Paper) -> None:
    said = paper.call("rejudge", "--dry-run", "--since", "2999-01-01").stdout
    assert said == "0 articles judged again, 0 decided otherwise\n"
    both = paper.call("rejudge", "--since", "2026-01-01", "--days", "3")
    assert both.exit_code == 2
    assert "not both" in both.stderr


def test_there_must_be_something_to_judge_again(tmp_path: Path) -> None:
    empty = Paper(folder=tmp_path)
    empty.write(f"name: A, feed: '{empty.feed('a', 'One')}'")
    said = empty.call("rejudge", "--dry-run")
    if is_postgresql():  # where a database is there before a paper is
        assert said.stdout == "0 articles judged again, 0 decided otherwise\n"
    else:
        assert said.exit_code == 2
        assert said.stderr == "there is nothing yet that could be judged again\n"
