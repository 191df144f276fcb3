"""A server of our own that says exactly what a test wants, on raw sockets, however wrong.

Every answer is bounded by the test that asks: when the test is over, all connections are shut.
"""

import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

FEED = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title></feed>"
OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"

Answer = Callable[[socket.socket, bytes], None]


@dataclass
class Server:
    """A loopback server with one `answer` per request.

    `heads` are the request heads it got, in order, and `times` when each came by the monotonic
    clock; `busiest` is how many it was answering at most at the same time. `gone` is set when
    the test is over.
    """

    answer: Answer
    heads: list[bytes] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    busiest: int = 0
    gone: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _busy: int = 0

    def url(self, path: str = "/feed", *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    @property
    def paths(self) -> list[str]:
        return [path_of(head) for head in self.heads]

    def header(self, name: str, *, of: int = -1) -> str | None:
        """Return a header of a request as it was on the wire."""
        return header(self.heads[of], name)

    def serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while not self.gone.is_set():
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = connection.recv(65536)
                    if not piece:
                        return
                    head += piece
                with self._asked(head):
                    self.answer(connection, head)

    @contextmanager
    def _asked(self, head: bytes) -> Iterator[None]:
        with self._lock:
            self.heads.append(head)
            self.times.append(time.monotonic())
            self._busy += 1
            self.busiest = max(self.busiest, self._busy)
        try:
            yield
        finally:
            with self._lock:
                self._busy -= 1


@contextmanager
def serving(answer: Answer, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(answer)
    threads: list[threading.Thread] = []
    connections: list[socket.socket] = []
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            server.serve(tls.wrap_socket(connection, server_side=True) if tls else connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                connections.append(connection)
                threads.append(threading.Thread(target=talk, args=(connection,)))
                threads[-1].start()

    acceptor = threading.Thread(target=accept)
    acceptor.start()
    try:
        yield server
    finally:
        server.gone.set()
        listener.shutdown(socket.SHUT_RDWR)
        acceptor.join()
        listener.close()
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in threads:
            thread.join()


def path_of(head: bytes) -> str:
    return head.split()[1].decode("latin-1")


def header(head: bytes, name: str) -> str | None:
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b": ")
        if key.lower() == name.lower().encode():
            return value.decode("latin-1")
    return None


def reply(
    body: bytes = FEED, *headers: str, status: str = "200 OK", length: int | None = None
) -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers]
    lines.append(f"Content-Length: {len(body) if length is None else length}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def saying(*answers: bytes) -> Answer:
    """Answer with each of these in turn, and the last one from then on."""
    left = list(answers)

    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(left.pop(0) if len(left) > 1 else left[0])

    return answer


def saying_and_closing(raw: bytes) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_RDWR)

    return answer


def resetting(raw: bytes = b"") -> Answer:
    """Say this much, then break the connection off with an RST."""

    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(raw)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return answer


def redirecting(routes: Mapping[str, str], status: str = "302 Found") -> Answer:
    """Redirect these paths; any other is the feed."""

    def answer(connection: socket.socket, head: bytes) -> None:
        path = path_of(head)
        if path in routes:
            connection.sendall(reply(b"", f"Location: {routes[path]}", status=status))
        else:
            connection.sendall(reply())

    return answer


def by_path(answers: Mapping[str, Answer]) -> Answer:
    """Answer each path its own way; a path nobody named is not there."""

    def answer(connection: socket.socket, head: bytes) -> None:
        path = path_of(head)
        answers.get(path, saying(reply(b"", status="404 Not Found")))(connection, head)

    return answer


def conditional(body: bytes, *headers: str, etag: str = '"1"') -> Answer:
    """Answer as a good server does: 304 to whoever has this document, else the document."""

    def answer(connection: socket.socket, head: bytes) -> None:
        if header(head, "If-None-Match") == etag:
            connection.sendall(f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode())
        else:
            connection.sendall(reply(body, f"ETag: {etag}", *headers))

    return answer


def dripping(first: bytes, drop: bytes) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(first)
        quiet = threading.Event()
        while not quiet.wait(0.02):
            connection.sendall(drop)

    return answer


def endless(first: bytes, piece: bytes) -> Answer:
    def answer(connection: socket.socket, head: bytes) -> None:
        connection.sendall(first)
        while True:
            connection.sendall(piece * (65536 // len(piece)))

    return answer
