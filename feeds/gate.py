"""The gate every connection of ours goes through: whom we reach, how long, how much we take.

Checked is the very address we connect to, after the name is looked up, so that neither a
redirect nor a name that changes its mind (DNS rebinding) leads inside. Nothing else in
Broadsheet opens a connection.
"""

import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from time import monotonic, sleep
from typing import Any
from urllib.parse import urlsplit

from feeds.body import Limits, megabytes
from feeds.errors import BlockedError, FetchError, TooLargeError, Trouble

Networks = tuple[IPv4Network | IPv6Network, ...]
Routes = Mapping[str, tuple[str, int]]

# The IANA special-purpose address registries, IPv4 and IPv6, and the multicast ranges. Python
# 3.11's own `is_global` lets 64:ff9b::7f00:1, 2002:7f00:1::1, fec0::1 and 224.0.0.1 pass.
_KINDS = {
    "loopback": "127.0.0.0/8 ::1/128",
    "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 fc00::/7 fec0::/10",
    "link-local": "169.254.0.0/16 fe80::/10",
    "multicast": "224.0.0.0/4 ff00::/8",
    "documentation": "192.0.2.0/24 198.51.100.0/24 203.0.113.0/24 2001:db8::/32 3fff::/20",
    "reserved": (
        "0.0.0.0/8 192.0.0.0/24 192.31.196.0/24 192.52.193.0/24 192.88.99.0/24 192.175.48.0/24 "
        "198.18.0.0/15 240.0.0.0/4 64:ff9b:1::/48 100::/64 2001::/23 2002::/16 2620:4f:8000::/48"
    ),
}
DENIED = tuple((ip_network(net), kind) for kind, nets in _KINDS.items() for net in nets.split())
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # all IANA has given out; the rest of IPv6 is reserved
_NAT64 = IPv6Network("64:ff9b::/96")  # an IPv4 address in its last 32 bits (RFC 6052, 2.1)
_LOOKUPS_AT_ONCE = 32


def denial(address: IPv4Address | IPv6Address, allowed: Networks = ()) -> str | None:
    """Return what kind of address we refuse this one for, or None where we may connect.

    `allowed` goes first. An IPv4 address in IPv6 clothing that really leads there (mapped,
    NAT64) is judged as what it is; 6to4, Teredo and their like are refused whole.
    """
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return denial(address.ipv4_mapped, allowed)
    if any(address in network for network in allowed):
        return None
    if isinstance(address, IPv6Address) and address in _NAT64:
        return denial(IPv4Address(int(address) & 0xFFFFFFFF))
    for network, kind in DENIED:
        if address in network:
            return kind
    return "reserved" if address.version == 6 and address not in _GLOBAL_UNICAST else None


def seconds(span: timedelta) -> str:
    """Return `span` in words."""
    return f"{span.total_seconds():g} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address as `socket.connect` wants it."""

    family: int
    address: tuple[Any, ...]


class Resolver:
    """Looks names up, so many at once and no more, and gives up on one after a while.

    `getaddrinfo` itself cannot be told to give up; its threads are daemons, so that one that
    hangs holds up neither us nor the end of the process.
    """

    def __init__(self, *, at_once: int = _LOOKUPS_AT_ONCE) -> None:
        self._free = threading.BoundedSemaphore(at_once)

    def __call__(self, host: str, port: int, *, within: float) -> tuple[Place, ...]:
        """Return the addresses of `host`, or raise FetchError after `within` seconds."""
        ends = monotonic() + within
        if not self._free.acquire(timeout=within):
            raise _unresolved("too many name lookups hang; is the name server well?")
        answer: Future[tuple[Place, ...]] = Future()
        threading.Thread(target=self._look_up, args=(host, port, answer), daemon=True).start()
        try:
            return answer.result(max(0.0, ends - monotonic()))
        except TimeoutError as error:
            raise _unresolved(f"the name server does not answer for {host}") from error
        except socket.gaierror as error:
            if error.errno == socket.EAI_AGAIN:
                raise _unresolved(f"the name server fails for {host}") from error
            raise _unresolved(f"there is no host named {host}") from error
        except (OSError, UnicodeError) as error:
            raise FetchError(f"{host} is not a host name", trouble=Trouble.ADDRESS) from error

    def _look_up(self, host: str, port: int, answer: Future[tuple[Place, ...]]) -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            answer.set_result(tuple(Place(family=one[0], address=one[4]) for one in found))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)
        finally:
            self._free.release()


class Turnstile:
    """Lets no fetch from a host begin within `pause` of the last one's end.

    What the operator routed or wrote as an address in `allowed` is theirs, and needs no mercy.
    """

    def __init__(self, pause: timedelta, *, allowed: Networks, routes: Routes) -> None:
        self._pause = pause.total_seconds()
        self._allowed = allowed
        self._routes = routes
        self._lock = threading.Lock()
        self._free: dict[str, float] = {}

    @contextmanager
    def through(self, url: str) -> Iterator[None]:
        """Wait until the host of `url` may be asked again; it counts as asked at the end."""
        host = _host(url)
        if not host or self._is_ours(host):
            yield
            return
        sleep(self._reserve(host))
        try:
            yield
        finally:
            with self._lock:
                self._free[host] = max(self._free[host], monotonic() + self._pause)

    def _reserve(self, host: str) -> float:
        """Return in how many seconds it is our turn; whoever comes next waits longer."""
        with self._lock:
            now = monotonic()
            turn = max(now, self._free.get(host, now))
            self._free[host] = turn + self._pause
        return turn - now

    def _is_ours(self, host: str) -> bool:
        try:
            address = ip_address(host)
        except ValueError:
            return host in self._routes
        return any(address in network for network in self._allowed)


class Gate:
    """What the connections of one thread may do. `open` it before each fetch."""

    def __init__(
        self, *, allowed: Networks, routes: Routes, limits: Limits, resolve: Resolver
    ) -> None:
        self._allowed = allowed
        self._routes = routes
        self._limits = limits
        self._resolve = resolve
        self.open(timedelta())

    def open(self, timeout: timedelta) -> None:
        """Let one fetch begin that must be over, redirects and all, within `timeout`."""
        self._timeout = timeout
        self._ends = monotonic() + timeout.total_seconds()
        self._received = 0

    def patience(self, most: timedelta) -> float:
        """Return how many seconds the next step may take; raise FetchError when time is up."""
        left = self._ends - monotonic()
        if left <= 0:
            raise FetchError(
                f"no complete answer within {seconds(self._timeout)}", trouble=Trouble.TIMEOUT
            )
        return min(left, most.total_seconds())

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection to `host`, or to where its route leads.

        Raise BlockedError when any of its addresses is one we refuse: a name that mixes public
        and private addresses is up to no good.
        """
        target, port = self._routes.get(host.lower().rstrip("."), (host, port))
        within = self.patience(self._limits.connect)
        places = self._resolve(target, port, within=within)
        for place in places:
            self._check(host, str(place.address[0]))
        failure = "it has no address"
        for place in places:
            try:
                return self._reach(host, place)
            except TimeoutError:
                failure = f"no answer within {seconds(self._limits.connect)}"
            except OSError as error:
                failure = (error.strerror or "it failed").lower()
        raise FetchError(f"cannot connect to {host}: {failure}", trouble=Trouble.UNREACHABLE)

    def receive(self, sock: socket.socket, read: Callable[[], int]) -> int:
        """Return how many bytes `read` took from `sock`, within every limit of time and size.

        Here, below HTTP, nothing escapes: dripped headers, endless trailers or "100 Continue"s
        all come by. The errors are ours, so that urllib3 does not take them for a reason to
        ask again.
        """
        sock.settimeout(self.patience(self._limits.read))
        try:
            count = read()
        except TimeoutError as error:
            self.patience(self._limits.read)  # says so if it is the whole that took too long
            raise FetchError(
                f"the server sent nothing for {seconds(self._limits.read)}",
                trouble=Trouble.TIMEOUT,
            ) from error
        self._received += count
        if self._received > self._limits.wire:
            raise TooLargeError(f"the server sends more than {megabytes(self._limits.wire)}")
        return count

    def _reach(self, host: str, place: Place) -> socket.socket:
        sock = MeteredSocket(place.family, socket.SOCK_STREAM)
        sock.gate = self
        try:
            sock.settimeout(self.patience(self._limits.connect))
            sock.connect(place.address)
            self._check(host, sock.getpeername()[0])
        except BaseException:
            sock.close()
            raise
        return sock

    def _check(self, host: str, address: str) -> None:
        kind = denial(ip_address(address.partition("%")[0]), self._allowed)
        if kind is not None:
            name = address if host == address else f"{host} leads to {address}, which"
            raise BlockedError(
                f"{name} is a {kind} address; list it under site.allow_networks if you mean it"
            )


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _unresolved(problem: str) -> FetchError:
    return FetchError(problem, trouble=Trouble.DNS)


class MeteredSocket(socket.socket):
    """A socket whose every read goes through its gate."""

    gate: Gate

    def recv_into(self, *args: Any) -> int:
        """Return how many bytes came, as `socket.recv_into` does, if the gate lets them pass."""
        return self.gate.receive(self, lambda: super(MeteredSocket, self).recv_into(*args))
