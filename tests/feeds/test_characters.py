"""Characters that would break a document or turn a page over never get past the door."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.characters import clean_markup, clean_text
from feeds.markup import plain, sanitise

OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
BASE = "https://paper.example/"


@pytest.mark.parametrize("mark", OVERRIDES)
def test_nothing_turns_over_what_is_printed_after_it(mark: str) -> None:
    assert clean_text(f"a{mark}b") == "ab"
    html = f'<p title="{mark}">a{mark}b</p><a href="/x" title="{mark}c">&#{ord(mark)};d</a>'
    clean = sanitise(html, base_url=BASE)
    assert mark not in clean
    assert plain(clean) == "ab d"


def test_what_other_scripts_need_stays_in_running_text() -> None:
    persian, hebrew, family = (
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
        "שלום\u200f!",
        "👨\u200d👩\u200d👧",
    )
    for text in (persian, hebrew, family, "Donau\u00addampf", "ภาษา\u200bไทย"):
        assert sanitise(f"<p>{text}</p>", base_url=BASE) == f"<p>{text}</p>"
    assert clean_text(persian) == persian
    assert clean_text(family) == family


def test_a_flood_of_accents_is_bounded_and_a_language_is_not() -> None:
    zalgo = "H" + "\u0334\u0317\u0301\u0310\u0300\u0330" * 40 + "i"
    assert len(clean_text(zalgo)) <= 6
    assert clean_text(zalgo).endswith("i")
    assert len(plain(sanitise(f"<p>{zalgo}</p>", base_url=BASE))) <= 6
    for text in ("Tiếng Việt", "ᾅδω", "שָׁלוֹם", "क्षि", "ก็ดี", "ǭ̃"):
        nfd = unicodedata.normalize("NFD", text)
        assert clean_text(nfd) == unicodedata.normalize("NFC", text)


def test_letters_composed_otherwise_are_the_same_letters() -> None:
    composed, apart = "Žižkov é", "Z\u030ciz\u030ckov e\u0301"
    assert clean_text(apart) == clean_text(composed) == composed
    assert sanitise(f"<p>{apart}</p>", base_url=BASE) == f"<p>{composed}</p>"


def test_no_bracket_of_a_tag_is_composed_with_what_follows_it() -> None:
    assert clean_markup("<p>\u0338e\u0301</p>\u0338") == "<p>\u0338é</p>\u0338"
    clean = sanitise("<b title='\u0338'>\u0338x</b>e\u0301", base_url=BASE)
    assert clean.startswith('<b title="\u0338">')
    assert clean.endswith("é")


@given(st.text(max_size=80))
def test_markup_from_the_door_is_legal_and_stays_as_it_is(text: str) -> None:
    clean = sanitise(f"<p>{text}</p>", base_url=BASE)
    assert clean_markup(clean) == clean
    assert not set(clean) & set(OVERRIDES)
