"""Limits for every request on a connection, which uvicorn does not have.

Without a deadline, a client that connects and says nothing, or half a header, or a byte a minute,
keeps its connection for ever, and so does one that never reads its answer. Without a limit of
size, httptools takes a head that does not end for as long as memory lasts.
"""

import asyncio
from datetime import timedelta
from typing import ClassVar

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from feeds.errors import PublishError
from publisher.ready import Fields, Ready

_SPECIAL = frozenset({b"content-length", b"transfer-encoding", b"expect", b"upgrade"})
_LONGEST_HEAD = 64 * 1024  # bytes, beside what came first


class DeadlineProtocol(HttpToolsProtocol):
    """HTTP/1.1 where a request has `limit` to arrive whole, and an answer that long to move on.

    The time for a request runs from the connection, or from its first byte on a kept one; no
    dribble of bytes extends it. What is to be sent is looked at once in `limit`, and given up when
    none of it could be.
    Between requests uvicorn's own keep-alive time-out rules.
    """

    limit: ClassVar[timedelta] = timedelta(seconds=10)
    _request_timer: asyncio.TimerHandle | None = None
    _answer_timer: asyncio.TimerHandle | None = None
    _is_awaited = True  # a request: the first one, or one that has begun to arrive
    _is_in_head = False
    _is_answered = False
    _has_answered = False  # since somebody looked how much is unsent
    _unsent = 0  # bytes, then
    _head = 0  # bytes of a head that came after its first ones and is not yet whole

    def at_once(self, target: bytes, fields: Fields) -> Ready | None:  # noqa: ARG002
        """Return the answer to a GET if it is ready, or None to have the application asked."""
        return None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request its time; uvicorn narrows the transport as we do."""
        super().connection_made(transport)
        self._time_request()

    def data_received(self, data: bytes) -> None:
        """Take what came and see whether the request is whole."""
        was_in_head = self._is_in_head
        super().data_received(data)
        self._head = self._head + len(data) if was_in_head and self._is_in_head else 0
        if self._head > _LONGEST_HEAD:
            self.send_400_response("The head of this request is too long.")
        self._time_request()

    def on_message_begin(self) -> None:
        """Note that a request has begun to arrive."""
        self._is_awaited = self._is_in_head = True
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        """Go on with a request that names its host, once; others get a 400 (RFC 9112, 3.2)."""
        self._is_in_head = False
        hosts = [name for name, _ in self.headers if name == b"host"]
        if len(hosts) != 1 and (hosts or self.parser.get_http_version() == "1.1"):
            raise PublishError("a request must name its host")
        ready = self.at_once(self.url, self.headers) if self._is_plain() else None
        if ready is None:
            super().on_headers_complete()
        else:
            self._is_answered = True
            self._send(ready)

    def _is_plain(self) -> bool:
        """Say whether a request can be answered here and now: alone, whole, and to be read."""
        last = self.cycle  # uvicorn's types know of no time before the first
        return (
            (last is None or last.response_complete)  # type: ignore[redundant-expr]
            and self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.flow.write_paused
            and _SPECIAL.isdisjoint([name for name, _ in self.headers])
        )

    def _send(self, ready: Ready) -> None:
        """Send an answer that is ready, as uvicorn would."""
        told = b"".join([b"%b: %b\r\n" % each for each in self.server_state.default_headers])
        self.transport.writelines([ready.head, told, b"\r\n", ready.body])
        self.on_response_complete()

    def on_message_complete(self) -> None:
        """Note that a request is whole."""
        self._is_awaited = False
        if self._is_answered:
            self._is_answered = False
        else:
            super().on_message_complete()

    def on_response_complete(self) -> None:
        """Go on to a request that may have been waiting behind this one."""
        super().on_response_complete()
        self._time_request()
        self._time_answer()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget all deadlines."""
        _cancel(self._request_timer)
        _cancel(self._answer_timer)
        super().connection_lost(exc)

    def _time_request(self) -> None:
        """Let the time run exactly while a request is awaited and we are listening."""
        if not self._is_awaited or self.flow.read_paused:
            _cancel(self._request_timer)
            self._request_timer = None
        elif self._request_timer is None:
            self._request_timer = self.loop.call_later(
                self.limit.total_seconds(), self.transport.abort
            )

    def _time_answer(self) -> None:
        """See to it that somebody looks whether the client still takes its answers."""
        self._has_answered = True
        if self._answer_timer is None and self.transport.get_write_buffer_size():
            self._look_again()

    def _look_again(self) -> None:
        """Look again and again until all is sent; give up when nothing was since the last time."""
        unsent, before = self.transport.get_write_buffer_size(), self._unsent
        if not unsent:
            self._answer_timer = None
        elif unsent == before and not self._has_answered:
            self.transport.abort()
        else:
            self._answer_timer = self.loop.call_later(self.limit.total_seconds(), self._look_again)
        self._unsent, self._has_answered = unsent, False


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
