"""The lists of feeds we write, read back as another reader would import them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from lxml.etree import _Element

from feeds.errors import PublishError
from publisher.opml import Outline, render

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
WIRE = Outline(
    text="Wire & Co",
    feed="https://wire.example/feed",
    home="https://wire.example/",
    language="en",
    description="All of it",
)

TEXTS = st.text(
    st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"), min_size=1
).filter(str.strip)
FEEDS = st.builds(Outline, text=TEXTS, feed=TEXTS, home=TEXTS, language=st.just("en"))
OUTLINES = st.recursive(
    FEEDS,
    lambda inner: st.builds(
        Outline, text=TEXTS, outlines=st.lists(inner, min_size=1, max_size=3).map(tuple)
    ),
    max_leaves=6,
)


def imported(element: _Element) -> Outline:
    return Outline(
        text=str(element.get("text")),
        feed=element.get("xmlUrl"),
        home=element.get("htmlUrl"),
        language=element.get("language"),
        description=element.get("description"),
        outlines=tuple(map(imported, element)),
    )


def test_sections_hold_their_feeds() -> None:
    section = Outline(text="World", home="https://paper.example/world/", outlines=(WIRE,))
    assert render("The Paper", (section,), modified=NOON, owner="Ed Itor").decode() == (
        "<?xml version='1.0' encoding='UTF-8'?>\n"
        '<opml version="2.0">\n'
        "  <head>\n"
        "    <title>The Paper</title>\n"
        "    <dateModified>Mon, 01 Jun 2026 12:00:00 GMT</dateModified>\n"
        "    <ownerName>Ed Itor</ownerName>\n"
        "  </head>\n"
        "  <body>\n"
        '    <outline text="World" htmlUrl="https://paper.example/world/">\n'
        '      <outline text="Wire &amp; Co" type="rss" title="Wire &amp; Co"'
        ' xmlUrl="https://wire.example/feed" htmlUrl="https://wire.example/" language="en"'
        ' description="All of it"/>\n'
        "    </outline>\n"
        "  </body>\n"
        "</opml>\n"
    )


def test_what_is_not_known_is_not_written() -> None:
    document = render("The Paper", (Outline(text="A", feed="https://a.example/"),), modified=None)
    assert b"<head>\n    <title>The Paper</title>\n  </head>" in document
    assert b'<outline text="A" type="rss" title="A" xmlUrl="https://a.example/"/>' in document


def test_the_zone_of_the_date_makes_no_difference() -> None:
    moved = NOON.astimezone(timezone(timedelta(hours=-7)))
    assert render("x", (), modified=moved) == render("x", (), modified=NOON)


def test_an_outline_without_text_is_named() -> None:
    silent = Outline(text=" \0", feed="https://silent.example/feed")
    with pytest.raises(PublishError, match=r"https://silent\.example/feed: no text"):
        render("x", (Outline(text="World", outlines=(silent,)),), modified=None)


def test_what_xml_cannot_carry_is_dropped() -> None:
    outline = Outline(text="Wi\0re", description="\ufffeAll\ud800")
    document = render("The\x0bPaper", (outline,), modified=None, owner="Ed\x1f")
    assert b'<outline text="Wire" description="All"/>' in document
    assert b"<title>ThePaper</title>" in document


@settings(max_examples=50)
@given(outlines=st.lists(OUTLINES, max_size=3))
def test_what_is_imported_is_what_was_exported(outlines: list[Outline]) -> None:
    body = etree.fromstring(render("x", tuple(outlines), modified=NOON)).find("body")
    assert body is not None
    assert list(map(imported, body)) == outlines
