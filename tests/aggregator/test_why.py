"""An operator asks why an article is as it is, and hears it in words and figures."""

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import time_machine
from rich.console import Console

from aggregator import wording
from aggregator.clock import utc_now
from tests.aggregator.commands import Paper, no_traceback
from tests.aggregator.newsrooms import a_feed, an_item
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

BASE = "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh."
RATES = "The central bank in Frankfurt lowered its interest rate as inflation fell in May."
CITING = f"{BASE} As &lt;a href=&quot;https://a.example/1&quot;&gt;A reported&lt;/a&gt; on Monday."
SECTIONS = "[{title: World, sections: [{title: East, words: [Khojaly, Karabakh, Baku]}]}, {title: Money, words: [inflation]}]"  # noqa: E501
ONE, TWO, THREE = "https://a.example/1", "https://b.example/2", "https://b.example/3"


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    """A report on Khojaly; in another source one that cites it days later, and one on rates."""
    paper = Paper(folder=tmp_path)
    config = tmp_path / "config"
    config.mkdir()
    (config / "a.xml").write_bytes(a_feed(an_item(1, "Base at Khojaly handed over", BASE)))
    told = (
        an_item(2, "The base at Khojaly is empty", CITING, host="b", day=NOON + timedelta(days=4)),
        an_item(3, "Frankfurt lowers its rate", RATES, host="b"),
    )
    (config / "b.xml").write_bytes(a_feed(*told))
    paper.write(
        *(f"name: {name}, feed: 'file:{name.lower()}.xml', rights: full" for name in "AB"),
        sections=SECTIONS,
    )
    assert paper.call("build").exit_code == 0
    return paper


def rule(paper: Paper, text: str) -> None:
    (paper.folder / "config" / "editorial.yaml").write_text(text, "utf-8")
    assert paper.call("build").exit_code == 0


def why(paper: Paper, name: str) -> dict[str, Any]:
    said = paper.call("why", name, "--json")
    assert said.exit_code == 0, said.stderr
    (told,) = json.loads(said.stdout)
    assert isinstance(told, dict)
    answers = told["why"]
    assert isinstance(answers, dict)
    return answers


def words(answer: dict[str, Any], which: str = "found") -> list[tuple[str, str]]:
    return [(one["about"], one["words"]) for one in answer[which]]


def test_how_an_article_came_in_is_told_first(paper: Paper) -> None:
    lines = paper.call("why", ONE).stdout.splitlines()
    assert lines[0] == "Base at Khojaly handed over"
    start = lines.index("How it came in")
    assert lines[start + 1 : start + 6] == [
        "  from A",
        "  known there by its id, urn:a:1",
        "  dated by its publisher: 2026-06-01 12:00 UTC",
        "Language",
        "  en: nobody says, and it is the paper's",
    ]


def test_each_section_has_its_reason_and_those_passed_over_have_theirs(paper: Paper) -> None:
    told = why(paper, THREE)["sections"]
    assert words(told) == [("World", "B is listed under World")]
    few = "its text says inflation: 1 of the 3 points it takes"
    assert words(told, "passed_over") == [("Money", few)]
    east = why(paper, ONE)["sections"]
    assert [about for about, _ in words(east)] == ["East", "World"]
    assert words(east)[0][1].startswith("its headline says Khojaly")
    assert words(east, "passed_over") == []
    headline = an_item(5, "Inflation falls", RATES, host="b")
    (paper.folder / "config" / "b.xml").write_bytes(a_feed(headline))
    assert paper.call("build", "--all").exit_code == 0
    ((_, outranked),) = words(why(paper, "https://b.example/5")["sections"], "passed_over")
    assert outranked.startswith("its headline says inflation, its text inflation: but what it was")


def test_citations_are_told_both_ways_with_the_sentence_and_the_method(paper: Paper) -> None:
    (citing,) = why(paper, ONE)["cited"]["found"]
    assert citing["address"] == TWO
    assert citing["words"].startswith("\u201c")
    assert "A reported" in citing["words"]
    (cited,) = why(paper, TWO)["cites"]["found"]
    assert (cited["address"], cited["words"]) == (ONE, citing["words"])
    assert cited["method"].startswith("citations-")
    assert why(paper, THREE)["cites"]["found"] == []


def test_what_it_leads_to_is_told_with_figures_that_add_up(paper: Paper) -> None:
    (led,) = why(paper, ONE)["related"]["found"]
    assert (led["address"], led["about"]) == (TWO, "The base at Khojaly is empty \u2014 B")
    assert "both name" in led["words"]
    assert "Khojaly" in led["words"]
    parts = led["figures"]
    strength = (parts["words"] + parts["names"] / 2) * parts["time"] + parts["neighbours"]
    assert parts["strength"] == pytest.approx(strength, abs=0.005)
    assert led["method"].startswith("related-")


def test_what_it_does_not_lead_to_is_told_with_what_bars_it(paper: Paper) -> None:
    items = [an_item(n, f"Rate number {n}", RATES, host="b") for n in range(4, 9)]
    told = an_item(
        2, "The base at Khojaly is empty", CITING, host="b", day=NOON + timedelta(days=4)
    )
    (paper.folder / "config" / "b.xml").write_bytes(a_feed(told, *items))
    with time_machine.travel(utc_now() + timedelta(hours=1), tick=True):
        assert paper.call("build", "--all").exit_code == 0
    answer = why(paper, "https://b.example/4")["related"]
    assert len(answer["found"]) == 2
    barred = {reason for _, reason in words(answer, "passed_over")}
    assert "two of its source are shown" in barred
    first = why(paper, THREE)["related"]
    assert {reason for _, reason in words(first, "passed_over")} >= {"it came later"}


def test_what_editors_said_is_told_with_its_line(paper: Paper) -> None:
    away = "https://a.example/away"
    rule(
        paper,
        f"related:\n  {ONE}: [{THREE}, {away}]\nnever_related:\n  - [{ONE}, {TWO}]\n"
        f"section:\n  {ONE}: Money\n",
    )
    told = why(paper, ONE)
    assert words(told["sections"]) == [("Money", "the editors put it there")]
    assert words(told["related"]) == [("Frankfurt lowers its rate \u2014 B", "the editors' choice")]
    barred = ("The base at Khojaly is empty \u2014 B", "editorial.yaml forbids it")
    assert barred in words(told["related"], "passed_over")
    assert [reason for _, reason in words(told["editors"])] == [
        f"editorial.yaml:6: section: {ONE} \u2192 money",
        f"editorial.yaml:2: related: {ONE} \u2192 {THREE}, {away}",
        f"editorial.yaml:4: never_related: {ONE}, {TWO}",
    ]
    ((_, stale),) = words(told["editors"], "passed_over")
    assert stale.startswith(f"editorial.yaml:2: related: no article goes by '{away}' now")
    assert why(paper, TWO)["editors"]["passed_over"] == []
    missing = paper.call("why", away)
    assert missing.exit_code == 2
    assert "editorial.yaml:2 names it, too" in missing.stderr


def test_every_decision_by_a_method_names_it(paper: Paper) -> None:
    for name in (ONE, TWO, THREE):
        answers = why(paper, name)
        for question in ("sections", "cites", "cited", "related"):
            for one in (*answers[question]["found"], *answers[question]["passed_over"]):
                assert re.fullmatch(r"[a-z]+-\d+", one["method"]), one


def test_what_is_not_in_the_paper_is_told_as_far_as_it_goes(paper: Paper) -> None:
    assert paper.call("remove", THREE, "--reason", "asked for").exit_code == 0
    assert why(paper, THREE) == {}
    said = paper.call("why", THREE).stdout
    assert "taken out by hand" in said
    assert "  because       asked for" in said
    assert "Sections" not in said


def test_a_name_nothing_goes_by_is_answered_with_the_nearest(paper: Paper) -> None:
    near = paper.call("why", "https://b.example/22")
    assert near.exit_code == 2
    assert "nothing we know goes by 'https://b.example/22'; nearest are:" in near.stderr
    assert f"  {TWO}  The base at Khojaly is empty" in near.stderr
    titled = paper.call("why", "frankfurt low").stderr
    assert titled.endswith("  Frankfurt lowers its rate\n")
    nothing = paper.call("why", "https://elsewhere.example/x")
    assert "write the address of its page" in nothing.stderr
    assert no_traceback([near.output, nothing.output])
    assert "nothing we know" in json.loads(paper.call("why", "zzz", "--json").stdout)["error"]


@pytest.mark.parametrize("columns", [40, 80, 200])
def test_lines_are_wrapped_beneath_themselves_on_a_terminal(
    paper: Paper, columns: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = StringIO()
    terminal = Console(file=shown, force_terminal=True, width=1_000, soft_wrap=True, no_color=True)
    monkeypatch.setattr(wording, "out", terminal)
    monkeypatch.setenv("COLUMNS", str(columns))
    plain = paper.call("why", ONE).stdout.splitlines()
    lines = re.sub("\x1b\\[[0-9;]*m", "", shown.getvalue()).splitlines()
    assert "Sections [sections-1]" in lines
    assert all(len(line) <= columns or "://" in line for line in lines)
    assert "Sections [sections-1]" not in plain


def test_words_of_others_do_a_terminal_no_harm(paper: Paper) -> None:
    evil = an_item(4, "Red \u202e [bold]alert[/]", BASE)
    (paper.folder / "config" / "a.xml").write_bytes(
        a_feed(an_item(1, "Base at Khojaly handed over", BASE), evil)
    )
    assert paper.call("build", "--all").exit_code == 0
    said = paper.call("why", "https://a.example/4").stdout + paper.call("why", TWO).stdout
    assert "[bold]alert[/]" in said
    assert "\u202e" not in said
