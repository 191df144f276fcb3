"""A site's page leads to its feeds: those it advertises, and never one we made up."""

from html import escape

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.discover import MOST_FOUND, Found, Kind, discover
from feeds.links import header_links
from feeds.tags import tags

BASE = "https://site.example/news/"
ATOM = "application/atom+xml"
RSS = "application/rss+xml"


def found(page: str, *links: str) -> list[Found]:
    return list(discover(page.encode(), base_url=BASE, links=links))


def hrefs(page: str, *links: str) -> list[str]:
    return [each.href for each in found(page, *links)]


def test_every_feed_in_the_head_is_found_in_the_order_of_the_page() -> None:
    page = f"""<!doctype html><html><head><title>Site</title>
    <link rel="alternate" type="{ATOM}" title="Site  »
      News" href="/atom.xml">
    <link rel=alternate type='{RSS}' href=rss.xml>
    <LINK REL="Alternate home" TYPE="Application/Feed+JSON; x=1" HREF="//site.example/f.json"/>
    <link rel="alternate" type="application/rdf+xml" href="?format=rdf&amp;x=1&copy=2">
    </head></html>"""
    assert found(page) == [
        Found(href="https://site.example/atom.xml", title="Site » News", type=ATOM),
        Found(href="https://site.example/news/rss.xml", type=RSS),
        Found(href="https://site.example/f.json", type="application/feed+json"),
        Found(href=f"{BASE}?format=rdf&x=1&copy=2", type="application/rdf+xml"),
    ]


def test_the_first_base_counts_wherever_it_stands() -> None:
    page = (
        f'<link rel=alternate type={RSS} href=one.xml><base target=_top><base href="/en/">'
        f'<link rel=alternate type={RSS} href=two.xml><base href="https://other.example/">'
    )
    assert hrefs(page) == ["https://site.example/en/one.xml", "https://site.example/en/two.xml"]


def test_headers_advertise_feeds_too_and_go_first() -> None:
    page = f"<link rel=alternate type={RSS} href=rss.xml><link rel=alternate type={ATOM} href=/a>"
    assert hrefs(
        page,
        f'<https://api.example/>; rel="https://api.w.org/", </a>; type="{ATOM}"; rel="alternate"',
        f'<page2>; rel=next, <deep>; rel=alternate; type="{RSS}"; anchor="/else"',
    ) == ["https://site.example/a", f"{BASE}rss.xml"]


@pytest.mark.parametrize(
    "element",
    [
        f'<link rel="alternate stylesheet" type="{RSS}" href="/x">',
        f'<link rel="canonical" type="{RSS}" href="/x">',
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate" type="text/html" href="/feed">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate" type="application/json+oembed" href="/oembed?url=/feed">',
        f'<link rel="alternate" type="{RSS}" href="javascript:alert(1)">',
        f'<link rel="alternate" type="{RSS}">',
        f'<!-- <link rel="alternate" type="{RSS}" href="/x"> -->',
        f'<script>\'<link rel="alternate" type="{RSS}" href="/x">\'</SCRIPT>',
        f'<textarea><link rel="alternate" type="{RSS}" href="/x"></textarea>',
    ],
)
def test_what_is_no_advertised_feed_is_not_found(element: str) -> None:
    assert found(f"<head>{element}</head><body><a href='/feedback'>We listen</a>") == []


def test_a_vague_type_counts_where_the_address_says_feed() -> None:
    page = (
        '<link rel=alternate type="application/json" href="/feed.json">'
        '<link rel=alternate type="text/xml" href="/index.rss">'
    )
    assert hrefs(page) == ["https://site.example/feed.json", "https://site.example/index.rss"]


def test_comments_come_last() -> None:
    page = (
        f'<link rel=alternate type={RSS} title="Site &raquo; Comments Feed" href="/c">'
        f"<link rel=alternate type={RSS} href='/feeds/comments/default'>"
        f"<link rel=alternate type={RSS} href='/feed/'>"
    )
    assert [(each.href[20:], each.kind) for each in found(page)] == [
        ("/feed/", Kind.ADVERTISED),
        ("/c", Kind.COMMENTS),
        ("/feeds/comments/default", Kind.COMMENTS),
    ]


def test_ordinary_links_are_the_last_resort() -> None:
    anchors = (
        '<a href="/news.rss">RSS</a><a href="feed://site.example/feed/">f</a>'
        '<a href="feed:https://site.example/atom.xml">a</a><a href="/?feed=rss2">2</a>'
        '<a href="https://reader.example/add/feed?u=https://site.example/feed">add</a>'
        '<a href="/feedback">no</a><a href="/rss-is-dead/">no</a>'
        f'<a href="/odd" type="{RSS}">'
    )
    assert {each.kind for each in found(anchors)} == {Kind.MENTIONED}
    assert hrefs(anchors) == [
        "https://site.example/news.rss",
        "https://site.example/feed/",
        "https://site.example/atom.xml",
        "https://site.example/?feed=rss2",
        "https://site.example/odd",
    ]
    advertised = f"<link rel=alternate type={RSS} href='/main'>"
    assert hrefs(anchors + advertised) == ["https://site.example/main"]
    comments = f"<link rel=alternate type={RSS} href='/comments/feed'>"
    assert hrefs(comments + '<a href="/news.rss">')[0] == "https://site.example/news.rss"


def test_a_page_that_advertises_nothing_has_nothing() -> None:
    assert found("<html><head><title>Feed</title></head><body><p>/feed /rss.xml</p>") == []


def test_a_page_in_another_charset_is_read() -> None:
    page = f'<link rel=alternate type={RSS} title="Zürich" href="/zürich">'
    (one,) = discover(
        page.encode("latin-1"), base_url=BASE, content_type="text/html; charset=iso-8859-1"
    )
    assert one.title == "Zürich"
    assert one.href == "https://site.example/zürich"


def test_no_page_has_endless_feeds() -> None:
    page = "".join(f"<link rel=alternate type={RSS} href='/{n}'>" for n in range(1000))
    assert len(found(page)) == MOST_FOUND


@pytest.mark.parametrize(
    "piece",
    [
        "<",
        "<!--",
        "<a ",
        "<a b=",
        "<a b=\"'",
        "<script>",
        "<![CDATA[",
        "<a b='\"",
        "<?",
        "<link rel='",
    ],
)
def test_hostile_pages_are_read_in_one_pass(piece: str) -> None:
    """Half a megabyte of each; anything but a linear walk would run into the time limit."""
    assert discover((piece * (500_000 // len(piece))).encode(), base_url=BASE) == ()


@settings(max_examples=60)
@given(
    st.lists(
        st.tuples(
            st.text(st.characters(codec="utf-8", exclude_characters="\r\n\t\0")),
            st.sampled_from("\"'"),
        ),
        max_size=6,
    )
)
@example([("a>b", '"'), ("&amp;copy;", "'")])
def test_what_is_written_in_an_attribute_is_read_from_it(values: list[tuple[str, str]]) -> None:
    page = "".join(f"<X y={quote}{escape(value)}{quote} />\n" for value, quote in values)
    assert [tag.attributes["y"] for tag in tags(page)] == [value for value, _ in values]


@settings(max_examples=60)
@given(st.text(st.sampled_from("<>;,=\"' \\relabx/"), max_size=60))
def test_no_link_header_is_too_odd(value: str) -> None:
    kept = header_links([f"{value}, <https://hub.example/>; rel=hub"])
    balanced = value.count('"') == 0 and value.count("<") == 0
    if balanced:
        assert kept[-1].href == "https://hub.example/"
    assert all(link.rels == frozenset(rel.lower() for rel in link.rels) for link in kept)


def test_link_headers_are_split_where_their_links_end() -> None:
    one, two, three = header_links(
        [
            '<https://a.example/?x=1,2;3>; rel="Hub self"; title="one, \\"two\\""',
            "nonsense, <b>;rel=self,<c>",
        ]
    )
    assert (one.href, one.rels, one.title) == (
        "https://a.example/?x=1,2;3", frozenset({"hub", "self"}), 'one, "two"',
    )  # fmt: skip
    assert (two.href, two.rels) == ("b", frozenset({"self"}))
    assert three.href == "c"


def test_link_headers_are_utf8_read_as_latin1() -> None:
    wire = '</feed>; rel=alternate; title="Köln"'.encode().decode("latin-1")
    assert header_links([wire])[0].title == "Köln"
