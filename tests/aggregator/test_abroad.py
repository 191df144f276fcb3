"""What an article leads to in other languages: labelled, by meaning alone, and only with it."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from sqlalchemy import Connection

from aggregator import abroad, embedding, nearest
from aggregator.autonyms import AUTONYMS, autonym
from aggregator.judge import judge
from aggregator.meaning import cosine, packed
from aggregator.model import Article, Relation, SourceId
from aggregator.related import reason
from aggregator.store import layout, stories
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from publisher.texts import ENGLISH
from tests.aggregator.commands import Paper
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_feed, a_paper, a_source
from tests.aggregator.newsrooms import an_item as an_entry
from tests.aggregator.test_judge import BASE, RATES, add, an_item
from tests.aggregator.test_understanding import Recorded
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

LEXICAL = a_paper(*(a_source(name) for name in "abcd"))
PAPER = replace(LEXICAL, site=replace(LEXICAL.site, semantic=True))
GERMAN = "Die Soldaten haben den Stützpunkt in Khojaly übergeben und Karabach verlassen."
DAY = timedelta(days=1)
VECTORS = st.lists(st.binary(min_size=16, max_size=16).filter(any), max_size=12)


@pytest.fixture(autouse=True)
def embed(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    pytest.importorskip("numpy", reason="the extra `semantic` is not installed")
    recorded = Recorded()
    monkeypatch.setattr(embedding, "opened", lambda: recorded)
    return recorded


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    opened = open_database(database_of(tmp_path))
    with transaction(opened) as inside:
        enrol(inside, PAPER.sources)
        yield inside
    opened.dispose()


def told(number: int, source: str, words: str, language: str, **more: object) -> Article:
    title = f"Number {number}"
    source_id = SourceId(source)
    return an_item(number, title, words, source_id=source_id, language=language, **more)


def led(connection: Connection, article: Article) -> list[tuple[str, str]]:
    relations = layout.relations_of(connection, [article.id]).get(article.id, ())
    return [(one.article_id, one.tongue) for one in relations]


def test_what_means_the_same_in_another_language_is_led_to_both_ways_and_is_no_story(
    connection: Connection,
) -> None:
    english, german = told(1, "a", BASE, "en-GB"), told(2, "b", GERMAN, "de")
    add(connection, english, german, told(3, "c", RATES, "fr"))
    judge(connection, PAPER)
    assert led(connection, english) == [(german.id, "de")]
    assert led(connection, german) == [(english.id, "en")]
    assert stories.which(connection, [english.id, german.id]) == {}


def test_it_takes_the_embedding_a_language_it_has_learnt_and_the_same_days(
    connection: Connection,
) -> None:
    english = told(1, "a", BASE, "en")
    swedish = told(2, "b", GERMAN, "sv")
    old = told(3, "b", GERMAN, "de", published=NOON - abroad.WITHIN - DAY)
    add(connection, english, swedish, old)
    judge(connection, PAPER)
    assert led(connection, english) == led(connection, swedish) == led(connection, old) == []
    add(connection, told(4, "c", GERMAN, "de"))
    judge(connection, LEXICAL)
    assert led(connection, english) == []


def test_two_in_other_languages_have_a_place_behind_those_in_its_own(
    connection: Connection,
) -> None:
    own = [told(n, "ab"[n % 2], BASE, "en", published=NOON - 4 * n * DAY) for n in range(1, 8)]
    foreign = [told(n, "cd"[n % 2], GERMAN, "de", published=NOON) for n in range(10, 14)]
    english = told(20, "a", BASE, "en", published=NOON)
    add(connection, *own, *foreign, english)
    judge(connection, PAPER)
    tongues = [tongue for _, tongue in led(connection, english)]
    assert tongues == ["", "", "", "de", "de"]


def test_the_reason_calls_the_language_as_its_readers_do() -> None:
    assert reason(Relation(article_id=told(1, "a", BASE, "en").id, score=0.7, tongue="de")) == (
        "Deutsch: close in meaning"
    )


def test_whatever_may_be_led_to_has_a_name_its_readers_know() -> None:
    assert AUTONYMS.keys() >= abroad.LEARNT
    assert autonym("az") == "Azərbaycanca"
    assert autonym("tlh") == "tlh"


def test_the_paper_and_why_name_the_language(tmp_path: Path, embed: Recorded) -> None:
    paper = Paper(folder=tmp_path)
    for name, language, words in (("a", "en", BASE), ("b", "de", GERMAN)):
        body = a_feed(an_entry(1, f"Khojaly {name}", words, host=name))
        said = body.replace(b"<channel>", f"<channel><language>{language}</language>".encode())
        (tmp_path / "config").mkdir(exist_ok=True)
        (tmp_path / "config" / f"{name}.xml").write_bytes(said)
    paper.write(
        *(f"name: {name}, feed: 'file:{name}.xml', rights: full" for name in "ab"),
        site=", semantic: true",
    )
    assert paper.call("build").exit_code == 0
    assert len(embed.told) == 2
    feed = etree.fromstring(paper.files()["atom.xml"])
    related = feed.iterfind(".//{*}link[@rel='related']")
    assert {(one.get("title"), one.get("hreflang")) for one in related} == {
        ("Khojaly a \u2014 a", "en"),
        ("Khojaly b \u2014 b", "de"),
    }
    (page,) = (body for name, body in paper.files().items() if "khojaly-a" in name)
    assert ENGLISH.say("{language}: close in meaning", language="Deutsch") in page.decode()
    assert "Deutsch: close in meaning" in paper.call("why", "https://a.example/1").stdout


@given(asked=VECTORS, among=VECTORS, least=st.floats(0.1, 0.9))
def test_what_is_close_is_what_the_cosine_says(
    asked: Sequence[bytes], among: Sequence[bytes], least: float
) -> None:
    found = nearest.close(asked, among, least=least)
    for one, places in zip(asked, found, strict=True):
        near = [cosine(one, other) for other in among]
        assert {n for n, alike in enumerate(near) if alike > least + 1e-5} <= set(places)
        assert {n for n, alike in enumerate(near) if alike > least - 1e-5} >= set(places)


def test_more_vectors_than_are_held_at_once_are_all_looked_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(nearest, "AT_ONCE", 2)
    vectors = [packed([1.0, part / 10]) for part in range(5)]
    assert nearest.close(vectors[:1], vectors, least=0.5) == [[0, 1, 2, 3, 4]]
