"""The paper that is kept up for ever: served, reloaded, and ended cleanly."""

import re
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event, Thread

import pytest
from lxml import etree

from aggregator.schedule import Clockwork
from tests.aggregator.commands import TEXT, Paper, eventually, no_traceback, start
from tests.aggregator.hubs import Hub, a_scripted_hub
from tests.aggregator.newsrooms import a_feed, an_item

ATOM = "{http://www.w3.org/2005/Atom}"
LOOPBACK = ", allow_networks: [127.0.0.0/8]"


@dataclass
class Running:
    """`broadsheet run` at work, with what it has said so far."""

    paper: Paper
    process: Popen[str]
    said: list[str] = field(default_factory=list)

    def listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.said.append(line)

    @property
    def port(self) -> int:
        eventually(lambda: self.lines("the paper is at"))
        (line,) = self.lines("the paper is at")
        found = re.fullmatch(r"the paper is at http://127\.0\.0\.1:(\d+)/\n", line)
        assert found
        return int(found[1])

    def lines(self, words: str) -> list[str]:
        return [line for line in self.said if words in line]

    def get(self, path: str, **headers: str) -> HTTPResponse:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            fields = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", path, headers=fields)
            response = connection.getresponse()
            response.read()
        finally:
            connection.close()
        return response

    def end(self) -> int:
        """Tell it to end and return its exit code; ten seconds are what we promise."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=10)


@contextmanager
def listening(paper: Paper, process: Popen[str]) -> Iterator[Running]:
    run = Running(paper=paper, process=process)
    ear = Thread(target=run.listen)
    with process:
        ear.start()
        try:
            yield run
        finally:
            process.kill()
            ear.join()


def running(paper: Paper, command: str = "run") -> AbstractContextManager[Running]:
    return listening(paper, begin(paper, command, port=0))


def begin(paper: Paper, command: str, *, port: int) -> Popen[str]:
    if command == "serve":
        return start("serve", f"--port={port}", f"--output={paper.output}")
    if command == "run":
        return paper.start("run", f"--port={port}", "--tick=0.2")
    places = [f"--state={paper.folder / 'state'}", f"--output={paper.output}"]
    return start("demo", f"--port={port}", *places)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A paper that is out and served; tests leave its configuration as they find it."""
    paper = Paper(folder=tmp_path_factory.mktemp("run"))
    write(paper)
    with running(paper) as run:
        eventually(lambda: run.get("/").status == 200)
        yield run
        assert run.end() == 0
        assert no_traceback(run.said)


def write(paper: Paper, *, sections: str = "[{title: World}]") -> None:
    address = paper.feed("courier", "Interest rate lowered", "Inflation fell")
    paper.write(
        f"name: Courier, feed: '{address}'",
        "name: Lost Gazette, feed: 'file:lost.xml'",
        sections=sections,
    )


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/world/", "text/html; charset=utf-8"),
        ("/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/world/atom.xml", "application/atom+xml; charset=utf-8"),
        ("/opml.xml", "text/x-opml; charset=utf-8"),
    ],
)
def test_the_paper_is_served_and_asked_for_in_vain_when_unchanged(
    run: Running, path: str, kind: str
) -> None:
    first = run.get(path)
    assert (first.status, first.headers["Content-Type"]) == (200, kind)
    again = run.get(path, If_None_Match=first.headers["ETag"])
    assert again.status == 304
    assert again.headers["ETag"] == first.headers["ETag"]


def test_a_source_that_fails_is_logged_by_name(run: Running) -> None:
    (line,) = run.lines("source failed")
    assert 'source="Lost Gazette"' in line
    assert "no such file" in line
    (line,) = run.lines("source read")
    assert "source=Courier" in line
    assert "new=2" in line


def test_status_can_be_asked_while_it_runs_but_nobody_else_may_build(run: Running) -> None:
    assert run.paper.status()["courier"]["entries"] == 2
    said = run.paper.call("build")
    assert said.exit_code == 75
    assert " is at work on" in said.stderr


def test_a_new_section_appears_without_a_restart(run: Running) -> None:
    assert run.get("/money/atom.xml").status == 404
    write(run.paper, sections="[{title: World}, {title: Money, words: [inflation]}]")
    eventually(lambda: run.get("/money/atom.xml").status == 200)
    assert run.lines("new settings taken")
    write(run.paper)


def test_a_broken_configuration_keeps_the_last_good_one_and_says_so_once(run: Running) -> None:
    sources = run.paper.folder / "config" / "sources.yaml"
    good = sources.read_text("utf-8")
    for mistake in ("titel", "tittle"):
        sources.write_text(f"sections: [{{{mistake}: World}}]\n", "utf-8")
        eventually(partial(run.lines, mistake))
    taken = len(run.lines("new settings taken"))
    sources.write_text(good, "utf-8")
    eventually(lambda: len(run.lines("new settings taken")) > taken)
    assert len(run.lines("titel")) == len(run.lines("tittle")) == 1
    assert run.lines("titel")[0].count("the last good settings stay in use") == 1
    assert run.get("/world/atom.xml").status == 200


def test_before_there_is_a_paper_it_says_once_why(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    paper.write("name: Lost Gazette, feed: 'file:lost.xml'")
    with running(paper) as run:
        eventually(lambda: run.lines("nothing published"))
        address = paper.feed("courier", "Interest rate lowered")
        paper.write(f"name: Courier, feed: '{address}'")
        eventually(lambda: run.get("/atom.xml").status == 200)
        assert run.end() == 0
    (line,) = run.lines("nothing published")
    assert "no source has given an article yet" in line


def test_told_to_end_it_ends_amid_a_slow_source_and_a_long_document(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    long = paper.feed("long", *(f"Report {n}" for n in range(20_000)))
    with socket.create_server(("127.0.0.1", 0)) as slow:
        address = f"http://127.0.0.1:{slow.getsockname()[1]}/"
        paper.write(
            f"name: Long, feed: '{long}'",
            f"name: Slow, feed: '{address}', http: {{timeout: 60s}}",
            site=LOOPBACK,
        )
        with running(paper) as run:
            asking, _ = slow.accept()
            with asking:
                eventually(lambda: children(run.process.pid))
                readers = children(run.process.pid)
                assert run.end() == 0
    assert no_traceback(run.said)
    assert not run.lines("source failed")
    assert not run.lines("nothing published")
    eventually(lambda: not any(Path(f"/proc/{reader}").exists() for reader in readers))


BUSY = """
import sys
from aggregator import cli, updating
from aggregator.store.engine import transaction

def build(newsroom, *_, **__):
    with transaction(newsroom.engine) as connection:
        print("amid a transaction", file=sys.stderr, flush=True)
        connection.exec_driver_sql(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"
        )

updating.judge_and_print = build
cli.main()
"""


def test_told_to_end_amid_a_long_transaction_it_ends_all_the_same(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    write(paper)
    arguments = [sys.executable, "-c", BUSY, "run", "--port=0", *paper.places]
    with listening(paper, Popen(arguments, stderr=PIPE, text=True)) as run:
        eventually(lambda: run.lines("amid a transaction"))
        assert run.end() == 0
    assert no_traceback(run.said)
    assert paper.status()["courier"]["state"] == "ok", "what was kept before it stays"


def children(pid: int) -> list[int]:
    """Return the processes that this one has started."""
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = status.read_text().rpartition(")")[2].split()[1]
        except OSError:  # ended while we looked
            continue
        if int(parent) == pid:
            found.append(int(status.parent.name))
    return found


@pytest.mark.parametrize("command", ["run", "serve", "demo"])
def test_a_port_in_use_is_named(tmp_path: Path, command: str) -> None:
    paper = Paper(folder=tmp_path)
    write(paper)
    paper.output.mkdir()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with begin(paper, command, port=port) as process:
            told, said = process.communicate(timeout=30)
    assert (process.returncode, told) == (3, "")
    assert said == f"port {port} is in use; choose another with --port\n"


def test_the_demo_serves_its_paper_under_its_own_address(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    with running(paper, "demo") as run:
        eventually(lambda: run.get("/atom.xml").status == 200)
        feed = etree.parse(paper.output / "atom.xml").getroot()
        selves = [link.get("href") for link in feed.iterfind(f"{ATOM}link[@rel='self']")]
        assert selves == [f"http://127.0.0.1:{run.port}/atom.xml"]
        assert run.end() == 0
    assert no_traceback(run.said)


def test_a_printed_paper_is_served_without_asking_anybody(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    with running(paper, "serve") as run:
        assert run.get("/atom.xml").status == 503, "a 404 would say that there is no such feed"
        (line,) = run.lines("there is no paper in")
        assert str(paper.output) in line
        write(paper)
        assert paper.call("build").exit_code == 0, "another may work on what is served"
        assert run.get("/atom.xml").status == 200
        assert run.end() == 0
    assert no_traceback(run.said)


def test_a_tick_that_has_ended_is_not_waited_for() -> None:
    begun, ending = Event(), Event()

    def tick(_now: datetime) -> None:
        begun.set()
        ending.wait(30)

    clockwork = Clockwork(tick, every=timedelta(hours=1))
    clockwork.start()
    assert begun.wait(30)
    threading.Timer(0.1, ending.set).start()
    assert clockwork.stop(timedelta(seconds=30))


def a_pushing_feed(hub: Hub, *titles: str) -> bytes:
    """Return a feed whose pushes the hub brings, with an item for each title."""
    links = (
        f"<a:link xmlns:a='http://www.w3.org/2005/Atom' rel='{rel}' href='{hub.url(path)}'/>"
        for rel, path in (("hub", "/hub"), ("self", "/topic"))
    )
    items = (an_item(sum(map(ord, title)), title, TEXT, host="origin") for title in titles)
    return a_feed(*items).replace(b"<channel>", f"<channel>{''.join(links)}".encode(), 1)


def titles(run: Running) -> set[str]:
    connection = HTTPConnection("127.0.0.1", run.port, timeout=10)
    try:
        connection.request("GET", "/atom.xml")
        reply = connection.getresponse()
        body = reply.read()
    finally:
        connection.close()
    if reply.status == 404:  # before the first paper
        return set()
    return {each.text or "" for each in etree.fromstring(body).iterfind(f"{ATOM}entry/{ATOM}title")}


def test_a_hub_is_found_and_asked_and_what_it_pushes_is_in_the_paper(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    with a_scripted_hub() as hub:
        hub.documents["/feed"] = a_pushing_feed(hub, "Polled")
        paper.write(f"name: Origin, feed: '{hub.url('/feed')}'", site=LOOPBACK)
        with running(paper) as run:
            hub.front = run.port
            eventually(lambda: hub.forms)
            (form,) = hub.forms
            assert (form["hub.mode"], form["hub.topic"]) == ("subscribe", hub.url("/topic"))
            assert form["hub.callback"].startswith("https://paper.example/hub/")
            assert hub.verify(form, topic=hub.url("/another")).status == 404
            assert hub.verify(form).body == b"c&h"
            forged = {**form, "hub.secret": "a guess"}
            assert hub.push(forged, a_pushing_feed(hub, "Forged")).status == 202
            assert hub.push(form, a_pushing_feed(hub, "Pushed")).status == 202
            eventually(lambda: "Pushed" in titles(run))
            assert run.end() == 0
        assert no_traceback(run.said)
        said = "".join(run.said)
        token = form["hub.callback"].rpartition("/")[2]
        assert token not in said
        assert form["hub.secret"] not in said
        with running(paper) as run:  # what was agreed outlives us
            hub.front = run.port
            assert hub.push(form, a_pushing_feed(hub, "Pushed", "Later")).status == 202
            eventually(lambda: "Later" in titles(run))
            assert titles(run) == {"Polled", "Pushed", "Later"}
            assert run.end() == 0
        assert no_traceback(run.said)
    assert len(hub.forms) == 1
    assert hub.asked == ["/feed"], "nothing was polled again"


def test_where_pushes_are_switched_off_no_hub_is_asked_and_none_may_call(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    with a_scripted_hub() as hub:
        hub.documents["/feed"] = a_pushing_feed(hub, "Polled")
        paper.write(f"name: Origin, feed: '{hub.url('/feed')}'", site=f"{LOOPBACK}, push: false")
        with running(paper) as run:
            eventually(lambda: run.get("/atom.xml").status == 200)
            hub.front = run.port
            form = {"hub.callback": "https://paper.example/hub/x", "hub.secret": "x"}
            assert hub.push(form).status == 405, "the paper can only be read"
            assert run.end() == 0
    assert hub.forms == []
