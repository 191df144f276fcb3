"""Going through a proxy: by every way to speak to one, and with the guard still up."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import trustme

from feeds.addresses import Networks
from feeds.errors import BlockedError, FetchError, Trouble
from feeds.fetch import Fetched, Fetcher, Request
from feeds.proxies import Proxy, Speaks, read_proxy
from tests.aggregator.rounds import LOOPBACK, SMALL
from tests.feeds.misbehaving import FEED, dripping, header, path_of, reply, saying, serving
from tests.feeds.proxying import Greeting, Proxying, http, proxying, socks

NONE: Networks = ()
KINDS = [("http", http()), ("socks5", socks()), ("socks5h", socks())]


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def secured(authority: trustme.CA, name: str = "news.example") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(name).configure_cert(context)
    return context


@contextmanager
def fetching(
    authority: trustme.CA | None = None, allowed: Networks = LOOPBACK, **routes: int
) -> Iterator[Fetcher]:
    trust = ssl.create_default_context()
    if authority:
        authority.configure_trust(trust)
    ways = {f"{name}.example": ("127.0.0.1", port) for name, port in routes.items()}
    fetcher = Fetcher(allow_networks=allowed, routes=ways, limits=SMALL, tls=trust)
    yield fetcher
    fetcher.close()


def ask(fetcher: Fetcher, url: str, proxy: str | None, **more: Any) -> Fetched:
    through = read_proxy(proxy) if proxy else None
    answer = fetcher(Request(url=url, user_agent="us", proxy=through, **more))
    assert isinstance(answer, Fetched)
    return answer


@pytest.mark.parametrize(
    ("address", "proxy"),
    [
        ("http://p.example:3128", Proxy(speaks=Speaks.HTTP, host="p.example", port=3128)),
        ("HTTP://p.example/", Proxy(speaks=Speaks.HTTP, host="p.example", port=80)),
        ("socks5://[::1]", Proxy(speaks=Speaks.SOCKS, host="::1", port=1080)),
        (
            "socks5h://m%40e:p%3Aw@p.example:9050",
            Proxy(
                speaks=Speaks.SOCKS_WITH_NAMES,
                host="p.example",
                port=9050,
                user="m@e",
                password="p:w",
            ),
        ),
    ],
)
def test_an_operators_proxy_is_understood(address: str, proxy: Proxy) -> None:
    assert read_proxy(address) == proxy
    assert "p:w" not in repr(read_proxy(address))


@pytest.mark.parametrize(
    "address",
    ["p.example:3128", "https://p.example", "socks4://p.example", "http://", "http://p.example/x",
     "http://p.example:0", "http://p.example:x", "http://[::1", f"http://{'x' * 256}@p.example"],
)  # fmt: skip
def test_what_is_no_proxy_is_refused_in_words_that_repeat_nothing(address: str) -> None:
    with pytest.raises(ValueError, match="a proxy") as caught:
        read_proxy(address)
    assert "example" not in str(caught.value)


@pytest.mark.parametrize(("scheme", "greeting"), KINDS[1:])
def test_plain_http_goes_through_socks(scheme: str, greeting: Greeting) -> None:
    with serving(saying(reply())) as server, proxying(greeting, server.port) as proxy:
        with fetching(news=1) as fetcher:
            for _ in range(2):
                assert ask(fetcher, "http://news.example/feed", proxy.address(scheme)).body == FEED
        assert server.paths == ["/feed"] * 2
        assert proxy.asked == ["127.0.0.1:1" if scheme == "socks5" else "news.example:80"]


def test_plain_http_is_asked_of_a_forwarding_proxy_by_the_whole_address() -> None:
    with serving(saying(reply())) as proxy, fetching(news=1) as fetcher:
        address = f"http://m%40e:s3cret@127.0.0.1:{proxy.port}"
        for _ in range(2):
            answer = ask(fetcher, "http://news.example/a?b=1", address)
            assert (answer.body, answer.url) == (FEED, "http://news.example/a?b=1")
    assert {path_of(head) for head in proxy.heads} == {"http://news.example/a?b=1"}
    assert proxy.header("Host") == "news.example"
    assert proxy.header("Proxy-Authorization") == "Basic bUBlOnMzY3JldA=="


@pytest.mark.parametrize(("scheme", "greeting"), KINDS)
def test_https_goes_through_a_tunnel_and_is_verified_at_its_end(
    authority: trustme.CA, scheme: str, greeting: Greeting
) -> None:
    good, bad = secured(authority), secured(authority, "other.example")
    for context, words in ((good, ""), (bad, "Hostname mismatch")):
        with (
            serving(saying(reply()), context) as server,
            proxying(greeting, server.port) as proxy,
            fetching(authority, news=1) as fetcher,
        ):
            address = proxy.address(scheme)
            if words:
                with pytest.raises(FetchError, match=words):
                    ask(fetcher, "https://news.example/feed", address)
                continue
            assert ask(fetcher, "https://news.example/feed", address).body == FEED
            assert header(server.heads[0], "Host") == "news.example"
            assert server.paths == ["/feed"]
            assert len(proxy.asked) == 1


def test_name_and_password_are_for_the_proxy_alone(authority: trustme.CA) -> None:
    with (
        serving(saying(reply()), secured(authority)) as server,
        proxying(http(), server.port) as proxy,
        fetching(authority, news=1) as fetcher,
    ):
        ask(fetcher, "https://news.example/feed", proxy.address("http", "me:s3cret@"))
    (head,) = proxy.heads
    assert head.decode().split("\r\n") == [
        "CONNECT news.example:443 HTTP/1.1",
        "Host: news.example:443",
        "Proxy-Authorization: Basic bWU6czNjcmV0",
        "",
        "",
    ]
    assert header(server.heads[0], "Proxy-Authorization") is None


@pytest.mark.parametrize("user", ["me:s3cret@", "me:wrong@", ""])
def test_a_socks_proxy_wants_to_know_us(user: str) -> None:
    greeting = socks(user=b"me", password=b"s3cret")
    with serving(saying(reply())) as server, proxying(greeting, server.port) as proxy:
        address = proxy.address("socks5", user)
        with fetching(news=1) as fetcher:
            if user == "me:s3cret@":
                assert ask(fetcher, "http://news.example/", address).body == FEED
                return
            with pytest.raises(FetchError, match=r"(wants|refuses).+ password") as caught:
                ask(fetcher, "http://news.example/", address)
    assert caught.value.trouble is Trouble.PROXY
    assert "wrong" not in str(caught.value)
    assert server.heads == []


def hanging_up(proxy: Proxying, client: socket.socket) -> bool:
    return False


def answering(said: bytes) -> Greeting:
    def greet(proxy: Proxying, client: socket.socket) -> bool:
        client.recv(65536)
        client.sendall(said)
        return False

    return greet


@pytest.mark.parametrize(
    ("scheme", "greeting", "words"),
    [
        ("http", http(b"HTTP/1.1 407 No\r\n\r\n"), "wants a name and a password in http.proxy"),
        ("http", http(b"HTTP/1.1 502 No\r\n\r\n"), "answers 502 when asked for news.example"),
        ("http", answering(b"SSH-2.0\r\n\r\n"), "does not speak HTTP"),
        ("http", answering(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 20_000), "headers are endless"),
        ("http", hanging_up, "hangs up"),
        ("socks5", hanging_up, "hangs up"),
        ("socks5", answering(b"HTTP/1.1 400 No\r\n\r\n"), "does not speak SOCKS 5"),
        ("socks5", socks(reply=2), "its rules forbid it"),
        ("socks5h", socks(reply=5), "the server there refuses"),
        ("socks5h", socks(reply=99), "it answers 99"),
    ],
)
def test_a_proxy_that_fails_is_named_and_is_a_trouble_of_its_own(
    scheme: str, greeting: Greeting, words: str
) -> None:
    with (
        proxying(greeting) as proxy,
        fetching(news=1) as fetcher,
        pytest.raises(FetchError, match=words) as caught,
    ):
        ask(fetcher, "https://news.example/", proxy.address(scheme))
    assert f"127.0.0.1:{proxy.port}" in str(caught.value)
    assert caught.value.trouble is Trouble.PROXY


def test_a_proxy_that_is_not_there_is_said_so() -> None:
    with proxying(hanging_up) as gone:
        address = gone.address("http")
    with fetching(news=1) as fetcher:
        for url in ("http://news.example/", "https://news.example/"):
            with pytest.raises(FetchError, match="the proxy is not there: cannot connect") as error:
                ask(fetcher, url, address)
            assert error.value.trouble is Trouble.PROXY


def test_a_proxy_that_drips_is_left_in_time() -> None:
    with serving(dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x")) as proxy, fetching(news=1) as fetcher:
        address = f"http://127.0.0.1:{proxy.port}"
        with pytest.raises(FetchError, match=r"within 0\.5 s"):
            ask(fetcher, "https://news.example/", address, timeout=timedelta(seconds=0.5))


@pytest.mark.parametrize(("scheme", "greeting"), KINDS)
@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1/", "https://10.0.0.1/", "http://[::1]/", "http://0x7f.1/", "http://2130706433/",
     "http://[::ffff:169.254.169.254]/", "https://localhost/", "http://x.localhost./",
     "http://[64:ff9b::7f00:1]/"],
)  # fmt: skip
def test_no_proxy_is_asked_for_an_inside_address(scheme: str, greeting: Greeting, url: str) -> None:
    with proxying(greeting) as proxy, fetching(allowed=NONE) as fetcher:
        with pytest.raises(FetchError):
            ask(fetcher, url, proxy.address(scheme))
        assert proxy.asked == []


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What our own name server says; it has never heard of any other name."""
    book: dict[str, list[str]] = {}
    read = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host in book:
            return [found for name in book[host] for found in read(name, port, *args, **kwargs)]
        if host.endswith(".example"):
            raise socket.gaierror(socket.EAI_NONAME, "no")
        return read(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return book


def test_a_name_that_leads_inside_is_not_asked_for(answers: dict[str, list[str]]) -> None:
    answers["inside.example"] = ["10.0.0.1"]
    for scheme, greeting in KINDS[:2]:
        with proxying(greeting) as proxy, fetching(allowed=NONE) as fetcher:
            with pytest.raises(BlockedError, match=r"10\.0\.0\.1, which is a private address"):
                ask(fetcher, "https://inside.example/", proxy.address(scheme))
            assert proxy.asked == []


@pytest.mark.usefixtures("answers")
def test_a_name_that_only_the_proxy_knows_is_its_affair() -> None:
    with serving(saying(reply())) as server:
        for scheme, greeting in (KINDS[0], KINDS[2]):
            with proxying(greeting, server.port) as proxy, fetching(allowed=NONE) as fetcher:
                with pytest.raises(FetchError):  # it speaks no TLS, which is not the point
                    ask(fetcher, "https://far.example/", proxy.address(scheme))
                assert proxy.asked == ["far.example:443"]


def test_socks_gets_the_very_address_that_was_judged(answers: dict[str, list[str]]) -> None:
    answers["news.example"] = ["2a00::1", "8.8.8.8"]
    with serving(saying(reply())) as server, proxying(socks(), server.port) as proxy:
        with fetching(allowed=NONE) as fetcher:
            ask(fetcher, "http://news.example/", proxy.address("socks5"))
        answers["news.example"] = ["127.0.0.1"]
        with fetching(allowed=NONE) as fetcher, pytest.raises(BlockedError):
            ask(fetcher, "http://news.example/", proxy.address("socks5"))
        assert proxy.asked == ["8.8.8.8:80"]


def test_a_redirect_is_judged_and_goes_through_the_proxy_too() -> None:
    away = reply(b"", "Location: http://10.0.0.1/", status="302 Found")
    on = reply(b"", "Location: http://other.example/x", status="302 Found")
    with serving(saying(on, away)) as proxy, fetching(news=1, other=1) as fetcher:
        with pytest.raises(BlockedError):
            ask(fetcher, "http://news.example/", f"http://127.0.0.1:{proxy.port}")
        assert proxy.paths == ["http://news.example/", "http://other.example/x"]


def test_no_connection_is_shared_between_ways() -> None:
    """One with a proxy, one with another, one without: each has its own, and keeps it."""
    with (
        serving(saying(reply())) as server,
        proxying(socks(), server.port) as one,
        proxying(socks(), server.port) as other,
        fetching(news=server.port) as fetcher,
    ):
        ways: list[Callable[[], str | None]] = [
            lambda: one.address("socks5"),
            lambda: None,
            lambda: other.address("socks5"),
        ]
        for _ in range(3):
            for way in ways:
                ask(fetcher, "http://news.example/", way())
        assert [len(one.asked), len(other.asked), len(server.heads)] == [1, 1, 9]
