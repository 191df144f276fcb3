"""Which language an article is in: the operator's word, its own, its feed's, its text's."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import tongues
from aggregator.settings import parse
from aggregator.spoken import AT_LEAST, Detect, Guess, SaidBy, Told, spoken
from feeds.errors import SettingsError
from tests.aggregator.commands import Paper
from tests.aggregator.newsrooms import a_feed, an_item

ASKED = """site: {title: A, base_url: https://a.example/, detect_languages: true}
sources: [{name: B, feed: https://b.example/feed}]
"""
LONG = "x" * AT_LEAST
FRENCH = (
    "Les derniers soldats de la paix ont quitté la base militaire ce matin, a annoncé le ministère "
    "de la Défense, et les habitants de la ville sont venus les saluer une dernière fois."
)
TAGS = st.sampled_from(("en", "en-US", "fr", "de_AT", "not a tag", "", None))


def looks(language: str, sure: float = 1.0) -> Detect:
    return lambda _text: Guess(language=language, sure=sure)


def test_the_operator_outranks_the_entry_and_the_entry_its_feed() -> None:
    told = Told(operator="de", entry="fr", feed="en")
    assert spoken(told, LONG, looks("it"), paper="en") == ("de", SaidBy.OPERATOR)
    told = Told(entry="FR_ca", feed="en")
    assert spoken(told, LONG, looks("it"), paper="en") == ("fr-ca", SaidBy.ENTRY)
    assert spoken(Told(feed="pt-BR"), LONG, None, paper="en") == ("pt-BR", SaidBy.FEED)
    assert spoken(Told(), LONG, None, paper="en") == ("en", SaidBy.PAPER)


def test_where_nobody_says_a_text_does_if_it_is_sure() -> None:
    assert spoken(Told(), "Bonjour", looks("fr", 0.99), paper="en") == ("fr", SaidBy.DETECTED)
    assert spoken(Told(), LONG, looks("fr", 0.98), paper="en") == ("en", SaidBy.PAPER)
    assert spoken(Told(), LONG, looks("zxx"), paper="en") == ("en", SaidBy.PAPER)


@pytest.mark.parametrize(
    ("feed", "text", "guess"),
    [
        ("en", LONG[:-1], looks("fr")),
        ("en", LONG, looks("fr", 0.998)),
        ("no", LONG, looks("da")),
        ("hr-HR", LONG, looks("sr")),
        ("en-GB", LONG, looks("en")),
    ],
)
def test_a_feed_is_believed_unless_a_long_text_is_surely_something_else(
    feed: str, text: str, guess: Detect
) -> None:
    assert spoken(Told(feed=feed), text, guess, paper="it") == (feed, SaidBy.FEED)
    assert spoken(Told(feed="en"), LONG, looks("fr"), paper="en") == ("fr", SaidBy.DETECTED)


@given(operator=TAGS, entry=TAGS, feed=TAGS, sure=st.floats(0, 1), text=st.text(max_size=200))
def test_whatever_is_said_the_answer_is_a_tag_that_somebody_said(
    operator: str | None, entry: str | None, feed: str | None, sure: float, text: str
) -> None:
    told = Told(operator=operator, entry=entry, feed=feed)
    tag, by = spoken(told, text, looks("it", sure), paper="sv")
    expected = {
        SaidBy.OPERATOR: operator,
        SaidBy.ENTRY: entry,
        SaidBy.FEED: feed,
        SaidBy.DETECTED: "it",
        SaidBy.PAPER: "sv",
    }[by]
    assert tag == (expected or "").replace("_", "-")


@pytest.mark.parametrize("text", [FRENCH, FRENCH.upper()])
def test_the_detector_knows_french(text: str) -> None:
    pytest.importorskip("py3langid", reason="the extra `lang` is not installed")
    detect = tongues.opened()
    assert detect is not None
    guess = detect(text)
    assert (guess.language, guess.sure > 0.999) == ("fr", True)


def test_without_the_extra_the_setting_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tongues, "is_installed", lambda: False)
    with pytest.raises(SettingsError) as raised:
        parse(ASKED)
    (problem,) = raised.value.problems
    assert (problem.line, problem.key) == (1, "site.detect_languages")
    assert "pip install 'broadsheet[lang]'" in str(problem)


def test_a_french_post_of_an_english_feed_is_french_in_the_paper_and_why_says_so(
    tmp_path: Path,
) -> None:
    pytest.importorskip("py3langid", reason="the extra `lang` is not installed")
    paper = Paper(folder=tmp_path)
    (tmp_path / "config").mkdir()
    body = a_feed(an_item(1, "La paix", FRENCH), an_item(2, "The peace", "All is quiet."))
    said = body.replace(b"<channel>", b"<channel><language>en-US</language>")
    (tmp_path / "config" / "a.xml").write_bytes(said)
    paper.write("name: A, feed: 'file:a.xml', rights: full", site=", detect_languages: true")
    assert paper.call("build").exit_code == 0
    assert [why(paper, number) for number in (1, 2)] == [
        ("fr", "its text is surely in it"),
        ("en-US", "its feed says so of all it has"),
    ]
    assert b'xml:lang="fr"' in paper.files()["atom.xml"]


def why(paper: Paper, number: int) -> tuple[str, str]:
    (told,) = json.loads(paper.call("why", f"https://a.example/{number}", "--json").stdout)
    (ground,) = told["why"]["language"]["found"]
    return ground["about"], ground["words"]
