"""W9: what strangers may make our hub do, and what they may not; over real HTTP."""

import http.client
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlencode

import pytest
from structlog.testing import capture_logs

from aggregator import subscribing
from aggregator.allowance import Allowance
from aggregator.store import subscribers
from aggregator.store.engine import transaction
from feeds.errors import StoreError
from tests.aggregator.callbacks import Callbacks, a_subscriber
from tests.aggregator.hubs import ask
from tests.aggregator.own_hubs import OwnHub, a_hub_of_our_own

pytestmark = pytest.mark.usefixtures("each_engine")

NEVER = timedelta(days=1)


@pytest.fixture
def reader() -> Iterator[Callbacks]:
    with a_subscriber() as script:
        yield script


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[OwnHub]:
    with a_hub_of_our_own(tmp_path) as own:
        yield own


def kept(hub: OwnHub) -> subscribers.Counts:
    with transaction(hub.desk.newsroom.engine) as connection:
        return subscribers.counts(connection, "127.0.0.1")


@pytest.mark.parametrize(
    ("form", "status", "words"),
    [
        ({"mode": "publish"}, 400, b"hub.mode must be subscribe or unsubscribe\n"),
        ({"callback": "ftp://a.example/"}, 400, b"hub.callback must be an absolute http"),
        ({"topic": "https://other.example/atom.xml"}, 404, b"hub.topic must be a feed beneath"),
        ({"topic": "{base}index.html"}, 404, b"hub.topic is no feed of this paper.\n"),
        ({"topic": "{base}../secret/atom.xml"}, 404, b"hub.topic is no feed of this paper.\n"),
        ({"mode": "unsubscribe"}, 404, b"hub.callback is not subscribed to hub.topic.\n"),
        ({"secret": "x" * 200}, 400, b"hub.secret must be shorter than 200 bytes\n"),
    ],
)
def test_what_cannot_be_had_is_refused_in_plain_words_and_nobody_is_called(
    hub: OwnHub, reader: Callbacks, form: dict[str, str], status: int, words: bytes
) -> None:
    said = {"callback": reader.url()} | {
        name: value.format(base=hub.base_url) for name, value in form.items()
    }
    answer = hub.ask(**said)
    assert (answer.status, answer.body[: len(words)]) == (status, words)
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["x-content-type-options"] == "nosniff"
    hub.tell()
    assert (reader.asked, kept(hub).all) == ([], 0)


def test_a_hub_is_subscribed_at_with_a_post_and_says_so(hub: OwnHub) -> None:
    for method in ("GET", "HEAD", "PUT", "DELETE"):
        answer = ask(method, hub.url)
        assert (answer.status, answer.headers["allow"]) == (405, "POST")
    assert b"This is a hub" in ask("GET", hub.url).body


@pytest.mark.parametrize("body", [b"\xff\xfe", b"hub.mode=%FF", b"&".join([b"a=b"] * 100)])
def test_what_is_no_form_is_refused(hub: OwnHub, body: bytes) -> None:
    assert ask("POST", hub.url, body).status == 400


def test_a_request_larger_than_any_is_not_read(hub: OwnHub) -> None:
    form = urlencode({"hub.mode": "subscribe", "x": "y" * subscribing.LARGEST}).encode()
    assert ask("POST", hub.url, form).status == 413
    host, port = hub.url.split("/")[2].split(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    pieces = (form[at : at + 1000] for at in range(0, len(form), 1000))
    connection.request("POST", "/hub", pieces, encode_chunked=True)
    assert connection.getresponse().status == 413
    connection.close()


@pytest.mark.parametrize(
    "callback",
    ["http://localhost:{port}/callback", "http://127.0.0.1:{port}/callback", "http://2130706433/"],
)
def test_a_callback_inside_is_never_called_however_it_is_written(
    tmp_path: Path, reader: Callbacks, callback: str
) -> None:
    with a_hub_of_our_own(tmp_path, allow_networks=()) as hub:
        status = hub.ask(callback.format(port=reader.port)).status
        assert status == (400 if "127.0.0.1" in callback else 202), "a name is looked up later"
        hub.tell()
        assert (reader.asked, kept(hub).all) == ([], 0)


def test_a_subscriber_that_moves_inside_is_not_sent_anything(
    hub: OwnHub, reader: Callbacks
) -> None:
    """A name that led outside when it was asked, and leads inside when there is news."""
    hub.subscribe(reader.url())
    site = replace(hub.desk.settings.site, allow_networks=())
    hub.telling.begin(replace(hub.desk.settings, site=site))
    hub.says("Inflation falls")
    with capture_logs() as logs:
        hub.tell()
    assert reader.pushes == []
    (logged,) = [log for log in logs if log["event"] == "subscriber not reached"]
    assert "is a loopback address" in logged["problem"]


def test_however_often_it_is_asked_for_a_stranger_is_called_seldom(
    hub: OwnHub, reader: Callbacks
) -> None:
    reader.confirms = lambda _said: (404, b"I asked for nothing")
    answers = []
    for number in range(60):
        answers.append(hub.ask(reader.url(f"/victim/{number}")))
        hub.tell()
    assert len(reader.asked) == sum(answer.status == 202 for answer in answers) <= 25
    last = answers[-1]
    assert (last.status, 0 < int(last.headers["retry-after"]) <= 6) == (429, True)
    assert last.body == b"Too much is asked for this host just now.\n"
    assert kept(hub).all == 0


def test_one_request_over_and_over_is_one_question_at_a_time(
    hub: OwnHub, reader: Callbacks
) -> None:
    for _ in range(10):
        assert hub.ask(reader.url()).status == 202
    assert kept(hub).waiting == 1
    hub.tell()
    assert len(reader.asked) == 1


def test_whose_machine_has_confirmed_may_subscribe_to_all_its_feeds(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url("/0"))
    for number in range(1, 60):
        hub.subscribe(reader.url(f"/{number}"))
    assert kept(hub).confirmed == 60


def test_all_together_may_not_ask_for_more_than_we_would_call(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.door._of_all = Allowance(2, every=NEVER)
    answers = [hub.ask(f"https://{name}.example/") for name in "abc"]
    assert [answer.status for answer in answers] == [202, 202, 429]
    assert int(answers[-1].headers["retry-after"]) > 3600
    assert kept(hub).all == 2


@pytest.mark.parametrize("bound", ["MOST", "MOST_AT_HOST", "MOST_WAITING"])
def test_there_are_only_so_many_subscribers(
    hub: OwnHub, reader: Callbacks, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    monkeypatch.setattr(subscribing, bound, 2)
    for number in range(2):
        assert hub.ask(reader.url(f"/{number}")).status == 202
    full = hub.ask(reader.url("/2"))
    assert full.status == 503
    assert int(full.headers["retry-after"]) >= 60
    assert hub.ask(reader.url("/0")).status == 202, "who is known may ask again"
    hub.tell()
    if bound == "MOST_WAITING":
        assert hub.ask(reader.url("/2")).status == 202
    else:
        assert hub.ask(reader.url("/0"), "unsubscribe").status == 202


def test_what_cannot_be_kept_is_not_taken(
    hub: OwnHub, reader: Callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object, **__: object) -> None:
        raise StoreError("the disk is full")

    monkeypatch.setattr(subscribers, "keep", refusing)
    with capture_logs() as logs:
        answer = hub.ask(reader.url())
    assert (answer.status, answer.headers["retry-after"]) == (503, "60")
    assert [log["problem"] for log in logs] == ["the disk is full"]


def test_a_hub_that_is_switched_off_is_no_hub(hub: OwnHub, reader: Callbacks) -> None:
    hub.subscribe(reader.url())
    site = replace(hub.desk.settings.site, own_hub=False, hubs=())
    hub.door.serve(site)
    assert ask("POST", hub.url, b"x").status == 405
    assert ask("GET", hub.url).status == 404
    hub.telling.begin(replace(hub.desk.settings, site=site))
    hub.says("Inflation falls")
    hub.tell()
    assert reader.pushes == []


def test_no_callback_and_no_secret_is_logged_whatever_happens(
    hub: OwnHub, reader: Callbacks
) -> None:
    with capture_logs() as logs:
        hub.subscribe(reader.url("/c4pability?k=c4pability"), secret="s3cret")
        reader.takes = lambda _push: 500
        hub.says("Inflation falls")
        hub.tell()
        reader.takes = lambda _push: 410
        hub.desk.now += timedelta(hours=1)
        hub.tell()
        hub.ask("http://127.0.0.1:1/c4pability", secret="s3cret")
        hub.tell()
    assert [log["host"] for log in logs if log["event"] == "subscriber not reached"] == [
        "127.0.0.1",
        "127.0.0.1",
    ]
    assert "c4pability" not in str(logs)
    assert "s3cret" not in str(logs)
