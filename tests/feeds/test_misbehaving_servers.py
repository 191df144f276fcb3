"""Thirty-eight ways to misbehave, N1 to N38; what each costs us is its own turn, and no more.

Every case goes the whole way: a real server on a raw socket, the fetcher, the reading, and the
database in which a source's articles and validators must come to no harm.
"""

import gzip
import itertools
import re
import socket
import ssl
import threading
import tracemalloc
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from aggregator.cadence import Cadence, next_fetch
from aggregator.moves import Move, settle
from feeds.body import Limits
from feeds.errors import FetchError
from feeds.fetch import Fetcher, Request
from feeds.gate import Resolver
from tests.aggregator.newsrooms import a_feed, a_paper, a_source, an_item
from tests.aggregator.rounds import (
    DAY,
    HASTY,
    HOUR,
    LOOPBACK,
    MINUTE,
    SMALL,
    Rounds,
    fetcher_for,
    impatient,
    rounds,
)
from tests.conftest import NOON
from tests.feeds.misbehaving import (
    CHUNKED,
    OK,
    Answer,
    Server,
    by_path,
    conditional,
    dripping,
    endless,
    header,
    path_of,
    redirecting,
    reply,
    resetting,
    saying,
    saying_and_closing,
    serving,
)

FIRST = an_item(1, "The first", "Words.", day=NOON - HOUR)
SECOND = an_item(2, "The second", "Other words.", day=NOON)
GOOD, BETTER = a_feed(FIRST), a_feed(SECOND, FIRST)
URL = "http://a.example/feed"
LOOPBACK_V6, SECOND_LOOPBACK = ip_network("::1/128"), ip_network("127.0.0.2/32")
PATIENCE, HARDLY_ANY = timedelta(seconds=10), timedelta(seconds=0.5)
FLAT = 5_000_000  # bytes; what a fetch may hold at most, with wire and decoded caps far below


@dataclass
class Stage:
    """One source, its server, whose answer a test may change, and the newsroom asking it."""

    server: Server
    rounds: Rounds

    def answers(self, answer: Answer) -> None:
        self.server.answer = answer


@contextmanager
def staged(
    folder: Path,
    *,
    answer: Answer | None = None,
    feed: str = URL,
    patience: timedelta = PATIENCE,
    limits: Limits = SMALL,
    **about: Any,
) -> Iterator[Stage]:
    with serving(answer or conditional(GOOD)) as server:
        paper = impatient(a_paper(a_source("a", feed=feed, every=HOUR, **about)), patience)
        hosts = ("a.example", "b.example")
        with rounds(folder, paper, fetcher_for(server.port, *hosts, limits=limits)) as newsroom:
            yield Stage(server=server, rounds=newsroom)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with staged(tmp_path) as one:
        yield one


# What is no document: one failure, nothing lost, and all is well when it is


def bomb(megabytes: int = 200) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    zeros = bytes(1_000_000)
    return b"".join([*(packer.compress(zeros) for _ in range(megabytes)), packer.flush()])


def gzipped(body: bytes, *, times: int = 1) -> bytes:
    for _ in range(times):
        body = gzip.compress(body, mtime=0)
    return body


def moving(location: str, status: str = "302 Found") -> Answer:
    return saying(reply(b"", f"Location: {location}", status=status))


def astray(status: str = "302 Found") -> Answer:
    """Redirect for ever, each time to somewhere new."""
    numbers = itertools.count()

    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(reply(b"", f"Location: /{next(numbers)}", status=status))

    return answer


def page(title: str, body: str = "") -> Answer:
    html = f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>"
    return saying(reply(html.encode(), "Content-Type: text/html"))


PACKED = "Content-Encoding: gzip"
CLOUDFLARE = "<script>window._cf_chl_opt={cvId:'3'}</script>"
BROTLI = bytes.fromhex("0b0280") + b"<rss/>" + b"\x03"

# number and what it does, the answer, what the operator reads, the state they see
FAULTS: list[tuple[str, Answer, str, str]] = [
    ("N1 headers dripped byte by byte", dripping(OK, b"X"), r"within 0\.5 s", "timeout"),
    ("N1 headers dripped line by line", dripping(OK, b"X: y\r\n"), r"within 0\.5 s", "timeout"),
    (
        "N2 body dripped",
        dripping(OK + b"Content-Length: 999\r\n\r\n", b"x"),
        r"within 0\.5 s",
        "timeout",
    ),
    ("N3 connects and never answers", saying(b""), r"sent nothing for 0\.3 s", "timeout"),
    ("N4 infinite body", endless(OK + b"\r\n", b"x"), r"more than 0\.2 MB", "too large"),
    (
        "N5 infinite chunks",
        endless(CHUNKED, b"8\r\nxxxxxxxx\r\n"),
        r"more than 0\.2 MB",
        "too large",
    ),
    ("N6 endless chunk size", endless(CHUNKED, b"1"), "broke off|more than", "broken answer"),
    (
        "N6 endless chunk extension",
        endless(CHUNKED + b"5;", b"x"),
        "broke off|more than",
        "broken answer",
    ),
    (
        "N7 endless trailers",
        endless(CHUNKED + b"1\r\nx\r\n0\r\n", b"A: b\r\n"),
        r"more than 0\.2 MB",
        "too large",
    ),
    (
        "N7 dripped trailers",
        dripping(CHUNKED + b"1\r\nx\r\n0\r\n", b"A: b\r\n"),
        r"within 0\.5 s",
        "timeout",
    ),
    (
        "N8 endless 100 Continue",
        endless(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        r"more than 0\.2 MB",
        "too large",
    ),
    (
        "N8 dripped 100 Continue",
        dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
        r"within 0\.5 s",
        "timeout",
    ),
    (
        "N9 Content-Length too long",
        saying_and_closing(reply(GOOD, length=len(GOOD) + 1)),
        "broke off",
        "broken answer",
    ),
    (
        "N10 Content-Length huge",
        saying(reply(GOOD, length=10**15)),
        "announces",
        "too large",
    ),
    (
        "N10 two Content-Lengths",
        saying(reply(GOOD, "Content-Length: 5")),
        "contradict each other",
        "broken answer",
    ),
    ("N11 bomb in one shot", saying(reply(bomb(), PACKED)), "unpack", "too large"),
    (
        "N11 bomb streamed",
        saying_and_closing(OK + PACKED.encode() + b"\r\n\r\n" + bomb()),
        "unpack",
        "too large",
    ),
    (
        "N12 gzip in gzip, twenty times",
        saying(reply(gzipped(GOOD, times=20), "Content-Encoding: " + ", ".join(["gzip"] * 20))),
        "gzip or nothing",
        "broken answer",
    ),
    (
        "N12 gzip in gzip, announced once",
        saying(reply(gzipped(GOOD, times=2), PACKED)),
        "not a feed",
        "not a feed",
    ),
    (
        "N13 gzip announced, plain sent",
        saying(reply(BETTER, PACKED)),
        "packed with gzip, but it is not",
        "broken answer",
    ),
    (
        "N13 brotli unasked",
        saying(reply(BROTLI, "Content-Encoding: br")),
        "packed as 'br'",
        "broken answer",
    ),
    ("N13 gzip unannounced", saying(reply(gzipped(BETTER))), "not a feed", "not a feed"),
    (
        "N14 gzip cut short",
        saying(reply(gzipped(BETTER)[:-9], PACKED)),
        "cut short",
        "broken answer",
    ),
    (
        "N15 five thousand headers",
        saying(OK + b"A: b\r\n" * 5_000 + b"\r\n"),
        "headers are endless",
        "broken answer",
    ),
    (
        "N15 a header of 1 MB",
        saying(reply(GOOD, "X: " + "x" * 1_000_000)),
        "headers are endless",
        "broken answer",
    ),
    (
        "N16 garbage for a status line",
        saying_and_closing(b"\x00\xff\x16garbage\r\n\r\n"),
        "does not speak HTTP",
        "broken answer",
    ),
    ("N16 HTTP/0.9", saying_and_closing(GOOD), "does not speak HTTP", "broken answer"),
    ("N16 status 999", saying(reply(GOOD, status="999 No")), "answers 999", "server error"),
    (
        "N16 status 204",
        saying(b"HTTP/1.1 204 No Content\r\n\r\n"),
        "204 No Content",
        "broken answer",
    ),
    (
        "N16 status 205",
        saying(reply(b"", status="205 Reset Content")),
        "205 Reset Content",
        "broken answer",
    ),
    ("N17 RST at once", resetting(), "without an answer", "broken answer"),
    (
        "N17 RST mid-body",
        resetting(OK + b"Content-Length: 999\r\n\r\nx"),
        "broke off",
        "broken answer",
    ),
    ("N17 RST amid the head", resetting(b"HTTP/1.1 20"), "broke off amid", "broken answer"),
    ("N17 close before the answer", saying_and_closing(b""), "without an answer", "broken answer"),
    (
        "N19 redirect in a circle",
        moving("/feed"),
        "in a circle, back to a.example/feed",
        "redirects",
    ),
    ("N19 redirect without end", astray(), "more than 5 times", "redirects"),
    ("N19 redirect to nowhere", saying(reply(status="302 Found")), "without saying", "redirects"),
    ("N19 control characters", moving("/a\x01b"), "control characters", "bad address"),
    ("N21 to loopback", moving("http://127.0.0.2:8009/"), "a loopback address", "blocked"),
    ("N21 to the cloud's own", moving("http://169.254.169.254/x"), "link-local", "blocked"),
    ("N21 to loopback in v6", moving("http://[::1]:8009/"), "a loopback address", "blocked"),
    ("N21 to a file", moving("file:///etc/hostname"), "we follow only http", "blocked"),
    ("N21 to gopher", moving("gopher://a.example/"), "we follow only http", "blocked"),
    ("N24 error page", page("404 Not Found"), "HTML page.+what is not there", "not a feed"),
    ("N24 captive portal", page("Hotel Wi-Fi", "Welcome"), 'title is "Hotel Wi-Fi"', "not a feed"),
    ("N24 challenge", page("Just a moment...", CLOUDFLARE), "browsers.+Cloudflare", "challenge"),
    (
        "N24 challenge with a status",
        saying(reply(b"x", "cf-mitigated: challenge", status="403 Forbidden")),
        "lets only browsers through",
        "challenge",
    ),
    (
        "N24 login page",
        page("Members", "<input type=password name=p>"),
        "looks like a login page",
        "login",
    ),
    ("N24 consent wall", page("Before you continue"), "consent to cookies", "consent wall"),
    ("N24 parked domain", page("a.example", "Buy this domain"), "for sale", "parked"),
    ("N25 200 with 0 bytes", saying(reply(b"")), "sends nothing", "broken answer"),
    ("N29 401", saying(reply(status="401 Unauthorized")), "a name and a password", "forbidden"),
    ("N29 403", saying(reply(status="403 Forbidden")), "it refuses us", "forbidden"),
    ("N29 407", saying(reply(status="407 x")), "a proxy on the way", "proxy"),
    ("N29 451", saying(reply(status="451 x")), "for legal reasons", "forbidden"),
    ("N30 429", saying(reply(b"", status="429 x")), "too much to do", "throttled"),
    ("N30 503", saying(reply(b"", status="503 x")), "too much to do", "throttled"),
    ("N31 500", saying(reply(b"", status="500 x")), "in trouble itself", "server error"),
]
ASKED_TWICE = {"N17 RST at once", "N17 close before the answer"}


@pytest.mark.parametrize(
    ("number", "answer", "words", "state"),
    FAULTS,
    ids=[fault[0] for fault in FAULTS],
)
def test_it_costs_one_failure_and_nothing_we_had(
    tmp_path: Path, number: str, answer: Answer, words: str, state: str
) -> None:
    patience, limits = (HARDLY_ANY, HASTY) if state == "timeout" else (PATIENCE, SMALL)
    with staged(tmp_path, patience=patience, limits=limits) as stage:
        it_costs_one_failure(stage, number, answer, words, state)


def it_costs_one_failure(stage: Stage, number: str, answer: Answer, words: str, state: str) -> None:
    newsroom = stage.rounds
    assert newsroom.ask_one().new == 1
    before = newsroom.known()
    stage.server.heads.clear()

    stage.answers(answer)
    newsroom.now += 2 * HOUR
    outcome = newsroom.ask_one()
    assert outcome.error is not None
    assert re.search(words, outcome.error), outcome.error
    assert outcome.error.isprintable()
    after = newsroom.known()
    assert after.next_fetch is not None
    assert after.next_fetch >= newsroom.now + 0.8 * 2 * HOUR, "one failure, one doubling"
    assert after == replace(
        before,
        state=state,
        new=0,
        failures=1,
        error=outcome.error,
        next_fetch=after.next_fetch,
        pause=after.pause,
        why=after.why,
    )
    asked = [head for head in stage.server.heads if path_of(head) == "/feed"]
    assert len(asked) == (2 if number in ASKED_TWICE else 1)
    assert {header(head, "If-None-Match") for head in asked} == {'"1"'}

    stage.answers(conditional(BETTER, etag='"2"'))
    assert newsroom.ask_when_due().error is None
    assert (newsroom.known().state, newsroom.known().failures) == ("ok", 0)
    assert newsroom.titles() == ["The first", "The second"]


# What takes more than a sentence to tell


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(endless(OK + b"\r\n", b"x"), id="N4 infinite body"),
        pytest.param(endless(CHUNKED, b"8\r\nxxxxxxxx\r\n"), id="N5 infinite chunks"),
        pytest.param(endless(CHUNKED + b"1\r\nx\r\n0\r\n", b"A: b\r\n"), id="N7 trailers"),
        pytest.param(saying(reply(bomb(), PACKED)), id="N11 bomb"),
    ],
)
def test_n4_n5_n7_n11_memory_stays_flat(stage: Stage, answer: Answer) -> None:
    stage.answers(answer)
    with stage_memory() as peak:
        assert stage.rounds.ask_one().error is not None
    assert peak() < FLAT


@contextmanager
def stage_memory() -> Iterator[Callable[[], int]]:
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("length", [None, -5], ids=["too short", "negative"])
def test_n10_a_document_that_arrives_cut_off_hides_nothing_of_the_rest(
    stage: Stage, length: int | None
) -> None:
    """N10 and C2: its whole entries are kept, its validators are not."""
    newsroom = stage.rounds
    cut = BETTER[: BETTER.index(b"The first")]
    short = reply(BETTER, 'ETag: "2"', length=len(cut)) if length is None else None
    negative = saying_and_closing(OK + b'ETag: "2"\r\nContent-Length: -5\r\n\r\n' + cut)
    stage.answers(negative if short is None else saying_and_closing(short))
    assert newsroom.ask_one().new == 1
    assert newsroom.titles() == ["The second"]
    assert (newsroom.known().state, newsroom.known().etag) == ("ok", None)

    stage.answers(conditional(BETTER, etag='"2"'))
    assert newsroom.ask_when_due().new == 1
    assert newsroom.titles() == ["The first", "The second"]
    assert newsroom.known().etag == '"2"'


def test_n18_a_kept_connection_closed_between_polls_is_not_noticed(stage: Stage) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        conditional(GOOD)(connection, head)
        connection.recv(65536)  # the next request on it, which is never answered
        connection.shutdown(socket.SHUT_RDWR)

    stage.answers(answer)
    for _ in range(3):
        assert stage.rounds.ask_one().error is None
    assert stage.rounds.known().failures == 0


@pytest.mark.parametrize("target", ["b", "/b", "//b.example/b", "http://b.example/b#top", "  /b "])
def test_n19_a_redirect_is_followed_however_it_is_written(stage: Stage, target: str) -> None:
    stage.answers(by_path({"/feed": moving(target), "/b": conditional(GOOD)}))
    assert stage.rounds.ask_one().new == 1
    assert stage.server.paths == ["/feed", "/b"]


@pytest.mark.parametrize(
    "nowhere", ["http://a.example.invalid/", "http://127.0.0.1:9999/a.example"]
)
def test_n19_where_a_redirect_leads_says_nothing_of_its_host_s_other_feeds(
    tmp_path: Path, nowhere: str
) -> None:
    hostile, good = URL, "http://a.example/good"
    answer = by_path({"/feed": moving(nowhere), "/good": conditional(GOOD)})
    with serving(answer) as server:
        paper = a_paper(a_source("a", feed=hostile), a_source("good", feed=good))
        fetcher = fetcher_for(server.port, "a.example")
        with rounds(tmp_path, paper, fetcher) as newsroom:
            outcomes = newsroom.ask()
    assert outcomes["a"].error
    assert (outcomes["good"].error, outcomes["good"].new) == (None, 1)


def test_n20_the_infinite_body_of_a_redirect_is_not_read(stage: Stage) -> None:
    endless_one = endless(b"HTTP/1.1 302 Found\r\nLocation: /b\r\n\r\n", b"x")
    stage.answers(by_path({"/feed": endless_one, "/b": conditional(GOOD)}))
    with stage_memory() as peak:
        assert stage.rounds.ask_one().new == 1
    assert peak() < FLAT


# TLS


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def certified(authority: trustme.CA, name: str = "a.example", **changes: Any) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name, **changes).configure_cert(context)
    return context


def trusting(authority: trustme.CA, *ports: int) -> Callable[[], Fetcher]:
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    hosts = ("a.example", "b.example")
    routes = {host: ("127.0.0.1", port) for host, port in zip(hosts, ports, strict=False)}
    return lambda: Fetcher(allow_networks=LOOPBACK, routes=routes, limits=SMALL, tls=trust)


SECURE = a_paper(a_source("a", every=HOUR))


def test_n22_nothing_follows_from_https_down_to_http(tmp_path: Path, authority: trustme.CA) -> None:
    with (
        serving(moving("http://b.example/feed"), certified(authority)) as secure,
        serving(conditional(GOOD)) as plain,
        rounds(tmp_path, SECURE, trusting(authority, secure.port, plain.port)) as newsroom,
    ):
        assert "from https down to http" in (newsroom.ask_one().error or "")
        assert newsroom.known().state == "blocked"
        assert plain.heads == []


def test_n22_what_an_operator_sends_stays_with_the_host_it_was_meant_for(tmp_path: Path) -> None:
    http = replace(a_source("a").http, headers=(("X-Key", "k3y"),))
    feed = "http://me:s3cret@a.example/feed"
    with staged(tmp_path, feed=feed, http=http) as stage:
        stage.answers(
            by_path({"/feed": moving("http://b.example/b"), "/b": saying(reply(status="403 x"))})
        )
        error = stage.rounds.ask_one().error or ""
        theirs = stage.server.heads[1]
    assert stage.server.header("X-Key", of=0) == "k3y"
    assert stage.server.header("Authorization", of=0) is not None
    assert header(theirs, "Host") == "b.example"
    assert b"k3y" not in theirs
    assert header(theirs, "Authorization") is None
    assert "s3cret" not in error


def old_fashioned(authority: trustme.CA) -> ssl.SSLContext:
    context = certified(authority)
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
        context.minimum_version = ssl.TLSVersion.TLSv1
    with pytest.warns(DeprecationWarning, match="TLSv1 is deprecated"):
        context.maximum_version = ssl.TLSVersion.TLSv1
    return context


YESTERDAY = datetime(2020, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("words", "context"),
    [
        pytest.param("expired", lambda ca: certified(ca, not_after=YESTERDAY), id="expired"),
        pytest.param("mismatch", lambda ca: certified(ca, "c.example"), id="wrong name"),
        pytest.param("self-signed|unable", lambda _: certified(trustme.CA()), id="unknown"),
        pytest.param("handshake failed", old_fashioned, id="TLS 1.0"),
    ],
)
def test_n29_a_server_that_cannot_be_trusted_is_not_asked_in_the_open_instead(
    tmp_path: Path, authority: trustme.CA, words: str, context: Callable[[Any], ssl.SSLContext]
) -> None:
    with (
        serving(conditional(GOOD), context(authority)) as server,
        rounds(tmp_path, SECURE, trusting(authority, server.port)) as newsroom,
    ):
        assert re.search(words, newsroom.ask_one().error or "")
        assert (newsroom.known().state, server.heads) == ("tls", [])


# What a status means


def test_n23_a_304_with_a_body_is_a_304(stage: Stage) -> None:
    assert stage.rounds.ask_one().new == 1
    stage.answers(saying(reply(BETTER, status="304 Not Modified")))
    assert stage.rounds.ask_one().error is None
    assert stage.rounds.titles() == ["The first"]
    assert stage.rounds.parsed == [URL]


def test_n23_a_304_to_an_unconditional_request_is_a_failure(stage: Stage) -> None:
    stage.answers(saying(b"HTTP/1.1 304 Not Modified\r\n\r\n"))
    assert "304 Not Modified" in (stage.rounds.ask_one().error or "")


@pytest.mark.parametrize("status", ["301 Moved Permanently", "308 Permanent Redirect"])
def test_n26_a_move_is_believed_when_said_three_times_over_a_day(stage: Stage, status: str) -> None:
    """What the fetcher reports of real redirects, judged turn by turn as a move is."""
    stage.answers(redirecting({"/feed": "/new"}, status))
    move: Move | None = None
    believed = []
    for hour in (0, 1, 2, 12, 24):
        answer = stage.rounds.fetcher(Request(url=URL, user_agent="us"))
        settled = settle(move, answer.moved_to, now=NOON + hour * HOUR)
        move = settled.move
        believed.append(settled.address)
    assert believed == [None] * 4 + ["http://a.example/new"]


def test_n26_a_source_that_has_moved_is_asked_there_in_the_end(stage: Stage) -> None:
    stage.answers(
        by_path({"/feed": moving("/new", "301 Moved Permanently"), "/new": conditional(GOOD)})
    )
    stage.rounds.let_pass(2 * DAY, tick=HOUR)
    stage.server.heads.clear()
    stage.rounds.ask_one()
    assert stage.server.paths == ["/new"]
    assert stage.rounds.settings.sources[0].feed == URL, "the operator's file stays theirs"


def test_n26_a_chain_with_one_temporary_link_is_temporary(stage: Stage) -> None:
    stage.answers(
        by_path(
            {
                "/feed": moving("/b", "301 Moved Permanently"),
                "/b": moving("/c", "302 Found"),
                "/c": conditional(GOOD),
            }
        )
    )
    stage.rounds.let_pass(3 * DAY, tick=6 * HOUR)
    assert stage.rounds.known().address == URL


@pytest.mark.parametrize("status", ["302 Found", "303 See Other", "307 Temporary Redirect"])
def test_n27_a_temporary_redirect_is_followed_every_time(stage: Stage, status: str) -> None:
    stage.answers(by_path({"/feed": moving("/b", status), "/b": conditional(GOOD)}))
    stage.rounds.let_pass(3 * DAY, tick=DAY)
    assert stage.rounds.known().address == URL
    assert stage.server.paths == ["/feed", "/b"] * 3


def test_n28_a_410_said_twice_a_day_apart_ends_it(stage: Stage) -> None:
    newsroom = stage.rounds
    newsroom.ask_one()
    stage.server.heads.clear()
    stage.answers(saying(reply(status="410 Gone")))
    newsroom.let_pass(30 * DAY, tick=HOUR)
    assert len(stage.server.heads) == 2
    assert newsroom.known().state == "gone"
    assert "the feed has ended for good" in (newsroom.known().error or "")
    assert newsroom.titles() == ["The first"], "what it told us stays"


@pytest.mark.parametrize("status", ["301 Moved Permanently", "302 Found"])
def test_n28_a_410_behind_a_redirect_is_one_too(stage: Stage, status: str) -> None:
    newsroom = stage.rounds
    newsroom.ask_one()
    stage.server.heads.clear()
    stage.answers(
        by_path({"/feed": moving("/old", status), "/old": saying(reply(status="410 Gone"))})
    )
    newsroom.let_pass(10 * DAY, tick=HOUR)
    assert stage.server.paths == ["/feed", "/old"] * 2
    assert (newsroom.known().state, newsroom.known().address) == ("gone", URL)


def test_n26_a_move_that_ends_in_a_failure_proves_nothing(stage: Stage) -> None:
    """A target must give a good feed each time, or a hijacked redirect would be believed."""
    html = reply(b"<!DOCTYPE html><title>Parked</title>", "Content-Type: text/html")
    stage.answers(by_path({"/feed": moving("/b", "301 Moved Permanently"), "/b": saying(html)}))
    stage.rounds.let_pass(5 * DAY, tick=HOUR)
    assert (stage.rounds.known().address, stage.rounds.known().move_to) == (URL, None)


def test_n28_a_410_that_was_a_slip_ends_nothing(stage: Stage) -> None:
    newsroom = stage.rounds
    newsroom.ask_one()
    stage.answers(saying(reply(status="410 Gone")))
    newsroom.now += DAY
    newsroom.ask_one()
    assert newsroom.known().state == "ending"
    stage.answers(conditional(BETTER, etag='"2"'))
    assert newsroom.ask_when_due().new == 1
    assert newsroom.known().state == "ok"


def test_n28_a_404_for_weeks_is_asked_about_once_a_week(stage: Stage) -> None:
    newsroom = stage.rounds
    newsroom.ask_one()
    stage.answers(saying(reply(b"", status="404 Not Found")))
    newsroom.now += DAY
    newsroom.let_pass(15 * DAY, tick=HOUR)
    assert newsroom.known().state == "missing"
    stage.server.heads.clear()
    newsroom.let_pass(28 * DAY, tick=HOUR)
    assert 3 <= len(stage.server.heads) <= 5
    stage.answers(conditional(BETTER, etag='"2"'))
    assert newsroom.ask_when_due().new == 1


SERVED = "Mon, 01 Jun 2026 12:00:00 GMT"


@pytest.mark.parametrize("status", ["429 Too Many Requests", "503 Service Unavailable"])
@pytest.mark.parametrize(
    ("wanted", "pause"),
    [
        ("18000", 5 * HOUR),
        ("Mon, 01 Jun 2026 17:00:00 GMT", 5 * HOUR),
        ("-3", 2 * HOUR),
        ("soon", 2 * HOUR),
        ("1000000000", DAY),
        ("Thu, 01 Jan 1970 00:00:00 GMT", 2 * HOUR),
        ("Fri, 31 Dec 9999 23:59:59 GMT", DAY),
    ],
)
def test_n30_a_server_that_says_when_is_believed_within_reason(
    stage: Stage, status: str, wanted: str, pause: timedelta
) -> None:
    headers = (f"Date: {SERVED}", f"Retry-After: {wanted}")
    stage.answers(saying(reply(b"", *headers, status=status)))
    stage.rounds.ask_one()
    known = stage.rounds.known()
    assert known.state == "throttled"
    assert known.next_fetch is not None
    least = pause if known.why == "Retry-After" else pause * 0.8
    assert (known.why == "back-off") == (pause == 2 * HOUR)
    assert least <= known.next_fetch - NOON <= pause * 1.2
    assert len(stage.server.heads) == 1


def test_n30_without_a_date_a_moment_to_come_back_at_says_nothing(stage: Stage) -> None:
    retry = "Retry-After: Mon, 01 Jun 2026 17:00:00 GMT"
    stage.answers(saying(reply(b"", retry, status="429 x")))
    stage.rounds.ask_one()
    assert (
        stage.rounds.known().next_fetch
        == next_fetch(Cadence(every=HOUR), now=NOON, failures=1, spread="a").at
    )


@given(outcomes=st.lists(st.booleans(), max_size=40), every=st.integers(1, 48), spread=st.text())
def test_n31_failures_double_the_pause_to_a_day_and_one_success_forgives_them(
    outcomes: list[bool], every: int, spread: str
) -> None:
    cadence = Cadence(every=every * HOUR / 2)
    longest = max(cadence.every, DAY)
    failures, last = 0, timedelta()
    for well in outcomes:
        failures = 0 if well else failures + 1
        error = None if well else FetchError("no")
        again = next_fetch(cadence, now=NOON, failures=failures, error=error, spread=spread)
        pause = again.at - NOON
        ideal = min(cadence.every * 2 ** min(failures, 20), longest)
        assert max(ideal * 0.8, cadence.every) <= pause <= ideal * 1.2
        assert well or pause >= last
        last = pause


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ((), HOUR),
        (("Cache-Control: max-age=10800",), 3 * HOUR),
        (("Cache-Control: max-age=10800", "Age: 3600"), 2 * HOUR),
        (("Cache-Control: max-age=60",), HOUR),
        (("Cache-Control: max-age=99999999999999999999999",), DAY),
        ((f"Date: {SERVED}", "Expires: Mon, 01 Jun 2026 15:00:00 GMT"), 3 * HOUR),
        (
            (
                f"Date: {SERVED}",
                "Expires: Mon, 01 Jun 2026 19:00:00 GMT",
                "Cache-Control: max-age=7200",
            ),
            2 * HOUR,
        ),
        (("Expires: Mon, 01 Jun 2026 15:00:00 GMT",), HOUR),
        ((f"Date: {SERVED}", "Expires: 0"), HOUR),
        ((f"Date: {SERVED}", "Expires: Fri, 31 Dec 9999 23:59:59 GMT"), DAY),
        (("Cache-Control: no-cache, max-age=10800",), HOUR),
        (("Cache-Control: no-store", "Expires: Mon, 01 Jun 2026 15:00:00 GMT"), HOUR),
    ],
)
def test_n32_what_a_server_says_of_freshness_is_the_least_we_wait(
    stage: Stage, headers: tuple[str, ...], pause: timedelta
) -> None:
    stage.answers(conditional(GOOD, *headers))
    stage.rounds.ask_one()
    again = stage.rounds.known().next_fetch
    assert again is not None
    assert pause <= again - NOON <= min(pause * 1.1, DAY)


LEGAL = st.text(
    st.characters(codec="latin-1", exclude_categories=["Cc"]), min_size=1, max_size=60
).filter(lambda value: value == value.strip())


@pytest.fixture(scope="module")
def echo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with staged(tmp_path_factory.mktemp("echo")) as one:
        yield one


@hypothesis(max_examples=25, deadline=None)
@given(etag=LEGAL, modified=LEGAL)
def test_n33_validators_go_back_byte_for_byte(echo: Stage, etag: str, modified: str) -> None:
    echo.answers(saying(reply(GOOD, f"ETag: {etag}", f"Last-Modified: {modified}")))
    for _ in range(2):
        assert echo.rounds.ask_one().error is None
    assert echo.server.header("If-None-Match") == etag
    assert echo.server.header("If-Modified-Since") == modified


@pytest.mark.parametrize("odd", ['"\x01"', '"a\x7fb"', "x" * 2_000])
def test_n33_what_could_not_be_sent_back_is_dropped(stage: Stage, odd: str) -> None:
    stage.answers(saying(reply(GOOD, f"ETag: {odd}", "Last-Modified: garbage")))
    for _ in range(2):
        assert stage.rounds.ask_one().error is None
    assert stage.server.header("If-None-Match") is None
    assert stage.server.header("If-Modified-Since") == "garbage"


def test_n34_the_same_bytes_again_are_not_read_again(stage: Stage) -> None:
    stage.answers(saying(reply(GOOD, 'ETag: "1"'), reply(GOOD, 'ETag: "2"')))
    assert [stage.rounds.ask_one().new for _ in range(4)] == [1, 0, 0, 0]
    assert stage.rounds.parsed == [URL]
    assert stage.rounds.known().etag == '"2"'


# Many at once


def many(count: int, *, feed: Callable[[int], str], every: timedelta = HOUR) -> Any:
    return a_paper(*(a_source(f"s{n}", feed=feed(n), every=every) for n in range(count)))


def test_n35_one_host_is_asked_one_thing_at_a_time_with_a_pause_between(tmp_path: Path) -> None:
    pause = timedelta(milliseconds=20)

    def answer(connection: socket.socket, head: bytes) -> None:
        threading.Event().wait(0.005)
        number = int(path_of(head)[1:])
        connection.sendall(reply(a_feed(an_item(number, f"Title {number}", "Words."))))

    with serving(answer) as server:
        paper = many(40, feed=lambda n: f"http://localhost:{server.port}/{n}")

        def new_fetcher() -> Fetcher:
            return Fetcher(allow_networks=(*LOOPBACK, LOOPBACK_V6), limits=SMALL, pause=pause)

        with rounds(tmp_path, paper, new_fetcher) as newsroom:
            outcomes = newsroom.ask()
    assert sum(outcome.new for outcome in outcomes.values()) == 40
    assert server.busiest == 1
    gaps = [after - before for before, after in itertools.pairwise(server.times)]
    assert min(gaps) >= pause.total_seconds()


def test_n36_twenty_restarts_in_a_minute_ask_once(stage: Stage) -> None:
    for _ in range(20):
        stage.rounds.ask()
        stage.rounds.restart()
        stage.rounds.now += timedelta(seconds=3)
    assert len(stage.server.heads) == 1


# Names


@dataclass
class Names:
    """What the name server says: addresses, an error number, or nothing until `awake`."""

    book: dict[str, list[str] | int]
    awake: threading.Event
    most: int = 0

    def look_up(self, read: Callable[..., Any]) -> Callable[..., Any]:
        def answer(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
            found = self.book.get(host, [host])
            if isinstance(found, int):
                raise socket.gaierror(found, "no")
            if not found:
                self.awake.wait()
            return [one for name in found for one in read(name, port, *args, **kwargs)]

        return answer


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Iterator[Names]:
    one = Names(book={}, awake=threading.Event())
    monkeypatch.setattr(socket, "getaddrinfo", one.look_up(socket.getaddrinfo))
    yield one
    one.awake.set()


@pytest.mark.parametrize(
    ("answer", "words", "state"),
    [
        pytest.param(socket.EAI_NONAME, "there is no host named", "dns", id="NXDOMAIN"),
        pytest.param(socket.EAI_AGAIN, "the name server fails", "dns", id="SERVFAIL"),
        pytest.param([], "the name server does not answer", "dns", id="hang"),
        pytest.param(["10.0.0.1"], "a private address", "blocked", id="inside"),
    ],
)
def test_n37_a_name_that_leads_nowhere_is_said_so(
    tmp_path: Path, names: Names, answer: list[str] | int, words: str, state: str
) -> None:
    names.book["news.example"] = answer
    with staged(tmp_path, feed="http://news.example/feed") as stage:
        assert words in (stage.rounds.ask_one().error or "")
        assert stage.rounds.known().state == state


def dead(address: str, port: int, stack: ExitStack) -> None:
    """Let `address` swallow connections without a word, as a host behind a firewall does."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listener = stack.enter_context(socket.socket(family))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(0)
    for _ in range(4):  # its queue is full: the kernel drops whoever comes next
        filler = stack.enter_context(socket.socket(family))
        filler.setblocking(False)
        filler.connect_ex((address, port))


@pytest.mark.allow_hosts(["127.0.0.1", "127.0.0.2", "::1"])
@pytest.mark.parametrize(
    ("first", "silent"),
    [
        pytest.param(["127.0.0.2"], False, id="first refuses"),
        pytest.param(["127.0.0.2"], True, id="first is silent"),
        pytest.param(["::1"], False, id="v6 dead and v4 fine"),
        pytest.param(["127.0.0.2"] * 99, False, id="a hundred addresses"),
    ],
)
def test_n37_the_next_address_is_tried(
    tmp_path: Path, names: Names, first: list[str], silent: bool
) -> None:
    names.book["news.example"] = [*first, "127.0.0.1"]
    limits = replace(SMALL, connect=timedelta(seconds=0.2))
    inside = (*LOOPBACK, LOOPBACK_V6, SECOND_LOOPBACK)
    with ExitStack() as stack, serving(conditional(GOOD)) as server:
        if silent:
            dead(first[0], server.port, stack)
        paper = a_paper(a_source("a", feed=f"http://news.example:{server.port}/feed"))
        newsroom = stack.enter_context(
            rounds(tmp_path, paper, lambda: Fetcher(allow_networks=inside, limits=limits))
        )
        assert newsroom.ask_one().error is None


def test_n37_a_thousand_hung_lookups_leak_no_threads(names: Names) -> None:
    names.book["news.example"] = []
    resolve = Resolver(at_once=4)
    before = threading.active_count()
    for _ in range(1_000):
        with pytest.raises(FetchError):
            resolve("news.example", 80, within=0.0)
    assert threading.active_count() <= before + 4


def test_n38_a_network_that_comes_back_is_not_overrun(tmp_path: Path) -> None:
    """Everything fails once per back-off, and when it is over no minute is busier than usual."""
    hosts = [f"h{n}.example" for n in range(12)]
    paper = many(12, feed=lambda n: f"http://{hosts[n]}/feed", every=HOUR / 2)
    with (
        serving(conditional(GOOD)) as server,
        rounds(tmp_path, paper, fetcher_for(server.port, *hosts)) as newsroom,
    ):
        newsroom.let_pass(HOUR, tick=MINUTE)
        usual = busiest_minute(newsroom, server, HOUR)
        newsroom.new_fetcher = fetcher_for(closed_port(), *hosts)
        newsroom.restart()
        away = Counter[str]()
        for _ in range(48):  # four fifths of the hour that the first failure costs
            away.update(newsroom.ask().keys())
            newsroom.now += MINUTE
        assert away == Counter(source.id for source in paper.sources)
        assert {newsroom.known(name).state for name in away} == {"unreachable"}
        newsroom.new_fetcher = fetcher_for(server.port, *hosts)
        newsroom.restart()
        assert 0 < busiest_minute(newsroom, server, HOUR) <= usual


def busiest_minute(newsroom: Rounds, server: Server, span: timedelta) -> int:
    most = 0
    for _ in range(span // MINUTE):
        server.heads.clear()
        newsroom.ask()
        most = max(most, len(server.heads))
        newsroom.now += MINUTE
    return most


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port: int = unused.getsockname()[1]
    return port
