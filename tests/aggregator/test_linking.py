"""Linking: who cites whom, whatever comes first, changes or goes."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from aggregator import citing
from aggregator.judge import judge
from aggregator.model import Article, ArticleId, SourceId
from aggregator.store import articles as kept
from aggregator.store import aside, citations, layout
from aggregator.store.articles import Kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol, remember, remembered
from feeds.model import Text, TextKind
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import DEFENCE, a_paper, a_source
from tests.aggregator.pieces import an_article
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

PAPER = a_paper(a_source("a"), a_source("b"), a_source("c"))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(database_of(tmp_path))
    with transaction(opened) as connection:
        enrol(connection, PAPER.sources)
    yield opened
    opened.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as opened:
        yield opened


def an_item(number: int, source: str, *links: str, **changes: object) -> Article:
    said = "".join(f'<p>The troops left, says <a href="{one}">this page</a>.</p>' for one in links)
    plain = an_article(
        number,
        source_id=SourceId(source),
        permalink=f"https://{source}.example/{number}",
        content=Text(value=said or "<p>The troops left the base.</p>", kind=TextKind.HTML),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def add(connection: Connection, *articles: Article) -> None:
    kept.add(connection, [Kept(article=one, fingerprint="") for one in articles])


def rewrite(connection: Connection, article: Article) -> None:
    kept.replace(connection, Kept(article=article, fingerprint=""))


def cited(connection: Connection, article: Article) -> list[ArticleId]:
    found = citations.cited(connection, [article.id]).get(article.id, ())
    return [one.citing for one, _ in found]


ONE = an_item(1, "a")
TWO = an_item(2, "b", ONE.permalink)


@pytest.mark.parametrize("order", [[[ONE], [TWO]], [[TWO], [ONE]], [[TWO, ONE]]])
def test_a_citation_is_found_whichever_of_the_two_comes_first(
    connection: Connection, order: list[list[Article]]
) -> None:
    for batch in order:
        add(connection, *batch)
        judge(connection, PAPER)
    (found, source), *others = citations.cited(connection, [ONE.id])[ONE.id]
    assert not others
    assert source == "b"
    assert found.citing == TWO.id
    assert found.excerpt == "The troops left, says this page."
    assert found.own == ""
    assert found.at == TWO.published
    assert found.method == citing.METHOD
    assert citations.citing(connection, [TWO.id]) == {TWO.id: (found,)}


def test_the_page_and_the_feeds_of_who_is_cited_are_stale_and_no_other(
    connection: Connection,
) -> None:
    one = replace(ONE, title="Troops leave the base")
    rates = Text(value="<p>Frankfurt lowered its interest rate.</p>", kind=TextKind.HTML)
    add(connection, one, an_item(3, "a", title="Rates", content=rates))  # another story
    judge(connection, PAPER)
    kept.unmark(connection)
    add(connection, TWO)
    judge(connection, PAPER)
    assert kept.marked(connection, "page") == {one.id}
    assert kept.marked(connection, "section") == {DEFENCE.slug}
    assert kept.marked(connection, "article") == {TWO.id}
    kept.unmark(connection)
    rewrite(connection, TWO)
    judge(connection, PAPER)
    assert not kept.marked(connection, "page"), "nothing is cited otherwise"


def test_an_edit_that_drops_the_link_drops_the_citation(connection: Connection) -> None:
    add(connection, ONE, TWO)
    judge(connection, PAPER)
    kept.unmark(connection)
    rewrite(connection, replace(TWO, content=ONE.content))
    judge(connection, PAPER)
    assert cited(connection, ONE) == []
    assert ONE.id in kept.marked(connection, "page")


def test_an_edit_that_says_it_otherwise_is_quoted_as_it_is_now(connection: Connection) -> None:
    add(connection, ONE, TWO)
    judge(connection, PAPER)
    assert TWO.content
    said = TWO.content.value.replace("The troops left", "All of the troops left")
    rewrite(connection, replace(TWO, content=Text(value=said, kind=TextKind.HTML)))
    judge(connection, PAPER)
    ((found, _),) = citations.cited(connection, [ONE.id])[ONE.id]
    assert found.excerpt == "All of the troops left, says this page."


def test_what_is_taken_out_leaves_no_citation_and_what_returns_cites_again(
    connection: Connection,
) -> None:
    add(connection, ONE, TWO)
    judge(connection, PAPER)
    for gone in (ONE, TWO):
        kept.unmark(connection)
        aside.take_out(connection, [gone.id], why=aside.REMOVED, since=NOON)
        assert citations.citing(connection, [ONE.id, TWO.id]) == {}
        if gone == TWO:
            assert ONE.id in kept.marked(connection, "article")
        judge(connection, PAPER)
        aside.bring_back(connection, [gone.id])
        judge(connection, PAPER)
        assert cited(connection, ONE) == [TWO.id]


def test_the_other_article_at_a_page_is_cited_once_the_first_is_gone(
    connection: Connection,
) -> None:
    carried = an_item(5, "c", permalink=ONE.permalink, content=Text(value=f"<p>{'word ' * 99}</p>"))
    add(connection, ONE, TWO, carried)
    judge(connection, PAPER)
    assert (cited(connection, ONE), cited(connection, carried)) == ([TWO.id], [])
    aside.take_out(connection, [ONE.id], why=aside.WITHDRAWN, since=NOON)
    kept.unmark(connection)
    judge(connection, PAPER)
    assert cited(connection, carried) == [TWO.id]
    add(connection, replace(ONE, id=ArticleId("another"), atom_id="urn:x", key="x", path="x/"))
    judge(connection, PAPER)
    assert cited(connection, carried) == [], "it is at home there"


def test_a_link_in_more_than_a_few_articles_of_a_source_is_furniture(
    connection: Connection,
) -> None:
    add(connection, ONE, an_item(2, "b", ONE.permalink))
    last = 10 + citing.FEW
    for number in range(11, last + 1):
        add(connection, an_item(number, "c", ONE.permalink))
        judge(connection, PAPER)
    assert len(cited(connection, ONE)) == 1 + citing.FEW
    add(connection, an_item(last + 1, "c", ONE.permalink))
    judge(connection, PAPER)
    assert cited(connection, ONE) == [ArticleId("000000000002")], "of others it still is a link"
    aside.take_out(connection, [ArticleId(f"{last:012}")], why=aside.EXPIRED, since=NOON)
    judge(connection, PAPER)
    assert len(cited(connection, ONE)) == 1 + citing.FEW


def test_a_source_s_own_citations_are_kept_and_marked(connection: Connection) -> None:
    add(connection, ONE, an_item(2, "a", ONE.permalink))
    judge(connection, PAPER)
    ((found, _),) = citations.cited(connection, [ONE.id])[ONE.id]
    assert found.own == "source"


def test_an_article_is_cited_under_the_address_it_had_before(connection: Connection) -> None:
    add(connection, ONE)
    judge(connection, PAPER)
    rewrite(connection, replace(ONE, permalink="https://a.example/again"))
    judge(connection, PAPER)
    add(connection, TWO, an_item(3, "c", "https://a.example/again"))
    judge(connection, PAPER)
    assert sorted(cited(connection, ONE)) == ["000000000002", "000000000003"]


def test_an_article_is_cited_under_the_host_its_source_has_moved_from(
    connection: Connection,
) -> None:
    left = remembered(connection)[SourceId("a")]
    remember(connection, replace(left, address="https://moved.example/feed"))
    moved = an_item(1, "a", permalink="https://moved.example/x/y")
    add(connection, moved, an_item(2, "b", "http://a.example/x/y"))
    judge(connection, PAPER)
    assert cited(connection, moved) == [ArticleId("000000000002")]


def test_the_articles_of_an_older_paper_cite_each_other_too(connection: Connection) -> None:
    add(connection, ONE, TWO)
    judge(connection, PAPER)
    citations.forget(connection, [ONE.id, TWO.id])
    layout.note(connection, "citations", "an older method")
    judge(connection, PAPER)
    assert cited(connection, ONE) == [TWO.id]


def test_what_sources_taken_out_of_the_settings_say_is_shown_of_nobody(
    connection: Connection,
) -> None:
    add(connection, ONE, TWO, an_item(3, "c", ONE.permalink, published=NOON - timedelta(days=1)))
    judge(connection, PAPER)
    assert cited(connection, ONE) == [TWO.id, ArticleId("000000000003")], "newest first"
    enrol(connection, PAPER.sources[:1] + PAPER.sources[2:])
    assert cited(connection, ONE) == [ArticleId("000000000003")]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["write", "write", "write", "out", "back"]),
        st.integers(1, 9),
        st.lists(st.tuples(st.sampled_from("abc"), st.integers(1, 4)), max_size=3),
        st.booleans(),
    ),
    max_size=25,
)


@effort(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(STEPS)
def test_whatever_came_and_went_the_citations_are_those_of_what_is_there(
    engine: Engine, steps: list[tuple[str, int, list[tuple[str, int]], bool]]
) -> None:
    with engine.connect() as connection, connection.begin() as work:
        for what, number, led, is_judged in steps:
            identity = ArticleId(f"{number:012}")
            here = kept.read(connection, [identity])
            away = aside.of(connection, [identity])
            if what == "out":
                aside.take_out(connection, list(here), why=aside.REMOVED, since=NOON)
            elif what == "back":
                aside.bring_back(connection, list(away))
            elif not away:
                links = [f"https://{host}.example/{path}" for host, path in led]
                page = f"https://{'abc'[number % 3]}.example/{number // 2}"  # some have one page
                one = an_item(number, "abc"[number // 2 % 3], *links, permalink=page)
                (rewrite if here else add)(connection, one)
            if is_judged:
                judge(connection, PAPER)
        judge(connection, PAPER)
        ids = kept.every(connection)
        before = citations.citing(connection, ids)
        layout.note(connection, "citations", "an older method")
        judge(connection, PAPER)
        assert citations.citing(connection, ids) == before
        work.rollback()
