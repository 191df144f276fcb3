"""Copies of one text: one article leads, the others stand behind it, and come back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import Connection, Engine

from aggregator.collapsing import Wishes, collapse, reopen
from aggregator.judge import judge
from aggregator.model import Article, ArticleId, Settings, SourceId
from aggregator.store import articles as kept
from aggregator.store import aside, copies
from aggregator.store.articles import Kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from feeds.model import Text, TextKind
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_paper, a_source
from tests.aggregator.pieces import an_article
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

A, B, C = a_source("a", tier=2), a_source("b", tier=1), a_source("c", tier=2)
PAPER = a_paper(A, B, C)
BASE = (
    "Russian peacekeepers handed over the base at Khojaly on Wednesday, eighteen months before "
    "their mandate was to end. The last convoy crossed into Dagestan by the railway at Barda. "
    "Azerbaijan's ministry of defence said that officers of both armies had signed for the keys, "
    "the barracks and what was left of the fuel. Nobody in Yerevan would comment on the matter."
)
RATES = (
    "The central bank in Frankfurt lowered its interest rate by a quarter of a point, as inflation "
    "fell in May for the third month. Economists had expected the cut, which makes loans cheaper, "
    "and most of them expect no other before autumn comes to the markets of the Union."
)


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


def told(number: int, source: str, words: str = BASE, **changes: object) -> Article:
    plain: dict[str, object] = {
        "source_id": SourceId(source),
        "title": f"Headline number {number}",
        "summary": "",
        "content": Text(value=f"<p>{words}</p>", kind=TextKind.HTML),
    }
    return an_article(number, **plain | changes)


def add(connection: Connection, *articles: Article) -> None:
    kept.add(connection, [Kept(article=one, fingerprint="") for one in articles])


def edit(connection: Connection, article: Article) -> None:
    kept.replace(connection, Kept(article=article, fingerprint=""))


def led(connection: Connection) -> dict[str, str]:
    """Return each copy and its leader, by number."""
    found = copies.of(connection, kept.every(connection))
    return {one.lstrip("0"): copy.leader_id.lstrip("0") for one, copy in found.items()}


def decide(connection: Connection, paper: Settings = PAPER) -> dict[str, str]:
    judge(connection, paper)
    return led(connection)


def test_the_better_tier_leads_then_the_fuller_text_then_the_earlier(
    connection: Connection,
) -> None:
    add(connection, told(1, "a"), told(2, "b", BASE[:200]), told(3, "c"))
    assert decide(connection) == {"1": "2", "3": "2"}
    add(connection, told(11, "a", RATES), told(12, "c", f"{RATES} So they say in Frankfurt."))
    assert decide(connection) == {"1": "2", "3": "2", "11": "12"}


def test_of_equals_the_earliest_leads(connection: Connection) -> None:
    add(connection, told(1, "a"), told(3, "c"))
    assert decide(connection) == {"1": "3"}  # the third is the older


def test_who_leads_leads_on_when_a_better_copy_comes(connection: Connection) -> None:
    add(connection, told(1, "a", BASE[:250]))
    assert decide(connection) == {}
    add(connection, told(2, "b"))
    assert decide(connection) == {"2": "1"}
    add(connection, told(3, "c"))
    assert decide(connection) == {"2": "1", "3": "1"}


def test_a_source_never_copies_itself_and_has_one_place_in_a_group(connection: Connection) -> None:
    add(connection, told(1, "a"), told(2, "a"), told(3, "b"))
    assert decide(connection) == {"2": "3"}


def test_a_leader_that_goes_leaves_the_lead_to_the_best_of_the_others(
    connection: Connection,
) -> None:
    add(connection, told(1, "a"), told(2, "b"), told(3, "c"))
    decide(connection)
    kept.unmark(connection)
    aside.take_out(connection, [ArticleId(f"{2:012}")], why=aside.REMOVED, since=NOON)
    assert decide(connection) == {"1": "3"}
    assert kept.marked(connection, "article") >= {f"{1:012}", f"{3:012}"}
    aside.bring_back(connection, [ArticleId(f"{2:012}")])
    assert decide(connection) == {"1": "3", "2": "3"}


def test_a_copy_that_goes_is_named_no_more(connection: Connection) -> None:
    add(connection, told(1, "a"), told(2, "b"))
    decide(connection)
    kept.unmark(connection)
    aside.take_out(connection, [ArticleId(f"{1:012}")], why=aside.WITHDRAWN, since=NOON)
    assert decide(connection) == {}
    assert f"{2:012}" in kept.marked(connection, "article")


def test_copies_whose_leader_is_configured_no_more_find_another_and_keep_it(
    connection: Connection,
) -> None:
    add(connection, told(1, "a"), told(2, "b"), told(3, "c"))
    decide(connection)
    without = replace(PAPER, sources=(A, C))
    enrol(connection, without.sources)
    assert decide(connection, without) == {"1": "3"}
    enrol(connection, PAPER.sources)
    assert decide(connection) == {"1": "3", "2": "3"}


def test_an_article_that_is_edited_is_compared_again(connection: Connection) -> None:
    one, two = told(1, "a"), told(2, "b")
    add(connection, one, two)
    assert decide(connection) == {"1": "2"}
    edit(connection, replace(one, content=Text(value=f"<p>{RATES}</p>", kind=TextKind.HTML)))
    assert decide(connection) == {}
    edit(connection, one)
    assert decide(connection) == {"1": "2"}
    kept.unmark(connection)
    edit(connection, replace(two, content=Text(value=f"<p>{RATES}</p>", kind=TextKind.HTML)))
    assert decide(connection) == {}
    assert kept.marked(connection, "article") == {one.id, two.id}


def test_a_leader_that_is_edited_leads_on_and_the_share_is_measured_anew(
    connection: Connection,
) -> None:
    one, two = told(1, "a"), told(2, "b")
    add(connection, one, two)
    decide(connection)
    fuller = f"<p>{BASE[:200]} {RATES}</p>"
    edit(connection, replace(one, content=Text(value=fuller, kind=TextKind.HTML)))
    assert decide(connection) == {"1": "2"}
    (copy,) = copies.of(connection, [one.id]).values()
    assert 0.5 <= copy.share < 0.7


def test_who_copies_whom_is_the_same_when_all_is_judged_again(connection: Connection) -> None:
    add(connection, told(1, "a"), told(2, "b"), told(3, "c", RATES))
    before = decide(connection)
    kept.unjudge(connection, kept.every(connection))
    kept.unmark(connection)
    collapse(connection, PAPER)
    assert led(connection) == before


def test_editors_say_who_leads_what_is_one_and_what_is_not(connection: Connection) -> None:
    one, two, three = told(1, "a"), told(2, "b"), told(3, "c", RATES)
    add(connection, one, two, three)
    collapse(connection, PAPER)
    reopen(connection, [one.id, two.id, three.id])
    collapse(connection, PAPER, wishes=Wishes(leads=frozenset({one.id})))
    assert led(connection) == {"2": "1"}
    reopen(connection, [one.id])
    collapse(connection, PAPER, wishes=Wishes(apart=frozenset({frozenset({one.id, two.id})})))
    assert led(connection) == {}
    reopen(connection, [one.id, two.id, three.id])
    collapse(connection, PAPER, wishes=Wishes(same=frozenset({frozenset({two.id, three.id})})))
    assert led(connection) == {"1": "2", "3": "2"}
    reopen(connection, [one.id, two.id, three.id])
    collapse(connection, PAPER)
    assert led(connection) == {"1": "2"}


def test_what_a_source_says_under_everything_makes_no_copies(connection: Connection) -> None:
    refrain = (
        "You can read all of this, and hear it too, wherever and whenever you like, with the "
        "application of our house, which costs nothing in the first month and little after it."
    )
    ours = [
        told(n, "a", f"News of day {n} is short.</p><p>{refrain}", title=f"Day {n} here")
        for n in range(1, 8)
    ]
    theirs = [
        told(n, "b", f"Word of night {n} is brief.</p><p>{refrain}", title=f"Night {n} there")
        for n in range(11, 18)
    ]
    add(connection, *ours[:1], *theirs[:1])
    assert decide(connection) == {"1": "11"}  # nobody can tell yet
    add(connection, *ours[1:], *theirs[1:])
    edit(connection, ours[0])
    assert decide(connection) == {}


def test_one_page_is_one_article_in_whatever_words(connection: Connection) -> None:
    page = "https://a.example/news/story?utm_source=rss"
    one = told(1, "a", permalink=page)
    two = told(2, "b", "Comments", permalink="http://www.a.example/news/story/", language="fr")
    add(connection, one, two)
    assert decide(connection) == {"1": "2"}


@pytest.mark.parametrize(
    ("by", "their_words"),
    [("page", "Buy now."), ("page", RATES), ("id", "Buy now."), ("id", RATES)],
)
@pytest.mark.parametrize("own_words", [BASE, "The base at Khojaly is closed."])
def test_who_claims_the_page_of_another_first_does_not_stand_for_it(
    connection: Connection, by: str, their_words: str, own_words: str
) -> None:
    own: dict[str, object] = {"permalink": "https://www.a.example/news/story"}
    claim: dict[str, object] = {"permalink": own["permalink"]}
    if by == "id":
        own["key"] = claim["key"] = "id:tag:a.example,2026:story"
        claim["permalink"] = "https://c.example/spam"
    add(connection, told(2, "c", their_words, **claim))
    judge(connection, PAPER)
    add(connection, told(1, "a", own_words, **own))
    judge(connection, PAPER)
    assert "1" not in led(connection)


@pytest.mark.parametrize("is_first", [True, False])
def test_what_gathers_the_articles_of_others_stands_for_none_further_down(
    connection: Connection, is_first: bool
) -> None:
    words = [
        f"{one}{two}{end}" for one in "bdfgklmnpr" for two in "aeiou" for end in ("d", "n", "s")
    ]
    texts = [f"{' '.join(word + part for word in words)}." for part in ("ix", "oy", "uz")]
    gathered = told(9, "c", f"This week in short. {' '.join(texts)}")
    others = [told(n, name, texts[n]) for n, name in enumerate("ab", 1)]
    for some in ([gathered], others) if is_first else (others, [gathered]):
        add(connection, *some)
        judge(connection, PAPER)
    assert led(connection) == {}


def test_a_list_of_links_stands_behind_the_article_it_leads_to(connection: Connection) -> None:
    add(connection, told(1, "a", permalink="https://a.example/news/story"))
    judge(connection, PAPER)
    add(connection, told(2, "c", "Comments", permalink="https://a.example/news/story"))
    judge(connection, PAPER)
    assert led(connection) == {"2": "1"}


def test_of_two_that_only_carry_a_page_the_one_that_says_more_may_stand_for_the_other(
    connection: Connection,
) -> None:
    page = "https://elsewhere.example/news/story"
    add(connection, told(1, "a", "Comments", permalink=page))
    judge(connection, PAPER)
    add(connection, told(2, "c", permalink=page))
    judge(connection, PAPER)
    assert led(connection) == {}
    add(connection, told(3, "b", "Points", permalink=page))
    judge(connection, PAPER)
    assert led(connection)["3"] in {"1", "2"}


def test_what_a_third_source_does_with_a_page_says_nothing_of_two_others(
    connection: Connection,
) -> None:
    page = "https://a.example/news/story"
    add(connection, told(8, "b", RATES, permalink=page), told(9, "b", BASE, permalink=page))
    judge(connection, PAPER)
    add(
        connection,
        told(1, "a", "It closed.", permalink=page),
        told(2, "c", "Gone.", permalink=page),
    )
    judge(connection, PAPER)
    assert led(connection)["2"] == "1"


def test_what_is_found_by_words_is_of_one_time_and_one_language(connection: Connection) -> None:
    add(
        connection,
        told(1, "a"),
        told(2, "b", language="de"),
        told(3, "c", published=NOON - timedelta(days=90)),
    )
    assert decide(connection) == {}


def test_state_is_kept_for_the_live_window_alone(connection: Connection) -> None:
    add(connection, told(1, "a"), told(2, "b"))
    before = decide(connection)
    copies.prune(connection, before=NOON + timedelta(days=1))
    assert copies.imprinted(connection, kept.every(connection)) == set()
    kept.unjudge(connection, kept.every(connection))
    assert decide(connection) == before


@effort(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(order=st.permutations(range(9)), breaks=st.sets(st.integers(1, 8), max_size=3))
def test_whatever_the_order_of_arrival_within_a_pull_the_same_lead(
    engine: Engine, order: list[int], breaks: set[int]
) -> None:
    texts = [BASE, BASE[:220], f"{RATES} {BASE}", RATES, RATES[:190]]
    arrived = [told(n, "abc"[n % 3], texts[n % 5]) for n in range(9)]

    def outcome(numbers: list[int], at: set[int]) -> object:
        with engine.connect() as connection, connection.begin() as work:
            add(connection, told(20, "a"), told(21, "b"))
            judge(connection, PAPER)
            for place, number in enumerate(numbers):
                if place in at:
                    judge(connection, PAPER, is_last=False)
                add(connection, arrived[number])
            judge(connection, PAPER)
            found = copies.of(connection, kept.every(connection))
            work.rollback()
        return found

    assert outcome(order, breaks) == outcome(list(range(9)), set())
