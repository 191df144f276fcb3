"""What our hub makes of what strangers ask, in whatever order it comes."""

import hashlib
import hmac
from dataclasses import replace
from datetime import datetime, timedelta
from ipaddress import ip_network
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.hub import Mode
from publisher import hub
from publisher.hub import LEASES, Refusal, Subscriber, Wish
from tests.conftest import NOON

BASE = "https://paper.example/"
CALLBACK = "https://reader.example/callback?id=7"
ASKED = {"hub.mode": "subscribe", "hub.topic": f"{BASE}atom.xml", "hub.callback": CALLBACK}
ONE = Subscriber(callback=CALLBACK, topic="atom.xml", known="digest")
DAY = timedelta(days=1)


def wish(**changes: str) -> Wish | Refusal:
    said = ASKED | {f"hub.{name}": value for name, value in changes.items()}
    return hub.wish([*said.items()], base_url=BASE)


def test_a_request_says_what_is_wanted() -> None:
    assert wish() == Wish(mode=Mode.SUBSCRIBE, callback=CALLBACK, topic="atom.xml")
    assert wish(mode="unsubscribe", secret="x" * 199, lease_seconds="86400") == Wish(
        mode=Mode.UNSUBSCRIBE, callback=CALLBACK, topic="atom.xml", secret="x" * 199, lease=DAY
    )


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"mode": "publish"}, 400, "hub.mode must be subscribe or unsubscribe"),
        ({"mode": "SUBSCRIBE"}, 400, "hub.mode must be subscribe or unsubscribe"),
        ({"topic": "https://other.example/"}, 404, f"hub.topic must be a feed beneath {BASE}"),
        ({"secret": "ü" * 100}, 400, "hub.secret must be shorter than 200 bytes"),
        ({"lease_seconds": "ten"}, 400, "hub.lease_seconds must be a number of seconds"),
        ({"lease_seconds": "-1"}, 400, "hub.lease_seconds must be a number of seconds"),
        ({"lease_seconds": "٣"}, 400, "hub.lease_seconds must be a number of seconds"),
    ],
)
def test_what_cannot_be_had_is_refused_in_words(
    changes: dict[str, str], status: int, words: str
) -> None:
    assert wish(**changes) == Refusal(status=status, words=words)


@pytest.mark.parametrize(
    ("callback", "words"),
    [
        ("", "must be an absolute http or https address"),
        ("/callback", "must be an absolute http or https address"),
        ("ftp://reader.example/", "must be an absolute http or https address"),
        ("https:///callback", "must be an absolute http or https address"),
        ("https://reader.example/ä", "must be an absolute http or https address"),
        ("https://reader.example/\r\nX: y", "must be an absolute http or https address"),
        ("https://reader.example\\@inside/", "must be an absolute http or https address"),
        ('https://reader.example/">', "must be an absolute http or https address"),
        ("https://[reader.example/", "is no address"),
        ("https://reader.example:x/", "is no address"),
        ("https://me:word@reader.example/", "must hold no password and no fragment"),
        ("https://reader.example/#top", "must hold no password and no fragment"),
        ("http://reader.example:25/", "must not be at the port of another service"),
        ("https://reader.example:22/", "must not be at the port of another service"),
        ("http://127.0.0.1/", "is a loopback address"),
        ("http://[::1]:8080/", "is a loopback address"),
        ("http://[::ffff:10.0.0.1]/", "is a private address"),
        ("http://169.254.169.254/latest/", "is a link-local address"),
        (f"https://reader.example/{'x' * 2000}", "must be no longer than 2000 characters"),
    ],
)
def test_a_callback_we_would_not_call_is_refused_at_once(callback: str, words: str) -> None:
    assert wish(callback=callback) == Refusal(status=400, words=f"hub.callback {words}")


def test_an_operator_may_have_subscribers_inside() -> None:
    form = [*(ASKED | {"hub.callback": "http://10.1.2.3:8080/"}).items()]
    assert isinstance(hub.wish(form, base_url=BASE), Refusal)
    inside = (ip_network("10.0.0.0/8"),)
    assert isinstance(hub.wish(form, base_url=BASE, allowed=inside), Wish)


def test_what_is_said_twice_is_refused_and_what_we_do_not_know_ignored() -> None:
    form = [*ASKED.items(), ("hub.verify", "async"), ("hub.verify", "sync"), ("x", "y")]
    assert isinstance(hub.wish(form, base_url=BASE), Wish)
    twice = hub.wish([*form, ("hub.callback", "https://b.example/")], base_url=BASE)
    assert twice == Refusal(status=400, words="each hub.… may be said once")


@given(
    form=st.lists(
        st.tuples(st.sampled_from([*ASKED, "hub.secret", "hub.lease_seconds"]), st.text())
    )
)
def test_no_form_is_more_than_we_can_read(form: list[tuple[str, str]]) -> None:
    found = hub.wish(form, base_url=BASE)
    assert isinstance(found, Refusal)
    assert found.status in {400, 404}
    assert found.words.isprintable()


@given(seconds=st.from_regex(r"[0-9]{1,400}", fullmatch=True))
def test_every_lease_is_finite(seconds: str) -> None:
    found = wish(lease_seconds=seconds)
    assert isinstance(found, Wish)
    assert LEASES[0] <= found.lease <= LEASES[1]


@given(mode=st.sampled_from(Mode), query=st.sampled_from(["", "?", "?a=b&a=c", "?hub.mode=mine"]))
def test_a_question_adds_to_a_callback_and_changes_nothing_of_it(mode: Mode, query: str) -> None:
    callback = f"https://reader.example/c{query}"
    one = hub.wishing(
        None,
        Wish(mode=mode, callback=callback, topic="atom.xml"),
        digest="d",
        challenge="a challenge&",
        now=NOON,
    )
    asked = hub.question(one, base_url=BASE)
    assert asked.startswith(callback)
    added = parse_qsl(urlsplit(asked).query)[len(parse_qsl(urlsplit(callback).query)) :]
    lease = [("hub.lease_seconds", "864000")] if mode is Mode.SUBSCRIBE else []
    assert added == [
        ("hub.mode", mode),
        ("hub.topic", f"{BASE}atom.xml"),
        ("hub.challenge", "a challenge&"),
        *lease,
    ]


SECRETS = st.sampled_from(["", "a", "b"])
WISHES = st.tuples(
    st.just("wish"), st.sampled_from(Mode), SECRETS, st.integers(300, 2_592_000), st.just(True)
)
ANSWERS = st.tuples(
    st.just("answer"), st.just(Mode.SUBSCRIBE), st.just(""), st.integers(0, 1), st.booleans()
)


@given(steps=st.lists(st.one_of(WISHES, ANSWERS), max_size=12))
def test_nothing_is_changed_by_a_request_alone_nor_by_one_that_is_not_confirmed(
    steps: list[tuple[str, Mode, str, int, bool]],
) -> None:
    """Against a hub that keeps two dictionaries: what is in force, and what was asked last."""
    now, known = NOON, None
    force: tuple[str, datetime] | None = None
    asked: tuple[Mode, str, int] | None = None
    for number, (step, mode, secret, seconds, is_meant) in enumerate(steps):
        now += timedelta(seconds=1)
        if step == "wish":
            lease = timedelta(seconds=seconds)
            one = Wish(mode=mode, callback=CALLBACK, topic="t", secret=secret, lease=lease)
            known = hub.wishing(known, one, digest="d", challenge=str(number), now=now)
            asked = mode, secret, seconds
        elif known is not None:
            challenge = known.challenge if seconds else "an older one"
            known = hub.answered(known, challenge=challenge, is_meant=is_meant, now=now)
            if asked and seconds:
                if is_meant and asked[0] is Mode.UNSUBSCRIBE:
                    force = None
                elif is_meant:
                    kept = force[0] if force else ""
                    force = asked[1] or kept, now + timedelta(seconds=asked[2])
                asked = None
        in_force = (known.secret, known.lease_ends) if known and known.lease_ends else None
        assert in_force == force
        assert (known is None) is (force is None and asked is None)


def test_only_the_challenge_itself_confirms() -> None:
    assert hub.is_confirmation(204, b"abc", challenge="abc")
    for status, body in ((200, b"abc\n"), (200, b"ab"), (200, b""), (301, b"abc"), (404, b"abc")):
        assert not hub.is_confirmation(status, body, challenge="abc")


@given(body=st.binary(), secret=st.text(min_size=1, max_size=20))
def test_a_signature_is_over_the_very_bytes(body: bytes, secret: str) -> None:
    one = replace(ONE, secret=secret.encode(errors="replace").decode())
    said = dict(hub.headers(one, body, base_url=BASE, hub=f"{BASE}hub", media_type="text/x"))
    proof = hmac.new(one.secret.encode(), body, hashlib.sha256).hexdigest()
    assert said == {
        "Content-Type": "text/x",
        "Link": f'<{BASE}hub>; rel="hub", <{BASE}atom.xml>; rel="self"',
        "X-Hub-Signature": f"sha256={proof}",
    }


def test_failures_are_forgotten_with_the_first_delivery_that_is_taken() -> None:
    failed = hub.unsent(ONE, "it answers 500", now=NOON)
    assert failed is not None
    assert (failed.failures, failed.failing_since, failed.next_try) == (
        1,
        NOON,
        NOON + timedelta(minutes=1),
    )
    again = hub.unsent(failed, "it answers 503", now=NOON + DAY, wait=timedelta(hours=1))
    assert again is not None
    assert (again.failing_since, again.next_try) == (NOON, NOON + DAY + timedelta(hours=1))
    late = hub.unsent(again, "x", now=NOON + DAY, wait=timedelta(days=9))
    assert late is not None
    assert late.next_try == NOON + DAY + timedelta(hours=6)
    assert hub.unsent(again, "it answers 500", now=NOON + 3 * DAY) is None
    assert hub.sent(again, "new", now=NOON) == replace(ONE, known="new", sent_at=NOON)


def test_nobody_is_told_the_secrets_by_what_is_printed_of_a_subscriber() -> None:
    one = replace(ONE, secret="s3cret", wished_secret="s3cret", challenge="s3cret")
    assert "s3cret" not in repr(one)
    assert "s3cret" not in repr(wish(secret="s3cret"))
