"""Which articles tell one story, decided from what is kept of them."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import related, stories, story
from aggregator.model import ArticleId, SourceId
from aggregator.related import Frequencies
from aggregator.stories import Report, Rulings, Weighed
from aggregator.story import Member, Story, StoryId
from tests.conftest import NOON

BASE = "Russian peacekeepers handed over the base at Khojaly as they left Karabakh."
CLOSED = "The base at Khojaly in Karabakh is closed: the last peacekeepers left."
RATES = "The central bank in Frankfurt lowered its interest rate as inflation fell in May."
HOURS, DAYS = timedelta(hours=1), timedelta(days=1)


def a_report(
    name: str, text: str, *, at: datetime = NOON, source: str = "", language: str = "en"
) -> Report:
    """Return what an article tells, of a source of its own if none is named."""
    described = related.profile(
        ArticleId(name),
        related.features("", text, language),
        language=language,
        published=at,
        frequencies=Frequencies(),
    )
    return stories.report(described, SourceId(source or f"source of {name}"))


def a_member(report: Report, *, tier: int = 3) -> Member:
    return Member(
        article_id=report.article_id,
        source_id=report.source_id,
        published=report.published,
        tier=tier,
    )


def a_story(*reports: Report) -> Story:
    members = story.ordered([a_member(one) for one in reports])
    first = members[0].article_id
    return Story(id=StoryId(first), language="en", members=members, leader=first)


def weighed(article: Report, *reports: Report, rulings: Rulings = stories.NO_RULINGS) -> Weighed:
    known = {one.article_id: one for one in reports}
    return stories.weigh(article, a_story(*reports), known, rulings=rulings)


def test_two_reports_of_one_event_are_one_story_and_say_why() -> None:
    one, two = a_report("1", BASE), a_report("2", CLOSED, at=NOON + 3 * HOURS, source="b")
    found = weighed(two, one)
    assert found.joins
    assert set(found.reason.names) == {"Khojaly", "Karabakh"}
    assert "names " in story.reason_in_words(found.reason)
    assert "Khojaly" in story.reason_in_words(found.reason)


def test_what_one_source_alone_tells_is_no_story() -> None:
    one, two = a_report("1", BASE, source="a"), a_report("2", CLOSED, source="a")
    assert weighed(two, one).guard == "source"
    other = a_report("3", BASE, source="b")
    assert weighed(two, one, other).joins, "in one that several tell, it may tell more"
    together = Rulings(same=frozenset({frozenset({one.article_id, two.article_id})}))
    assert weighed(two, one, rulings=together).joins


def test_two_events_are_two_stories() -> None:
    found = weighed(a_report("2", RATES), a_report("1", BASE))
    assert not found.joins
    assert found.guard == "far"


def test_two_events_in_one_country_are_two_stories() -> None:
    one = a_report("1", "Twelve people were killed in an attack on a mosque in Pakistan.")
    two = a_report("2", "Nine people were killed in an attack on a train in Pakistan.")
    assert weighed(two, one).guard == "template"


def test_what_is_told_in_another_language_is_never_the_same_story() -> None:
    assert weighed(a_report("2", BASE, language="de"), a_report("1", BASE)).guard == "far"


def test_a_dialect_is_no_other_language() -> None:
    assert weighed(a_report("2", BASE, language="en-GB"), a_report("1", BASE)).joins


@pytest.mark.parametrize("way", [1, -1])
def test_a_story_nobody_told_for_three_days_is_over_and_may_be_continued(way: int) -> None:
    one = a_report("1", BASE)
    assert weighed(a_report("2", BASE, at=NOON + way * 72 * HOURS), one).joins
    late = weighed(a_report("2", BASE, at=NOON + way * 73 * HOURS), one)
    assert (late.guard, late.continues) == ("window", True)


def test_a_story_lasts_a_week_at_most() -> None:
    told = [a_report(f"{day}", BASE, at=NOON + day * DAYS) for day in (0, 2, 4, 6)]
    assert weighed(a_report("7", BASE, at=NOON + 7 * DAYS), *told).joins
    assert weighed(a_report("8", BASE, at=NOON + 7 * DAYS + HOURS), *told).guard == "span"
    assert weighed(a_report("9", BASE, at=NOON - DAYS - HOURS), *told).guard == "span"


def test_the_longer_the_silence_the_nearer_an_article_must_be() -> None:
    one = a_report("1", BASE)
    strengths = [
        weighed(a_report("2", CLOSED, at=NOON + day * DAYS), one).reason.strength
        for day in range(12)
    ]
    assert strengths == sorted(strengths, reverse=True)
    assert strengths[0] > strengths[3] > strengths[10] == 0


def test_an_article_is_held_against_the_three_members_it_is_nearest_to() -> None:
    near = [a_report(f"{n}", BASE) for n in range(3)]
    far = [a_report(f"{n}", RATES) for n in range(3, 20)]
    found = weighed(a_report("x", BASE), *far, *near).reason
    assert found.strength == stories.similarity(near[0], near[1])
    assert [one for one, _ in found.nearest] == ["0", "1", "2"]


def test_a_long_story_is_compared_where_it_is_nearest_in_time() -> None:
    told = [a_report(f"{n:03}", RATES, at=NOON + n * HOURS) for n in range(100)]
    near = stories.compared(NOON + 50 * HOURS, a_story(*told).members)
    assert len(near) == stories.COMPARED
    assert {one.published for one in near} >= {NOON + n * HOURS for n in range(40, 60)}


def test_editors_part_what_is_alike_and_join_what_is_not() -> None:
    one, two, three = a_report("1", BASE), a_report("2", BASE), a_report("3", RATES)
    pair = frozenset((one.article_id, two.article_id))
    assert weighed(two, one, rulings=Rulings(apart=frozenset((pair,)))).guard == "editors"
    other = frozenset((one.article_id, three.article_id))
    joined = weighed(three, one, rulings=Rulings(same=frozenset((other,))))
    assert joined.joins
    assert story.reason_in_words(joined.reason) == "one story, the editors say"


def test_editors_word_holds_beyond_a_week_and_in_other_languages() -> None:
    one = a_report("1", BASE)
    late = a_report("2", RATES, at=NOON + 30 * DAYS, language="de")
    same = Rulings(same=frozenset((frozenset((one.article_id, late.article_id)),)))
    assert weighed(late, one, rulings=same).joins


def test_the_best_tier_leads_then_who_told_it_first() -> None:
    one = a_member(a_report("1", BASE), tier=2)
    two = a_member(a_report("2", BASE, at=NOON + HOURS), tier=1)
    three = a_member(a_report("3", BASE, at=NOON + 2 * HOURS), tier=1)
    assert story.leader([one, two, three]) == "2"
    assert story.leader([three, one]) == "3"


def test_who_leads_a_story_leads_it_until_it_leaves() -> None:
    three = a_story(a_report("1", BASE), a_report("2", BASE), a_report("3", BASE))
    assert story.without(three, {ArticleId("2")}).leader == "1"
    assert story.without(three, {ArticleId("1")}).leader == "2"


def test_a_story_continues_the_nearest_that_began_before_it_and_no_other() -> None:
    lone = story.alone(a_member(a_report("0", BASE, at=NOON - 9 * DAYS)), "en")
    before = a_story(a_report("1", BASE, at=NOON - 8 * DAYS), a_report("2", BASE))
    after = a_story(
        a_report("3", BASE, at=NOON + 8 * DAYS), a_report("4", BASE, at=NOON + 9 * DAYS)
    )
    here = a_story(a_report("5", BASE), a_report("6", BASE))
    assert story.continuing(here, [lone, after, before]).continues == before.id
    assert story.continuing(here, [lone, after]).continues is None
    once = story.continuing(here, [before])
    assert story.continuing(once, [a_story(a_report("7", BASE, at=NOON - DAYS))]) == once


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["en", "ja", "ar", "de"]))
def test_likeness_knows_no_order_and_nothing_is_liker_than_itself(
    one: str, two: str, language: str
) -> None:
    a, b = a_report("1", one, language=language), a_report("2", two, language=language)
    assert stories.similarity(a, b) == stories.similarity(b, a)
    assert 0 <= stories.similarity(a, b) <= stories.similarity(a, a) + 1e-6 or not a.stems
