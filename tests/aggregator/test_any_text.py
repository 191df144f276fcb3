"""Any text in any field of any format comes out as well-formed XML, or is refused in words."""

import json
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st
from lxml import etree

from aggregator import edition, layout
from aggregator.edition import Piece
from aggregator.model import Rights
from aggregator.normalise import normalise
from feeds.errors import EntryError, SourceError
from feeds.parse import parse
from publisher import gate, pages
from tests.aggregator.newsrooms import a_paper, a_source
from tests.conftest import NOON

HERE = "https://source.example/feed"
SOURCE = a_source("a", rights=Rights.FULL)
PAPER = a_paper(SOURCE)
ANYTHING = st.text(max_size=30) | st.lists(
    st.sampled_from(
        [
            *(
                "<",
                ">",
                "&",
                '"',
                "'",
                "]]>",
                "<![CDATA[",
                "<!--",
                "-->",
                "&lt;",
                "&amp;amp;",
                "&x;",
            ),
            *("<b>", "</title>", "</item>", "<item>", "\x00", "\x0b", "\ufffe", "\ud800", "\x85"),
            *(
                "&#0;",
                "&#xD800;",
                "&#128;",
                "<?x",
                "<media:content",
                "\u202e",
                "e\u0301",
                "http://x/",
            ),
            *(
                "2026-06-01",
                "<p>word</p>",
                "\u0338",
                "%zz",
                "xml:base='",
                "\n",
                "💥",
                "<x:y>",
                "=''",
            ),
        ]
    ),
    max_size=8,
).map("".join)

RSS = (
    "<rss version='2.0' xmlns:dc='http://purl.org/dc/elements/1.1/' "
    "xmlns:media='http://search.yahoo.com/mrss/'><channel><title>{}</title><link>{}</link><item>"
    "<title>{}</title><link>{}</link><guid>{}</guid><description>{}</description>"
    "<pubDate>{}</pubDate><category>{}</category><dc:creator>{}</dc:creator>"
    "<comments>{}</comments><source url='https://up.example/'>{}</source>"
    "<media:content url='/i.jpg'><media:credit>{}</media:credit></media:content></item>"
    "</channel></rss>"
)
ATOM = (
    "<feed xmlns='http://www.w3.org/2005/Atom' xml:lang='{}'><title>{}</title><id>{}</id><entry>"
    "<id>{}</id><title type='html'>{}</title><author><name>{}</name><uri>{}</uri></author>"
    "<link href='{}'/><link rel='replies' href='{}'/><updated>{}</updated>"
    "<content type='html'>{}</content><category term='{}'/></entry></feed>"
)
RDF = (
    "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#' "
    "xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'>"
    "<channel rdf:about='{}'><title>{}</title></channel><item rdf:about='{}'><title>{}</title>"
    "<link>{}</link><description>{}</description><dc:date>{}</dc:date><dc:creator>{}</dc:creator>"
    "<dc:subject>{}</dc:subject><dc:rights>{}</dc:rights><dc:language>{}</dc:language>{}</item>"
    "</rdf:RDF>"
)


def printed(body: bytes) -> list[bytes]:
    """Return the Atom file and the pages of what is read from a document."""
    try:
        feed = parse(body, HERE)
    except SourceError:
        return []
    pieces = []
    for number, entry in enumerate(feed.entries):
        try:
            article = normalise(
                entry, source=SOURCE, feed=feed, settings=PAPER, key=str(number), now=NOON
            )
        except EntryError:
            continue
        assert article.updated <= NOON + timedelta(hours=1)
        pieces.append(Piece(article=article, source=SOURCE, home=feed.home))
    paper = edition.feed(pieces, settings=PAPER, section=None, feed_id="urn:x:paper", founded=NOON)
    feeds = gate.issue(paper).files
    shown = [pages.article(layout.article(piece, more=[], settings=PAPER)) for piece in pieces]
    return [feeds["atom.xml"], feeds["rss.xml"], *shown]


def assert_well_formed(body: bytes) -> None:
    documents = printed(body)
    if documents:
        strict = etree.XMLParser(recover=False, resolve_entities=False)
        etree.fromstring(documents[0], strict)
        for page in documents[1:]:
            page.decode("utf-8")


@pytest.mark.parametrize("form", [RSS, ATOM, RDF], ids=["rss", "atom", "rdf"])
@given(data=st.data())
def test_any_text_in_any_field_of_xml_comes_out_well_formed(form: str, data: st.DataObject) -> None:
    fields = [data.draw(ANYTHING) for _ in range(form.count("{}"))]
    assert_well_formed(form.format(*fields).encode("utf-8", "surrogatepass"))


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANYTHING,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANYTHING, inner, max_size=3),
    max_leaves=5,
)
ITEM_FIELDS = (
    *("id", "url", "external_url", "title", "content_html", "content_text", "summary", "image"),
    *("date_published", "date_modified", "author", "authors", "tags", "attachments", "language"),
)


@given(
    items=st.lists(st.dictionaries(st.sampled_from(ITEM_FIELDS), JSON_VALUES), max_size=3)
    | JSON_VALUES,
    head=st.dictionaries(
        st.sampled_from(["title", "home_page_url", "feed_url", "authors", "language", "icon"]),
        JSON_VALUES,
    ),
)
def test_any_value_in_any_field_of_json_comes_out_well_formed(items: object, head: object) -> None:
    assert isinstance(head, dict)
    document = {"version": "https://jsonfeed.org/version/1.1", **head, "items": items}
    assert_well_formed(json.dumps(document).encode())


@pytest.mark.parametrize(
    "document",
    [
        "[" * 100_000,
        '{"version": "https://jsonfeed.org/version/1.1", "items": '
        + "[" * 100_000
        + "]" * 100_000
        + "}",
        '{"version": "https://jsonfeed.org/version/1.1", "items": [' + '{"authors":' * 50_000,
        '{"items": [{"id": 1e400, "title": null}, {"id": NaN}, null, 7, "x", []]}',
        '{"items": [{"id": "1", "id": "2", "title": "a", "title": "b"}]}',
        '{"version": "https://jsonfeed.org/version/1.1", "items": {"id": "1"}}',
    ],
)
def test_odd_json_is_read_or_refused_in_words(document: str) -> None:
    assert_well_formed(document.encode())


@effort(max_examples=10)
@given(data=st.data())
def test_another_parser_agrees_that_it_is_well_formed(data: st.DataObject) -> None:
    if shutil.which("xmllint") is None:
        pytest.skip("needs xmllint")
    fields = [data.draw(ANYTHING) for _ in range(RSS.count("{}"))]
    documents = printed(RSS.format(*fields).encode("utf-8", "surrogatepass"))
    if documents:
        command = ["xmllint", "--noout", "--nonet", "-"]
        subprocess.run(command, input=documents[0], check=True, capture_output=True)


def test_each_captured_feed_comes_out_well_formed(corpora: Path) -> None:
    for path in sorted((corpora / "feeds").iterdir())[::6]:
        if path.suffix != ".tsv":
            assert_well_formed(path.read_bytes())
