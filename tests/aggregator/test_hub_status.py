"""What an operator is told of the paper's hubs: who knows what, and who is in trouble."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.hub_status import HubStatus, status
from aggregator.store.engine import transaction
from tests.aggregator.callbacks import Callbacks, a_subscriber
from tests.aggregator.commands import Paper
from tests.aggregator.hubs import Hub, a_scripted_hub
from tests.aggregator.newsrooms import a_paper, a_source
from tests.aggregator.own_hubs import OwnHub, a_hub_of_our_own

pytestmark = pytest.mark.usefixtures("each_engine")


@pytest.fixture
def reader() -> Iterator[Callbacks]:
    with a_subscriber() as script:
        yield script


@pytest.fixture
def outside() -> Iterator[Hub]:
    with a_scripted_hub() as script:
        yield script


@pytest.fixture
def hub(tmp_path: Path, outside: Hub) -> Iterator[OwnHub]:
    with a_hub_of_our_own(tmp_path, outside=(outside.url("/hub"),)) as own:
        yield own


def shown(hub: OwnHub) -> HubStatus:
    with transaction(hub.desk.newsroom.engine) as connection:
        return status(connection, hub.desk.settings.site)


def lines(hub: OwnHub) -> list[str]:
    return [line for line, _ in shown(hub).lines(now=hub.desk.now)]


def test_a_paper_without_hubs_has_nothing_to_say_of_them(hub: OwnHub) -> None:
    with transaction(hub.desk.newsroom.engine) as connection:
        found = status(connection, a_paper(a_source("a")).site)
    assert found == status(None, hub.desk.settings.site) == HubStatus()
    assert list(found.lines(now=hub.desk.now)) == []
    assert found.as_json() == {"hubs": [], "own": None}


def test_it_says_what_a_hub_outside_knows_and_why_not_more(hub: OwnHub, outside: Hub) -> None:
    address = outside.url("/hub")
    feeds = len(list(hub.desk.newsroom.output.rglob("feed.json"))) * 3
    assert lines(hub)[0] == f"hub {address}: knows 0 of {feeds} feeds, never told anything yet"
    hub.tell()
    hub.desk.now += timedelta(hours=2)
    assert lines(hub) == [
        f"hub {address}: knows {feeds} of {feeds} feeds, told 2 h ago",
        "our own hub: 0 subscribers",
    ]
    outside.status = 500
    hub.says("Inflation falls")
    hub.tell()
    known = f"hub {address}: knows {feeds - 6} of {feeds} feeds, told 3 h ago"
    trouble = "the server answers 500 Internal Server Error: it is in trouble itself"
    assert lines(hub)[:2] == [known, f"  not told of 6 feeds: {trouble}; again in 1 min"]
    (told,) = json.loads(json.dumps(shown(hub).as_json()))["hubs"]
    assert (told["hub"], told["told"], told["failing"]) == (address, feeds - 6, 6)
    assert told["told_at"] == "2026-06-01T13:00:00Z"


def test_it_says_who_is_sent_what_and_who_takes_nothing(hub: OwnHub, reader: Callbacks) -> None:
    for number in range(3):
        hub.subscribe(reader.url(f"/{number}"))
    hub.subscribe(reader.url("/c4pability"), topic=f"{hub.base_url}economy/rss.xml")
    hub.ask(reader.url("/late"))
    assert lines(hub)[1:] == [
        "our own hub: 4 subscribers, 1 to confirm yet",
        "  atom.xml: 3",
        "  economy/rss.xml: 1",
    ]
    hub.says("Inflation falls")
    hub.tell()
    reader.takes = lambda push: 503 if push.path in {"/1", "/c4pability"} else 200
    hub.says("Inflation rises")
    hub.tell()
    hub.desk.now += timedelta(minutes=5)
    problem = "the server answers 503 Service Unavailable: it has too much to do"
    failing = f"  127.0.0.1: 2 subscribers not reached, first 5 min ago: {problem}"
    assert lines(hub)[1:] == [
        "our own hub: 5 subscribers, sent something 5 min ago",
        "  atom.xml: 4",
        "  economy/rss.xml: 1",
        f"{failing}; to be tried again, given up in 2 d",
    ]
    own = shown(hub).as_json()["own"]
    assert isinstance(own, dict)
    assert own["subscribers"] == {"atom.xml": 4, "economy/rss.xml": 1}
    assert [one["host"] for one in own["failing"]] == ["127.0.0.1"]
    assert "c4pability" not in str(shown(hub).as_json()) + str(lines(hub))


def test_of_many_feeds_those_with_most_subscribers_are_named(hub: OwnHub) -> None:
    found = shown(hub)
    assert found.own is not None
    many = {f"{number}/atom.xml": 1 for number in range(12)}
    several = replace(found, own=replace(found.own, subscribers=many))
    told = [line for line, _ in several.lines(now=hub.desk.now)]
    assert told[-1] == "  and 2 feeds more"


def test_status_shows_hubs_below_the_sources_and_alone_if_asked(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    feed = paper.feed("courier", "Interest rate lowered")
    paper.write(f"name: Courier, feed: '{feed}'", site=", hub: builtin")
    assert paper.call("build").exit_code == 0
    said = paper.call("status").stdout
    assert said.index("Courier") < said.index("our own hub: 0 subscribers")
    alone = paper.call("status", "--hubs").stdout
    assert alone == "our own hub: 0 subscribers\n"
    assert json.loads(paper.call("status", "--hubs", "--json").stdout)["own"]["subscribers"] == {}
    assert isinstance(json.loads(paper.call("status", "--json").stdout), list)
