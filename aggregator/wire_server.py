"""The sample wire: made-up sources on loopback, so that the whole product runs off-line.

Each file `wire/<name>.<suffix>` is served as `http://<name>.example/feed.<suffix>`. The hosts
do not exist; a client reaches them through `routes` and is told apart by its Host header.
"""

import json
import socket
import sys
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from functools import partial
from hashlib import sha256
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from threading import Event, Thread
from typing import Any, Self
from xml.sax.saxutils import escape

SLOW_HOST = "night-ferry.example"
DEAD_HOST = "silent-tribune.example"
GONE_HOST = "closed-observer.example"
HTML_HOST = "lost-gazette.example"

LAST_MODIFIED = "Sun, 30 Jun 2024 06:00:00 GMT"
MEDIA_TYPES = {
    ".xml": "application/rss+xml; charset=utf-8",
    ".rdf": "application/rdf+xml; charset=utf-8",
    ".atom": "application/atom+xml; charset=utf-8",
    ".json": "application/feed+json",
    ".html": "text/html; charset=utf-8",
}
_WIRE = files("aggregator").joinpath("wire")
_SITE = "{site}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What one address answers."""

    media_type: str
    body: bytes
    status: HTTPStatus = HTTPStatus.OK

    @property
    def etag(self) -> str:
        """The body's strong validator, in its quotes (RFC 9110, 8.8.3)."""
        return f'"{sha256(self.body).hexdigest()[:32]}"'


NOT_FOUND = Document(media_type="text/plain", body=b"Not found.\n", status=HTTPStatus.NOT_FOUND)
GONE = Document(media_type="text/plain", body=b"This feed has ended.\n", status=HTTPStatus.GONE)


def images() -> Mapping[str, bytes]:
    """Return the wire's illustrations by the path, beneath the paper's root, they belong at."""
    folder = _WIRE.joinpath("images")
    return {f"wire/{image.name}": image.read_bytes() for image in folder.iterdir()}


def sources_yaml(site: str) -> str:
    """Return the demo's configuration for a paper whose base URL is `site`."""
    text = _WIRE.joinpath("sources.yaml").read_text(encoding="utf-8")
    return text.replace(_SITE, json.dumps(site)[1:-1])


def editorial_yaml() -> str:
    """Return what the demo's editors decided by hand."""
    return _WIRE.joinpath("editorial.yaml").read_text(encoding="utf-8")


def documents(site: str) -> Mapping[tuple[str, str], Document]:
    """Return all the wire's answers by host and path; images point beneath `site`."""
    found = {(GONE_HOST, "/feed.xml"): GONE}
    for file in _WIRE.iterdir():
        name, dot, suffix = file.name.partition(".")
        if (kind := MEDIA_TYPES.get(dot + suffix)) is None:
            continue
        # Bytes, never text: one source is not in the encoding it claims.
        body = file.read_bytes().replace(_SITE.encode(), _escaped(site, suffix))
        path = "/feed.xml" if suffix == "html" else f"/feed.{suffix}"
        found[f"{name}.example", path] = Document(media_type=kind, body=body)
    return found


class WireServer:
    """Serves the sample wire on 127.0.0.1 while its `with` block runs.

    `site` is the paper's base URL, ending in a slash; `slow` is how long the slow source takes.
    """

    def __init__(self, site: str, *, slow: timedelta = timedelta(seconds=2)) -> None:
        self._documents = documents(site)
        self._slow = slow
        self._closing = Event()
        self._open = ExitStack()
        self._routes: dict[str, tuple[str, int]] = {}

    @property
    def routes(self) -> Mapping[str, tuple[str, int]]:
        """Where each host of the wire really is; nobody listens at the dead one's port."""
        return self._routes

    def __enter__(self) -> Self:
        with ExitStack() as opened:
            handler = partial(
                _Handler, documents=self._documents, slow=self._slow, closing=self._closing
            )
            server = opened.enter_context(_Server(("127.0.0.1", 0), handler))
            # Bound but never listening: connections are refused, and no one else gets the port.
            dead = opened.enter_context(socket.socket())
            dead.bind(("127.0.0.1", 0))
            serving = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
            serving.start()
            opened.callback(serving.join)
            opened.callback(server.shutdown)
            opened.callback(self._closing.set)
            self._open = opened.pop_all()
        address = ("127.0.0.1", server.server_port)
        self._routes = {host: address for host, _ in self._documents}
        self._routes[DEAD_HOST] = ("127.0.0.1", dead.getsockname()[1])
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()


class _Server(ThreadingHTTPServer):
    # A whole newsroom knocks at once; the default queue of five would turn some away.
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing when a client hangs up early; print any other error as ever."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30  # seconds an idle connection may keep its thread

    def __init__(
        self,
        request: socket.socket,
        client_address: tuple[str, int],
        server: _Server,
        *,
        documents: Mapping[tuple[str, str], Document],
        slow: timedelta,
        closing: Event,
    ) -> None:
        self._documents = documents
        self._slow = slow
        self._closing = closing
        super().__init__(request, client_address, server)

    def do_GET(self) -> None:
        self._answer()

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        """Keep quiet: the demo's own words belong on that terminal."""

    def _answer(self) -> None:
        host = self.headers.get("Host", "").partition(":")[0].lower()
        document = self._documents.get((host, self.path), NOT_FOUND)
        if host == SLOW_HOST:
            self._closing.wait(self._slow.total_seconds())
        if document.status != HTTPStatus.OK or host == HTML_HOST:
            self._send(document, document.status)
            return
        known = _is_known(
            document.etag, self.headers.get("If-None-Match"), self.headers.get("If-Modified-Since")
        )
        status = HTTPStatus.NOT_MODIFIED if known else HTTPStatus.OK
        self._send(document, status, {"ETag": document.etag, "Last-Modified": LAST_MODIFIED})

    def _send(
        self, document: Document, status: HTTPStatus, validators: Mapping[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in (validators or {}).items():
            self.send_header(name, value)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", document.media_type)
            self.send_header("Content-Length", str(len(document.body)))
        self.end_headers()
        if self.command == "GET" and status != HTTPStatus.NOT_MODIFIED:
            self.wfile.write(document.body)


def _is_known(etag: str, if_none_match: str | None, if_modified_since: str | None) -> bool:
    """Tell whether the client has it already; the ETag outranks the date (RFC 9110, 13.2.2)."""
    if if_none_match is not None:
        tags = (tag.strip().removeprefix("W/") for tag in if_none_match.split(","))
        return any(tag in {"*", etag} for tag in tags)
    if if_modified_since is None:
        return False
    try:
        since = parsedate_to_datetime(if_modified_since)
        return since >= parsedate_to_datetime(LAST_MODIFIED)
    except (ValueError, TypeError):  # no date, or one without a zone: as if not sent
        return False


def _escaped(site: str, suffix: str) -> bytes:
    text = json.dumps(site)[1:-1] if suffix == "json" else escape(site, {'"': "&quot;"})
    return text.encode()
