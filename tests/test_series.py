"""Real feeds over time: every version through the real intake, and no article is told twice."""

from pathlib import Path

import pytest

from benchmarks.series import replay, run

# Two entries of one title within a day that are two: a new interactive every morning.
TWO = {"gesab_smh": 1}


@pytest.mark.parametrize(
    ("name", "articles"),
    [
        ("gesab_bbc", 112),
        ("gesab_nytimes", 28),
        ("gesab_smh", 153),
        ("gesab_stuffnz", 90),
        ("newsblur_gawker", 38),
        ("newsblur_motherjones", 13),
        ("ollama", 45),
    ],
)
def test_no_version_of_a_feed_tells_an_article_twice(
    corpora: Path, name: str, articles: int
) -> None:
    series = replay(corpora / "series" / name)
    assert series.articles == articles
    assert len(series.twice) == TWO.get(name, 0), series.twice
    assert sum(one.new for one in series.versions) == articles
    for one in series.versions:
        assert one.note == ""
        assert one.unchanged >= 0


def test_the_replay_says_what_each_version_brought(corpora: Path) -> None:
    table = run(corpora)
    assert "ollama: 60 versions, 45 articles, 0 told twice" in table
    assert table.count(" told twice") == 7
