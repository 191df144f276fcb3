"""Teaching a paper by command and by night, and the queue of what nobody can place."""

import json
import subprocess
import sys
from datetime import UTC, datetime, time
from pathlib import Path
from threading import Thread

import pytest

from aggregator import nightly, training
from aggregator.classifier_file import FILE
from aggregator.nightly import Nightly
from aggregator.schedule import Clockwork
from tests.aggregator.commands import Paper, eventually
from tests.aggregator.newsrooms import a_feed
from tests.aggregator.test_classifier import ARMS, MONEY, told

pytestmark = pytest.mark.usefixtures("each_engine")

SECTIONS = "[{title: World}, {title: Defence}, {title: Money}]"


def an_item(number: int, text: str, category: str = "", *, host: str = "a") -> str:
    filed = f"<category>{category}</category>" if category else ""
    return (
        f"<item><title>{text}</title><link>https://{host}.example/{number}</link>{filed}"
        f"<guid isPermaLink='false'>urn:{host}:{number}</guid></item>"
    )


@pytest.fixture
def paper(tmp_path: Path) -> Paper:
    """A source that files what it writes, and one that does not."""
    paper = Paper(folder=tmp_path)
    config = tmp_path / "config"
    config.mkdir()
    filed = [an_item(n, told(ARMS, n), "Defence") for n in range(12)]
    filed += [an_item(20 + n, told(MONEY, n), "Money") for n in range(12)]
    filed += [an_item(40, "Something else", "World")]
    (config / "a.xml").write_bytes(a_feed(*filed))
    loose = [an_item(1, told(ARMS, 90), host="b"), an_item(2, "Orchids in bloom", host="b")]
    (config / "b.xml").write_bytes(a_feed(*loose))
    lines = [
        "site: {title: The Paper, base_url: 'https://paper.example/'}",
        f"sections: {SECTIONS}",
        "sources:",
        "  - {name: A, feed: 'file:a.xml'}",
        "  - {name: B, feed: 'file:b.xml'}",
    ]
    (config / "sources.yaml").write_text("\n".join(lines), "utf-8")
    assert paper.call("build").exit_code == 0
    return paper


def waiting(paper: Paper) -> dict[str, list[str]]:
    """Return the titles that wait, each with the sections it is nearest to."""
    said = paper.call("review", "--json")
    assert said.exit_code == 0, said.stderr
    found = json.loads(said.stdout)
    assert found["waiting"] == len(found["articles"])
    return {one["title"]: [guess["title"] for guess in one["guesses"]] for one in found["articles"]}


def test_what_is_learnt_places_what_waited_and_the_rest_is_shown_with_the_line_for_it(
    paper: Paper,
) -> None:
    assert set(waiting(paper)) == {told(ARMS, 90), "Orchids in bloom"}
    assert "2 articles in no section; `broadsheet review` shows them" in paper.call("status").stdout
    said = paper.call("train")
    assert said.exit_code == 0, said.stderr
    assert "     12 labels of Defence" in said.stdout
    assert "      1 of World: left out, 10 are needed" in said.stdout
    assert f"in {paper.folder / 'state' / FILE}" in said.stdout
    assert paper.call("build").exit_code == 0
    assert waiting(paper) == {"Orchids in bloom": []}
    shown = paper.call("review").stdout
    assert "no classifier knows its words" in shown
    assert "    https://b.example/2: SECTION" in shown


def test_the_line_it_shows_places_the_article(paper: Paper) -> None:
    assert paper.call("train").exit_code == 0
    (paper.folder / "config" / "b.xml").write_bytes(
        a_feed(an_item(3, "Shares in a brigade", host="b"))
    )
    assert paper.call("build", "--all").exit_code == 0
    (one,) = [
        each
        for each in json.loads(paper.call("review", "--json").stdout)["articles"]
        if each["title"] == "Shares in a brigade"
    ]
    assert {guess["section"] for guess in one["guesses"]} == {"defence", "money"}
    assert all(guess["share"] < guess["needed"] for guess in one["guesses"])
    editorial = f"section:\n  {one['line']}\n"
    (paper.folder / "config" / "editorial.yaml").write_text(editorial, "utf-8")
    assert paper.call("build").exit_code == 0
    assert "Shares in a brigade" not in waiting(paper)
    assert "the editors put it there" in paper.call("why", "https://b.example/3").stdout


def test_judging_again_by_the_same_classifier_changes_nothing_and_without_it_is_shown(
    paper: Paper,
) -> None:
    assert paper.call("train").exit_code == 0
    assert paper.call("build").exit_code == 0
    same = paper.call("rejudge", "--dry-run", "--json")
    assert json.loads(same.stdout)["changed"] == []
    (paper.folder / "state" / FILE).unlink()
    (changed,) = json.loads(paper.call("rejudge", "--dry-run", "--json").stdout)["changed"]
    (gone,) = changed["gone"]
    assert (gone["id"], gone["method"]) == ("defence", "classifier-1")


def test_a_file_cut_short_is_said_and_the_paper_comes_out(
    paper: Paper, capsys: pytest.CaptureFixture[str]
) -> None:
    assert paper.call("train").exit_code == 0
    file = paper.folder / "state" / FILE
    file.write_bytes(file.read_bytes()[:-100])
    before = paper.files()
    said = paper.call("build")
    assert said.exit_code == 0
    assert set(paper.files()) == set(before)
    assert set(waiting(paper)) == {told(ARMS, 90), "Orchids in bloom"}


def test_without_the_extra_the_command_says_how_to_get_it(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "is_installed", lambda: False)
    said = paper.call("train")
    assert said.exit_code == 2
    assert "pip install 'broadsheet[train]'" in said.stderr


def test_with_too_few_labels_the_command_says_how_many_there_are(paper: Paper) -> None:
    (paper.folder / "config" / "sources.yaml").write_text(
        "site: {title: The Paper, base_url: 'https://paper.example/'}\n"
        "sections: [{title: Defence}, {title: World}]\n"
        "sources: [{name: A, feed: 'file:a.xml'}]\n",
        "utf-8",
    )
    said = paper.call("train")
    assert said.exit_code == 0
    assert "      1 of World: left out, 10 are needed" in said.stdout
    assert "nothing is learnt yet: it takes two sections with 10 labels each" in said.stdout
    assert not (paper.folder / "state" / FILE).exists()


def a_night(paper: Paper) -> Nightly:
    return Nightly([*paper.places], {})


def test_a_night_learns_in_a_process_of_its_own(paper: Paper) -> None:
    assert a_night(paper).run()
    assert (paper.folder / "state" / FILE).exists()
    before = (paper.folder / "state" / FILE).read_bytes()
    assert a_night(paper).run()
    assert (paper.folder / "state" / FILE).read_bytes() == before


def test_a_night_on_which_nothing_can_be_learnt_harms_nobody(paper: Paper) -> None:
    (paper.folder / "config" / "sources.yaml").write_text("site: [", "utf-8")
    assert not a_night(paper).run()


def test_a_night_without_the_extra_begins_nothing(
    paper: Paper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(training, "is_installed", lambda: False)
    monkeypatch.setattr(subprocess, "Popen", pytest.fail)
    assert not a_night(paper).run()


def test_what_is_under_way_ends_with_the_paper(paper: Paper) -> None:
    night = a_night(paper)
    night._command = [sys.executable, "-c", "import time; time.sleep(600)"]
    ended: list[bool] = []
    running = Thread(target=lambda: ended.append(night.run()))
    running.start()
    eventually(lambda: night._child)
    night.stop()
    running.join(60)
    assert ended == [False]
    assert not night.run()


def test_what_is_done_daily_has_its_hour_and_a_thread_of_its_own() -> None:
    clockwork = Clockwork(lambda _: None, every=nightly.LONGEST)
    clockwork.daily(lambda: None, at=time(3, 17))
    (job,) = clockwork._scheduler.get_jobs()
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    assert job.executor != "default"
    assert job.trigger.get_next_fire_time(None, noon) == datetime(2026, 6, 2, 3, 17, tzinfo=UTC)
