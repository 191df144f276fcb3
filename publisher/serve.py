"""The paper over HTTP: what is in the output directory, to read and never to write."""

import errno
import socket
import threading
from collections.abc import Mapping
from datetime import timedelta
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
from publisher.conditional import accepts, tags
from publisher.deadline import DeadlineProtocol
from publisher.delta import MANIPULATION, Versions
from publisher.ended import Gone, Moved
from publisher.ready import Answers, Fields, Ready
from publisher.responses import field, for_all, moved, notice, respond
from publisher.shelf import Document, Folder, Shelf

_log = structlog.get_logger(__name__)

_BACKLOG = 512
_MOST_CONNECTIONS = 800  # below the 1,024 descriptors a process usually may have

_NOTHING: Mapping[str, ASGIApp] = MappingProxyType({})


def application(output: Path, beside: Mapping[str, ASGIApp] = _NOTHING) -> ASGIApp:
    """Return an ASGI application that serves `output` and never anything outside or hidden.

    `beside` are other applications, by the path they answer instead, or by the beginning of
    paths, which ends in a slash; it is looked at with every request, so it may change.
    """
    return _Paper(Shelf(output), beside)


class _Paper:
    """The application; `at_once` answers without it what was asked before."""

    def __init__(self, shelf: Shelf, beside: Mapping[str, ASGIApp]) -> None:
        self._shelf = shelf
        self._beside = beside
        self._versions = Versions()
        self._answers = Answers()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        for start, other in tuple(self._beside.items()):
            if path == start or (start.endswith("/") and path.startswith(start)):
                await other(scope, receive, send)
                return
        response = await self._answer(scope)
        await response(scope, receive, send)

    def at_once(self, target: bytes, fields: Fields) -> Ready | None:
        """Return what was answered before to who asked the same of the same file."""
        if b"%" in target or target.startswith(tuple(map(str.encode, self._beside))):
            return None  # what stands where is for the application to say
        document = self._shelf.kept(target)
        return self._answers.find(document, fields) if document else None

    async def _answer(self, scope: Scope) -> Response:
        if scope["method"] not in {"GET", "HEAD"}:
            return notice(405, "The paper can only be read.", {"Allow": "GET, HEAD"})
        try:
            found: Document | Folder | None = self._shelf.kept(scope["raw_path"])
            if found is None:
                found = await run_in_threadpool(self._shelf.find, scope["raw_path"])
            if found is None:
                return await run_in_threadpool(self._nothing, scope)
        except PublishError as error:
            _log.error("a page could not be served", problem=str(error))
            # never a 404: to a feed reader that says the feed is gone
            return notice(503, "This page cannot be read just now.", {"Retry-After": "60"})
        match found:
            case Folder(name=name):
                return moved(308, f"./{quote(name, safe='')}/", scope)
            case Document():
                asked = Headers(scope=scope)
                self._versions.note(found)
                is_get = scope["method"] == "GET"
                news_of = partial(self._news, found, asked)
                response = respond(found, asked, news_of, is_get=is_get)
                if is_get:
                    told = response.status_code, response.raw_headers
                    self._answers.keep(found, scope["headers"], *told)
                return response

    def _nothing(self, scope: Scope) -> Response:
        """Return what is said where nothing is: not yet, no more, elsewhere, or never was."""
        if not self._shelf.find(b"/"):
            # nor a 404 before the first edition: a reader that is early must come again
            return notice(503, "The first edition is being printed.", {"Retry-After": "30"})
        match self._shelf.gone(scope["raw_path"]):
            case Moved(address=address):
                return moved(301, address, scope)
            case Gone():
                return notice(410, "This is no longer published.", for_all(scope["path"]))
            case None:
                return notice(404, "There is no such page in this paper.", {})

    def _news(self, document: Document, asked: Headers) -> bytes | None:
        """Return what is new since what the reader holds, if that is what it asks for."""
        if not accepts(field(asked, "a-im"), MANIPULATION):
            return None
        return self._versions.since(document, tags(field(asked, "if-none-match")))


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
        paper = _Paper(Shelf(output), beside)

        class Protocol(DeadlineProtocol):
            limit = request_limit

            def at_once(self, target: bytes, fields: Fields) -> Ready | None:
                return paper.at_once(target, fields)

        self._host = host
        self._port = port
        self._config = uvicorn.Config(
            paper,
            loop="uvloop",
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
