"""What nobody places is placed by what the operator's other articles say, or by nobody at all."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from aggregator import classifier_file, teaching, training
from aggregator.classifier import METHOD, Classifier, guesses, heard
from aggregator.classifier_file import FILE, Classifiers
from aggregator.editors import heed
from aggregator.judge import judge
from aggregator.labels import BY_HAND, BY_LISTING, BY_NAME, FEWEST, Label, known, usable
from aggregator.model import ArticleId, Settings, Slug
from aggregator.placing import rearrange
from aggregator.ruling import Kind, Ruling
from aggregator.store import articles as kept
from aggregator.store import layout
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol
from aggregator.whereabouts import sections as answer
from feeds.errors import BroadsheetError
from feeds.model import Category
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import CAUCASUS, DEFENCE, ECONOMY, a_paper, a_source
from tests.aggregator.pieces import an_article
from tests.conftest import NOON

FILED, PLAIN = a_source("filed"), a_source("plain")
PAPER = a_paper(FILED, PLAIN)
MONEY = ("shares", "bonds", "lender", "budget", "tariff", "retailer", "wages", "profit")
ARMS = ("shelling", "brigade", "ceasefire", "drone", "artillery", "frontline", "militia", "convoy")
TREE = PAPER.sections


def told(words: tuple[str, ...], number: int) -> str:
    """Return a text that says some of these words, others for each number."""
    return " ".join(random.Random(number).sample(words, 4)) + f" report{number}"


def labels(count: int = 12, *, fewer: int = 0) -> list[Label]:
    """Return labels of two sections that share no word."""
    return [
        Label(
            id=ArticleId(f"{section}-{number:03}"),
            section=section,
            weight=BY_NAME,
            published=NOON - timedelta(days=number),
            said=heard("", told(words, number), "en")[0],
        )
        for section, words, how_many in (
            (DEFENCE.slug, ARMS, count),
            (ECONOMY.slug, MONEY, count - fewer),
        )
        for number in range(how_many)
    ]


def learnt(given: list[Label]) -> Classifier:
    those, left_out = usable(given, TREE)
    return training.learn(those, left_out=left_out, learnt_from="these", now=NOON)


@pytest.fixture(scope="module")
def classifier() -> Classifier:
    return learnt(labels())


@pytest.fixture
def connection(tmp_path: Path, each_engine: object) -> Iterator[Connection]:
    engine = open_database(database_of(tmp_path))
    with transaction(engine) as opened:
        enrol(opened, PAPER.sources)
        yield opened
    engine.dispose()


def come(connection: Connection, number: int, text: str, **changes: object) -> ArticleId:
    changes = {"source_id": PLAIN.id, "title": text, "summary": "", "content": None} | changes
    one = an_article(number, **changes)
    kept.add(connection, [kept.Kept(article=one, fingerprint="")])
    return one.id


def where(connection: Connection, one: ArticleId) -> list[tuple[str, str]]:
    placed = layout.placements_of(connection, [one]).get(one, ())
    return [(each.section, each.method) for each in placed]


def test_below_ten_labels_a_section_is_left_out_and_below_two_sections_nothing_is_learnt() -> None:
    those, left_out = usable(labels(FEWEST, fewer=1), TREE)
    assert {one.section for one in those} == {DEFENCE.slug}
    assert left_out == {ECONOMY.slug: FEWEST - 1, CAUCASUS.slug: 0}
    with pytest.raises(BroadsheetError, match="two sections need 10 labels each"):
        learnt(labels(FEWEST, fewer=1))
    assert set(learnt(labels(FEWEST)).labels.values()) == {FEWEST}


def test_a_section_with_too_few_labels_gives_them_to_the_one_around_it() -> None:
    inner = [
        replace(one, section=CAUCASUS.slug) for one in labels(4) if one.section == DEFENCE.slug
    ]
    those, left_out = usable(inner, TREE)
    assert those == ()
    assert left_out[DEFENCE.slug] == 4
    outer = [replace(one, id=ArticleId(f"x{one.id}")) for one in labels(FEWEST)]
    those, left_out = usable([*inner, *outer], TREE)
    assert sum(one.section == DEFENCE.slug for one in those) == FEWEST + 4
    assert left_out == {CAUCASUS.slug: 4}


def test_labels_in_any_order_give_the_same_file(tmp_path: Path) -> None:
    given = labels()
    for name in ("one", "two"):
        classifier_file.write(tmp_path / name, learnt(given))
        random.Random(1).shuffle(given)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_what_is_said_before_is_known_again_and_what_never_was_is_not(
    classifier: Classifier,
) -> None:
    (first, *_) = guesses(classifier, TREE, title="", text=told(ARMS, 99), language="en")
    assert first.section == DEFENCE.slug
    assert first.is_sure
    assert set(first.words) <= set(ARMS)
    assert guesses(classifier, TREE, title="Orchids", text="in bloom", language="en") == ()
    assert guesses(classifier, TREE, title="Drone", text="", language="en") == ()


def test_no_source_is_learnt_from_and_asked_about() -> None:
    given = [
        replace(one, source="abcde"[number % 5])
        for number, one in enumerate(one for one in labels(15) if one.section == ECONOMY.slug)
    ]
    folds = training._folds(given)
    assert {(one.source, fold) for one, fold in zip(given, folds, strict=True)} == {
        ("a", 0), ("b", 1), ("c", 2), ("d", 3), ("e", 4),
    }  # fmt: skip


def test_an_address_is_no_words() -> None:
    text = "Shares fall https://a.example/brigade?x=1 and www.b.example/convoy too"
    assert heard("", text, "en") == heard("", "Shares fall and too", "en")


def test_it_abstains_where_what_is_said_speaks_for_two(classifier: Classifier) -> None:
    found = guesses(classifier, TREE, title="", text="shares brigade", language="en")
    assert not any(one.is_sure for one in found)


def test_where_labels_contradict_each_other_it_never_is_sure() -> None:
    mixed = [
        replace(one, section=(DEFENCE.slug, ECONOMY.slug)[number % 2])
        for number, one in enumerate(labels(20))
    ]
    found = learnt(mixed)
    assert found.by_words.rule is None
    (first, *_) = guesses(found, TREE, title="", text=told(ARMS, 5), language="en")
    assert not first.is_sure


def test_who_says_so_decides_what_a_label_counts() -> None:
    article = an_article(1, title="Nothing", summary="", categories=())
    named = replace(article, categories=(Category(term="Economy"),))
    listed = a_source("listed", sections=(ECONOMY.slug,))
    above = a_source("above", sections=(DEFENCE.slug,))
    both = a_source("both", sections=(ECONOMY.slug, CAUCASUS.slug))

    def label(one: object, source: object, *by_hand: Slug, text: str = "") -> object:
        return known(one, text, source=source, by_hand=by_hand, tree=TREE)  # type: ignore[arg-type]

    assert label(article, PLAIN, CAUCASUS.slug) == (CAUCASUS.slug, BY_HAND)
    assert label(named, PLAIN) == (ECONOMY.slug, BY_NAME)
    assert label(article, listed) == (ECONOMY.slug, BY_LISTING)
    assert label(article, listed, text="Karabakh, Karabakh and Khojaly") is None
    assert label(article, above) is None
    assert label(article, both) is None
    assert label(article, PLAIN, text="Inflation, inflation, inflation") is None


def test_it_places_what_nobody_places_and_tells_by_which_words(
    connection: Connection, classifier: Classifier
) -> None:
    one = come(connection, 1, told(ARMS, 77))
    two = come(connection, 2, f"Inflation. {told(ARMS, 78)}")
    judge(connection, PAPER, classifier)
    assert where(connection, one) == [(DEFENCE.slug, METHOD)]
    assert where(connection, two) == [(ECONOMY.slug, "sections-1")]
    (placed,) = layout.placements_of(connection, [one])[one]
    assert placed.reason.startswith("the classifier gives it ")


def test_it_leads_from_the_section_a_source_is_listed_under_into_those_within(
    connection: Connection,
) -> None:
    inner = [replace(one, section=CAUCASUS.slug) for one in labels() if one.section == DEFENCE.slug]
    rest = [one for one in labels() if one.section == ECONOMY.slug]
    paper = replace(PAPER, sources=(FILED, replace(PLAIN, sections=(DEFENCE.slug,))))
    one, two = come(connection, 1, told(ARMS, 77)), come(connection, 2, told(MONEY, 78))
    judge(connection, paper, learnt([*inner, *rest]))
    assert where(connection, one) == [(CAUCASUS.slug, METHOD), (DEFENCE.slug, "sections-1")]
    assert where(connection, two) == [(DEFENCE.slug, "sections-1")]


def test_editors_win_over_it(connection: Connection, classifier: Classifier) -> None:
    one = come(connection, 1, told(ARMS, 77))
    judge(connection, PAPER, classifier)
    ruling = Ruling(kind=Kind.SECTION, articles=(one,), to=(ECONOMY.slug,), line=1)
    heed(connection, replace(PAPER, rulings=(ruling,)), classifier)
    assert where(connection, one) == [(ECONOMY.slug, "editors-1")]
    heed(connection, PAPER, classifier)
    assert where(connection, one) == [(DEFENCE.slug, METHOD)]


def test_once_another_is_learnt_what_nobody_else_placed_is_placed_anew(
    connection: Connection, classifier: Classifier
) -> None:
    one, two = come(connection, 1, told(ARMS, 77)), come(connection, 2, "Inflation rises")
    rearrange(connection, PAPER)
    judge(connection, PAPER)
    assert where(connection, one) == []
    kept.unmark(connection)
    rearrange(connection, PAPER, classifier)
    assert where(connection, one) == [(DEFENCE.slug, METHOD)]
    assert kept.marked(connection, "article") == {one}
    assert where(connection, two) == [(ECONOMY.slug, "sections-1")]
    rearrange(connection, PAPER)
    assert where(connection, one) == []


def test_why_tells_how_sure_it_was_and_how_sure_it_had_to_be(
    connection: Connection, classifier: Classifier
) -> None:
    one = come(connection, 1, "shares brigade")
    judge(connection, PAPER, classifier)
    article = kept.read(connection, [one])[one]
    told_ = answer(connection, article, PAPER, classifier=classifier)
    assert told_.found == ()
    nearest = told_.passed_over[0]
    needed = classifier.by_words.rule
    assert nearest.method == METHOD
    assert nearest.words.startswith("the classifier gives it .".replace(" .", " 0."))
    assert nearest.words.endswith(f": {needed:.2f} is needed")


def teach(connection: Connection, folder: Path, paper: Settings = PAPER) -> teaching.Taught:
    return teaching.teach(
        teaching.prepare(connection, paper), paper, folder / FILE, now=NOON, if_changed=True
    )


def test_a_paper_learns_from_what_its_sources_file_and_again_only_if_that_changes(
    connection: Connection, tmp_path: Path
) -> None:
    for number in range(12):
        name = "Economy" if number % 2 else "Security & Defence"
        words = MONEY if number % 2 else ARMS
        for half in (0, 1):
            come(
                connection, 2 * number + half, told(words, 2 * number + half),
                source_id=FILED.id, categories=(Category(term=name),),
            )  # fmt: skip
    judge(connection, PAPER)
    first = teach(connection, tmp_path)
    assert first.is_new
    assert first.labels == {ECONOMY.slug: 12, DEFENCE.slug: 12}
    again = teach(connection, tmp_path)
    assert not again.is_new
    assert again.classifier == first.classifier
    come(connection, 99, told(ARMS, 99), source_id=FILED.id, categories=(Category(term="Economy"),))
    judge(connection, PAPER)
    assert teach(connection, tmp_path).is_new
    assert [path.name for path in tmp_path.iterdir() if "classifier" in path.name] == [FILE]


def test_it_is_read_back_as_it_was_written(tmp_path: Path, classifier: Classifier) -> None:
    classifier_file.write(tmp_path / FILE, classifier)
    assert classifier_file.read(tmp_path / FILE) == classifier
    assert classifier_file.read(tmp_path / "none") is None


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda text: text[: len(text) // 2], "it was cut short or changed"),
        (lambda text: text.replace(METHOD, "classifier-0"), "it is of method classifier-0"),
        (lambda _: "", "it is not a classifier of Broadsheet's"),
        (lambda _: json.dumps([1, 2]), "it is not a classifier of Broadsheet's"),
        (lambda _: "\ufffd\x00", "it is not a classifier of Broadsheet's"),
    ],
)
def test_a_file_that_cannot_be_believed_is_named_with_a_cure_and_placing_goes_on(
    tmp_path: Path,
    classifier: Classifier,
    spoil: object,
    why: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    file = tmp_path / FILE
    classifier_file.write(file, classifier)
    file.write_text(spoil(file.read_text("utf-8")), "utf-8")  # type: ignore[operator]
    with pytest.raises(BroadsheetError, match=why) as caught:
        classifier_file.read(file)
    assert str(caught.value).startswith(f"{file}: ")
    assert "`broadsheet train` writes it anew" in str(caught.value)
    known_ = Classifiers(file)
    assert known_.current() is None
    assert known_.current() is None
    classifier_file.write(file, classifier)
    assert known_.current() == classifier
