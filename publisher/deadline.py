"""A deadline for every request on a connection, which uvicorn does not have.

Without one, a client that connects and says nothing, or half a header, or a byte a minute, keeps
its connection for ever, and so does one that never reads its answer.
"""

import asyncio
from datetime import timedelta
from typing import ClassVar

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol


class DeadlineProtocol(H11Protocol):
    """HTTP/1.1 where a request has `limit` to arrive whole, and an answer that long to move on.

    The time for a request runs from the connection, or from its first byte on a kept one; no
    dribble of bytes extends it. An answer is given up when in `limit` none of it could be sent.
    Between requests uvicorn's own keep-alive time-out rules.
    """

    limit: ClassVar[timedelta] = timedelta(seconds=10)

    _request_timer: asyncio.TimerHandle | None = None
    _answer_timer: asyncio.TimerHandle | None = None
    _is_fresh = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Give the first request its time; uvicorn narrows the transport as we do."""
        super().connection_made(transport)
        self._time_request()

    def data_received(self, data: bytes) -> None:
        """Take what came and see whether the request is whole."""
        super().data_received(data)
        self._time_request()

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
        """Let the time run exactly while a request is awaited or has begun to arrive."""
        state = self.conn.their_state
        self._is_fresh = self._is_fresh and state is h11.IDLE
        begun = state is h11.SEND_BODY or (
            state is h11.IDLE and (self._is_fresh or bool(self.conn.trailing_data[0]))
        )
        if not begun:
            _cancel(self._request_timer)
            self._request_timer = None
        elif self._request_timer is None:
            self._request_timer = self.loop.call_later(
                self.limit.total_seconds(), self.transport.abort
            )

    def _time_answer(self, unsent_before: int | None = None) -> None:
        """Look again and again whether the client still takes its answer; give up when not."""
        unsent = self.transport.get_write_buffer_size()
        _cancel(self._answer_timer)
        if unsent == unsent_before:
            self.transport.abort()
        elif unsent:
            self._answer_timer = self.loop.call_later(
                self.limit.total_seconds(), self._time_answer, unsent
            )


def _cancel(timer: asyncio.TimerHandle | None) -> None:
    if timer is not None:
        timer.cancel()
