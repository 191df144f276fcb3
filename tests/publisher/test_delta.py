"""Readers that ask for what is new alone: RFC 3229 with the manipulation `feed`."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from publisher.conditional import accepts
from publisher.delta import Versions
from publisher.serve import Server
from publisher.shelf import Document
from tests.publisher import asking, trees
from tests.publisher.asking import Ask

ATOM = "{http://www.w3.org/2005/Atom}"
Entries = Mapping[str, str]


def an_atom_feed(entries: Entries) -> bytes:
    """Return a feed of these entries, each long enough that a few weigh less packed than whole."""
    inside = "".join(
        f"\n  <entry><id>{key}</id><title>{title}</title>"
        f"<content>{sha256(key.encode()).hexdigest() * 4}</content></entry>"
        for key, title in entries.items()
    )
    return f'<feed xmlns="{ATOM[1:-1]}"><title>Paper</title>{inside}\n</feed>'.encode()


def an_rss_feed(entries: Entries) -> bytes:
    inside = "".join(
        f"\n  <item><guid>{key}</guid><title>{title}</title>"
        f"<description>{sha256(key.encode()).hexdigest() * 4}</description></item>"
        for key, title in entries.items()
    )
    return f'<rss version="2.0"><channel><title>Paper</title>{inside}\n</channel></rss>'.encode()


def titles(body: bytes) -> dict[str, str]:
    """Return the titles of a feed's entries by their ids, as a reader finds them."""
    feed = etree.fromstring(body)
    found = {each.findtext(f"{ATOM}id"): each.findtext(f"{ATOM}title") for each in feed}
    found |= {each.findtext("guid"): each.findtext("title") for each in feed.iter("item")}
    return {key: title or "" for key, title in found.items() if key}


@pytest.fixture
def output(tmp_path: Path) -> Path:
    folder = tmp_path / "public"
    folder.mkdir()
    (folder / "index.html").write_bytes(b"<h1>The Broadsheet</h1>")
    publish(folder, MANY)
    return folder


MANY = {f"tag:{number}": f"Title {number}" for number in range(30)}
MORE = {"tag:new": "New"} | MANY | {"tag:7": "Title 7, corrected"}


def publish(folder: Path, entries: Entries) -> None:
    for name, body in {"atom.xml": an_atom_feed(entries), "rss.xml": an_rss_feed(entries)}.items():
        trees.publish(folder, name, body)


@pytest.fixture
def ask(output: Path) -> Iterator[Ask]:
    server = Server(output, port=0)
    port = server.start()

    yield partial(asking.ask, port)
    server.stop(timedelta(seconds=10))


@pytest.mark.parametrize("path", ["/atom.xml", "/rss.xml"])
def test_a_reader_that_asks_for_news_is_sent_what_is_new_or_corrected(
    ask: Ask, output: Path, path: str
) -> None:
    held = ask(path)
    publish(output, MORE)
    whole = ask(path)
    news = ask(path, A_IM="feed", If_None_Match=held.headers["ETag"])
    assert (held.status, news.status) == (200, 226)
    assert titles(news.body) == {"tag:new": "New", "tag:7": "Title 7, corrected"}
    assert etree.fromstring(news.body).tag == etree.fromstring(whole.body).tag
    assert len(news.body) < len(whole.body) / 5


def test_news_say_what_they_are_and_no_cache_keeps_them(ask: Ask, output: Path) -> None:
    held = ask("/atom.xml")
    publish(output, MORE)
    whole = ask("/atom.xml")
    news = ask("/atom.xml", A_IM="feed", If_None_Match=held.headers["ETag"])
    assert news.headers["IM"] == "feed"
    assert news.headers["Cache-Control"] == "no-store, im"
    assert news.headers["Vary"] == "Accept-Encoding, A-IM, If-None-Match"
    assert news.headers["Content-Encoding"] is None
    for field in ("ETag", "Last-Modified", "Content-Type", "Access-Control-Allow-Origin"):
        assert news.headers[field] == whole.headers[field], "those of the whole new feed"
    assert whole.headers["IM"] is None


@pytest.mark.parametrize("encoding", ["gzip", "br", "zstd"])
def test_a_reader_that_takes_packed_feeds_goes_on_from_the_tag_of_its_news(
    ask: Ask, output: Path, encoding: str
) -> None:
    held = ask("/atom.xml", Accept_Encoding=encoding)
    publish(output, MORE)
    etag = held.headers["ETag"]
    news = ask("/atom.xml", Accept_Encoding=encoding, A_IM="feed", If_None_Match=etag)
    assert news.status == 226
    etag = news.headers["ETag"]
    assert ask("/atom.xml", Accept_Encoding=encoding, If_None_Match=etag).status == 304
    publish(output, {"tag:newer": "Newer"} | MORE)
    news = ask("/atom.xml", Accept_Encoding=encoding, A_IM="feed", If_None_Match=f'"x", W/{etag}')
    assert (news.status, titles(news.body)) == (226, {"tag:newer": "Newer"})


def test_nobody_is_sent_a_part_unasked(ask: Ask, output: Path) -> None:
    etag = ask("/atom.xml").headers["ETag"]
    publish(output, MORE)
    for a_im in ({}, {"A_IM": "vcdiff, gzip"}, {"A_IM": "feed;q=0"}, {"A_IM": ""}):
        answer = ask("/atom.xml", If_None_Match=etag, **a_im)
        assert (answer.status, titles(answer.body)) == (200, MORE)


def test_whoever_holds_what_we_do_not_know_is_sent_the_whole_feed(ask: Ask, output: Path) -> None:
    etag = ask("/rss.xml").headers["ETag"]
    publish(output, MORE)
    for fields in ({}, {"If_None_Match": '"unknown"'}, {"If_None_Match": etag}):
        assert ask("/atom.xml", A_IM="feed", **fields).status == 200, "nor one of another feed"


def test_a_reader_that_has_everything_is_told_so(ask: Ask, output: Path) -> None:
    held = ask("/atom.xml").headers["ETag"]
    assert ask("/atom.xml", A_IM="feed", If_None_Match=held).status == 304
    fewer = dict(list(MANY.items())[:20])
    publish(output, fewer)
    answer = ask("/atom.xml", A_IM="feed", If_None_Match=held)
    assert (answer.status, titles(answer.body)) == (200, fewer), "nothing new, but something gone"


def test_news_that_weigh_more_than_the_packed_feed_are_not_sent(ask: Ask, output: Path) -> None:
    held = ask("/atom.xml").headers["ETag"]
    publish(output, {key: f"{title}!" for key, title in MANY.items()})
    packed = ask("/atom.xml", Accept_Encoding="gzip", A_IM="feed", If_None_Match=held)
    assert (packed.status, packed.headers["Content-Encoding"]) == (200, "gzip")


def test_news_have_a_head_too(ask: Ask, output: Path) -> None:
    held = ask("/atom.xml").headers["ETag"]
    publish(output, MORE)
    got = ask("/atom.xml", A_IM="feed", If_None_Match=held)
    head = ask("/atom.xml", "HEAD", A_IM="feed", If_None_Match=held)
    assert (head.status, head.body) == (226, b"")
    assert head.headers["Content-Length"] == str(len(got.body))


@pytest.mark.parametrize(
    ("field", "is_taken"),
    [
        ("feed", True),
        ("FEED", True),
        ("vcdiff, feed, gzip", True),
        ("feed;q=0.1", True),
        ("feed; q=0", False),
        ("feeds", False),
        ("", False),
        (None, False),
    ],
)
def test_a_im_is_a_list_with_weights(field: str | None, is_taken: bool) -> None:
    assert accepts(field, "feed") == is_taken


def a_document(entries: Entries, path: str = "atom.xml") -> Document:
    body = an_atom_feed(entries)
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    return Document(path=path, body=body, etag=etag, modified=datetime(2026, 6, 1, tzinfo=UTC))


papers = st.dictionaries(st.sampled_from([f"tag:{n}" for n in range(8)]), st.sampled_from("abc"))


@given(old=papers, new=papers)
def test_who_adds_the_news_to_what_it_holds_has_all_that_is_in_the_feed(
    old: dict[str, str], new: dict[str, str]
) -> None:
    versions = Versions()
    held, document = a_document(old), a_document(new)
    versions.note(held)
    news = versions.since(document, [held.etag.strip('"')])
    if news is None:
        assert not old or new.items() <= old.items()
    else:
        assert titles(news) == dict(new.items() - old.items())
        assert {**old, **titles(news)}.items() >= new.items()


def test_what_is_remembered_is_bounded_and_what_is_asked_for_stays() -> None:
    versions = Versions(most=3)
    first = a_document({"tag:0": "first"})
    latest = a_document({"tag:1": "latest"})
    versions.note(first)
    for number in range(10):
        versions.note(a_document({"tag:0": str(number)}))
        assert versions.since(latest, [first.etag.strip('"')]) is not None
    assert len(versions._entries) == 3
    assert versions.since(latest, [a_document({"tag:0": "0"}).etag.strip('"')]) is None


def test_pages_and_lists_have_no_news() -> None:
    versions = Versions()
    for path in ("index.html", "opml.xml", "feed.json", "style.css"):
        versions.note(a_document({"tag:0": "one"}, path=path))
    assert not versions._entries
