"""The RSS we write: by the Best Practices Profile, and in the words readers know."""

import io
import re
from dataclasses import replace
from typing import Any

import feedparser
import pytest
from hypothesis import given, settings
from lxml import etree

from feeds.model import Category, Feed, Link, Person, Text, TextKind
from publisher.admission import sift
from publisher.rss import render, write
from tests.publisher import rss_profile
from tests.publisher.feeds_published import BARE, BARE_ENTRY, FEEDS, FULL


def item(**changes: Any) -> str:
    """Return the item as written, without the white space between its elements."""
    feed = replace(BARE, entries=(replace(BARE_ENTRY, **changes),))
    text = render(feed).decode()
    return re.sub(r">\s+<", "><", text[text.index("<item>") : text.index("</channel>")])


def channel(**changes: Any) -> str:
    return render(replace(BARE, entries=(), **changes)).decode()


@pytest.mark.parametrize("feed", [BARE, FULL], ids=["bare", "full"])
def test_a_feed_keeps_the_rules_of_the_profile(feed: Feed) -> None:
    assert rss_profile.faults(write(feed)) == []


@settings(max_examples=100)
@given(feed=FEEDS)
def test_whatever_sources_say_the_profile_is_kept(feed: Feed) -> None:
    sound, _ = sift(feed)
    assert rss_profile.faults(write(sound)) == []


@pytest.mark.parametrize(
    ("written", "instead", "fault"),
    [
        (b'version="2.0"', b'version="0.91"', "rss: the root"),
        (b"<title>The Paper</title>", b"", "channel: no title"),
        (b"<guid ", b"<author>Ada</author><guid ", "author: "),
        (b"12:00:00 +0000</pubDate>", b"12:00</pubDate>", "pubDate: "),
        (b"Mon, 01 Jun 2026 09", b"Tue, 01 Jun 2026 09", "pubDate: "),
        (b"<link>https://source.example/bridge</link>", b"<link>/bridge</link>", "link: "),
        (b'rel="self"', b'rel="next"', "channel: one atom:link"),
        (b' length="9"', b"", "enclosure: a length"),
        (b'url="https://source.example/feed"', b'url=""', "source: "),
        (b"<docs>", b"<summary>x</summary><docs>", "channel: no element summary"),
        (b"tag:paper.example,2026:one", b"https://source.example/?p=17", "guid: each once"),
        (b"<media:", b"<m:", "by the prefix that is common"),
    ],
)
def test_the_profile_is_not_kept_by_just_any_document(
    written: bytes, instead: bytes, fault: str
) -> None:
    document = write(FULL)
    if b"media" in written:
        document = document.replace(b"</media:", b"</m:").replace(b"xmlns:media", b"xmlns:m")
    if b"pubDate" in written:
        document = document.replace(b"09:00:00 +0000", b"12:00:00 +0000")
    assert written in document
    found = rss_profile.faults(document.replace(written, instead))
    assert any(one.startswith(fault) or fault in one for one in found), found


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "<link>https://paper.example/</link>"),
        ({}, "<description>The Paper</description>"),
        ({"subtitle": "News"}, "<description>News</description>"),
        ({"language": "en-GB"}, "<language>en-GB</language>"),
        ({"rights": "© Us"}, "<copyright>© Us</copyright>"),
        ({}, "<lastBuildDate>Mon, 01 Jun 2026 12:00:00 +0000</lastBuildDate>"),
        ({}, "<generator>Broadsheet</generator>"),
        ({"hubs": ("https://hub.example/",)}, '<atom:link href="https://hub.example/" rel="hub"/>'),
        ({}, "<dc:creator>The Paper</dc:creator>"),
        (
            {"self_href": "https://p.example/rss.xml"},
            '<atom:link href="https://p.example/rss.xml" rel="self" type="application/rss+xml"/>',
        ),
    ],
)
def test_the_channel_says(changes: dict[str, Any], expected: str) -> None:
    assert expected in channel(**changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "A & <b>"}, "<title>A &#x26; &#x3C;b&gt;</title>"),
        ({}, "<link>https://source.example/bridge</link>"),
        ({}, '<guid isPermaLink="false">tag:paper.example,2026:one</guid>'),
        ({"published": BARE.updated}, "<pubDate>Mon, 01 Jun 2026 12:00:00 +0000</pubDate>"),
        ({}, "<atom:updated>2026-06-01T12:00:00+00:00</atom:updated>"),
        ({"summary": Text(value="a < b")}, "<description>a &amp;lt; b</description>"),
        (
            {"content": Text(value="<p>a</p>", kind=TextKind.HTML)},
            "<content:encoded>&lt;p&gt;a&lt;/p&gt;</content:encoded>",
        ),
        ({"authors": (Person(name="Ada"),)}, "<dc:creator>Ada</dc:creator>"),
        (
            {"categories": (Category(term="t", scheme="tag:x,2026:s", label="T"),)},
            '<category domain="tag:x,2026:s" broadsheet:key="t">T</category>',
        ),
        ({"categories": (Category(term="t"),)}, "<category>t</category>"),
        ({"rights": "© Them"}, "<dc:rights>© Them</dc:rights>"),
        ({"language": "de"}, "<dc:language>de</dc:language>"),
        ({"reply_count": 3}, "<slash:comments>3</slash:comments>"),
        (
            {"links": (Link(href="https://s.example/c", rel="replies", type="text/html"),)},
            "<comments>https://s.example/c</comments>",
        ),
        (
            {"links": (Link(href="https://s.example/c", rel="replies",
                            type="application/rss+xml"),)},
            "<wfw:commentRss>https://s.example/c</wfw:commentRss>",
        ),
        (
            {"links": (Link(href="https://o.example/", rel="related", title="Flood — Other"),)},
            '<atom:link href="https://o.example/" rel="related" title="Flood — Other"/>',
        ),
        (
            {"links": (Link(href="https://s.example/1.mp3", rel="enclosure"),)},
            '<enclosure url="https://s.example/1.mp3" length="0" type="application/octet-stream"/>',
        ),
        (
            {"links": (Link(href="https://creativecommons.org/licenses/by/4.0/", rel="license"),)},
            ">https://creativecommons.org/licenses/by/4.0/</creativeCommons:license>",
        ),
    ],
)  # fmt: skip
def test_an_item_says(changes: dict[str, Any], expected: str) -> None:
    assert expected in item(**changes)


def test_of_several_files_the_first_is_the_enclosure_and_none_is_given_twice() -> None:
    files = tuple(
        Link(href=f"https://s.example/{number}.mp3", rel="enclosure", type="audio/mpeg", length=9)
        for number in range(3)
    )
    result = feedparser.parse(io.BytesIO(render(  # noqa: TID251  # never opened as an address
        replace(BARE, entries=(replace(BARE_ENTRY, links=files),))
    )))  # fmt: skip
    assert [one.href for one in result.entries[0].enclosures] == [one.href for one in files]
    assert item(links=files).count("<enclosure") == 1


def test_a_source_whose_address_may_not_be_told_is_named_all_the_same() -> None:
    (entry, *_) = FULL.entries
    assert entry.origin is not None
    text = item(origin=replace(entry.origin, self_href=None))
    assert "<source" not in text
    assert '<broadsheet:source id="https://source.example/feed" title="Source"' in text


def test_a_reader_of_rss_gets_what_a_reader_of_atom_gets() -> None:
    result = feedparser.parse(io.BytesIO(write(FULL)))  # noqa: TID251  # never an address
    assert not result.bozo
    seen, (entry, *_) = result.entries[0], FULL.entries
    assert (seen.title, seen.link, seen.id) == (
        entry.title, entry.permalink, entry.id
    )  # fmt: skip
    assert [author.name for author in seen.authors] == ["Ada Writer", "Ben Writer"]
    assert seen.summary == "After six years, cars &amp; trams &lt;cross&gt; again."
    assert seen.content[0].value == "<p>After six years &amp; two floods…</p>"
    assert [link.href for link in seen.links if link.rel == "related"] == [
        "https://other.example/flood", "https://third.example/ferry",
    ]  # fmt: skip
    assert seen.source.title == "Source"
    assert seen.updated == "2026-06-01T12:00:00+00:00"
    assert seen.published_parsed[:4] == (2026, 6, 1, 9)
    assert (seen.credit, seen.slash_comments) == ("Cy Camera", "5")
    assert [(tag.term, tag.scheme) for tag in seen.tags] == [
        ("Europe", "https://paper.example/"), ("bridges", None),
    ]  # fmt: skip


def test_all_prefixes_are_bound_once() -> None:
    document = write(FULL)
    assert document.count(b"xmlns:") == len(etree.fromstring(document).nsmap)
