"""Ways to a server: straight through the gate, or from a proxy on.

The operator names the proxy, so it may be anywhere. Where it leads is still judged here, as far
as that can be: what it connects to in the end, it alone knows.
"""

import socket
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from typing import NoReturn
from urllib.parse import urlsplit

from feeds.errors import BlockedError, FetchError, Trouble
from feeds.gate import Gate, Place
from feeds.proxies import Proxy, Speaks, basic

_NAME_SERVER_PATIENCE = timedelta(seconds=2)  # behind a proxy there may be none
_LONGEST_HEAD = 16_384
_VERSION, _NO_PASSWORD, _PASSWORD, _REFUSED = 5, 0, 2, 255
_CONNECT, _NAME = 1, 3
_FAMILIES = {socket.AF_INET: 1, socket.AF_INET6: 4}
# RFC 1928, 6
_REPLIES = {
    1: "it fails",
    2: "its rules forbid it",
    3: "the network there cannot be reached",
    4: "the host there cannot be reached",
    5: "the server there refuses",
    6: "it took too long",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How the connections of one session are made."""

    gate: Gate
    proxy: Proxy | None = None

    @property
    def forwards(self) -> bool:
        """Say whether plain http is asked of the proxy itself, by whole addresses."""
        return self.proxy is not None and self.proxy.speaks is Speaks.HTTP

    def vet(self, url: str) -> None:
        """Raise BlockedError for what no proxy is to be asked for on our behalf.

        That is every inside address as it is written, and every name our own name server says
        leads to one. A name that it does not know the proxy may know; for socks5h it is not
        even asked.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port or 0
        if self.proxy is None or self.proxy.speaks is Speaks.SOCKS:
            return  # judged by the very address connected to
        self._vet_literal(host, port)
        if self.proxy.speaks is Speaks.HTTP:
            try:
                self.gate.vet(host, port, most=_NAME_SERVER_PATIENCE)
            except FetchError as error:
                if error.trouble is not Trouble.DNS:
                    raise

    def connect(self, host: str, port: int, *, for_tls: bool) -> socket.socket:
        """Return a connection over which `host` is spoken to, or a forwarding proxy about it."""
        if self.proxy is None:
            return self.gate.connect(host, port)
        target: Place | str = host
        if self.proxy.speaks is Speaks.SOCKS:
            places = self.gate.vet(host, port)
            target = min(places, key=lambda place: place.family != socket.AF_INET)
        sock = self.gate.dial(self.proxy.host, self.proxy.port)
        try:
            self._ask(sock, target, host, port, for_tls=for_tls)
        except OSError as error:
            sock.close()
            raise _failed(self.proxy, "it hangs up") from error
        except BaseException:
            sock.close()
            raise
        return sock

    def _ask(
        self, sock: socket.socket, target: Place | str, host: str, port: int, *, for_tls: bool
    ) -> None:
        assert self.proxy is not None  # noqa: S101 -- only a proxy is asked
        if self.proxy.speaks is not Speaks.HTTP:
            _socks(sock, self.proxy, target, port)
        elif for_tls:
            _http_tunnel(sock, self.proxy, host, port)

    def _vet_literal(self, host: str, port: int) -> None:
        name = host.rstrip(".").lower()
        if name == "localhost" or name.endswith(".localhost"):
            raise BlockedError(f"{host} is the proxy's own machine; it is not asked for that")
        try:
            found = socket.getaddrinfo(host, port, flags=socket.AI_NUMERICHOST)
        except (OSError, UnicodeError):
            return  # a name
        for one in found:
            self.gate.check(host, str(one[4][0]))


def _http_tunnel(sock: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    """Have an HTTP proxy connect us through (RFC 9110, 9.3.6)."""
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    lines = [f"CONNECT {place} HTTP/1.1", f"Host: {place}"]
    if proxy.user:
        lines.append(f"Proxy-Authorization: {basic(proxy.user, proxy.password)}")
    sock.sendall("\r\n".join([*lines, "", ""]).encode("ascii"))
    head = bytearray()
    while not head.endswith((b"\r\n\r\n", b"\n\n")):
        if len(head) > _LONGEST_HEAD:
            raise _failed(proxy, "its headers are endless")
        head += _exactly(sock, 1, proxy)  # what follows is the server's
    version, _, rest = bytes(head).partition(b" ")
    status = rest[:3].decode("latin-1")
    if not version.startswith(b"HTTP/1.") or not status.isdigit():
        raise _failed(proxy, "it does not speak HTTP")
    if status == "407":
        _unknown_to(proxy)
    if not status.startswith("2"):
        raise _failed(proxy, f"it answers {status} when asked for {host}")


def _socks(sock: socket.socket, proxy: Proxy, target: Place | str, port: int) -> None:
    """Have a SOCKS proxy connect us through (RFC 1928), by name and password (RFC 1929) if any."""
    methods = bytes([_NO_PASSWORD, _PASSWORD] if proxy.user else [_NO_PASSWORD])
    sock.sendall(bytes([_VERSION, len(methods)]) + methods)
    version, method = _exactly(sock, 2, proxy)
    if version != _VERSION:
        raise _failed(proxy, "it does not speak SOCKS 5")
    if method == _PASSWORD and proxy.user:
        user, password = proxy.user.encode(), proxy.password.encode()
        sock.sendall(b"\x01" + bytes([len(user)]) + user + bytes([len(password)]) + password)
        if _exactly(sock, 2, proxy)[1] != 0:
            _unknown_to(proxy)
    elif method != _NO_PASSWORD:
        _unknown_to(proxy)
    sock.sendall(bytes([_VERSION, _CONNECT, 0]) + _destination(target, port))
    _, reply, _, kind = _exactly(sock, 4, proxy)
    if reply != 0:
        raise _failed(proxy, _REPLIES.get(reply, f"it answers {reply}"))
    size = {1: 4, 4: 16}.get(kind) or _exactly(sock, 1, proxy)[0]
    _exactly(sock, size + 2, proxy)


def _destination(target: Place | str, port: int) -> bytes:
    if isinstance(target, str):
        name = target.encode("ascii", "ignore")[:255]
        return bytes([_NAME, len(name)]) + name + port.to_bytes(2)
    address, port = str(target.address[0]).partition("%")[0], target.address[1]
    family = _FAMILIES[socket.AddressFamily(target.family)]
    return bytes([family]) + ip_address(address).packed + port.to_bytes(2)


def _exactly(sock: socket.socket, size: int, proxy: Proxy) -> bytes:
    """Return the next `size` bytes; they count, and take time, like all others."""
    read = bytearray(size)
    view = memoryview(read)
    while view:
        count = sock.recv_into(view)
        if not count:
            raise _failed(proxy, "it hangs up")
        view = view[count:]
    return bytes(read)


def _failed(proxy: Proxy, problem: str) -> FetchError:
    return FetchError(
        f"the proxy {proxy.name} does not let us through: {problem}", trouble=Trouble.PROXY
    )


def _unknown_to(proxy: Proxy) -> NoReturn:
    known = "refuses the name and password of" if proxy.user else "wants a name and a password in"
    raise FetchError(f"the proxy {proxy.name} {known} http.proxy", trouble=Trouble.PROXY)
