"""Asking a server over loopback, as a client that adds nothing of its own."""

import http.client
from collections.abc import Callable
from email.message import Message
from typing import NamedTuple


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: Message
    body: bytes


Ask = Callable[..., Answer]


def ask(port: int, path: str, method: str = "GET", **fields: str) -> Answer:
    """Ask for a path with these header fields, an underscore standing for a hyphen."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    connection.request(method, path, headers=headers)
    response = connection.getresponse()
    answer = Answer(response.status, response.headers, response.read())
    connection.close()
    return answer
