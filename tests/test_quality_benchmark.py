"""What `make quality` promises: a figure that drops is an error, and the page tells the figures."""

import random
from pathlib import Path

import pytest

from benchmarks.quality import __main__ as quality
from benchmarks.quality import baseline, copies
from benchmarks.quality.events import AbsentError
from benchmarks.quality.figure import Figure, verdict

GAIN = Figure(name="gain", value=0.6, plain=0.5, target=0.55)
COST = Figure(name="cost", value=8, target=10, at_most=True, slack=1)


@pytest.fixture(autouse=True)
def _committed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "quality.md"
    page.write_text(baseline.PAGE.read_text("utf-8"), "utf-8")
    monkeypatch.setattr(baseline.write, "__defaults__", (tmp_path / "baseline.json", page))
    monkeypatch.setattr(baseline.read, "__defaults__", (tmp_path / "baseline.json",))
    monkeypatch.setenv("BROADSHEET_DATA", str(tmp_path))
    baseline.write({"a part": [GAIN, COST]})


def measured(monkeypatch: pytest.MonkeyPatch, *figures: Figure) -> int:
    monkeypatch.setattr(quality, "PARTS", {"a part": lambda _corpora: figures})
    return quality.main([])


def test_a_figure_that_drops_by_more_than_its_slack_is_an_error(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measured(monkeypatch, Figure(name="gain", value=0.595)) == 0
    assert measured(monkeypatch, Figure(name="gain", value=0.594)) == 1
    assert "dropped: a part, gain" in capsys.readouterr().out


def test_a_cost_that_rises_by_more_than_its_slack_is_an_error(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert measured(monkeypatch, Figure(name="cost", value=9, at_most=True, slack=1)) == 0
    assert measured(monkeypatch, Figure(name="cost", value=9.1, at_most=True, slack=1)) == 1


def test_a_figure_that_is_no_longer_measured_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert measured(monkeypatch, GAIN) == 0
    assert "not measured: a part, cost" in capsys.readouterr().out


def test_a_part_whose_corpus_is_absent_is_skipped_with_the_reason(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def absent(corpora: Path) -> tuple[Figure, ...]:
        raise AbsentError(f"no *.jsonl in {corpora}")

    monkeypatch.setattr(quality, "PARTS", {"a part": absent})
    assert quality.main([]) == 0
    assert "a part: skipped: no *.jsonl in" in capsys.readouterr().out


def test_a_target_is_met_from_its_own_side() -> None:
    assert [verdict(one, None) for one in (GAIN, COST)] == ["met", "met"]
    assert verdict(Figure(name="gain", value=0.54, target=0.55), None) == "not met"
    assert verdict(Figure(name="cost", value=11, target=10, at_most=True), None) == "not met"


def test_what_is_committed_to_is_read_back_and_other_parts_keep_theirs() -> None:
    baseline.write({"another": [COST]})
    assert baseline.read() == {"a part": (GAIN, COST), "another": (COST,)}


def test_the_page_tells_the_committed_figures() -> None:
    page = baseline.PAGE.read_text("utf-8")
    for figures in baseline.read(baseline.BASELINE).values():
        assert all(f"| {figure.name} |" in page for figure in figures)


def test_where_no_feeds_were_captured_copies_are_not_measured(tmp_path: Path) -> None:
    with pytest.raises(AbsentError, match="no feeds in"):
        copies.figures(tmp_path)


@pytest.mark.parametrize("name", copies.EDITS)
def test_an_edit_leaves_something_and_is_the_same_each_time(name: str) -> None:
    text = "The first line of it, with 'quotes'.\nThe second says more. And a third ends it all."
    edited = [copies.EDITS[name](text, random.Random(1)) for _ in range(2)]
    assert edited[0] == edited[1]
    assert edited[0].strip()
