"""What becomes of a document: seven formats of ours, and everything that goes wrong."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeedError, ParseError
from feeds.model import Category, Image, Link, Person, SourceEntry, SourceFeed, Text, TextKind
from feeds.parse import parse

SAMPLES = Path(__file__).parent / "samples"
BASE = "https://gazette.example/news/feed.xml"
BODIES = {path.name: path.read_bytes() for path in sorted(SAMPLES.iterdir())}
RSS = '<rss version="2.0"><channel><title>T</title>{}</channel></rss>'


def read(name: str) -> SourceFeed:
    return parse(BODIES[name], base_url=BASE)


def only(items: str, *, head: str = "") -> SourceEntry:
    (entry,) = parse(RSS.format(head + items).encode(), base_url=BASE).entries
    return entry


def test_an_rss_feed_is_read_whole() -> None:
    feed = read("newspaper.rss")
    assert (feed.format, feed.title, feed.home) == (
        "rss20",
        "The Harbour Gazette",
        "https://gazette.example/",
    )
    assert (feed.subtitle, feed.language) == ("News from the quay & beyond", "en-gb")
    assert (feed.rights, feed.notes) == ("© Harbour Press", ())
    assert feed.updated == datetime(2026, 6, 1, 9, tzinfo=UTC)
    assert len(feed.entries) == 3


def test_an_rss_entry_is_read_whole() -> None:
    entry = read("newspaper.rss").entries[0]
    assert entry == SourceEntry(
        id="123",
        title="Ferry & bridge: council votes",
        permalink="https://gazette.example/2026/ferry",
        published=datetime(2026, 6, 1, 6, 30, tzinfo=UTC),
        authors=(Person(name="Ada Quill"), Person(name="Ben Ink")),
        summary=Text(value="The council voted."),
        content=Text(
            value='<p>The council voted on <a href="https://gazette.example/ferry" '
            'rel="noopener noreferrer">the ferry</a>.</p>',
            kind=TextKind.HTML,
        ),
        categories=(Category(term="Transport", scheme="https://gazette.example/topics"),),
        image=Image(
            href="https://gazette.example/pictures/ferry-1200.jpg",
            type="image/jpeg",
            width=1200,
            height=800,
            description="The ferry at dawn",
            credit="Cy Lens",
            licence="https://creativecommons.org/licenses/by/4.0/",
            rights="© Cy Lens",
        ),
        enclosures=(
            Link(
                href="https://gazette.example/audio/ferry.mp3",
                rel="enclosure",
                type="audio/mpeg",
                length=123456,
            ),
        ),
    )


def test_a_relative_permalink_starts_from_the_feeds_own_address() -> None:
    body = BODIES["newspaper.rss"]
    entry = parse(body, base_url="https://mirror.example/copy/").entries[1]
    assert entry.permalink == "https://gazette.example/2026/relative"
    assert (entry.id, entry.title) == ("story-two", "A relative one, 3 < 4")
    assert entry.authors == (Person(name="Dee Desk", email="desk@gazette.example"),)


def test_a_guid_is_the_permalink_where_there_is_no_link() -> None:
    entry = read("newspaper.rss").entries[2]
    assert entry.permalink == "https://gazette.example/2026/guid"


def test_a_description_of_paragraphs_is_the_content_too_and_gives_the_lead_image() -> None:
    entry = read("newspaper.rss").entries[2]
    assert entry.content == entry.summary
    assert entry.content is not None
    assert "stats.example" not in entry.content.value
    assert entry.image == Image(
        href="https://gazette.example/lead.jpg", width=640, height=480, description="A quay"
    )


def test_an_atom_feed_is_read_by_its_own_rules() -> None:
    feed = read("journal.atom")
    first, second = feed.entries
    assert (feed.format, feed.id, feed.title) == ("atom10", "urn:example:journal", "Tea & Tides")
    assert (feed.home, feed.rights) == ("https://journal.example/blog/", "CC BY 4.0")
    assert first.id == "relative-id"
    assert first.title == "How to write &lt;b&gt; in HTML"
    assert first.summary == Text(value="Plain &lt; summary")
    assert first.permalink == "https://journal.example/blog/one"
    assert first.published is None
    assert first.updated == datetime(2026, 6, 1, 10, tzinfo=UTC)
    assert first.authors == (Person(name="Eve Editor", uri="https://journal.example/eve"),)
    assert first.categories == (
        Category(term="tides", scheme="https://journal.example/tags", label="Tides"),
    )
    assert first.content is not None
    assert "<p>One <em>two</em> " in first.content.value
    assert [link.href for link in first.enclosures] == ["https://journal.example/blog/a.ogg"]
    assert first.image is not None
    assert first.image.href == "https://journal.example/blog/three.png"
    assert second.permalink == "https://journal.example/blog/deux/page"
    assert second.language == "fr"
    assert second.published == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert second.authors == (Person(name="Flo Farine", email="flo@journal.example"),)


def test_rss_1_takes_its_id_from_rdf_and_its_date_from_dublin_core() -> None:
    feed = read("bulletin.rdf")
    (entry,) = feed.entries
    assert (feed.format, feed.language) == ("rss10", "de")
    assert entry.id == "https://bulletin.example/about-1"
    assert entry.permalink == "https://bulletin.example/1"
    assert entry.published == datetime(2026, 5, 31, 10, tzinfo=UTC)
    assert entry.updated is None
    assert (entry.language, entry.authors) == ("de-AT", (Person(name="Gerd Griffel"),))


def test_atom_0_3_is_read() -> None:
    feed = read("old.atom")
    (entry,) = feed.entries
    assert (feed.format, entry.title) == ("atom03", "Fish & chips")
    assert entry.published == datetime(2005, 2, 20, 15, 12, tzinfo=UTC)
    assert entry.content == Text(value="<p>Crisp.</p>", kind=TextKind.HTML)


def test_rss_0_91_is_read_with_its_entities_and_bare_ampersands() -> None:
    (entry,) = read("first.rss").entries
    assert (entry.title, entry.permalink) == ("Café opens", "https://first.example/cafe?a=1&b=2")


def test_a_feed_with_every_usual_mistake_is_mended() -> None:
    feed = read("broken.rss")
    (entry,) = feed.entries
    assert feed.title == "Bits & Bobs"
    assert entry.title == "Price < 5 & falling fast"
    assert entry.permalink == "https://bits.example/?a=1&b=2"
    assert entry.authors == (Person(name="Una Bound"),)
    assert entry.summary == Text(value="It\u2019s cheap")
    assert entry.image == Image(href="https://bits.example/a.jpg")
    assert feed.notes == ("there was text after the feed",)


@pytest.mark.parametrize("name", sorted(BODIES))
def test_the_same_bytes_give_an_equal_feed(name: str) -> None:
    assert read(name) == read(name)


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("AT&amp;T", "AT&T"),
        ("AT&amp;amp;T", "AT&T"),
        ("&lt;b&gt;Bold&lt;/b&gt; move", "Bold move"),
        ("use &amp;lt;b&amp;gt; sparingly", "use <b> sparingly"),
        ("List&lt;String&gt; explained", "List<String> explained"),
        ("1 &lt; 2 &gt; 0", "1 < 2 > 0"),
        ("<![CDATA[Caf&eacute; &amp; bar]]>", "Café & bar"),
        ("R&D", "R&D"),
        ("It&#8217;s", "It\u2019s"),
        ("one\n   two\tthree", "one two three"),
        ("abc\u202edef", "abcdef"),
    ],
)
def test_a_title_is_plain_text_decoded_once(title: str, shown: str) -> None:
    assert only(f"<item><title>{title}</title></item>").title == shown


def test_a_huge_title_is_cut() -> None:
    assert len(only(f"<item><title>{'word ' * 5000}</title></item>").title) <= 1000


@pytest.mark.parametrize("missing", ["title", "link", "guid", "pubDate"])
def test_an_entry_may_lack_anything(missing: str) -> None:
    parts = {
        "title": "<title>A</title>",
        "link": "<link>https://gazette.example/a</link>",
        "guid": '<guid isPermaLink="false">a</guid>',
        "pubDate": "<pubDate>Mon, 01 Jun 2026 08:00:00 GMT</pubDate>",
    }
    entry = only("<item>" + "".join(v for k, v in parts.items() if k != missing) + "</item>")
    given = (entry.title, entry.permalink, entry.id, entry.published)
    assert [bool(value) for value in given] == [name != missing for name in parts]


def test_a_page_comes_before_the_proxy_that_counts_who_goes_there() -> None:
    proxy = "http://feedproxy.google.com/~r/gazette/~3/xyz/"
    page = "https://gazette.example/1?utm_source=feedburner&amp;id=1"
    for guid in (f"<guid>{page}</guid>", f"<guid isPermaLink='false'>{page}</guid>"):
        entry = only(f"<item><title>x</title><link>{proxy}</link>{guid}</item>")
        assert entry.permalink == "https://gazette.example/1?id=1"
    assert (
        only(f"<item><title>x</title><link>{proxy}</link><guid>7</guid></item>").permalink == proxy
    )


def test_links_in_a_text_start_from_the_innermost_base() -> None:
    def content(kind: str, text: str) -> str:
        body = (
            '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="https://a.example/feed/">'
            f'<entry xml:base="b/"><id>1</id><content type="{kind}" xml:base="c/">{text}</content>'
            "</entry></feed>"
        )
        (entry,) = parse(body.encode(), BASE).entries
        assert entry.content
        return entry.content.value

    xhtml = '<div xmlns="http://www.w3.org/1999/xhtml"><a href="d">x</a></div>'
    assert 'href="https://a.example/feed/b/c/d"' in content("xhtml", xhtml)
    html = '&lt;a href="d">x&lt;/a>'
    assert 'href="https://a.example/feed/b/c/d"' in content("html", html)
    based = f'&lt;base href="https://z.example/">{html}'
    assert 'href="https://z.example/d"' in content("html", based)
    assert 'href="https://a.example/feed/b/c/d"' in content(
        "html", f'&lt;base href="data:,">{html}'
    )


def test_an_enclosure_is_never_the_permalink() -> None:
    entry = only(
        '<item><enclosure url="https://a.example/x.mp3" type="audio/mpeg" length="1"/></item>'
    )
    assert entry.permalink is None
    assert [link.href for link in entry.enclosures] == ["https://a.example/x.mp3"]


@pytest.mark.parametrize("href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"])
def test_a_permalink_that_is_no_web_address_is_none(href: str) -> None:
    assert only(f"<item><title>A</title><link>{href}</link></item>").permalink is None


@pytest.mark.parametrize(
    ("inside", "lead"),
    [
        ('<media:content url="/a.jpg"/><media:thumbnail url="/b.jpg" width="72"/>', "/a.jpg"),
        ('<media:content url="/a.jpg" width="90"/><media:thumbnail url="/b.jpg"/>', "/text.jpg"),
        ('<media:content url="//1.gravatar.com/avatar/x" medium="image"/>', "/text.jpg"),
        ('<media:thumbnail url="/b.jpg" width="72" height="72"/>', "/text.jpg"),
        ('<media:content url="/a.mp4" medium="video"/>', "/text.jpg"),
        ('<media:content url="/pixel-phone-logos.jpg" medium="image"/>', "/pixel-phone-logos.jpg"),
        ('<enclosure url="/a.jpg" type="image/jpeg"/>', "/a.jpg"),
        ('<enclosure url="/a.mp3" type="audio/mpeg"/>', "/text.jpg"),
        ("<image><url>/a.png</url></image>", "/a.png"),
    ],
)
def test_the_widest_picture_named_leads_before_the_first_in_the_text(
    inside: str, lead: str
) -> None:
    text = (
        "<description><![CDATA[<img src='/icon_x.png'><img src='/s.gif' height='1'>"
        "<img src='/smilies/wink.gif'><img src='/text.jpg'>]]></description>"
    )
    image = only(f"<item><title>A</title>{inside}{text}</item>").image
    assert image is not None
    assert image.href == f"https://gazette.example{lead}"


def test_the_caption_in_the_text_belongs_to_its_picture() -> None:
    figure = (
        "<description><![CDATA[<figure><img src='/a.jpg' alt='IMG_2133'>"
        "<figcaption>The <b>quay</b>. Photo: Ann</figcaption></figure>]]></description>"
    )
    image = only(f"<item>{figure}</item>").image
    assert image == Image(href="https://gazette.example/a.jpg", description="The quay. Photo: Ann")


def test_a_declared_update_is_not_made_up_from_the_publishing_date() -> None:
    entry = only("<item><title>A</title><pubDate>Mon, 01 Jun 2026 08:00:00 GMT</pubDate></item>")
    assert entry.published is not None
    assert entry.updated is None


def test_a_feed_without_entries_is_a_feed() -> None:
    assert parse(RSS.format("").encode(), base_url=BASE).entries == ()
    empty = parse(b'<feed xmlns="http://www.w3.org/2005/Atom"/>', base_url=BASE)
    assert (empty.format, empty.entries) == ("atom10", ())


@pytest.mark.parametrize("body", [b"", b" \r\n\t ", b"\xef\xbb\xbf", b"\x00\x00"])
def test_an_empty_document_cannot_be_read(body: bytes) -> None:
    with pytest.raises(ParseError, match="empty"):
        parse(body, base_url=BASE)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!DOCTYPE html><html><title>Log in</title></html>", "an HTML page"),
        ("<html><body>Forbidden</body></html>", "an HTML page"),
        ("\n<HTML><p>hello", "an HTML page"),
        ('<opml version="2.0"><body/></opml>', "an OPML list"),
        ('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>', "a sitemap"),
        ("<?xml version='1.0'?><note>x</note>", "an XML document of <note>"),
        ("404 page not found", "neither XML nor JSON"),
        ('{"error": "no"}', "not a JSON Feed"),
        ("[1, 2]", "not a JSON Feed"),
    ],
)
def test_another_kind_of_document_is_named(body: str, words: str) -> None:
    with pytest.raises(NotAFeedError, match=words):
        parse(body.encode(), base_url=BASE)


def test_an_html_page_tells_of_the_feed_it_advertises() -> None:
    page = (
        b"<html><head><link rel='alternate' type='application/rss+xml' href='/rss?a=1&amp;b=2'>"
        b"</head></html>"
    )
    with pytest.raises(NotAFeedError, match=r"advertises the feed https://.*/rss\?a=1&b=2"):
        parse(page, base_url=BASE)


def test_a_path_or_an_address_as_the_body_is_never_opened(tmp_path: Path) -> None:
    target = tmp_path / "feed.xml"
    target.write_bytes(BODIES["newspaper.rss"])
    for body in (str(target), target.as_uri(), "http://127.0.0.1:9/feed.xml"):
        with pytest.raises(NotAFeedError):
            parse(body.encode(), base_url=BASE)


def test_what_feedparser_chokes_on_is_saved_entry_by_entry() -> None:
    body = RSS.format("<item><title>One</title></item><item><title>Two</title></gml:pos></item>")
    feed = parse(body.encode(), base_url=BASE)
    assert [entry.title for entry in feed.entries] == ["One", "Two"]
    assert "saved from KeyError in the reading" in feed.notes


LICENSED = (
    '<summary>of it <l:license xmlns:l="http://backend.userland.com/creativeCommonsRssModule">'
    "http://l.example/</l:license></summary>"
)


@pytest.mark.parametrize(
    "strange",
    [
        LICENSED,
        "<textInput>x<creator xmlns='http://purl.org/dc/elements/1.1/'>A</creator></textInput>",
        "<link xmlns='http://www.w3.org/2005/Atom'><entry>x</entry></link>",
    ],
)
@pytest.mark.parametrize("place", [0, 3, 6])
def test_an_entry_that_feedparser_chokes_on_takes_none_of_the_others_along(
    strange: str, place: int
) -> None:
    items = [
        f"<item><title>T{number}</title><guid>{number}</guid><link>http://a.example/{number}</link>"
        "</item>"
        for number in range(6)
    ]
    items.insert(place, f"<item><title>Strange</title>{strange}</item>")
    feed = parse(RSS.format("".join(items)).encode(), base_url=BASE)
    assert [entry.title for entry in feed.entries if entry.title != "Strange"] == [
        f"T{number}" for number in range(6)
    ]
    assert {entry.id for entry in feed.entries} >= {str(number) for number in range(6)}
    assert any(note.startswith("saved from") for note in feed.notes)
    assert "left out, because they cannot be read: 1 entries or parts of the head" in feed.notes


@pytest.mark.parametrize(
    "head",
    [
        LICENSED.replace("summary", "info"),
        "<category>a<item><title>Inner</title></item></category>",
    ],
)
def test_a_head_that_feedparser_chokes_on_takes_no_entry_along(head: str) -> None:
    feed = parse(RSS.format(f"{head}<item><title>One</title></item>").encode(), base_url=BASE)
    assert [entry.title for entry in feed.entries if entry.title != "Inner"] == ["One"]


def test_a_document_that_stumbles_everywhere_is_said_to_be_unreadable() -> None:
    items = f"<item><title>Strange</title>{LICENSED}</item>" * 500
    with pytest.raises(ParseError, match="could not be read"):
        parse(RSS.format(items).encode(), base_url=BASE)


def test_a_width_out_of_place_harms_nobody() -> None:
    assert only("<item><title>A</title><width>wide</width></height></item>").title == "A"


def test_an_entity_bomb_is_not_expanded() -> None:
    bomb = '<!DOCTYPE rss [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]>'
    body = bomb + RSS.format("<item><title>x &c; y</title></item>")
    feed = parse(body.encode(), base_url=BASE)
    assert "lollol" not in feed.entries[0].title
    assert "entity declarations were ignored" in feed.notes


def test_a_file_named_by_an_entity_is_not_read(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("tellnoone")
    doctype = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "{secret.as_uri()}">]>'
    body = doctype + RSS.format("<item><title>a &x; b</title></item>")
    feed = parse(body.encode(), base_url=BASE)
    assert len(feed.entries) == 1
    assert "tellnoone" not in repr(feed)


def test_a_document_cut_anywhere_keeps_its_whole_entries_and_never_half_of_one() -> None:
    body = BODIES["newspaper.rss"]
    whole = read("newspaper.rss").entries
    counts = []
    for end in range(0, len(body), 23):
        try:
            feed = parse(body[:end], base_url=BASE)
        except ParseError:
            counts.append(0)
            continue
        assert feed.entries == whole[: len(feed.entries)]
        assert "cut off" in " ".join(feed.notes)
        counts.append(len(feed.entries))
    assert counts == sorted(counts)
    assert counts[-1] == 3


def test_a_document_cut_in_its_head_cannot_be_read() -> None:
    with pytest.raises(ParseError, match="cut off"):
        parse(b"<rss><channel><title>Ha", base_url=BASE)


def test_of_too_many_entries_the_newest_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("feeds.mending.MOST_ENTRIES", 5)
    entries = [
        f"<item><title>{day}</title><pubDate>{day} Mar 2024 10:00 GMT</pubDate></item>"
        for day in range(10, 20)
    ]
    down = parse(RSS.format("".join(reversed(entries))).encode(), base_url=BASE)
    up = parse(RSS.format("".join(entries)).encode(), base_url=BASE)
    assert [entry.title for entry in down.entries] == ["19", "18", "17", "16", "15"]
    assert down.entries == up.entries[::-1]
    assert up.notes == ("of 10 entries only the newest 5 were read",)


def test_endless_categories_and_enclosures_are_bounded() -> None:
    many = "".join(
        f'<category>c{n}</category><enclosure url="https://a.example/{n}.mp3" type="audio/mpeg"/>'
        for n in range(100)
    )
    entry = only(f"<item><title>A</title>{many}</item>")
    assert (len(entry.categories), len(entry.enclosures)) == (32, 16)


def test_a_hostile_author_does_not_reach_feedparsers_slow_pattern() -> None:
    authors = "".join(f"<item><author>{'a' * 60_000}</author></item>" for _ in range(20))
    feed = parse(RSS.format(authors).encode(), base_url=BASE)
    assert all(len(person.name) <= 300 for entry in feed.entries for person in entry.authors)


@pytest.mark.parametrize(
    ("claim", "content_type", "encoding"),
    [
        ("utf-8", "", "cp1252"),
        ("iso-8859-1", "", "cp1252"),
        ("iso-8859-1", "", "utf-8"),
        ("koi8-r", "application/rss+xml; charset=utf-8", "utf-8"),
        ("windows-1252", "text/xml; charset=ISO-8859-1", "cp1252"),
        ("utf-8", "text/xml; charset=koi8-r", "utf-8-sig"),
        ("utf-16", "", "utf-8"),
        ("idna", "text/xml; charset=nonsense", "utf-8"),
    ],
)
def test_text_is_readable_whatever_charset_is_claimed(
    claim: str, content_type: str, encoding: str
) -> None:
    text = RSS.format("<item><title>Café “déjà” naïve</title></item>")
    body = f'<?xml version="1.0" encoding="{claim}"?>{text}'.encode(encoding)
    (entry,) = parse(body, base_url=BASE, content_type=content_type).entries
    assert entry.title == "Café “déjà” naïve"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "koi8-r", "cp1251"])
def test_a_russian_feed_is_read_in_any_of_its_encodings(encoding: str) -> None:
    text = RSS.format("<item><title>Паром отходит</title></item>")
    body = f'<?xml version="1.0" encoding="{encoding}"?>{text}'.encode(encoding)
    assert parse(body, base_url=BASE).entries[0].title == "Паром отходит"


def test_text_encoded_twice_is_read_as_it_was_meant() -> None:
    twice = "são também".encode().decode("latin-1")
    assert only(f"<item><title>{twice}</title></item>").title == "são também"


@given(st.binary(max_size=300))
def test_any_bytes_are_a_feed_or_a_parse_error(body: bytes) -> None:
    with suppress(ParseError):
        assert isinstance(parse(body, base_url=BASE), SourceFeed)


@given(st.data())
def test_a_damaged_sample_is_a_feed_or_a_parse_error(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(list(BODIES.values()))))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(body) - 1))
        length = data.draw(st.integers(0, 40))
        body[at : at + length] = data.draw(
            st.sampled_from([b"", b"<", b"&x", b"</", b"<![CDATA[", b"]]>", b"\xff\x00", b"<item>"])
        )
    try:
        feed = parse(bytes(body), base_url=BASE)
    except ParseError:
        return
    for entry in feed.entries:
        assert entry.permalink is None or entry.permalink.startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "body",
    [
        b"<rss><channel></width>&x",
        b"<rss><channel></height>&x",
        b"<rss><channel><item><link/></item><media:content",
        b"<?xml version='1.0' encoding='idna'?><rss/>",
        b"<rss" + b" a" * 10_000,
        b"<rss><channel>" + b"<a>" * 3_000,
        b"{" + b'"a":{' * 20_000,
        b"<?xml " * 100_000,
        b"<!DOCTYPE " * 50_000 + b"<rss></rss>",
        b"<rss><channel>" + b"<![CDATA[" * 50_000 + b"</channel></rss>",
        b"<rss></rss>" + b"<!-- " * 100_000,
        b"<rss><" + b"a" * 200_000,
        b"<rss><item><description><![CDATA[<img "
        + b"data-" * 90_000
        + b"]]></description></item></rss>",
    ],
)
def test_input_that_breaks_parsers_does_not_break_us(body: bytes) -> None:
    with suppress(ParseError):
        assert isinstance(parse(body, base_url=BASE), SourceFeed)
