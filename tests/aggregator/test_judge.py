"""Judging: sections, frequencies and relations, whatever order the news came in."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from aggregator.judge import judge
from aggregator.model import Article, ArticleId, Section, Slug, Source, SourceId
from aggregator.placing import rearrange
from aggregator.store import articles as kept
from aggregator.store import citations, judgements, layout, stories
from aggregator.store.articles import Kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from feeds.model import Text, TextKind
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import CAUCASUS, DEFENCE, ECONOMY, a_paper, a_source
from tests.aggregator.pieces import an_article
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

A, B = a_source("a"), a_source("b")
PAPER = a_paper(A, B)
BASE = "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh."
RATES = "The central bank in Frankfurt lowered its interest rate as inflation fell in May."


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


def an_item(number: int, title: str, words: str, **changes: object) -> Article:
    return an_article(
        number, title=title, summary="", content=Text(value=f"<p>{words}</p>", kind=TextKind.HTML),
        **changes,
    )  # fmt: skip


def add(connection: Connection, *articles: Article) -> None:
    kept.add(connection, [Kept(article=one, fingerprint="") for one in articles])


def sections(connection: Connection, article: Article) -> list[str]:
    return [
        one.section for one in layout.placements_of(connection, [article.id]).get(article.id, ())
    ]


def leads(connection: Connection, article: Article) -> list[ArticleId]:
    found = layout.relations_of(connection, [article.id]).get(article.id, ())
    return [one.article_id for one in found]


def counted(connection: Connection, term: str, language: str = "en") -> int:
    return judgements.frequency(connection, language, "stem", [term])[term]


def test_articles_are_placed_related_and_judged_once(connection: Connection) -> None:
    one, two = an_item(1, "Base at Khojaly", BASE), an_item(2, "Khojaly base closed", BASE)
    three = an_item(3, "Interest rate", RATES)
    add(connection, one, two, three)
    assert judge(connection, PAPER) == 3
    assert sections(connection, one) == [CAUCASUS.slug, DEFENCE.slug]
    assert sections(connection, three) == [ECONOMY.slug]
    assert leads(connection, one) == [two.id]
    assert leads(connection, two) == [one.id]
    assert leads(connection, three) == []
    assert judge(connection, PAPER) == 0


def test_what_a_source_links_to_beneath_its_articles_relates_nothing(
    connection: Connection,
) -> None:
    beneath = f'</p><aside><ul><li><a href="https://a.example/">{BASE}</a></li></ul></aside><p>'
    one, two = an_item(1, "Interest rate", RATES + beneath), an_item(2, "Base at Khojaly", BASE)
    add(connection, one, two)
    judge(connection, PAPER)
    assert leads(connection, one) == leads(connection, two) == []
    assert sections(connection, one) == [ECONOMY.slug]


def test_what_a_source_says_everywhere_relates_none_of_its_articles(
    connection: Connection,
) -> None:
    shared = "Weather in Ararat: dry with a light wind, and snow on the peak."
    own = [
        an_item(number, f"Weather {number}", f"{shared} Meteorologist {name} was on duty.")
        for number, name in enumerate(("Aram", "Berta", "Karen", "Davit", "Elen", "Gor", "Hayk"))
    ]
    add(connection, *own)
    judge(connection, PAPER)
    assert leads(connection, own[0])  # of seven articles nobody can tell
    theirs = an_item(8, "Dry weather", shared, source_id=B.id)
    last = an_item(9, "Weather 9", f"{shared} Meteorologist Lilit was on duty.")
    add(connection, theirs, last)
    judge(connection, PAPER)
    assert leads(connection, last) == [theirs.id]


def test_documents_are_counted_when_they_are_new_and_not_when_they_change(
    connection: Connection,
) -> None:
    one, two = an_item(1, "Khojaly", BASE), an_item(2, "Khojaly", BASE)
    add(connection, one, two)
    judge(connection, PAPER)
    assert judgements.documents(connection, "en") == 2
    assert counted(connection, "khojali") == 2
    kept.replace(connection, Kept(article=replace(one, title="Khojaly again"), fingerprint=""))
    assert judge(connection, PAPER) == 1
    assert judgements.documents(connection, "en") == 2
    assert counted(connection, "khojali") == 2


def test_a_document_that_says_nothing_is_never_counted(connection: Connection) -> None:
    silent = an_item(1, "...", "")
    add(connection, silent)
    for _ in range(3):
        judge(connection, PAPER)
        kept.replace(connection, Kept(article=silent, fingerprint=""))
    assert judgements.documents(connection, "en") == 0


def test_languages_are_counted_apart_and_never_lead_to_each_other(connection: Connection) -> None:
    one = an_item(1, "Khojaly", BASE)
    two, three = (
        an_item(2, "Khojaly", BASE, language="de"),
        an_item(3, "Khojaly", BASE, language="en-GB"),
    )
    add(connection, one, two, three)
    judge(connection, PAPER)
    assert judgements.documents(connection, "en") == 2
    assert judgements.documents(connection, "de") == 1
    assert leads(connection, one) == [three.id]
    assert leads(connection, two) == []


def test_sections_are_found_by_words_in_the_article_s_own_language(connection: Connection) -> None:
    section = Section(slug=Slug("wahlen"), title="Wahlen", path="wahlen", words=("Wahlen",))
    paper = replace(PAPER, sections=(section,))
    german = an_item(1, "Die Wahl in Gent", "Nach der Wahl.", language="de-AT")
    add(connection, german)
    judge(connection, paper)
    assert sections(connection, german) == ["wahlen"]


def test_what_the_operator_rearranges_is_placed_anew_and_only_then(connection: Connection) -> None:
    one, two = an_item(1, "Khojaly", BASE), an_item(2, "Interest rate", RATES)
    add(connection, one, two)
    rearrange(connection, PAPER)
    judge(connection, PAPER)
    rearrange(connection, PAPER)
    kept.unmark(connection)
    rearrange(connection, PAPER)
    assert kept.marked(connection, "article") == set()
    wider = replace(ECONOMY, words=("Khojaly",))
    rearrange(connection, replace(PAPER, sections=(wider,)))
    assert sections(connection, one) == [ECONOMY.slug]
    assert sections(connection, two) == []
    assert kept.marked(connection, "article") == {one.id, two.id}
    assert kept.marked(connection, "section") == {CAUCASUS.slug, DEFENCE.slug, ECONOMY.slug}


def test_a_source_moved_to_another_section_takes_its_articles_there(connection: Connection) -> None:
    one = an_item(1, "Nothing of note", "Nothing.")
    add(connection, one)
    for slug in (ECONOMY.slug, DEFENCE.slug):
        moved: tuple[Source, ...] = (replace(A, sections=(slug,)), B)
        judge(connection, replace(PAPER, sources=moved))
        rearrange(connection, replace(PAPER, sources=moved))
        assert sections(connection, one) == [slug]


def test_articles_of_a_source_taken_out_keep_their_place_until_it_is_back(
    connection: Connection,
) -> None:
    one = an_item(1, "Khojaly", BASE)
    add(connection, one)
    judge(connection, PAPER)
    bare = replace(PAPER, sources=(B,), sections=(ECONOMY,))
    rearrange(connection, bare)
    assert sections(connection, one) == [CAUCASUS.slug, DEFENCE.slug]
    rearrange(connection, replace(bare, sources=(A, B)))
    assert sections(connection, one) == []


@effort(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(8)))
def test_the_order_of_arrival_within_a_pull_does_not_matter(
    engine: Engine, order: list[int]
) -> None:
    def page(number: int) -> str:  # of some two pages two articles are
        return f"https://{'ab'[number // 3 % 2]}.example/{number * number % 7}"

    texts = [BASE, RATES, f"{BASE} {RATES}", "Nothing of note."]
    arrived = [
        an_item(
            n,
            f"Khojaly {n % 3}",
            f'{texts[n % 4]} So <a href="{page(n)}">they</a> say, in short.',
            source_id=SourceId("ab"[n % 2]),
            permalink=page(n + 1),
        )
        for n in range(8)
    ]

    def outcome(numbers: list[int]) -> dict[str, object]:
        with engine.connect() as connection, connection.begin() as work:
            for number in numbers:
                add(connection, arrived[number])
            judge(connection, PAPER)
            ids = kept.every(connection)
            found: dict[str, object] = {
                "relations": layout.relations_of(connection, ids),
                "placements": layout.placements_of(connection, ids),
                "terms": judgements.described(connection, ids),
                "citations": citations.citing(connection, ids),
                "stories": stories.of(connection, ids),
            }
            work.rollback()
        return found

    assert outcome(order) == outcome(list(range(8)))


@effort(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    title=st.text(max_size=60).map(lambda text: text.replace("\0", "")),
    words=st.text(max_size=300).map(lambda text: text.replace("\0", "")),  # none is ever kept
    language=st.sampled_from(["en", "de", "ja", "zh-Hant", "ar", "xx", "tr"]),
)
def test_whatever_an_article_says_it_can_be_judged(
    engine: Engine, title: str, words: str, language: str
) -> None:
    with engine.connect() as connection, connection.begin() as work:
        add(
            connection,
            an_item(1, title, words, language=language),
            an_item(2, title, words, language=language, published=NOON - timedelta(days=400)),
        )
        assert judge(connection, PAPER) == 2
        work.rollback()
