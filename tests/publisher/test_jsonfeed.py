"""The JSON Feed we write: valid by a schema of the specification, and what it says."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from feeds import jsonfeed as reading
from feeds.model import Feed, Image, Link, Text, TextKind
from publisher.admission import sift
from publisher.jsonfeed import render, write
from tests.publisher.feeds_published import BARE, BARE_ENTRY, FEEDS, FULL, FULL_ENTRY

SCHEMA = Draft202012Validator(
    json.loads((Path(__file__).parent / "jsonfeed.schema.json").read_text("utf-8"))
)


def faults(document: object) -> list[str]:
    return [error.message for error in SCHEMA.iter_errors(document)]


def item(**changes: Any) -> dict[str, Any]:
    feed = replace(BARE, entries=(replace(BARE_ENTRY, **changes),))
    written: dict[str, Any] = json.loads(render(feed))["items"][0]
    return written


@pytest.mark.parametrize("feed", [BARE, FULL], ids=["bare", "full"])
def test_a_feed_is_valid(feed: Feed) -> None:
    assert faults(json.loads(write(feed))) == []


@settings(max_examples=100)
@given(feed=FEEDS)
def test_whatever_sources_say_the_feed_is_valid(feed: Feed) -> None:
    sound, _ = sift(feed)
    assert faults(json.loads(write(sound))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"version": "1.1"},
        {"title": ""},
        {"feed_url": "feed.json"},
        {"authors": []},
        {"updated": "2026-06-01"},
        {"items": [{"id": "1"}]},
        {"items": [{"id": 1, "content_text": "x"}]},
        {"items": [{"id": "1", "content_text": "x", "tags": ["a", "a"]}]},
        {"items": [{"id": "1", "content_text": "x", "attachments": [{"url": "https://a.b/"}]}]},
        {"items": [{"id": "1", "content_text": "x", "date_modified": "1 June 2026"}]},
    ],
)
def test_the_schema_does_not_take_just_anything(changes: dict[str, object]) -> None:
    assert faults(json.loads(write(BARE)) | changes)


def test_the_version_comes_first_and_the_items_last() -> None:
    names = list(json.loads(write(FULL)))
    assert (names[0], names[-1]) == ("version", "items")


def test_a_feed_says() -> None:
    said = json.loads(write(FULL))
    del said["items"]
    assert said == {
        "version": "https://jsonfeed.org/version/1.1",
        "title": "The Paper",
        "home_page_url": "https://paper.example/",
        "feed_url": "https://paper.example/atom.xml",
        "description": "News & commentary",
        "icon": "https://paper.example/logo.png",
        "favicon": "https://paper.example/icon.png",
        "authors": [{"name": "The Paper"}],
        "author": {"name": "The Paper"},
        "language": "en",
        "hubs": [{"type": "WebSub", "url": "https://hub.example/"}],
        "_broadsheet": {
            "id": "https://paper.example/atom.xml",
            "updated": "2026-06-01T12:00:00+00:00",
            "rights": "© The Paper",
            "history": {
                "prev_archive": "https://paper.example/archive/2026-05.xml",
                "current": "https://paper.example/atom.xml",
                "archive": True,
                "complete": True,
            },
        },
    }


def test_an_item_says() -> None:
    said = json.loads(write(FULL))["items"][0]
    assert said["url"] == "https://source.example/bridge"
    assert said["content_html"] == "<p>After six years &amp; two floods…</p>"
    assert said["summary"] == "After six years, cars & trams <cross> again."
    assert said["tags"] == ["Europe", "bridges"]
    assert said["attachments"] == [
        {
            "url": "https://source.example/talk.mp3", "mime_type": "audio/mpeg",
            "title": "The talk", "size_in_bytes": 9, "duration_in_seconds": 61,
        },
        {"url": "https://source.example/plan.pdf", "mime_type": "application/pdf"},
    ]  # fmt: skip
    assert said["_broadsheet"]["related"][0] == {
        "url": "https://other.example/flood", "title": "The flood — Other",
        "mime_type": "text/html", "language": "de",
    }  # fmt: skip
    assert said["_broadsheet"]["image"]["credit"] == "Cy Camera"
    assert said["_broadsheet"]["source"]["feed_url"] == "https://source.example/feed"


def test_where_only_a_link_may_be_given_its_words_are_the_text_that_is_demanded() -> None:
    assert item()["content_text"] == "Bridge reopens"
    assert item(summary=Text(value="Short."))["content_text"] == "Short."
    assert "content_text" not in item(content=Text(value="<p>x</p>", kind=TextKind.HTML))


def test_our_own_intake_reads_what_we_write_with_its_image_and_files() -> None:
    read = reading.read(write(FULL).decode(), base_url="https://paper.example/feed.json")
    entry = read.entries[0]
    assert (entry.id, entry.title, entry.permalink) == (
        FULL_ENTRY.id, FULL_ENTRY.title, FULL_ENTRY.permalink
    )  # fmt: skip
    assert entry.image == Image(
        href="https://source.example/bridge.jpg", description="The bridge at dawn",
        credit="Cy Camera", licence="https://licence.example/by/4.0/",
    )  # fmt: skip
    assert [one.href for one in entry.enclosures] == [
        "https://source.example/talk.mp3", "https://source.example/plan.pdf",
    ]  # fmt: skip
    assert [author.name for author in entry.authors] == ["Ada Writer", "Ben Writer"]


def test_a_file_of_unknown_type_has_the_type_that_says_so() -> None:
    file = Link(href="https://s.example/1", rel="enclosure")
    assert item(links=(file,))["attachments"] == [
        {"url": "https://s.example/1", "mime_type": "application/octet-stream"}
    ]
