"""The Atom we write: every field, what is left out, what is refused, and what a reader gets."""

import io
import locale
import re
from calendar import timegm
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.single_file import SingleFileSnapshotExtension

from feeds.errors import PublishError
from feeds.model import Category, Entry, Feed, Image, Link, Origin, Person, Text, TextKind
from publisher.admission import sift
from publisher.atom import render

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ENTRY = Entry(
    id="tag:paper.example,2026:one",
    title="Bridge reopens",
    permalink="https://source.example/bridge",
    updated=NOON,
)
FEED = Feed(
    id="https://paper.example/atom.xml",
    title="The Paper",
    updated=NOON,
    self_href="https://paper.example/atom.xml",
    home="https://paper.example/",
    authors=(Person(name="The Paper"),),
    entries=(ENTRY,),
)
RICH_ENTRY = replace(
    ENTRY,
    id="https://source.example/?p=17",
    title='Brücke & Straße <reopened> "today"',
    published=NOON - timedelta(hours=3, microseconds=1),
    authors=(
        Person(name="Ada Writer", email="ada@source.example", uri="https://source.example/ada"),
        Person(name="Ben Writer"),
    ),
    summary=Text(value="After six years, cars cross again."),
    content=Text(value="<p>After six years &amp; two floods…</p>", kind=TextKind.HTML),
    links=(
        Link(href="https://source.example/talk.mp3", rel="enclosure", type="audio/mpeg", length=9),
        Link(
            href="https://other.example/flood",
            rel="related",
            type="text/html",
            title="The flood — Other",
            hreflang="de",
        ),
        Link(href="https://third.example/ferry", rel="related", title="The ferry — Third"),
        Link(href="https://wire.example/1", rel="via", title="Wire"),
        Link(href="https://licence.example/by/4.0/", rel="license"),
    ),
    categories=(
        Category(term="europe", scheme="https://paper.example/sections/", label="Europe"),
        Category(term="bridges"),
    ),
    image=Image(
        href="https://source.example/bridge.jpg",
        type="image/jpeg",
        width=1200,
        height=800,
        description="The bridge at dawn",
        credit="Cy Camera",
        licence="https://licence.example/by/4.0/",
        rights="© Cy Camera",
    ),
    rights="© Source",
    origin=Origin(
        id="https://source.example/feed",
        title="Source",
        updated=NOON,
        self_href="https://source.example/feed",
        home="https://source.example/",
        rights="© Source",
    ),
    language="de",
)
RICH = replace(
    FEED,
    subtitle="News & commentary",
    language="en",
    icon="https://paper.example/icon.png",
    logo="https://paper.example/logo.png",
    rights="© The Paper",
    entries=(RICH_ENTRY, ENTRY),
)

# In quotation marks, for what looks like bytes read as Latin-1 feedparser reads once more.
XML_TEXT = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
).map("“{}”".format)
ANY_TEXT = st.text(st.characters(), max_size=40)
ADDRESSES = st.from_regex(r"https://[a-z]{1,8}\.example/[a-z0-9/?=&%~.+-]{0,20}", fullmatch=True)
MOMENTS = st.datetimes(
    min_value=datetime(1990, 1, 1),  # noqa: DTZ001  # hypothesis adds the zones itself
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)
ENTRIES = st.builds(
    Entry,
    id=st.uuids().map(lambda uuid: f"urn:uuid:{uuid}"),
    title=XML_TEXT,
    permalink=ADDRESSES,
    updated=MOMENTS,
    published=MOMENTS,
    links=st.lists(
        st.builds(Link, href=ADDRESSES, rel=st.just("related"), title=XML_TEXT), max_size=3
    ).map(tuple),
    image=st.builds(Image, href=ADDRESSES, credit=XML_TEXT),
)


class AtomFile(SingleFileSnapshotExtension):
    file_extension = "atom"


def with_entry(**changes: Any) -> Feed:
    return replace(FEED, entries=(replace(ENTRY, **changes),))


def rendered_entry(**changes: Any) -> str:
    text = render(with_entry(**changes)).decode()
    return text[text.index("<entry") :]


def read(feed: Feed) -> Any:
    """Read a feed back as a reader would, its markup untouched."""
    body = io.BytesIO(render(feed))
    result = feedparser.parse(  # noqa: TID251  # a BytesIO is never opened as an address
        body, sanitize_html=False, resolve_relative_uris=False
    )
    assert not result.bozo
    return result


def test_a_whole_feed_is_as_we_know_it(snapshot: SnapshotAssertion) -> None:
    assert render(RICH) == snapshot(extension_class=AtomFile)


def test_a_bare_feed_is_as_we_know_it(snapshot: SnapshotAssertion) -> None:
    assert render(FEED) == snapshot(extension_class=AtomFile)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "A & <b>"}, '<title type="text">A &amp; &lt;b&gt;</title>'),
        ({"subtitle": "News"}, '<subtitle type="text">News</subtitle>'),
        ({"rights": "© Us"}, '<rights type="text">© Us</rights>'),
        ({"icon": "https://p.example/i.png"}, "<icon>https://p.example/i.png</icon>"),
        ({"logo": "https://p.example/l.png"}, "<logo>https://p.example/l.png</logo>"),
        ({"language": "en-GB"}, 'xml:lang="en-GB">'),
        ({}, "<generator>Broadsheet</generator>"),
        ({}, "<updated>2026-06-01T12:00:00+00:00</updated>"),
        (
            {"self_href": "https://p.example/a.xml"},
            '<link href="https://p.example/a.xml" rel="self" type="application/atom+xml"/>',
        ),
        (
            {"home": "https://p.example/"},
            '<link href="https://p.example/" rel="alternate" type="text/html"/>',
        ),
    ],
)
def test_the_feed_says(changes: dict[str, Any], expected: str) -> None:
    assert expected in render(replace(FEED, entries=(), **changes)).decode()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"id": "urn:x:1"}, "<id>urn:x:1</id>"),
        ({"title": "A & <b>"}, '<title type="text">A &amp; &lt;b&gt;</title>'),
        ({"updated": NOON.replace(microsecond=7)}, "<updated>2026-06-01T12:00:00+00:00</updated>"),
        (
            {"published": NOON.astimezone(timezone(timedelta(hours=-4)))},
            "<published>2026-06-01T12:00:00+00:00</published>",
        ),
        ({"rights": "© Them"}, '<rights type="text">© Them</rights>'),
        ({"summary": Text(value="a < b")}, '<summary type="text">a &lt; b</summary>'),
        (
            {"summary": Text(value="<i>a</i> &amp; b", kind=TextKind.HTML)},
            '<summary type="text">a &amp; b</summary>',
        ),
        (
            {"content": Text(value="<p>a</p>", kind=TextKind.HTML)},
            '<content type="html">&lt;p&gt;a&lt;/p&gt;</content>',
        ),
        ({"content": Text(value="a < b")}, '<content type="html">a &amp;lt; b</content>'),
        (
            {"categories": (Category(term="t", scheme="tag:x,2026:s", label="T"),)},
            '<category term="t" scheme="tag:x,2026:s" label="T"/>',
        ),
    ],
)
def test_an_entry_says(changes: dict[str, Any], expected: str) -> None:
    assert expected in rendered_entry(**changes)


def test_an_author_is_a_name_with_what_is_known() -> None:
    person = Person(name="Ada", email="ada@x.example", uri="https://x.example/ada")
    text = re.sub(r">\s+<", "><", rendered_entry(authors=(person,)))
    assert (
        "<author><name>Ada</name><email>ada@x.example</email>"
        "<uri>https://x.example/ada</uri></author>"
    ) in text


@pytest.mark.parametrize(
    "changes",
    [
        {"authors": (Person(name=" ", email="a@x.example"),)},
        {"summary": Text(value=" ")},
        {"content": Text(value="", kind=TextKind.HTML)},
        {"categories": (Category(term=""),)},
        {"links": (Link(href="javascript:alert(1)", rel="related"),)},
        {"links": (Link(href="/relative", rel="related"),)},
        {"links": (Link(href="https://x.example/", rel="canonical"),)},
        {"image": Image(href="data:image/png;base64,AAAA")},
        {"language": "not a language"},
    ],
)
def test_what_is_optional_and_would_be_invalid_is_left_out(changes: dict[str, Any]) -> None:
    assert rendered_entry(**changes) == rendered_entry()


def test_the_invalid_part_of_a_value_alone_is_left_out() -> None:
    person = Person(name="Ada", email="ada at x", uri="javascript:alert(1)")
    assert rendered_entry(authors=(person,)) == rendered_entry(authors=(Person(name="Ada"),))
    category = Category(term="t", scheme="not an address")
    assert rendered_entry(categories=(category,)) == rendered_entry(
        categories=(Category(term="t"),)
    )


FAULTS: dict[str, dict[str, Any]] = {
    "its id is not an absolute address": {"id": "17"},
    "it has no title": {"title": " \x00"},
    "its permalink '/bridge' is not an absolute web address": {"permalink": "/bridge"},
    "is beyond the years UTC can tell": {
        "updated": datetime.max.replace(tzinfo=timezone(timedelta(hours=-1)))
    },
}


@pytest.mark.parametrize("fault", FAULTS)
def test_an_entry_that_cannot_be_written_is_named_and_can_be_sifted_out(fault: str) -> None:
    bad = replace(ENTRY, **({"id": "tag:paper.example,2026:bad"} | FAULTS[fault]))
    feed = replace(FEED, entries=(ENTRY, bad, replace(ENTRY, id="urn:x:2")))
    with pytest.raises(PublishError, match=re.escape(fault)) as caught:
        render(feed)
    assert repr(bad.id) in str(caught.value)
    sound, reasons = sift(feed)
    assert sound.entries == (feed.entries[0], feed.entries[2])
    assert reasons == (str(caught.value),)
    render(sound)


def test_of_entries_with_one_id_the_first_stays() -> None:
    feed = replace(FEED, entries=(ENTRY, replace(ENTRY, title="Again")))
    with pytest.raises(PublishError, match=r"one'.*same id"):
        render(feed)
    sound, reasons = sift(feed)
    assert sound == FEED
    assert len(reasons) == 1


def test_an_author_is_demanded_of_the_feed_or_of_every_entry() -> None:
    written = replace(ENTRY, id="urn:x:2", authors=(Person(name="Ada"),))
    with pytest.raises(PublishError, match=r"one'.*has an author"):
        render(replace(FEED, authors=(), entries=(written, ENTRY)))
    render(replace(FEED, authors=(), entries=(written,)))


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "feed"}, "its id 'feed' is not"),
        ({"title": ""}, "it has no title"),
        ({"self_href": "atom.xml"}, "must be absolute"),
        ({"home": "/"}, "must be absolute"),
    ],
)
def test_a_feed_that_cannot_be_written_is_named(changes: dict[str, Any], fault: str) -> None:
    feed = replace(FEED, **changes)
    for write in (render, sift):
        with pytest.raises(PublishError, match=rf"feed '{feed.self_href}': .*{fault}"):
            write(feed)


@pytest.mark.parametrize("mark", ["\0", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_what_xml_cannot_carry_is_dropped_wherever_it_stands(mark: str) -> None:
    feed = replace(
        RICH,
        title=f"The {mark}Paper",
        entries=(
            replace(
                RICH_ENTRY,
                title=RICH_ENTRY.title + mark,
                content=Text(value=f"{mark}<p>Floods</p>", kind=TextKind.HTML),
                links=tuple(replace(link, title=f"{mark}Flood") for link in RICH_ENTRY.links),
            ),
            ENTRY,
        ),
    )
    clean = replace(
        RICH_ENTRY,
        content=Text(value="<p>Floods</p>", kind=TextKind.HTML),
        links=tuple(replace(link, title="Flood") for link in RICH_ENTRY.links),
    )
    assert render(feed) == render(replace(RICH, entries=(clean, ENTRY)))


@settings(max_examples=50)
@given(title=ANY_TEXT, summary=ANY_TEXT, name=ANY_TEXT, term=ANY_TEXT, href=ANY_TEXT)
def test_no_text_a_source_sends_can_break_a_feed(
    title: str, summary: str, name: str, term: str, href: str
) -> None:
    hostile = replace(
        ENTRY,
        id="urn:x:hostile",
        title=f"x{title}",
        summary=Text(value=summary),
        authors=(Person(name=name, email=name, uri=href),),
        categories=(Category(term=term, scheme=href, label=name),),
        links=(Link(href=f"https://x.example/{href}", rel="related", title=title, type=term),),
        image=Image(href=f"https://x.example/{href}", credit=name, description=summary),
        language=term,
    )
    document = etree.fromstring(render(replace(FEED, entries=(hostile, ENTRY))))
    assert len(document.findall("{*}entry")) == 2


@settings(max_examples=50)
@given(entries=st.lists(ENTRIES, max_size=3, unique_by=lambda entry: entry.id))
def test_a_reader_gets_what_went_in(entries: list[Entry]) -> None:
    result = read(replace(FEED, entries=tuple(entries)))
    assert [seen.id for seen in result.entries] == [entry.id for entry in entries]
    for seen, entry in zip(result.entries, entries, strict=True):
        assert seen.link == entry.permalink
        assert seen.title == entry.title.strip()
        assert [(link.href, link.title) for link in seen.links if link.rel == "related"] == [
            (link.href, link.title) for link in dict.fromkeys(entry.links)
        ]
        assert entry.published is not None
        assert timegm(seen.updated_parsed) == int(entry.updated.timestamp())
        assert timegm(seen.published_parsed) == int(entry.published.timestamp())
        assert entry.image is not None
        assert seen.media_content[0]["url"] == entry.image.href
        assert seen.credit == (entry.image.credit or "").strip()


def test_a_caption_never_stands_in_for_the_summary() -> None:
    entry = read(RICH).entries[0]
    assert entry.summary == "After six years, cars cross again."
    assert entry.content[0].value == "<p>After six years &amp; two floods…</p>"


def test_equal_feeds_give_equal_bytes_whatever_the_zone_and_the_locale(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> str:
        raise AssertionError("the locale of the machine is not asked for")

    zone = timezone(timedelta(hours=9))
    moved = replace(ENTRY, updated=NOON.astimezone(zone))
    monkeypatch.setattr(locale, "setlocale", refuse)
    assert render(replace(FEED, updated=NOON.astimezone(zone), entries=(moved,))) == render(FEED)


def test_the_document_is_utf_8_says_so_and_ends_in_a_newline() -> None:
    document = render(RICH)
    assert document.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<feed ")
    assert "Brücke".encode() in document
    assert document.endswith(b"</feed>\n")


@pytest.mark.parametrize("feed", [FEED, RICH], ids=["bare", "rich"])
def test_the_feed_is_valid_by_the_grammar_of_rfc_4287(feed: Feed, corpora: Path) -> None:
    grammar = etree.RelaxNG(etree.parse(corpora / "schemas" / "atom-rfc4287.rng"))
    document = etree.fromstring(render(feed))
    assert grammar.validate(document), grammar.error_log
