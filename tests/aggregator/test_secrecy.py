"""Secrets of the operator's: filled in where they are asked with, and told nowhere."""

import pickle

import pytest
import structlog

from aggregator.asking import in_confidence, request, untold
from aggregator.model import Auth, Http, Source, SourceId
from aggregator.pull import Turn, ask
from aggregator.secrecy import asked_at, secrets_of
from aggregator.settings import parse
from aggregator.store.sources import Remembered
from feeds.errors import FetchError, SourceError, Trouble
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.parse import parse_unseen
from feeds.proxies import Proxy, Speaks
from feeds.reading import Reading

TEXT = """
site: {title: T, base_url: https://n.example/}
defaults: {http: {proxy: "http://me:${PROXY_PASSWORD}@proxy.example:3128"}}
sources:
  - name: A
    feed: https://a.example/${PART}/rss?key=${A_KEY}
    http:
      user_agent: "Reader ${WORD}"
      cookie: "session=${SESSION}; theme=dark"
      auth: {user: me, password: "${PASSWORD}"}
      headers: {X-Key: "${X_KEY}"}
  - {name: B, feed: https://b.example/, http: {proxy: "socks5h://127.0.0.1"}}
"""
ENVIRON = {
    "PROXY_PASSWORD": "pr0xy-s3cret",
    "PART": "p/a rt",
    "A_KEY": "k3y&s3cret",
    "WORD": "w0rd-s3cret",
    "SESSION": "s3ssion-s3cret",
    "PASSWORD": "pa55-s3cret",
    "X_KEY": "x-s3cret",
    "UNUSED": "u-s3cret",
}


@pytest.fixture
def sources() -> tuple[Source, ...]:
    return parse(TEXT, environ=ENVIRON).sources


def asked(source: Source) -> Request:
    return request(source, address=source.feed, validators=Validators(), user_agent="us")


def test_a_source_is_asked_with_all_that_is_said_of_it(sources: tuple[Source, ...]) -> None:
    one = asked(sources[0])
    assert one.url == "https://a.example/p%2Fa%20rt/rss?key=k3y%26s3cret"
    assert one.user_agent == "Reader w0rd-s3cret"
    assert dict(one.headers) == {
        "Cookie": "session=s3ssion-s3cret; theme=dark",
        "Authorization": "Basic bWU6cGE1NS1zM2NyZXQ=",
        "X-Key": "x-s3cret",
    }
    assert one.proxy == Proxy(
        speaks=Speaks.HTTP, host="proxy.example", port=3128, user="me", password="pr0xy-s3cret"
    )
    assert asked(sources[1]).proxy == Proxy(
        speaks=Speaks.SOCKS_WITH_NAMES, host="127.0.0.1", port=1080
    )


def test_what_is_remembered_of_an_address_is_the_name_of_its_key(
    sources: tuple[Source, ...],
) -> None:
    assert sources[0].feed == "https://a.example/${PART}/rss?key=${A_KEY}"
    assert asked_at("https://moved.example/${A_KEY}/${GONE}", sources[0]) == (
        "https://moved.example/k3y%26s3cret/"
    )


def test_every_secret_of_a_source_is_known_and_none_of_another(
    sources: tuple[Source, ...],
) -> None:
    told = set(secrets_of(sources[0]))
    assert told >= set(ENVIRON.values()) - {"u-s3cret"}
    assert told >= {"session=s3ssion-s3cret; theme=dark", "bWU6cGE1NS1zM2NyZXQ="}
    assert secrets_of(sources[1]) == ()


def test_secrets_written_out_are_known_too() -> None:
    source = Source(
        id=SourceId("a"), name="A", feed="https://a.example/?token=one-s3cret",
        http=Http(
            headers=(("Authorization", "Bearer two-s3cret"), ("Accept", "text/xml")),
            cookie="a=three-s3cret; b",
            auth=Auth(user="me", password="four-s3cret"),
            proxy="http://x:five%20s3cret@p.example",
        ),
    )  # fmt: skip
    told = set(secrets_of(source))
    assert told >= {"one-s3cret", "two-s3cret", "three-s3cret", "four-s3cret", "five s3cret"}
    assert "text/xml" not in told


def test_no_secret_is_in_what_a_debugger_prints(sources: tuple[Source, ...]) -> None:
    assert "s3cret" not in repr(sources)
    assert "s3cret" not in repr(asked(sources[1]))


def test_an_answer_repeats_no_secret_and_moves_nowhere_by_one(sources: tuple[Source, ...]) -> None:
    secrets = ("a-very-long-s3cret-key",)
    reply = Fetched(
        body=b"<link>https://a.example/1?k=a-very-long-s3cret-key</link>",
        url="https://a.example/rss?k=a-very-long-s3cret-key",
        validators=Validators(),
        moved_to="https://a.example/new?k=a-very-long-s3cret-key",
        links=("<https://a.example/?k=a-very-long-s3cret-key>; rel=self",),
    )
    assert b"s3cret" in reply.body
    told = untold(reply, secrets)
    assert "s3cret" not in repr(told)
    assert told.moved_to is None
    unchanged = NotModified(validators=Validators(), moved_to="https://a.example/new")
    assert untold(unchanged, secrets) == unchanged


def test_an_error_in_confidence_keeps_its_kind() -> None:
    error = FetchError("no /?key=abc at abcd", status=404, trouble=Trouble.MISSING)
    told = pickle.loads(pickle.dumps(in_confidence(error, ["abcd"])))  # noqa: S301 (our own)
    assert (str(told), told.status, told.trouble) == ("no /?key=*** at ***", 404, Trouble.MISSING)


@pytest.mark.parametrize("kind", [FetchError, ValueError])
def test_neither_the_error_nor_the_log_tells_what_a_source_was_asked_with(
    sources: tuple[Source, ...], kind: type[Exception]
) -> None:
    source = sources[0]
    turn = Turn(
        source=source,
        remembered=Remembered(id=source.id, feed=source.feed, address=source.feed),
    )

    def fetch(request: Request) -> Fetched:
        raise kind(f"no luck with {request.url} {request.headers}") from OSError(request.headers)

    def parse(*_: object) -> Reading:
        raise AssertionError

    with structlog.testing.capture_logs() as logged:
        pulled = ask(turn, user_agent="us", fetch=fetch, parse=parse)
    assert "no luck" in str(pulled.error)
    assert len(logged) == (kind is ValueError)
    assert "s3cret" not in f"{pulled.error!r}{logged!r}"
    assert "bWU6" not in f"{pulled.error!r}{logged!r}"


def test_a_proxy_that_is_none_is_its_sources_failure() -> None:
    source = Source(
        id=SourceId("a"), name="A", feed="https://a.example/", http=Http(proxy="${PROXY}")
    )
    turn = Turn(
        source=source, remembered=Remembered(id=source.id, feed=source.feed, address=source.feed)
    )

    def fetch(_: Request) -> Fetched:
        raise AssertionError

    pulled = ask(turn, user_agent="us", fetch=fetch, parse=parse_unseen)
    assert isinstance(pulled.error, SourceError)
    assert pulled.error.trouble is Trouble.PROXY
