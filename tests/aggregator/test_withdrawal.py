"""What was removed, withdrawn or let go never returns by itself, and nothing leads to it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.heeding import deletions
from aggregator.model import SourceId
from aggregator.removal import remove, restore
from aggregator.retaining import retain
from aggregator.store import articles as kept
from aggregator.store import aside
from aggregator.store.engine import hold, transaction
from feeds.errors import BroadsheetError
from feeds.model import Deletion, SourceEntry, SourceFeed
from feeds.parse import parse
from tests.aggregator.commands import Paper, no_traceback
from tests.aggregator.newsrooms import BASE, Desk, a_desk, a_feed, a_paper, a_source, an_item
from tests.aggregator.test_printing import dangling
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

URL = "https://a.example/feed"
TEXTS = (
    "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh.",
    "The last Russian peacekeepers left Karabakh and closed the base at Khojaly with its troops.",
    "The central bank in Frankfurt lowered its interest rate as inflation fell in Frankfurt.",
)
DAY = timedelta(days=1)


def an_atom_entry(number: int, *, updated: datetime = NOON) -> str:
    return (
        f"<entry><id>urn:a:{number}</id><title>Khojaly story {number}</title>"
        f"<link href='https://a.example/{number}'/><updated>{updated:%Y-%m-%dT%H:%M:%SZ}</updated>"
        f"<content>{TEXTS[number % 3]}</content></entry>"
    )


def deleted(ref: str, when: datetime = NOON + DAY, comment: str = "") -> str:
    return (
        f"<at:deleted-entry ref='{ref}' when='{when:%Y-%m-%dT%H:%M:%SZ}'>"
        f"<at:comment>{comment}</at:comment></at:deleted-entry>"
    )


def an_atom_feed(*parts: str) -> bytes:
    return (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:at='http://purl.org/atompub/tombstones/1.0'>"
        f"<id>urn:feed</id><title>A</title><updated>2026-06-01T00:00:00Z</updated>{''.join(parts)}"
        "</feed>"
    ).encode()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, a_paper(a_source("a"), a_source("b"))) as one:
        one.wire.bodies[URL] = an_atom_feed(*map(an_atom_entry, range(3)))
        one.wire.bodies["https://b.example/feed"] = a_feed(
            an_item(7, "Khojaly base empty", TEXTS[0], host="b")
        )
        one.build()
        yield one


def titles(desk: Desk) -> set[str]:
    with transaction(desk.newsroom.engine) as connection:
        found = kept.read(connection, kept.every(connection))
        return {article.title for article in found.values()}


def assert_no_trace(desk: Desk, title: str) -> None:
    files = desk.files()
    assert files, "there is a paper"
    assert dangling(files) == set()
    assert not [name for name, body in files.items() if title.encode() in body]
    assert desk.publish().changed == 0, "printing everything prints the same"
    assert desk.files() == files


# By its source


def test_what_its_source_deletes_is_nowhere_in_the_paper(desk: Desk) -> None:
    assert any(b"Khojaly story 1" in body for body in desk.files().values())
    desk.now += 2 * DAY
    body = an_atom_feed(*map(an_atom_entry, (0, 2)), deleted("urn:a:1", comment="Not true."))
    desk.wire.bodies[URL] = body
    report = desk.build()
    assert [one.withdrawn for one in report.outcomes if one.source_id == "a"] == [1]
    assert_no_trace(desk, "Khojaly story 1")
    with transaction(desk.newsroom.engine) as connection:
        (told,) = aside.of(
            connection, aside.find(connection, wanted="urn:a:1", page="", path="")
        ).values()
    assert (told.why, told.since, told.comment) == ("withdrawn", NOON + DAY, "Not true.")
    assert "security-defence" in told.sections
    desk.wire.bodies[URL] = an_atom_feed(*map(an_atom_entry, range(3)))
    desk.build()
    assert_no_trace(desk, "Khojaly story 1")


def test_a_deletion_beside_the_entry_itself_holds_if_it_is_the_later(desk: Desk) -> None:
    desk.now += 2 * DAY
    later, earlier = NOON + DAY, NOON - DAY
    desk.wire.bodies[URL] = an_atom_feed(
        *map(an_atom_entry, range(3)), deleted("urn:a:0", later), deleted("urn:a:1", earlier)
    )
    desk.build()
    assert titles(desk) == {"Khojaly story 1", "Khojaly story 2", "Khojaly base empty"}


def test_what_its_source_publishes_again_is_back_under_its_old_id(desk: Desk) -> None:
    before = desk.files()
    desk.now += 2 * DAY
    desk.wire.bodies[URL] = an_atom_feed(*map(an_atom_entry, (0, 2)), deleted("urn:a:1"))
    desk.build()
    again = an_atom_entry(1, updated=NOON + 3 * DAY)
    desk.now += 2 * DAY
    desk.wire.bodies[URL] = an_atom_feed(again, *map(an_atom_entry, (0, 2)))
    desk.build()
    assert "Khojaly story 1" in titles(desk)
    pages = {name for name in before if name.startswith("articles/")}
    assert pages <= desk.files().keys()
    assert dangling(desk.files()) == set()


def test_nobody_deletes_what_is_another_source_s(desk: Desk) -> None:
    desk.now += 2 * DAY
    desk.wire.bodies[URL] = an_atom_feed(deleted("urn:b:7"), *map(an_atom_entry, range(3)))
    desk.build()
    assert "Khojaly base empty" in titles(desk)


def test_a_deletion_is_read_from_rss_too() -> None:
    namespace = "xmlns:at='http://purl.org/atompub/tombstones/1.0'"
    body = a_feed(deleted("urn:a:1", comment="Gone"), an_item(2, "A", "B")).replace(
        b"<rss ", f"<rss {namespace} ".encode()
    )
    feed = parse(body, URL)
    assert feed.deleted == (Deletion(ref="urn:a:1", when=NOON + DAY, comment="Gone"),)
    assert len(feed.entries) == 1


moments = st.none() | st.integers(-100, 100).map(lambda hours: NOON + timedelta(hours=hours))


@given(st.lists(st.tuples(st.sampled_from("ab"), moments)), moments)
def test_of_an_entry_and_its_deletions_the_latest_counts(
    told: list[tuple[str, datetime | None]], updated: datetime | None
) -> None:
    feed = SourceFeed(
        format="atom10",
        entries=(SourceEntry(id="a", updated=updated),),
        deleted=tuple(Deletion(ref=ref, when=when) for ref, when in told),
    )
    holding = {one.ref: one.when for one in deletions(feed, now=NOON)}
    for ref in "ab":
        whens = [min(when or NOON, NOON) for one, when in told if one == ref]
        is_outlived = ref == "a" and updated is not None and whens and updated > max(whens)
        assert holding.get(ref) == (max(whens) if whens and not is_outlived else None)


# By the operator


@pytest.mark.parametrize(
    "name",
    ["urn:a:1", "https://a.example/1", "https://a.example/1?utm_source=x", "page", "id"],
)
def test_what_the_operator_removes_does_not_come_back(desk: Desk, name: str) -> None:
    with transaction(desk.newsroom.engine) as connection:
        articles = kept.read(connection, kept.every(connection)).values()
        (article,) = (one for one in articles if one.atom_id == "urn:a:1")
        called = {"page": BASE + article.path, "id": article.id}.get(name, name)
        taken = remove(connection, called, desk.settings, reason="libel", now=desk.now)
        assert [one.id for one in taken] == [article.id]
    desk.build()
    assert_no_trace(desk, "Khojaly story 1")
    changed = an_atom_entry(1, updated=NOON + 9 * DAY).replace("urn:a:1", "urn:a:11")
    desk.wire.bodies[URL] = an_atom_feed(changed, *map(an_atom_entry, (0, 2)))
    desk.build()
    assert_no_trace(desk, "Khojaly story 1")
    with transaction(desk.newsroom.engine) as connection:
        (back,) = restore(connection, called, desk.settings)
        assert back == article
    desk.build()
    assert f"{article.path}index.html" in desk.files()
    assert dangling(desk.files()) == set()


def test_the_last_article_may_be_removed_too(tmp_path: Path) -> None:
    with a_desk(tmp_path, a_paper(a_source("a"))) as desk:
        desk.wire.bodies[URL] = an_atom_feed(an_atom_entry(1))
        desk.build()
        with transaction(desk.newsroom.engine) as connection:
            remove(connection, "urn:a:1", desk.settings, reason="", now=desk.now)
        desk.build()
        files = desk.files()
        assert dangling(files) == set()
        assert not any(b"Khojaly story 1" in body for body in files.values())
        desk.build()
        desk.publish()
        assert desk.files() == files, "an empty paper is printed as often as any other"


def test_a_name_nobody_goes_by_is_said_in_words(desk: Desk) -> None:
    with transaction(desk.newsroom.engine) as connection:
        with pytest.raises(BroadsheetError, match="no article in the paper goes by 'urn:z'"):
            remove(connection, "urn:z", desk.settings, reason="", now=NOON)
        with pytest.raises(BroadsheetError, match="nothing that was taken out goes by 'urn:z'"):
            restore(connection, "urn:z", desk.settings)


def test_an_operator_removes_and_restores_by_command(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    paper.write(f"name: A, feed: '{paper.feed('a', 'One', 'Two')}'")
    assert paper.call("build").exit_code == 0
    before = paper.files()
    gone = paper.call("remove", "urn:a:1", "--reason", "asked for")
    assert (gone.exit_code, gone.stdout) == (0, "removed: Two\n")
    assert not any(b"Two" in body for body in paper.files().values())
    assert paper.call("build", "--all").exit_code == 0
    assert not any(b"Two" in body for body in paper.files().values())
    unknown = paper.call("remove", "urn:a:1")
    assert unknown.exit_code == 2
    assert no_traceback([unknown.stderr])
    back = paper.call("restore", "https://a.example/1")
    assert (back.exit_code, back.stdout) == (0, "restored: Two\n")
    assert paper.files().keys() == before.keys()


def test_an_article_is_removed_beside_a_broadsheet_at_work(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    paper.write(f"name: A, feed: '{paper.feed('a', 'One', 'Two')}'")
    assert paper.call("build").exit_code == 0
    with hold(tmp_path / "state"):
        told = paper.call("remove", "urn:a:1")
    assert (told.exit_code, told.stdout) == (0, "removed: Two\n")
    assert "prints it in a moment" in told.stderr
    assert paper.call("build").exit_code == 0
    assert not any(b"Two" in body for body in paper.files().values())


def test_an_operator_sees_a_flood_and_lets_it_in_by_command(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    address = paper.feed("a", *(f"Title {number}" for number in range(3)))
    paper.write(f"name: A, feed: '{address}'")
    assert paper.call("build").exit_code == 0
    paper.feed("a", *(f"Title {number}" for number in range(300)))
    assert paper.call("build", "--all").exit_code == 0
    assert paper.status()["a"]["held"] == 250
    said = paper.call("status").stdout
    assert "A: 250 articles of a flood held; `broadsheet release a` lets them in" in said
    unknown = paper.call("release", "Aa")
    assert (unknown.exit_code, "did you mean" in unknown.stderr) == (2, True)
    some = paper.call("release", "A", "--newest", "10")
    assert (some.exit_code, some.stdout) == (0, "A: 10 articles let in, 240 held\n")
    rest = paper.call("release", "a", "--discard")
    assert (rest.exit_code, rest.stdout) == (0, "A: 0 articles let in, 240 discarded\n")
    assert paper.call("build", "--all").exit_code == 0
    assert paper.status()["a"]["held"] == 0
    assert paper.status()["a"]["entries"] == 60


# By age


def test_what_is_let_go_does_not_come_back_from_an_archive_that_has_it_for_ever(
    tmp_path: Path,
) -> None:
    source = a_source("a", retention=10 * DAY, backfill=None)
    with a_desk(tmp_path, a_paper(source)) as desk:
        items: list[str] = []
        for day in range(30):
            desk.now = NOON + day * DAY
            items.insert(0, an_item(day, f"Day {day:03}", TEXTS[day % 3], day=desk.now))
            desk.wire.bodies[URL] = a_feed(*items)
            (outcome,) = desk.build().outcomes
            assert (outcome.new, outcome.changed) == (1, 0), day
        assert titles(desk) == {f"Day {day:03}" for day in range(19, 30)}
        files = desk.files()
        assert dangling(files) == set()
        assert not any(b"Day 000" in body for body in files.values())
        assert len([name for name in files if name.startswith("articles/")]) == 11
        assert desk.publish().changed == 0


def test_without_a_retention_everything_is_kept(desk: Desk) -> None:
    desk.now += 5000 * DAY
    desk.build()
    assert len(titles(desk)) == 4


def test_articles_are_let_go_a_few_at_a_time_until_none_is_too_old(tmp_path: Path) -> None:
    source = a_source("a", backfill=None)
    with a_desk(tmp_path, a_paper(source)) as desk:
        items = [an_item(number, f"Story {number}", "Words.", day=NOON) for number in range(700)]
        desk.wire.bodies[URL] = a_feed(*items)
        desk.build()
        desk.settings = a_paper(replace(source, retention=DAY))
        with transaction(desk.newsroom.engine) as connection:
            late = NOON + 3 * DAY
            gone = [retain(connection, desk.settings, now=late) for _ in range(4)]
        assert gone == [500, 200, 0, 0]
        with transaction(desk.newsroom.engine) as connection:
            assert kept.of_source(connection, SourceId("a")) == ()
