"""Nothing we keep or print depends on whether unchanged items were read again."""

import random
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select

from aggregator.intake import keep
from aggregator.model import DateOf, Future, Identity, Ignored, Settings, Source, SourceId
from aggregator.pull import Pulled, Turn, ask
from aggregator.skipping import read as items_in
from aggregator.store.engine import open_database, transaction
from aggregator.store.seen import recall
from aggregator.store.sources import enrol, remembered
from aggregator.store.tables import articles, metadata
from feeds.parse import parse, parse_unseen
from feeds.reading import Reading
from feeds.sandbox import Sandbox
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import Wire, a_desk, a_feed, a_paper, a_source, an_item
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

URL = "https://a.example/feed"
HOUR = timedelta(hours=1)
SERIES = (
    *("gesab_bbc", "gesab_nytimes", "gesab_smh", "gesab_stuffnz"),
    *("newsblur_gawker", "newsblur_motherjones", "ollama"),
)


def parse_whole(body: bytes, url: str, content_type: str, _seen: AbstractSet[str]) -> Reading:
    return Reading(feed=parse(body, url, content_type))


@dataclass
class Side:
    """A newsroom that asks one source, by slices or whole, and what it read."""

    engine: Engine
    by_slices: bool
    settings: Settings
    entries: list[int] = field(default_factory=list)

    def take(self, body: bytes, *, now: datetime) -> None:
        keep(self.engine, self.pulled(body), settings=self.settings, now=now)

    def pulled(self, body: bytes) -> Pulled:
        (source,) = self.settings.sources
        with transaction(self.engine) as connection:
            enrol(connection, self.settings.sources)
            known = remembered(connection)[source.id]
            seen = recall(connection, [source.id]).get(source.id)
        turn = Turn(source=source, remembered=known, seen=seen)
        fetch = Wire({known.address: body})
        return ask(turn, user_agent="us", fetch=fetch, parse=self._parse)

    def _parse(self, body: bytes, url: str, content_type: str, seen: AbstractSet[str]) -> Reading:
        how = parse_unseen if self.by_slices else parse_whole
        reading = how(body, url, content_type, seen)
        self.entries.append(len(reading.feed.entries))
        return reading

    def contents(self) -> dict[str, list[tuple[object, ...]]]:
        """Return all that is kept, but for what is kept in order not to read."""
        with transaction(self.engine) as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(select(table))), key=repr)
                for table in metadata.sorted_tables
                if table.name != "seen"
            }

    def remembered(self) -> set[str]:
        with transaction(self.engine) as connection:
            seen = recall(connection, [SourceId("a")])
        return {one.fingerprint for one in items_in(seen[SourceId("a")].items)} if seen else set()


@contextmanager
def both(folder: Path, source: Source) -> Iterator[tuple[Side, Side]]:
    with ExitStack() as stack:
        sides = []
        for name in ("slices", "whole"):
            (folder / name).mkdir()
            engine = open_database(database_of(folder / name))
            stack.callback(engine.dispose)
            one = Side(engine=engine, by_slices=name == "slices", settings=a_paper(source))
            sides.append(one)
        yield sides[0], sides[1]


def assert_alike(slices: Side, whole: Side, why: object) -> None:
    kept, wanted = slices.contents(), whole.contents()
    for table in wanted:
        assert kept[table] == wanted[table], (why, table)


# Histories in which ids, pages, titles and words are mixed as no publisher should


def an_odd_item(chance: random.Random) -> str:
    """Return an item out of few words, so that items have much in common with each other."""
    day = chance.choice([NOON - timedelta(hours=chance.randrange(4)), NOON + 40 * HOUR])
    parts = {
        f"<title>{chance.choice(['Base closed', 'Troops leave', ''])}</title>": 0.9,
        f"<link>https://a.example/{chance.randrange(4)}</link>": 0.8,
        f"<guid isPermaLink='false'>urn:a:{chance.randrange(5)}</guid>": 0.7,
        f"<pubDate>{day:%a, %d %b %Y %H:%M:%S} GMT</pubDate>": 0.6,
        f"<description>{chance.choice(['Words.', 'Other words.'])}</description>": 0.7,
    }
    return f"<item>{''.join(part for part, odds in parts.items() if chance.random() < odds)}</item>"


def a_history(chance: random.Random, length: int) -> Iterator[bytes]:
    """Yield documents, each made of the one before: edits, returns, twins, cuts and deltas."""
    tame = chance.random() < 0.5
    number = 0
    items: list[str] = []
    gone: list[str] = []
    for _ in range(length):
        for _ in range(chance.randrange(4)):
            number += 1
            new = an_item(number, f"Story {number}", "Words.") if tame else an_odd_item(chance)
            items.insert(chance.randrange(len(items) + 1), new)
        what = chance.randrange(11)
        if what > 7:
            items = renamed(items, what, number)
        else:
            edit(items, gone, what, chance)
        while len(items) > 7 or (items and chance.random() < 0.2):
            gone.append(items.pop(chance.randrange(len(items))))
        yield a_document(items, chance)


def renamed(items: list[str], how: int, number: int) -> list[str]:
    """Return items under other ids elsewhere, or back; or the first id with another story."""
    here, there = ("a", "b") if how == 8 else ("b", "a")
    if how < 10:
        moved = [item.replace(f"urn:{here}:", f"urn:{there}:") for item in items]
        return [item.replace(f"//{here}.example/", f"//{there}.example/") for item in moved]
    new = an_item(number + 50, "Harbour reopens", "Ships are back.", day=NOON + 90 * HOUR)
    return [new.replace(f"urn:a:{number + 50}<", "urn:a:1<"), *items[1:]]


def edit(items: list[str], gone: list[str], how: int, chance: random.Random) -> None:
    match how:
        case 0:
            chance.shuffle(items)
        case 1 if items:
            items.append(chance.choice(items))
        case 2 if items:
            items[chance.randrange(len(items))] = an_odd_item(chance)
        case 3 if gone:
            items.append(gone.pop())
        case 4 if items:
            place = chance.randrange(len(items))
            items[place] = items[place].replace("urn:a:", "urn:a:1")
        case 5 if items:
            items[0] = items[0].replace("Story", "Corrected story")


def a_document(items: Sequence[str], chance: random.Random) -> bytes:
    some = items[:2] if chance.random() < 0.1 else items
    body = a_feed(*some)
    if chance.random() < 0.1:
        body = body.replace(b"<link>https://a.example/</link>", b"<link>https://a.example/1</link>")
    if chance.random() < 0.1:
        body = with_a_deletion(body, chance)
    if chance.random() < 0.1:
        body = body[: chance.randrange(100, len(body))]
    if chance.random() < 0.05:
        body = body.replace(b"</item><item>", b"</item><language>de</language><item>", 1)
    return body


def with_a_deletion(body: bytes, chance: random.Random) -> bytes:
    when = NOON + chance.randrange(48) * HOUR
    told = f"<at:deleted-entry ref='urn:a:{chance.randrange(9)}' when='{when.isoformat()}'/>"
    namespace = b"<rss xmlns:at='http://purl.org/atompub/tombstones/1.0' "
    place = chance.choice([b"<description>d</description>", b"</channel>"])
    return body.replace(b"<rss ", namespace, 1).replace(place, told.encode() + place, 1)


SOURCES = (
    a_source("a"),
    a_source("a", max_age=3 * HOUR),
    a_source("a", max_items=3),
    a_source("a", future_dates=Future.IGNORE_ENTRY, backfill=2, edits=2),
    a_source("a", identity=Identity.LINK, ignore=(Ignored.UPDATED,)),
    a_source("a", identity=Identity.LINK_AND_TITLE, date=DateOf.FIRST_SEEN, retention=9 * HOUR),
)


@pytest.mark.parametrize("seed", range(36))
def test_whatever_a_source_does_the_same_is_kept(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    source = SOURCES[seed % len(SOURCES)]
    with both(tmp_path, source) as (slices, whole):
        for step, body in enumerate(a_history(chance, 14)):
            now = NOON + step * HOUR
            if chance.random() < 0.1:
                language = chance.choice([None, "de"])
                for side in (slices, whole):
                    again = replace(side.settings.sources[0], language=language)
                    side.settings = replace(side.settings, sources=(again,))
            for side in (slices, whole):
                side.take(body, now=now)
            assert_alike(slices, whole, (seed, step))


@pytest.mark.parametrize("seed", range(2))
def test_whatever_a_source_does_the_same_paper_is_printed(tmp_path: Path, seed: int) -> None:
    settings = a_paper(a_source("a"))
    with (
        a_desk(tmp_path / "slices", settings) as slices,
        a_desk(tmp_path / "whole", settings) as whole,
    ):
        whole.newsroom = replace(whole.newsroom, parse=parse_whole)
        first = a_feed(an_item(0, "Base at Khojaly closed", "Troops have left."))
        for body in (first, *a_history(random.Random(seed + 100), 6)):
            for desk in (slices, whole):
                desk.wire.bodies[URL] = body
                desk.build()
            assert slices.files() == whole.files()


@pytest.mark.parametrize("name", SERIES)
def test_a_real_series_of_versions_is_kept_alike(tmp_path: Path, corpora: Path, name: str) -> None:
    with both(tmp_path, a_source("a")) as (slices, whole):
        for path in sorted((corpora / "series" / name).glob("[0-9]*")):
            number, _, epoch = path.stem.partition("_")
            is_told = epoch.isdigit()
            now = datetime.fromtimestamp(int(epoch), UTC) if is_told else NOON + int(number) * HOUR
            for side in (slices, whole):
                side.take(path.read_bytes(), now=now)
            assert_alike(slices, whole, path.name)
        with transaction(slices.engine) as connection:
            assert connection.execute(select(articles)).first()
        assert sum(slices.entries) <= sum(whole.entries)


# What is read


@pytest.fixture
def sides(tmp_path: Path) -> Iterator[tuple[Side, Side]]:
    with both(tmp_path, a_source("a")) as pair:
        yield pair


def stories(*numbers: int) -> list[str]:
    return [an_item(number, f"Story {number}", "Words.") for number in numbers]


def test_an_item_is_read_once(sides: tuple[Side, Side]) -> None:
    slices, _ = sides
    slices.take(a_feed(*stories(*range(40))), now=NOON)
    slices.take(a_feed(*stories(40, 41, *range(38))), now=NOON + HOUR)
    slices.take(a_feed(*stories(*range(42))), now=NOON + 2 * HOUR)
    assert slices.entries == [40, 2, 0], "those that left and came back are known, too"


def test_a_document_that_is_cut_off_or_brings_news_only_takes_nothing_away(
    sides: tuple[Side, Side],
) -> None:
    slices, _ = sides
    slices.take(a_feed(*stories(1, 2, 3)), now=NOON)
    slices.take(a_feed(*stories(4, 1, 2, 3))[:-120], now=NOON)
    slices.take(a_feed(*stories(5)), now=NOON)
    slices.take(a_feed(*stories(5, 4, 1, 2, 3)), now=NOON)
    assert slices.entries == [3, 1, 1, 0]


def test_an_item_that_shares_its_page_with_a_new_one_is_read_with_it(
    sides: tuple[Side, Side],
) -> None:
    slices, whole = sides
    one, two = stories(1, 2)
    twin = two.replace("urn:a:2", "urn:a:9").replace("example/2", "example/1")
    for body in (a_feed(one, two), a_feed(twin, one, two)):
        for side in sides:
            side.take(body, now=NOON)
    assert slices.entries == [2, 1, 3]
    assert_alike(slices, whole, "")


def test_a_source_read_otherwise_is_read_whole(sides: tuple[Side, Side]) -> None:
    slices, _ = sides
    slices.take(a_feed(*stories(1, 2)), now=NOON)
    german = replace(slices.settings.sources[0], language="de")
    slices.settings = replace(slices.settings, sources=(german,))
    slices.take(a_feed(*stories(1, 2)), now=NOON)
    assert slices.entries == [2, 2]


def test_of_a_source_with_another_feed_nothing_is_known(sides: tuple[Side, Side]) -> None:
    slices, _ = sides
    slices.take(a_feed(*stories(1, 2)), now=NOON)
    assert len(slices.remembered()) == 2
    with transaction(slices.engine) as connection:
        enrol(connection, (a_source("z", feed=URL),))
        assert SourceId("z") in recall(connection, [SourceId("z")]), "a new name changes nothing"
        enrol(connection, (a_source("z", feed="https://other.example/feed"),))
        assert recall(connection, [SourceId("z")]) == {}


def test_a_document_that_must_be_read_whole_leaves_nothing_to_go_by(
    sides: tuple[Side, Side],
) -> None:
    slices, _ = sides
    slices.take(a_feed(*stories(1, 2)), now=NOON)
    slices.take(a_feed(stories(1)[0], "<language>de</language>", stories(2)[0]), now=NOON)
    assert slices.remembered() == set()


def test_what_was_read_is_kept_with_the_articles_or_not_at_all(
    sides: tuple[Side, Side], monkeypatch: pytest.MonkeyPatch
) -> None:
    slices, _ = sides

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("aggregator.intake.remember", crash)
    with pytest.raises(KeyboardInterrupt):
        slices.take(a_feed(*stories(1, 2)), now=NOON)
    assert slices.remembered() == set()


def test_what_is_remembered_does_not_grow_for_ever(sides: tuple[Side, Side]) -> None:
    slices, _ = sides
    for turn in range(6):
        numbers = range(turn * 40, turn * 40 + 40)
        slices.take(a_feed(*stories(*numbers)), now=NOON)
    assert len(slices.remembered()) == 140


def test_what_is_left_out_is_told_to_the_worker_that_reads(sides: tuple[Side, Side]) -> None:
    slices, _ = sides
    slices.take(a_feed(*stories(1, 2)), now=NOON)
    (source,) = slices.settings.sources
    with transaction(slices.engine) as connection:
        known = remembered(connection)[source.id]
        seen = recall(connection, [source.id])[source.id]
    turn = Turn(source=source, remembered=known, seen=seen)
    with Sandbox(parse_unseen, workers=1) as sandbox:
        wire = Wire({URL: a_feed(*stories(3, 1, 2))})
        pulled = ask(turn, user_agent="us", fetch=wire, parse=sandbox)
    assert pulled.reading is not None
    assert [entry.title for entry in pulled.reading.feed.entries] == ["Story 3"]
