"""Proxies of our own on loopback: they note what they are asked, and lead all to one port."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial


@dataclass
class Proxying:
    """A proxy; `asked` is where it was told to go, `heads` what it was told first."""

    target: int
    port: int = 0
    asked: list[str] = field(default_factory=list)
    heads: list[bytes] = field(default_factory=list)

    def address(self, scheme: str, user: str = "") -> str:
        return f"{scheme}://{user}127.0.0.1:{self.port}"


Greeting = Callable[[Proxying, socket.socket], bool]


@contextmanager
def proxying(greet: Greeting, target: int = 0) -> Iterator[Proxying]:
    """Run a proxy that greets a client, and passes on what it says where that went well."""
    proxy = Proxying(target)
    sockets = [socket.create_server(("127.0.0.1", 0))]
    proxy.port = sockets[0].getsockname()[1]
    threads: list[threading.Thread] = []

    def start(work: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=work))
        threads[-1].start()

    def talk(client: socket.socket) -> None:
        with suppress(OSError, AssertionError):
            if greet(proxy, client):
                upstream = socket.create_connection(("127.0.0.1", proxy.target))
                sockets.append(upstream)
                start(partial(pump, upstream, client))
                pump(client, upstream)
                return
            client.shutdown(socket.SHUT_RDWR)

    def accept() -> None:
        with suppress(OSError):
            while True:
                sockets.append(sockets[0].accept()[0])
                start(partial(talk, sockets[-1]))

    start(accept)
    try:
        yield proxy
    finally:
        stop(sockets, threads)


def stop(sockets: list[socket.socket], threads: list[threading.Thread]) -> None:
    for one in sockets:
        with suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
    while threads:
        threads.pop().join()
    for one in sockets:
        one.close()


def pump(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while piece := one.recv(65536):
            other.sendall(piece)
        other.shutdown(socket.SHUT_WR)


def http(answer: bytes = b"HTTP/1.1 200 Connection established\r\n\r\n") -> Greeting:
    """Greet as an HTTP proxy does that is asked to CONNECT."""

    def greet(proxy: Proxying, client: socket.socket) -> bool:
        head = b""
        while b"\r\n\r\n" not in head:
            piece = client.recv(65536)
            assert piece
            head += piece
        proxy.heads.append(head)
        proxy.asked.append(head.split()[1].decode())
        client.sendall(answer)
        return answer.startswith(b"HTTP/1.1 2")

    return greet


def socks(*, user: bytes = b"", password: bytes = b"", reply: int = 0) -> Greeting:
    """Greet as a SOCKS 5 proxy does; with a user it wants a password."""

    def greet(proxy: Proxying, client: socket.socket) -> bool:
        def read(count: int) -> bytes:
            got = client.recv(count, socket.MSG_WAITALL)
            assert len(got) == count
            return got

        methods = read(read(2)[1])
        wanted = 2 if user else 0
        client.sendall(bytes([5, wanted if wanted in methods else 255]))
        assert wanted in methods
        if user:
            name = read(read(2)[1])
            is_known = (name, read(read(1)[0])) == (user, password)
            client.sendall(bytes([1, 0 if is_known else 1]))
            assert is_known
        kind = read(4)[3]
        if kind == 3:
            host = read(read(1)[0]).decode()
        else:
            family = socket.AF_INET if kind == 1 else socket.AF_INET6
            host = socket.inet_ntop(family, read(4 if kind == 1 else 16))
        proxy.asked.append(f"{host}:{int.from_bytes(read(2))}")
        client.sendall(bytes([5, reply, 0, 1, 127, 0, 0, 1, 0, 80]))
        return reply == 0

    return greet
