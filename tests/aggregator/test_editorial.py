"""Editors win: what editorial.yaml says outranks all else, and leaves it as it was beneath."""

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import lxml.html
import pytest
from jsonschema import Draft202012Validator

from aggregator.model import Section, Slug
from aggregator.ruling import Kind, Ruling, turns
from aggregator.settings import load
from aggregator.settings_editorial import rulings, schema
from aggregator.yamlmarks import read
from feeds.errors import SettingsError
from tests.aggregator.commands import Paper, no_traceback, published
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_feed, an_item
from tests.aggregator.papers import at_work

pytestmark = pytest.mark.usefixtures("each_engine")

CONFIG = Path(__file__).resolve().parents[2] / "config"
BASE = "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh."
RATES = "The central bank in Frankfurt lowered its interest rate as inflation fell in May."
SECTIONS = "[{title: World, words: [Khojaly], sections: [{title: East}]}, {title: Money}]"
WORLD, EAST, MONEY = (
    Section(slug=Slug("world"), title="World", path="world"),
    Section(slug=Slug("east"), title="East", path="world/east", parent=Slug("world")),
    Section(slug=Slug("money"), title="Money", path="money"),
)
ONE, TWO, THREE = (f"https://a.example/{number}" for number in (1, 2, 3))


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    """Two articles on Khojaly that lead to each other, and one on interest rates."""
    paper = Paper(folder=tmp_path)
    config = tmp_path / "config"
    config.mkdir()
    told = (
        an_item(1, "Base at Khojaly handed over", BASE),
        an_item(2, "Peacekeepers leave Khojaly", BASE),
        an_item(3, "Frankfurt lowers its rate", RATES),
    )
    (config / "a.xml").write_bytes(a_feed(*told))
    paper.write("name: A, feed: 'file:a.xml', rights: full", sections=SECTIONS)
    return paper


def rule(paper: Paper, text: str) -> None:
    (paper.folder / "config" / "editorial.yaml").write_text(text, "utf-8")


def build(paper: Paper) -> dict[str, bytes]:
    said = paper.call("build")
    assert said.exit_code == 0, said.stderr
    return published(paper.output)


def sections_of(paper: Paper, name: str) -> list[tuple[str, str]]:
    (record,) = json.loads(paper.call("show", name, "--json").stdout)
    return [(section["title"], section["reason"]) for section in record["sections"]]


def related_to(files: dict[str, bytes], title: str) -> list[str]:
    """Return where an entry of the paper's feed leads."""
    (entry,) = (
        one
        for one in re.findall(rb"<entry.*?</entry>", files["atom.xml"], re.DOTALL)
        if re.search(rb"<title[^>]*>" + title.encode() + rb"</title>", one)
    )
    found = re.findall(rb'<link [^>]*rel="related"[^>]*>', entry)
    return [re.findall(r'href="([^"]+)"', one.decode())[0] for one in found]


def test_editors_place_an_article_and_take_it_back(paper: Paper) -> None:
    before = build(paper)
    rule(paper, f"section: {{{ONE}: [Money, East]}}\n")
    files = build(paper)
    by_hand = "the editors put it there"
    assert sections_of(paper, ONE) == [
        ("Money", by_hand),
        ("East", by_hand),
        ("World", "East belongs to World"),
    ]
    assert "Base at Khojaly" in files["money/atom.xml"].decode()
    rule(paper, "")
    assert build(paper) == before


def test_editors_choose_what_an_article_leads_to_and_take_it_back(paper: Paper) -> None:
    before = build(paper)
    assert related_to(before, "Base at Khojaly handed over") == [TWO]
    rule(paper, f"related: {{{ONE}: {THREE}}}\n")
    files = build(paper)
    assert related_to(files, "Base at Khojaly handed over") == [THREE, TWO]
    assert b"the editors&#x27; choice" in files["atom.xml"].replace(b"&amp;", b"&")
    assert related_to(files, "Frankfurt lowers its rate") == []
    rule(paper, "")
    assert build(paper) == before


def test_editors_keep_articles_from_leading_to_each_other_and_take_it_back(paper: Paper) -> None:
    before = build(paper)
    rule(paper, f"never_related: [[{TWO}, {ONE}]]\n")
    files = build(paper)
    assert related_to(files, "Base at Khojaly handed over") == []
    assert related_to(files, "Peacekeepers leave Khojaly") == []
    rule(paper, "# nothing\n")
    assert build(paper) == before


def test_a_change_of_the_file_lays_out_what_it_touches_and_nothing_else(paper: Paper) -> None:
    build(paper)
    when = {path: path.stat().st_mtime_ns for path in paper.output.rglob("*") if path.is_file()}
    rule(paper, f"# by hand\nrelated: {{{ONE}: {THREE}}}\n")
    build(paper)
    written = {
        str(path.relative_to(paper.output))
        for path in paper.output.rglob("*")
        if path.is_file() and when.get(path) != path.stat().st_mtime_ns
    }
    pages = {path.split("/")[3].rpartition("-")[0] for path in written if "articles/" in path}
    assert pages == {"base-at-khojaly-handed-over"}
    assert "world/atom.xml" in written
    assert "money/atom.xml" not in written
    again = paper.call("build")
    assert "0 files written" in again.stdout


def test_what_editors_say_survives_that_an_article_is_judged_again(paper: Paper) -> None:
    rule(
        paper,
        f"section: {{{ONE}: Money}}\nrelated: {{{ONE}: {THREE}}}\n"
        f"never_related: [[{ONE}, {TWO}]]\n",
    )
    build(paper)
    edited = (
        an_item(1, "Base at Khojaly handed over at last", BASE),
        an_item(2, "Peacekeepers leave Khojaly", BASE),
        an_item(3, "Frankfurt lowers its rate", RATES),
    )
    (paper.folder / "config" / "a.xml").write_bytes(a_feed(*edited))
    assert paper.call("build", "--all").exit_code == 0
    assert sections_of(paper, ONE) == [("Money", "the editors put it there")]
    files = published(paper.output)
    assert related_to(files, "Base at Khojaly handed over at last") == [THREE]
    assert related_to(files, "Peacekeepers leave Khojaly") == []


def test_an_article_goes_by_any_of_its_names(paper: Paper) -> None:
    build(paper)
    (record,) = json.loads(paper.call("show", ONE, "--json").stdout)
    for name in (record["id"], "urn:a:1", record["page"], "http://a.example/1?utm_source=x"):
        rule(paper, f"section: {{'{name}': Money}}\n")
        build(paper)
        assert [title for title, _ in sections_of(paper, ONE)] == ["Money"], name
        rule(paper, "")
        build(paper)
        assert [title for title, _ in sections_of(paper, ONE)] == ["World"], name


def test_a_name_that_no_article_has_is_told_and_stops_nothing(paper: Paper) -> None:
    away = "https://a.example/away"
    rule(paper, f"# by hand\nsection: {{{away}: Money}}\nrelated:\n  {ONE}: [{away}]\n")
    before = paper.call("check")
    assert before.exit_code == 0
    build(paper)
    told = "no article goes by 'https://a.example/away' now"
    check, status = paper.call("check"), paper.call("status")
    for said in (check, status):
        assert said.exit_code == 0
        assert f"editorial.yaml:2: section: {told}" in said.stderr
        assert f"editorial.yaml:4: related: {told}" in said.stderr
        assert no_traceback([said.output])
    assert "2 decisions by hand" in check.stdout
    problems = json.loads(paper.call("check", "--json").stdout)
    assert [(one["line"], one["key"]) for one in problems] == [(2, "section"), (4, "related")]


def test_what_is_said_of_an_article_waits_until_it_comes(paper: Paper) -> None:
    rule(paper, f"section: {{{THREE}9: Money}}\nrelated: {{{ONE}: {THREE}9}}\n")
    build(paper)
    more = an_item(39, "Frankfurt again", RATES)
    told = an_item(1, "Base at Khojaly handed over", BASE)
    (paper.folder / "config" / "a.xml").write_bytes(a_feed(more, told))
    assert paper.call("build", "--all").exit_code == 0
    assert [title for title, _ in sections_of(paper, f"{THREE}9")] == ["Money"]
    led = related_to(published(paper.output), "Base at Khojaly handed over")
    assert led[0] == f"{THREE}9"
    assert paper.call("check").stderr == ""


def test_what_is_said_of_an_article_that_was_taken_out_leaves_nothing_dangling(
    paper: Paper,
) -> None:
    rule(paper, f"related: {{{ONE}: {THREE}}}\n")
    build(paper)
    assert paper.call("remove", THREE).exit_code == 0
    assert related_to(published(paper.output), "Base at Khojaly handed over") == [TWO]
    assert f"no article goes by '{THREE}' now" in paper.call("check").stderr
    assert paper.call("restore", THREE).exit_code == 0
    assert related_to(published(paper.output), "Base at Khojaly handed over") == [THREE, TWO]


def test_a_broken_file_is_refused_with_every_mistake_and_its_line(paper: Paper) -> None:
    rule(
        paper,
        f"""sections: {{}}
section:
  {ONE}: [Mony, World]
  {TWO}:
related:
  {ONE}: [{TWO}, {ONE}]
never_related:
  - [{TWO}, {ONE}]
""",
    )
    said = paper.call("check")
    assert said.exit_code == 2
    assert 'editorial.yaml:1: sections: unknown key (did you mean "section"?)' in said.stderr
    assert f'editorial.yaml:4: section."{TWO}": has no value' in said.stderr
    rule(
        paper,
        f"""section:
  {ONE}: [Mony, World]
related:
  {ONE}: [{TWO}, {ONE}]
never_related:
  - [{TWO}, {ONE}]
  - [{TWO}, {TWO}]
""",
    )
    said = paper.call("build")
    assert said.exit_code == 2
    lines = said.stderr.splitlines()
    assert len(lines) == 4
    assert lines[0].startswith(f'editorial.yaml:2: section."{ONE}"[0]: no section is called "Mony"')
    assert lines[1].endswith("is forbidden by never_related in line 6 (keep one of them)")
    assert lines[2].endswith("leads an article to itself")
    assert lines[3].endswith("names one article alone (write at least two)")


def test_mistakes_of_both_files_are_told_at_once(paper: Paper) -> None:
    rule(paper, "pairs: []\n")
    (paper.folder / "config" / "sources.yaml").write_text("site: {}\n", "utf-8")
    said = paper.call("check").stderr
    assert "sources.yaml:1: site.title: is missing" in said
    assert "editorial.yaml:1: pairs: unknown key" in said


def test_a_paper_at_work_takes_the_file_over_and_keeps_the_last_good_one(tmp_path: Path) -> None:
    with at_work(tmp_path, database_of(tmp_path), "One", "Two") as work:
        work.tick()
        page = "https://courier.example/0"
        config = tmp_path / "config"
        feed = (
            (config / "sources.yaml")
            .read_text("utf-8")
            .replace("[{title: World}]", "[{title: World}, {title: Money}]")
        )
        (config / "sources.yaml").write_text(feed, "utf-8")
        (config / "editorial.yaml").write_text(f"section: {{{page}: Money}}\n", "utf-8")
        work.tick()
        assert b">One</title>" in (work.paper.output / "money" / "atom.xml").read_bytes()
        (config / "editorial.yaml").write_text("section: [nonsense]\n", "utf-8")
        logged = work.tick()
        (told,) = (one for one in logged if "last good settings" in one["event"])
        assert told["problems"] == ["editorial.yaml:1: section: must be a map of keys to values"]
        assert b">One</title>" in (work.paper.output / "money" / "atom.xml").read_bytes()
        (config / "editorial.yaml").unlink()
        work.tick()
        assert b">One</title>" not in (work.paper.output / "money" / "atom.xml").read_bytes()


def test_the_last_line_about_a_section_wins_and_groups_add_up() -> None:
    text = (
        "section: {a1: World, a2: [Money, east]}\nnever_related: [[a1, a2, a1]]\n"
        "related: {a3: a1}\n"
    )
    assert rulings(text, sections=(WORLD, EAST, MONEY)) == (
        Ruling(kind=Kind.SECTION, articles=("a1",), to=("world",), line=1),
        Ruling(kind=Kind.SECTION, articles=("a2",), to=("money", "east"), line=1),
        Ruling(kind=Kind.RELATED, articles=("a3",), to=("a1",), line=3),
        Ruling(kind=Kind.NEVER_RELATED, articles=("a1", "a2"), line=2),
    )
    assert rulings("", sections=()) == ()


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- a", "must be a map of keys to values"),
        ("section: {a: Nowhere}", "no section is called"),
        ("related: {a: []}", "must not be empty"),
        ("never_related: [[a]]", "must not be empty"),
        ("never_related: [a]", "must be a list"),
        ("never_related: [[1, 2]]", "must be text"),
        ("related: {a: [b c]}", "is neither an address nor an id"),
        ("related: {a: b, a: c}", "is here twice"),
        ("section: {a: [World", "a \\[ that is not closed"),
    ],
)
def test_a_mistake_is_told_in_words_with_its_line(text: str, told: str) -> None:
    with pytest.raises(SettingsError, match=rf"editorial\.yaml:1: .*{told}"):
        rulings(text, sections=(WORLD,))


def _examples() -> list[Any]:
    manual = (CONFIG / "README.md").read_text("utf-8")
    blocks = re.findall(r"```yaml\n(.*?)```", manual, re.DOTALL)
    return [one for one in blocks if "editorial.schema.json" in one]


def test_the_manuals_example_is_valid_by_schema_and_by_code() -> None:
    (example,) = _examples()
    value = read(example, file="editorial.yaml").value
    assert list(Draft202012Validator(schema()).iter_errors(value)) == []
    assert {ruling.kind for ruling in rulings(example, sections=None)} == set(Kind)


def test_the_stored_schema_is_current_and_the_paper_we_come_with_has_the_file() -> None:
    stored = json.loads((CONFIG / "editorial.schema.json").read_text("utf-8"))
    command = "python -m aggregator.settings_editorial > config/editorial.schema.json"
    assert stored == schema(), f"run {command}"
    Draft202012Validator.check_schema(schema())
    text = (CONFIG / "editorial.yaml").read_text("utf-8")
    assert text.startswith("# yaml-language-server: $schema=editorial.schema.json\n")
    assert load(CONFIG).rulings == ()
    uncommented = re.sub(r"^# (?=\S+:$|  )", "", text, flags=re.MULTILINE)
    written = rulings(uncommented, sections=None)
    assert {ruling.kind for ruling in written} == set(Kind)


REPORT = (
    "Russian peacekeepers handed over the base at Khojaly on Monday, officials said. The last of "
    "the convoys, with some ninety trucks, crossed the border before noon, and nobody was hurt. "
    "The mission, which had lasted three years and a half, ended a year and a half early."
)
ELSEWHERE = (
    "The lake behind the dam at Lake Sevan is two degrees warmer than thirty years ago, a study of "
    "the institute of hydrology says. Fishermen have known it for years: the trout has gone deeper."
)


@pytest.fixture
def wire(tmp_path: Path) -> Paper:
    """One report in two sources, under headlines of their own; and another in a third."""
    paper = Paper(folder=tmp_path)
    (tmp_path / "config").mkdir()
    feeds = {
        "a": an_item(1, "Base at Khojaly handed over", REPORT),
        "b": an_item(2, "Peacekeepers leave", REPORT, host="b"),
        "c": an_item(3, "A lake grows warm", ELSEWHERE, host="c"),
    }
    for name, told in feeds.items():
        (tmp_path / "config" / f"{name}.xml").write_bytes(a_feed(told))
    sources = (f"name: {name.upper()}, feed: 'file:{name}.xml', rights: full" for name in feeds)
    paper.write(*(f"{one}, tier: {tier}" for tier, one in enumerate(sources, 1)))
    return paper


A, B, C = "https://a.example/1", "https://b.example/2", "https://c.example/3"


def titles(files: dict[str, bytes]) -> set[str]:
    """Return what the paper's feed lists."""
    found = re.findall(rb"<entry.*?<title[^>]*>([^<]*)</title>", files["atom.xml"], re.DOTALL)
    return {one.decode() for one in found}


def copies_of(paper: Paper, name: str) -> list[tuple[str, str]]:
    (told,) = json.loads(paper.call("why", name, "--json").stdout)
    return [(one["address"], one["words"]) for one in told["why"]["copies"]["found"]]


def again(paper: Paper) -> dict[str, bytes]:
    """Judge all over again, and return the paper."""
    said = paper.call("rejudge")
    assert said.exit_code == 0, said.stderr
    return published(paper.output)


def test_editors_keep_copies_apart_and_take_it_back(wire: Paper) -> None:
    before = build(wire)
    assert titles(before) == {"Base at Khojaly handed over", "A lake grows warm"}
    rule(wire, f"apart: [[{A}, {B}]]\n")
    files = build(wire)
    assert titles(files) == titles(before) | {"Peacekeepers leave"}
    assert copies_of(wire, A) == copies_of(wire, B) == []
    assert titles(again(wire)) == titles(files)
    rule(wire, "")
    assert build(wire) == before


def test_editors_make_copies_of_what_no_method_takes_for_one_and_take_it_back(wire: Paper) -> None:
    before = build(wire)
    rule(wire, f"copies: [[{C}, {B}]]\n")
    files = build(wire)
    assert titles(files) == {"Base at Khojaly handed over"}
    assert dict(copies_of(wire, A))[C] == "the editors say so"
    assert titles(again(wire)) == titles(files)
    rule(wire, "")
    assert build(wire) == before


def test_editors_say_who_stands_for_the_copies_and_take_it_back(wire: Paper) -> None:
    before = build(wire)
    rule(wire, f"lead: {B}\n")
    files = build(wire)
    assert titles(files) == {"Peacekeepers leave", "A lake grows warm"}
    assert titles(again(wire)) == titles(files)
    rule(wire, "")
    assert build(wire) == before


def test_editors_are_told_that_they_contradict_themselves(wire: Paper) -> None:
    rule(wire, f"copies:\n  - [{A}, {B}]\napart:\n  - [{B}, {A}]\n")
    said = wire.call("check")
    assert said.exit_code == 2
    told = "editorial.yaml:2: copies[0]: is forbidden by apart in line 4 (keep one of them)\n"
    assert said.stderr == told


def test_one_text_may_come_twice_from_a_source_if_editors_say_so(wire: Paper) -> None:
    told = ((1, "Base at Khojaly handed over"), (4, "The base: all that was said"))
    twice = (an_item(number, title, REPORT) for number, title in told)
    (wire.folder / "config" / "a.xml").write_bytes(a_feed(*twice))
    assert len(titles(build(wire))) == 3
    rule(wire, f"copies: [[{A}, https://a.example/4]]\n")
    assert len(titles(build(wire))) == 2


OWN_WORDS = (
    "With the last trucks gone from Khojaly the Russian mission in Karabakh is over. Peacekeepers "
    "closed their base there on Monday, a year and a half before time, and took everything along: "
    "the tents, the field kitchen and a chapel. Officials in Baku spoke of a calm day at Khojaly."
)


@pytest.fixture
def event(tmp_path: Path) -> Paper:
    """One event in two sources, in words of their own; and another in a third."""
    paper = Paper(folder=tmp_path)
    (tmp_path / "config").mkdir()
    feeds = {
        "a": an_item(1, "Russian peacekeepers close base at Khojaly", REPORT),
        "b": an_item(2, "Peacekeepers leave Khojaly base", OWN_WORDS, host="b"),
        "c": an_item(3, "A lake grows warm", ELSEWHERE, host="c"),
    }
    for name, told in feeds.items():
        (tmp_path / "config" / f"{name}.xml").write_bytes(a_feed(told))
    sources = (f"name: {name.upper()}, feed: 'file:{name}.xml', rights: full" for name in feeds)
    paper.write(*(f"{one}, tier: {tier}" for tier, one in enumerate(sources, 1)))
    return paper


def story_of(paper: Paper, name: str) -> list[tuple[str, str]]:
    """Return who tells an article's story with it, and why."""
    (told,) = json.loads(paper.call("why", name, "--json").stdout)
    return [(one["address"], one["words"]) for one in told["why"]["story"]["found"]]


def test_editors_keep_stories_apart_and_take_it_back(event: Paper) -> None:
    before = build(event)
    told = story_of(event, A)
    assert [address for address, _ in told] == ["", B]
    assert "it leads" in told[0][1]
    rule(event, f"apart: [[{A}, {B}]]\n")
    build(event)
    assert story_of(event, A) == story_of(event, B) == []
    again(event)
    assert story_of(event, A) == []
    rule(event, "")
    assert build(event) == before
    assert story_of(event, A) == told


def test_editors_make_one_story_of_what_no_method_takes_for_one_and_take_it_back(
    event: Paper,
) -> None:
    before = build(event)
    rule(event, f"same: [[{C}, {A}]]\n")
    build(event)
    assert {address for address, _ in story_of(event, C)} == {"", A, B}
    assert "one story, the editors say" in " ".join(words for _, words in story_of(event, A))
    again(event)
    assert {address for address, _ in story_of(event, C)} == {"", A, B}
    rule(event, "")
    files = build(event)
    # A list of what is most covered stays where readers found it, though nothing is in it now.
    stays = {path for path in files if path.startswith("most-covered/")}
    stays |= {"opml.xml", "rss.opml", "json.opml", "sitemap.xml", "sitemap/pages.xml"}
    assert {path: body for path, body in files.items() if path not in stays} == {
        path: body for path, body in before.items() if path not in stays
    }
    assert story_of(event, C) == []


def test_editors_say_who_leads_a_story_and_take_it_back(event: Paper) -> None:
    before = build(event)
    rule(event, f"lead: {B}\n")
    build(event)
    assert "it leads" in story_of(event, B)[0][1]
    again(event)
    assert "it leads" in story_of(event, B)[0][1]
    rule(event, "")
    assert build(event) == before
    assert "it leads" in story_of(event, A)[0][1]


def picked(files: dict[str, bytes]) -> list[str]:
    """Return the titles on the page of Editors' Picks, in their order."""
    page: lxml.html.HtmlElement = lxml.html.document_fromstring(files["editors-picks/index.html"])
    return [str(title) for title in page.xpath("//main//article//h2/a/text()")]


def test_picks_have_a_page_a_feed_and_a_place_on_the_front_page(paper: Paper) -> None:
    before = build(paper)
    assert not [path for path in before if path.startswith("editors-picks/")]
    rule(paper, f"picks: [{{article: {TWO}, note: Read this first}}, {ONE}]\n")
    files = build(paper)
    assert picked(files) == ["Peacekeepers leave Khojaly", "Base at Khojaly handed over"]
    assert b"Read this first" in files["index.html"]
    assert b"editors-picks/atom.xml" in files["opml.xml"]
    assert files["editors-picks/atom.xml"].count(b"<entry") == 2
    pages = [body for path, body in files.items() if path.startswith("articles/")]
    assert sum(b"Editors\xe2\x80\x99 Picks" in body for body in pages) == 3
    again(paper)
    assert picked(published(paper.output)) == picked(files)
    rule(paper, "")
    files = build(paper)
    assert picked(files) == [], "the list stays where readers found it"
    assert b"Read this first" not in files["index.html"]


def test_who_claims_the_page_of_an_article_is_not_picked_with_it(paper: Paper) -> None:
    build(paper)
    (record,) = json.loads(paper.call("show", ONE, "--json").stdout)
    claims = (
        an_item(8, "Buy this", RATES, host="h").replace("https://h.example/8", TWO),
        an_item(9, "Buy that", RATES, host="h").replace("urn:h:9", record["page"]),
    )
    told = a_feed(*claims).replace(b"<link>https://a.example/</link>", b"")
    (paper.folder / "config" / "h.xml").write_bytes(told)
    sources = (f"name: {name}, feed: 'file:{name.lower()}.xml', rights: full" for name in "AH")
    paper.write(*sources, sections=SECTIONS)
    rule(paper, f"picks: [{TWO}, {record['page']}]\n")
    assert picked(build(paper)) == ["Peacekeepers leave Khojaly", "Base at Khojaly handed over"]


def test_an_order_comes_before_what_is_only_written_first(paper: Paper) -> None:
    said = f"picks: [{THREE}, {{article: {TWO}, order: 2}}, {{url: {ONE}, order: 1}}, {THREE}]\n"
    rule(paper, said)
    assert picked(build(paper)) == [
        "Base at Khojaly handed over", "Peacekeepers leave Khojaly", "Frankfurt lowers its rate",
    ]  # fmt: skip


def test_why_names_a_pick_and_a_pick_of_nothing_is_told(paper: Paper) -> None:
    gone = "https://a.example/gone"
    rule(paper, f"picks: [{{article: {ONE}, note: Read it, until: 2999-01-01}}, {gone}]\n")
    build(paper)
    assert f"editorial.yaml:1: picks: {ONE} until 2999-01-02 00:00 UTC: Read it" in " ".join(
        paper.call("why", ONE).stdout.split()
    )
    assert f"no article goes by '{gone}'" in paper.call("check").output


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (f"[{{article: {ONE}, until: soon}}]", "is no moment"),
        (f"[{{article: {ONE}, from: 2026-06-02, until: 2026-06-01}}]", "is before it begins"),
        ("[{note: x}]", "is missing"),
        (f"[{{article: {ONE}, form: 2026-06-02}}]", 'did you mean "from"?'),
        (f"[{{article: {ONE}, order: first}}]", "must be a whole number"),
        ("[a b]", "is neither an address nor an id"),
    ],
)
def test_a_mistake_in_a_pick_is_shown_where_it_is(said: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        rulings(f"# first\npicks: {said}\n", sections=(WORLD,))
    (found,) = caught.value.problems
    assert (found.line, problem in f"{found.problem} {found.hint}") == (2, True), found


def test_a_pick_is_in_force_from_its_first_moment_to_its_last() -> None:
    (pick,) = rulings("picks: [{article: x, from: 2026-06-01, until: 2026-06-02}]", sections=())
    begins, ends = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 3, tzinfo=UTC)
    tick = timedelta(microseconds=1)
    assert [pick.is_in_force(at) for at in (begins - tick, begins, ends - tick, ends)] == [
        False, True, True, False,
    ]  # fmt: skip
    assert turns([pick], after=begins - tick, until=begins)
    assert turns([pick], after=ends - tick, until=ends)
    assert not turns([pick], after=begins, until=ends - tick)
    (offset,) = rulings("picks: [{article: x, until: '2026-06-01T18:00+02:00'}]", sections=())
    assert offset.until == datetime(2026, 6, 1, 16, tzinfo=UTC)
