"""From sources to the paper: what a build promises its readers and its operators."""

import io
import random
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event, Timer

import feedparser
import pytest

from aggregator.model import Rights, SourceId
from aggregator.pipeline import build
from aggregator.store import articles as kept
from aggregator.store.engine import transaction
from aggregator.store.sources import Remembered, remembered
from aggregator.store.tables import metadata
from feeds.errors import FetchError, GoneError, PublishError, StoreError, ThrottledError
from feeds.fetch import Fetched, Request, Validators
from tests.aggregator.databases import refuse
from tests.aggregator.newsrooms import (
    BASE,
    Desk,
    Wire,
    a_desk,
    a_feed,
    a_paper,
    a_source,
    an_item,
)
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

KARABAKH = (
    "Russian peacekeepers handed over the base at Khojaly as 1,960 peacekeepers left Karabakh, "
    "Azerbaijan said; the mission cleared over 30,000 explosive devices."
)
LEAVING = (
    "The last of 1,960 Russian peacekeepers left Karabakh and closed the base at Khojaly; "
    "Armenia has suspended its CSTO membership."
)
PAIR = "Peacekeepers leave Khojaly", "Base at Khojaly closed"
RATES = "The central bank in Frankfurt lowered its interest rate as inflation fell in May."


@pytest.fixture
def desk(tmp_path: Path) -> object:
    wire = Wire(
        {
            "https://a.example/feed": a_feed(
                an_item(1, "Peacekeepers leave Khojaly", KARABAKH),
                an_item(2, "Interest rate lowered", RATES, day=NOON - timedelta(days=1)),
            ),
            "https://b.example/feed": a_feed(
                an_item(1, "Base at Khojaly closed", LEAVING, host="b")
            ),
        }
    )
    with a_desk(tmp_path, a_paper(a_source("a"), a_source("b")), wire) as opened:
        yield opened


def known(desk: Desk, name: str) -> Remembered:
    with transaction(desk.newsroom.engine) as connection:
        return remembered(connection)[SourceId(name)]


def entries(desk: Desk, path: str = "atom.xml") -> list[dict[str, object]]:
    read = feedparser.parse(io.BytesIO(desk.files()[path]))  # noqa: TID251
    assert not read.bozo
    return list(read.entries)


def titles(desk: Desk, path: str = "atom.xml") -> list[object]:
    return [entry["title"] for entry in entries(desk, path)]


def test_a_build_prints_every_section_and_every_article(desk: Desk) -> None:
    report = desk.build()
    assert sum(outcome.new for outcome in report.outcomes) == 3
    assert titles(desk, "economy/atom.xml") == ["Interest rate lowered"]
    assert set(titles(desk, "security-defence/south-caucasus/atom.xml")) == {
        "Peacekeepers leave Khojaly",
        "Base at Khojaly closed",
    }
    pages = [name for name in desk.files() if name.startswith("articles/")]
    assert len(pages) == 3


def test_articles_on_one_event_name_each_other_and_lead_elsewhere(desk: Desk) -> None:
    desk.build()
    told = {entry["title"]: entry for entry in entries(desk)}
    for one, other in (PAIR, PAIR[::-1]):
        content = str(told[one]["content"])
        assert other in content.split("Also reported by")[1]
        assert "You may also like" not in content
        assert not [link for link in told[one]["links"] if link["rel"] == "related"]  # type: ignore[attr-defined]


def test_articles_on_one_subject_lead_to_each_other_with_reasons(desk: Desk) -> None:
    days_before = an_item(1, PAIR[1], LEAVING, host="b", day=NOON - timedelta(days=4))
    desk.wire.bodies["https://b.example/feed"] = a_feed(days_before)
    desk.build()
    by_title = {entry["title"]: entry for entry in entries(desk)}
    links = by_title["Base at Khojaly closed"]["links"]
    related = [link for link in links if link["rel"] == "related"]  # type: ignore[attr-defined]
    assert [(link["href"], link["title"]) for link in related] == [
        ("https://a.example/1", "Peacekeepers leave Khojaly — A")
    ]
    content = str(by_title["Base at Khojaly closed"]["content"])
    assert "You may also like" in content
    assert "Khojaly" in content.split("You may also like")[1]


def test_the_same_state_prints_the_same_bytes(desk: Desk) -> None:
    desk.build()
    before = desk.files()
    assert desk.build().printed.changed == 0
    assert desk.publish().changed == 0
    assert desk.files() == before


def test_after_the_first_time_a_source_is_asked_conditionally(desk: Desk) -> None:
    desk.build()
    desk.wire.asked.clear()
    desk.build()
    assert all(request.validators.etag for request in desk.wire.asked)


def test_a_source_is_asked_only_when_it_is_due(desk: Desk) -> None:
    desk.build()
    desk.wire.asked.clear()
    desk.now -= timedelta(minutes=50)
    desk.build(everything=False)
    assert desk.wire.asked == []


def test_one_failing_source_harms_no_other_and_loses_nothing(desk: Desk) -> None:
    desk.build()
    before = desk.files()
    desk.wire.bodies["https://a.example/feed"] = FetchError("the server answers 500")
    report = desk.build()
    assert [outcome.error for outcome in report.outcomes if outcome.error] == [
        "the server answers 500"
    ]
    assert desk.files() == before
    assert known(desk, "a").state == "failing"
    assert known(desk, "a").error == "the server answers 500"


def test_a_document_that_cannot_be_read_keeps_the_old_validators(desk: Desk) -> None:
    desk.build()
    etag = known(desk, "a").etag
    desk.wire.bodies["https://a.example/feed"] = b"<html><body>Sorry</body></html>"
    assert any(outcome.error for outcome in desk.build().outcomes)
    assert known(desk, "a").etag == etag, "else a 304 would hide the next good document"


def test_a_source_that_is_gone_is_never_asked_again(desk: Desk) -> None:
    desk.wire.bodies["https://a.example/feed"] = GoneError("410 Gone", status=410)
    desk.build()
    assert known(desk, "a").state == "ending", "one answer may be a slip"
    desk.now += timedelta(days=1)
    desk.build(everything=False)
    desk.wire.asked.clear()
    desk.now += timedelta(days=400)
    desk.build(everything=False)
    assert [request.url for request in desk.wire.asked] == ["https://b.example/feed"]
    assert known(desk, "a").state == "gone"


def test_a_throttled_source_is_asked_when_it_said(desk: Desk) -> None:
    wait = timedelta(hours=5)
    desk.wire.bodies["https://a.example/feed"] = ThrottledError("429", retry_after=wait)
    desk.build()
    again = known(desk, "a").next_fetch
    assert again is not None
    assert again >= NOON + wait


def test_a_source_that_moved_for_good_is_asked_at_its_new_address(desk: Desk) -> None:
    body = a_feed(an_item(1, "Peacekeepers leave Khojaly", KARABAKH))
    desk.wire.bodies["https://a.example/feed"] = Fetched(
        body=body, url="https://new.example/feed", validators=Validators(),
        moved_to="https://new.example/feed",
    )  # fmt: skip
    desk.build()
    desk.build()
    desk.build()
    first = known(desk, "a")
    assert (first.address, first.move_to) == (first.feed, "https://new.example/feed")
    assert (first.move_turns, first.move_since) == (3, NOON), "three times, but within a morning"
    desk.now = NOON + timedelta(days=1)
    desk.build()
    proved = known(desk, "a")
    assert proved.address == "https://new.example/feed"
    assert (proved.move_to, proved.move_turns, proved.move_since) == (None, None, None)


def test_a_source_whose_new_address_fails_is_asked_at_its_old_one_again(desk: Desk) -> None:
    old, new = "https://a.example/feed", "https://new.example/feed"
    body = a_feed(an_item(1, "Peacekeepers leave Khojaly", KARABAKH))
    validators = Validators(etag='"theirs"')
    desk.wire.bodies[old] = Fetched(body=body, url=new, validators=validators, moved_to=new)
    for day in range(3):
        desk.now = NOON + timedelta(days=day)
        desk.build()
    assert (known(desk, "a").address, known(desk, "a").etag) == (new, '"theirs"')
    desk.wire.bodies[old] = body
    for _ in range(2):
        desk.build()
        assert known(desk, "a").address == new
    desk.build()
    assert known(desk, "a").address == old
    desk.wire.asked.clear()
    desk.build()
    (asked,) = [one for one in desk.wire.asked if "b.example" not in one.url]
    assert (asked.url, asked.validators) == (old, Validators()), "the others were of elsewhere"
    assert known(desk, "a").state == "ok"


def test_without_a_single_article_there_is_no_paper(tmp_path: Path) -> None:
    with (
        a_desk(tmp_path, a_paper(a_source("a"))) as desk,
        pytest.raises(PublishError, match="no source has given an article"),
    ):
        desk.build()


def test_a_correction_reaches_the_feed_under_the_same_id(desk: Desk) -> None:
    desk.build()
    before = {entry["id"]: entry for entry in entries(desk)}
    desk.wire.bodies["https://a.example/feed"] = a_feed(
        an_item(1, "All peacekeepers leave Khojaly", KARABAKH)
    )
    desk.build()
    after = {entry["id"]: entry for entry in entries(desk)}
    assert after.keys() == before.keys()
    changed = {one for one in after if after[one]["updated"] != before[one]["updated"]}
    assert changed == {"urn:a:1"}
    assert "All peacekeepers leave Khojaly" in str(after["urn:b:1"]["content"]), "beside others too"


def test_an_entry_that_leaves_its_source_stays_in_the_paper(desk: Desk) -> None:
    desk.build()
    desk.wire.bodies["https://a.example/feed"] = a_feed(an_item(3, "Something new", "Words"))
    desk.build()
    assert len(entries(desk)) == 4


def test_rights_decide_how_much_is_carried(desk: Desk) -> None:
    a, b = desk.settings.sources
    desk.build()
    carried = (replace(a, rights=Rights.LINK), replace(b, rights=Rights.EXCERPT))
    desk.settings = replace(desk.settings, sources=carried)
    desk.build()
    by_id = {entry["id"]: str(entry) for entry in entries(desk)}
    assert "handed over the base" not in by_id["urn:a:1"]
    assert "Continue reading at B" in by_id["urn:b:1"]


def test_a_new_section_is_filled_with_what_is_stored(desk: Desk) -> None:
    desk.build()
    defence, caucasus, economy = desk.settings.sections
    wider = replace(economy, words=(*economy.words, "Khojaly"))
    bare = replace(caucasus, parent=None, path="caucasus", words=())
    desk.settings = replace(desk.settings, sections=(bare, wider))
    desk.build()
    assert len(titles(desk, "economy/atom.xml")) == 3
    assert defence.slug not in str(entries(desk)[0]["tags"])


def test_articles_of_a_source_taken_out_are_listed_no_more(desk: Desk) -> None:
    desk.build()
    pages = {name for name in desk.files() if name.startswith("articles/")}
    desk.settings = replace(desk.settings, sources=desk.settings.sources[1:])
    desk.build()
    assert titles(desk) == ["Base at Khojaly closed"]
    assert pages <= desk.files().keys(), "an address once published stays"


def test_a_source_that_changes_its_name_keeps_its_articles(desk: Desk) -> None:
    desk.build()
    ids = {entry["id"] for entry in entries(desk)}
    a, b = desk.settings.sources
    renamed = replace(a, id=SourceId("aa"), name="Aa")
    desk.settings = replace(desk.settings, sources=(renamed, b))
    desk.build()
    assert {entry["id"] for entry in entries(desk)} == ids
    with transaction(desk.newsroom.engine) as connection:
        assert len(kept.every(connection)) == 3


def test_a_wiped_output_is_printed_again(desk: Desk) -> None:
    desk.build()
    before = desk.files()
    for name in before:
        (desk.newsroom.output / name).unlink()
    desk.build()
    assert desk.files() == before


def test_printing_what_is_stale_equals_printing_everything(tmp_path: Path) -> None:
    chance = random.Random(7)
    names = ["a", "b", "c"]
    texts = [KARABAKH, LEAVING, RATES, "Nothing of note happened in Ghent."]
    items: dict[str, list[str]] = {name: [] for name in names}
    with a_desk(tmp_path, a_paper(*map(a_source, names))) as desk:
        for step in range(12):
            name = chance.choice(names)
            day = NOON - timedelta(hours=chance.randrange(200))
            number = chance.randrange(6)
            title = f"{chance.choice(['Khojaly', 'Frankfurt', 'Ghent'])} report {step}"
            items[name].append(an_item(number, title, chance.choice(texts), day=day, host=name))
            by_link = {item.split("</link>")[0].split("<link>")[1]: item for item in items[name]}
            desk.wire.bodies[f"https://{name}.example/feed"] = a_feed(*by_link.values())
            desk.build()
            before = desk.files()
            assert desk.publish().changed == 0, f"step {step} left something stale"
            assert desk.files() == before


def test_the_order_in_which_sources_answer_does_not_matter(tmp_path: Path) -> None:
    bodies = {
        f"https://{name}.example/feed": a_feed(
            *(an_item(n, f"Khojaly {name} {n}", KARABAKH, host=name) for n in range(3))
        )
        for name in "abcd"
    }
    papers = []
    for order in ("abcd", "dcba"):
        folder = tmp_path / order
        folder.mkdir()
        with a_desk(folder, a_paper(*map(a_source, order)), Wire(dict(bodies))) as desk:
            desk.build()
            papers.append(desk.files())
    assert papers[0] == papers[1]


def test_a_build_that_is_told_to_stop_stops_at_once(desk: Desk) -> None:
    blocked = Event()

    def never(request: Request) -> Fetched:
        blocked.wait(60)
        raise FetchError("too late")

    Timer(0.3, desk.newsroom.stopping.set).start()
    with pytest.raises(PublishError):
        build(desk.newsroom, desk.settings, fetch=never, now=NOON, everything=True)
    blocked.set()


def test_our_entries_say_where_they_came_from(desk: Desk) -> None:
    desk.build()
    feed = desk.files()["atom.xml"].decode()
    assert "<id>https://a.example/feed</id>" in feed
    assert f'scheme="{BASE}"' in feed
    assert 'label="South Caucasus"' in feed


def test_an_id_that_two_sources_carry_is_published_once(tmp_path: Path) -> None:
    item = an_item(1, "Peacekeepers leave Khojaly", KARABAKH)
    wire = Wire({f"https://{name}.example/feed": a_feed(item) for name in "ab"})
    with a_desk(tmp_path, a_paper(a_source("a"), a_source("b")), wire) as desk:
        desk.build()
        ids = [str(entry["id"]) for entry in entries(desk)]
        pages = [path for path in desk.files() if path.startswith("articles/")]
    assert ids == ["urn:a:1"], "it is one article"
    assert len(pages) == 2, "which either page leads to"


def test_an_empty_paper_never_pushes_out_the_last_good_one(desk: Desk) -> None:
    desk.build()
    before = desk.files()
    desk.settings = replace(desk.settings, sources=(a_source("c"),))
    with pytest.raises(PublishError, match="no source has given an article"):
        desk.build()
    assert desk.files() == before


def test_what_an_entry_inherits_from_its_feed_reaches_the_paper(desk: Desk) -> None:
    desk.build()
    url = "https://a.example/feed"
    body = desk.wire.bodies[url]
    assert isinstance(body, bytes)
    desk.wire.bodies[url] = body.replace(
        b"<description>d", b"<language>fr</language><description>d"
    )
    desk.build()
    assert b'xml:lang="fr"' in desk.files()["atom.xml"]


def test_a_redirect_never_makes_the_paper_its_own_source(desk: Desk) -> None:
    desk.build()
    desk.wire.bodies["https://a.example/feed"] = Fetched(
        body=desk.files()["atom.xml"], url=f"{BASE}atom.xml", validators=Validators()
    )
    report = desk.build()
    assert [outcome.error for outcome in report.outcomes if outcome.error] == [
        f"it leads to our own output, {BASE}atom.xml"
    ]
    assert len(entries(desk)) == 3


def test_a_section_taken_out_is_gone_and_a_lost_one_is_printed_again(desk: Desk) -> None:
    desk.build()
    before = desk.files()
    (desk.newsroom.output / "economy" / "atom.xml").unlink()
    desk.build()
    assert desk.files() == before
    desk.settings = replace(desk.settings, sections=desk.settings.sections[:-1])
    desk.build()
    assert not [name for name in desk.files() if name.startswith("economy/")]


def test_a_comment_more_writes_no_file_and_moves_no_entry(desk: Desk) -> None:
    def with_comments(count: int) -> bytes:
        said = f"<comments>https://a.example/1#c</comments><s:comments>{count}</s:comments></item>"
        document = a_feed(an_item(1, "Peacekeepers leave Khojaly", KARABAKH)).decode()
        spaced = document.replace("<rss ", '<rss xmlns:s="http://purl.org/rss/1.0/modules/slash/" ')
        return spaced.replace("</item>", said).encode()

    desk.wire.bodies["https://a.example/feed"] = with_comments(3)
    desk.build()
    before = desk.files()
    assert b'thr:count="3"' in before["atom.xml"]
    desk.wire.bodies["https://a.example/feed"] = with_comments(4)
    report = desk.build()
    assert [outcome.changed for outcome in report.outcomes] == [0, 0]
    assert desk.files() == before
    desk.publish()
    assert desk.files() == before


def test_nothing_new_is_nothing_written_not_even_to_the_database(desk: Desk) -> None:
    desk.build()
    desk.build(everything=False)
    with transaction(desk.newsroom.engine) as connection:
        for table in metadata.tables:
            for what in ("INSERT", "UPDATE", "DELETE"):
                refuse(connection, what, table)
    desk.now -= timedelta(hours=1, minutes=50)
    report = desk.build(everything=False)
    assert (report.outcomes, report.printed.changed) == ((), 0)
    desk.now += timedelta(days=2)
    with pytest.raises(StoreError, match="no"):
        desk.build(everything=False)


def test_a_source_that_floods_leaves_room_for_the_others(tmp_path: Path) -> None:
    many = [an_item(n, f"Flood {n}", "Water", day=NOON) for n in range(30)]
    one = an_item(1, "Drop", "Water", day=NOON - timedelta(days=9), host="b")
    wire = Wire({"https://a.example/feed": a_feed(*many), "https://b.example/feed": a_feed(one)})
    paper = a_paper(a_source("a"), a_source("b"), entries=8)
    with a_desk(tmp_path, paper, wire) as desk:
        desk.build()
        assert len(titles(desk)) == 8
        assert "Drop" in titles(desk)


def test_an_article_without_a_page_of_its_own_sends_nobody_in_a_circle(tmp_path: Path) -> None:
    bare = "<item><title>Bare</title><guid isPermaLink='false'>x</guid></item>"
    with a_desk(
        tmp_path, a_paper(a_source("a")), Wire({"https://a.example/feed": a_feed(bare)})
    ) as desk:
        desk.build()
        (page,) = [body for name, body in desk.files().items() if name.startswith("articles/")]
        assert b"Read this article at" not in page
        assert b"Continue reading" not in desk.files()["atom.xml"]
