"""The links in a file's headers: those that the file itself has, for who looks there first."""

from urllib.parse import quote

import pytest
from hypothesis import given, settings

from feeds.links import header_links
from feeds.model import Feed
from feeds.topic import Topic, advertised
from publisher import links
from publisher.admission import sift
from publisher.formats import ALL, Format, placed
from tests.publisher.feeds_published import BARE, FEEDS, FULL

NAMES = [one.kind.name for one in ALL]


def found(header: str) -> Topic | None:
    """Return what a subscriber finds in the headers alone."""
    return advertised(b"", url="https://elsewhere.example/", links=[header])


@pytest.mark.parametrize("one", ALL, ids=NAMES)
def test_a_feed_with_a_hub_says_so_before_it_is_read(one: Format) -> None:
    header = links.header(f"world/{one.kind.name}", one.write(placed(FULL, one)))
    said = [(link.href, *link.rels) for link in header_links([header])]
    assert said == [
        ("https://hub.example/", "hub"),
        (f"https://paper.example/{one.kind.name}", "self"),
    ]


@pytest.mark.parametrize("one", ALL, ids=NAMES)
@settings(max_examples=200)
@given(feed=FEEDS)
def test_headers_and_feed_agree_whatever_else_is_in_it(one: Format, feed: Feed) -> None:
    sound, _ = sift(placed(feed, one))
    document = one.write(sound)
    header = links.header(one.kind.name, document)
    assert header.isascii()
    here = "https://elsewhere.example/"
    told = advertised(document, url=here, content_type=one.kind.type)
    assert ('rel="hub"' in header) is (told is not None)
    if told:
        hubs = tuple(quote(hub, safe=links.IN_ADDRESSES) for hub in told.hubs)
        assert found(header) == Topic(url=told.url, hubs=hubs)


@pytest.mark.parametrize("one", ALL, ids=NAMES)
def test_a_feed_without_a_hub_names_itself_alone(one: Format) -> None:
    header = links.header(one.kind.name, one.write(placed(BARE, one)))
    assert header == f'<https://paper.example/{one.kind.name}>; rel="self"'
    assert links.header(one.kind.name, b"\xff\x00 no feed") == ""


def test_a_page_says_nothing_of_what_stands_in_it() -> None:
    body = b"<link rel=hub href=https://hub.example/>"
    assert "hub" not in links.header("index.html", body)
    for path in ("articles/2026/05/x-1/index.html", "opml.xml", "archive/2026-05.xml"):
        assert links.header(path, body) == ""


def test_no_address_means_anything_to_another_server() -> None:
    written = links.files("https://paper.example/a$b'c/", ["https://hub.example/?$x={y}'`"])
    for body in written.values():
        assert b"<https://paper.example/a%24b%27c" in body
        assert b"<https://hub.example/?%24x=%7By%7D%27%60>" in body
