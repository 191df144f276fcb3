"""The gate: each way a feed may be unsound, and that nothing unsound replaces what is published."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from lxml import etree

from feeds.errors import PublishError
from feeds.model import Entry, Feed, Link, Text, TextKind
from publisher import gate
from publisher.admission import sift
from publisher.formats import ALL, Format
from tests.publisher.feeds_published import BARE, BARE_ENTRY, FEEDS, FULL, NOON

ATOM, RSS, JSON = ALL
OTHER = replace(BARE_ENTRY, id="urn:x:2", title="Ferry sails", permalink="https://s.example/2")
THIRD = replace(BARE_ENTRY, id="urn:x:3", title="Tram rings", permalink="https://s.example/3")
THREE = replace(BARE, entries=(BARE_ENTRY, OTHER, THIRD))


def spoilt(one: Format, spoil: Callable[[bytes], bytes]) -> tuple[Format, ...]:
    """Return the formats, one of which writes what it must not."""

    def write(feed: Feed) -> bytes:
        return spoil(one.write(feed))

    return tuple(replace(each, write=write) if each is one else each for each in ALL)


def refusing(one: Format, title: str, error: Exception) -> tuple[Format, ...]:
    def write(feed: Feed) -> bytes:
        if any(entry.title == title for entry in feed.entries):
            raise error
        return one.write(feed)

    return tuple(replace(each, write=write) if each is one else each for each in ALL)


def ids(passed: gate.Passed) -> list[list[str]]:
    """Return the ids of the entries in each file that passed."""
    read = [one.read(passed.files[one.kind.name]) for one in ALL if one.kind.name in passed.files]
    return [[entry.id for entry in feed.entries] for feed in read]


@pytest.mark.parametrize("feed", [BARE, FULL, THREE], ids=["bare", "full", "three"])
def test_a_sound_feed_passes_whole(feed: Feed) -> None:
    passed = gate.issue(feed)
    assert passed.set_aside == ()
    assert ids(passed) == [[entry.id for entry in feed.entries]] * 3


@settings(max_examples=50)
@given(feed=FEEDS)
def test_whatever_is_admitted_passes(feed: Feed) -> None:
    sound, left_out = sift(feed)
    assert gate.issue(feed).set_aside == left_out
    assert len(gate.issue(feed).files) == len(ALL)
    assert ids(gate.issue(sound)) == [[entry.id for entry in sound.entries]] * 3


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (replace(OTHER, id="17"), "its id is not an absolute address"),
        (replace(OTHER, id=BARE_ENTRY.id), "another entry of this feed has the same id"),
        (replace(OTHER, permalink="/2"), "is not an absolute web address"),
        (replace(OTHER, permalink="javascript:alert(1)"), "is not an absolute web address"),
        (replace(OTHER, title=" "), "it has no title"),
    ],
)
def test_a_bad_entry_is_set_aside_with_a_reason_and_the_rest_appear(
    bad: Entry, reason: str
) -> None:
    passed = gate.issue(replace(BARE, entries=(BARE_ENTRY, bad, THIRD)))
    assert ids(passed) == [[BARE_ENTRY.id, THIRD.id]] * 3
    (told,) = passed.set_aside
    assert told.startswith(f"entry {bad.id!r}: ")
    assert reason in told


def test_no_link_of_an_entry_is_relative_in_any_format() -> None:
    links = (Link(href="/related", rel="related"), Link(href="https://o.example/", rel="related"))
    passed = gate.issue(replace(BARE, entries=(replace(BARE_ENTRY, links=links),)))
    for one in ALL:
        (entry,) = one.read(passed.files[one.kind.name]).entries
        assert [link.href for link in entry.links] == ["https://o.example/"]
    assert not any(b'"/related"' in body for body in passed.files.values())


def _without_an_entry(document: bytes) -> bytes:
    root = etree.fromstring(document)
    entry = root.find(".//{*}item") if root.tag == "rss" else root.find("{*}entry")
    parent = None if entry is None else entry.getparent()
    if entry is not None and parent is not None:
        parent.remove(entry)
    return etree.tostring(root)


UNSOUND: dict[str, Callable[[bytes], bytes]] = {
    "it is not well-formed": lambda document: document[:-9],
    "it is not well-formed: Extra": lambda document: document + b"<more/>",
    "0 entries of 1": _without_an_entry,
    "the title of entry": lambda document: document.replace(b"Bridge", b"Birdge"),
    "the permalink of entry": lambda document: document.replace(
        b"https://source.example/bridge", b"/bridge"
    ),
    "is not a date": lambda document: document.replace(b"2026-06-01T12", b"2026-06-51T12"),
}


@pytest.mark.parametrize("reason", UNSOUND)
@pytest.mark.parametrize("one", [ATOM, RSS], ids=["atom", "rss"])
def test_what_is_not_sound_does_not_replace_what_is_published(one: Format, reason: str) -> None:
    passed = gate.issue(BARE, formats=spoilt(one, UNSOUND[reason]))
    assert set(passed.files) == {each.kind.name for each in ALL} - {one.kind.name}
    assert ids(passed) == [[BARE_ENTRY.id]] * 2
    assert any(reason in told for told in passed.set_aside), passed.set_aside


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda document: document[:-9], "it is not a JSON Feed of ours"),
        (lambda document: document.replace(b'"items"', b'"entries"'), "it has no 'items'"),
        (lambda document: document.replace(b"Bridge", b"Birdge"), "the title of entry"),
        (lambda _: b"[]", "it is not a JSON Feed of ours"),
        (
            lambda document: document.replace(
                b'modified": "2026-06-01T12', b'modified": "2026-06-01T11'
            ),
            "the updated of entry",
        ),
    ],
)
def test_nor_does_a_json_feed(spoil: Callable[[bytes], bytes], reason: str) -> None:
    passed = gate.issue(BARE, formats=spoilt(JSON, spoil))
    assert set(passed.files) == {"atom.xml", "rss.xml"}
    assert any(reason in told for told in passed.set_aside), passed.set_aside


@pytest.mark.parametrize("one", ALL, ids=[one.kind.name for one in ALL])
def test_an_entry_one_format_cannot_write_is_set_aside_in_all(one: Format) -> None:
    formats = refusing(one, OTHER.title, ValueError("control characters"))
    passed = gate.issue(THREE, formats=formats)
    assert ids(passed) == [[BARE_ENTRY.id, THIRD.id]] * 3
    (told,) = passed.set_aside
    assert told == (
        f"entry 'urn:x:2': as {one.kind.title} it cannot be written: control characters"
    )


def test_of_a_format_that_writes_nothing_sound_the_published_file_stays_and_others_go_out() -> None:
    passed = gate.issue(replace(BARE, entries=()), formats=spoilt(RSS, lambda _: b"<rss/>"))
    assert set(passed.files) == {"atom.xml", "feed.json"}
    (told,) = passed.set_aside
    assert told.startswith("feed 'https://paper.example/rss.xml': ")
    assert told.endswith("; what is published stays")


def test_where_every_entry_is_bad_somewhere_what_is_published_is_not_replaced_by_nothing() -> None:
    formats = refusing(RSS, BARE_ENTRY.title, ValueError("x"))
    others = refusing(ATOM, OTHER.title, ValueError("y"))
    both = (others[0], formats[1], JSON)
    passed = gate.issue(replace(BARE, entries=(BARE_ENTRY, OTHER)), formats=both)
    assert set(passed.files) == {"feed.json"}, "that says all, as it should"
    assert len(passed.set_aside) == 4


def test_a_feed_without_what_it_must_have_is_refused() -> None:
    with pytest.raises(PublishError, match="it has no title"):
        gate.issue(replace(BARE, title=""))


def test_the_date_of_a_feed_never_goes_back() -> None:
    later = replace(BARE, updated=NOON + timedelta(days=1))
    passed = gate.issue(BARE, before=later)
    assert {one.read(passed.files[one.kind.name]).updated for one in ALL} == {later.updated}
    assert passed.set_aside == ()
    passed = gate.issue(later, before=BARE)
    assert {one.read(passed.files[one.kind.name]).updated for one in ALL} == {later.updated}


def test_an_entry_whose_date_would_go_back_stays_as_it_was_published() -> None:
    published = replace(OTHER, title="Ferry sailed", updated=NOON + timedelta(hours=1))
    before = replace(THREE, entries=(BARE_ENTRY, published, THIRD))
    passed = gate.issue(THREE, before=before)
    for one in ALL:
        assert one.read(passed.files[one.kind.name]).entries == before.entries
    (told,) = passed.set_aside
    assert told.startswith("entry 'urn:x:2': it was changed 2026-06-01T13:00:00+00:00")


def test_an_entry_that_is_published_for_the_first_time_may_be_of_any_date() -> None:
    old = replace(OTHER, updated=NOON - timedelta(days=365))
    passed = gate.issue(replace(BARE, entries=(old, BARE_ENTRY)), before=BARE)
    assert passed.set_aside == ()
    assert ids(passed) == [[old.id, BARE_ENTRY.id]] * 3


@pytest.mark.parametrize("one", ALL, ids=[one.kind.name for one in ALL])
def test_what_is_published_is_read_if_it_can_be_and_else_there_is_nothing(one: Format) -> None:
    document = one.write(FULL)
    assert gate.last(document, one) == FULL
    assert gate.last(document[:-20], one) is None
    assert gate.last(b"", one) is None
    assert gate.last(None, one) is None


def test_a_content_that_looks_like_markup_of_the_format_passes_as_it_is() -> None:
    text = Text(value="]]></content:encoded></item><entry/>\\u0000", kind=TextKind.HTML)
    passed = gate.issue(replace(BARE, entries=(replace(BARE_ENTRY, content=text),)))
    assert passed.set_aside == ()
    for one in ALL:
        assert one.read(passed.files[one.kind.name]).entries[0].content == text
