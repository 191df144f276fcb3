"""Papers as processes of their own, and the hubs they tell: killed at the worst of moments."""

from collections import Counter
from pathlib import Path

import pytest

from tests.aggregator.commands import Paper, eventually, no_traceback
from tests.aggregator.hubs import a_scripted_hub
from tests.aggregator.test_run import LOOPBACK, begin, listening

FEEDS = {
    f"https://paper.example/{folder}{name}"
    for folder in ("", "world/")
    for name in ("atom.xml", "rss.xml", "feed.json")
}


@pytest.mark.parametrize("command", ["run", "build"])
def test_a_paper_killed_between_printing_and_telling_tells_its_hub_when_it_is_back(
    tmp_path: Path, command: str
) -> None:
    paper = Paper(folder=tmp_path)
    feed = paper.feed("courier", "Interest rate lowered")
    with a_scripted_hub() as hub:
        paper.write(f"name: Courier, feed: '{feed}'", site=f"{LOOPBACK}, hub: '{hub.url('/hub')}'")
        process = begin(paper, "run", port=0) if command == "run" else paper.start("build")
        hub.hears = lambda _form: process.kill()  # before it can know that it was heard
        with listening(paper, process):
            process.wait(60)
        killed_after = len(hub.forms)
        assert killed_after
        assert (paper.output / "world" / "atom.xml").exists(), "it was out by then"
        hub.hears = lambda _form: None
        with listening(paper, begin(paper, "run", port=0)) as run:
            eventually(lambda: {form["hub.url"] for form in hub.forms[killed_after:]} >= FEEDS)
            assert run.end() == 0
        assert no_traceback(run.said)
    times = Counter(form["hub.url"] for form in hub.forms)
    assert max(times.values()) <= 2


def test_a_hub_that_cannot_be_told_spoils_no_build(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    feed = paper.feed("courier", "Interest rate lowered")
    paper.write(
        f"name: Courier, feed: '{feed}'", site=f"{LOOPBACK}, hub: ['http://127.0.0.1:1/hub']"
    )
    build = paper.call("build")
    assert build.exit_code == 0
    assert "1 new article" in build.stdout
    assert 'rel="hub"' in (paper.output / "atom.xml").read_text("utf-8")
