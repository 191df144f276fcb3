"""An operator asks about an article, and hears where it is, why, and what changed in it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.aggregator.commands import Paper, no_traceback

pytestmark = pytest.mark.usefixtures("each_engine")


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    return Paper(folder=tmp_path)


def told(paper: Paper, name: str) -> dict[str, Any]:
    """Return what `show --json` says of the one article of a name."""
    said = paper.call("show", name, "--json")
    assert said.exit_code == 0, said.stderr
    (record,) = json.loads(said.stdout)
    assert isinstance(record, dict)
    return record


def written(paper: Paper, *titles: str, more: str = "") -> None:
    paper.write(f"name: A, feed: '{paper.feed('a', *titles)}'{more}")
    assert paper.call("build", "--all").exit_code == 0


def test_what_is_in_the_paper_is_shown_with_its_place_and_the_reason(paper: Paper) -> None:
    written(paper, "One", "Two")
    record = told(paper, "urn:a:1")
    assert (record["title"], record["source"], record["state"]) == ("Two", "A", "published")
    assert record["permalink"] == "https://a.example/1"
    assert record["page"].startswith("https://paper.example/articles/")
    assert [section["title"] for section in record["sections"]] == ["World"]
    assert record["sections"][0]["reason"]
    assert (record["changes"], record["waits_until"]) == ([], None)
    assert told(paper, "https://a.example/1") == told(paper, record["page"]) == record
    assert told(paper, record["id"]) == record


def test_what_changed_and_when_is_shown_with_the_title_before(paper: Paper) -> None:
    written(paper, "One", "Two")
    written(paper, "One", "Two [bold]corrected[/]")
    (change,) = told(paper, "urn:a:1")["changes"]
    assert (change["fields"], change["title"]) == (["title"], "Two")
    assert change["at"].endswith("Z")
    said = paper.call("show", "urn:a:1").stdout
    assert said.startswith("Two [bold]corrected[/]\n  source        A\n")
    assert 'UTC: title (was "Two")\n' in said
    assert told(paper, "urn:a:0")["changes"] == []


def test_a_change_that_has_to_wait_is_shown_with_its_time(paper: Paper) -> None:
    for title in ("Two", "Two, corrected", "Two, corrected again"):
        written(paper, "One", title, more=", edits: 1")
    record = told(paper, "urn:a:1")
    assert (record["title"], len(record["changes"])) == ("Two, corrected", 1)
    assert record["waits_until"]
    assert "it has changed too often for now" in paper.call("show", "urn:a:1").stdout


def test_what_was_taken_out_is_shown_with_the_reason_the_operator_gave(paper: Paper) -> None:
    written(paper, "One", "Two")
    paper.call("remove", "urn:a:1", "--reason", "asked for")
    record = told(paper, "https://a.example/1")
    assert (record["state"], record["comment"], record["page"]) == ("removed", "asked for", "")
    said = paper.call("show", "urn:a:1").stdout
    assert "taken out by hand, since 20" in said
    assert "  because       asked for\n" in said
    paper.call("restore", "urn:a:1")
    assert told(paper, "urn:a:1")["state"] == "published"


def test_what_was_never_news_says_so(paper: Paper) -> None:
    written(paper, "One", "Two", more=", backfill: 1")
    states = {told(paper, f"https://a.example/{number}")["state"] for number in range(2)}
    assert states == {"published", "backfill"}
    words = "".join(paper.call("show", f"https://a.example/{number}").stdout for number in range(2))
    assert "known and never news" in words


def test_what_nobody_knows_is_said_in_words(paper: Paper) -> None:
    paper.write(f"name: A, feed: '{paper.feed('a', 'One')}'")
    before = paper.call("show", "urn:a:1")
    written(paper, "One")
    after = paper.call("show", "urn:z")
    for said in (before, after):
        assert said.exit_code == 2
        assert "nothing we know goes by" in said.stderr
        assert no_traceback([said.stderr])
