"""Filing: whoever was away walks back to all that a feed had, and archives stay as they are."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from lxml import etree

from aggregator import archiving
from aggregator.model import Section, Slug
from aggregator.removal import remove, restore
from aggregator.selection import Selection
from aggregator.store.engine import transaction
from feeds.model import Feed
from publisher import read_atom, read_jsonfeed, read_rss
from publisher.kinds import is_archive
from tests.aggregator.newsrooms import (
    BASE,
    ECONOMY,
    Desk,
    a_desk,
    a_feed,
    a_paper,
    a_source,
    an_item,
)
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

SHOWN = 4
RATE = "The bank of Ghent cut its interest rate to {} as inflation fell; inflation had been high."
TODAY = NOON + timedelta(days=28)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A paper whose feeds show four articles, at the end of June."""
    with a_desk(tmp_path, a_paper(a_source("a"), a_source("b"), entries=SHOWN)) as desk:
        desk.now = TODAY
        yield desk


def news(desk: Desk, *days: float, source: str = "a", first: int = 1) -> None:
    """Let a source say one article so many days ago for each of these."""
    address = f"https://{source}.example/feed"
    held = desk.wire.bodies.get(address)
    before = held.split(b"</description>", 1)[1] if isinstance(held, bytes) else b""
    before = before.removesuffix(b"</channel></rss>")
    items = [an_article(number, when(day), source) for number, day in enumerate(days, first)]
    whole = a_feed(*items).removesuffix(b"</channel></rss>")
    desk.wire.bodies[address] = whole + before + b"</channel></rss>"
    desk.build()


def when(day: float) -> datetime:
    return TODAY - timedelta(days=day)


def an_article(number: int, day: datetime, source: str = "a", **words: str) -> str:
    title = words.get("title", f"Report {number} of {source}")
    return an_item(number, title, RATE.format(number), day=day, host=source)


def archives(desk: Desk, folder: str = "") -> dict[str, Feed]:
    """Return the archive documents of a feed, on the way back from it."""
    files, found = desk.files(), {}
    feed = read_atom.read(files[f"{folder}atom.xml"])
    while feed.history.prev_archive:
        name = feed.history.prev_archive.removeprefix(f"{BASE}{folder}archive/")
        feed = found[name] = read_atom.read(files[f"{folder}archive/{name}"])
    return found


def numbers(feed: Feed) -> list[str]:
    return [entry.id.rpartition(":")[2] for entry in feed.entries]


def test_whoever_was_away_walks_back_to_all_there_ever_was(desk: Desk) -> None:
    news(desk, *range(1, 120, 3))
    for folder in ("", "economy/"):
        feed = read_atom.read(desk.files()[f"{folder}atom.xml"])
        met = [*numbers(feed), *(one for each in archives(desk, folder).values()
                                 for one in numbers(each))]  # fmt: skip
        assert set(met) == {str(number) for number in range(1, 41)}
        assert list(archives(desk, folder))[1:] == ["2026-05.xml", "2026-04.xml", "2026-03.xml"]


def test_an_archive_says_where_it_belongs(desk: Desk) -> None:
    news(desk, *range(1, 120, 3))
    feed = read_atom.read(desk.files()["economy/atom.xml"])
    may = archives(desk, "economy/")["2026-05.xml"]
    assert may.self_href == f"{BASE}economy/archive/2026-05.xml"
    assert (may.id, may.title, may.home) == (feed.id, feed.title, feed.home)
    assert may.history.current == f"{BASE}economy/atom.xml"
    assert may.history.is_archive
    assert not feed.history.is_archive
    assert may.updated == may.entries[0].updated, "of its newest entry"
    assert [one.published for one in may.entries] == sorted(
        (one.published for one in may.entries if one.published), reverse=True
    )


def test_every_format_leads_to_the_archives(desk: Desk) -> None:
    news(desk, *range(1, 120, 3))
    files = desk.files()
    atom, rss, json = (
        read_atom.read(files["atom.xml"]),
        read_rss.read(files["rss.xml"]),
        read_jsonfeed.read(files["feed.json"]),
    )
    assert atom.history == rss.history == json.history
    assert atom.history.prev_archive


def test_archives_are_valid_atom(desk: Desk, corpora: Path) -> None:
    grammar = etree.RelaxNG(etree.parse(corpora / "schemas" / "atom-rfc4287.rng"))
    news(desk, *range(1, 120, 3))
    documents = [body for name, body in desk.files().items() if is_archive(name)]
    assert len(documents) > 6
    for body in documents:
        grammar.assertValid(etree.fromstring(body))


def test_a_small_feed_needs_no_archive_before_its_month_is_over(desk: Desk) -> None:
    news(desk, 1, 2, 3, 4)
    assert archives(desk) == {}
    news(desk, 0.5, first=5)
    assert [numbers(one) for one in archives(desk).values()] == [["5", "1", "2", "3", "4"]]


def test_the_first_news_of_a_month_closes_the_last_one(desk: Desk) -> None:
    news(desk, 3, 2, 1)
    desk.now += timedelta(days=3)
    news(desk, -2, first=4)
    assert list(archives(desk)) == ["2026-06.xml"]
    assert numbers(archives(desk)["2026-06.xml"]) == ["3", "2", "1"]


def test_news_rewrites_no_archive_and_what_comes_late_goes_into_the_open_month(
    desk: Desk,
) -> None:
    news(desk, *range(1, 120, 3))
    before = {name: body for name, body in desk.files().items() if is_archive(name)}
    closed = {name: body for name, body in before.items() if "part" not in name}
    assert closed
    for number, day in enumerate((0.5, 70, 20, 0.1), 41):
        news(desk, day, first=number)
        now = {name: body for name, body in desk.files().items() if is_archive(name)}
        assert closed.items() <= now.items()
        same = before.keys() & now.keys()
        assert {name: before[name] for name in same} == {name: now[name] for name in same}
    late = archives(desk)
    newest = next(iter(late))
    assert newest.startswith("2026-06-part-")
    assert {"42", "43"} <= set(numbers(late[newest])), "one is not shown at all"
    assert desk.build().printed.changed == 0
    assert desk.publish().changed == 0


def test_a_month_that_fills_many_documents_is_cut_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archiving, "MOST", 5)
    news(desk, *(30 - hour / 24 for hour in range(12)))
    news(desk, *(28 - hour / 24 for hour in range(12)), first=20)
    found = archives(desk)
    assert all(len(one.entries) <= 5 for one in found.values())
    assert sorted(n for one in found.values() for n in numbers(one)) == sorted(
        map(str, [*range(1, 13), *range(20, 32)])
    )
    full = {name for name, one in found.items() if len(one.entries) == 5}
    desk.now += timedelta(days=3)
    news(desk, -3, first=40)
    after = archives(desk)
    assert next(iter(after)) == "2026-06.xml"
    assert len(after) == len(found), "the last part became the last document"
    assert {name for name in full if name in after} >= full - {next(iter(found))}


def test_an_edit_rewrites_the_document_it_is_in_and_no_other(desk: Desk) -> None:
    news(desk, *range(1, 120, 3))
    before = desk.files()
    text = desk.wire.bodies["https://a.example/feed"]
    assert isinstance(text, bytes)
    desk.wire.bodies["https://a.example/feed"] = text.replace(
        b"Report 20 of a<", b"Report 20, corrected<"
    )
    desk.build()
    now = desk.files()
    changed = {name for name in now if is_archive(name) and now[name] != before[name]}
    assert changed == {"archive/2026-05.xml", "economy/archive/2026-05.xml"}
    assert now.keys() == before.keys()
    assert b"Report 20, corrected" in now["archive/2026-05.xml"]


def test_what_changes_around_an_article_rewrites_no_archive(desk: Desk) -> None:
    news(desk, *range(1, 120, 3))
    before = desk.files()
    link = '&lt;a href="https://a.example/20"&gt;an earlier report&lt;/a&gt;'
    text = f"As {link} told, nothing happened in Ghent that was worth a word."
    desk.wire.bodies["https://b.example/feed"] = a_feed(
        an_item(1, "A comment", text, day=when(0.2), host="b")
    )
    desk.build()
    now = desk.files()
    (page,) = (body for name, body in now.items() if "report-20" in name and "html" in name)
    assert b"A comment" in page, "it is cited now"
    same = [name for name in before if is_archive(name) and "part" not in name]
    assert {name: now[name] for name in same} == {name: before[name] for name in same}


def test_what_is_taken_out_leaves_its_archive_and_comes_back_to_it(desk: Desk) -> None:
    news(desk, *range(1, 120, 3))
    before = desk.files()
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, "urn:a:20", desk.settings, reason="", now=desk.now)
    desk.build()
    for name, body in desk.files().items():
        assert not is_archive(name) or b"Report 20 of a" not in body
    assert desk.publish().changed == 0
    with transaction(desk.newsroom.engine) as connection:
        restore(connection, "urn:a:20", desk.settings)
    desk.build()
    now = desk.files()
    assert {n: b for n, b in now.items() if is_archive(n)} == {
        n: b for n, b in before.items() if is_archive(n)
    }


def test_what_is_kept_no_longer_takes_empty_documents_along(desk: Desk) -> None:
    news(desk, *range(1, 120, 3))
    assert "2026-03.xml" in archives(desk)
    sources = [replace(one, retention=timedelta(days=75)) for one in desk.settings.sources]
    desk.settings = replace(desk.settings, sources=tuple(sources))
    desk.build()
    assert list(archives(desk))[-1] == "2026-04.xml"
    assert "archive/2026-03.xml" not in desk.files()
    assert not (desk.newsroom.output / "economy" / "archive" / "2026-03.xml.gz").exists()
    assert desk.publish().changed == 0


def test_a_section_that_moves_takes_its_archive_along_and_one_that_ends_leaves_none(
    desk: Desk,
) -> None:
    news(desk, *range(1, 120, 3))
    names = list(archives(desk, "economy/"))
    moved = Section(
        slug=Slug("money"), title="Money", path="money", words=ECONOMY.words,
        formerly=(ECONOMY.slug,),
    )  # fmt: skip
    desk.settings = replace(desk.settings, sections=(moved,))
    desk.build()
    assert list(archives(desk, "money/")) == names
    assert not list((desk.newsroom.output / "economy").rglob("*.xml*"))
    desk.settings = replace(desk.settings, sections=())
    desk.build()
    assert not list((desk.newsroom.output / "money").rglob("*.xml*"))
    assert archives(desk)


def test_a_section_that_takes_anothers_place_keeps_its_own_archive(desk: Desk) -> None:
    plain = Section(slug=Slug("money"), title="Money", path="money", words=ECONOMY.words)
    desk.settings = replace(desk.settings, sections=(ECONOMY, plain))
    news(desk, *range(1, 120, 3))
    before = archives(desk, "money/")
    desk.settings = replace(desk.settings, sections=(replace(plain, formerly=(ECONOMY.slug,)),))
    desk.build()
    assert archives(desk, "money/").keys() == before.keys()
    assert not (desk.newsroom.output / "economy" / "archive").exists()


def test_a_part_gives_way_to_one_that_has_more_under_another_name(desk: Desk) -> None:
    news(desk, 5, 4, 3, 2, 1)
    (first,) = archives(desk)
    news(desk, *(0.9 - hour / 24 for hour in range(6)), first=6)
    (second,) = archives(desk)
    assert first != second
    assert f"archive/{first}" not in desk.files()
    assert not list(desk.newsroom.output.rglob(f"{first}*")), "nor its packed forms"


def complete(desk: Desk) -> set[str]:
    """Return the feeds that say that they hold all there is, the same in every format."""
    files = desk.files()
    said = {
        one: {
            name.removesuffix(kind)
            for name, body in files.items()
            if name.endswith(kind) and read(body).history.is_complete
        }
        for one, kind, read in (
            ("Atom", "atom.xml", read_atom.read),
            ("RSS", "rss.xml", read_rss.read),
            ("JSON", "feed.json", read_jsonfeed.read),
        )
    }
    assert said["Atom"] == said["RSS"] == said["JSON"]
    return said["Atom"]


def test_a_feed_says_that_it_is_complete_where_it_is(desk: Desk) -> None:
    small = Selection(slug="small", title="Small", sources=("b",))
    large = Selection(slug="large", title="Large", sources=("a",))
    wordy = Selection(slug="wordy", title="Wordy", words=("tram",))
    desk.settings = replace(desk.settings, feeds=(small, large, wordy))
    for source, days in (("a", 4), ("b", 3)):
        news(desk, *range(1, days + 1), source=source)
    assert complete(desk) == {"feeds/small/"}, "nobody knows whether the fourth is the last"
    news(desk, 0.5, source="b", first=9)
    assert complete(desk) == set()
