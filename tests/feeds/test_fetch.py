import gzip
import itertools
import os
import pickle
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from feeds import gate
from feeds.body import decode
from feeds.errors import BlockedError, FetchError, GoneError, ThrottledError, TooLargeError, Trouble
from feeds.fetch import Fetched, Fetcher, Limits, NotModified, Request, Validators
from feeds.headers import freshness, is_delta, max_age, refusal, retry_after, validator
from feeds.hops import first_hop, next_hop
from tests.aggregator.rounds import HASTY, LOOPBACK, SMALL
from tests.feeds.misbehaving import (
    CHUNKED,
    FEED,
    OK,
    Answer,
    Server,
    dripping,
    endless,
    redirecting,
    reply,
    saying,
    saying_and_closing,
    serving,
)

SHORT = timedelta(seconds=0.5)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    one = Fetcher(allow_networks=LOOPBACK, limits=SMALL)
    yield one
    one.close()


def ask(
    fetcher: Fetcher,
    url: str,
    *,
    validators: Validators | None = None,
    headers: tuple[tuple[str, str], ...] = (),
    timeout: timedelta = timedelta(seconds=20),
) -> Fetched | NotModified:
    return fetcher(
        Request(
            url=url,
            user_agent="Broadsheet/1.0 (+https://news.example/about)",
            validators=validators or Validators(),
            headers=headers,
            timeout=timeout,
        )
    )


def fetched(answer: Fetched | NotModified) -> Fetched:
    assert isinstance(answer, Fetched)
    return answer


# What we ask


def test_a_request_says_who_we_are_and_nothing_more(fetcher: Fetcher) -> None:
    with serving(saying(reply(FEED, "Set-Cookie: id=1; Path=/"))) as server:
        for _ in range(2):
            ask(fetcher, server.url("/a%20b?q=1#part"))
    assert server.heads[0] == server.heads[1]
    lines = server.heads[1].decode().split("\r\n")
    assert lines[0] == "GET /a%20b?q=1 HTTP/1.1"
    names = sorted(line.partition(":")[0] for line in lines[1:] if line)
    assert names == ["Accept", "Accept-Encoding", "Host", "User-Agent"]
    assert server.header("Accept-Encoding") == "gzip"
    assert server.header("User-Agent") == "Broadsheet/1.0 (+https://news.example/about)"
    assert "application/atom+xml, application/rss+xml" in (server.header("Accept") or "")


def test_every_link_header_comes_along(fetcher: Fetcher) -> None:
    links = ('<https://hub.example/>; rel="hub"', '</feed>; rel="self", </a>; rel="next"')
    with serving(saying(reply(FEED, *(f"Link: {link}" for link in links)))) as server:
        assert fetched(ask(fetcher, server.url())).links == links


def test_a_document_comes_with_all_we_need_to_know_about_it(fetcher: Fetcher) -> None:
    head = (
        'ETag: W/"a b"',
        "Last-Modified: yesterday, or so",
        "Cache-Control: public, max-age=3600",
        "Content-Type: application/atom+xml; charset=utf-8",
    )
    with serving(saying(reply(FEED, *head))) as server:
        answer = ask(fetcher, server.url())
        assert answer == Fetched(
            body=FEED,
            url=server.url(),
            validators=Validators(etag='W/"a b"', last_modified="yesterday, or so"),
            content_type="application/atom+xml; charset=utf-8",
            max_age=timedelta(hours=1),
        )


@given(
    etag=st.text(st.characters(codec="latin-1", exclude_categories=["Cc"]), min_size=1).filter(
        lambda s: s == s.strip()
    )
)
def test_any_legal_validator_is_kept_as_it_came(etag: str) -> None:
    assert validator(etag) == etag


@pytest.mark.parametrize("value", [None, "", '"a\r\nX: y"', '"\x00"', "\x7f", "x" * 1025])
def test_a_validator_we_could_not_send_back_is_dropped(value: str | None) -> None:
    assert validator(value) is None


def test_validators_go_back_byte_for_byte(fetcher: Fetcher) -> None:
    etag, date = 'W/"caf\xe9 \xff, x"', "Tue, 01 Jan 1980 00:00:00 GMT"
    with serving(saying(reply(FEED, f"ETag: {etag}", f"Last-Modified: {date}"))) as server:
        first = fetched(ask(fetcher, server.url()))
        ask(fetcher, server.url(), validators=first.validators)
    assert server.header("If-None-Match", of=0) is None
    assert (server.header("If-None-Match"), server.header("If-Modified-Since")) == (etag, date)


def test_only_the_validators_we_have_are_sent(fetcher: Fetcher) -> None:
    with serving(saying(reply())) as server:
        ask(fetcher, server.url(), validators=Validators(last_modified="then"))
        assert server.header("If-None-Match") is None
        assert server.header("If-Modified-Since") == "then"


def test_headers_of_the_operator_are_sent_as_written(fetcher: Fetcher) -> None:
    with serving(saying(reply())) as server:
        ask(fetcher, server.url(), headers=(("X-Key", "k"), ("accept", "text/xml")))
    assert server.header("X-Key") == "k"
    assert server.heads[0].lower().count(b"\r\naccept:") == 1
    assert server.header("Accept") == "text/xml"


@pytest.mark.parametrize("header", [("X-Key", "a\r\nHost: evil"), ("X Key\n", "a")])
def test_a_header_that_smuggles_another_is_not_sent(
    fetcher: Fetcher, header: tuple[str, str]
) -> None:
    with serving(saying(reply())) as server:
        with pytest.raises(FetchError, match="cannot be sent"):
            ask(fetcher, server.url(), headers=(header,))
        assert server.heads == []


def test_a_name_and_password_in_the_address_are_sent_and_never_shown(fetcher: Fetcher) -> None:
    with serving(saying(reply(), reply(status="403 Forbidden"))) as server:
        url = server.url().replace("//", "//me:s%40cret@")
        assert "cret" not in fetched(ask(fetcher, url)).url
        assert server.header("Authorization") == "Basic bWU6c0BjcmV0"
        with pytest.raises(FetchError) as caught:
            ask(fetcher, url)
    assert "cret" not in str(caught.value)


# What the answers mean


def test_a_304_is_a_value_and_brings_new_validators_if_it_has_them(fetcher: Fetcher) -> None:
    old = Validators(etag='"1"', last_modified="then")
    plain = b"HTTP/1.1 304 Not Modified\r\n\r\n"
    newer = b'HTTP/1.1 304 Not Modified\r\nETag: "2"\r\nCache-Control: max-age=60\r\n\r\n'
    with serving(saying(plain, newer)) as server:
        assert ask(fetcher, server.url(), validators=old) == NotModified(validators=old)
        assert ask(fetcher, server.url(), validators=old) == NotModified(
            validators=Validators(etag='"2"', last_modified="then"), max_age=timedelta(minutes=1)
        )


def test_a_304_with_a_body_is_still_one_and_spoils_nothing_after_it(fetcher: Fetcher) -> None:
    stray = reply(b"HTTP/1.1 200 OK\r\n\r\nplanted", status="304 Not Modified")
    with serving(saying(stray, reply())) as server:
        old = Validators(etag='"1"')
        assert ask(fetcher, server.url(), validators=old) == NotModified(validators=old)
        assert fetched(ask(fetcher, server.url())).body == FEED


def test_a_304_nobody_asked_for_is_an_error(fetcher: Fetcher) -> None:
    with (
        serving(saying(b"HTTP/1.1 304 Not Modified\r\n\r\n")) as server,
        pytest.raises(FetchError, match="304 Not Modified"),
    ):
        ask(fetcher, server.url())


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("204 No Content", "204 No Content"),
        ("206 Partial Content", "206 Partial Content"),
        ("226 IM Used", "226 IM Used"),
        ("401 x", "401 Unauthorized: it wants a name and a password"),
        ("403 x", "403 Forbidden: it refuses us"),
        ("404 x", "404 Not Found: there is no feed at this address"),
        ("451 x", "451 Unavailable For Legal Reasons: it may not show us"),
        ("500 x", "500 Internal Server Error: it is in trouble"),
        ("999 <b>x</b>", "the server answers 999: it is in trouble"),
    ],
)
def test_any_other_status_is_an_error_an_operator_understands(
    fetcher: Fetcher, status: str, words: str
) -> None:
    with serving(saying(reply(FEED, status=status))) as server:
        with pytest.raises(FetchError, match=words) as caught:
            ask(fetcher, server.url())
        assert caught.value.status == int(status[:3])
        assert type(caught.value) is FetchError


def test_a_410_means_the_feed_has_ended(fetcher: Fetcher) -> None:
    with (
        serving(saying(reply(status="410 Gone"))) as server,
        pytest.raises(GoneError, match="ended for good"),
    ):
        ask(fetcher, server.url())


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
def test_a_busy_server_says_when_to_come_back_and_is_asked_only_once(
    fetcher: Fetcher, status: str
) -> None:
    with serving(saying(reply(b"", "Retry-After: 120", status=status))) as server:
        with pytest.raises(ThrottledError, match="ask again in 0:02:00") as caught:
            ask(fetcher, server.url())
        assert caught.value.retry_after == timedelta(minutes=2)
        assert caught.value.status == int(status[:3])
        assert len(server.heads) == 1


DATE = "Mon, 01 Jun 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("value", "date", "wait"),
    [
        ("0", None, timedelta()),
        ("3600", None, timedelta(hours=1)),
        ("9" * 5000, None, timedelta(days=1)),
        ("Mon, 01 Jun 2026 12:05:00 GMT", DATE, timedelta(minutes=5)),
        ("Monday, 01-Jun-26 12:05:00 GMT", DATE, timedelta(minutes=5)),
        ("Thu, 01 Jan 1970 00:00:00 GMT", DATE, timedelta()),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DATE, timedelta(days=1)),
        ("Mon, 01 Jun 2026 12:05:00 GMT", None, None),
        ("Mon, 01 Jun 2026 12:05:00 GMT", "garbage", None),
        ("-5", None, None),
        ("1.5", DATE, None),
        ("soon", DATE, None),
        ("", None, None),
        (None, DATE, None),
    ],
)
def test_retry_after_is_read_in_both_forms_and_never_beyond_a_day(
    value: str | None, date: str | None, wait: timedelta | None
) -> None:
    assert retry_after(value, date) == wait


@given(value=st.text(max_size=60), date=st.none() | st.text(max_size=40) | st.just(DATE))
def test_no_retry_after_is_outside_its_bounds(value: str, date: str | None) -> None:
    wait = retry_after(value, date)
    assert wait is None or timedelta() <= wait <= timedelta(days=1)


@pytest.mark.parametrize(
    ("value", "age"),
    [
        (None, None),
        ("no-store", None),
        ("public, Max-Age=60", timedelta(seconds=60)),
        ('max-age="60", max-age=5', timedelta(seconds=60)),
        ("s-maxage=9, max-age = 7", timedelta(seconds=7)),
        ("s-max-age=9, x-max-age=9", None),
        ("max-age=-1", None),
        ("max-age=" + "9" * 5000, timedelta(seconds=2**31)),
    ],
)
def test_max_age_is_read_from_cache_control(value: str | None, age: timedelta | None) -> None:
    assert max_age(value) == age


SERVED = "Mon, 01 Jun 2026 12:00:00 GMT"
LATER = "Mon, 01 Jun 2026 13:00:00 GMT"
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=3600"}, HOUR),
        ({"Cache-Control": "max-age=3600", "Age": "600"}, timedelta(minutes=50)),
        ({"Cache-Control": "max-age=3600", "Age": "99999"}, timedelta()),
        ({"Cache-Control": "max-age=3600", "Age": "-1"}, HOUR),
        ({"Expires": LATER, "Date": SERVED}, HOUR),
        ({"Expires": LATER, "Date": SERVED, "Age": "1800"}, HOUR / 2),
        ({"Expires": SERVED, "Date": LATER}, timedelta()),
        ({"Expires": LATER}, None),
        ({"Expires": LATER, "Date": "noon"}, None),
        ({"Expires": "0", "Date": SERVED}, timedelta()),
        ({"Expires": LATER, "Date": SERVED, "Cache-Control": "max-age=60"}, timedelta(minutes=1)),
        ({"Expires": LATER, "Date": SERVED, "Cache-Control": "public"}, HOUR),
        ({"Cache-Control": "no-cache, max-age=3600"}, None),
        ({"Cache-Control": "max-age=3600,NO-STORE"}, None),
        ({"Cache-Control": 'no-cache="Set-Cookie", max-age=3600'}, HOUR),
    ],
)
def test_freshness_is_what_the_server_says_less_what_is_past(
    headers: dict[str, str], fresh: timedelta | None
) -> None:
    assert freshness(headers) == fresh


@given(
    headers=st.dictionaries(
        st.sampled_from(["Cache-Control", "Expires", "Date", "Age"]),
        st.text(max_size=30) | st.sampled_from([SERVED, LATER, "max-age=9", "9" * 30]),
    )
)
def test_no_freshness_is_less_than_nothing(headers: dict[str, str]) -> None:
    fresh = freshness(headers)
    assert fresh is None or fresh >= timedelta()


@pytest.mark.parametrize(
    ("value", "is_it"), [(None, True), ("feed", True), (" Feed ", True), ("vcdiff", False)]
)
def test_only_the_difference_we_asked_for_is_one(value: str | None, is_it: bool) -> None:
    assert is_delta(value) is is_it
    assert not is_delta("feed, gzip")


@pytest.mark.parametrize(
    "header", [("cf-mitigated", "challenge"), ("x-amzn-waf-action", "captcha")]
)
@pytest.mark.parametrize("status", [202, 403, 405, 503])
def test_a_guard_that_wants_a_browser_is_told_from_a_refusal(
    status: int, header: tuple[str, str]
) -> None:
    assert refusal(status, dict([header])).trouble is Trouble.CHALLENGE
    assert refusal(status, {}).trouble is not Trouble.CHALLENGE


def test_an_error_keeps_its_trouble_between_processes() -> None:
    error = pickle.loads(pickle.dumps(refusal(404, {})))  # noqa: S301 (our own)
    assert (str(error), error.status, error.trouble) == (
        str(refusal(404, {})), 404, Trouble.MISSING,
    )  # fmt: skip


# Sparing a host


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    naps: list[float] = []
    monkeypatch.setattr(gate, "sleep", naps.append)
    return naps


def test_a_host_is_left_alone_between_two_fetches_and_no_other_waits(slept: list[float]) -> None:
    turnstile = gate.Turnstile(HOUR, allowed=(), routes={})
    for host in ("a.example", "b.example", "A.example.:81"):
        with turnstile.through(f"http://{host}/feed"):
            pass
    assert [round(nap / HOUR.total_seconds(), 2) for nap in slept] == [0, 0, 1]


def test_whoever_comes_third_waits_longer_than_the_second(slept: list[float]) -> None:
    turnstile = gate.Turnstile(HOUR, allowed=(), routes={})
    with turnstile.through("http://a.example/1"), turnstile.through("http://a.example/2"):
        pass
    with turnstile.through("http://a.example/3"):
        pass
    assert [round(nap / HOUR.total_seconds(), 2) for nap in slept] == [0, 1, 2]


@pytest.mark.parametrize(
    "url", ["http://wire.example/", "http://127.0.0.1:81/", "http://[::1", "file:///x"]
)
def test_what_is_ours_or_no_host_at_all_is_not_spared(slept: list[float], url: str) -> None:
    routes = {"wire.example": ("127.0.0.1", 80)}
    turnstile = gate.Turnstile(HOUR, allowed=LOOPBACK, routes=routes)
    for _ in range(2):
        with turnstile.through(url):
            pass
    assert slept == []


# Redirects


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_a_permanent_redirect_tells_the_address_to_ask_in_future(
    fetcher: Fetcher, status: str
) -> None:
    with serving(redirecting({"/feed": "b", "/b": "/c?x=1#top"}, status)) as server:
        answer = fetched(ask(fetcher, server.url()))
    assert answer.url == answer.moved_to == server.url("/c?x=1")


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_a_temporary_redirect_is_followed_and_not_remembered(fetcher: Fetcher, status: str) -> None:
    with serving(redirecting({"/feed": "/b"}, status)) as server:
        answer = fetched(ask(fetcher, server.url()))
    assert (answer.url, answer.moved_to) == (server.url("/b"), None)


def test_one_temporary_redirect_makes_the_whole_way_temporary(fetcher: Fetcher) -> None:
    answers = (
        reply(b"", "Location: /b", status="301 Moved Permanently"),
        reply(b"", "Location: /c", status="302 Found"),
        reply(),
    )
    with serving(saying(*answers)) as server:
        assert fetched(ask(fetcher, server.url())).moved_to is None


def test_a_304_behind_a_permanent_redirect_tells_it_too(fetcher: Fetcher) -> None:
    answers = (
        reply(b"", "Location: /b", status="301 Moved Permanently"),
        b"HTTP/1.1 304 Not Modified\r\n\r\n",
    )
    with serving(saying(*answers)) as server:
        answer = ask(fetcher, server.url(), validators=Validators(etag='"1"'))
        assert isinstance(answer, NotModified)
        assert answer.moved_to == server.url("/b")
        assert [server.header("If-None-Match", of=n) for n in (0, 1)] == ['"1"', '"1"']


def test_an_address_with_a_password_is_never_said_to_have_moved(fetcher: Fetcher) -> None:
    with serving(redirecting({"/feed": "/b"}, "301 Moved Permanently")) as server:
        url = server.url().replace("//", "//me:secret@")
        assert fetched(ask(fetcher, url)).moved_to is None
        assert server.header("Authorization") is not None


def test_a_circle_of_redirects_is_named(fetcher: Fetcher) -> None:
    with serving(redirecting({"/feed": "/b?key=1", "/b?key=1": "/feed"})) as server:
        with pytest.raises(FetchError, match=r"in a circle, back to 127\.0\.0\.1/feed"):
            ask(fetcher, server.url())
        assert len(server.heads) == 2


def test_too_many_redirects_end_it(fetcher: Fetcher) -> None:
    way = {f"/{n}": f"/{n + 1}" for n in range(99)}
    with serving(redirecting(way)) as server:
        assert fetched(ask(fetcher, server.url("/94"))).url == server.url("/99")
        server.heads.clear()
        with pytest.raises(FetchError, match="more than 5 times"):
            ask(fetcher, server.url("/0"))
        assert len(server.heads) == 6


def test_a_redirect_to_nowhere_is_an_error(fetcher: Fetcher) -> None:
    with (
        serving(saying(reply(status="302 Found"))) as server,
        pytest.raises(FetchError, match="without saying where to"),
    ):
        ask(fetcher, server.url())


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.2:8001/",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]:8001/",
        "//10.0.0.1/",
        "http://0x7f.2/",
        "http://2130706434/",
        "file:///etc/hostname",
        "FILE:/etc/hostname",
        "gopher://127.0.0.1/",
        "javascript:alert(1)",
        "data:text/xml,<feed/>",
    ],
)
def test_a_redirect_leads_neither_inside_nor_out_of_http(fetcher: Fetcher, target: str) -> None:
    with serving(redirecting({"/feed": target})) as server, pytest.raises(BlockedError):
        ask(fetcher, server.url())


@pytest.mark.parametrize(
    "location", ["http://[::1/", "http://a\\@b/", "/a\x01b", "http://", "/" + "a" * 5000]
)
def test_a_redirect_to_no_address_at_all_is_an_error(location: str) -> None:
    with pytest.raises(FetchError):
        next_hop(["http://a.example/"], location, most=5)


@pytest.mark.parametrize("port", [1, 22, 25, 110, 143, 465, 587, 993, 1023])
def test_a_redirect_leads_to_no_other_service(port: int) -> None:
    with pytest.raises(BlockedError, match=f"to port {port}, where no feed is"):
        next_hop(["http://a.example/"], f"http://b.example:{port}/", most=5)
    written = [f"http://a.example:{port}/"]  # by the operator, who may have reasons
    assert next_hop(written, f"http://b.example:{port}/", most=5) == f"http://b.example:{port}/"


@pytest.mark.parametrize("port", [80, 443, 1024, 8443])
def test_a_redirect_may_lead_to_where_feeds_are(port: int) -> None:
    address = f"https://b.example:{port}/"
    assert next_hop(["http://a.example/"], address, most=5) == address


def test_a_redirect_from_https_to_http_is_refused() -> None:
    with pytest.raises(BlockedError, match="down to http"):
        next_hop(["https://a.example/"], "http://a.example/feed", most=5)
    assert next_hop(["http://a.example/x"], "https://a.example", most=5) == "https://a.example"


def test_a_redirect_in_utf_8_is_understood() -> None:
    location = "/caf\u00e9".encode().decode("latin-1")
    assert next_hop(["http://a.example/"], location, most=5) == "http://a.example/caf\u00e9"


@given(location=st.text(st.characters(codec="latin-1"), max_size=60))
def test_whatever_a_redirect_says_we_stay_on_the_web(location: str) -> None:
    try:
        hop = next_hop(["https://a.example/feed"], location, most=5)
    except FetchError:
        return
    assert hop.startswith("https://")
    assert first_hop(hop) == (hop, None)


def test_what_an_operator_sends_stays_with_the_host_it_was_meant_for() -> None:
    answers: list[bytes] = []
    with serving(lambda sock, _: sock.sendall(answers.pop(0))) as server:
        routes = dict.fromkeys(("ours.example", "theirs.example"), ("127.0.0.1", server.port))
        fetcher = Fetcher(allow_networks=LOOPBACK, routes=routes)
        moved = "302 Found"
        answers += [
            reply(b"", "Location: /b", status=moved),
            reply(b"", "Location: http://theirs.example/", status=moved),
            reply(b"", "Location: http://spy:x@ours.example/d", status=moved),
            reply(),
        ]
        url = "http://me:secret@ours.example/a"
        answer = fetched(ask(fetcher, url, headers=(("X-Key", "k"),)))
        fetcher.close()
    assert answer.url == "http://ours.example/d"
    keys = [server.header("X-Key", of=n) for n in range(4)]
    assert keys == ["k", "k", None, "k"]
    secrets = {server.header("Authorization", of=n) for n in (0, 1, 3)}
    assert secrets == {"Basic bWU6c2VjcmV0"}
    assert server.header("Authorization", of=2) is None
    assert [server.header("Host", of=n) for n in (1, 2)] == ["ours.example", "theirs.example"]
    assert [server.header("Referer", of=n) for n in range(4)] == [None] * 4


def test_the_body_of_a_redirect_is_not_read(fetcher: Fetcher) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        if head.startswith(b"GET /feed "):
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n")
            while True:  # until we hang up on it
                connection.sendall(b"x" * 65536)
        connection.sendall(reply())

    with serving(answer) as server:
        assert fetched(ask(fetcher, server.url())).body == FEED


# Servers that are slow, broken or hostile


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(dripping(OK, b"X"), id="a header, byte by byte"),
        pytest.param(dripping(OK, b"X: y\r\n"), id="headers, one by one"),
        pytest.param(dripping(b"", b"H"), id="a status line"),
        pytest.param(dripping(OK + b"Content-Length: 999\r\n\r\n", b"x"), id="a body"),
        pytest.param(dripping(CHUNKED, b"1\r\nx\r\n"), id="chunks"),
        pytest.param(dripping(CHUNKED + b"0\r\n", b"X: y\r\n"), id="trailers"),
        pytest.param(dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="100 Continue"),
    ],
)
def test_a_dripping_server_is_cut_off_at_the_deadline(fetcher: Fetcher, answer: Answer) -> None:
    with serving(answer) as server:
        with pytest.raises(FetchError, match=r"no complete answer within 0\.5 s"):
            ask(fetcher, server.url(), timeout=SHORT)
        assert len(server.heads) == 1


@pytest.mark.parametrize("first", [b"", OK, OK + b"Content-Length: 9\r\n\r\n1", CHUNKED])
def test_a_silent_server_is_left_after_a_while_and_not_asked_twice(first: bytes) -> None:
    fetcher = Fetcher(allow_networks=LOOPBACK, limits=HASTY)
    with serving(saying(first)) as server:
        with pytest.raises(FetchError, match=r"sent nothing for 0\.3 s"):
            ask(fetcher, server.url())
        assert len(server.heads) == 1
    fetcher.close()


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(endless(OK + b"\r\n", b"x"), id="a body without end"),
        pytest.param(endless(CHUNKED, b"8\r\nxxxxxxxx\r\n"), id="chunks without end"),
        pytest.param(endless(CHUNKED + b"1\r\nx\r\n0\r\n", b"A: b\r\n"), id="trailers"),
        pytest.param(endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), id="100 Continue"),
        pytest.param(saying(reply(FEED, length=10**12)), id="announced only"),
    ],
)
def test_an_endless_answer_is_cut_off_at_its_size(fetcher: Fetcher, answer: Answer) -> None:
    with serving(answer) as server, pytest.raises(TooLargeError, match=r"0\.2 MB"):
        ask(fetcher, server.url())


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(endless(OK + b"X: ", b"x"), id="one header"),
        pytest.param(endless(OK, b"A: b\r\n"), id="headers"),
        pytest.param(saying(OK + b"A: b\r\n" * 500 + b"\r\n"), id="500 headers"),
    ],
)
def test_endless_headers_are_not_read_to_their_end(fetcher: Fetcher, answer: Answer) -> None:
    with serving(answer) as server:
        with pytest.raises(FetchError, match="its headers are endless"):
            ask(fetcher, server.url())
        assert len(server.heads) == 1


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(reply(FEED, length=len(FEED) + 1), id="content-length too long"),
        pytest.param(CHUNKED + b"40\r\nshort", id="in a chunk"),
        pytest.param(CHUNKED + b"4\r\nfour\r\n", id="without the last chunk"),
        pytest.param(CHUNKED + b"bad\x00size\r\nx", id="a chunk of no size"),
    ],
)
def test_an_answer_that_breaks_off_is_no_document(fetcher: Fetcher, raw: bytes) -> None:
    with (
        serving(saying_and_closing(raw)) as server,
        pytest.raises(FetchError, match="broke off before its end"),
    ):
        ask(fetcher, server.url())


def test_two_lengths_that_differ_are_refused(fetcher: Fetcher) -> None:
    with (
        serving(saying(reply(FEED, "Content-Length: 5"))) as server,
        pytest.raises(FetchError, match="headers contradict each other"),
    ):
        ask(fetcher, server.url())


@pytest.mark.parametrize(
    "raw", [b"220 mail.example ESMTP\r\n", b"<rss/>", b"HTTP/9 200 OK\r\n\r\n"]
)
def test_a_server_of_something_else_is_named_so(fetcher: Fetcher, raw: bytes) -> None:
    with (
        serving(saying_and_closing(raw)) as server,
        pytest.raises(FetchError, match="does not speak HTTP"),
    ):
        ask(fetcher, server.url())


@pytest.mark.parametrize(
    "raw", [reply(b""), CHUNKED + b"0\r\n\r\n", reply(b"", "Content-Encoding: gzip")]
)
def test_an_empty_answer_is_never_an_empty_feed(fetcher: Fetcher, raw: bytes) -> None:
    with serving(saying(raw)) as server, pytest.raises(FetchError, match=r"(nothing|cut short)"):
        ask(fetcher, server.url())


def test_a_server_that_hangs_up_is_asked_once_more_and_no_more(fetcher: Fetcher) -> None:
    with serving(saying_and_closing(b"")) as server:
        with pytest.raises(FetchError, match="closed the connection without an answer"):
            ask(fetcher, server.url())
        assert len(server.heads) == 2


def test_a_kept_connection_that_died_meanwhile_is_not_noticed(fetcher: Fetcher) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        if b"/last" in head:  # says it will stay, and leaves when asked again
            connection.sendall(reply())
            connection.recv(65536)
            connection.shutdown(socket.SHUT_RDWR)
        else:
            connection.sendall(reply())

    with serving(answer) as server:
        ask(fetcher, server.url("/last"))
        assert fetched(ask(fetcher, server.url())).body == FEED


def test_a_refused_connection_is_said_so(fetcher: Fetcher) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    with pytest.raises(FetchError, match=r"cannot connect to 127\.0\.0\.1: connection refused"):
        ask(fetcher, f"http://127.0.0.1:{port}/")


def test_the_deadline_counts_for_all_redirects_together(fetcher: Fetcher) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        threading.Event().wait(0.2)
        step = int(head.split()[1][1:])
        connection.sendall(reply(b"", f"Location: /{step + 1}", status="302 Found"))

    with serving(answer) as server, pytest.raises(FetchError, match=r"within 0\.5 s"):
        ask(fetcher, server.url("/0"), timeout=SHORT)


def test_many_threads_share_a_fetcher(fetcher: Fetcher) -> None:
    with serving(saying(reply())) as server:
        bodies: list[bytes] = []

        def work() -> None:
            for _ in range(5):
                bodies.append(fetched(ask(fetcher, server.url())).body)  # noqa: PERF401 (one by one)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        fetcher.close()
    assert bodies == [FEED] * 40


# Packed answers


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "GZIP"])
def test_a_packed_answer_is_unpacked(fetcher: Fetcher, coding: str) -> None:
    packed = gzip.compress(FEED)
    with serving(saying(reply(packed, f"Content-Encoding: {coding}"))) as server:
        assert fetched(ask(fetcher, server.url())).body == FEED


@pytest.mark.parametrize("coding", ["br", "deflate", "zstd", "gzip, gzip", "\xff<b>"])
def test_any_other_coding_is_an_error_that_names_it(fetcher: Fetcher, coding: str) -> None:
    with (
        serving(saying(reply(FEED, f"Content-Encoding: {coding}"))) as server,
        pytest.raises(FetchError, match=r"packed as .+ we ask for gzip or nothing"),
    ):
        ask(fetcher, server.url())


def test_a_packed_answer_cut_short_is_no_document(fetcher: Fetcher) -> None:
    packed = gzip.compress(os.urandom(1000))[:-200]
    with (
        serving(saying(reply(packed, "Content-Encoding: gzip"))) as server,
        pytest.raises(FetchError, match="cut short"),
    ):
        ask(fetcher, server.url())


def test_an_unpacked_answer_that_says_it_is_packed_is_an_error(fetcher: Fetcher) -> None:
    with (
        serving(saying(reply(FEED, "Content-Encoding: gzip"))) as server,
        pytest.raises(FetchError, match="packed with gzip, but it is not"),
    ):
        ask(fetcher, server.url())


def test_a_bomb_does_not_go_off(fetcher: Fetcher) -> None:
    layer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(layer.compress(bytes(1_000_000)) for _ in range(50)) + layer.flush()
    with serving(saying(reply(bomb, "Content-Encoding: gzip"))) as server:
        tracemalloc.start()
        try:
            with pytest.raises(TooLargeError):
                ask(fetcher, server.url())
            assert tracemalloc.get_traced_memory()[1] < 5_000_000
        finally:
            tracemalloc.stop()


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    places = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[a:b] for a, b in itertools.pairwise(places)]


MEMBERS = st.lists(st.binary(max_size=300), min_size=1, max_size=3)
CUTS = st.lists(st.integers(0, 10_000), max_size=8)


@given(members=MEMBERS, cuts=CUTS, padding=st.integers(0, 5))
def test_however_it_is_cut_into_pieces_the_document_is_the_same(
    members: list[bytes], cuts: list[int], padding: int
) -> None:
    packed = b"".join(map(gzip.compress, members)) + bytes(padding)
    assert decode(split(packed, cuts), "gzip", limits=Limits()) == b"".join(members)


@given(document=st.binary(max_size=300), keep=st.integers(0, 10_000), cuts=CUTS)
def test_wherever_a_packed_document_is_cut_short_it_is_refused(
    document: bytes, keep: int, cuts: list[int]
) -> None:
    packed = gzip.compress(document)
    with pytest.raises(FetchError, match="cut short"):
        decode(split(packed[: keep % len(packed)], cuts), "gzip", limits=Limits())


@given(document=st.binary(max_size=100), rest=st.binary(min_size=1, max_size=20))
def test_nothing_but_more_of_it_may_follow_a_packed_document(document: bytes, rest: bytes) -> None:
    packed = gzip.compress(document) + b"!" + rest
    with pytest.raises(FetchError):
        decode([packed], "gzip", limits=Limits())


def test_a_large_document_is_unpacked_whole_and_one_beyond_the_limit_is_not() -> None:
    document = os.urandom(300_000) + bytes(600_000)
    packed = split(gzip.compress(document), list(range(0, 300_000, 7_919)))
    assert decode(packed, "gzip", limits=Limits(decoded=len(document))) == document
    with pytest.raises(TooLargeError, match="unpacked"):
        decode(packed, "gzip", limits=Limits(decoded=len(document) - 1))


def test_an_unlikely_ratio_is_refused_only_beyond_what_is_free() -> None:
    packed = gzip.compress(bytes(500_000))
    assert decode([packed], "gzip", limits=Limits(free=500_000)) == bytes(500_000)
    with pytest.raises(TooLargeError, match="100 times"):
        decode([packed], "gzip", limits=Limits(free=499_999))


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certified(authority: trustme.CA, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@contextmanager
def secure_fetcher(server: Server, authority: trustme.CA | None) -> Iterator[Fetcher]:
    trust = ssl.create_default_context() if authority else None
    if authority and trust:
        authority.configure_trust(trust)
    fetcher = Fetcher(
        allow_networks=LOOPBACK,
        routes={"news.example": ("127.0.0.1", server.port)},
        limits=SMALL,
        tls=trust,
    )
    yield fetcher
    fetcher.close()


def test_a_server_with_the_right_certificate_is_believed(authority: trustme.CA) -> None:
    with (
        serving(saying(reply()), certified(authority, "news.example")) as server,
        secure_fetcher(server, authority) as fetcher,
    ):
        for _ in range(2):
            answer = fetched(ask(fetcher, "https://news.example/feed"))
            assert (answer.body, answer.url) == (FEED, "https://news.example/feed")
        assert server.header("Host") == "news.example"


def test_a_certificate_for_another_name_is_refused(authority: trustme.CA) -> None:
    with (
        serving(saying(reply()), certified(authority, "other.example")) as server,
        secure_fetcher(server, authority) as fetcher,
    ):
        with pytest.raises(FetchError, match="cannot be trusted: Hostname mismatch"):
            ask(fetcher, "https://news.example/feed")
        assert server.heads == []


def test_a_certificate_of_an_unknown_authority_is_refused(authority: trustme.CA) -> None:
    with (
        serving(saying(reply()), certified(authority, "news.example")) as server,
        secure_fetcher(server, None) as fetcher,
    ):
        with pytest.raises(FetchError, match=r"cannot be trusted: (self-signed|unable)"):
            ask(fetcher, "https://news.example/feed")
        assert server.heads == []


def test_a_server_without_tls_is_told_from_one_with_a_bad_certificate() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.sendall(reply(status="400 Bad Request"))
                connection.recv(65536)

        thread = threading.Thread(target=accept)
        thread.start()
        fetcher = Fetcher(allow_networks=LOOPBACK, limits=SMALL)
        with pytest.raises(FetchError, match="TLS handshake failed"):
            ask(fetcher, f"https://127.0.0.1:{listener.getsockname()[1]}/")
        fetcher.close()
        thread.join()


def test_a_tls_handshake_that_never_ends_is_left_in_time() -> None:
    limits = Limits(connect=timedelta(seconds=0.3))
    with socket.create_server(("127.0.0.1", 0)) as listener:  # accepts, and never says a word
        fetcher = Fetcher(allow_networks=LOOPBACK, limits=limits)
        with pytest.raises(FetchError, match="too slow with the TLS handshake"):
            ask(fetcher, f"https://127.0.0.1:{listener.getsockname()[1]}/")
        fetcher.close()


def test_a_dripping_body_over_tls_is_cut_off_at_the_deadline(authority: trustme.CA) -> None:
    drip = dripping(OK + b"Content-Length: 999\r\n\r\n", b"x")
    with (
        serving(drip, certified(authority, "news.example")) as server,
        secure_fetcher(server, authority) as fetcher,
        pytest.raises(FetchError, match=r"within 0\.5 s"),
    ):
        ask(fetcher, "https://news.example/feed", timeout=SHORT)


# Files


def test_a_file_is_read_like_a_document(fetcher: Fetcher, tmp_path: Path) -> None:
    path = tmp_path / "my feed.xml"
    path.write_bytes(FEED)
    assert ask(fetcher, path.as_uri()) == Fetched(
        body=FEED, url=path.as_uri(), validators=Validators()
    )
    assert fetched(ask(fetcher, f"FILE://localhost{path}")).body == FEED


def test_a_file_that_cannot_be_read_says_why(fetcher: Fetcher, tmp_path: Path) -> None:
    (tmp_path / "large").write_bytes(bytes(SMALL.wire + 1))
    (tmp_path / "empty").touch()
    os.mkfifo(tmp_path / "pipe")
    for path, words in {
        tmp_path / "missing": "no such file",
        tmp_path: "not a file but a folder",
        tmp_path / "pipe": "not a file but a device",
        tmp_path / "empty": "is empty",
    }.items():
        with pytest.raises(FetchError, match=words):
            ask(fetcher, path.as_uri())
    with pytest.raises(TooLargeError, match=r"larger than 0\.2 MB"):
        ask(fetcher, (tmp_path / "large").as_uri())


def test_a_file_we_may_not_read_says_so(
    fetcher: Fetcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "secret"
    path.write_bytes(FEED)

    def refuse(*args: object, **kwargs: object) -> None:  # a mode would not stop root
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(FetchError, match=r"cannot read .*secret: permission denied"):
        ask(fetcher, path.as_uri())


@pytest.mark.parametrize("url", ["file:feed.xml", "file://host.example/a", "file:", "file:///%00"])
def test_a_file_address_needs_a_whole_path_on_this_machine(fetcher: Fetcher, url: str) -> None:
    with pytest.raises(FetchError, match=r"(whole path|cannot read)"):
        ask(fetcher, url)
