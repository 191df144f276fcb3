"""Every format a feed has ever had is read, and what is none of them is called by its name."""

from datetime import UTC, datetime

import pytest

from feeds.errors import NotAFeedError
from feeds.model import Person, SourceEntry, Text, TextKind, Upstream
from feeds.parse import parse

HERE = "https://source.example/feed"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
ITEM = "<title>One</title><link>https://source.example/1</link>"

DOCUMENTS = {
    "rss090": f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='http://my.netscape.com/rdf/simple/0.9/'>"
    f"<channel><title>N</title></channel><item>{ITEM}</item></rdf:RDF>",
    "rss091n": '<!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" '
    '"http://my.netscape.com/publish/formats/rss-0.91.dtd">'
    f'<rss version="0.91"><channel><item>{ITEM}</item></channel></rss>',
    "rss092": f'<rss version="0.92"><channel><item>{ITEM}</item></channel></rss>',
    "rss093": f'<rss version="0.93"><channel><item>{ITEM}</item></channel></rss>',
    "rss094": f'<rss version="0.94"><channel><item>{ITEM}</item></channel></rss>',
    "rss10": f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='http://purl.org/rss/1.0/'>"
    f"<channel rdf:about='c'><title>N</title></channel><item rdf:about='i'>{ITEM}</item></rdf:RDF>",
    "rss11": "<Channel xmlns='http://purl.org/net/rss1.1#' rdf:about='c' "
    f"xmlns:rdf='{RDF}'><title>N</title><items rdf:parseType='Collection'>"
    f"<item rdf:about='i'>{ITEM}</item></items></Channel>",
    "rss20": f'<rss version="2.0"><channel><item>{ITEM}</item></channel></rss>',
    "rss20 in a namespace": '<rss version="2.0" xmlns="http://backend.userland.com/rss2">'
    f"<channel><item>{ITEM}</item></channel></rss>",
    "rss of no version": "\n\n <?xml version='1.0'?><rss><channel>"
    f"<item>{ITEM}</item></channel></rss>",
    "rss with items outside": "<rss version='2.0'><channel><title>N</title></channel>"
    f"<item>{ITEM}</item></rss>",
    "atom03": '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>One</title>'
    '<link rel="alternate" href="https://source.example/1"/></entry></feed>',
    "atom10": '<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>One</title>'
    '<link href="https://source.example/1"/></entry></feed>',
    "atom10 with a prefix": '<a:feed xmlns:a="http://www.w3.org/2005/Atom"><a:entry>'
    '<a:title>One</a:title><a:link href="https://source.example/1"/></a:entry></a:feed>',
    "cdf": '<CHANNEL HREF="https://source.example/"><ITEM HREF="https://source.example/1">'
    "<TITLE>One</TITLE></ITEM></CHANNEL>",
    "json1": '{"version": "https://jsonfeed.org/version/1", "items": '
    '[{"id": "1", "title": "One", "url": "https://source.example/1", "content_text": "x"}]}',
    "json11": '{"version": "https://jsonfeed.org/version/1.1", "items": '
    '[{"id": 1, "title": "One", "url": "https://source.example/1", "content_text": "x"}]}',
}


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_format_is_read(document: str) -> None:
    (entry,) = parse(document.encode(), HERE).entries
    assert (entry.title, entry.permalink) == ("One", "https://source.example/1")


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("<opml version='2.0'><body/></opml>", "an OPML list of feeds"),
        ("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "a sitemap"),
        ("<sitemapindex/>", "a list of sitemaps"),
        ("<?xml version='1.0'?><!-- x --><svg xmlns='http://www.w3.org/2000/svg'/>", "of <svg>"),
        ("<entry xmlns='http://www.w3.org/2005/Atom'><id>1</id></entry>", "of <entry>"),
        ("<soap:Envelope xmlns:soap='x'/>", "of <soap:Envelope>"),
        ("<!DOCTYPE html><html><head><title>Log in</title></head></html>", "an HTML page"),
        ('{"a": 1}', "JSON, but not a JSON Feed"),
        ("[1, 2]", "JSON, but not a JSON Feed"),
        ("Not found", "neither XML nor JSON"),
    ],
)
def test_what_is_no_feed_is_called_by_its_name(document: str, name: str) -> None:
    with pytest.raises(NotAFeedError, match=name.replace("(", r"\(")):
        parse(document.encode(), HERE)


def test_atom_of_2003_says_when_and_in_base64() -> None:
    document = (
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><id>1</id>'
        '<title mode="escaped" type="text/html">&lt;b&gt;A&lt;/b&gt;</title>'
        "<issued>2003-12-13T08:29:29-04:00</issued><modified>2003-12-13T18:30:02Z</modified>"
        '<content mode="base64" type="text/html">PGI+eDwvYj4=</content></entry></feed>'
    )
    assert parse(document.encode(), HERE).entries == (
        SourceEntry(
            id="1",
            title="A",
            published=datetime(2003, 12, 13, 12, 29, 29, tzinfo=UTC),
            updated=datetime(2003, 12, 13, 18, 30, 2, tzinfo=UTC),
            content=Text(value="<b>x</b>", kind=TextKind.HTML),
        ),
    )


def test_rss_of_2000_has_but_a_description_and_where_it_is_from() -> None:
    document = (
        '<rss version="0.92"><channel><title>x</title><item><description>Only this</description>'
        '<source url="https://up.example/rss">Up</source></item></channel></rss>'
    )
    (entry,) = parse(document.encode(), HERE).entries
    assert entry.summary == Text(value="Only this")
    assert entry.upstream == Upstream(title="Up", feed="https://up.example/rss")


def test_rdf_speaks_dublin_core() -> None:
    document = (
        f"<rdf:RDF xmlns:rdf='{RDF}' xmlns='http://purl.org/rss/1.0/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel rdf:about='c'/>"
        f"<item rdf:about='https://source.example/1'>{ITEM}<dc:date>2003-12-13</dc:date>"
        "<dc:creator>Ada</dc:creator><dc:subject>Ferries</dc:subject><dc:rights>© Ada</dc:rights>"
        "<dc:language>de</dc:language></item></rdf:RDF>"
    )
    (entry,) = parse(document.encode(), HERE).entries
    assert entry.id == "https://source.example/1"
    assert entry.published == datetime(2003, 12, 13, tzinfo=UTC)
    assert entry.authors == (Person(name="Ada"),)
    assert [category.term for category in entry.categories] == ["Ferries"]
    assert (entry.rights, entry.language) == ("© Ada", "de")
