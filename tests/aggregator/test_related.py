"""Related articles: those on the same subject, with a reason, and nothing for the sake of it."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import ArticleId, Relation
from aggregator.related import (
    CUT,
    HEAVIEST,
    Frequencies,
    Profile,
    features,
    profile,
    reason,
    score,
)
from aggregator.weighing import relate

MONDAY = datetime(2026, 6, 1, 9, 0, tzinfo=UTC)
ARTICLES = {
    "khojaly": (
        "Peacekeepers leave their last post at Khojaly",
        (
            "Russian peacekeepers have withdrawn from their last post near Khojaly. The "
            "residents of Karabakh, most of whom fled, were told of the withdrawal by the CSTO "
            "a day later."
        ),
    ),
    "csto": (
        "CSTO defends the withdrawal from Karabakh",
        (
            "The secretariat of the CSTO said the peacekeepers had done their duty at Khojaly. "
            "Critics in Armenia answered that the withdrawal left the last families of Karabakh "
            "unprotected."
        ),
    ),
    "families": (
        "The families who came back to Karabakh",
        (
            "Some forty families have returned to villages around Khojaly. They say that the "
            "peacekeepers promised to stay, and that nobody in Azerbaijan explained the "
            "withdrawal."
        ),
    ),
    "monitors": (
        "EU monitors ask for access to Khojaly",
        (
            "European monitors want to see the villages of Karabakh for themselves. The "
            "peacekeepers who guarded Khojaly are gone, and the families who stayed there fear "
            "for their homes."
        ),
    ),
    "football": (
        "Late goal sends Qarabag into the next round",
        (
            "A header in stoppage time was enough for the champions of Azerbaijan. Their coach "
            "praised the supporters who had filled the stadium, and the goalkeeper above all."
        ),
    ),
    "gas": (
        "Gas exports from Azerbaijan reach a record",
        (
            "More gas than ever flowed through the southern pipeline in May. Analysts expect "
            "Azerbaijan to sign further contracts with buyers in Italy before the winter."
        ),
    ),
}
KARABAKH = {"khojaly", "csto", "families", "monitors"}


def described(
    articles: dict[str, tuple[str, str]], *, language: str = "en", published: datetime = MONDAY
) -> dict[str, Profile]:
    """The articles as a paper that knows only these describes them."""
    said = {name: features(title, text, language) for name, (title, text) in articles.items()}
    frequencies = Frequencies(
        documents=len(said),
        stems=Counter(stem for one in said.values() for stem in one.stems),
        phrases=Counter(phrase for one in said.values() for phrase in one.phrases),
    )
    return {
        name: profile(
            ArticleId(name),
            one,
            language=language,
            published=published,
            frequencies=frequencies,
        )
        for name, one in said.items()
    }


def linked(relations: Iterable[Relation]) -> set[str]:
    return {relation.article_id for relation in relations}


@pytest.mark.parametrize("name", sorted(KARABAKH))
def test_on_its_first_day_a_paper_links_the_karabakh_articles_and_no_other(name: str) -> None:
    profiles = described(ARTICLES)
    assert linked(relate(profiles[name], profiles.values())) == KARABAKH - {name}


@pytest.mark.parametrize("name", ["football", "gas"])
def test_a_country_in_common_links_nothing(name: str) -> None:
    profiles = described(ARTICLES)
    assert relate(profiles[name], profiles.values()) == ()


def test_a_paper_of_four_articles_on_one_war_links_all_of_them() -> None:
    profiles = described({name: ARTICLES[name] for name in KARABAKH})
    for name in KARABAKH:
        assert linked(relate(profiles[name], profiles.values())) == KARABAKH - {name}


def test_one_toll_does_not_lead_to_another() -> None:
    profiles = described(
        {
            "one": ("", "At least 12 people are killed in a bombing at a market in Pakistan."),
            "two": ("", "At least 27 people are killed in a bombing at a mosque in Pakistan."),
        }
    )
    assert score(profiles["one"], profiles["two"]) > CUT
    assert relate(profiles["one"], profiles.values()) == ()


def test_a_surname_is_the_same_man() -> None:
    profiles = described(
        {
            "one": ("", "A court in Baku sentenced the banker Ruben Vardanyan for terrorism."),
            "two": ("", "The lawyers of Vardanyan call his sentence for terrorism a farce."),
        }
    )
    (relation,) = relate(profiles["one"], profiles.values())
    assert relation.phrases == ("Vardanyan",)


def test_new_york_does_not_lead_to_new_delhi() -> None:
    profiles = described(
        {
            "one": ("", "A strike of the drivers closes all schools in New York."),
            "two": ("", "A strike of the drivers closes all schools in New Delhi."),
        }
    )
    assert score(profiles["one"], profiles["two"]) > CUT
    assert relate(profiles["one"], profiles.values()) == ()


def test_articles_in_two_languages_are_not_related() -> None:
    one, other = described({name: ARTICLES[name] for name in ("csto", "khojaly")}).values()
    assert relate(one, [other])
    assert relate(one, [replace(other, language="fr")]) == ()
    assert relate(one, [replace(other, language="en-GB")])


def test_what_was_written_longer_apart_is_less_related() -> None:
    one, other = described({name: ARTICLES[name] for name in ("csto", "khojaly")}).values()
    later = replace(other, published=MONDAY + timedelta(days=14))
    assert score(one, later) == pytest.approx(score(one, other) * 0.85, abs=1e-5)


def test_a_text_is_as_related_to_its_copy_as_can_be() -> None:
    one = described(ARTICLES)["khojaly"]
    assert score(one, replace(one, article_id=ArticleId("copy"))) == pytest.approx(1.5, abs=1e-4)


def test_a_profile_keeps_only_the_heaviest_terms() -> None:
    text = " ".join(f"term{'abcdefghij'[n // 10]}{'abcdefghij'[n % 10]}" for n in range(60))
    only = described({"long": ("", text)})["long"]
    assert len(only.stems) == HEAVIEST
    assert sum(weight**2 for weight in only.stems.values()) == pytest.approx(1, abs=1e-4)


def test_a_word_of_the_headline_weighs_more() -> None:
    said = features("Karabakh", "Khojaly", "en")
    assert said.stems["karabakh"] == 2 * said.stems["khojali"]


def test_equal_candidates_come_in_the_order_of_their_ids() -> None:
    one = described(ARTICLES)["khojaly"]
    twins = [replace(one, article_id=ArticleId(name)) for name in ("c", "a", "b")]
    assert [relation.article_id for relation in relate(one, twins)] == ["a", "b", "c"]


def test_the_reason_is_in_words_people_write() -> None:
    profiles = described(ARTICLES)
    (relation,) = relate(profiles["khojaly"], [profiles["csto"]])
    assert relation.phrases == ("CSTO", "Karabakh", "Khojaly")
    assert reason(relation).startswith('both name CSTO, Karabakh and Khojaly; share "')
    assert "withdrawal" in relation.terms


def test_a_profile_read_back_without_spellings_gives_the_same_relations() -> None:
    profiles = described(ARTICLES)
    bare = [replace(one, surfaces={}) for one in profiles.values()]
    assert relate(profiles["csto"], bare) == relate(profiles["csto"], profiles.values())


def test_georgian_articles_are_related_though_georgian_has_no_capitals() -> None:
    profiles = described(
        {
            "one": ("", "რუსი სამშვიდობოები მთიანი ყარაბაღის სოფელ ხოჯალიდან გავიდნენ"),
            "two": ("", "სამშვიდობოები სოფელ ხოჯალიდან გავიდნენ, აცხადებენ ოჯახები"),
            "else": ("", "გუნდმა ფინალში ორი გოლი გაიტანა და თასი მოიგო"),
        },
        language="ka",
    )
    assert linked(relate(profiles["one"], profiles.values())) == {"two"}


NAMES = ["Khojaly", "CSTO", "Armenia", "Brussels", "Vardanyan"]
COMMON = ["peacekeepers", "withdrew", "goal", "gas", "families", "treaty"]
SENTENCES = st.builds(
    lambda names, common: f"There was {' and '.join(names)} with {' '.join(common)}.",
    st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
    st.lists(st.sampled_from(COMMON), max_size=5),
)
PROFILES = st.lists(st.tuples(SENTENCES, st.integers(0, 60)), min_size=2, max_size=6).map(
    lambda told: [
        replace(one, published=MONDAY + timedelta(days=told[place][1]))
        for place, one in enumerate(
            described({f"a{n}": ("", text) for n, (text, _) in enumerate(told)}).values()
        )
    ]
)


@given(profiles=PROFILES)
def test_a_score_is_the_same_from_both_sides_and_within_its_range(profiles: list[Profile]) -> None:
    for one in profiles:
        for other in profiles:
            assert score(one, other) == score(other, one)
            assert 0 <= score(one, other) <= 1.5


@given(profiles=PROFILES, chance=st.randoms(use_true_random=False))
def test_the_order_of_candidates_changes_nothing(profiles: list[Profile], chance: Random) -> None:
    shuffled = chance.sample(profiles, len(profiles))
    assert relate(profiles[0], shuffled) == relate(profiles[0], profiles)


@given(profiles=PROFILES, limit=st.integers(1, 5))
def test_relations_are_few_strong_ordered_and_never_to_itself(
    profiles: list[Profile], limit: int
) -> None:
    relations = relate(profiles[0], [*profiles, *profiles], limit=limit)
    assert len(relations) <= limit
    assert profiles[0].article_id not in linked(relations)
    assert len(linked(relations)) == len(relations)
    assert list(relations) == sorted(relations, key=lambda one: (-one.score, one.article_id))
    assert all(relation.score >= CUT and relation.phrases for relation in relations)
    assert all(reason(relation) for relation in relations)
