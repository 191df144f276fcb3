"""The feed-reader behaviour score: seventeen points by which a publisher knows a good reader.

Each is a test against a scripted server, through everything between the wire and the database.
"""

import gzip
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aggregator.newsrooms import a_feed, a_paper, a_source, an_item
from tests.aggregator.publishers import (
    FIRST,
    NEW_DATE,
    OLD_DATE,
    SECOND,
    URL,
    Publisher,
    published,
)
from tests.aggregator.rounds import DAY, HOUR, MINUTE, Rounds, fetcher_for, rounds
from tests.conftest import NOON
from tests.feeds.misbehaving import path_of, reply, serving

pytestmark = pytest.mark.usefixtures("each_engine")


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with published(tmp_path) as one:
        yield one


@pytest.fixture
def newsroom(publisher: Publisher) -> Rounds:
    return publisher.newsroom


def test_point_1_every_request_but_the_first_is_conditional(
    publisher: Publisher, newsroom: Rounds
) -> None:
    for day in range(4):
        newsroom.let_pass(6 * HOUR)
        if day % 2:
            newsroom.restart()
    assert publisher.conditions[0] == (None, None)
    assert len(publisher.asked) > 15
    assert set(publisher.conditions[1:]) == {('"1"', OLD_DATE)}


@pytest.mark.parametrize("etag", ['"plain"', 'W/"weak"', "unquoted", '"a b, c"', '""', "*"])
def test_point_2_an_etag_goes_back_as_it_came(
    publisher: Publisher, newsroom: Rounds, etag: str
) -> None:
    publisher.headers = (f"ETag: {etag}",)
    newsroom.ask_one()
    newsroom.ask_when_due()
    assert publisher.last("If-None-Match") == etag


def test_point_2_no_etag_outlives_a_newer_document(publisher: Publisher, newsroom: Rounds) -> None:
    newsroom.ask_one()
    publisher.headers, publisher.body = ('ETag: "2"',), a_feed(SECOND, FIRST)
    newsroom.ask_when_due()
    newsroom.ask_when_due()
    publisher.headers, publisher.body = (), a_feed(SECOND)
    newsroom.ask_when_due()
    newsroom.ask_when_due()
    assert publisher.conditions[2:] == [('"2"', None), ('"2"', None), (None, None)]


@pytest.mark.parametrize("date", [OLD_DATE, "Thu, 01 Jan 1970 00:00:00 GMT", "2026-06-01", "now"])
def test_point_3_a_date_goes_back_as_it_came(
    publisher: Publisher, newsroom: Rounds, date: str
) -> None:
    publisher.headers = (f"Last-Modified: {date}",)
    newsroom.ask_one()
    newsroom.ask_when_due()
    assert publisher.last("If-Modified-Since") == date


def test_point_3_no_date_is_made_up(publisher: Publisher, newsroom: Rounds) -> None:
    publisher.headers = ('ETag: "1"', "Date: Mon, 01 Jun 2026 12:00:00 GMT")
    newsroom.ask_one()
    newsroom.ask_when_due()
    assert publisher.last("If-Modified-Since") is None


@pytest.mark.parametrize(
    ("etag", "date"), [('"2"', OLD_DATE), ('"1"', NEW_DATE), ('"2"', NEW_DATE)]
)
def test_point_4_either_changing_both_are_kept_anew(
    publisher: Publisher, newsroom: Rounds, etag: str, date: str
) -> None:
    newsroom.ask_one()
    publisher.knows = False
    publisher.headers = (f"ETag: {etag}", f"Last-Modified: {date}")
    publisher.body = a_feed(SECOND, FIRST)
    newsroom.ask_when_due()
    newsroom.ask_when_due()
    assert publisher.conditions[-1] == (etag, date)


def test_point_5_new_validators_are_kept_though_the_document_is_the_same(
    publisher: Publisher, newsroom: Rounds
) -> None:
    newsroom.ask_one()
    publisher.knows, publisher.headers = False, ('ETag: "2"', f"Last-Modified: {NEW_DATE}")
    newsroom.ask_when_due()
    newsroom.ask_when_due()
    assert publisher.conditions[-1] == ('"2"', NEW_DATE)
    assert newsroom.parsed == [URL]


def test_point_5_new_validators_on_a_304_are_kept_too(
    publisher: Publisher, newsroom: Rounds
) -> None:
    newsroom.ask_one()
    publisher.refuses = ("304 Not Modified", 'ETag: "2"')
    newsroom.ask_when_due()
    newsroom.ask_when_due()
    assert publisher.conditions[-1] == ('"2"', OLD_DATE)


def test_point_6_both_are_sent_where_both_were_given(
    publisher: Publisher, newsroom: Rounds
) -> None:
    newsroom.ask_one()
    newsroom.ask_when_due()
    assert publisher.conditions[-1] == ('"1"', OLD_DATE)


@pytest.mark.parametrize("only", ['ETag: "1"', f"Last-Modified: {OLD_DATE}"])
def test_point_7_one_alone_is_enough(publisher: Publisher, newsroom: Rounds, only: str) -> None:
    publisher.headers = (only,)
    newsroom.ask_one()
    newsroom.ask_when_due()
    assert [value for value in publisher.conditions[-1] if value] == [only.partition(": ")[2]]
    assert newsroom.parsed == [URL], "the second answer was a 304"


def test_point_8_a_server_that_gives_neither_is_asked_once_a_day(
    publisher: Publisher, newsroom: Rounds
) -> None:
    publisher.headers = ()
    newsroom.let_pass(7 * DAY)
    assert min(publisher.gaps) >= DAY
    assert 6 <= len(publisher.asked) <= 7


def test_point_9_no_restart_brings_a_turn_nearer(publisher: Publisher, newsroom: Rounds) -> None:
    for _ in range(48):
        newsroom.let_pass(30 * MINUTE, tick=MINUTE)
        newsroom.restart()
    assert min(publisher.gaps) >= HOUR
    assert len(publisher.asked) >= 21, "and yet it is asked when it is its turn"


def test_point_9_turns_are_not_all_on_the_hour(tmp_path: Path) -> None:
    paper = a_paper(
        *(a_source(f"s{n}", feed=f"http://s{n}.example/f", every=HOUR) for n in range(8))
    )
    hosts = [f"s{n}.example" for n in range(8)]
    publisher = Publisher()
    with (
        serving(publisher.answer) as server,
        rounds(tmp_path, paper, fetcher_for(server.port, *hosts)) as publisher.newsroom,
    ):
        publisher.newsroom.let_pass(6 * HOUR, tick=MINUTE)
    later = [at for at, _ in publisher.asked if at > NOON + 3 * HOUR]
    assert len({at.minute for at in later}) >= 8
    assert all(at.minute for at in later), "nor is any of them"


def test_point_10_max_age_is_waited_for(publisher: Publisher, newsroom: Rounds) -> None:
    publisher.headers = (*publisher.headers, "Cache-Control: max-age=43200")
    newsroom.let_pass(3 * DAY)
    assert min(publisher.gaps) >= 12 * HOUR
    assert len(publisher.asked) >= 5


def test_point_11_retry_after_is_waited_for_and_the_next_request_is_conditional(
    publisher: Publisher, newsroom: Rounds
) -> None:
    newsroom.ask_one()
    newsroom.now += HOUR
    publisher.refuses = ("429 Too Many Requests", "Retry-After: 36000")
    newsroom.ask_one()
    newsroom.let_pass(20 * HOUR)
    assert publisher.gaps[0] == HOUR
    assert min(publisher.gaps[1:]) >= 10 * HOUR
    assert set(publisher.conditions[1:]) == {('"1"', OLD_DATE)}


@pytest.mark.parametrize("status", ["500 Oops", "404 Not Found", "403 Forbidden"])
def test_point_11_after_an_error_nothing_is_asked_for_unconditionally(
    publisher: Publisher, newsroom: Rounds, status: str
) -> None:
    newsroom.ask_one()
    publisher.refuses = (status,)
    newsroom.ask_when_due()
    publisher.refuses = ()
    newsroom.ask_when_due()
    assert publisher.conditions[1:] == [('"1"', OLD_DATE)] * 2
    assert publisher.gaps[1] >= 0.8 * 2 * HOUR


def test_point_12_nothing_is_sent_that_is_not_needed(tmp_path: Path) -> None:
    with published(tmp_path, feed="http://a.example/My%20Feed/Atom.XML?x=1&Y#top") as publisher:
        publisher.headers = (*publisher.headers, "Set-Cookie: id=1; Path=/", "Accept-Ranges: bytes")
        publisher.newsroom.ask_one()
        publisher.newsroom.ask_when_due()
    for _, head in publisher.asked:
        assert path_of(head) == "/My%20Feed/Atom.XML?x=1&Y"
    names = {line.partition(b":")[0].decode() for line in head.split(b"\r\n")[1:] if line}
    assert names == {
        "Host", "Accept", "Accept-Encoding", "User-Agent",
        "If-None-Match", "If-Modified-Since", "A-IM",
    }  # fmt: skip


def test_point_13_a_turn_is_one_request(publisher: Publisher, newsroom: Rounds) -> None:
    image = "<img src='http://a.example/p.png'>".replace("<", "&lt;")
    publisher.body = a_feed(FIRST, an_item(3, "With a picture", image, host="a"))
    for turn in range(1, 4):
        newsroom.ask()
        assert len(publisher.asked) == turn
        newsroom.now += DAY
    assert {head.split()[0] for _, head in publisher.asked} == {b"GET"}
    assert {path_of(head) for _, head in publisher.asked} == {"/feed"}


def test_point_14_a_packed_document_is_asked_for_and_read(
    publisher: Publisher, newsroom: Rounds
) -> None:
    publisher.body = gzip.compress(publisher.body)
    publisher.headers = (*publisher.headers, "Content-Encoding: gzip")
    assert newsroom.ask_one().new == 1
    assert publisher.last("Accept-Encoding") == "gzip"


def test_point_15_we_say_who_we_are(publisher: Publisher, newsroom: Rounds) -> None:
    newsroom.ask_one()
    agent = publisher.last("User-Agent") or ""
    assert re.fullmatch(r"Broadsheet/[0-9.]+ \(\+https://paper\.example/\)", agent)


def test_point_16_a_redirect_is_followed_and_a_permanent_one_remembered(
    publisher: Publisher, newsroom: Rounds
) -> None:
    def answer(connection: socket.socket, head: bytes) -> None:
        if path_of(head) == "/feed":
            moved = reply(b"", "Location: /new", status="301 Moved Permanently")
            connection.sendall(moved)
        else:
            publisher.answer(connection, head)

    publisher.server.answer = answer
    assert newsroom.ask_one().new == 1
    newsroom.let_pass(3 * DAY)
    publisher.server.heads.clear()
    newsroom.restart()
    newsroom.ask_one()
    assert publisher.server.paths == ["/new"]
    assert publisher.conditions[-1] == ('"1"', OLD_DATE), "its validators moved with it"


def test_point_17_no_address_is_guessed(publisher: Publisher, newsroom: Rounds) -> None:
    link = '<link rel="alternate" type="application/atom+xml" href="/real.atom">'
    publisher.body = f"<!DOCTYPE html><html><head>{link}</head></html>".encode()
    outcome = newsroom.ask_one()
    assert "it advertises the feed http://a.example/real.atom" in (outcome.error or "")
    newsroom.let_pass(2 * DAY)
    assert {path_of(head) for _, head in publisher.asked} == {"/feed"}


# RFC 3229, beside the score


def test_what_has_changed_is_asked_for_and_added_to_what_we_have(
    publisher: Publisher, newsroom: Rounds
) -> None:
    newsroom.ask_one()
    assert publisher.last("A-IM") is None, "without a document of theirs there is no difference"

    def answer(connection: socket.socket, head: bytes) -> None:
        publisher.asked.append((newsroom.now, head))
        news = ("IM: feed", 'ETag: "2"')
        connection.sendall(reply(a_feed(SECOND), *news, status="226 IM Used"))

    publisher.server.answer = answer
    assert newsroom.ask_when_due().new == 1
    assert publisher.last("A-IM") == "feed"
    assert newsroom.titles() == ["The first", "The second"]
    assert newsroom.known().etag == '"2"'


@pytest.mark.parametrize("manipulation", ["vcdiff", "feed, gzip", "gzip"])
def test_a_difference_we_did_not_ask_for_is_a_failure(
    publisher: Publisher, newsroom: Rounds, manipulation: str
) -> None:
    newsroom.ask_one()
    publisher.knows = False
    publisher.refuses = ("226 IM Used", f"IM: {manipulation}", 'ETag: "2"')
    assert "226" in (newsroom.ask_when_due().error or "")
    assert newsroom.known().etag == '"1"'
