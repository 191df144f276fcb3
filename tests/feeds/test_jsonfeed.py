"""JSON Feed as it is written, right and wrong."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeedError, ParseError
from feeds.jsonfeed import read
from feeds.model import Category, Link, Person, Text, TextKind
from feeds.parse import parse

BASE = "https://wire.example/feed.json"
BODY = (Path(__file__).parent / "samples" / "wire.json").read_bytes()
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
NAMES = (
    "id url external_url title content_html content_text summary image banner_image tags authors "
    "author attachments date_published date_modified language"
)
KEYS = st.sampled_from(NAMES.split())


def test_a_json_feed_is_read_whole() -> None:
    feed = parse(BODY, base_url=BASE)
    first = feed.entries[0]
    assert (feed.format, feed.title, feed.home) == ("json11", "The Wire", "https://wire.example/")
    assert (feed.subtitle, feed.language, len(feed.entries)) == (None, "en", 3)
    assert (first.id, first.title) == ("17", "Numbers & such")
    assert first.permalink == "https://wire.example/17"
    assert first.summary == Text(value="Short")
    assert first.content == Text(
        value="<h2>One</h2><p>Two "
        '<a href="https://wire.example/three" rel="noopener noreferrer">3</a></p>',
        kind=TextKind.HTML,
    )
    assert first.published == datetime(2026, 6, 1, 8, tzinfo=UTC)
    assert first.updated is None
    assert first.authors == (Person(name="Hal Object"),)
    assert first.categories == (Category(term="a"), Category(term="b"))
    assert first.image is not None
    assert first.image.href == "https://wire.example/17.jpg"
    assert first.enclosures == (
        Link(href="https://wire.example/17.mp3", rel="enclosure", type="audio/mpeg", length=10),
    )


def test_text_content_keeps_its_paragraphs_and_an_id_can_be_the_permalink() -> None:
    second = parse(BODY, base_url=BASE).entries[1]
    assert second.content == Text(
        value="<p>First.</p><p>Second &lt; third.</p>", kind=TextKind.HTML
    )
    assert second.permalink == "https://wire.example/18"
    assert second.authors == (Person(name="Ida String"),)


def test_nulls_and_wrong_types_are_nothing_and_the_feeds_authors_step_in() -> None:
    third = parse(BODY, base_url=BASE).entries[2]
    assert (third.id, third.title, third.image, third.categories) == (None, "", None, ())
    assert third.permalink == "https://other.example/x"
    assert third.authors == (Person(name="Wire Desk", uri="https://wire.example/desk"),)


def test_a_byte_order_mark_and_version_1_are_read() -> None:
    body = b'\xef\xbb\xbf{"version": "https://jsonfeed.org/version/1", "items": []}'
    assert parse(body, base_url=BASE).format == "json1"


@pytest.mark.parametrize("text", ['{"version": "2", "items": []}', "[]", '{"items": 3}', "{}"])
def test_other_json_is_not_a_feed(text: str) -> None:
    with pytest.raises(NotAFeedError, match="not a JSON Feed"):
        read(text, base_url=BASE)


@pytest.mark.parametrize("text", ["{", '{"a": }', "{" * 90_000, '{"a":' * 90_000, "[" * 90_000])
def test_json_that_is_none_cannot_be_read(text: str) -> None:
    with pytest.raises(ParseError):
        read(text, base_url=BASE)


@given(st.lists(st.dictionaries(KEYS, JSON, max_size=6), max_size=3), JSON)
def test_any_item_is_read_or_left_out(items: list[dict[str, object]], authors: object) -> None:
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "T",
        "authors": authors,
        "items": items,
    }
    feed = read(json.dumps(document), base_url=BASE)
    assert len(feed.entries) == len(items)
    for entry in feed.entries:
        assert entry.permalink is None or entry.permalink.startswith(("http://", "https://"))


def test_an_images_credit_and_licence_are_read_from_our_extension() -> None:
    said = {"description": "A base\u0000 at dusk", "credit": "M. Oude", "license": "javascript:x"}
    item = {"id": "1", "title": "T", "image": "https://wire.example/a.jpg", "_media": said}
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "W", "items": [item]}
    image = read(json.dumps(document), base_url=BASE).entries[0].image
    assert image is not None
    assert (image.description, image.credit) == ("A base at dusk", "M. Oude")
    assert image.licence is None, "only an address of the web can be a licence"


@pytest.mark.parametrize("said", [None, [], "text", {"credit": 7}])
def test_a_nonsensical_credit_is_no_credit(said: object) -> None:
    item = {"id": "1", "title": "T", "image": "https://wire.example/a.jpg", "_media": said}
    document = {"version": "https://jsonfeed.org/version/1.1", "title": "W", "items": [item]}
    image = read(json.dumps(document), base_url=BASE).entries[0].image
    assert image is not None
    assert image.credit is None
