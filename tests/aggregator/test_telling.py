"""Hubs outside are told what is new: once it is there, each feed once, and never for nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from unittest.mock import patch

import pytest
from structlog.testing import capture_logs

from aggregator.errands import outside
from aggregator.model import Settings
from aggregator.pipeline import judge_and_print
from aggregator.store import articles as kept_articles
from aggregator.telling import Telling
from feeds.errors import StoreError
from publisher import ping
from tests.aggregator.hubs import Hub, a_scripted_hub
from tests.aggregator.newsrooms import BASE, Desk, a_desk, a_feed, a_paper, a_source, an_item

pytestmark = pytest.mark.usefixtures("each_engine")

LOOPBACK = (ip_network("127.0.0.0/8"),)
FILES = ("atom.xml", "feed.json", "rss.xml")
FRONT = [f"{BASE}{name}" for name in FILES]
ECONOMY = [f"{BASE}economy/{name}" for name in FILES]
MINUTE = timedelta(minutes=1)


@dataclass
class Newsdesk:
    """A desk whose paper has a hub, and what tells it; the clock stands until a test moves it."""

    desk: Desk
    hub: Hub

    def says(self, *texts: str) -> None:
        items = (an_item(sum(map(ord, text)), text, "Words.") for text in texts)
        self.desk.wire.bodies["https://a.example/feed"] = a_feed(*items)
        self.desk.build()

    def told(self, settings: Settings | None = None) -> list[str]:
        """Tell all there is to tell now, as a process that has just started, and return it."""
        before = len(self.hub.forms)
        telling = Telling(
            self.desk.newsroom.engine, self.desk.newsroom.output, now=lambda: self.desk.now
        )
        telling.begin(settings or self.desk.settings)
        while telling.step():
            telling.wait(MINUTE)
        telling.close()
        forms = self.hub.forms[before:]
        assert {form["hub.mode"] for form in forms} <= {"publish"}
        assert [form["hub.topic"] for form in forms] == [form["hub.url"] for form in forms]
        return sorted(form["hub.url"] for form in forms)


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Newsdesk]:
    with a_scripted_hub() as hub:
        settings = a_paper(a_source("a"), hubs=(hub.url("/hub"),), allow_networks=LOOPBACK)
        with a_desk(tmp_path, settings) as desk:
            yield Newsdesk(desk=desk, hub=hub)


def test_a_hub_is_told_of_each_feed_with_news_once(at: Newsdesk) -> None:
    at.says("The port reopens")
    assert set(at.told()) >= {*FRONT, *ECONOMY}, "it knows nothing yet"
    assert at.told() == []
    at.says("The port reopens", "Inflation and the interest rate fall")
    assert at.told() == sorted(FRONT + ECONOMY)
    assert at.told() == []


def test_an_idle_cycle_tells_nobody_anything(at: Newsdesk) -> None:
    at.says("The port reopens")
    at.told()
    at.says("The port reopens")
    at.desk.publish()
    assert at.told() == []


def test_what_a_hub_is_told_of_is_there_by_then(at: Newsdesk) -> None:
    found: list[bool] = []

    def look(form: dict[str, str]) -> None:
        file = at.desk.newsroom.output / form["hub.url"].removeprefix(BASE)
        found.append(file.exists() and b"Inflation" in file.read_bytes())

    at.hub.hears = look
    at.says("Inflation falls")
    assert found == [], "printing alone tells nobody"
    assert found == [] or all(found)
    at.told()
    assert sum(found) == len(FRONT + ECONOMY)


def test_a_paper_whose_hub_is_its_own_tells_nobody_outside(at: Newsdesk) -> None:
    site = replace(at.desk.settings.site, own_hub=True)
    assert outside(site) == ()
    at.desk.settings = replace(at.desk.settings, site=site)
    at.says("The port reopens")
    assert at.told() == []


def test_a_hub_that_fails_is_tried_again_after_a_while_and_then_after_longer(
    at: Newsdesk,
) -> None:
    at.hub.status = 500
    at.says("The port reopens")
    with capture_logs() as logs:
        first = at.told()
    assert set(first) >= set(FRONT)
    (logged,) = [log for log in logs if log["event"] == "hub not told"]
    assert (logged["host"], "trouble itself" in logged["problem"]) == ("127.0.0.1", True)
    assert at.told() == []
    at.desk.now += MINUTE
    assert at.told() == first
    at.desk.now += MINUTE
    assert at.told() == [], "it waits twice as long"
    at.hub.status = 202
    at.desk.now += MINUTE
    assert at.told() == first
    at.desk.now += 400 * MINUTE
    assert at.told() == []


def test_waits_grow_to_six_hours_and_no_further() -> None:
    assert [ping.pause(failures) for failures in (1, 2, 3, 9, 10, 10**6)] == [
        MINUTE,
        2 * MINUTE,
        4 * MINUTE,
        256 * MINUTE,
        360 * MINUTE,
        360 * MINUTE,
    ]


def test_a_clock_that_was_wrong_keeps_no_hub_waiting(at: Newsdesk) -> None:
    at.hub.status = 500
    at.says("The port reopens")
    at.desk.now += timedelta(days=365)
    first = at.told()
    at.desk.now -= timedelta(days=365)
    at.hub.status = 202
    assert at.told() == first


def test_a_hub_that_is_not_there_is_not_knocked_at_for_every_feed(at: Newsdesk) -> None:
    at.says("The port reopens")
    gone = replace(at.desk.settings.site, hubs=("http://127.0.0.1:1/hub",))
    with capture_logs() as logs:
        at.told(replace(at.desk.settings, site=gone))
    (logged,) = [log for log in logs if log["event"] == "hub not told"]
    assert "cannot connect to 127.0.0.1" in logged["problem"]
    at.desk.now += 60 * MINUTE
    assert set(at.told()) >= set(FRONT), "another hub has nothing to do with it"


def test_a_hub_inside_is_not_asked_unless_the_operator_means_it(at: Newsdesk) -> None:
    at.says("The port reopens")
    site = replace(at.desk.settings.site, allow_networks=())
    with capture_logs() as logs:
        assert at.told(replace(at.desk.settings, site=site)) == []
    assert any("loopback" in str(log.get("problem")) for log in logs)


def test_the_news_of_a_section_that_is_no_longer_is_told_to_nobody(at: Newsdesk) -> None:
    at.says("Inflation falls")
    sections = tuple(one for one in at.desk.settings.sections if one.slug != "economy")
    at.desk.settings = replace(at.desk.settings, sections=sections)
    at.says("Inflation falls", "The port reopens")
    told = at.told()
    assert set(told) >= set(FRONT)
    assert not set(told).intersection(ECONOMY)


def test_a_hub_is_told_once_that_a_feed_it_knew_is_no_longer(at: Newsdesk) -> None:
    at.says("Inflation falls")
    at.told()
    settings = at.desk.settings
    sections = tuple(one for one in settings.sections if one.slug != "economy")
    at.desk.settings = replace(settings, sections=sections)
    at.says("Inflation falls")
    assert set(at.told()) == {*FRONT, *ECONOMY}, "it finds out there that it ended, or moved"
    assert at.told() == []
    at.desk.settings = settings
    at.says("Inflation falls")
    assert set(at.told()) == {*FRONT, *ECONOMY}
    assert at.told() == []


def test_a_crash_between_the_disk_and_the_database_loses_no_news(at: Newsdesk) -> None:
    at.says("The port reopens")
    at.told()
    before = at.desk.files()["atom.xml"]
    with (
        patch.object(kept_articles, "unmark", side_effect=StoreError("the disk is gone")),
        pytest.raises(StoreError),
    ):
        at.says("The port reopens", "Inflation falls")
    assert at.desk.files()["atom.xml"] != before, "it is out"
    assert at.told() == [], "and nobody knows: what is not kept may be half a paper"
    judge_and_print(at.desk.newsroom, at.desk.settings, now=at.desk.now)
    assert at.told() == sorted(FRONT + ECONOMY)


def test_of_a_crash_while_it_is_told_a_hub_hears_it_twice_at_most(at: Newsdesk) -> None:
    at.says("The port reopens")
    telling = Telling(at.desk.newsroom.engine, at.desk.newsroom.output, now=lambda: at.desk.now)
    telling.begin(at.desk.settings)
    out = telling.step()
    while len(at.hub.forms) < out:
        telling.wait(MINUTE)
    telling.close()  # and nothing of what was answered is kept
    assert len(at.told()) == out
    assert at.told() == []
