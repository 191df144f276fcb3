"""Documents are cut into their items, and only those not seen before are read."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import feeds.parse
from feeds.entries import Parsed
from feeds.errors import NotAFeedError
from feeds.parse import parse, parse_unseen
from feeds.reading import Reading

if TYPE_CHECKING:
    from feeds.model import SourceEntry

HERE = "https://paper.example/news/feed.xml"
XHTML = "http://www.w3.org/1999/xhtml"
DC = "http://purl.org/dc/elements/1.1/"
MODULES = (
    f'xmlns:dc="{DC}" xmlns:media="http://search.yahoo.com/mrss/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(*items: str, head: str = "<title>The Paper</title>", tail: str = "") -> bytes:
    channel = f"<channel>{head}\n{''.join(items)}{tail}</channel>"
    return f'<rss version="2.0" {MODULES}>{channel}</rss>'.encode()


def rdf(*items: str, head: str = "<title>The Paper</title>", tail: str = "") -> bytes:
    return (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        f' xmlns="http://purl.org/rss/1.0/" {MODULES}>'
        f"<channel>{head}</channel>{''.join(items)}{tail}</rdf:RDF>"
    ).encode()


def atom(*entries: str, head: str = "<title>The Paper</title>", tail: str = "") -> bytes:
    body = head + "".join(entries) + tail
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {MODULES}>{body}</feed>'.encode()


def item(number: int, *more: str) -> str:
    """Return an item that is nobody else's."""
    page = f"https://paper.example/{number}"
    return (
        f"<item><title>Story {number}</title><link>{page}</link><guid>{page}</guid>"
        f"<description>What happened, part {number}.</description>{''.join(more)}</item>\n"
    )


def entry(number: int, *more: str) -> str:
    return (
        f"<entry><id>urn:story:{number}</id><title>Story {number}</title>"
        f'<link href="{number}.html"/><updated>2026-05-0{number % 9 + 1}T08:00:00Z</updated>'
        f"{''.join(more)}</entry>\n"
    )


def read(document: bytes, *seen: str) -> Reading:
    return parse_unseen(document, HERE, "", frozenset(seen))


def assert_lawful(document: bytes) -> Reading:
    """Hold the law for every subset of what was seen; return the reading of the whole."""
    whole = read(document)
    assert whole.feed == parse(document, HERE)
    marks = whole.fingerprints
    assert whole.unseen == marks
    for mask in product((True, False), repeat=len(marks)):
        seen = {mark for mark, dropped in zip(marks, mask, strict=True) if dropped}
        part = read(document, *seen)
        kept = [mark not in seen for mark in marks]
        left = (one for one, stays in zip(whole.feed.entries, kept, strict=True) if stays)
        assert part.feed == replace(whole.feed, entries=tuple(left))
        assert part.fingerprints == marks
        assert part.unseen == tuple(mark for mark in marks if mark not in seen)
    return whole


# What a story may consist of, in every vocabulary. All of it can be cut.
LEAVES = (
    "<category>Security</category>",
    "<dc:creator>Ada Reporter</dc:creator>",
    f'<x:subject xmlns:x="{DC}">Energy</x:subject>',
    '<y:note xmlns:y="urn:notes">unknown</y:note>',
    "<content:encoded><![CDATA[<p>All <b>of</b> it ]] > <item></p>]]></content:encoded>",
    "<description>&lt;p&gt;Escaped &amp;amp; more&lt;/p&gt;</description>",
    "<description><p>Not escaped</p> <em>at all</em></description>",
    "<!-- a comment with </item> in it -->",
    "<?renderer with <item> in it?>",
    "\n\t  \r\n",
    "stray text",
    '<enclosure url="a.mp3" type="audio/mpeg" length="12"/>',
    """<media:group><media:title>Film</media:title><media:content url="f.mp4" medium="video">
    <media:description>Of it</media:description></media:content></media:group>""",
    '<media:thumbnail url="t.jpg"/>',
    "<itunes:summary>Heard</itunes:summary>",
    '<itunes:image href="cover.jpg"/>',
    "<image><url>i.png</url><title>Seen</title><link>/i</link></image>",
    '<source url="https://other.example/feed">Other</source>',
    "<pubDate>Mon, 04 May 2026 10:00:00 GMT</pubDate>",
    "<dc:date>2026-05-04</dc:date>",
    f"""<content type="xhtml" xml:base="deep/"><div xmlns="{XHTML}"><p>In <a href="x">x</a></p>
    <picture><source srcset="p.webp"/><img src="p.jpg"/></picture></div></content>""",
    '<content type="html">&lt;div&gt;text&lt;/div&gt;</content>',
    "<author><name>Bo Writer</name><uri>/bo</uri></author>",
    "<summary>In short</summary>",
    '<link rel="enclosure" href="b.ogg" type="audio/ogg"/>',
    "<dc:language>de</dc:language>",
    "<comments>/1#comments</comments>",
    '<slash:comments xmlns:slash="http://purl.org/rss/1.0/modules/slash/">3</slash:comments>',
    '<w:commentRss xmlns:w="http://wellformedweb.org/CommentAPI/">/1/feed</w:commentRss>',
    '<link rel="replies" href="/1/replies"/>',
    '<t:in-reply-to xmlns:t="http://purl.org/syndication/thread/1.0" ref="urn:0" href="/0"/>',
    """<atom:source><atom:id>urn:up</atom:id><atom:title>Up</atom:title>
    <atom:link rel="self" href="/up.xml"/></atom:source>""",
    '<source><title>Up</title><link href="/up/"/><author><name>Up</name></author></source>',
    "<itunes:duration>1:02</itunes:duration>",
    '<p:transcript xmlns:p="https://podcastindex.org/namespace/1.0" url="/t.vtt"/>',
    '<link rel="license" href="https://cc.example/by"/>',
)
HEADS = (
    "<description>A paper</description><itunes:summary>Podcast</itunes:summary>",
    "<lastBuildDate>Mon, 04 May 2026 10:00:00 GMT</lastBuildDate>",
    "<updated>2026-05-04T10:00:00Z</updated>",
    '<atom:link rel="self" href="https://cdn.example/feed/x"/>',
    '<link rel="self" href="/elsewhere/"/>',
    '<link rel=" http://www.iana.org/assignments/relation/self" href="/far/"/>',
    "<image><url>/logo.png</url><title>The Paper</title><link>/</link></image>",
    '<itunes:image href="logo.jpg"/>',
    "<author><name>The Desk</name></author>",
    "<dc:creator>The Desk</dc:creator>",
    "<managingEditor>desk@paper.example (The Desk)</managingEditor>",
    "<itunes:owner><itunes:name>Owner</itunes:name></itunes:owner>",
    "<language>en</language>",
    "<!-- built at noon -->",
)
NAMESPACED = st.sampled_from(
    ["", ' xml:base="https://base.example/s/"', ' xml:lang="fr"', ' xml:base="up/"']
)
FORMATS: tuple[tuple[Callable[..., bytes], str], ...] = (
    (rss, "item"),
    (rdf, "item"),
    (atom, "entry"),
)


@st.composite
def stories(draw: st.DrawFn, name: str, number: int) -> str:
    numbers = st.integers(0, 3) if draw(st.booleans()) else st.just(number)
    identity = "guid" if name == "item" else "id"
    parts = [
        f"<{identity}>urn:{draw(numbers)}</{identity}>",
        f"<title>Story {draw(numbers)}</title>",
        *draw(st.lists(st.sampled_from(LEAVES), max_size=5)),
    ]
    return f"<{name}{draw(NAMESPACED)} >{''.join(draw(st.permutations(parts)))}</{name}\n>"


def heads() -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(HEADS), max_size=4, unique=True).map("".join)


@st.composite
def documents(draw: st.DrawFn) -> bytes:
    build, name = draw(st.sampled_from(FORMATS))
    items = [draw(stories(name, number)) for number in range(draw(st.integers(1, 3)))]
    spaced = [each + draw(st.sampled_from(["", "\n", "\r\n\t", "<!-- -->"])) for each in items]
    tail = draw(st.sampled_from(["", "<!-- end -->", *HEADS]))
    document: bytes = build(*spaced, head=f"<title>The Paper</title>{draw(heads())}", tail=tail)
    return document


@pytest.mark.parametrize(("build", "name"), FORMATS)
def test_what_feeds_consist_of_can_be_cut(build: Callable[..., bytes], name: str) -> None:
    for leaf in LEAVES:
        document = build(*(f"<{name}><title>{each}</title>{leaf}</{name}>" for each in "AB"))
        assert len(read(document).fingerprints) == 2, leaf


@given(documents())
@settings(max_examples=60, deadline=None)
def test_reading_without_some_items_is_the_whole_reading_without_their_entries(
    document: bytes,
) -> None:
    assert_lawful(document)


@st.composite
def same_items_in_two_documents(draw: st.DrawFn) -> tuple[bytes, bytes]:
    build, name = draw(st.sampled_from(FORMATS))
    items = [draw(stories(name, number)) for number in range(3)]
    first, second = (build(*draw(st.permutations(items)), head=draw(heads())) for _ in "12")
    return first, second


@given(same_items_in_two_documents())
@settings(max_examples=50, deadline=None)
def test_items_of_one_fingerprint_are_read_alike_in_every_document(
    pair: tuple[bytes, bytes],
) -> None:
    known: dict[str, SourceEntry] = {}
    for document in pair:
        reading = read(document)
        for mark, one in zip(reading.unseen, reading.feed.entries, strict=False):
            assert known.setdefault(mark, one) == one


@st.composite
def json_documents(draw: st.DrawFn) -> bytes:
    scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8))
    names = st.sampled_from(
        [
            "id",
            "url",
            "title",
            "summary",
            "content_text",
            "content_html",
            "tags",
            "authors",
            "image",
        ]
    )
    members = st.dictionaries(names, scalars | st.lists(scalars, max_size=2), max_size=6)
    items = draw(st.lists(members | scalars, max_size=3))
    head = draw(
        st.dictionaries(st.sampled_from(["title", "authors", "feed_url", "x"]), scalars, max_size=3)
    )
    version = {"version": "https://jsonfeed.org/version/1.1"}
    return json.dumps({**version, "items": items, **head}).encode()


@given(json_documents())
@settings(max_examples=50, deadline=None)
def test_a_json_feed_obeys_the_same_law(document: bytes) -> None:
    assert_lawful(document)


def test_only_what_is_new_comes_back() -> None:
    before = read(rss(item(1), item(2)))
    after = read(rss(item(3), item(1), item(2)), *before.fingerprints)
    assert [one.title for one in after.feed.entries] == ["Story 3"]
    assert after.unseen == after.fingerprints[:1]


def test_an_edited_item_is_new_again() -> None:
    before = read(atom(entry(1), entry(2)))
    after = read(atom(entry(1), entry(2, "<summary>Corrected</summary>")), *before.fingerprints)
    assert [one.id for one in after.feed.entries] == ["urn:story:2"]


def test_feedparser_is_given_no_item_it_was_given_before(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[bytes] = []
    by_feedparser = feeds.parse._by_feedparser

    def watched(document: bytes, *, base_url: str) -> Parsed:
        handed.append(document)
        return by_feedparser(document, base_url=base_url)

    monkeypatch.setattr(feeds.parse, "read_quickly", lambda *_, **__: None)
    document = rss(*(item(number) for number in range(40)))
    marks = read(document).fingerprints
    monkeypatch.setattr(feeds.parse, "_by_feedparser", watched)
    assert len(read(document, *marks[2:]).feed.entries) == 2
    assert [each.count(b"<item>") for each in handed] == [2]


def test_a_clock_in_the_head_does_not_make_old_items_new() -> None:
    dated = "<title>T</title><lastBuildDate>{}</lastBuildDate><ttl>{}</ttl><!-- {} -->"
    before = read(rss(item(1), head=dated.format("Mon, 04 May 2026 10:00:00 GMT", 5, "a")))
    after = read(rss(item(1), head=dated.format("Mon, 04 May 2026 11:00:00 GMT", 9, "b")))
    assert before.feed.updated != after.feed.updated
    assert before.fingerprints == after.fingerprints


@pytest.mark.parametrize(
    "inherited",
    [
        "<author><name>Another</name></author>",
        '<link rel="self" href="https://moved.example/feed"/>',
        "<dc:creator>Another</dc:creator>",
    ],
)
def test_what_entries_inherit_from_the_feed_is_part_of_their_fingerprints(inherited: str) -> None:
    before, after = read(atom(entry(1))), read(atom(entry(1), head=inherited))
    assert before.feed.entries != after.feed.entries
    assert not set(before.fingerprints) & set(after.fingerprints)


def test_the_address_of_the_document_is_part_of_the_fingerprints() -> None:
    document = atom(entry(1))
    elsewhere = parse_unseen(document, "https://moved.example/feed")
    assert not set(read(document).fingerprints) & set(elsewhere.fingerprints)


def test_a_json_item_is_known_again_however_it_is_written() -> None:
    compact = b'{"version":"https://jsonfeed.org/version/1","items":[{"id":"1","title":"A"}]}'
    loose = (
        b'{"items": [{"title": "\\u0041", "id": "1"}], "version": "https://jsonfeed.org/version/1"}'
    )
    assert read(compact).fingerprints == read(loose).fingerprints != ()


def test_a_document_of_seen_items_only_is_a_feed_without_entries() -> None:
    for document in (rss(item(1), item(2)), atom(entry(1)), rdf(item(1))):
        whole = read(document)
        nothing = read(document, *whole.fingerprints)
        assert nothing.feed == replace(whole.feed, entries=())


def test_an_item_sent_twice_is_seen_twice() -> None:
    document = rss(item(1), item(2), item(1))
    first, second, third = read(document).fingerprints
    assert first == third
    assert [one.title for one in read(document, first).feed.entries] == ["Story 2"]
    assert len(read(document, second).feed.entries) == 2


def test_other_charsets_doctypes_and_undeclared_entities_are_cut_like_any_other() -> None:
    story = item(1, "<category>Zürich &copy; &mine;</category>")
    doctype = '<!DOCTYPE rss [<!ENTITY mine "ours">]>'
    text = doctype + rss(story, item(2)).decode()
    for encoding in ("latin-1", "utf-16", "windows-1252", "utf-8-sig"):
        declaration = f'<?xml version="1.0" encoding="{encoding}"?>'
        whole = assert_lawful((declaration + text).encode(encoding))
        assert len(whole.fingerprints) == 2
        assert whole.feed.entries[0].categories[0].term == "Zürich © ours"


def test_a_prefix_in_an_articles_text_is_nobody_elses_business() -> None:
    office = "<content:encoded><![CDATA[<o:p>From an office</o:p>]]></content:encoded>"
    before, after = read(rss(item(1, office), item(2))), read(rss(item(2)))
    assert before.fingerprints[1:] == after.fingerprints


# Documents in which one item can reach into another, or the head into the first item.
TITLE_IN_TEXT = (
    f'<content type="xhtml"><p xmlns="{XHTML}"><svg><title>x</title></svg></p></content>'
)
DIV_IN_HTML = '<content type="html" xml:base="/lost/"><div>a</div></content><link href="b"/>'
STRANGE = {
    "a title within a text": atom(entry(1, TITLE_IN_TEXT), entry(2, TITLE_IN_TEXT)),
    "a div in what says it is escaped": atom(entry(1, DIV_IN_HTML), entry(2)),
    "a prefix of two meanings": rss(
        item(1, f'<x:creator xmlns:x="{DC}">A</x:creator>'),
        item(2, '<x:creator xmlns:x="urn:other">B</x:creator>'),
    ),
    "a summary and a description of the feed": rss(
        item(1, "<itunes:summary>s</itunes:summary><description>d</description>"),
        item(2, "<itunes:summary>s</itunes:summary><description>d</description>"),
        head="<itunes:summary>s</itunes:summary><description>d</description>",
    ),
    "an item within an item": rss(item(1, item(2)), item(3)),
    "a feed within an item": rss(item(1, "<channel></channel>"), item(2)),
    "an item elsewhere": rss(item(1), tail=f"<more>{item(2)}</more>"),
    "an item without content": rss(item(1), "<item/>"),
    "items of two kinds": rss(item(1), entry(2)),
    "the feed's title at its end": rss(item(1), head="<title>A</title>", tail="<title>B</title>"),
    "something of the feed's between items": rss(item(1), "<language>de</language>", item(2)),
    "nested beyond what libxml2 reads": rss(item(1, "<a>" * 220 + "</a>" * 220), item(2)),
    "not well-formed": rss(item(1, "<b>"), item(2)),
    "no list of items": b'{"version": "https://jsonfeed.org/version/1", "items": 5}',
}


@pytest.mark.parametrize("why", STRANGE)
def test_a_document_in_which_items_may_depend_on_each_other_is_read_whole(why: str) -> None:
    reading = read(STRANGE[why], "0" * 16)
    assert reading == Reading(feed=parse(STRANGE[why], HERE))


def test_a_namespace_an_item_brings_stays_when_the_item_goes() -> None:
    bringing = "<item><title>A</title><a:x xmlns:a='http://www.w3.org/2005/Atom'/></item>"
    nameless = f'<?xml version="1.0"?><channel>{bringing}{item(2)}</channel>'
    assert assert_lawful(nameless.encode()).feed.format == "atom10"


def test_a_document_that_is_no_feed_is_told_as_before() -> None:
    with pytest.raises(NotAFeedError):
        read(b"<html><body>Not found</body></html>", "0" * 16)


def test_a_feed_of_no_known_version_is_read_as_well_when_nothing_is_new() -> None:
    body = b'<?xml version="1.0"?><channel><item><title>A</title></item></channel>'
    whole = read(body)
    again = read(body, *whole.fingerprints)
    assert [one.title for one in whole.feed.entries] == ["A"]
    assert again.fingerprints == whole.fingerprints
