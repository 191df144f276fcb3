"""Papers as processes of their own, and the hubs they tell: killed at the worst of moments."""

import socket
from collections import Counter
from pathlib import Path

import pytest

from tests.aggregator.callbacks import Push, a_subscriber, request
from tests.aggregator.commands import Paper, eventually, no_traceback
from tests.aggregator.hubs import a_scripted_hub, ask
from tests.aggregator.test_run import LOOPBACK, begin, listening, titles

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


def a_free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening_there:
        port: int = listening_there.getsockname()[1]
    return port


def write(paper: Paper, port: int, *sources: str, site: str) -> str:
    """Configure a paper that is served at a port; return its address."""
    base_url = f"http://127.0.0.1:{port}/"
    paper.write(*sources, site=f"{LOOPBACK}, {site}")
    file = paper.folder / "config" / "sources.yaml"
    file.write_text(file.read_text("utf-8").replace("https://paper.example/", base_url), "utf-8")
    return base_url


def test_what_one_paper_prints_another_that_subscribed_reads_without_asking(tmp_path: Path) -> None:
    (tmp_path / "wire").mkdir()
    (tmp_path / "reader").mkdir()
    wire, reader = Paper(folder=tmp_path / "wire"), Paper(folder=tmp_path / "reader")
    own, other = a_free_port(), a_free_port()
    courier = f"name: Courier, feed: '{wire.feed('courier', 'Interest rate lowered')}'"
    gazette = f"name: Gazette, feed: '{wire.feed('gazette', 'Bridge reopens')}'"
    base_url = write(wire, own, courier, site="hub: builtin")
    write(reader, other, f"name: Wire, feed: '{base_url}atom.xml', every: 30d", site="push: true")
    with listening(wire, begin(wire, "run", port=own)) as publisher:
        eventually(lambda: publisher.get("/atom.xml").status == 200)
        with listening(reader, begin(reader, "run", port=other)) as subscriber:
            eventually(
                lambda: wire.call("status", "--hubs").stdout.startswith("our own hub: 1 sub")
            )
            eventually(lambda: titles(subscriber) == {"Interest rate lowered"})
            polled = reader.status()["wire"]["last_success"]
            write(wire, own, courier, gazette, site="hub: builtin")
            eventually(lambda: "Bridge reopens" in titles(subscriber))
            assert reader.status()["wire"]["last_success"] == polled, "it was not asked again"
            assert subscriber.end() == 0
        assert publisher.end() == 0
    assert no_traceback(publisher.said)
    assert no_traceback(subscriber.said)


def test_a_paper_killed_amid_a_delivery_delivers_when_it_is_back_and_twice_at_most(
    tmp_path: Path,
) -> None:
    paper, port = Paper(folder=tmp_path), a_free_port()
    courier = f"name: Courier, feed: '{paper.feed('courier', 'Interest rate lowered')}'"
    gazette = f"name: Gazette, feed: '{paper.feed('gazette', 'Bridge reopens')}'"
    base_url = write(paper, port, courier, site="hub: builtin")
    callbacks = [f"/{number}" for number in range(5)]
    with a_subscriber() as subscriber:
        process = begin(paper, "run", port=port)
        with listening(paper, process) as run:
            eventually(lambda: run.get("/atom.xml").status == 200)
            for path in callbacks:
                form = {"callback": subscriber.url(path), "topic": f"{base_url}atom.xml"}
                assert request(f"{base_url}hub", mode="subscribe", **form).status == 202
            eventually(lambda: "5 subscribers" in paper.call("status", "--hubs").stdout)

            def dies(push: Push) -> int:
                if push.path == "/2":
                    process.kill()
                return 200

            subscriber.takes = dies
            write(paper, port, courier, gazette, site="hub: builtin")
            process.wait(60)
        assert Counter(push.path for push in subscriber.pushes)["/2"] == 1
        subscriber.takes = lambda _push: 200
        with listening(paper, begin(paper, "run", port=port)) as run:
            eventually(lambda: {push.path for push in subscriber.pushes} == set(callbacks))
            body = ask("GET", f"{base_url}atom.xml").body
            eventually(lambda: sum(push.body == body for push in subscriber.pushes) >= 5)
            assert run.end() == 0
        times = Counter((push.path, push.body) for push in subscriber.pushes)
    assert times["/2", body] == 2, "nobody knew that it had been taken"
    assert max(times.values()) == 2
    assert no_traceback(run.said)
