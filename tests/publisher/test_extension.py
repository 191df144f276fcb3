"""What our feedgen extension adds to an entry, one thing at a time."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from feedgen.feed import FeedGenerator
from lxml import etree

from feeds.model import Entry, Feed, Image, Link, Origin, Person, Reply
from publisher.atom import render

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
ATOM = "{http://www.w3.org/2005/Atom}"
ENTRY = Entry(id="urn:x:1", title="Bridge", permalink="https://source.example/bridge", updated=NOON)
FEED = Feed(
    id="urn:x:feed",
    title="The Paper",
    updated=NOON,
    self_href="https://paper.example/atom.xml",
    home="https://paper.example/",
    authors=(Person(name="The Paper"),),
)
ORIGIN = Origin(id="https://source.example/feed", title="Source", updated=NOON)
IMAGE = Image(href="https://source.example/bridge.jpg")


def written(*, of_feed: str | None = None, **changes: Any) -> str:
    """Return the entry as written, without the whitespace between its elements."""
    feed = replace(FEED, language=of_feed, entries=(replace(ENTRY, **changes),))
    text = render(feed).decode()
    return re.sub(r">\s+<", "><", text[text.index("<entry") :])


def links(*given: Link) -> list[dict[str, str]]:
    feed = replace(FEED, entries=(replace(ENTRY, links=given),))
    document = etree.fromstring(render(feed))
    return [
        {str(key): str(value) for key, value in link.attrib.items()}
        for link in document.findall(f"{ATOM}entry/{ATOM}link")
    ]


def test_feedgen_alone_still_loses_what_a_link_says() -> None:
    generator = FeedGenerator()
    generator.id("urn:x:feed")
    generator.title("x")
    generator.updated(NOON)
    entry = generator.add_entry(order="append")
    entry.id("urn:x:1")
    entry.title("x")
    entry.updated(NOON)
    entry.link(href="https://x.example/1", rel="alternate")
    entry.link(href="https://x.example/2", rel="related")
    assert b"related" not in generator.atom_str(), (
        "feedgen keeps rel again (its issue 135): let it write the entry links and simplify "
        "publisher/extension.py"
    )


def test_a_link_keeps_everything_it_says() -> None:
    related = Link(
        href="https://other.example/1",
        rel="related",
        type="text/html",
        title="Flood — Other",
        hreflang="de",
    )
    sound = Link(
        href="https://source.example/1.mp3", rel="enclosure", type="audio/mpeg", title="A", length=9
    )
    assert links(related, sound)[:2] == [
        {
            "href": "https://other.example/1",
            "rel": "related",
            "type": "text/html",
            "title": "Flood — Other",
            "hreflang": "de",
        },
        {
            "href": "https://source.example/1.mp3",
            "rel": "enclosure",
            "type": "audio/mpeg",
            "title": "A",
            "length": "9",
        },
    ]


def test_related_links_come_first_and_best_first_and_the_permalink_last() -> None:
    relations = ["license", "enclosure", "related", "via", "replies", "related"]
    given = [
        Link(href=f"https://x.example/{place}", rel=relation)
        for place, relation in enumerate(relations)
    ]
    found = links(*given)
    assert [link["rel"] for link in found] == [
        "related",
        "related",
        "via",
        "enclosure",
        "license",
        "replies",
        "alternate",
    ]
    assert [link["href"] for link in found[:2]] == ["https://x.example/2", "https://x.example/5"]
    assert found[-1] == {
        "href": "https://source.example/bridge",
        "rel": "alternate",
        "type": "text/html",
    }


@pytest.mark.parametrize("relation", ["alternate", "self", "canonical", "amphtml", ""])
def test_no_link_can_pass_for_the_permalink(relation: str) -> None:
    assert links(Link(href="https://x.example/", rel=relation)) == links()


def test_a_link_given_twice_is_written_once() -> None:
    related = Link(href="https://x.example/", rel="related")
    assert len(links(related, related)) == 2


def test_what_is_invalid_in_a_link_is_left_out_of_it() -> None:
    bare = Link(href="https://x.example/", rel="related")
    assert links(replace(bare, type="html", hreflang="?", length=-1, title="")) == links(bare)


@pytest.mark.parametrize(
    ("of_feed", "of_entry", "marked", "hreflang"),
    [
        (None, None, "", ""),
        ("en", None, "", ' hreflang="en"'),
        ("en", "en", "", ' hreflang="en"'),
        ("en", "de", ' xml:lang="de"', ' hreflang="de"'),
        (None, "de", ' xml:lang="de"', ' hreflang="de"'),
    ],
)
def test_an_entry_says_its_language_where_the_feed_does_not(
    of_feed: str | None, of_entry: str | None, marked: str, hreflang: str
) -> None:
    text = written(of_feed=of_feed, language=of_entry)
    assert text.startswith(f"<entry{marked}>")
    assert f'rel="alternate" type="text/html"{hreflang}/>' in text


def test_the_source_of_an_entry_is_told_in_full() -> None:
    origin = replace(
        ORIGIN,
        self_href="https://source.example/feed",
        home="https://source.example/",
        rights="© Source",
    )
    assert (
        '<source><id>https://source.example/feed</id><title type="text">Source</title>'
        "<updated>2026-06-01T12:00:00+00:00</updated>"
        '<link href="https://source.example/feed" rel="self"/>'
        '<link href="https://source.example/" rel="alternate" type="text/html"/>'
        '<rights type="text">© Source</rights></source>'
    ) in written(origin=origin)


def test_of_a_source_only_what_is_known_is_told() -> None:
    assert (
        '<source><id>https://source.example/feed</id><title type="text">Source</title>'
        "<updated>2026-06-01T12:00:00+00:00</updated></source>"
    ) in written(origin=replace(ORIGIN, home="/relative", rights=" "))


def test_an_image_carries_caption_credit_copyright_and_licence() -> None:
    image = replace(
        IMAGE,
        type="image/jpeg",
        width=1200,
        height=800,
        description="At dawn",
        credit="Cy Camera",
        rights="© Cy",
        licence="https://licence.example/by/4.0/",
    )
    assert (
        '<media:content url="https://source.example/bridge.jpg" type="image/jpeg" medium="image"'
        ' width="1200" height="800"><media:description type="plain">At dawn</media:description>'
        '<media:credit role="author" scheme="urn:ebu">Cy Camera</media:credit>'
        "<media:copyright>© Cy</media:copyright>"
        '<media:license type="text/html" href="https://licence.example/by/4.0/"/>'
        "</media:content>"
    ) in written(image=image)


def test_an_image_of_which_nothing_is_known_is_just_an_image() -> None:
    unknown = replace(IMAGE, type="jpeg", width=0, height=-1, credit=" ", licence="CC BY")
    expected = '<media:content url="https://source.example/bridge.jpg" medium="image"/>'
    assert expected in written(image=IMAGE)
    assert written(image=unknown) == written(image=IMAGE)


def test_an_image_is_no_download() -> None:
    assert "enclosure" not in written(image=IMAGE)


def test_media_rss_is_declared_once_on_the_feed() -> None:
    entries = tuple(replace(ENTRY, id=f"urn:x:{place}", image=IMAGE) for place in range(3))
    document = render(replace(FEED, entries=entries))
    assert document.count(b"http://search.yahoo.com/mrss/") == 1


def test_replies_are_led_to_and_counted_where_there_are_any() -> None:
    page = Link(href="https://source.example/1#c", rel="replies", type="text/html")
    counted = written(links=(page,), reply_count=3)
    assert 'rel="replies" type="text/html" thr:count="3"' in counted
    assert ">3</thr:total>" in counted
    assert "thr:" not in written(links=(page,), reply_count=0)
    assert "thr:count" not in written(links=(replace(page, rel="via"),), reply_count=3)


def test_how_long_a_sound_is_stands_beside_its_link_and_it_is_no_lead_image() -> None:
    sound = Link(
        href="https://source.example/1.mp3", rel="enclosure", type="audio/mpeg", length=9,
        duration=61,
    )  # fmt: skip
    assert (
        '<media:content url="https://source.example/1.mp3" fileSize="9" type="audio/mpeg"'
        ' medium="audio" duration="61"/>'
    ) in written(links=(sound,))
    assert "media:content" not in written(links=(replace(sound, duration=None),))


def test_the_lead_image_is_no_enclosure_though_a_source_says_so() -> None:
    file = Link(href=IMAGE.href, rel="enclosure", type="image/jpeg")
    assert written(image=IMAGE, links=(file,)) == written(image=IMAGE)


def test_an_entry_says_what_it_answers() -> None:
    answered = written(
        in_reply_to=(
            Reply(ref="urn:x:0", href="https://source.example/0", type="text/html"),
            Reply(ref="urn:x:9", href="javascript:x", type="text/html"),
            Reply(ref="no iri at all"),
        )
    )
    assert re.findall(r'<thr:in-reply-to [^>]* ref="([^"]*)"([^>]*)/>', answered) == [
        ("urn:x:0", ' href="https://source.example/0" type="text/html"'),
        ("urn:x:9", ""),
    ]
