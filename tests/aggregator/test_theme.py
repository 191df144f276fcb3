"""The paper in its operator's own words and look."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import lxml.html
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import grounds, rankings
from aggregator.settings import load
from aggregator.settings_theme import theme
from aggregator.watch import ConfigWatch
from feeds.errors import Problem, PublishError, SettingsError
from publisher import pages
from publisher.texts import ENGLISH, languages, parts_of, sentences, texts
from publisher.theme import TEMPLATES, Theme
from publisher.trial import print_samples
from tests.aggregator.newsrooms import Desk, a_desk, a_feed, a_paper, a_source, an_item
from tests.publisher.test_pages import ARTICLE, FRONT, SECTION, SUBSCRIBE, printed

ROOT = Path(__file__).resolve().parents[2]
SOURCES = """site: {title: T, base_url: https://t.example/}
sources: [{name: A, feed: https://a.example/feed}]
"""


def write(folder: Path, **files: str) -> Path:
    """Return a configuration with these files in its theme; `_` stands for the dot."""
    (folder / "theme").mkdir(exist_ok=True)
    (folder / "sources.yaml").write_text(SOURCES, "utf-8")
    for name, text in files.items():
        (folder / "theme" / name.replace("_", ".")).write_text(text, "utf-8")
    return folder


def problems(folder: Path) -> list[Problem]:
    with pytest.raises(SettingsError) as caught:
        load(folder)
    return list(caught.value.problems)


def said_in_code() -> Iterator[str]:
    for path in (*ROOT.glob("publisher/**/*.html"), *ROOT.glob("publisher/*.py")):
        yield from re.findall(r'\b(?:say|print)\(\s*"((?:[^"\\]|\\.)+)"', path.read_text("utf-8"))
    for path in ROOT.glob("aggregator/*.py"):
        yield from re.findall(r'\btexts\.(?:say|print)\(\s*"([^"]+)"', path.read_text("utf-8"))
        yield from re.findall(r'\bwords\(settings\)\.say\("([^"]+)"', path.read_text("utf-8"))


def test_every_language_says_every_sentence_with_the_same_parts() -> None:
    assert languages() == ("ar", "de", "es", "fr", "it", "ru")
    for language in languages():
        said = texts(language).said
        assert said.keys() == sentences()
        for sentence, words in said.items():
            assert words.strip()
            assert parts_of(words) == parts_of(sentence), (language, sentence)


def test_no_sentence_of_ours_is_left_out_of_the_catalogues() -> None:
    found = {one for one in said_in_code() if not one.endswith(".html")}
    assert len(found) > 60
    assert found <= sentences()
    assert {one.title for one in rankings.ALL} <= sentences()
    assert set(rankings.WORDS.values()) <= sentences()
    assert set(grounds.SENTENCES) <= sentences()


@given(words=st.lists(st.text(min_size=1), min_size=2, max_size=2))
@pytest.mark.parametrize("sentence", grounds.SENTENCES)
def test_why_an_article_is_in_a_section_is_told_in_the_paper_s_language(
    sentence: str, words: list[str]
) -> None:
    said = dict(zip(sorted(parts_of(sentence)), words, strict=False))
    kept = sentence.format(**said)
    assert grounds.retold(kept, ENGLISH) == kept
    assert grounds.retold("lang lebe der Hafen", texts("de")) == "lang lebe der Hafen"
    said = dict.fromkeys(parts_of(sentence), "Hafen")
    german = texts("de")
    assert grounds.retold(sentence.format(**said), german) == german.say(sentence, **said)


@pytest.mark.parametrize("language", languages())
def test_a_paper_speaks_its_readers_language(language: str) -> None:
    said = texts(language)
    names = ("You may also like", "Continue reading at", "Why?", "Subscribe", "Made by Broadsheet")
    for page in (FRONT, SECTION, ARTICLE, SUBSCRIBE):
        paper = replace(page.masthead, language=f"{language}-XX")
        html = printed(replace(page, masthead=paper)).decode()
        document: lxml.html.HtmlElement = lxml.html.document_fromstring(html)
        text = " ".join(document.text_content().split())
        assert said.say("Made by Broadsheet") in text
        for name in names:
            assert not re.search(rf"\b{re.escape(name)}(?!\w)", text), name


def test_dates_are_said_as_people_say_them() -> None:
    moment = ARTICLE.published
    assert texts("en").weekday(moment) == "Monday, 1 June 2026"
    assert texts("de").weekday(moment) == "Montag, 1. Juni 2026"
    assert texts("es").day(moment) == "1 de junio de 2026"
    assert texts("ru").minute(moment) == "1 июня 2026, 12:00 UTC"
    assert texts("tlh").weekday(moment) == "Monday, 1 June 2026", "English where there is no other"


def test_a_feed_speaks_the_language_of_the_paper_too(tmp_path: Path) -> None:
    with a_desk(tmp_path, a_paper(a_source("a"), language="de")) as desk:
        settle(desk)
        feed = desk.files()["atom.xml"].decode()
        assert "Das k\u00f6nnte Ihnen auch gefallen" in feed
        assert "beide nennen Frankfurt" in feed


def settle(desk: Desk) -> None:
    told = "The central bank in Frankfurt lowered its interest rate as inflation fell in {}."
    items = (an_item(n, f"Frankfurt lowers {n}", told.format(n)) for n in (1, 2))
    desk.wire.bodies["https://a.example/feed"] = a_feed(*items)
    desk.build()


def test_operators_say_it_in_their_own_words(tmp_path: Path) -> None:
    own = write(tmp_path, texts_yaml='"More": Read on\n"By {names}": "{names} writes"\n')
    made = load(own).theme
    paper = replace(FRONT.masthead, theme=made)
    text = printed(replace(FRONT, masthead=paper)).decode()
    assert ">Read on<" in text
    assert "<bdi>Ines Valder</bdi> writes" in text
    assert "Latest Posts" in text


@pytest.mark.parametrize(
    ("line", "problem", "hint"),
    [
        ('"Latest Post": x', "is nothing we say", 'did you mean "Latest Posts"?'),
        ('"By {names}": "{who} writes"', "has {who}", "it may have {names}"),
        (
            '"More": "{x"',
            "has a brace without its other",
            "write {{ and }} for braces that are read",
        ),
        ('"More": ""', "must be text", "put it in quotes"),
        ('"More": "{names.__class__}"', "has {names.__class__}", "it has no parts"),
    ],
)
def test_a_mistake_in_the_texts_is_shown_where_it_is(
    tmp_path: Path, line: str, problem: str, hint: str
) -> None:
    (found,) = problems(write(tmp_path, texts_yaml=f"# ours\n{line}\n"))
    assert (found.file, found.line) == ("theme/texts.yaml", 2)
    assert (found.problem, found.hint) == (problem, hint)


def test_a_template_of_the_operators_stands_for_ours_and_may_build_on_it(tmp_path: Path) -> None:
    own = (
        '{% extends "ours/article.html" %}{% block main %}<p>Before</p>{{ super() }}{% endblock %}'
    )
    made = load(write(tmp_path, article_html=own, style_css="p { color: red }")).theme
    page = replace(ARTICLE, masthead=replace(ARTICLE.masthead, theme=made))
    text = printed(page).decode()
    assert "<p>Before</p>" in text
    assert "You may also like" in text
    assert pages.assets(made)["assets/style.css"] == b"p { color: red }"
    assert "<p>Before</p>" not in printed(ARTICLE).decode()


@pytest.mark.parametrize(
    ("template", "line", "said"),
    [
        ("<p>\n{% if %}\n", 2, "Expected an expression"),
        ("<p>\n\n{{ page.titel }}\n", 3, "no attribute 'titel'"),
        ("<p>\n{{ page.title | shout }}\n", 2, "No filter named 'shout'"),
        ('{% extends "nothing.html" %}', 1, "nothing.html"),
        ("{{ 1 / 0 }}", 1, "division by zero"),
    ],
)
def test_a_broken_template_is_an_error_with_file_and_line(
    tmp_path: Path, template: str, line: int, said: str
) -> None:
    (found,) = problems(write(tmp_path, section_html=template))
    assert (found.file, found.line) == ("theme/section.html", line)
    assert said in found.problem


def test_a_file_that_is_no_part_of_a_theme_is_an_error(tmp_path: Path) -> None:
    (found,) = problems(write(tmp_path, articel_html="x"))
    assert (found.file, found.problem) == ("theme/articel.html", "is no part of a theme")
    assert theme(tmp_path / "nowhere") == Theme()


def test_each_of_our_templates_can_stand_in_a_theme_and_prints_the_same() -> None:
    folder = ROOT / "publisher" / "templates"
    whole = Theme(templates=tuple((name, (folder / name).read_text("utf-8")) for name in TEMPLATES))
    print_samples(whole)
    page = replace(ARTICLE, masthead=replace(ARTICLE.masthead, theme=whole))
    assert printed(page) == printed(ARTICLE)


def test_while_a_theme_is_broken_the_last_good_one_stays(tmp_path: Path) -> None:
    folder = write(tmp_path, texts_yaml='"More": Read on\n')
    watch = ConfigWatch(folder, load)
    good = watch.current()
    write(folder, front_html="{% if %}")
    assert watch.current() is good
    assert [one.file for one in watch.problems] == ["theme/front.html"]
    write(folder, front_html='{% extends "ours/front.html" %}')
    assert watch.current().theme.templates
    assert watch.problems == ()


def test_a_changed_theme_has_the_paper_printed_again(tmp_path: Path) -> None:
    with a_desk(tmp_path, a_paper(a_source("a"))) as desk:
        settle(desk)
        desk.settings = replace(desk.settings, theme=Theme(texts=(("Why?", "How so?"),)))
        desk.build()
        (page, *_) = (body for path, body in desk.files().items() if "/frankfurt-" in path)
        assert b">How so?<" in page


def test_a_template_that_fails_on_a_real_page_leaves_the_last_good_paper(tmp_path: Path) -> None:
    with a_desk(tmp_path, a_paper(a_source("a"))) as desk:
        settle(desk)
        before = desk.files()
        picky = "{{ 1 / 0 if page.source == 'A' else '' }}"
        desk.settings = replace(desk.settings, theme=Theme(templates=(("article.html", picky),)))
        with pytest.raises(PublishError, match=r"theme/article\.html:1: division by zero"):
            desk.build()
        assert desk.files() == before
