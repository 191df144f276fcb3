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
from ipaddress import ip_address
from time import monotonic, sleep
from typing import Any

from feeds.addresses import Networks, denial
from feeds.body import Limits, megabytes
from feeds.errors import AbsentError, BlockedError, FetchError, TooLargeError, Trouble
from feeds.urls import host_of

Routes = Mapping[str, tuple[str, int]]

_LOOKUPS_AT_ONCE = 32


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
        if _is_literal(host):  # nobody is asked, and no thread need wait for it
            try:
                return _look_up(host, port)
            except OSError as error:
                raise FetchError(f"{host} is no address", trouble=Trouble.ADDRESS) from error
        ends = monotonic() + within
        if not self._free.acquire(timeout=within):
            raise FetchError(
                "too many name lookups hang; is the name server well?", trouble=Trouble.DNS
            )
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
            answer.set_result(_look_up(host, port))
        except (OSError, UnicodeError) as error:
            answer.set_exception(error)
        finally:
            self._free.release()


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _look_up(host: str, port: int) -> tuple[Place, ...]:
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return tuple(Place(family=one[0], address=one[4]) for one in found)


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

    def pause(self, url: str) -> float:
        """Return for how many seconds the host of `url` is left alone after each fetch."""
        host = host_of(url)
        return 0.0 if not host or self._is_ours(host) else self._pause

    @contextmanager
    def through(self, url: str) -> Iterator[None]:
        """Wait until the host of `url` may be asked again; it counts as asked at the end."""
        host = host_of(url)
        if not self.pause(url):
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

    @property
    def received(self) -> int:
        """Return how many bytes came since the gate was opened."""
        return self._received

    def connect(self, host: str, port: int) -> socket.socket:
        """Return a connection to `host`, or to where its route leads.

        Raise BlockedError when any of its addresses is one we refuse, AbsentError where nobody
        is there: of whoever a redirect leads to, that says nothing of the host that was asked.
        """
        with self._of_the_first():
            return self._reach_any(host, self.vet(host, port), is_judged=True)

    def dial(self, host: str, port: int) -> socket.socket:
        """Return a connection to a machine that the operator names, such as their proxy."""
        try:
            return self._reach_any(host, self._places(host, port), is_judged=False)
        except FetchError as error:
            if error.trouble is Trouble.TIMEOUT:
                raise
            raise FetchError(f"the proxy is not there: {error}", trouble=Trouble.PROXY) from error

    def vet(self, host: str, port: int, *, most: timedelta | None = None) -> tuple[Place, ...]:
        """Return the addresses of `host`; raise BlockedError when we refuse any of them.

        A name that mixes public and private addresses is up to no good.
        """
        with self._of_the_first():
            places = self._places(host, port, most=most)
        for place in places:
            self.check(host, str(place.address[0]))
        return places

    def check(self, host: str, address: str) -> None:
        """Raise BlockedError when `address`, which is one of `host`, is inside."""
        kind = denial(ip_address(address.partition("%")[0]), self._allowed)
        if kind is not None:
            name = address if host == address else f"{host} leads to {address}, which"
            raise BlockedError(
                f"{name} is a {kind} address; list it under site.allow_networks if you mean it"
            )

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

    @contextmanager
    def _of_the_first(self) -> Iterator[None]:
        try:
            yield
        except AbsentError as error:
            if not self._received:
                raise
            raise FetchError(str(error), trouble=error.trouble) from error

    def _places(self, host: str, port: int, *, most: timedelta | None = None) -> tuple[Place, ...]:
        target, port = self._routes.get(host.lower().rstrip("."), (host, port))
        return self._resolve(target, port, within=self.patience(most or self._limits.connect))

    def _reach_any(self, host: str, places: tuple[Place, ...], *, is_judged: bool) -> socket.socket:
        failure = "it has no address"
        for place in places:
            try:
                return self._reach(host, place, is_judged=is_judged)
            except TimeoutError:
                failure = f"no answer within {seconds(self._limits.connect)}"
            except OSError as error:
                failure = (error.strerror or "it failed").lower()
        raise AbsentError(f"cannot connect to {host}: {failure}", trouble=Trouble.UNREACHABLE)

    def _reach(self, host: str, place: Place, *, is_judged: bool) -> socket.socket:
        sock = MeteredSocket(place.family, socket.SOCK_STREAM)
        sock.gate = self
        try:
            sock.settimeout(self.patience(self._limits.connect))
            sock.connect(place.address)
            if is_judged:
                self.check(host, sock.getpeername()[0])
        except BaseException:
            sock.close()
            raise
        return sock


def _unresolved(problem: str) -> AbsentError:
    return AbsentError(problem, trouble=Trouble.DNS)


class MeteredSocket(socket.socket):
    """A socket whose every read goes through its gate."""

    gate: Gate

    def recv_into(self, *args: Any) -> int:
        """Return how many bytes came, as `socket.recv_into` does, if the gate lets them pass."""
        return self.gate.receive(self, lambda: super(MeteredSocket, self).recv_into(*args))
