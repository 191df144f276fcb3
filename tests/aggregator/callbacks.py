"""A subscriber that does as a test says, over real HTTP, and the hub it asks."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.aggregator.hubs import Answer, ask


@dataclass(frozen=True)
class Push:
    """What was delivered, and where."""

    path: str
    body: bytes
    headers: Message


def echoing(said: dict[str, str]) -> tuple[int, bytes]:
    """Confirm whatever is asked."""
    return 200, said.get("hub.challenge", "").encode()


@dataclass
class Callbacks:
    """A subscriber's machine: what it was asked, what it was sent, and how it answers each."""

    port: int = 0
    asked: list[dict[str, str]] = field(default_factory=list)
    queries: list[str] = field(default_factory=list)
    pushes: list[Push] = field(default_factory=list)
    confirms: Callable[[dict[str, str]], tuple[int, bytes]] = echoing
    takes: Callable[[Push], int] = lambda _push: 200
    location: str = ""

    def url(self, path: str = "/callback", *, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.port}{path}"

    def bodies(self, path: str = "/callback") -> list[bytes]:
        return [push.body for push in self.pushes if push.path == path]


def request(hub: str, *pairs: tuple[str, str], **form: str) -> Answer:
    """Post a subscription request, `mode` for hub.mode and so on; `pairs` come as they are."""
    said = [(f"hub.{name}", value) for name, value in form.items()] + list(pairs)
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    return ask("POST", hub, urlencode(said).encode(), headers)


@contextmanager
def a_subscriber() -> Iterator[Callbacks]:
    script = Callbacks()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = urlsplit(self.path).query
            script.queries.append(query)
            script.asked.append(dict(parse_qsl(query)))
            self.answer(*script.confirms(script.asked[-1]))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            push = Push(path=self.path, body=body, headers=self.headers)
            script.pushes.append(push)
            self.answer(script.takes(push), b"")

        def answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            if script.location:
                self.send_header("Location", script.location)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    script.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield script
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
