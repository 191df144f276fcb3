"""Pushes and polls together: what each brings, and how the one slows the other down."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import pytest
from sqlalchemy import update
from structlog.testing import capture_logs

from aggregator import pushing
from aggregator import pushing as beside_the_tick
from aggregator.intake import Outcome
from aggregator.model import Settings, Source, SourceId
from aggregator.pushes import PATH
from aggregator.pushing import Pushing
from aggregator.store import articles as kept_articles
from aggregator.store.engine import beside, transaction
from aggregator.store.pushes import Subscriptions
from aggregator.store.sources import Remembered, remembered
from aggregator.store.tables import sources
from feeds import hub
from feeds.errors import FetchError, StoreError
from feeds.fetch import Fetched, Validators
from feeds.hub import Mode, State, Subscription
from tests.aggregator.commands import eventually
from tests.aggregator.hubs import Hub, a_scripted_hub
from tests.aggregator.newsrooms import (
    Desk,
    Keeping,
    a_desk,
    a_feed,
    a_paper,
    a_source,
    an_item,
    keeping,
)
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

TOPIC = "https://a.example/topic"
HOUR = timedelta(hours=1)
SIX_HOURS = timedelta(hours=6)


@dataclass
class Newsdesk:
    """A desk whose source a tells of a hub, and the pushes beside it."""

    desk: Desk
    pushing: Pushing
    kept: Subscriptions
    hub: Hub
    keeping: Keeping

    def says(self, *numbers: int, hubs: int = 1) -> Fetched:
        body = feed(*numbers)
        links = (f"<{self.hub.url('/hub')}>; rel=hub", f"<{TOPIC}>; rel=self")[: 2 * hubs]
        validators = Validators(etag=f'"{numbers}{hubs}"')
        said = Fetched(body=body, url="https://a.example/feed", validators=validators, links=links)
        self.desk.wire.bodies["https://a.example/feed"] = said
        return said

    def tick(self, settings: Settings | None = None, *, everything: bool = False) -> list[Outcome]:
        """Keep the paper up as `broadsheet run` does at a tick; an hour goes by."""
        desk, usual = self.desk, self.desk.settings
        if everything:
            with transaction(desk.newsroom.engine) as connection:
                connection.execute(update(sources).values(next_fetch=desk.now))
        desk.settings = settings or usual
        self.keeping.outcomes.clear()
        self.keeping.settle()
        desk.settings, desk.now = usual, desk.now + HOUR
        return list(self.keeping.outcomes)

    def push(self, *numbers: int) -> None:
        self.pushing._deliver(self.one, pushed(feed(*numbers)))
        now = self.desk.now
        self.kept.amend("token", lambda one: (hub.pushed(one, is_good=True, now=now), None))

    @property
    def one(self) -> Subscription:
        (one,) = self.kept.of("a")
        return one

    @property
    def source(self) -> Remembered:
        with transaction(self.desk.newsroom.engine) as connection:
            return remembered(connection)[SourceId("a")]

    def subscribed(self) -> None:
        """Take the source in, with a subscription to its hub that is verified."""
        self.says(1)
        self.tick(replace(self.desk.settings, site=replace(self.desk.settings.site, push=False)))
        self.kept.add(active(self.hub, self.desk.now))

    def asked(self) -> int:
        return len(self.desk.wire.asked)


def feed(*numbers: int) -> bytes:
    return a_feed(*(an_item(number, f"Report {number}", "It rained.") for number in numbers))


def pushed(body: bytes) -> Fetched:
    return Fetched(body=body, url=TOPIC, validators=Validators())


def active(scripted: Hub, now: datetime) -> Subscription:
    return Subscription(
        token="token", source_id="a", topic=TOPIC, hub=scripted.url("/hub"), secret="secret",
        created_at=now, state=State.ACTIVE, asked_at=now, verified_at=now,
        lease_ends=now + hub.LEASE,
    )  # fmt: skip


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Newsdesk]:
    a = a_source("a", every=HOUR / 2)
    settings = a_paper(a, push=True, allow_networks=(ip_network("127.0.0.0/8"),))
    with a_scripted_hub() as scripted, a_desk(tmp_path, settings) as desk:
        own = beside(desk.newsroom.engine)
        kept = Subscriptions(own)
        pushing = Pushing(kept, now=lambda: desk.now)
        try:
            yield Newsdesk(desk, pushing, kept, scripted, keeping(desk, pushing=pushing))
        finally:
            eventually(pushing.stop)
            own.dispose()


def test_a_hub_that_a_feed_names_is_asked(at: Newsdesk) -> None:
    at.says(1)
    at.tick()
    eventually(lambda: at.hub.forms)
    assert at.hub.forms[0]["hub.topic"] == TOPIC == at.one.topic
    assert at.hub.forms[0]["hub.callback"] == f"https://paper.example/hub/{at.one.token}"
    assert list(at.pushing.beside) == [PATH]


def test_what_is_pushed_is_taken_in_without_asking_and_changes_nothing_about_asking(
    at: Newsdesk,
) -> None:
    at.subscribed()
    before, asked = at.source, at.asked()
    at.desk.now -= HOUR  # nobody is due
    at.push(1, 2)
    (outcome,) = at.tick()
    assert (outcome.new, outcome.error) == (1, None)
    assert at.source == before
    assert at.asked() == asked


def test_the_same_push_and_the_poll_that_finds_it_make_one_article(at: Newsdesk) -> None:
    at.subscribed()
    for _ in range(3):
        at.push(2)
    at.says(1, 2)
    outcomes = at.tick(everything=True)
    assert [outcome.new for outcome in outcomes] == [1, 0, 0, 0]
    assert at.one.pushed_at is not None, "the poll found nothing that had not been pushed"


def test_while_pushes_arrive_polls_are_six_hours_apart(at: Newsdesk) -> None:
    at.subscribed()
    now = at.desk.now
    at.tick()
    assert at.source.next_fetch is not None
    assert at.source.next_fetch < now + HOUR, "a lease alone proves nothing"
    at.push(2)
    now = at.desk.now
    at.tick()
    assert at.source.next_fetch == now + SIX_HOURS
    asked = at.asked()
    for _ in range(5):
        at.tick()
    assert at.asked() == asked
    at.tick()
    assert at.asked() == asked + 1, "it never ends"


def test_a_poll_that_finds_what_was_not_pushed_brings_polling_back(at: Newsdesk) -> None:
    at.subscribed()
    at.push(2)
    at.says(1, 2, 3)
    now = at.desk.now
    at.tick()
    assert at.one.pushed_at is None
    assert at.source.next_fetch is not None
    assert at.source.next_fetch < now + HOUR


def test_a_source_that_fails_is_asked_again_as_soon_as_ever(at: Newsdesk) -> None:
    at.subscribed()
    at.push(2)
    at.desk.wire.bodies["https://a.example/feed"] = FetchError("the server does not answer")
    now = at.desk.now
    at.tick()
    assert at.source.next_fetch is not None
    assert at.source.next_fetch < now + 2 * HOUR


def test_times_an_operator_wrote_are_kept_whatever_is_pushed(at: Newsdesk) -> None:
    by_clock = replace(at.desk.settings, sources=(a_source("a", cron="0 * * * *"),))
    at.subscribed()
    at.push(2)
    now = at.desk.now
    at.tick(by_clock)
    assert at.source.next_fetch is not None
    assert at.source.next_fetch <= now + HOUR


def test_a_push_that_cannot_be_read_is_told_and_is_no_failure_of_the_source(at: Newsdesk) -> None:
    at.subscribed()
    before = at.source
    at.desk.now -= HOUR
    at.pushing._deliver(at.one, pushed(b"<html>an error of the hub"))
    (outcome,) = at.tick()
    assert (outcome.error or "").startswith("pushed: ")
    assert at.source == before


@pytest.mark.parametrize("now_off", ["source", "pushes", "removed"])
def test_what_nobody_wants_any_more_is_ended(at: Newsdesk, now_off: str) -> None:
    at.subscribed()
    at.push(2)
    other: tuple[Source, ...] = (a_source("b"),)
    at.desk.wire.bodies["https://b.example/feed"] = a_feed(an_item(1, "Else", "Words", host="b"))
    settings = at.desk.settings
    at.tick(
        {
            "source": replace(settings, sources=(replace(settings.sources[0], enabled=False),)),
            "pushes": replace(settings, site=replace(settings.site, push=False)),
            "removed": replace(settings, sources=other),
        }[now_off]
    )
    eventually(lambda: at.hub.forms)
    assert at.hub.forms[0]["hub.mode"] == "unsubscribe"
    assert at.one.pending is Mode.UNSUBSCRIBE
    assert list(at.pushing.beside) == [PATH], "the hub has yet to ask whether we mean it"


def test_a_feed_that_names_its_hub_no_longer_is_left(at: Newsdesk) -> None:
    at.subscribed()
    at.says(1, 2, hubs=0)
    at.tick()
    eventually(lambda: at.hub.forms)
    assert at.hub.forms[0]["hub.mode"] == "unsubscribe"


def test_a_lease_is_renewed_before_it_ends(at: Newsdesk) -> None:
    at.subscribed()
    at.desk.now += hub.LEASE * 2 / 3
    at.tick()
    eventually(lambda: at.hub.forms)
    assert at.hub.forms[0]["hub.mode"] == "subscribe"
    assert at.hub.forms[0]["hub.callback"].endswith("/token")


def test_without_subscriptions_and_switched_off_nobody_may_call(at: Newsdesk) -> None:
    at.says(1)
    settings = at.desk.settings
    at.tick(replace(settings, site=replace(settings.site, push=False)))
    assert not at.pushing.beside
    assert at.kept.all() == ()


def test_more_pushes_than_we_can_hold_are_refused_until_the_next_tick(
    at: Newsdesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at.subscribed()
    monkeypatch.setattr(beside_the_tick, "MOST_WAITING", 2_000)
    body = feed(1).ljust(900)
    for _ in range(2):
        at.pushing._deliver(at.one, pushed(body))
    with pytest.raises(StoreError, match="too much was pushed"):
        at.pushing._deliver(at.one, pushed(body))
    assert len(at.pushing.begin(at.desk.settings, now=NOON)) == 2
    at.pushing._deliver(at.one, pushed(body))


def test_a_fault_of_ours_with_one_hub_does_not_end_the_others(at: Newsdesk) -> None:
    def failing() -> None:
        raise RuntimeError("odd")

    def refused() -> None:
        raise StoreError("the disk is full")

    with capture_logs() as logs:
        at.pushing._tasks.put(failing)
        at.pushing._tasks.put(refused)
        at.says(1)
        at.tick()
        eventually(lambda: at.hub.forms)
    events = {log["event"]: log for log in logs}
    assert events["a fault of ours"]["task"] == "telling a hub"
    assert events["hubs could not be told"]["problem"] == "the disk is full"


@pytest.mark.parametrize("own", ["https://a.example/rss?token=s3cret", "https://a.example/***"])
def test_a_feed_behind_a_key_is_no_hubs_business(own: str) -> None:
    def topic(own: str) -> object:
        links = ("<https://hub.example/>; rel=hub", f"<{own}>; rel=self")
        reply = Fetched(
            body=b"<rss/>", url="https://a.example/rss", validators=Validators(), links=links
        )
        return pushing._topic(reply)

    assert topic(own) is None
    assert topic("https://a.example/rss?page=1") is not None


@pytest.mark.parametrize("document", ["the same", "with more in it"])
def test_what_a_hub_pushes_late_or_wrongly_is_put_right_by_the_next_poll(
    at: Newsdesk, document: str
) -> None:
    """What a hub says is worth less than what the source says when it is asked."""
    at.subscribed()
    told = an_item(1, "Report 1", "It rained, and then it snowed.")
    late = an_item(1, "Report 1", "It rained.")
    said = at.says(1)
    at.desk.wire.bodies["https://a.example/feed"] = replace(said, body=a_feed(told))
    at.tick(everything=True)
    at.pushing._deliver(at.one, pushed(a_feed(late)))
    at.desk.now -= HOUR  # nobody is due
    at.tick()
    more = [told, an_item(2, "Report 2", "It hailed.")] if document != "the same" else [told]
    at.desk.wire.bodies["https://a.example/feed"] = replace(said, body=a_feed(*more))
    at.tick(everything=True)
    with transaction(at.desk.newsroom.engine) as connection:
        articles = kept_articles.read(connection, kept_articles.every(connection)).values()
    assert {one.summary for one in articles if one.title == "Report 1"} == {
        "It rained, and then it snowed."
    }
