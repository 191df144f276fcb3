"""WebSub as a subscriber speaks it: who is believed, and for how long."""

import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import hub
from feeds.hub import Mode, State, Subscription
from feeds.topic import Topic, advertised

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
URL = "https://a.example/feed"
SELF = "https://a.example/canonical"
HUB = "https://hub.example/"
TOPIC = Topic(url=SELF, hubs=(HUB,))
FRESH = Subscription(
    token="t" * 43, source_id="a", topic=SELF, hub=HUB, secret="s3cret", created_at=NOON
)
ASKED = hub.asking(FRESH, mode=Mode.SUBSCRIBE, now=NOON)
INTENT = {
    "hub.mode": "subscribe",
    "hub.topic": SELF,
    "hub.challenge": "abc",
    "hub.lease_seconds": "864000",
}
ACTIVE, _ = hub.verified(ASKED, INTENT, now=NOON)
PUSHED = hub.pushed(ACTIVE, is_good=True, now=NOON)


def atom(head: str, tail: str = "") -> bytes:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{head}<entry/>{tail}</feed>".encode()


LINKS = f"<link rel='hub' href='{HUB}'/><link rel='self' href='/canonical'/>"
RSS = (
    "<?xml version='1.0'?><rss xmlns:a10='http://www.w3.org/2005/Atom'><channel><title>A</title>"
    "<link>https://a.example/</link><item><a10:link rel='hub' href='https://evil.example/'/></item>"
    f"<a10:link href='{HUB}' rel='hub'></a10:link><a10:link rel='self' href='{SELF}'/>"
    "</channel></rss>"
)
PAGE = (
    f"<!doctype html><html><head><base href='https://a.example/'><LINK REL='x HUB' HREF={HUB}>"
    "<link rel=self href=canonical></head><body><link rel=hub href='https://evil.example/'>"
)
JSON = (
    '{"feed_url": "/canonical", "hubs": [{"type": "rssCloud", "url": "x"},'
    '{"type": "WebSub", "url": "%s"}]}'
)


def test_no_more_is_read_for_a_hub_than_the_head_of_a_large_document() -> None:
    """This is read beside all other sources, and not where it could be killed."""
    assert advertised(atom("", "<link/>" * 1_000 + LINKS), url=URL) == TOPIC
    assert advertised(atom("", "<link/>" * 100_000 + LINKS), url=URL) is None
    many = ", ".join(['{"type": "rssCloud", "url": "x"}'] * 100_000)
    assert advertised((JSON % HUB).replace("[", f"[{many}, ").encode(), url=URL) is None


@pytest.mark.parametrize(
    ("body", "links"),
    [
        pytest.param(b"", (f"<{HUB}>; rel=hub, </canonical>; rel=self",), id="100 header"),
        pytest.param(b"", (f'<{HUB}>; rel="hub"', f'<{SELF}>; rel="self"'), id="100 two headers"),
        pytest.param(PAGE.encode(), (), id="101 page"),
        pytest.param(atom(LINKS), (), id="102 Atom"),
        pytest.param(atom("", LINKS), (), id="102 Atom, links last"),
        pytest.param(RSS.encode(), (), id="103 RSS"),
        pytest.param((JSON % HUB).encode(), (), id="JSON Feed"),
        pytest.param(
            atom(LINKS.replace("hub.example", "other.example")),
            (f"<{HUB}>; rel=hub", f"<{SELF}>; rel=self"),
            id="104 header before body",
        ),
    ],
)
def test_a_document_says_where_its_pushes_come_from(body: bytes, links: tuple[str, ...]) -> None:
    assert advertised(body, url=URL, links=links) == TOPIC


def test_without_a_self_link_the_topic_is_where_it_was_found() -> None:
    found = advertised(atom("<link rel='hub' href='h1'/><link rel='hub' href='h2'/>"), url=URL)
    assert found == Topic(url=URL, hubs=("https://a.example/h1", "https://a.example/h2"))


@pytest.mark.parametrize(
    "body",
    [
        atom(f"<link rel='self' href='{SELF}'/>"),
        atom("<!-- <link rel='hub' href='https://x.example/'/> -->"),
        atom("<subtitle><![CDATA[<link rel='hub' href='https://x.example/'/>]]></subtitle>"),
        atom("<link rel='hub' href='javascript:x'/>"),
        b"<html><body><link rel=hub href='https://evil.example/'>",
        b'{"hubs": 5}',
        b"{",
        b"[[",
        b"",
    ],
)
def test_what_names_no_hub_has_none(body: bytes) -> None:
    assert advertised(body, url=URL) is None


def test_a_request_says_all_a_hub_needs_and_keeps_to_its_limits() -> None:
    form = dict(hub.request(FRESH, callback="https://p.example/hub/t", mode=Mode.SUBSCRIBE))
    assert form == {
        "hub.callback": "https://p.example/hub/t",
        "hub.mode": "subscribe",
        "hub.topic": SELF,
        "hub.secret": "s3cret",
        "hub.lease_seconds": "864000",
    }
    bye = dict(hub.request(FRESH, callback="https://p.example/hub/t", mode=Mode.UNSUBSCRIBE))
    assert bye["hub.mode"] == "unsubscribe"
    assert "hub.lease_seconds" not in bye


def test_what_we_asked_for_is_confirmed() -> None:
    known, echo = hub.verified(ASKED, INTENT, now=NOON + HOUR)
    assert echo == "abc"
    assert (known.state, known.pending) == (State.ACTIVE, None)
    assert known.lease_ends == NOON + HOUR + timedelta(days=10)


@pytest.mark.parametrize(
    ("known", "change"),
    [
        pytest.param(ASKED, {"hub.topic": URL}, id="205 unknown topic"),
        pytest.param(ASKED, {"hub.topic": SELF.upper()}, id="nearly the topic"),
        pytest.param(ASKED, {"hub.mode": "unsubscribe"}, id="not asked to end"),
        pytest.param(ASKED, {"hub.mode": "Subscribe"}, id="no such mode"),
        pytest.param(ASKED, {"hub.challenge": ""}, id="nothing to echo"),
        pytest.param(ASKED, {"hub.challenge": "x" * 1025}, id="too much to echo"),
        pytest.param(FRESH, {}, id="never asked"),
        pytest.param(ACTIVE, {"hub.lease_seconds": "1"}, id="another lease"),
        pytest.param(ACTIVE, {"hub.mode": "unsubscribe"}, id="forged end"),
        pytest.param(replace(FRESH, state=State.ENDED), {"hub.mode": "denied"}, id="ended"),
        pytest.param(
            hub.asking(ACTIVE, mode=Mode.UNSUBSCRIBE, now=NOON), {}, id="subscribe, as we end it"
        ),
    ],
)
def test_what_we_did_not_ask_for_is_refused_and_changes_nothing(
    known: Subscription, change: dict[str, str]
) -> None:
    assert hub.verified(known, INTENT | change, now=NOON) == (known, None)


def test_a_request_does_not_wait_for_its_verification_for_ever() -> None:
    later = NOON + timedelta(days=1, seconds=1)
    assert hub.verified(ASKED, INTENT, now=later) == (ASKED, None)


def test_a_hub_that_missed_our_answer_may_ask_again() -> None:
    assert hub.verified(ACTIVE, INTENT, now=NOON + timedelta(minutes=9)) == (ACTIVE, "abc")
    assert hub.verified(ACTIVE, INTENT, now=NOON + timedelta(minutes=11)) == (ACTIVE, None)


def test_an_end_we_asked_for_is_confirmed() -> None:
    ending = hub.asking(ACTIVE, mode=Mode.UNSUBSCRIBE, now=NOON)
    known, echo = hub.verified(ending, INTENT | {"hub.mode": "unsubscribe"}, now=NOON)
    assert (known.state, echo) == (State.ENDED, "abc")
    assert hub.renewal(known) is None


def test_a_denial_ends_the_pushes_and_is_questioned_after_a_week() -> None:
    said = {"hub.mode": "denied", "hub.topic": SELF, "hub.reason": "members\n only"}
    known, echo = hub.verified(PUSHED, said, now=NOON)
    assert (known.state, known.reason, echo) == (State.DENIED, "members only", "")
    assert not hub.is_live(known, now=NOON)
    assert hub.renewal(known) == NOON + timedelta(days=7)
    again, _ = hub.verified(hub.asking(known, mode=Mode.SUBSCRIBE, now=NOON), INTENT, now=NOON)
    assert (again.state, again.reason) == (State.ACTIVE, "")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("3600", HOUR),
        ("1", timedelta(minutes=1)),
        ("999999999999999999999", timedelta(days=30)),
        ("", hub.LEASE),
        ("0", hub.LEASE),
        ("-5", hub.LEASE),
        ("²", hub.LEASE),
        ("soon", hub.LEASE),
    ],
)
def test_a_lease_is_finite_whatever_a_hub_says(said: str, meant: timedelta) -> None:
    known, _ = hub.verified(ASKED, INTENT | {"hub.lease_seconds": said}, now=NOON)
    assert known.lease_ends == NOON + meant


def test_a_lease_is_renewed_at_two_thirds() -> None:
    assert hub.renewal(ACTIVE) == NOON + timedelta(days=10) * 2 / 3
    brief, _ = hub.verified(ASKED, INTENT | {"hub.lease_seconds": "60"}, now=NOON)
    assert hub.renewal(brief) == NOON + HOUR
    assert hub.renewal(FRESH) == NOON
    assert hub.renewal(hub.asking(ACTIVE, mode=Mode.UNSUBSCRIBE, now=NOON)) is None


@given(st.integers(0, 10**6))
def test_a_silent_hub_is_asked_ever_more_seldom_but_daily(failures: int) -> None:
    again = hub.renewal(replace(ASKED, failures=failures))
    assert again is not None
    assert HOUR <= again - NOON <= timedelta(days=1)


def test_a_renewal_without_an_answer_is_repeated_and_the_lease_lives_on() -> None:
    later = NOON + timedelta(days=7)
    renewing = hub.unheard(hub.asking(PUSHED, mode=Mode.SUBSCRIBE, now=later), reason="no route")
    assert hub.is_live(renewing, now=later)
    assert not hub.is_due(renewing, now=later + HOUR / 2)
    assert hub.is_due(renewing, now=later + HOUR)
    again = hub.asking(renewing, mode=Mode.SUBSCRIBE, now=later + HOUR)
    assert hub.renewal(again) == later + 3 * HOUR
    known, _ = hub.verified(again, INTENT, now=later + HOUR)
    assert (known.failures, known.reason) == (0, "")


def test_an_end_that_no_hub_confirms_is_forgotten_after_a_day() -> None:
    ending = hub.asking(ACTIVE, mode=Mode.UNSUBSCRIBE, now=NOON)
    assert not hub.is_over(ending, now=NOON + HOUR)
    assert hub.is_over(ending, now=NOON + 25 * HOUR)
    assert not hub.is_over(ACTIVE, now=NOON + 25 * HOUR)


def test_a_clock_set_back_renews() -> None:
    assert not hub.is_due(ACTIVE, now=NOON)
    assert hub.is_due(ACTIVE, now=NOON - timedelta(days=365))


@given(st.timedeltas(timedelta(minutes=1), timedelta(days=30)), st.integers(-1000, 1000))
def test_polling_is_stretched_by_pushes_that_arrive_but_never_stops(
    every: timedelta, hours: int
) -> None:
    now = NOON + hours * HOUR
    for known in (None, FRESH, ASKED, ACTIVE, hub.missed(PUSHED)):
        assert hub.stretched(every, known, now=now) == every
    is_live = now < NOON + timedelta(days=10)
    expected = max(every, timedelta(hours=6)) if is_live else every
    assert hub.stretched(every, PUSHED, now=now) == expected


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
@given(body=st.binary(max_size=50), secret=st.text(st.characters(codec="utf-8"), min_size=1))
def test_a_signature_proves_exactly_its_body(method: str, body: bytes, secret: str) -> None:
    proof = hmac.new(secret.encode(), body, getattr(hashlib, method)).hexdigest()
    assert hub.is_signed(body, [f"{method}={proof}"], secret=secret)
    assert hub.is_signed(body, ["sha256=00", f" {method.upper()}={proof.upper()} "], secret=secret)
    assert not hub.is_signed(body + b"x", [f"{method}={proof}"], secret=secret)
    assert not hub.is_signed(body[1:] if body else b"x", [f"{method}={proof}"], secret=secret)
    assert not hub.is_signed(body, [f"{method}={proof[1:]}"], secret=secret)
    assert not hub.is_signed(body, [f"{method}={proof}"], secret=f"{secret}x")


@pytest.mark.parametrize(
    "signatures",
    [[], [""], ["sha256"], ["sha256="], ["md5=" + "0" * 32], ["sha256=ä"], ["=", "x=y"]],
)
def test_what_is_not_a_signature_proves_nothing(signatures: list[str]) -> None:
    assert not hub.is_signed(b"x", signatures, secret="s")


def test_a_forgery_is_only_counted() -> None:
    assert hub.pushed(ACTIVE, is_good=False, now=NOON) == replace(ACTIVE, ignored=1)
