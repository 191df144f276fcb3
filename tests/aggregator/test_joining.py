"""Stories as they are kept: who joins, who leaves, who leads, and what continues what."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from aggregator import joining
from aggregator.judge import judge
from aggregator.model import Article, ArticleId, SourceId
from aggregator.store import articles as kept
from aggregator.store import aside, stories, votes
from aggregator.store.articles import Kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from aggregator.stories import Rulings
from aggregator.story import Story
from feeds.model import Text, TextKind
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_paper, a_source
from tests.aggregator.pieces import an_article
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

PAPER = a_paper(a_source("a"), a_source("b", tier=1), a_source("c", tier=1), a_source("d"))
BASE = "Russian peacekeepers handed over the base at Khojaly as they left Karabakh."
RATES = "The central bank in Frankfurt lowered its interest rate as inflation fell in May."
DAY = timedelta(days=1)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    opened = open_database(database_of(tmp_path))
    with transaction(opened) as connection:
        enrol(connection, PAPER.sources)
        yield connection
    opened.dispose()


def an_item(number: int, source: str, words: str = BASE, **changes: object) -> Article:
    html = Text(value=f"<p>{words}</p>", kind=TextKind.HTML)
    plain = an_article(number, title="", summary="", content=html, source_id=SourceId(source))
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def come(connection: Connection, *articles: Article) -> None:
    kept.add(connection, [Kept(article=one, fingerprint="") for one in articles])
    judge(connection, PAPER)


def change(connection: Connection, article: Article, words: str) -> None:
    html = Text(value=f"<p>{words}</p>", kind=TextKind.HTML)
    kept.replace(connection, Kept(article=replace(article, content=html), fingerprint=""))
    judge(connection, PAPER)


def story_of(connection: Connection, article: Article) -> Story | None:
    return stories.of(connection, [article.id]).get(article.id)


def members(connection: Connection, article: Article) -> list[ArticleId]:
    story = story_of(connection, article)
    return [one.article_id for one in story.members] if story else []


def ids(*articles: Article) -> set[ArticleId]:
    return {one.id for one in articles}


def test_what_several_tell_is_one_story_in_the_order_they_told_it(connection: Connection) -> None:
    one, two, three = an_item(3, "a"), an_item(2, "b"), an_item(1, "c")
    come(connection, three, one, two, an_item(4, "b", RATES))
    assert members(connection, two) == [one.id, two.id, three.id]
    story = story_of(connection, one)
    assert story is not None
    assert (str(story.id), story.first, story.last) == (one.id, one.published, three.published)
    assert story.sources == {"a", "b", "c"}
    assert story.leader == two.id, "of the best tier, the first"


def test_what_one_article_tells_is_no_story(connection: Connection) -> None:
    one = an_item(1, "a")
    come(connection, one, an_item(2, "b", RATES))
    assert story_of(connection, one) is None


def test_a_story_keeps_its_id_and_its_leader_as_more_join_it(connection: Connection) -> None:
    one, two, better = an_item(5, "a"), an_item(4, "d"), an_item(3, "b")
    come(connection, one)
    come(connection, two)
    come(connection, better)
    story = story_of(connection, better)
    assert story is not None
    assert (str(story.id), story.leader) == (one.id, one.id)


def test_no_story_is_told_before_the_last_source_has_answered(connection: Connection) -> None:
    one, two = an_item(2, "a"), an_item(1, "b")
    kept.add(connection, [Kept(article=each, fingerprint="") for each in (one, two)])
    judge(connection, PAPER, is_last=False)
    assert story_of(connection, one) is None
    judge(connection, PAPER)
    assert story_of(connection, one) is not None


def test_an_article_that_tells_something_else_now_leaves_and_may_return(
    connection: Connection,
) -> None:
    one, two, three = an_item(3, "a"), an_item(2, "b"), an_item(1, "c")
    come(connection, one, two, three)
    kept.unmark(connection)
    change(connection, two, RATES)
    assert members(connection, one) == [one.id, three.id]
    assert story_of(connection, two) is None
    assert kept.marked(connection, "article") == ids(one, two, three)
    change(connection, two, BASE)
    assert members(connection, one) == [one.id, two.id, three.id]


def test_a_leader_that_is_edited_leads_on(connection: Connection) -> None:
    one, two, three = an_item(3, "a"), an_item(2, "d"), an_item(1, "b")
    come(connection, one, two)
    come(connection, three)
    change(connection, one, f"{BASE} It was their last.")
    story = story_of(connection, three)
    assert story is not None
    assert (str(story.id), story.leader) == (one.id, one.id)


def test_a_story_whose_articles_are_all_edited_at_once_is_the_same_story(
    connection: Connection,
) -> None:
    one, two, better = an_item(5, "a"), an_item(4, "d"), an_item(3, "b")
    come(connection, one, two)
    come(connection, better)
    before = story_of(connection, one)
    assert before is not None
    kept.unjudge(connection, ids(one, two, better))
    judge(connection, PAPER)
    assert story_of(connection, one) == before
    assert before.leader == one.id


def test_an_edit_that_changes_nothing_of_a_story_lays_out_no_other_article(
    connection: Connection,
) -> None:
    one, two = an_item(2, "a"), an_item(1, "b")
    come(connection, one, two)
    kept.unmark(connection)
    change(connection, two, BASE)
    assert kept.marked(connection, "article") == {two.id}


def test_an_article_that_is_taken_out_leaves_its_story_to_the_next_best(
    connection: Connection,
) -> None:
    one, two, three = an_item(3, "b"), an_item(2, "a"), an_item(1, "c")
    come(connection, one, two, three)
    kept.unmark(connection)
    aside.take_out(connection, [one.id], why=aside.REMOVED, since=NOON)
    story = story_of(connection, two)
    assert story is not None
    assert (str(story.id), story.leader) == (one.id, three.id)
    assert kept.marked(connection, "article") >= ids(two, three)
    aside.take_out(connection, [three.id], why=aside.REMOVED, since=NOON)
    assert story_of(connection, two) is None
    assert votes.cast(connection, votes.TOLD, within=30 * DAY) == ()
    aside.bring_back(connection, [one.id, three.id])
    judge(connection, PAPER)
    assert members(connection, two) == [one.id, two.id, three.id]


def test_an_id_that_a_story_has_is_never_another_s(connection: Connection) -> None:
    one, two, three = an_item(4, "a"), an_item(3, "d"), an_item(2, "a")
    four = an_item(1, "d", RATES)
    come(connection, one, two, three)
    change(connection, one, RATES)
    come(connection, four)
    first, second = story_of(connection, two), story_of(connection, one)
    assert first is not None
    assert second is not None
    assert [str(first.id), str(second.id)] == [one.id, f"{one.id}-2"]


def test_a_story_that_is_over_is_continued_by_the_next(connection: Connection) -> None:
    first = [an_item(n, "ab"[n % 2], published=NOON - 8 * DAY) for n in (1, 2)]
    come(connection, *first)
    then = [an_item(n, "ab"[n % 2], published=NOON) for n in (3, 4)]
    come(connection, *then)
    before, after = story_of(connection, first[0]), story_of(connection, then[0])
    assert before is not None
    assert after is not None
    assert after.continues is None, "eight days of silence: what is alike may be something else"
    nearer = [an_item(n, "ab"[n % 2], published=NOON - 4 * DAY) for n in (5, 6)]
    come(connection, *nearer)
    between = story_of(connection, nearer[0])
    assert between is not None
    assert between.continues == before.id
    kept.unmark(connection)
    for one in first:
        aside.take_out(connection, [one.id], why=aside.REMOVED, since=NOON)
    assert kept.marked(connection, "article") >= ids(*nearer)
    again = story_of(connection, nearer[0])
    assert again is not None
    assert again.continues is None


def test_how_widely_a_story_is_told_counts_sources_not_articles(connection: Connection) -> None:
    one, two, three = an_item(1, "a"), an_item(2, "a"), an_item(3, "b")
    come(connection, one, two, three)
    cast = votes.cast(connection, votes.TOLD, within=7 * DAY)
    assert {(vote.article, vote.by, vote.source) for vote in cast} == {
        (three.id, one.id, "a"), (three.id, two.id, "a"),
    }, "what leads it is told by the others"  # fmt: skip
    come(connection, an_item(4, "b", published=NOON))
    assert len(votes.cast(connection, votes.TOLD, within=7 * DAY)) == 2, "its own do not count"
    enrol(connection, PAPER.sources[1:])
    assert votes.cast(connection, votes.TOLD, within=7 * DAY) == ()


def test_what_a_source_told_that_is_no_longer_configured_draws_nobody(
    connection: Connection,
) -> None:
    come(connection, an_item(2, "b"))
    enrol(connection, PAPER.sources[:1])
    one = an_item(1, "a")
    come(connection, one)
    assert story_of(connection, one) is None


def test_editors_join_and_part_articles_and_what_they_take_back_is_as_it_was(
    connection: Connection,
) -> None:
    one, two, other = an_item(3, "a"), an_item(2, "b"), an_item(1, "c", RATES)
    come(connection, one, two, other)
    said = Rulings(
        same=frozenset({frozenset(ids(one, other))}), apart=frozenset({frozenset(ids(one, two))})
    )
    everyone = (one.id, two.id, other.id)
    joining.join(connection, everyone, PAPER, said)
    assert members(connection, one) == [one.id, other.id]
    assert story_of(connection, two) is None
    joining.join(connection, everyone, PAPER)
    assert members(connection, one) == [one.id, two.id]
    assert story_of(connection, other) is None


def test_what_was_weighed_is_told_with_what_spoke_against_it(connection: Connection) -> None:
    one, two, other = an_item(3, "a"), an_item(2, "b"), an_item(1, "c", f"{RATES} Khojaly.")
    come(connection, one, two, other)
    found = joining.considered(connection, two.id, PAPER)
    assert next((story.leader, weighed.guard) for story, weighed in found) == (one.id, "")
    assert members(connection, two) == [one.id, two.id], "asking changes nothing"
