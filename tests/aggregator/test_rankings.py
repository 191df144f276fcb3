"""Rankings: why an article is in a list, in words."""

import pytest

from aggregator.model import SourceId
from aggregator.rankings import MOST_CITED, MOST_COVERED, ranking
from aggregator.scores import Ranked
from tests.aggregator.newsrooms import a_paper, a_source
from tests.aggregator.pieces import a_piece


@pytest.mark.parametrize(
    ("sources", "named"),
    [
        ("ab", "A and B"),
        ("abc", "A, B and C"),
        ("dcba", "D, C, B and A"),
        ("abcde", "A, B, C and 2 others"),
    ],
)
def test_the_sources_that_lift_an_article_are_named_as_people_say_it(
    sources: str, named: str
) -> None:
    piece = a_piece()
    lifted = Ranked(article=piece.article.id, score=1.0, sources=tuple(map(SourceId, sources)))
    paper = a_paper(*(a_source(name) for name in "abcde"))
    for section, words in ((MOST_CITED, "Cited by"), (MOST_COVERED, "Also reported by")):
        one = ranking(section, [lifted], [piece], settings=paper)
        assert one.notes == {piece.article.id: f"{words} {named}"}
        assert one.pieces == (piece,)
