"""A paper with a hub of its own: printed, served, and told of, over real HTTP."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from aggregator.store import subscribers
from aggregator.store.engine import beside, transaction
from aggregator.subscribing import Door
from aggregator.telling import Telling
from publisher.hub import Subscriber
from publisher.serve import Server
from tests.aggregator.callbacks import request
from tests.aggregator.hubs import Answer
from tests.aggregator.newsrooms import Desk, a_desk, a_feed, a_paper, a_source, an_item

LOOPBACK = (ip_network("127.0.0.0/8"),)
SECONDS = timedelta(seconds=30)


@dataclass
class OwnHub:
    """A desk whose paper has a hub of its own; the clock stands until a test moves it."""

    desk: Desk
    telling: Telling
    door: Door
    base_url: str
    said: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.base_url}hub"

    @property
    def topic(self) -> str:
        return f"{self.base_url}atom.xml"

    def says(self, *texts: str) -> None:
        """Print a paper with these articles, the ones before it included."""
        self.said += texts
        items = (an_item(number, text, "Words.") for number, text in enumerate(self.said))
        self.desk.wire.bodies["https://a.example/feed"] = a_feed(*items)
        self.desk.build()

    def file(self, name: str = "atom.xml") -> bytes:
        return (self.desk.newsroom.output / name).read_bytes()

    def ask(self, callback: str, mode: str = "subscribe", **form: str) -> Answer:
        said = {"mode": mode, "callback": callback, "topic": self.topic} | form
        return request(self.url, **said)

    def subscribe(self, callback: str, **form: str) -> None:
        """Have a callback subscribed that confirms it."""
        assert self.ask(callback, **form).status == 202
        self.tell()

    def tell(self) -> None:
        """Tell all there is to tell now."""
        while self.telling.step():
            self.telling.wait(SECONDS)

    def kept(self, callback: str, topic: str = "atom.xml") -> Subscriber | None:
        with transaction(self.desk.newsroom.engine) as connection:
            return subscribers.one(connection, callback, topic)

    def restart(self) -> None:
        """Tell on as a process that has just started."""
        self.telling.close()
        self.telling = _telling(self.desk)


@contextmanager
def a_hub_of_our_own(
    folder: Path, *, outside: tuple[str, ...] = (), **site: Any
) -> Iterator[OwnHub]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    base_url = f"http://127.0.0.1:{port}/"
    about = {"allow_networks": LOOPBACK, "own_hub": True, "hubs": (f"{base_url}hub", *outside)}
    about |= site
    settings = a_paper(a_source("a"), base_url=base_url, **about)
    with a_desk(folder, settings) as desk:
        telling = _telling(desk)
        beside_paper: dict[str, Any] = {}
        own = beside(desk.newsroom.engine)
        door = Door(own, beside_paper, called=telling.call, now=lambda: desk.now)
        door.serve(desk.settings.site)
        server = Server(desk.newsroom.output, port=port, beside=beside_paper)
        server.start()
        hub = OwnHub(desk=desk, telling=telling, door=door, base_url=base_url)
        try:
            hub.says("The port reopens")
            yield hub
        finally:
            server.stop(timedelta(seconds=5))
            hub.telling.close()
            own.dispose()


def _telling(desk: Desk) -> Telling:
    telling = Telling(desk.newsroom.engine, desk.newsroom.output, now=lambda: desk.now)
    telling.begin(desk.settings)
    return telling
