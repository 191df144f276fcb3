"""What strangers send to who answers beside the paper: taken within limits, answered briefly."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from datetime import timedelta
from typing import Any

TOO_LONG = (408, b"That took too long.\n")
TOO_LARGE = (413, b"That is more than we take.\n")
_PLAIN = ((b"content-type", b"text/plain; charset=utf-8"), (b"x-content-type-options", b"nosniff"))

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Reply = Callable[[Message], Awaitable[None]]
Answer = tuple[int, bytes]


async def answer(send: Reply, said: Answer, *more: tuple[bytes, bytes]) -> None:
    """Answer a request with a status and a line of plain text, and more headers."""
    status, body = said
    if status in {408, 413}:  # the rest of the request is not waited for
        more = (*more, (b"connection", b"close"))
    length = (b"content-length", str(len(body)).encode())
    headers = [*_PLAIN, length, *more]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def whole(
    scope: Scope, receive: Receive, *, most: int, patience: timedelta
) -> bytes | Answer:
    """Return the body of a request, or what to answer where it is not to be had.

    One that breaks off is an empty one.
    """
    announced = b"".join(field(scope, b"content-length"))
    if announced.isdigit() and (len(announced) > 12 or int(announced) > most):
        return TOO_LARGE
    try:
        async with asyncio.timeout(patience.total_seconds()):
            body = await _received(receive, most)
    except TimeoutError:
        return TOO_LONG
    return TOO_LARGE if body is None else body


def field(scope: Scope, name: bytes) -> list[bytes]:
    """Return the values of a header, whose name is in lower case."""
    headers: Iterable[tuple[bytes, bytes]] = scope["headers"]
    return [value for key, value in headers if key == name]


async def _received(receive: Receive, most: int) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return b""
        body += message.get("body", b"")
        if len(body) > most:
            return None
        if not message.get("more_body", False):
            return bytes(body)
