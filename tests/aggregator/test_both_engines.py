"""One paper, two databases: the same news make the same paper, and it moves between them."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select

from aggregator.intake import keep
from aggregator.pull import Pulled, Turn
from aggregator.settings import parse
from aggregator.store.engine import open_database, transaction
from aggregator.store.sources import enrol, remembered
from aggregator.store.tables import metadata
from aggregator.wire_server import documents, sources_yaml
from feeds.errors import FetchError
from feeds.fetch import Fetched, Validators
from feeds.headers import validator
from feeds.hops import next_hop
from feeds.parse import parse_unseen
from tests.aggregator import databases
from tests.aggregator.commands import call, published
from tests.aggregator.databases import database_of, empty_database_of
from tests.aggregator.newsrooms import Desk, Wire, a_desk, a_feed, a_paper, a_source, an_item
from tests.conftest import NOON

SITE = "https://paper.example/"
Rows = dict[str, list[tuple[object, ...]]]


@contextmanager
def on(engine: str) -> Iterator[None]:
    before = databases.engine()
    databases.use(engine)
    try:
        yield
    finally:
        databases.use(before)


@pytest.fixture(scope="module", autouse=True)
def each_engine() -> Iterator[str]:
    """PostgreSQL, but where a test says otherwise."""
    with on("postgresql"):
        yield "postgresql"
        databases.give_back()


def rows(engine: Engine) -> Rows:
    """Return all that is remembered, but for what depends on where the paper is published."""
    with transaction(engine) as connection:
        found = {
            table.name: [tuple(row) for row in connection.execute(select(table))]
            for table in metadata.sorted_tables
        }
    found["ledger"] = [row for row in found["ledger"] if row[0] != "layout"]
    return {name: sorted(all_, key=repr) for name, all_ in found.items()}


def history(desk: Desk) -> Desk:
    """Let a paper live through some days: news, changes, sources that fail, come and go."""
    every = desk.settings.sources
    desk.build()
    for address, body in list(desk.wire.bodies.items()):
        if isinstance(body, bytes) and b"<title>" in body:
            desk.wire.bodies[address] = body.replace(b"<title>", b"<title>Corrected: ", 3)
    desk.now += timedelta(hours=8)
    desk.build()
    desk.settings = replace(desk.settings, sources=every[2:], sections=desk.settings.sections[:-1])
    desk.build(everything=False)
    desk.settings = replace(desk.settings, sources=(*reversed(every[:5]), *every[5:]))
    desk.now += timedelta(days=3)
    desk.build()
    return desk


@contextmanager
def a_wire_desk(folder: Path, url: str = "") -> Iterator[Desk]:
    settings = parse(sources_yaml(SITE), file="sources.yaml")
    networks = (ip_network("127.0.0.0/8"),)
    bodies: dict[str, Any] = {
        f"http://{host}{path}": document.body for (host, path), document in documents(SITE).items()
    }
    settings = replace(settings, site=replace(settings.site, allow_networks=networks))
    with a_desk(folder, settings, Wire(bodies), url=url) as desk:
        yield desk


def test_the_same_news_make_the_same_paper_on_both(tmp_path: Path) -> None:
    made = []
    for name in databases.ENGINES:
        with on(name), a_wire_desk(tmp_path / name) as desk:
            history(desk)
            made.append((desk.files(), rows(desk.newsroom.engine)))
    (files, memory), (other_files, other_memory) = made
    assert len(memory["relations"]) > 50
    assert len(files) > 150
    assert memory == other_memory
    assert files == other_files


@pytest.mark.parametrize("name", databases.ENGINES)
def test_no_length_of_what_a_source_says_stops_the_paper(name: str, tmp_path: Path) -> None:
    """What cannot be packed, in every place: no index of PostgreSQL bears 2,704 bytes of it."""
    noise = "".join(hashlib.sha256(f"{n}".encode()).hexdigest() for n in range(100))
    capitals = " ".join(f"Q{noise[at : at + 63]}" for at in range(0, 6_300, 63))
    items = [
        an_item(1, f"About {noise}", f"A word: {noise}, and {capitals} too.", host="h"),
        an_item(2, "A page", "It was there.", host="h").replace("example/2", f"example/{noise}"),
        an_item(3, "An id", "It was there.", host="h").replace("urn:h:3", f"urn:h:{noise}"),
        an_item(4, capitals, "It was there.", host="h"),
        an_item(5, "A category", "So.", host="h").replace(
            "<guid", f"<category>{noise}</category><author>{noise}</author><guid"
        ),
    ]
    good = a_feed(an_item(1, "Peacekeepers leave Khojaly", "The base is closed."))
    paper = a_paper(a_source("a"), a_source("h"))
    bodies: dict[str, Any] = {paper.sources[0].feed: good, paper.sources[1].feed: a_feed(*items)}
    with on(name), a_desk(tmp_path, paper, Wire(bodies)) as desk:
        report = desk.build()
        assert {one.error for one in report.outcomes} == {None}
        assert {one.source_id: one.new for one in report.outcomes} == {"a": 1, "h": 5}
        assert desk.files()["atom.xml"].count(b"<entry") == 6
        assert [one.new for one in desk.build().outcomes] == [0, 0]


@pytest.mark.parametrize("way", [databases.ENGINES, databases.ENGINES[::-1]])
def test_a_paper_moves_and_is_published_to_the_same_bytes(
    tmp_path: Path, way: tuple[str, str]
) -> None:
    urls = []
    for name in way:
        with on(name):
            urls.append(empty_database_of(tmp_path))
    with a_wire_desk(tmp_path, urls[0]) as desk:
        memory = rows(history(desk).newsroom.engine)
    said = call("db", "copy", *urls)
    assert said.exit_code == 0, said.stderr
    assert f"{len(memory['articles'])} articles, " in said.stdout
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.yaml").write_text(sources_yaml(SITE), "utf-8")
    papers: list[dict[str, bytes]] = []
    for url in urls:
        output = tmp_path / f"public{len(papers)}"
        places = [f"--config={tmp_path / 'config'}", f"--state={tmp_path / 's'}"]
        said = call("publish", *places, f"--output={output}", f"--database-url={url}")
        assert said.exit_code == 0, said.stderr
        papers.append(published(output))
        engine = open_database(url)
        assert {name: len(all_) for name, all_ in rows(engine).items()} == {
            name: len(all_) for name, all_ in memory.items()
        }
        engine.dispose()
    assert papers[0] == papers[1]
    assert len(papers[0]) > 150


def test_a_paper_is_copied_into_an_empty_database_alone(tmp_path: Path) -> None:
    with on("sqlite"):
        one, other = database_of(tmp_path / "one"), database_of(tmp_path / "other")
    (tmp_path / "one").mkdir()
    (tmp_path / "other").mkdir()
    nobody = call("db", "copy", one, other)
    assert (nobody.exit_code, "there is no paper in" in nobody.stderr) == (3, True)
    assert not list((tmp_path / "one").iterdir()), "looking makes no database"
    before: Rows = {}
    for url in (one, other, database_of(tmp_path)):
        engine = open_database(url)
        with transaction(engine) as connection:
            enrol(connection, (a_source("a"),))
        before = rows(engine)
        engine.dispose()
    for target in (other, database_of(tmp_path)):
        said = call("db", "copy", one, target)
        assert said.exit_code == 3
        assert "there is a paper in TO already" in said.stderr
        engine = open_database(target)
        assert rows(engine) == before
        engine.dispose()
    assert "are the same database" in call("db", "copy", one, one).stderr


def test_no_password_of_a_database_is_ever_shown(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "sources.yaml").write_text(
        "site: {title: The Paper, base_url: 'https://paper.example/', "
        f"database: 'postgresql://me:${{PW}}@/paper?host={tmp_path}'}}\n"
        "sources: [{name: A, feed: 'https://a.example/'}]\n"
    )
    places = [f"--config={tmp_path / 'config'}", f"--state={tmp_path}", f"--output={tmp_path}/o"]
    url = f"postgresql://me:${{PW}}@/paper?host={tmp_path}"
    for command in (
        ("status", *places),
        ("build", *places),
        ("run", "--port=0", *places),
        ("db", "copy", url, f"sqlite:///{tmp_path}/x.db"),
        ("db", "backup", *places, str(tmp_path / "x.db")),
        ("check", *places),
        ("export", *places),
    ):
        said = call(*command, PW="s3cret")
        assert "s3cret" not in said.output, command
        if command[0] not in {"check", "export"}:
            assert said.exit_code == 3
            assert "start the server, or look at its address" in said.stderr


# The door: what no database could keep, or one keeps and the other does not

ODD = ("\0", "\ud800", "\udfff", "\ufffe", "\x85", "\u202e", "\u030a", "\U0001f4f0", "İ", "ß")
texts = st.text(st.characters(exclude_categories=()) | st.sampled_from(ODD), max_size=30)
addresses = texts.map(lambda text: f"https://x.example/{text}")
people = st.lists(st.fixed_dictionaries({"name": texts, "url": addresses}), max_size=2)
items = st.fixed_dictionaries(
    {"id": texts, "title": texts, "content_html": texts},
    optional={
        "url": addresses,
        "summary": texts,
        "image": addresses,
        "authors": people,
        "tags": st.lists(texts, max_size=3),
        "language": texts | st.sampled_from(["en", "EN-gb", "x" * 200]),
        "date_published": texts,
        "attachments": st.lists(
            st.fixed_dictionaries({"url": addresses, "mime_type": texts}), max_size=2
        ),
    },
)
feeds = st.fixed_dictionaries(
    {"version": st.just("https://jsonfeed.org/version/1.1"), "title": texts},
    optional={"home_page_url": addresses, "authors": people, "items": st.lists(items, max_size=4)},
)
headers = st.none() | st.text(st.characters(max_codepoint=255), max_size=30).map(validator)


@st.composite
def redirects(draw: st.DrawFn) -> str | None:
    """Where a permanent redirect leads, if it leads anywhere: what no hop may be, we refuse."""
    location = f"https://x.example/{draw(st.text(st.characters(max_codepoint=255), max_size=30))}"
    try:
        return next_hop(["https://a.example/feed"], location, most=5)
    except FetchError:
        return None


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Engine]]:
    with ExitStack() as open_:
        found = []
        for name in databases.ENGINES:
            with on(name):
                engine = open_database(database_of(tmp_path_factory.mktemp(name)))
            open_.callback(engine.dispose)
            found.append(engine)
        yield found


@effort(max_examples=60)
@given(document=feeds, etag=headers, modified=headers, moved=redirects())
def test_whatever_a_source_says_both_keep_the_same_of_it(
    engines: list[Engine],
    document: dict[str, Any],
    etag: str | None,
    modified: str | None,
    moved: str | None,
) -> None:
    paper = a_paper(a_source("a"))
    (source,) = paper.sources
    body = json.dumps(document).encode()
    reading = parse_unseen(body, source.feed, "application/feed+json", frozenset())
    reply = Fetched(
        body=body,
        url=source.feed,
        validators=Validators(etag=etag, last_modified=modified),
        moved_to=moved,
    )
    kept = []
    for engine in engines:
        with transaction(engine) as connection:
            enrol(connection, paper.sources)
            turn = Turn(source=source, remembered=remembered(connection)[source.id])
        pulled = Pulled(turn=turn, reply=reply, reading=reading, body_hash="x")
        outcome = keep(engine, pulled, settings=paper, now=NOON)
        assert outcome.error is None
        kept.append((outcome, rows(engine)))
        with transaction(engine) as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
    assert kept[0] == kept[1]
