"""What is taken from the XML itself: ids as written, bases, media and who made them."""

from feeds import rawitems, xmltree
from feeds.model import TextKind
from feeds.raw import RawFeed, RawItem

BASE = "https://raw.example/feed.xml"
MEDIA = 'xmlns:media="http://search.yahoo.com/mrss/"'


def read(document: bytes, *, base_url: str) -> RawFeed:
    tree = xmltree.grow(document, base_url=base_url)
    assert tree is not None
    return rawitems.read(tree.root, base_url=base_url)


def item(inside: str, *, attributes: str = "") -> RawItem:
    document = f"<rss {MEDIA} {attributes}><channel><item>{inside}</item></channel></rss>"
    (found,) = read(document.encode(), base_url=BASE).items
    return found


def test_an_id_is_exactly_as_written() -> None:
    assert item("<guid> 42 </guid>").id == "42"
    assert item("<guid>../x?a=1&amp;b=2</guid>").id == "../x?a=1&b=2"
    assert item("<title>none</title>").id is None


def test_a_guid_is_a_permalink_unless_it_says_otherwise() -> None:
    assert item("<guid>x</guid>").is_permalink
    assert not item('<guid isPermaLink="false">x</guid>').is_permalink
    assert not item('<guid isPermaLink="FALSE">x</guid>').is_permalink


def test_atom_inside_rss_is_not_mistaken_for_rss() -> None:
    atom = 'xmlns:a="http://www.w3.org/2005/Atom"'
    found = item(
        "<title>Ours</title><a:title>Theirs</a:title><a:updated>2026-06-01</a:updated>",
        attributes=atom,
    )
    assert found.title == ("Ours", None)
    assert found.updated == ("2026-06-01",)


def test_the_innermost_base_counts() -> None:
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/blog/">'
        '<entry xml:base="may/"><id>1</id></entry><entry><id>2</id></entry></feed>'
    )
    first, second = read(feed.encode(), base_url=BASE).items
    assert first.base == "https://raw.example/blog/may/"
    assert second.base == "https://raw.example/blog/"


def test_what_is_said_of_a_group_holds_for_its_media_and_the_nearest_word_wins() -> None:
    found = item(
        "<media:credit>Everyone</media:credit>"
        "<media:group><media:credit>The agency</media:credit>"
        '<media:content url="a.jpg">'
        "<media:credit>Ann</media:credit><media:credit>Bob</media:credit>"
        '</media:content><media:content url="b.jpg"/></media:group><media:content url="c.jpg"/>'
    )
    assert {media.href: media.credit for media in found.media} == {
        "a.jpg": "Ann, Bob",
        "b.jpg": "The agency",
        "c.jpg": "Everyone",
    }


def test_the_licence_is_an_address_and_the_copyright_words() -> None:
    (media,) = item(
        '<media:content url="a.jpg" width="10px" fileSize="7">'
        '<media:license href="https://l.example/">CC</media:license>'
        "<media:copyright>© Ann</media:copyright></media:content>"
    ).media
    assert (media.licence, media.rights) == ("https://l.example/", "© Ann")
    assert (media.width, media.length) == (10, 7)


def test_an_image_element_is_read_with_its_url_or_its_text() -> None:
    assert [m.href for m in item("<image><url>u.jpg</url></image>").media] == ["u.jpg"]
    assert [m.href for m in item("<image>t.jpg</image>").media] == ["t.jpg"]


def test_rss_does_not_say_whether_a_title_is_html_and_atom_does() -> None:
    assert item("<title>a</title>").title == ("a", None)
    feed = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title type="html">a</title>'
        '<summary>b</summary></entry><entry><title type="xhtml">'
        '<div xmlns="http://www.w3.org/1999/xhtml">c <b>d</b></div></title></entry></feed>'
    )
    first, second = read(feed.encode(), base_url=BASE).items
    assert first.title == ("a", TextKind.HTML)
    assert first.summary == ("b", TextKind.TEXT)
    assert second.title is not None
    assert second.title[1] is TextKind.HTML
    assert "<b>d</b>" in second.title[0]


def test_a_document_beyond_recovery_has_no_tree() -> None:
    assert xmltree.grow(b"", base_url=BASE) is None
    assert xmltree.grow(b"\x00\x01", base_url=BASE) is None


def test_the_feeds_own_address_is_the_base_where_it_is_one() -> None:
    atom = 'xmlns:atom="http://www.w3.org/2005/Atom"'
    for href, base in (
        ("https://own.example/f", "https://own.example/f"),
        ("javascript:x", BASE),
        ("", BASE),
    ):
        document = f'<rss {atom}><channel><atom:link rel="self" href="{href}"/></channel></rss>'
        assert read(document.encode(), base_url=BASE).base == base
