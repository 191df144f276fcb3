"""A publisher whose server a test scripts, and the newsroom that asks it."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.aggregator.newsrooms import a_feed, a_paper, a_source, an_item
from tests.aggregator.rounds import HOUR, Rounds, fetcher_for, rounds
from tests.conftest import NOON
from tests.feeds.misbehaving import Server, header, reply, serving

OLD_DATE, NEW_DATE = "Mon, 01 Jun 2026 09:00:00 GMT", "Mon, 01 Jun 2026 13:00:00 GMT"
FIRST = an_item(1, "The first", "Words.", day=NOON - HOUR)
SECOND = an_item(2, "The second", "Other words.", day=NOON)
URL = "http://a.example/feed"


@dataclass
class Publisher:
    """A publisher's server as it stands, and what it was asked, each with the paper's time."""

    newsroom: Rounds = field(init=False)
    server: Server = field(init=False)
    body: bytes = field(default_factory=lambda: a_feed(FIRST))
    headers: tuple[str, ...] = ('ETag: "1"', f"Last-Modified: {OLD_DATE}")
    refuses: tuple[str, ...] = ()  # a status and headers, instead of any document
    knows: bool = True  # answers 304 to whoever sends back what it gave
    asked: list[tuple[datetime, bytes]] = field(default_factory=list)

    def answer(self, connection: socket.socket, head: bytes) -> None:
        self.asked.append((self.newsroom.now, head))
        if self.refuses:
            connection.sendall(reply(b"", *self.refuses[1:], status=self.refuses[0]))
        elif self.knows and self._is_known(head):
            lines = ["HTTP/1.1 304 Not Modified", *self.headers, "", ""]
            connection.sendall("\r\n".join(lines).encode())
        else:
            connection.sendall(reply(self.body, *self.headers))

    def _is_known(self, head: bytes) -> bool:
        etag, date = self.gives("ETag"), self.gives("Last-Modified")
        if etag is not None:
            return header(head, "If-None-Match") == etag
        return date is not None and header(head, "If-Modified-Since") == date

    def gives(self, name: str) -> str | None:
        return next((h.partition(": ")[2] for h in self.headers if h.startswith(name)), None)

    def last(self, name: str) -> str | None:
        """Return a header of the last request."""
        return header(self.asked[-1][1], name)

    @property
    def gaps(self) -> list[timedelta]:
        times = [at for at, _ in self.asked]
        return [after - before for before, after in pairwise(times)]

    @property
    def conditions(self) -> list[tuple[str | None, str | None]]:
        """What was asked for with each request: If-None-Match and If-Modified-Since."""
        return [
            (header(head, "If-None-Match"), header(head, "If-Modified-Since"))
            for _, head in self.asked
        ]


@contextmanager
def published(folder: Path, *, feed: str = URL, **about: Any) -> Iterator[Publisher]:
    publisher = Publisher()
    with serving(publisher.answer) as publisher.server:
        paper = a_paper(a_source("a", **{"feed": feed, "every": HOUR, "longest": HOUR, **about}))
        port = publisher.server.port
        with rounds(folder, paper, fetcher_for(port, "a.example")) as publisher.newsroom:
            yield publisher
