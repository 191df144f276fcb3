"""Telling a hub something: what it says of it is told on, but for what was told in confidence."""

import pytest

from feeds.errors import FetchError
from feeds.post import Call, Caller, Post, Poster
from tests.aggregator.rounds import LOOPBACK, SMALL
from tests.feeds.misbehaving import reply, saying, serving

TOKEN, SECRET = "t0ken-of-the-callback", "s3cret-of-the-hub"
FORM = (
    ("hub.callback", f"https://paper.example/hub/{TOKEN}"),
    ("hub.mode", "subscribe"),
    ("hub.secret", SECRET),
)


def told(words: str, *headers: str) -> str:
    with serving(saying(reply(words.encode(), *headers, status="400 Bad Request"))) as server:
        poster = Poster(allow_networks=LOOPBACK, limits=SMALL)
        with pytest.raises(FetchError) as caught:
            poster(Post(url=server.url("/hub"), form=FORM, user_agent="us"))
    return str(caught.value)


def test_a_hub_that_repeats_our_secrets_is_not_quoted_with_them() -> None:
    words = f"no such callback https://paper.example/hub/{TOKEN} or /hub/{TOKEN}, secret {SECRET}"
    said = told(words, "Content-Type: text/plain")
    assert said == "it answers 400: no such callback *** or /hub/***, secret ***"


def test_a_hub_that_answers_with_a_page_is_not_quoted() -> None:
    assert "<p>" not in told("<p>no</p>", "Content-Type: text/html")


@pytest.mark.parametrize("status", ["301 Moved Permanently", "303 See Other", "308 Permanent"])
def test_a_call_to_a_stranger_follows_no_redirect(status: str) -> None:
    answer = reply(b"", "Location: /elsewhere", status=status)
    with serving(saying(answer)) as server:
        with pytest.raises(FetchError, match="it redirects, which is not followed"):
            Caller(allow_networks=LOOPBACK, limits=SMALL)(Call(url=server.url(), user_agent="us"))
        assert len(server.heads) == 1


def test_of_what_a_stranger_answers_a_beginning_is_read() -> None:
    with serving(saying(reply(b"x" * 100_000, status="207 Multi-Status"))) as server:
        said = Caller(allow_networks=LOOPBACK)(Call(url=server.url(), user_agent="us"))
    assert (said.status, said.body) == (207, b"x" * 1024)


def test_a_call_is_sent_as_it_is_and_told_to_nobody() -> None:
    with serving(saying(reply(b"", status="500 Oh"))) as server:
        call = Call(
            url=server.url("/c4pability?a=b%20c"),
            user_agent="us",
            method="POST",
            headers=(("Content-Type", "text/x"), ("X-Hub-Signature", "sha256=s3cret")),
            body=b"body",
        )
        with pytest.raises(FetchError) as caught:
            Caller(allow_networks=LOOPBACK, limits=SMALL)(call)
        head = server.heads[0]
    assert head.startswith(b"POST /c4pability?a=b%20c HTTP/1.1\r\n")
    assert server.header("Content-Type", of=0) == "text/x"
    assert server.header("X-Hub-Signature", of=0) == "sha256=s3cret"
    assert server.header("Content-Length", of=0) == "4"
    assert server.header("User-Agent", of=0) == "us"
    assert str(caught.value) == "it answers 500"
    assert "c4pability" not in repr(call)
    assert "s3cret" not in repr(call)
