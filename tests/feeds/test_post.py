"""Telling a hub something: what it says of it is told on, but for what was told in confidence."""

import pytest

from feeds.errors import FetchError
from feeds.post import Post, Poster
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
