"""Sections: the operator's word first, then the source's, then the article's own."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Placement, Section, Slug, Source, SourceId
from aggregator.sections import METHOD, place
from feeds.model import Category

DEFENCE, CAUCASUS, ECONOMY, MARKETS, TECHNOLOGY = map(
    Slug, ("security-defence", "south-caucasus", "business-economy", "markets", "technology")
)
SECTIONS = (
    Section(
        slug=DEFENCE,
        title="Security & Defence",
        path="security-defence",
        words=("NATO", "missile", "troops", "sanctions"),
    ),
    Section(
        slug=CAUCASUS,
        title="South Caucasus",
        path="security-defence/south-caucasus",
        parent=DEFENCE,
        words=("Karabakh", "Armenia", "Azerbaijan"),
    ),
    Section(
        slug=ECONOMY,
        title="Business & Economy",
        path="business-economy",
        words=("ECB", "interest rates", "EU"),
    ),
    Section(
        slug=MARKETS,
        title="Markets",
        path="business-economy/markets",
        parent=ECONOMY,
        words=("shares", "bonds"),
    ),
    Section(slug=TECHNOLOGY, title="Technology", path="technology"),
)


def source(*sections: Slug, **categories: Slug) -> Source:
    return Source(
        id=SourceId("eu-today"),
        name="EU Today",
        feed="https://eutoday.example/feed/",
        sections=sections,
        categories=categories,
    )


def placed(
    title: str = "", text: str = "", *categories: str, by: Source | None = None
) -> tuple[Placement, ...]:
    return place(
        title=title,
        text=text,
        categories=tuple(Category(term=term) for term in categories),
        source=by or source(),
        sections=SECTIONS,
        language="en",
    )


def at(placements: tuple[Placement, ...]) -> list[str]:
    return [placement.section for placement in placements]


def test_a_mapped_category_takes_the_place_of_the_source_s_sections() -> None:
    placements = placed("", "", "world", by=source(ECONOMY, World=CAUCASUS))
    assert at(placements) == [CAUCASUS, DEFENCE]
    assert placements[0].reason == 'its source files it under "world"'
    assert placements[1].reason == "South Caucasus belongs to Security & Defence"


def test_a_source_s_articles_are_in_the_sections_it_is_listed_under() -> None:
    assert placed("Nothing of note", "", "Opinion", by=source(DEFENCE, World=CAUCASUS)) == (
        Placement(
            section=DEFENCE,
            rank=0,
            reason="EU Today is listed under Security & Defence",
            method=METHOD,
        ),
    )


@pytest.mark.parametrize("category", ["Business & Economy", "business and economy", ECONOMY])
def test_a_category_that_is_called_like_a_section_places_an_article(category: str) -> None:
    (placement,) = placed("", "", category)
    assert placement.section == ECONOMY
    assert placement.reason == f'its category is "{category}"'


def test_the_operator_s_word_outranks_the_source_s_category() -> None:
    assert at(placed("", "", "Technology", by=source(ECONOMY))) == [ECONOMY, TECHNOLOGY]
    assert at(placed("", "", "Technology", by=source(Technology=ECONOMY))) == [ECONOMY]


def test_words_lead_further_down_from_where_the_source_is_listed() -> None:
    placements = placed(
        "Karabakh families wait", "Armenia protested. So did others in Armenia.", by=source(DEFENCE)
    )
    assert at(placements) == [CAUCASUS, DEFENCE]
    assert placements[0].reason == "its headline says Karabakh, its text Armenia (2\u00d7)"
    assert placements[1].reason == "EU Today is listed under Security & Defence"


def test_words_do_not_lead_away_from_where_the_source_is_listed() -> None:
    assert at(placed("Shares and bonds fall", "", by=source(DEFENCE))) == [DEFENCE]


def test_words_place_an_article_nobody_else_placed() -> None:
    placements = placed("Shares fall", "The ECB left its interest rates alone. The ECB may wait.")
    assert at(placements) == [MARKETS, ECONOMY]
    assert placements[1].reason == "its text says ECB (2\u00d7), interest rates"


def test_a_word_in_passing_places_nothing() -> None:
    assert placed("Late goal wins the cup", "The champions of Azerbaijan go through.") == ()


def test_a_word_repeated_through_a_long_text_counts_to_a_limit_and_early() -> None:
    late = "word " * 400 + "Karabakh Karabakh Karabakh"
    assert placed("", late) == ()
    assert at(placed("", "Karabakh Karabakh Karabakh")) == [CAUCASUS, DEFENCE]


def test_words_match_whole_and_inflected() -> None:
    assert at(placed("A new sanction against the bank")) == [DEFENCE]
    assert at(placed("Nagorno-Karabakh\u2019s last days")) == [CAUCASUS, DEFENCE]
    assert placed("Un peu de natoliens transmissiles") == ()


def test_acronyms_match_as_they_are_written() -> None:
    assert at(placed("The EU decides")) == [ECONOMY]
    assert placed("Il a eu peur") == ()


def test_words_that_belong_together_match_together() -> None:
    assert placed("Interest in the rates of birth") == ()
    assert at(placed("The interest rate rises")) == [ECONOMY]


def test_two_spellings_of_one_word_count_once() -> None:
    section = Section(slug=Slug("a"), title="A", path="a", words=("sanction", "sanctions"))
    text = "One sanction, then two sanctions."
    assert (
        place(
            title="", text=text, categories=(), source=source(), sections=(section,), language="en"
        )
        == ()
    )


def test_a_section_that_is_no_more_is_passed_over() -> None:
    assert placed("", "", "World", by=source(Slug("gone"), World=Slug("gone-too"))) == ()


def test_nothing_fits_and_the_article_is_in_the_whole_paper_only() -> None:
    assert placed("A quiet day", "Nothing happened.", "Misc") == ()


SLUGS = st.sampled_from([*(section.slug for section in SECTIONS), Slug("gone")])
CATEGORIES = st.lists(
    st.sampled_from(["World", "Technology", "technology", "Markets", "Business & Economy", "?"]),
    max_size=4,
)
WORDS = st.lists(
    st.sampled_from(["Karabakh", "Armenia", "NATO", "troops", "ECB", "shares", "a", "goal"]),
    max_size=8,
).map(" ".join)
SOURCES = st.builds(
    lambda sections, mapped: source(*sections, **mapped),
    st.lists(SLUGS, max_size=3),
    st.dictionaries(st.sampled_from(["World", "Markets"]), SLUGS, max_size=2),
)


@given(title=WORDS, text=WORDS, categories=CATEGORIES, by=SOURCES)
def test_placements_are_known_ranked_explained_and_closed_upwards(
    title: str, text: str, categories: list[str], by: Source
) -> None:
    placements = placed(title, text, *categories, by=by)
    tree = {section.slug: section for section in SECTIONS}
    slugs = at(placements)
    assert len(set(slugs)) == len(slugs)
    assert [placement.rank for placement in placements] == list(range(len(slugs)))
    assert all(placement.reason for placement in placements)
    for placement in placements:
        parent = tree[placement.section].parent
        assert parent is None or parent in slugs


@given(title=WORDS, text=WORDS, categories=CATEGORIES, by=SOURCES)
def test_the_order_of_categories_changes_nothing(
    title: str, text: str, categories: list[str], by: Source
) -> None:
    backwards = placed(title, text, *reversed(categories), by=by)
    assert backwards == placed(title, text, *categories, by=by)


@given(title=WORDS, text=WORDS, categories=CATEGORIES, by=SOURCES)
def test_an_article_s_home_has_no_section_of_its_own_inside(
    title: str, text: str, categories: list[str], by: Source
) -> None:
    placements = placed(title, text, *categories, by=by)
    tree = {section.slug: section for section in SECTIONS}
    assert not placements or placements[0].section not in {
        tree[one.section].parent for one in placements
    }
