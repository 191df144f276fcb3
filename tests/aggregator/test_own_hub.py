"""Our own hub as its subscribers meet it, over real HTTP; numbers are those of websub.rocks."""

import hashlib
import hmac
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest

from aggregator.store import subscribers
from aggregator.store.copying import copy_paper
from aggregator.store.engine import open_database, transaction
from feeds.errors import StoreError
from feeds.links import header_links
from tests.aggregator.callbacks import Callbacks, Push, a_subscriber, request
from tests.aggregator.hubs import ask
from tests.aggregator.own_hubs import OwnHub, a_hub_of_our_own

pytestmark = pytest.mark.usefixtures("each_engine")

SECRET = "s3cret-of-a-subscriber"
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def reader() -> Iterator[Callbacks]:
    with a_subscriber() as script:
        yield script


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[OwnHub]:
    with a_hub_of_our_own(tmp_path) as own:
        yield own


def test_100_who_subscribes_is_asked_and_then_sent_what_is_new(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url())
    (asked,) = reader.asked
    assert (asked["hub.mode"], asked["hub.topic"]) == ("subscribe", hub.topic)
    assert asked["hub.lease_seconds"] == str(10 * 86_400)
    assert len(asked["hub.challenge"]) >= 32
    assert reader.pushes == [], "it has what there is"
    hub.says("Inflation falls")
    assert reader.pushes == [], "printing sends nothing itself"
    hub.tell()
    (push,) = reader.pushes
    assert push.body == hub.file()
    assert b"Inflation falls" in push.body
    assert push.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    assert push.headers["X-Hub-Signature"] is None
    links = {(link.href, *link.rels) for link in header_links(push.headers.get_all("Link", []))}
    assert links == {(hub.url, "hub"), (hub.topic, "self")}
    assert push.headers["User-Agent"].startswith("Broadsheet/")
    hub.tell()
    assert len(reader.pushes) == 1


def test_101_with_a_secret_every_delivery_is_signed(hub: OwnHub, reader: Callbacks) -> None:
    hub.subscribe(reader.url(), secret=SECRET)
    hub.says("Inflation falls")
    hub.tell()
    (push,) = reader.pushes
    proof = hmac.new(SECRET.encode(), push.body, hashlib.sha256).hexdigest()
    assert push.headers["X-Hub-Signature"] == f"sha256={proof}"


def test_102_what_we_do_not_know_of_a_request_is_ignored(hub: OwnHub, reader: Callbacks) -> None:
    answer = request(
        hub.url,
        ("hub.foo", "bar"),
        ("hub.verify", "async"),
        ("hub.verify", "sync"),
        ("x", ""),
        mode="subscribe",
        topic=hub.topic,
        callback=reader.url(),
    )
    assert answer.status == 202
    hub.tell()
    assert hub.kept(reader.url()) is not None


def test_103_who_subscribes_again_is_sent_everything_once_under_the_newer_secret(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url(), secret=SECRET, lease_seconds="10000")
    hub.subscribe(reader.url(), secret="another", lease_seconds="20000")
    assert [one["hub.lease_seconds"] for one in reader.asked] == ["10000", "20000"]
    hub.says("Inflation falls")
    hub.tell()
    (push,) = reader.pushes
    proof = hmac.new(b"another", push.body, hashlib.sha256).hexdigest()
    assert push.headers["X-Hub-Signature"] == f"sha256={proof}"


def test_104_who_unsubscribes_is_asked_and_then_sent_nothing(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url())
    assert hub.ask(reader.url(), "unsubscribe").status == 202
    hub.tell()
    assert [one["hub.mode"] for one in reader.asked] == ["subscribe", "unsubscribe"]
    assert "hub.lease_seconds" not in reader.asked[-1]
    hub.says("Inflation falls")
    hub.tell()
    assert reader.pushes == []
    assert hub.ask(reader.url(), "unsubscribe").status == 404


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("rss.xml", "application/rss+xml; charset=utf-8"),
        ("feed.json", "application/feed+json"),
        ("economy/atom.xml", "application/atom+xml; charset=utf-8"),
    ],
)
def test_105_106_each_format_is_sent_as_what_it_is_byte_for_byte(
    hub: OwnHub, reader: Callbacks, name: str, media_type: str
) -> None:
    hub.subscribe(reader.url(), topic=f"{hub.base_url}{name}")
    hub.says("Inflation falls")
    hub.tell()
    (push,) = reader.pushes
    assert push.body == hub.file(name)
    assert push.headers["Content-Type"] == media_type
    served = ask("GET", f"{hub.base_url}{name}")
    assert (served.body, served.headers["content-type"]) == (push.body, media_type)
    assert push.headers.get_all("Link") == [served.headers["link"]]


def test_what_stands_in_a_callbacks_query_stays_there(hub: OwnHub, reader: Callbacks) -> None:
    callback = reader.url("/callback?id=17&hub.mode=mine&x=%20y")
    hub.subscribe(callback)
    assert reader.queries[0].startswith("id=17&hub.mode=mine&x=%20y&hub.mode=subscribe&")
    hub.says("Inflation falls")
    hub.tell()
    assert [push.path for push in reader.pushes] == ["/callback?id=17&hub.mode=mine&x=%20y"]


@pytest.mark.parametrize(
    "confirms",
    [
        lambda said: (404, said["hub.challenge"].encode()),
        lambda said: (302, said["hub.challenge"].encode()),
        lambda said: (200, b"yes"),
        lambda said: (200, b""),
        lambda said: (200, b"<p>" + said["hub.challenge"].encode()),
        lambda said: (200, said["hub.challenge"].encode() * 100),
        lambda said: (500, b""),
    ],
)
def test_who_does_not_confirm_exactly_what_was_asked_is_not_subscribed_and_asked_once(
    hub: OwnHub, reader: Callbacks, confirms: object
) -> None:
    reader.confirms = confirms  # type: ignore[assignment]  # mypy cannot see what is listed above
    assert hub.ask(reader.url()).status == 202
    hub.tell()
    assert hub.kept(reader.url()) is None
    hub.says("Inflation falls")
    hub.desk.now += DAY
    hub.tell()
    assert (len(reader.asked), reader.pushes) == (1, [])


@pytest.mark.parametrize("mode", ["subscribe", "unsubscribe"])
def test_what_is_not_confirmed_changes_nothing(hub: OwnHub, reader: Callbacks, mode: str) -> None:
    hub.subscribe(reader.url(), secret=SECRET)
    before = hub.kept(reader.url())
    reader.confirms = lambda _said: (404, b"")
    assert hub.ask(reader.url(), mode, secret="forged", lease_seconds="300").status == 202
    hub.tell()
    assert hub.kept(reader.url()) == before


def test_a_signed_subscription_never_becomes_an_unsigned_one(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url(), secret=SECRET)
    hub.subscribe(reader.url())
    hub.says("Inflation falls")
    hub.tell()
    assert reader.pushes[0].headers["X-Hub-Signature"] is not None


def test_what_changes_between_the_request_and_its_confirmation_is_sent(
    hub: OwnHub, reader: Callbacks
) -> None:
    assert hub.ask(reader.url()).status == 202
    hub.says("Inflation falls")
    hub.tell()
    assert reader.bodies() == [hub.file()]


@pytest.mark.parametrize(
    ("asked", "granted"),
    [("0", 300), ("1", 300), ("3600", 3600), ("99999999999", 2_592_000)],
)
def test_a_lease_is_finite_and_ends(
    hub: OwnHub, reader: Callbacks, asked: str, granted: int
) -> None:
    hub.subscribe(reader.url(), lease_seconds=asked)
    assert reader.asked[0]["hub.lease_seconds"] == str(granted)
    hub.desk.now += timedelta(seconds=granted - 1)
    hub.tell()
    assert hub.kept(reader.url()) is not None
    hub.desk.now += timedelta(seconds=2)
    hub.says("Inflation falls")
    hub.tell()
    assert reader.pushes == []
    assert hub.kept(reader.url()) is None


def test_a_subscriber_that_is_away_is_tried_again_and_sent_what_is_new_by_then(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url())
    reader.takes = lambda _push: 503
    hub.says("Inflation falls")
    hub.tell()
    hub.tell()
    assert len(reader.pushes) == 1
    hub.says("Inflation rises")  # an hour later
    hub.tell()
    hub.desk.now += MINUTE
    hub.tell()
    assert len(reader.pushes) == 2, "it waits longer each time"
    reader.takes = lambda _push: 200
    hub.desk.now += MINUTE
    hub.tell()
    assert reader.pushes[-1].body == hub.file()
    assert b"Inflation rises" in hub.file()
    hub.desk.now += DAY
    hub.tell()
    assert len(reader.pushes) == 3


def test_a_subscriber_that_takes_nothing_for_three_days_is_given_up(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url())
    reader.takes = lambda _push: 500
    hub.says("Inflation falls")
    for _ in range(4 * 24):
        hub.tell()
        hub.desk.now += timedelta(hours=1)
    assert hub.kept(reader.url()) is None
    tries = len(reader.pushes)
    assert 10 < tries < 25
    hub.says("Inflation rises")
    hub.tell()
    assert len(reader.pushes) == tries


def test_410_ends_a_subscription_at_once(hub: OwnHub, reader: Callbacks) -> None:
    hub.subscribe(reader.url())
    hub.subscribe(reader.url("/other"))
    reader.takes = lambda push: 410 if push.path == "/callback" else 200
    for text in ("Inflation falls", "Inflation rises"):
        hub.says(text)
        hub.tell()
    assert hub.kept(reader.url()) is None
    assert (len(reader.bodies()), len(reader.bodies("/other"))) == (1, 2)


def test_who_subscribes_to_a_feed_that_ends_is_told_so_once(hub: OwnHub, reader: Callbacks) -> None:
    topic = f"{hub.base_url}economy/rss.xml"
    hub.subscribe(reader.url(), topic=topic)
    settings = hub.desk.settings
    kept = tuple(one for one in settings.sections if one.slug != "economy")
    hub.desk.settings = type(settings)(site=settings.site, sections=kept, sources=settings.sources)
    hub.says("Inflation falls")
    hub.tell()
    hub.tell()
    (_, told) = reader.asked
    assert (told["hub.mode"], told["hub.topic"]) == ("denied", topic)
    assert told["hub.reason"].startswith("this feed has ended")
    assert hub.kept(reader.url(), "economy/rss.xml") is None
    assert hub.ask(reader.url(), topic=topic).status == 404


def test_what_was_not_delivered_when_we_were_killed_is_delivered_by_the_next_start(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url())
    hub.says("Inflation falls")
    hub.restart()
    hub.tell()
    assert len(reader.pushes) == 1
    hub.restart()
    hub.tell()
    assert len(reader.pushes) == 1


def test_what_was_delivered_but_not_kept_is_delivered_twice_and_no_more(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url())
    hub.says("Inflation falls")
    hub.telling.step()
    while not reader.pushes:
        hub.telling.wait(MINUTE)
    for _ in range(3):
        hub.restart()
        hub.tell()
    assert len(reader.pushes) == 2


def test_a_file_that_a_crash_left_ahead_of_its_news_is_not_sent_over_and_over(
    hub: OwnHub, reader: Callbacks
) -> None:
    hub.subscribe(reader.url())
    hub.says("Inflation falls")
    file = hub.desk.newsroom.output / "atom.xml"
    printed = file.read_bytes()
    file.write_bytes(printed + b"<!-- of a printing that is not done yet -->")
    for _ in range(3):
        hub.tell()
        hub.desk.now += MINUTE
    assert len(reader.pushes) == 1


def test_a_question_that_was_not_asked_when_we_were_killed_is_asked_by_the_next_start(
    hub: OwnHub, reader: Callbacks
) -> None:
    assert hub.ask(reader.url()).status == 202
    hub.restart()
    hub.tell()
    found = hub.kept(reader.url())
    assert found is not None
    assert found.lease_ends is not None
    hub.restart()
    hub.says("Inflation falls")
    hub.tell()
    assert len(reader.pushes) == 1


def test_what_the_database_refuses_once_is_kept_the_next_time_and_not_sent_again(
    hub: OwnHub, reader: Callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.subscribe(reader.url())
    hub.says("Inflation falls")
    with monkeypatch.context() as refusing:
        refusing.setattr(subscribers, "keep", failing(StoreError("the disk is full")))
        with pytest.raises(StoreError, match="the disk is full"):
            hub.tell()
    hub.tell()
    assert len(reader.pushes) == 1


def test_a_fault_of_ours_with_one_subscriber_is_not_the_end_of_telling(
    hub: OwnHub, reader: Callbacks, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.subscribe(reader.url())
    hub.says("Inflation falls")
    with monkeypatch.context() as faulty:
        faulty.setattr(subscribers, "keep", failing(RuntimeError("odd")))
        with pytest.raises(RuntimeError):
            hub.tell()
    hub.tell()
    assert len(reader.pushes) == 2
    hub.says("Inflation rises")
    hub.tell()
    assert len(reader.pushes) == 3


def failing(error: Exception) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def test_a_paper_that_moves_to_another_database_takes_its_subscribers_along(
    hub: OwnHub, reader: Callbacks, tmp_path: Path
) -> None:
    hub.subscribe(reader.url(), secret=SECRET)
    (tmp_path / "new").mkdir()
    target = open_database(f"sqlite:///{tmp_path}/new/paper.db")
    copied = copy_paper(hub.desk.newsroom.engine, target)
    with transaction(target) as connection:
        assert subscribers.one(connection, reader.url(), "atom.xml") == hub.kept(reader.url())
    assert copied["topics"] > 3
    target.dispose()


def test_a_callback_that_redirects_is_not_followed(hub: OwnHub, reader: Callbacks) -> None:
    hub.subscribe(reader.url())
    reader.location = reader.url("/elsewhere")
    reader.takes = lambda _push: 307
    hub.says("Inflation falls")
    hub.tell()
    assert [push.path for push in reader.pushes] == ["/callback"]
    found = hub.kept(reader.url())
    assert found is not None
    assert found.problem == "it redirects, which is not followed"


def test_one_reader_in_trouble_keeps_no_other_waiting(hub: OwnHub, reader: Callbacks) -> None:
    others_have_it = Event()

    def takes(push: Push) -> int:
        if push.path == "/other":
            others_have_it.set()
        return 500 if push.path == "/7" or not others_have_it.wait(5) else 200

    for number in range(15):
        hub.subscribe(reader.url(f"/{number}"))
    hub.subscribe(reader.url("/other", host="localhost"))
    reader.takes = takes
    hub.says("Inflation falls")
    hub.tell()
    assert len(reader.pushes) == 16
    kept = {one: hub.kept(reader.url(f"/{one}")) for one in range(15)}
    assert [one for one, found in kept.items() if found and found.failures] == [7]
