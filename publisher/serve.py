"""The paper over HTTP: what is in the output directory, to read and never to write."""

import errno
import socket
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

import structlog
import uvicorn
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from feeds.errors import PublishError
from publisher import kinds, ranges
from publisher.conditional import accepts, is_not_modified, preferred, tags
from publisher.deadline import DeadlineProtocol
from publisher.delta import MANIPULATION, Versions
from publisher.ended import Gone, Moved
from publisher.shelf import Document, Folder, Shelf

_log = structlog.get_logger(__name__)

_BACKLOG = 512
_MOST_CONNECTIONS = 800  # below the 1,024 descriptors a process usually may have

# What others wrote is shown on our pages, so nothing in any document may run, post or frame.
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' https: http: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_IMAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "strict-origin-when-cross-origin",
}
_FRESH = "max-age=300, stale-while-revalidate=600"
_FRESH_FOR_A_DAY = "max-age=86400, stale-while-revalidate=600"
_FRESH_FOR_EVER = "max-age=31536000, immutable"
# A part of a feed is for the one who asked: no cache may hand it to another (RFC 3229, 10.6).
_OF_NEWS = {
    "IM": MANIPULATION,
    "Cache-Control": "no-store, im",
    "Vary": "Accept-Encoding, A-IM, If-None-Match",
}
_NOTHING: Mapping[str, ASGIApp] = MappingProxyType({})


def application(output: Path, beside: Mapping[str, ASGIApp] = _NOTHING) -> ASGIApp:
    """Return an ASGI application that serves `output` and never anything outside or hidden.

    `beside` are other applications, by the path they answer instead, or by the beginning of
    paths, which ends in a slash; it is looked at with every request, so it may change.
    """
    return _Paper(Shelf(output), beside)


class _Paper:
    def __init__(self, shelf: Shelf, beside: Mapping[str, ASGIApp]) -> None:
        self._shelf = shelf
        self._beside = beside
        self._versions = Versions()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        for start, other in tuple(self._beside.items()):
            if path == start or (start.endswith("/") and path.startswith(start)):
                await other(scope, receive, send)
                return
        response = await self._answer(scope)
        await response(scope, receive, send)

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return _notice(405, "The paper can only be read.", {"Allow": "GET, HEAD"})
        try:
            found: Document | Folder | None = self._shelf.kept(scope["raw_path"])
            if found is None:
                found = await run_in_threadpool(self._shelf.find, scope["raw_path"])
            if found is None:
                return await run_in_threadpool(self._nothing, scope)
        except PublishError as error:
            _log.error("a page could not be served", problem=str(error))
            # never a 404: to a feed reader that says the feed is gone
            return _notice(503, "This page cannot be read just now.", {"Retry-After": "60"})
        match found:
            case Folder(name=name):
                return _moved(308, f"./{quote(name, safe='')}/", scope)
            case Document():
                asked = Headers(scope=scope)
                self._versions.note(found)
                is_get = scope["method"] == "GET"
                return _respond(found, asked, partial(self._news, found, asked), is_get=is_get)

    def _nothing(self, scope: Scope) -> Response:
        """Return what is said where nothing is: not yet, no more, elsewhere, or never was."""
        if not self._shelf.find(b"/"):
            # nor a 404 before the first edition: a reader that is early must come again
            return _notice(503, "The first edition is being printed.", {"Retry-After": "30"})
        match self._shelf.gone(scope["raw_path"]):
            case Moved(address=address):
                return _moved(301, address, scope)
            case Gone():
                return _notice(410, "This is no longer published.", _for_all(scope["path"]))
            case None:
                return _notice(404, "There is no such page in this paper.", {})

    def _news(self, document: Document, asked: Headers) -> bytes | None:
        """Return what is new since what the reader holds, if that is what it asks for."""
        if not accepts(_field(asked, "a-im"), MANIPULATION):
            return None
        return self._versions.since(document, tags(_field(asked, "if-none-match")))


def _respond(
    document: Document, asked: Headers, news_of: Callable[[], bytes | None], *, is_get: bool
) -> Response:
    """Return the document in the encoding asked for, a 304 (RFC 9110, 15.4.5), a part or its news.

    Only a GET can ask for a part (RFC 9110, 14.2).
    """
    encoding = preferred(_field(asked, "accept-encoding"), document.packed)
    etag = document.tag(encoding)
    headers = _headers(document) | {"ETag": etag}
    if is_not_modified(
        etag=etag,
        modified=document.modified,
        if_none_match=_field(asked, "if-none-match"),
        if_modified_since=_field(asked, "if-modified-since"),
    ):
        return Response(status_code=304, headers=headers)
    headers |= {"Content-Type": document.media_type, "Accept-Ranges": "bytes"}
    body = document.body if encoding is None else document.packed[encoding]
    wanted = _field(asked, "range") if is_get else None
    part = ranges.part(wanted, len(body), etag=etag, if_range=asked.get("if-range"))
    news = news_of() if part is None else None
    if news is not None and len(news) < len(body):
        return Response(news, status_code=226, headers=headers | _OF_NEWS)
    if encoding is not None:
        headers["Content-Encoding"] = encoding
    if part is None:
        return Response(body, headers=headers)
    which = {"Content-Range": part.content_range(len(body))}
    if part.first == part.end:
        return _notice(416, "There is no such part of it.", which)
    return Response(body[part.first : part.end], status_code=206, headers=headers | which)


def _headers(document: Document) -> dict[str, str]:
    is_image = document.media_type.startswith("image/")
    headers = _ALWAYS | {
        "Last-Modified": format_datetime(document.modified, usegmt=True),
        "Cache-Control": _freshness(document.path, is_image=is_image),
        "Content-Security-Policy": _IMAGE_POLICY if is_image else _POLICY,
    }
    if kinds.is_text(document.media_type):
        headers["Vary"] = "Accept-Encoding"
    if document.links:
        headers["Link"] = document.links
    return headers | _for_all(document.path)


def _for_all(path: str) -> dict[str, str]:
    """Return what lets pages of other sites read a feed, or read that it moved or ended."""
    is_feed = kinds.media_type(path) in kinds.FEEDS
    return {"Access-Control-Allow-Origin": "*"} if is_feed else {}


def _freshness(path: str, *, is_image: bool) -> str:
    """Return how long a document need not be asked for: an archive never again (RFC 5005, 4)."""
    if kinds.is_archive(path):
        return _FRESH_FOR_EVER
    return _FRESH_FOR_A_DAY if is_image else _FRESH


def _field(headers: Headers, name: str) -> str | None:
    """Return a list-valued field whole, however many lines it came in (RFC 9110, 5.3)."""
    lines = headers.getlist(name)
    return ", ".join(lines) if lines else None


def _moved(status: int, location: str, scope: Scope) -> Response:
    """Return a redirect that keeps the query: a folder's (308), or to where something moved (301).

    A folder's is relative: no other host, and it works behind any prefix. What moved has the
    address that its feeds give, which is the one for a reader to keep.
    """
    query = scope["query_string"].decode("latin-1")
    fields = {"Location": f"{location}?{query}" if query else location, "Cache-Control": _FRESH}
    return Response(status_code=status, headers=_ALWAYS | _for_all(scope["path"]) | fields)


def _notice(status: int, words: str, headers: dict[str, str]) -> Response:
    """Return a page that says what is the matter, and nothing that came with the request."""
    body = (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f"<title>{words}</title>\n<h1>{words}</h1>\n"
        '<p><a href="/">To the front page</a></p>\n</html>\n'
    )
    always = _ALWAYS | {"Cache-Control": "no-cache", "Content-Security-Policy": _POLICY}
    return Response(body, status, headers=always | headers, media_type="text/html")


class Server:
    """The paper served from a thread of its own. It is started once and stopped once.

    A request must arrive whole within `request_limit`; the process's signals are left alone.
    `beside` is as for `application`.
    """

    def __init__(
        self,
        output: Path,
        *,
        host: str = "127.0.0.1",
        port: int = 8420,
        request_limit: timedelta = DeadlineProtocol.limit,
        beside: Mapping[str, ASGIApp] = _NOTHING,
    ) -> None:
        class Protocol(DeadlineProtocol):
            limit = request_limit

        self._host = host
        self._port = port
        self._config = uvicorn.Config(
            application(output, beside),
            loop="asyncio",
            http=Protocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            backlog=_BACKLOG,
            limit_concurrency=_MOST_CONNECTIONS,
            timeout_keep_alive=5,
        )
        self._uvicorn = uvicorn.Server(self._config)
        self._thread: threading.Thread | None = None

    def start(self) -> int:
        """Begin to serve and return the port; port 0 picks a free one.

        Raises PublishError where the address cannot be had.
        """
        listening = _listen(self._host, self._port)
        self._thread = threading.Thread(
            target=self._uvicorn.run, args=([listening],), name="server", daemon=True
        )
        self._thread.start()
        port: int = listening.getsockname()[1]
        return port

    def stop(self, timeout: timedelta) -> None:
        """Take no more requests and give those begun at most `timeout`, in whole seconds."""
        self._config.timeout_graceful_shutdown = int(timeout.total_seconds())
        self._uvicorn.should_exit = True
        if self._thread is not None:
            self._thread.join(timeout.total_seconds() + 1)


def _listen(host: str, port: int) -> socket.socket:
    """Return a socket that already listens, so that a taken port is known at once."""
    if not 0 <= port < 2**16:  # the resolver of some systems takes 65,536 for 0
        raise PublishError(f"{port} is not a port; choose one below 65536 with --port")
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except (OSError, UnicodeError) as error:
        raise PublishError(f"{host!r} is not an address to serve at") from error
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PublishError(f"port {port} is in use; choose another with --port") from error
        raise PublishError(f"cannot serve at {host} port {port}: {error.strerror}") from error
    return listening
