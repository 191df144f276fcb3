"""What leads where, what does not, and by which guard; ranked by what the nearest share."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.meaning import along, cosine, mean, packed
from aggregator.model import ArticleId, Relation, SourceId
from aggregator.related import CUT, CUT_BY_MEANING, Profile, score
from aggregator.weighing import (
    METHOD,
    Guard,
    Surroundings,
    Weighed,
    of_other_stories,
    relate,
    weigh,
)
from tests.aggregator.test_related import ARTICLES, described


def guards(weighed: tuple[Weighed, ...]) -> dict[str, Guard | None]:
    return {one.article_id: one.guard for one in weighed}


def told(*texts: str) -> tuple[Profile, ...]:
    return tuple(described({f"a{n}": ("", text) for n, text in enumerate(texts)}).values())


def test_every_candidate_is_told_with_what_bars_it() -> None:
    profiles = described(ARTICLES)
    french = replace(profiles["csto"], article_id=ArticleId("french"), language="fr")
    weighed = weigh(profiles["khojaly"], [*profiles.values(), french])
    assert guards(weighed) == {
        "csto": None,
        "families": None,
        "monitors": None,
        "football": Guard.WEAK,
        "gas": Guard.WEAK,
        "french": Guard.LANGUAGE,
    }


def test_two_tolls_that_share_their_template_and_a_country_are_not_related() -> None:
    one, two = told(
        "At least 12 people are killed and 40 injured in a bombing in Pakistan.",
        "Three people are killed and five injured in a shooting in Pakistan, police say.",
    )
    (weighed,) = weigh(one, [two])
    assert weighed.likeness.score > CUT
    assert weighed.guard is Guard.TEMPLATE


def test_a_country_is_no_name_even_if_more_is_shared() -> None:
    one, two = told(
        "Miners strike for higher wages in the copper pits of Chile.",
        "Copper wages: the miners of Chile end their strike.",
    )
    (weighed,) = weigh(one, [two])
    assert (weighed.guard, weighed.common.names) == (Guard.NAME, ())
    assert "copper" in {term.lower() for term in weighed.common.terms}


def test_a_name_that_one_of_two_shouts_is_told_as_the_other_writes_it() -> None:
    one, two = told(
        "BAKU - The port of Alat waits for ferries, says its harbour master in BAKU.",
        "Ferries are late at the port of Alat, and in Baku the harbour master knows why.",
    )
    for article, other in ((one, two), (two, one)):
        (relation,) = relate(article, [other])
        assert "Baku" in relation.phrases
    shouted = told("At NATO the ministers of defence met.", "NATO has no ministers of defence.")
    (relation,) = relate(shouted[0], [shouted[1]])
    assert "NATO" in relation.phrases


def test_two_countries_are_a_subject() -> None:
    one, two = told(
        "A drone of Russia hits a block of flats in Ukraine, and five people are killed.",
        "Drones that Russia sent overnight kill two in Ukraine.",
    )
    (relation,) = relate(one, [two])
    assert set(relation.phrases) == {"Russia", "Ukraine"}


@pytest.mark.parametrize(
    "pair", [("Rwanda", "Rwandan"), ("United States", "American"), ("Europe", "Africa")]
)
def test_a_country_and_its_people_are_one_and_continents_are_none(pair: tuple[str, str]) -> None:
    one, two = told(
        f"Ministers met the {pair[0]} envoys and {pair[1]} bankers over the price of cocoa.",
        f"The price of cocoa worries the {pair[1]} bankers and the {pair[0]} envoys.",
    )
    (weighed,) = weigh(one, [two])
    assert weighed.guard is Guard.NAME


def test_a_number_at_the_head_of_a_sentence_names_nobody() -> None:
    one, two = told(
        "Three ferries collide near the harbour of Ostend in the fog.",
        "Three bakers share a prize for the bread they bake in Liège.",
    )
    assert not one.phrases.keys() & two.phrases.keys()


def test_neither_copies_nor_the_same_story_are_led_to_and_of_another_story_one() -> None:
    profiles = described(ARTICLES)
    twins = {
        name: replace(profiles[of], article_id=ArticleId(name))
        for name, of in (("copy", "csto"), ("again", "families"), ("also", "monitors"))
    }
    around = Surroundings(
        copies={ArticleId("copy")},
        stories={ArticleId("khojaly"): "base", ArticleId("csto"): "base"}
        | {ArticleId(one): "home" for one in ("families", "again")},
    )
    found = guards(weigh(profiles["khojaly"], [*profiles.values(), *twins.values()], around))
    assert found["copy"] is Guard.COPY
    assert found["csto"] is Guard.STORY
    assert [found["again"], found["families"]] == [None, Guard.TOLD]
    assert [found["also"], found["monitors"]] == [None, None]


def test_what_has_joined_a_story_since_is_led_to_no_more_unless_editors_say_so() -> None:
    led = [Relation(article_id=ArticleId(name), score=1.0) for name in ("own", "a", "b", "lone")]
    by_hand = Relation(article_id=ArticleId("own too"), score=0.0, by_hand=True)
    stories = {"one": "base", "own": "base", "own too": "base", "a": "home", "b": "home"}
    told_of = {ArticleId(name): story for name, story in stories.items()}
    kept = of_other_stories(ArticleId("one"), [by_hand, *led], told_of)
    assert [each.article_id for each in kept] == ["own too", "a", "lone"]


def test_a_source_is_led_to_twice_at_most_unless_it_is_the_only_one() -> None:
    one = described(ARTICLES)["khojaly"]
    twins = [replace(one, article_id=ArticleId(f"t{n}")) for n in range(7)]
    sources = {twin.article_id: SourceId("a") for twin in twins}
    crowded = weigh(one, twins, Surroundings(sources=sources))
    assert [twin.guard for twin in crowded] == [None, None] + 5 * [Guard.SOURCE]
    alone = weigh(one, twins, Surroundings(sources=sources, is_alone=True))
    assert [twin.guard for twin in alone] == 5 * [None] + 2 * [Guard.PLACE]


def test_a_name_that_a_source_has_everywhere_leads_to_nothing_else_of_it() -> None:
    one, other, another = told(
        "Magazine: the orchards of Tavush are in bloom, and apricot growers count on rain.",
        "Magazine: the apricot orchards bloom early, growers fear for rain and frost.",
        "Magazine: in Tavush apricot growers sell the orchards that bloom without rain.",
    )
    ours, theirs = SourceId("a"), SourceId("b")
    habits = frozenset({"magazin"})

    def barred(source: SourceId) -> list[Guard | None]:
        around = Surroundings(
            own=ours, habits=habits, sources={each.article_id: source for each in (other, another)}
        )
        return [guards(weigh(one, [other, another], around))[each] for each in ("a1", "a2")]

    assert barred(ours) == [Guard.HABIT, None]
    assert barred(theirs) == [None, None]


@pytest.mark.parametrize("part", ["Magazine", "Weekend Magazine"])
def test_neither_does_a_part_of_such_a_name(part: str) -> None:
    one, other = told(
        "Garden Magazine: apricot orchards bloom and growers count on rain.",
        f"{part}: apricot orchards bloom and growers count on rain.",
    )
    around = Surroundings(
        own=SourceId("a"),
        habits=frozenset({"magazin"}),
        sources={other.article_id: SourceId("a")},
    )
    assert guards(weigh(one, [other]))["a1"] is None
    assert guards(weigh(one, [other], around)) == {"a1": Guard.HABIT}


def test_of_two_as_near_the_one_nearer_to_the_others_comes_first() -> None:
    bare = described(ARTICLES)["khojaly"]

    def saying(name: str, **stems: float) -> Profile:
        return replace(bare, article_id=ArticleId(name), stems=stems)

    one = saying("one", trial=0.8, judge=0.6)
    apart, near = saying("apart", trial=0.8, hotel=0.6), saying("near", trial=0.8, verdict=0.6)
    others = saying("other", trial=0.6, verdict=0.8), saying("third", trial=0.6, verdict=0.8)
    assert score(one, apart) == score(one, near) > score(one, others[0])
    assert [led.article_id for led in relate(one, [apart, near])] == ["apart", "near"]
    assert relate(one, [apart, near, *others])[0].article_id == "near"


def test_a_relation_tells_its_figures_and_its_method() -> None:
    profiles = described(ARTICLES)
    relation = relate(profiles["khojaly"], profiles.values())[0]
    assert relation.method == METHOD
    assert [name for name, _ in relation.figures] == ["stems", "phrases", "fading", "support"]


VECTORS = st.lists(st.floats(-1, 1, width=32), min_size=8, max_size=8)


@given(a=VECTORS, b=VECTORS)
def test_packed_vectors_point_where_the_whole_ones_did(a: list[float], b: list[float]) -> None:
    ours, theirs = packed(a), packed(b)
    assert len(ours) in {0, 8}
    assert cosine(ours, theirs) == cosine(theirs, ours)
    assert cosine(ours, ours) == pytest.approx(1 if ours else 0)
    if ours:
        assert along(theirs, mean([(1.0, ours)])) == pytest.approx(cosine(ours, theirs))


def test_what_means_the_same_is_nearer_and_has_a_cut_of_its_own() -> None:
    one, other = described({name: ARTICLES[name] for name in ("csto", "gas")}).values()
    meant = [replace(profile, meaning=packed([1.0, 0.0])) for profile in (one, other)]
    assert score(meant[0], meant[1]) == pytest.approx(score(one, other) + 1)
    opposed = replace(other, meaning=packed([-1.0, 0.0]))
    assert score(meant[0], opposed) == score(one, other)
    assert CUT_BY_MEANING > CUT
