import socket
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.addresses import DENIED, Networks, denial
from feeds.body import Limits
from feeds.errors import BlockedError, FetchError
from feeds.fetch import Fetcher, Request
from feeds.gate import Gate, Resolver
from feeds.guard import GuardedSession, guarded_tls
from feeds.tunnels import Way

LOOPBACK: Networks = (ip_network("127.0.0.1/32"),)
INSIDE_IPV4 = [net for net, _ in DENIED if isinstance(net, IPv4Network)]
INSIDE_IPV6 = [net for net, _ in DENIED if isinstance(net, IPv6Network)]
NEVER_GIVEN_OUT = [IPv6Network(net) for net in ("100::/8", "4000::/2", "8000::/1")]
FOOLING = [
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::",
    "fec0::1",
    "224.0.0.1",
    "192.88.99.1",
    "3fff::1",
    "5f00::1",
    "0.0.0.0",
    "::",
    "::1",
    "169.254.169.254",
    "fe80::1",
    "fd00::1",
    "100.64.0.1",
    "198.18.0.1",
    "255.255.255.255",
    "240.0.0.1",
    "192.0.0.1",
    "2001:db8::1",
    "2001::1",
    "ff02::1",
    "64:ff9b:1::1",
]
SPELLINGS = [
    "127.0.0.1",
    "localhost",
    "LOCALHOST",
    "localhost.",
    "127.1",
    "127.0.1",
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "0177.0.0.1",
    "0",
    "0.0.0.0",
    "127.0.0.1.",
    "10.1.2.3",
    "192.168.0.1",
    "169.254.169.254",
    "%31%32%37.0.0.1",
    "[::1]",
    "[::]",
    "[::ffff:127.0.0.1]",
    "[::ffff:7f00:1]",
    "[64:ff9b::7f00:1]",
    "[fd00::1]",
    "a@127.0.0.1",
    "public.example:80@127.0.0.1",
    "127。0。0。1",
    "①②⑦.0.0.1",
    "１２７.0.0.1",  # noqa: RUF001 (full-width digits are the point)
]


def within(network: IPv4Network | IPv6Network) -> st.SearchStrategy[Any]:
    first, last = int(network.network_address), int(network.broadcast_address)
    kind = type(network.network_address)
    return st.integers(first, last).map(kind)


INSIDE = st.sampled_from(INSIDE_IPV4).flatmap(within)
EMBEDDINGS: list[Callable[[int], int]] = [
    lambda ip: ip,  # compatible, ::a.b.c.d
    lambda ip: 0xFFFF << 32 | ip,  # mapped, ::ffff:a.b.c.d
    lambda ip: 0x0064_FF9B << 96 | ip,  # NAT64
    lambda ip: 0x0064_FF9B_0001 << 80 | ip,  # NAT64 of a local network
    lambda ip: 0x2002 << 112 | ip << 80 | 1,  # 6to4
    lambda ip: 0x2001 << 112 | (ip ^ 0xFFFF_FFFF),  # Teredo, the client's address
    lambda ip: 0x2001 << 112 | ip << 64,  # Teredo, the server's
]


@given(address=INSIDE)
def test_an_ipv4_address_of_a_special_network_is_refused(address: IPv4Address) -> None:
    assert denial(address) is not None


@given(address=INSIDE, embed=st.sampled_from(EMBEDDINGS))
def test_no_ipv6_clothing_makes_it_public(
    address: IPv4Address, embed: Callable[[int], int]
) -> None:
    assert denial(IPv6Address(embed(int(address)))) is not None


@given(address=st.sampled_from([*INSIDE_IPV6, *NEVER_GIVEN_OUT]).flatmap(within))
def test_an_ipv6_address_that_is_not_global_is_refused(address: IPv6Address) -> None:
    assert denial(address) is not None


@given(address=st.ip_addresses(v=4))
def test_every_other_ipv4_address_is_public_as_it_is_and_mapped(address: IPv4Address) -> None:
    special = any(address in network for network in INSIDE_IPV4)
    assert (denial(address) is not None) == special
    assert denial(IPv6Address(0xFFFF << 32 | int(address))) == denial(address)
    assert denial(IPv6Address(0x0064_FF9B << 96 | int(address))) == denial(address)


@given(address=within(IPv6Network("2a00::/11")))
def test_an_ipv6_address_that_was_given_out_is_public(address: IPv6Address) -> None:
    assert denial(address) is None


@pytest.mark.parametrize("address", FOOLING)
def test_addresses_that_fool_the_standard_library_are_refused(address: str) -> None:
    assert denial(ip_address(address)) is not None


@pytest.mark.parametrize("address", ["8.8.8.8", "93.184.215.14", "2606:2800:21f::1", "2a00::1"])
def test_public_addresses_pass(address: str) -> None:
    assert denial(ip_address(address)) is None


@given(address=INSIDE)
def test_what_the_operator_allows_passes_and_nothing_beside_it(address: IPv4Address) -> None:
    allowed = (ip_network(f"{address}/32"),)
    assert denial(address, allowed) is None
    assert denial(IPv6Address(0xFFFF << 32 | int(address)), allowed) is None
    assert denial(IPv6Address(0x0064_FF9B << 96 | int(address)), allowed) is not None
    neighbour = IPv4Address(int(address) ^ 1)
    assert denial(neighbour, allowed) == denial(neighbour)


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every address anything tries to connect to; none of them is reached."""
    tried: list[object] = []

    def connect(self: socket.socket, address: object) -> None:
        tried.append(address)
        raise ConnectionRefusedError(111, "Connection refused")

    monkeypatch.setattr(socket.socket, "connect", connect)
    return tried


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """What the name server says, host by host; literal addresses are read as ever."""
    book: dict[str, list[str]] = {}
    read = socket.getaddrinfo

    def look_up(host: str, port: int, *args: Any, **kwargs: Any) -> Any:
        if host not in book:
            return read(host, port, *args, **kwargs)
        return [found for name in book[host] for found in read(name, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return book


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    one = Fetcher()
    yield one
    one.close()


def ask(fetcher: Fetcher, url: str) -> object:
    return fetcher(Request(url=url, user_agent="Broadsheet/1.0"))


@pytest.mark.parametrize("host", SPELLINGS)
def test_no_spelling_of_an_inside_address_is_connected_to(
    fetcher: Fetcher, connects: list[object], host: str
) -> None:
    with pytest.raises(FetchError):
        ask(fetcher, f"http://{host}/feed")
    assert connects == []


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1\\@public.example/",
        "http://public.example\\.127.0.0.1/",
        "http://127.0.0.1\t/",
        "http://pub\nlic.example/",
        "http:///feed",
        "http://",
        "http://[::1/",
        "http://host:99999/",
        "gopher://127.0.0.1/",
        "ftp://public.example/",
        "//public.example/",
        "feed",
        "",
        "http://public.example/" + "a" * 4096,
    ],
)
def test_an_address_that_could_be_read_two_ways_is_not_asked(
    fetcher: Fetcher, connects: list[object], url: str
) -> None:
    with pytest.raises(FetchError):
        ask(fetcher, url)
    assert connects == []


def test_the_refusal_says_what_to_do_about_it(fetcher: Fetcher) -> None:
    with pytest.raises(BlockedError) as caught:
        ask(fetcher, "http://127.0.0.1/")
    assert str(caught.value) == (
        "127.0.0.1 is a loopback address; list it under site.allow_networks if you mean it"
    )
    with pytest.raises(BlockedError, match=r"localhost leads to .+, which is a loopback address"):
        ask(fetcher, "http://localhost/")


def test_one_inside_address_among_public_ones_refuses_the_name(
    fetcher: Fetcher, connects: list[object], answers: dict[str, list[str]]
) -> None:
    answers["mixed.example"] = ["8.8.8.8", "2a00::1", "10.0.0.1"]
    with pytest.raises(BlockedError, match=r"10\.0\.0\.1, which is a private address"):
        ask(fetcher, "http://mixed.example/")
    assert connects == []


def test_a_name_that_changes_its_mind_leads_only_where_it_was_checked(
    fetcher: Fetcher, connects: list[object], answers: dict[str, list[str]]
) -> None:
    for _ in range(3):
        answers["rebind.example"] = ["8.8.8.8"]
        with pytest.raises(FetchError, match="connection refused"):
            ask(fetcher, "http://rebind.example/")
        answers["rebind.example"] = ["127.0.0.1"]
        with pytest.raises(BlockedError):
            ask(fetcher, "http://rebind.example/")
    assert set(connects) == {("8.8.8.8", 80)}


def test_every_address_of_a_host_is_tried(
    fetcher: Fetcher, connects: list[object], answers: dict[str, list[str]]
) -> None:
    answers["many.example"] = ["2a00::1", "8.8.8.8", "8.8.4.4"]
    with pytest.raises(FetchError, match=r"cannot connect to many\.example: connection refused"):
        ask(fetcher, "https://many.example/")
    assert connects == [("2a00::1", 443, 0, 0), ("8.8.8.8", 443), ("8.8.4.4", 443)]


def test_a_peer_other_than_the_one_checked_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, answers: dict[str, list[str]], fetcher: Fetcher
) -> None:
    monkeypatch.setattr(socket.socket, "connect", lambda self, address: None)
    monkeypatch.setattr(socket.socket, "getpeername", lambda self: ("10.0.0.1", 80))
    answers["odd.example"] = ["8.8.8.8"]
    with pytest.raises(BlockedError, match=r"10\.0\.0\.1"):
        ask(fetcher, "http://odd.example/")


def test_a_route_leads_elsewhere_but_not_past_the_gate(connects: list[object]) -> None:
    routes = {"wire.example": ("127.0.0.1", 8099)}
    fetcher = Fetcher(routes=routes)
    with pytest.raises(BlockedError):
        ask(fetcher, "http://wire.example/")
    assert connects == []
    fetcher = Fetcher(routes=routes, allow_networks=LOOPBACK)
    with pytest.raises(FetchError, match=r"cannot connect to wire\.example"):
        ask(fetcher, "http://WIRE.example./")
    assert connects == [("127.0.0.1", 8099)]


def test_a_name_nobody_has_is_said_so(fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(FetchError, match=r"there is no host named nowhere\.example"):
        ask(fetcher, "http://nowhere.example/")


def test_a_failing_name_server_is_told_from_a_missing_name(
    fetcher: Fetcher, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*args: object, **kwargs: object) -> None:
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", failing)
    with pytest.raises(FetchError, match=r"the name server fails for a\.example"):
        ask(fetcher, "http://a.example/")


def test_hanging_lookups_end_in_time_and_stay_few(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    asked: list[str] = []

    def hang(host: str, *args: object, **kwargs: object) -> list[object]:
        asked.append(host)
        release.wait()
        return []

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    resolve = Resolver(at_once=2)
    try:
        for _ in range(2):
            with pytest.raises(FetchError, match=r"does not answer for slow\.example"):
                resolve("slow.example", 80, within=0.02)
        with pytest.raises(FetchError, match="too many name lookups hang"):
            resolve("other.example", 80, within=0.02)
        assert asked == ["slow.example"] * 2
    finally:
        release.set()


def test_nothing_of_the_environment_or_of_a_cookie_jar_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    gate = Gate(allowed=(), routes={}, limits=Limits(), resolve=Resolver())
    gate.open(timedelta(seconds=5))
    with GuardedSession(Way(gate=gate), guarded_tls()) as session:
        assert not session.trust_env
        assert not session.headers
        assert set(session.adapters) == {"http://", "https://"}
        with pytest.raises(BlockedError, match=r"^10\.0\.0\.1 "):
            session.get("http://10.0.0.1/")
