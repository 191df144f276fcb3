"""Threads: who cites an article answers it, in a feed beside its page."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from lxml import html as pages

from aggregator import threads
from aggregator.model import Citation, Rights
from aggregator.removal import remove, restore
from aggregator.store.engine import transaction
from feeds.model import Entry, Feed, Reply
from feeds.published import COMPLETE, Thread
from publisher import gate
from publisher.formats import ALL, THREADS
from tests.aggregator.newsrooms import BASE, Desk, a_desk, a_feed, a_paper, a_source, an_item
from tests.aggregator.pieces import a_piece
from tests.conftest import NOON
from tests.publisher.rss_profile import faults

pytestmark = pytest.mark.usefixtures("each_engine")

NAMES = {"citations.xml", "citations.rss", "citations.json"}
EVE = NOON - timedelta(days=1)
NEWS = "The bank of Ghent lowered its interest rate, and inflation in Ghent fell with it."
WORDS = (
    "As {link} told, nothing else happened in the harbour that day.",
    "Nobody had seen it coming, though {link} did.",
    "We disagree with what {link} made of it, and here is why.",
)


def citing(number: int, *, host: str = "b") -> str:
    link = '&lt;a href="https://a.example/2"&gt;the Courier&lt;/a&gt;'
    day = EVE + timedelta(minutes=number)
    return an_item(
        number, f"Comment {number}", WORDS[number % 3].format(link=link), host=host, day=day
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, a_paper(a_source("a"), a_source("b"), a_source("c"))) as desk:
        supply(desk, "a", an_item(1, "First", NEWS), an_item(2, "Second", "A ship in the harbour."))
        yield desk


def supply(desk: Desk, name: str, *items: str) -> None:
    desk.wire.bodies[f"https://{name}.example/feed"] = a_feed(*items)


def threaded(desk: Desk) -> dict[str, bytes]:
    """Return the files of threads, by their names."""
    return {name: body for name, body in desk.files().items() if Path(name).name in NAMES}


def thread(desk: Desk) -> Feed:
    """Return the only thread, which says the same in every format."""
    files = {Path(name).name: body for name, body in threaded(desk).items()}
    assert files.keys() == NAMES
    first, *others = (one.read(files[one.kind.name]) for one in THREADS)
    for other in others:
        assert replace(other, self_href=first.self_href) == first
    return first


def entry(desk: Desk, title: str, one: int = 0) -> Entry:
    found = ALL[one].read(desk.files()[ALL[one].kind.name])
    return next(each for each in found.entries if each.title == title)


def test_who_cites_an_article_answers_it_in_a_feed_of_its_own(desk: Desk) -> None:
    supply(desk, "b", citing(0), citing(1))
    desk.build()
    found = thread(desk)
    assert found.title == "Citations of Second"
    assert found.history == COMPLETE
    assert [each.title for each in found.entries] == ["Comment 1", "Comment 0"]
    assert found.updated == EVE + timedelta(minutes=1)
    for each in found.entries:
        assert each.id.startswith("urn:b:"), "the article's own id"
        assert each.permalink.startswith("https://b.example/")
        assert each.in_reply_to == (
            Reply(
                ref="urn:a:2",
                href="https://a.example/2",
                type="text/html",
                source=f"{BASE}atom.xml",
            ),
        )
    newest = found.entries[0].content
    assert newest is not None
    assert "though the Courier did.</p></blockquote>" in newest.value, "the words that cite"


def test_the_cited_entry_says_how_many_answers_there_are_and_where(desk: Desk) -> None:
    supply(desk, "b", citing(0), citing(1))
    supply(desk, "c", citing(2, host="c"))
    desk.build()
    home = thread(desk).home
    for one in range(3):
        told = entry(desk, "Second", one)
        assert told.thread == Thread(home=home, count=3, updated=EVE + timedelta(minutes=2))
        assert entry(desk, "First", one).thread is None
    files = desk.files()
    atom = etree.fromstring(files["atom.xml"])
    (link,) = atom.iterfind("{*}entry/{*}link[@rel='replies']")
    name = "{http://purl.org/syndication/thread/1.0}"
    assert link.get("href") == f"{home}citations.xml"
    assert link.get("type") == "application/atom+xml"
    assert (link.get(f"{name}count"), link.get(f"{name}updated")) == (
        "3", "2026-05-31T12:02:00+00:00",
    )  # fmt: skip
    assert [one.text for one in atom.iter(f"{name}total")] == ["3"]


def test_rss_and_json_say_it_in_their_words(desk: Desk) -> None:
    supply(desk, "b", citing(0))
    desk.build()
    home, files = thread(desk).home, desk.files()
    rss = etree.fromstring(files["rss.xml"])
    (stream,) = rss.iter("{http://wellformedweb.org/CommentAPI/}commentRss")
    (count,) = rss.iter("{http://purl.org/rss/1.0/modules/slash/}comments")
    (page,) = rss.iter("comments")
    assert stream.text == f"{home}citations.rss"
    assert (count.text, page.text) == ("1", f"{home}#cited-by")
    assert b'id="cited-by"' in files[home.removeprefix(BASE) + "index.html"]
    (told,) = (one for one in json.loads(files["feed.json"])["items"] if one["title"] == "Second")
    assert told["_broadsheet"]["thread"] == {
        "feed_url": f"{home}citations.json",
        "count": 1,
        "updated": "2026-05-31T12:00:00+00:00",
    }
    assert faults(files[home.removeprefix(BASE) + "citations.rss"]) == []


def test_the_page_offers_its_thread_last(desk: Desk) -> None:
    supply(desk, "b", citing(0))
    desk.build()
    for name, body in desk.files().items():
        if name.startswith("articles/") and name.endswith("index.html"):
            page: Any = pages.fromstring(body)
            offered = page.xpath("//link[@rel='alternate']/@href")
            is_cited = "second" in name
            assert (offered[-4:-1] == ["citations.xml", "citations.rss", "citations.json"]) is (
                is_cited
            )
            assert b"citations" not in body or is_cited


def test_whom_nobody_else_cites_has_no_thread(desk: Desk) -> None:
    own = citing(3, host="a")
    supply(desk, "a", an_item(2, "Second", "A ship in the harbour."), own)
    desk.build()
    assert threaded(desk) == {}
    assert entry(desk, "Second").thread is None


def test_a_thread_stays_where_it_was_when_its_last_answer_is_withdrawn(desk: Desk) -> None:
    supply(desk, "b", citing(0))
    desk.build()
    before = thread(desk)
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, "urn:b:0", desk.settings, reason="", now=desk.now)
    desk.build()
    after = thread(desk)
    assert (after.id, after.entries) == (before.id, ())
    assert after.updated >= before.updated
    assert entry(desk, "Second").thread is None
    with transaction(desk.newsroom.engine) as connection:
        restore(connection, "urn:b:0", desk.settings)
    desk.build()
    assert [one.id for one in thread(desk).entries] == ["urn:b:0"]
    assert thread(desk).id == before.id
    assert desk.publish().changed == 0


def test_a_thread_goes_with_its_article(desk: Desk) -> None:
    supply(desk, "b", citing(0))
    desk.build()
    assert threaded(desk)
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, "urn:a:2", desk.settings, reason="", now=desk.now)
    desk.build()
    assert threaded(desk) == {}
    left = list(desk.newsroom.output.rglob("citations*"))
    assert left == [], "nor its packed forms"


def test_of_what_may_only_be_linked_to_no_word_is_quoted() -> None:
    for rights in Rights:
        answer = a_piece(2, rights=rights)
        citation = Citation(
            citing=answer.article.id, cited=a_piece().article.id, at=NOON, excerpt="Says who?",
            address="https://a.example/1", words="who",
        )  # fmt: skip
        cited = replace(a_piece(), cited=((citation, answer),), citations=1)
        made = threads.feed(cited, settings=a_paper(), feed_id="urn:thread", founded=NOON)
        files = gate.issue(made, formats=THREADS).files
        assert any(b"Says who?" in body for body in files.values()) is (rights is not Rights.LINK)
