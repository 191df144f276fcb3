"""A newsroom for tests: a real database and real files; only the network is made up."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event

from aggregator.intake import Outcome
from aggregator.model import Rights, Section, Settings, Site, Slug, Source, SourceId
from aggregator.newsroom import Newsroom
from aggregator.pipeline import Report, build, print_paper
from aggregator.printing import Printed
from aggregator.pull import Fetch
from aggregator.pushing import Pushing
from aggregator.store.engine import open_database
from aggregator.upkeep import Upkeep
from feeds.errors import FetchError
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.parse import parse_unseen
from publisher.encodings import SUFFIXES
from tests.aggregator.databases import database_of
from tests.conftest import NOON

BASE = "https://paper.example/"
PATIENCE = 30.0  # seconds, only ever spent by a test that fails
DEFENCE = Section(
    slug=Slug("security-defence"), title="Security & Defence", path="security-defence",
    words=("missile", "troops", "peacekeepers"),
)  # fmt: skip
CAUCASUS = Section(
    slug=Slug("south-caucasus"), title="South Caucasus", parent=DEFENCE.slug,
    path="security-defence/south-caucasus", words=("Karabakh", "Khojaly"),
)  # fmt: skip
ECONOMY = Section(
    slug=Slug("economy"), title="Economy", path="economy", words=("inflation", "interest rate")
)


def a_source(name: str, **changes: object) -> Source:
    plain = Source(
        id=SourceId(name), name=name.title(), feed=f"https://{name}.example/feed",
        rights=Rights.FULL,
    )  # fmt: skip
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def a_paper(*sources: Source, **site: object) -> Settings:
    plain = Site(title="The Paper", base_url=BASE)
    return Settings(
        site=replace(plain, **site),  # type: ignore[arg-type]  # a test's shorthand
        sections=(DEFENCE, CAUCASUS, ECONOMY),
        sources=sources,
    )


def an_item(number: int, title: str, text: str, *, day: datetime = NOON, host: str = "a") -> str:
    return (
        f"<item><title>{title}</title><link>https://{host}.example/{number}</link>"
        f"<guid isPermaLink='false'>urn:{host}:{number}</guid>"
        f"<pubDate>{day:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
        f"<description>&lt;p&gt;{text}&lt;/p&gt;</description></item>"
    )


def a_feed(*items: str) -> bytes:
    return (
        "<rss version='2.0'><channel><title>A</title><link>https://a.example/</link>"
        f"<description>d</description>{''.join(items)}</channel></rss>"
    ).encode()


@dataclass
class Wire:
    """The network as a test wants it: addresses to bodies, or to the error they give."""

    bodies: dict[str, bytes | FetchError | Fetched] = field(default_factory=dict)
    asked: list[Request] = field(default_factory=list)

    def __call__(self, request: Request) -> Fetched | NotModified:
        self.asked.append(request)
        found = self.bodies.get(request.url, FetchError("the server does not answer"))
        if isinstance(found, FetchError):
            raise found
        if isinstance(found, Fetched):
            return found
        etag = f'"{hashlib.sha256(found).hexdigest()[:8]}"'
        if request.validators.etag == etag:
            return NotModified(validators=request.validators)
        return Fetched(body=found, url=request.url, validators=Validators(etag=etag))


@dataclass
class Desk:
    """One newsroom with its wire and its clock, which moves an hour with every build."""

    newsroom: Newsroom
    settings: Settings
    wire: Wire
    now: datetime = NOON
    upkeeps: list[Upkeep] = field(default_factory=list)

    def build(self, *, everything: bool = True) -> Report:
        report = build(
            self.newsroom, self.settings, fetch=self.wire, now=self.now, everything=everything
        )
        self.now += timedelta(hours=1)
        return report

    def publish(self) -> Printed:
        return print_paper(self.newsroom, self.settings, now=self.now, everything=True)

    def files(self) -> dict[str, bytes]:
        """Return the paper, without the packed forms beside its files."""
        root = self.newsroom.output
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and ".press" not in path.parts and path.suffix not in SUFFIXES
        }


@dataclass
class Keeping:
    """A paper that is kept up, tick by tick; its desk's clock stands until a test moves it."""

    desk: Desk
    upkeep: Upkeep
    called: Event
    outcomes: list[Outcome]

    def tick(self) -> None:
        self.upkeep.tick(self.desk.now)

    def settle(self) -> None:
        """Tick until all have answered who were asked."""
        self.tick()
        while self.upkeep.out:
            assert self.called.wait(PATIENCE), "nobody answers"
            self.called.clear()
            self.tick()


def keeping(
    desk: Desk,
    *,
    fetch: Fetch | None = None,
    pushing: Pushing | None = None,
    threads: int = 4,
    every: timedelta = timedelta(),
) -> Keeping:
    """Keep a desk's paper up, whatever its settings are at each tick, each of which is a look."""
    called, outcomes = Event(), list[Outcome]()
    upkeep = Upkeep(
        desk.newsroom,
        lambda: desk.settings,
        lambda _settings: fetch or desk.wire,
        call=lambda after: called.set() if after == 0 else None,
        every=every,
        pushing=pushing,
        tell=outcomes.append,
        threads=threads,
    )
    desk.upkeeps.append(upkeep)
    return Keeping(desk=desk, upkeep=upkeep, called=called, outcomes=outcomes)


@contextmanager
def a_desk(
    folder: Path, settings: Settings, wire: Wire | None = None, *, url: str = ""
) -> Iterator[Desk]:
    state = folder / "state"
    state.mkdir(parents=True, exist_ok=True)
    engine = open_database(url or database_of(state))
    newsroom = Newsroom(engine=engine, output=folder / "public", parse=parse_unseen)
    desk = Desk(newsroom=newsroom, settings=settings, wire=wire or Wire())
    try:
        yield desk
    finally:
        for upkeep in desk.upkeeps:
            upkeep._queues.close()  # or its threads outlive the test
        engine.dispose()
