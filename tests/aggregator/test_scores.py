"""Scores: what is most cited and most covered, and how long it stays so."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import scores
from aggregator.model import ArticleId, SourceId
from aggregator.scores import LEAST, WEEK, Vote, close, ranked, weight
from tests.conftest import NOON

BY = close(NOON)
VOTES = st.lists(
    st.builds(
        Vote,
        article=st.sampled_from("uvwxyz").map(ArticleId),
        by=st.integers(1, 12).map(lambda number: ArticleId(str(number))),
        source=st.sampled_from("abcd").map(SourceId),
        at=st.integers(0, 240).map(lambda hours: BY - timedelta(hours=hours)),
    ),
    max_size=40,
)


def a_vote(article: str, by: str, source: str, *, days: float = 1) -> Vote:
    return Vote(
        article=ArticleId(article),
        by=ArticleId(by),
        source=SourceId(source),
        at=BY - timedelta(days=days),
    )


def order(*votes: Vote) -> list[str]:
    return [one.article for one in ranked(votes)]


def test_a_vote_weighs_less_with_each_day_and_nothing_after_a_week() -> None:
    weighed = [weight(BY - timedelta(days=days), by=BY) for days in (0, 3.5, 7, 8)]
    assert weighed == [1.0, 0.75, 0.0, 0.0]


def test_votes_are_weighed_at_the_end_of_the_newest_day_whatever_the_hour() -> None:
    day = datetime(2026, 6, 1, tzinfo=UTC)
    hours = [close(day + timedelta(hours=hour)) for hour in range(24)]
    assert set(hours) == {day + timedelta(days=1)}


def test_one_source_alone_lifts_nothing_however_often_it_says_so() -> None:
    votes = [a_vote("x", str(number), "a") for number in range(9)]
    assert order(*votes) == []
    assert order(*votes, a_vote("x", "10", "b")) == ["x"]


def test_of_each_source_the_best_vote_counts() -> None:
    votes = [a_vote("x", "1", "a", days=1), a_vote("x", "2", "a", days=5), a_vote("x", "3", "b")]
    (one,) = ranked(votes)
    assert one.score == pytest.approx(2 * weight(BY - timedelta(days=1), by=BY), abs=1e-5)
    assert one.sources == ("a", "b")


def test_a_list_stands_until_something_happens() -> None:
    votes = [a_vote("x", "1", "a"), a_vote("x", "2", "b", days=2)]
    long_ago = [replace(vote, at=vote.at - timedelta(days=900)) for vote in votes]
    assert ranked(long_ago) == ranked(votes)
    assert ranked([*long_ago, a_vote("y", "3", "a")]) == ()


def test_more_sources_and_fresher_ones_stand_above() -> None:
    votes = [
        *(a_vote("old", f"o{source}", source, days=6) for source in "ab"),
        *(a_vote("new", f"n{source}", source, days=1) for source in "ab"),
        *(a_vote("wide", f"w{source}", source, days=2) for source in "abc"),
    ]
    assert order(*votes) == ["wide", "new", "old"]


def test_a_digest_that_links_to_many_lifts_one() -> None:
    digests = [a_vote(each, f"digest of {source}", source) for each in "xyz" for source in "ab"]
    assert order(*digests) == ["x"]
    assert order(*digests, a_vote("z", "9", "c", days=6)) == ["z"], "both digests are spent on it"
    assert order(*digests, a_vote("x", "9", "c"), a_vote("y", "8", "a")) == ["x", "y"]


@given(VOTES, st.randoms(use_true_random=False))
def test_the_order_of_votes_does_not_matter(votes: list[Vote], random: object) -> None:
    mixed = list(votes)
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis' own random
    assert ranked(mixed) == ranked(votes)


@given(VOTES)
def test_whatever_is_listed_is_lifted_by_others_within_the_week(votes: list[Vote]) -> None:
    by = close(max((vote.at for vote in votes), default=NOON))
    found = ranked(votes)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len(found) <= scores.MOST
    heard: set[str] = set()
    for one in found:
        fresh = [vote for vote in votes if vote.article == one.article and by - vote.at < WEEK]
        assert set(one.sources) == {vote.source for vote in fresh}
        assert len(one.sources) >= LEAST
        assert 0 < one.score <= len(one.sources)
        assert not {vote.by for vote in fresh} <= heard
        heard |= {vote.by for vote in fresh}
