"""A hub that does as a test says, and what it needs to call us, over real HTTP."""

import hashlib
import hmac
import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlencode, urlsplit

FEED = b"<feed xmlns='http://www.w3.org/2005/Atom'><title>News</title></feed>"


@dataclass
class Hub:
    """A hub, and beside it a publisher. `redirects` and `documents` are by path.

    `front` is the port it calls us at, where our public address is made up. `hears` is called
    with each form before it is answered.
    """

    forms: list[dict[str, str]] = field(default_factory=list)
    redirects: dict[str, tuple[int, str]] = field(default_factory=dict)
    documents: dict[str, bytes] = field(default_factory=dict)
    status: int = 202
    at_once: bool = False  # verify before the request is answered
    hears: Callable[[dict[str, str]], object] = lambda _form: None
    echoes: list["Answer"] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    port: int = 0
    front: int | None = None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def callback(self, form: dict[str, str]) -> str:
        path = urlsplit(form["hub.callback"]).path
        return f"http://127.0.0.1:{self.front}{path}" if self.front else form["hub.callback"]

    def verify(self, form: dict[str, str], **changes: str) -> "Answer":
        said = {
            "hub.mode": form["hub.mode"],
            "hub.topic": form["hub.topic"],
            "hub.challenge": "c&h",
        }
        said |= {"hub.lease_seconds": "864000"} | {
            f"hub.{name}": value for name, value in changes.items()
        }
        return ask("GET", f"{self.callback(form)}?{urlencode(said)}")

    def push(self, form: dict[str, str], body: bytes = FEED, method: str = "sha256") -> "Answer":
        proof = hmac.new(form["hub.secret"].encode(), body, getattr(hashlib, method)).hexdigest()
        headers = {"X-Hub-Signature": f"{method}={proof}", "Content-Type": "application/atom+xml"}
        return ask("POST", self.callback(form), body, headers)


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]


def ask(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> Answer:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=20)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers or {})
        reply = connection.getresponse()
        found = {name.lower(): value for name, value in reply.getheaders()}
        return Answer(reply.status, reply.read(), found)
    finally:
        connection.close()


@contextmanager
def a_scripted_hub() -> Iterator[Hub]:
    script = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            script.asked.append(self.path)
            self.answer(200, script.documents.get(self.path, b"?"))

        def do_POST(self) -> None:
            posted = self.rfile.read(int(self.headers["Content-Length"])).decode()
            if self.path not in script.redirects:
                assert self.headers["Content-Type"] == "application/x-www-form-urlencoded"
                script.forms.append(dict(parse_qsl(posted)))
                script.hears(script.forms[-1])
                if script.at_once:
                    script.echoes.append(script.verify(script.forms[-1]))
            self.answer(script.status, b"this topic is not ours\n")

        def answer(self, status: int, body: bytes) -> None:
            status, location = script.redirects.get(self.path, (status, ""))
            self.send_response(status)
            if location:
                self.send_header("Location", location)
            self.send_header("Content-Type", "text/plain")
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
