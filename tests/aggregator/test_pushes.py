"""Subscribing to hubs over real HTTP: a scripted hub, our callbacks, and what gets through."""

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import TypeVar
from urllib.parse import urlencode, urlsplit

import pytest
import uvicorn

from aggregator.pushes import LARGEST, PATH, Callbacks, Subscriber
from feeds import hub
from feeds.errors import BlockedError, FetchError, StoreError
from feeds.fetch import Fetched, Fetcher, Request
from feeds.hub import Mode, State, Subscription
from feeds.post import Post, Poster
from feeds.topic import Topic, advertised
from tests.aggregator.hubs import FEED, Hub, a_scripted_hub, ask
from tests.conftest import NOON

LOOPBACK = (ip_network("127.0.0.1/32"),)
DAY = timedelta(days=1)
_Result = TypeVar("_Result")


class Kept:
    """Subscriptions in memory."""

    def __init__(self) -> None:
        self.rows: dict[str, Subscription] = {}
        self.error: StoreError | None = None
        self._lock = threading.RLock()

    def of(self, source_id: str) -> tuple[Subscription, ...]:
        return tuple(one for one in self.all() if one.source_id == source_id)

    def all(self) -> tuple[Subscription, ...]:
        return tuple(one for one in self.rows.values() if one.state is not State.ENDED)

    def add(self, subscription: Subscription) -> None:
        self.rows[subscription.token] = subscription

    def amend(
        self, token: str, change: Callable[[Subscription], tuple[Subscription, _Result]]
    ) -> _Result | None:
        if self.error:
            raise self.error
        with self._lock:
            if token not in self.rows:
                return None
            self.rows[token], result = change(self.rows[token])
            return result


@pytest.fixture
def a_hub() -> Iterator[Hub]:
    with a_scripted_hub() as script:
        yield script


@dataclass
class Paper:
    """Our side: what is kept, what was delivered, and a clock that a test sets."""

    kept: Kept
    hub: Hub
    now: datetime = NOON
    delivered: list[tuple[Subscription, Fetched]] = field(default_factory=list)
    port: int = 0

    @property
    def subscriber(self) -> Subscriber:
        return Subscriber(
            self.kept,
            send=Poster(allow_networks=LOOPBACK),
            callbacks=f"http://127.0.0.1:{self.port}{PATH}",
            user_agent="Broadsheet/test",
        )

    @property
    def one(self) -> Subscription:
        (one,) = self.kept.rows.values()
        return one

    def subscribe(self, path: str = "/feed") -> dict[str, str]:
        topic = Topic(url=self.hub.url(path), hubs=(self.hub.url("/hub"),))
        self.subscriber.notice("a", topic, now=self.now)
        return self.hub.forms[-1]

    def subscribed(self) -> dict[str, str]:
        form = self.subscribe()
        assert self.hub.verify(form).status == 200
        return form


@pytest.fixture
def paper(a_hub: Hub) -> Iterator[Paper]:
    kept = Kept()
    ours = Paper(kept, a_hub)
    app = Callbacks(
        kept,
        deliver=lambda one, fetched: ours.delivered.append((one, fetched)),
        now=lambda: ours.now,
        patience=timedelta(seconds=0.5),
    )
    server = uvicorn.Server(
        uvicorn.Config(app, log_config=None, lifespan="off", http="h11", ws="none", loop="asyncio")
    )
    listening = socket.create_server(("127.0.0.1", 0))
    ours.port = listening.getsockname()[1]
    thread = threading.Thread(target=server.run, args=([listening],))
    thread.start()
    yield ours
    server.should_exit = True
    thread.join()
    listening.close()


def fetched(url: str) -> Fetched:
    reply = Fetcher(allow_networks=LOOPBACK)(Request(url=url, user_agent="Broadsheet/test"))
    assert isinstance(reply, Fetched)
    return reply


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_200_201_202_we_subscribe_to_what_the_feed_calls_itself(paper: Paper, status: int) -> None:
    paper.hub.redirects["/moved"] = (status, "/feed?x")
    paper.hub.documents["/feed?x"] = (
        b"<rss><channel><link rel='hub' href='/hub'/><link rel='self' href='/own'/></channel></rss>"
    )
    reply = fetched(paper.hub.url("/moved"))
    topic = advertised(reply.body, url=reply.url)
    paper.subscriber.notice("a", topic, now=NOON)
    assert paper.hub.forms[0]["hub.topic"] == paper.hub.url("/own")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_203_204_a_hub_that_moved_is_followed(paper: Paper, status: int) -> None:
    paper.hub.redirects["/hub"] = (status, "/hub/new")
    form = paper.subscribe()
    assert form["hub.mode"] == "subscribe"
    assert len(form["hub.secret"]) == 43
    assert paper.one.failures == 0


def test_205_an_unknown_topic_is_not_verified(paper: Paper) -> None:
    form = paper.subscribe()
    assert paper.hub.verify(form, topic="http://127.0.0.1/other").status == 404
    assert paper.hub.verify(form | {"hub.callback": form["hub.callback"] + "x"}).status == 404
    assert paper.one.state is State.ASKED


def test_a_challenge_is_echoed_exactly_as_plain_text(paper: Paper) -> None:
    answer = paper.hub.verify(paper.subscribe(), challenge="<script>ü</script>")
    assert (answer.status, answer.body) == (200, "<script>ü</script>".encode())
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert paper.one.state is State.ACTIVE


def test_a_hub_may_verify_before_it_answers(paper: Paper) -> None:
    paper.hub.at_once = True
    paper.subscribe()
    assert [each.status for each in paper.hub.echoes] == [200]
    assert (paper.one.state, paper.one.failures) == (State.ACTIVE, 0)


def test_300_a_push_is_taken_as_if_the_topic_had_been_fetched(paper: Paper) -> None:
    form = paper.subscribed()
    for method in ("sha1", "sha256", "sha384", "sha512"):
        assert paper.hub.push(form, method=method).status == 202
    assert len(paper.delivered) == 4
    known, reply = paper.delivered[0]
    assert (known.source_id, reply.url) == ("a", paper.hub.url("/feed"))
    assert (reply.body, reply.content_type) == (FEED, "application/atom+xml")
    assert hub.is_live(paper.one, now=NOON)


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Hub-Signature": "sha256=" + "0" * 64}, id="301 bad signature"),
        pytest.param({"X-Hub-Signature": "md5=" + "0" * 32}, id="301 no such method"),
        pytest.param({}, id="302 no signature"),
    ],
)
def test_301_302_a_forged_push_is_thanked_and_ignored(
    paper: Paper, headers: dict[str, str]
) -> None:
    form = paper.subscribed()
    assert ask("POST", form["hub.callback"], FEED, headers).status == 202
    assert paper.delivered == []
    assert paper.one.ignored == 1
    assert not hub.is_live(paper.one, now=NOON)


def test_a_push_before_its_verification_or_without_a_body_is_ignored(paper: Paper) -> None:
    form = paper.subscribe()
    assert paper.hub.push(form).status == 202
    paper.hub.verify(form)
    assert paper.hub.push(form, b"").status == 202
    assert paper.delivered == []


def test_a_hub_that_says_no_is_heard(paper: Paper) -> None:
    form = paper.subscribe()
    said = {"hub.mode": "denied", "hub.topic": form["hub.topic"], "hub.reason": "not here"}
    assert ask("GET", f"{form['hub.callback']}?{urlencode(said)}").status == 200
    assert (paper.one.state, paper.one.reason) == (State.DENIED, "not here")


def test_a_hub_that_says_no_at_once_is_asked_again_later(paper: Paper) -> None:
    paper.hub.status = 400
    paper.subscribe()
    assert paper.one.reason == "it answers 400: this topic is not ours"
    assert paper.subscriber.renew(now=NOON + timedelta(minutes=50)) == 0
    assert paper.subscriber.renew(now=NOON + timedelta(minutes=60)) == 1
    assert paper.subscriber.renew(now=NOON + timedelta(minutes=150)) == 0
    assert paper.subscriber.renew(now=NOON + timedelta(minutes=180)) == 1


def test_what_has_ended_is_gone(paper: Paper) -> None:
    form = paper.subscribed()
    paper.subscriber.notice("a", None, now=NOON)
    ending = paper.hub.forms[-1]
    assert ending["hub.mode"] == "unsubscribe"
    assert paper.hub.push(form).status == 410
    assert paper.hub.verify(ending).status == 200
    assert paper.one.state is State.ENDED
    assert paper.hub.push(form).status == 410
    unknown = form | {"hub.callback": form["hub.callback"][:-1]}
    assert paper.hub.push(unknown).status == 410
    assert paper.delivered == []


def test_a_feed_that_changed_hubs_gets_a_new_callback_and_a_new_secret(paper: Paper) -> None:
    old = paper.subscribed()
    paper.subscribe("/feed")
    assert len(paper.hub.forms) == 1  # nothing new, nothing asked
    new = paper.subscribe("/other")
    assert [form["hub.mode"] for form in paper.hub.forms] == [
        "subscribe", "unsubscribe", "subscribe",
    ]  # fmt: skip
    assert new["hub.callback"] != old["hub.callback"]
    assert new["hub.secret"] != old["hub.secret"]


def test_a_lease_is_renewed_in_time_with_the_same_secret(paper: Paper) -> None:
    form = paper.subscribed()
    assert paper.subscriber.renew(now=NOON + 6 * DAY) == 0
    paper.now = NOON + 7 * DAY
    assert paper.subscriber.renew(now=paper.now) == 1
    assert paper.hub.forms[-1] == form
    paper.hub.verify(form)
    assert paper.one.lease_ends == NOON + 17 * DAY


def test_a_push_larger_than_we_take_is_not_read(paper: Paper) -> None:
    form = paper.subscribed()
    head = {"Content-Length": str(10**9)}
    assert ask("POST", form["hub.callback"], b"x", head).status == 413
    endless = iter([b"x" * 65536] * (LARGEST // 65536 + 1))
    parts = urlsplit(form["hub.callback"])
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    connection.request("POST", parts.path, endless, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()
    assert paper.delivered == []


def test_a_push_that_drips_is_given_up(paper: Paper) -> None:
    form = paper.subscribed()
    assert ask("POST", form["hub.callback"], b"x", {"Content-Length": "9"}).status == 408


def test_a_store_that_fails_makes_the_hub_try_again(paper: Paper) -> None:
    form = paper.subscribed()
    paper.kept.error = StoreError("the disk is full")
    assert paper.hub.push(form).status == 503
    paper.kept.error = None
    assert paper.hub.push(form).status == 202


def test_nothing_but_verifying_and_pushing_is_done_here(paper: Paper) -> None:
    form = paper.subscribed()
    answer = ask("PUT", form["hub.callback"], b"x")
    assert (answer.status, answer.headers["allow"]) == (405, "GET, POST")
    assert ask("GET", form["hub.callback"]).status == 404
    assert ask("GET", f"{form['hub.callback']}?{'a=1&' * 50}").status == 404


def test_ten_pushes_at_once_are_ten_deliveries_and_no_lost_count(paper: Paper) -> None:
    form = paper.subscribed()
    forged = form | {"hub.secret": "wrong"}
    threads = [
        threading.Thread(target=paper.hub.push, args=(each,)) for each in [form, forged] * 10
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(paper.delivered) == 10
    assert paper.one.ignored == 10


def test_a_hub_inside_our_network_is_not_asked(paper: Paper) -> None:
    post = Post(url=paper.hub.url("/hub"), form=(("a", "b"),), user_agent="x")
    with pytest.raises(BlockedError, match="loopback"):
        Poster()(post)
    assert paper.hub.forms == []


def test_a_hub_that_leads_nowhere_is_a_failure_in_words(paper: Paper) -> None:
    paper.hub.redirects["/hub"] = (307, "/hub")
    paper.subscriber.notice(
        "a", Topic(url="https://a.example/", hubs=(paper.hub.url("/hub"),)), now=NOON
    )
    assert "redirects in a circle" in paper.one.reason
    send = Poster(allow_networks=LOOPBACK)
    post = Post(url=paper.hub.url("/x"), form=(), user_agent="x")
    paper.hub.redirects["/x"] = (303, "/hub")
    with pytest.raises(FetchError, match="303"):
        send(post)
    paper.hub.redirects["/x"] = (307, "")
    with pytest.raises(FetchError, match="without saying where"):
        send(post)
    with pytest.raises(FetchError, match="cannot connect"):
        send(replace(post, url="http://127.0.0.1:1/"))


def test_ending_is_asked_for_once(paper: Paper) -> None:
    paper.subscribed()
    for _ in range(3):
        paper.subscriber.notice("a", None, now=NOON)
    assert [form["hub.mode"] for form in paper.hub.forms] == ["subscribe", "unsubscribe"]
    assert paper.one.pending is Mode.UNSUBSCRIBE
    assert paper.subscriber.renew(now=NOON + 2 * DAY) == 0
    assert paper.one.state is State.ENDED


def test_a_feed_that_names_its_hub_again_is_subscribed_to_again(paper: Paper) -> None:
    paper.subscribed()
    paper.subscriber.notice("a", None, now=NOON)
    assert paper.subscribe()["hub.mode"] == "subscribe"
    assert len(paper.kept.rows) == 2
