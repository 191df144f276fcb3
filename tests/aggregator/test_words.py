"""Words, stems and names: what two articles are compared by."""
# ruff: noqa: RUF001 (letters of other alphabets that look like Latin ones are the point here)

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.names import named, phrases
from aggregator.words import sentences, stems

LANGUAGES = st.sampled_from(["en", "en-GB", "de", "fr", "ru", "hy", "az", "ka", "tr", "ja", "xx"])


def surfaces(text: str, language: str) -> tuple[str, ...]:
    return tuple(phrase.surface for phrase in named(sentences(text, language), language))


def test_inflection_and_case_do_not_tell_words_apart() -> None:
    assert stems("Sanctions", "en") == stems("sanction", "en-GB")
    assert stems("Soldaten", "de") == stems("soldat", "de")


def test_stop_words_single_letters_and_bare_numbers_say_nothing() -> None:
    assert stems("The 27 of them are in a x 2026", "en") == ()


def test_an_acronym_is_not_the_stop_word_it_looks_like() -> None:
    assert stems("the US and the WHO", "en") == ("us", "who")
    assert stems("us who", "en") == ()
    assert stems("U.S. sanctions", "en") == stems("US sanctions", "en")


def test_a_headline_in_capitals_throughout_is_not_made_of_acronyms() -> None:
    assert stems("WHO ARE THE PEOPLE OF KHOJALY", "en") == stems("people of Khojaly", "en")


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("Արցախի", "hy", 1),
        ("Qarabağ münaqişəsi", "az", 2),
        ("მთიანი ყარაბაღი", "ka", 2),
        ("Карабах", "ru", 1),
        ("नरेंद्र मोदी", "hi", 2),
        ("東京都", "ja", 2),
    ],
)
def test_every_script_has_words(text: str, language: str, expected: int) -> None:
    assert len(stems(text, language)) == expected


def test_a_language_snowball_does_not_know_keeps_its_folded_words() -> None:
    assert stems("İlham Əliyev", "az") == ("ilham", "əliyev")


def test_accents_do_not_tell_words_apart() -> None:
    assert stems("Erdoğan", "en") == stems("Erdogan", "en")


def test_names_in_a_sentence_are_found_whole() -> None:
    text = "They met the governor of the Bank of England and Ruben Vardanyan in Nagorno-Karabakh."
    assert surfaces(text, "en") == ("Bank of England", "Ruben Vardanyan", "Nagorno-Karabakh")


def test_a_title_is_not_part_of_a_name() -> None:
    text = "It was signed by Russian President Vladimir Putin, and Mr. Putin left."
    assert surfaces(text, "en") == ("Russian", "Vladimir Putin", "Putin")


def test_a_possessive_ends_a_name() -> None:
    assert surfaces("It follows Armenia's Nikol Pashinyan.", "en") == ("Armenia", "Nikol Pashinyan")
    assert surfaces("It follows Armenia\u2019s CSTO pact.", "en") == ("Armenia", "CSTO")


def test_months_and_days_name_nobody() -> None:
    assert phrases("He left on Monday for the May talks.", "en") == ()


def test_the_capital_of_a_sentence_does_not_make_a_name_of_a_stop_word() -> None:
    assert surfaces("The Kremlin waits. In Khojaly nobody does.", "en") == ("Kremlin", "Khojaly")


def test_the_first_word_of_a_sentence_is_a_name_where_the_text_says_so() -> None:
    assert surfaces("Neige et verglas à Khojaly.", "fr") == ("Khojaly",)
    assert surfaces("Khojaly est vide, car tous ont fui Khojaly.", "fr") == ("Khojaly", "Khojaly")
    assert surfaces("Monitors came. The monitors left Baku.", "en") == ("Baku",)
    assert surfaces("Vardanyan was sentenced.", "en") == ("Vardanyan",)


def test_a_headline_in_title_case_names_only_what_the_text_names() -> None:
    text = "Khojaly Residents Ask NATO Peacekeepers To Stay\nThe residents of Khojaly are afraid."
    assert surfaces(text, "en") == ("Khojaly", "Khojaly", "NATO")


def test_a_german_noun_is_not_a_name() -> None:
    text = "Gestern traf Friedrich Merz die Soldaten in Khojaly. Die Soldaten nannte Merz mutig."
    assert surfaces(text, "de") == ("Friedrich Merz", "Khojaly", "Merz")


def test_scripts_without_capitals_name_by_neighbouring_words() -> None:
    assert "მთიანი ყარაბაღი" in surfaces("მთიანი ყარაბაღი დღეს", "ka")
    assert "习近平" in surfaces("习近平访问", "zh")


def test_a_soft_hyphen_or_a_no_break_space_does_not_hide_a_name() -> None:
    assert surfaces("It was Vladimir\u00a0Pu\u00adtin.", "en") == ("Vladimir Putin",)


@given(text=st.text(max_size=80), language=LANGUAGES)
def test_any_text_has_stems_and_names(text: str, language: str) -> None:
    assert all(stems(text, language))
    for phrase in named(sentences(text, language), language):
        assert phrase.key
        assert phrase.surface.split()


@given(words=st.lists(st.sampled_from(["Khojaly", "peacekeepers", "withdrew", "Baku"]), max_size=8))
def test_stems_do_not_depend_on_how_words_are_spaced(words: list[str]) -> None:
    assert stems(" ".join(words), "en") == stems("\n, ".join(words), "en")


def test_a_headline_of_capitals_without_end_costs_no_more_than_its_length() -> None:
    shouting = " ".join(f"Name{number} Of{number}" for number in range(4_000))
    assert len(phrases(f"{shouting}. {shouting}", "en")) < 10_000
