"""Traps that a case of N1 to N38 only grazes: each by its id in docs/traps.md."""

import ast
import socket
import ssl
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import cycle
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from feeds.addresses import DENIED
from feeds.errors import BlockedError, FetchError
from feeds.fetch import Fetched, Fetcher, NotModified, Request, Validators
from feeds.opml import MOST_SUBSCRIPTIONS, read
from feeds.parse import parse
from tests.aggregator.rounds import LOOPBACK, SMALL
from tests.conftest import ROOT
from tests.feeds.misbehaving import (
    Answer,
    by_path,
    header,
    reply,
    resetting,
    saying,
    saying_and_closing,
    serving,
)

MOVED = "302 Found"


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    one = Fetcher(allow_networks=LOOPBACK, limits=SMALL)
    yield one
    one.close()


def ask(fetcher: Fetcher, url: str, **more: Any) -> Fetched | NotModified:
    return fetcher(Request(url=url, user_agent="us", **more))


# T10, N16, N17: heads that break off


@pytest.mark.parametrize("close", [resetting, saying_and_closing], ids=["RST", "FIN"])
@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK",
        "HTTP/1.1 200 OK\r\n",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 304 Not Modified\r\nETag: x\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /b",
        "HTTP/1.1 302 Found\r\nLocation: /b\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX: y\r\n",
    ],
)
def test_t10_n17_a_head_that_breaks_off_is_no_answer_and_not_asked_for_again(
    fetcher: Fetcher, close: Any, head: str
) -> None:
    with serving(close(head.encode())) as server:
        with pytest.raises(FetchError, match=r"broke off amid the head|does not speak HTTP"):
            ask(fetcher, server.url(), validators=Validators(etag='"1"'))
        assert len(server.heads) == 1


# N19, N21, S2: where a redirect leads

INSIDE = [
    "http://127.0.0.2:{port}/", "http://127.2:{port}/", "http://0x7f.2:{port}/", "http://0:{port}/",
    "http://[::ffff:127.0.0.2]:{port}/", "http://[::ffff:7f00:2]:{port}/",
    "http://[0:0:0:0:0:ffff:7f00:0002]:{port}/", "http://[::127.0.0.2]:{port}/",
    "http://[64:ff9b::7f00:2]:{port}/", "http://[2002:7f00:1::1]:{port}/",
    "http://[fec0::1]:{port}/", "http://[fd00::1]:{port}/", "http://[fe80::1]:{port}/",
    "http://[::1]:{port}/", "http://[::]:{port}/", "http://[ff02::1]:{port}/",
    "http://2852039166/latest/", "http://0xa9.0xfe.0xa9.0xfe/", "http://0251.0376.0251.0376/",
    "//169.254.169.254/latest/meta-data/", "http://me@10.0.0.1/", "http://a:b@[fd00::1]/",
]  # fmt: skip


@pytest.mark.parametrize("hop", [1, 2, 5])
@pytest.mark.parametrize("target", INSIDE)
def test_n21_s2_no_spelling_leads_inside_on_any_hop(
    fetcher: Fetcher, hop: int, target: str
) -> None:
    with serving(saying(b"")) as server:
        away = target.format(port=server.port)
        way = [*(f"/{n}" for n in range(1, hop)), away]
        server.answer = by_path(
            {
                f"/{n}": saying(reply(b"", f"Location: {to}", status=MOVED))
                for n, to in enumerate(way)
            }
        )
        with pytest.raises(BlockedError):
            ask(fetcher, server.url("/0"))
        assert len(server.heads) == hop


@pytest.mark.parametrize(
    ("location", "asked"),
    [
        ("/a b?c d", "/a%20b?c%20d"),
        ("/caf\u00e9", "/caf%C3%A9"),
        ("/x#part", "/x"),
        ("?y", "/feed?y"),
    ],
)
def test_n19_an_address_is_asked_for_as_browsers_would(
    fetcher: Fetcher, location: str, asked: str
) -> None:
    raw = location.encode().decode("latin-1")
    first = saying(reply(b"", f"Location: {raw}", status=MOVED))
    with serving(by_path({"/feed": first, asked: saying(reply())})) as server:
        ask(fetcher, server.url())
        assert server.paths == ["/feed", asked]
        assert header(server.heads[-1], "Referer") is None


# N22: what is whose, over TLS


def test_n22_credentials_do_not_follow_from_one_https_host_to_another() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("a.example", "b.example").configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    headers = (("Cookie", "session=s3cret"), ("Authorization", "Basic s3cret"), ("X-Key", "s3cret"))
    away = saying(reply(b"", "Location: https://b.example/b", status=MOVED))
    back = saying(reply(b"", "Location: https://a.example/c", status=MOVED))
    answers = {"/feed": away, "/b": back, "/c": saying(reply())}
    with serving(by_path(answers), context) as server:
        routes = dict.fromkeys(("a.example", "b.example"), ("127.0.0.1", server.port))
        fetcher = Fetcher(allow_networks=LOOPBACK, limits=SMALL, routes=routes, tls=trust)
        ask(fetcher, "https://a.example/feed", headers=headers)
        fetcher.close()
    assert [b"s3cret" in head for head in server.heads] == [True, False, True]
    assert [header(head, "Host") for head in server.heads] == [
        "a.example",
        "b.example",
        "a.example",
    ]


def test_only_the_operators_own_cookie_is_ever_sent(fetcher: Fetcher) -> None:
    """Point 12 of the score, and N22: what a server sets is forgotten with its answer."""
    setting = ("Set-Cookie: theirs=1; Path=/", "Set-Cookie: ours=2; Path=/; HttpOnly")
    with serving(saying(reply(b"x", *setting))) as server:
        for own in ((("Cookie", "ours=1"),), (), (("Cookie", "ours=3"),)):
            ask(fetcher, server.url(), headers=own)
        assert [header(head, "Cookie") for head in server.heads] == ["ours=1", None, "ours=3"]


# N33, S16: what a server says may be sent back, but never breaks out of its line


@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t", "\n "])
def test_n33_s16_a_header_of_two_lines_is_never_sent_back_as_two(
    fetcher: Fetcher, fold: str
) -> None:
    folded = f'"a{fold}Host: evil"'
    with serving(saying(reply(b"x", f"ETag: {folded}", f"Last-Modified: {folded}"))) as server:
        given = ask(fetcher, server.url()).validators
        ask(fetcher, server.url(), validators=given)
    assert server.heads[1].count(b"\r\nHost: ") == 1
    assert header(server.heads[1], "If-None-Match") == given.etag
    assert (given.etag or "").isprintable()


@pytest.mark.parametrize("fold", ["\r\n ", "\r\n\t"])
def test_s16_a_redirect_of_two_lines_asks_for_one(fetcher: Fetcher, fold: str) -> None:
    first = saying(reply(b"", f"Location: /b{fold}X: y", status=MOVED))
    with serving(by_path({"/feed": first})) as server:
        with pytest.raises(FetchError):
            ask(fetcher, server.url())
        assert b"\r\nX: y" not in b"".join(server.heads)


# S1, S3: no request leaves for the inside, however its address is written or changes


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every address anything tries to connect to; none of them is reached."""
    tried: list[Any] = []

    def connect(self: socket.socket, address: Any) -> None:
        tried.append(address[0])
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


def inside(network: IPv4Network) -> st.SearchStrategy[IPv4Address]:
    return st.integers(int(network.network_address), int(network.broadcast_address)).map(
        IPv4Address
    )


FOUR = [net for net, _ in DENIED if isinstance(net, IPv4Network)]
SPELT = [
    str,
    lambda ip: str(int(ip)),
    lambda ip: hex(int(ip)),
    lambda ip: oct(int(ip)).replace("0o", "0"),
    lambda ip: ".".join(hex(byte) for byte in ip.packed),
    lambda ip: ".".join(f"0{byte:o}" for byte in ip.packed),
    lambda ip: f"{ip.packed[0]}.{int(ip) & 0xFFFFFF}",
    lambda ip: f"{ip.packed[0]}.{ip.packed[1]}.{int(ip) & 0xFFFF}",
    lambda ip: f"{ip}.",
    lambda ip: f"user@{ip}",
    lambda ip: f"[::ffff:{ip}]",
    lambda ip: f"[64:ff9b::{ip}]",
    lambda ip: "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in str(ip)),  # full width
]


def test_s1_no_spelling_of_an_inside_address_is_connected_to(connects: list[Any]) -> None:
    fetcher = Fetcher()

    @given(ip=st.sampled_from(FOUR).flatmap(inside), spelt=st.sampled_from(SPELT))
    def refused(ip: IPv4Address, spelt: Any) -> None:
        with pytest.raises(FetchError):
            ask(fetcher, f"http://{spelt(ip)}/feed")

    refused()
    fetcher.close()
    assert connects == []


def test_s3_a_name_that_flips_a_thousand_times_never_leads_inside(
    connects: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = socket.getaddrinfo
    said = cycle(["8.8.8.8", "127.0.0.1", "8.8.4.4", "10.0.0.1"])

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        return read(next(said) if host == "rebind.example" else host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    fetcher = Fetcher(pause=SMALL.read * 0)
    refused = 0
    for _ in range(1_000):
        try:
            ask(fetcher, "http://rebind.example/")
        except BlockedError:
            refused += 1
        except FetchError:
            continue
    fetcher.close()
    assert refused == 500
    assert set(connects) == {"8.8.8.8", "8.8.4.4"}


# S4: there is no other way out

DOORS = {"feeds.gate", "feeds.guard", "feeds.tunnels"}
SERVERS = {  # they listen; and a database is the operator's own
    "publisher.serve",
    "publisher.deadline",
    "aggregator.bodies",
    "aggregator.pushes",
    "aggregator.subscribing",
    "aggregator.wire_server",
    "aggregator.demo",
    "aggregator.store.postgres",
}
CALLERS = {"feeds.fetch", "feeds.lines", "feeds.post"}  # of requests, in a guarded session
WAYS_OUT = {
    "socket", "http.client", "urllib.request.urlopen", "urllib3", "requests", "ftplib", "smtplib",
    "telnetlib", "xmlrpc", "asyncio", "httpx", "aiohttp",
}  # fmt: skip


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{each.name}" for each in node.names)


def test_s4_one_module_opens_connections_and_three_ask_through_it() -> None:
    out: dict[str, set[str]] = {}
    for package in ("feeds", "publisher", "aggregator"):
        for path in (ROOT / package).rglob("*.py"):
            name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
            found = {
                way for way in WAYS_OUT for one in imports(path) if f"{one}.".startswith(f"{way}.")
            }
            if found:
                out[name] = found
    assert out.keys() - DOORS - SERVERS == CALLERS
    assert all(ways <= {"requests", "urllib3"} for name, ways in out.items() if name in CALLERS)
    source = (ROOT / "feeds" / "gate.py").read_text("utf-8")
    assert source.count(".connect(place.address)") == 1, "the one place"
    for name in DOORS:
        text = (ROOT / f"{name.replace('.', '/')}.py").read_text("utf-8")
        assert "create_connection" not in text


# S9, S10: documents that reach out, or blow up


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE rss SYSTEM "{url}x.dtd">',
        '<!DOCTYPE rss PUBLIC "-//x//y" "{url}x.dtd">',
        '<!DOCTYPE rss [<!ENTITY x SYSTEM "{url}x"> ]>',
        '<!DOCTYPE rss [<!ENTITY % x SYSTEM "{url}x"> %x; ]>',
        '<?xml-stylesheet type="text/xsl" href="{url}x.xsl"?>',
    ],
)
def test_s9_a_document_that_names_another_has_it_not_fetched(doctype: str) -> None:
    body = (
        "<?xml version='1.0'?>{}<rss version='2.0' xmlns:xi='http://www.w3.org/2001/XInclude'>"
        "<channel><title>T</title><xi:include href='{}'/>"
        "<item><title>a &x; b</title><link>https://a.example/1</link></item></channel></rss>"
    )
    with serving(saying(reply())) as server:
        url = server.url("/")
        feed = parse(body.format(doctype.format(url=url), url).encode(), "https://a.example/")
        assert len(feed.entries) == 1
        assert server.heads == []


def blowing_up(kind: str) -> bytes:
    if kind == "billion laughs":
        lines = [f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10)]
        entities, used = '<!ENTITY l0 "lol">' + "".join(lines), "&l9;"
    else:
        entities, used = f'<!ENTITY q "{"q" * 50_000}">', "&q;" * 20_000
    item = f"<item><title>T</title><description>{used}</description></item>"
    return f"<!DOCTYPE rss [{entities}]><rss version='2.0'><channel>{item}</channel></rss>".encode()


@pytest.mark.parametrize("kind", ["billion laughs", "quadratic"])
def test_s10_entities_do_not_grow(kind: str) -> None:
    feed = parse(blowing_up(kind), "https://a.example/")
    assert len(feed.entries) == 1
    assert len(repr(feed)) < 2_000_000


# S11: lists that reach out, or blow up


def test_s11_a_list_of_a_million_is_read_to_its_bound() -> None:
    outline = "<outline xmlUrl='https://{}.example/'/>"
    many = "".join(outline.format(n) for n in range(MOST_SUBSCRIPTIONS + 5_000))
    listing = read(f"<opml><body>{many}".encode())
    assert len(listing.subscriptions) == MOST_SUBSCRIPTIONS
    assert f"are beyond the {MOST_SUBSCRIPTIONS} we read" in listing.notes[0]


def test_s11_a_list_nested_without_end_is_read() -> None:
    deep = "<outline text='x'>" * 100_000 + "<outline xmlUrl='https://a.example/'/>"
    (only,) = read(f"<opml><body>{deep}".encode()).subscriptions
    assert len(only.folders) <= 6


def test_s11_a_list_reaches_for_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("tellnoone")
    with serving(saying(reply())) as server:
        doctype = (
            f'<!DOCTYPE opml SYSTEM "{server.url()}" [<!ENTITY f SYSTEM "{secret.as_uri()}">'
            f'<!ENTITY u SYSTEM "{server.url()}">]>'
        )
        outline = "<outline text='&f;&u;' xmlUrl='https://a.example/?&f;'/>"
        listing = read(f"{doctype}<opml><body>{outline}".encode())
        assert server.heads == []
    assert "tellnoone" not in repr(listing)
    assert len(listing.subscriptions) == 1


# T8, T9: what a fetch leaves behind


@pytest.mark.parametrize(
    "answer",
    [saying(reply()), saying(reply(status="500 x")), resetting()],
    ids=["ok", "500", "RST"],
)
def test_a_fetch_leaves_no_thread_behind(fetcher: Fetcher, answer: Answer) -> None:
    with serving(answer) as server:
        before = threading.active_count()
        for _ in range(20):
            try:
                ask(fetcher, server.url())
            except FetchError:
                continue
        looking_up = [one for one in threading.enumerate() if "_look_up" in one.name]
        for thread in looking_up:
            thread.join()
        assert threading.active_count() <= before + 1, "the server's own, for a kept connection"
