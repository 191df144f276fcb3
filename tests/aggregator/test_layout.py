"""Pages: what a newspaper prints, and never more of an article than its source allows."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import layout
from aggregator.edition import Piece, Storyline
from aggregator.model import Citation, Placement, Relation, Rights, Slug
from aggregator.navigation import LISTS, outlines, subscribe
from aggregator.story import Reason
from feeds.model import Image, Link, Person, Text, TextKind, Upstream
from publisher import pages
from publisher.kinds import FeedKind
from tests.aggregator.newsrooms import BASE, CAUCASUS, DEFENCE, ECONOMY, a_paper, a_source
from tests.aggregator.pieces import PICTURE, a_piece

PAPER = a_paper()


def related(piece: Piece, other: Piece) -> Piece:
    relation = Relation(article_id=other.article.id, score=1.0, phrases=("Ghent",))
    return replace(piece, related=((relation, other),))


def test_link_rights_print_neither_text_nor_image_anywhere() -> None:
    bare = a_piece(rights=Rights.LINK, image=PICTURE)
    host = related(a_piece(2), bare)
    own = layout.article(bare, more=[bare], settings=PAPER)
    beside = layout.article(host, more=[bare], settings=PAPER)
    lists = (
        layout.section([bare], section=ECONOMY, settings=PAPER),
        layout.front([bare], {ECONOMY.slug: [bare]}, settings=PAPER),
    )
    assert own.body is None
    assert "p.jpg" not in repr((own, beside, lists))
    assert "in short" not in repr((own, beside.related, beside.more, lists))


def test_excerpt_rights_print_the_summary_and_say_so() -> None:
    page = layout.article(a_piece(rights=Rights.EXCERPT, image=PICTURE), more=[], settings=PAPER)
    assert page.body == Text(value="What it says in short.")
    assert page.is_excerpt
    assert page.image == PICTURE


def test_full_rights_print_all_there_is() -> None:
    page = layout.article(a_piece(), more=[], settings=PAPER)
    assert page.body is not None
    assert "at length" in page.body.value
    assert not page.is_excerpt
    short = layout.article(a_piece(content=None), more=[], settings=PAPER)
    assert short.is_excerpt


def test_a_page_leads_to_comments_to_whom_it_was_taken_from_and_to_its_files() -> None:
    comments = Link(href="https://a.example/1#c", rel="replies", type="text/html")
    feed = Link(href="https://a.example/1/feed", rel="replies", type="application/rss+xml")
    sound = Link(href="https://a.example/1.mp3", rel="enclosure", type="audio/mpeg")
    said = {
        "links": (feed, comments),
        "upstream": Upstream(title="The Wire", home="https://wire.example/"),
        "enclosures": (sound,),
    }
    page = layout.article(a_piece(**said), more=[], settings=PAPER)  # type: ignore[arg-type]
    assert page.comments == "https://a.example/1#c"
    assert (page.upstream, page.upstream_home) == ("The Wire", "https://wire.example/")
    assert [one.href for one in page.attachments] == ["https://a.example/1.mp3"]
    bare = layout.article(a_piece(rights=Rights.LINK, **said), more=[], settings=PAPER)  # type: ignore[arg-type]
    assert bare.attachments == ()
    assert bare.comments == page.comments
    assert layout.article(a_piece(), more=[], settings=PAPER).comments is None


@pytest.mark.parametrize("ampersand", ["&", "&amp;"])
def test_an_image_the_text_shows_is_not_printed_above_it_too(ampersand: str) -> None:
    shown = f'<p><img src="https://a.example/p.jpg?w=1{ampersand}h=2"> Words.</p>'
    piece = a_piece(image=PICTURE, content=Text(value=shown, kind=TextKind.HTML))
    assert layout.article(piece, more=[], settings=PAPER).image is None
    excerpt = replace(piece, source=replace(piece.source, rights=Rights.EXCERPT))
    assert layout.article(excerpt, more=[], settings=PAPER).image == PICTURE
    assert layout.section([piece], section=ECONOMY, settings=PAPER).teasers[0].image == PICTURE


def test_an_article_without_a_page_of_its_own_leads_to_ours() -> None:
    page = layout.article(a_piece(permalink=""), more=[], settings=PAPER)
    assert page.permalink == page.href
    assert page.href.startswith(f"{BASE}articles/2026/06/")


def test_a_trail_leads_from_home_through_every_section() -> None:
    placed = (
        Placement(section=CAUCASUS.slug, rank=0, reason="its headline says Karabakh"),
        Placement(
            section=DEFENCE.slug, rank=1, reason="South Caucasus belongs to Security & Defence"
        ),
    )
    page = layout.article(replace(a_piece(), placements=placed), more=[], settings=PAPER)
    assert [link.title for link in page.trail] == ["Home", "Security & Defence", "South Caucasus"]
    assert page.more is not None
    assert page.more.href == f"{BASE}security-defence/south-caucasus/"
    assert page.reasons == (
        "its headline says Karabakh",
        "South Caucasus belongs to Security & Defence",
    )


def test_a_section_all_of_which_stands_above_has_no_block_that_calls_it_empty() -> None:
    here = (Placement(section=ECONOMY.slug, rank=0, reason=""),)
    piece = replace(a_piece(), placements=here)
    of_it = {ECONOMY.slug: [piece]}
    told = [block.title for block in layout.front([piece], of_it, settings=PAPER).blocks]
    assert ECONOMY.title not in told
    assert DEFENCE.title in told, "it has nothing yet, and says so"
    elsewhere = [block.title for block in layout.front([], of_it, settings=PAPER).blocks]
    assert ECONOMY.title in elsewhere


def test_a_section_that_is_no_more_is_led_to_by_nothing() -> None:
    gone = Placement(section=Slug("gone"), rank=0, reason="its headline says it")
    piece = replace(a_piece(), placements=(gone,))
    page = layout.article(piece, more=[], settings=PAPER)
    assert [link.title for link in page.trail] == ["Home"]
    assert page.more is None
    front = layout.front([piece], {gone.section: [piece]}, settings=PAPER)
    assert "gone" not in repr(front.blocks) + repr(front.masthead) + repr(page.masthead)
    both = replace(piece, placements=(gone, Placement(section=ECONOMY.slug, rank=1, reason="")))
    kept = layout.article(both, more=[], settings=PAPER)
    assert kept.trail[-1].title == "Economy"


def test_a_foreign_language_is_marked_and_our_own_is_not() -> None:
    assert layout.article(a_piece(language="de"), more=[], settings=PAPER).language == "de"
    assert layout.article(a_piece(), more=[], settings=PAPER).language is None
    section = layout.section([a_piece(language="de")], section=ECONOMY, settings=PAPER)
    assert section.teasers[0].language == "de"


@pytest.mark.parametrize(
    ("names", "byline"),
    [((), ""), (("A",), "A"), (("A", "B"), "A and B"), (("A", "", "B", "C"), "A, B and C")],
)
def test_a_byline_reads_as_people_say_it(names: tuple[str, ...], byline: str) -> None:
    piece = a_piece(authors=tuple(Person(name=name) for name in names))
    assert layout.article(piece, more=[], settings=PAPER).byline == byline


def test_what_there_is_to_subscribe_to_is_the_tree_of_sections() -> None:
    whole, defence, economy = outlines(PAPER)
    assert whole.feed == f"{BASE}atom.xml"
    assert [child.feed for child in defence.outlines] == [
        f"{BASE}security-defence/south-caucasus/atom.xml"
    ]
    assert economy.outlines == ()


@pytest.mark.parametrize(("name", "kind"), LISTS)
def test_a_list_of_feeds_is_of_one_format_so_that_nobody_subscribes_twice(
    name: str, kind: FeedKind
) -> None:
    assert name.endswith((".opml", "opml.xml"))
    whole, defence, economy = outlines(PAPER, kind=kind)
    found = [one.feed for one in (whole, defence, *defence.outlines, economy)]
    assert found == [
        f"{BASE}{folder}{kind.name}"
        for folder in ("", "security-defence/", "security-defence/south-caucasus/", "economy/")
    ]


def test_a_subscribe_page_names_every_format_the_one_to_take_first() -> None:
    page = subscribe(ECONOMY, PAPER)
    assert [(one.href, one.name) for one in page.feeds] == [
        (f"{BASE}economy/atom.xml", "Atom"),
        (f"{BASE}economy/rss.xml", "RSS 2.0"),
        (f"{BASE}economy/feed.json", "JSON Feed"),
    ]


ANY = st.text(max_size=30)
ADDRESSES = st.one_of(ANY, st.sampled_from(["https://a.example/x", "http://[", "javascript:x"]))


@given(
    title=ANY, summary=ANY, name=ANY, where=ADDRESSES, language=ANY,
    rights=st.sampled_from(Rights), href=ADDRESSES,
)  # fmt: skip
def test_whatever_an_article_says_its_pages_can_be_printed(
    *, title: str, summary: str, name: str, where: str, language: str, rights: Rights, href: str
) -> None:
    piece = a_piece(
        rights=rights, title=title, summary=summary, permalink=where, language=language,
        authors=(Person(name=name),),
        image=Image(href=href, description=title, credit=name, licence=where, rights=name),
    )  # fmt: skip
    piece = replace(piece, source=replace(a_source("a", rights=rights), name=name), home=where)
    piece = related(piece, replace(piece, related=()))
    for page in (
        pages.article(layout.article(piece, more=[piece], settings=PAPER)),
        pages.section(layout.section([piece], section=ECONOMY, settings=PAPER)),
        pages.front(layout.front([piece], {ECONOMY.slug: [piece]}, settings=PAPER)),
    ):
        assert page.startswith(b"<!DOCTYPE html>")
        assert b'href="javascript:' not in page


@pytest.mark.parametrize("rights", Rights)
def test_hostile_words_are_words_on_every_page(rights: Rights) -> None:
    hostile = "\"><script>alert(1)</script><a onclick='alert(2)"
    piece = a_piece(rights=rights, title=hostile, summary=hostile, authors=(Person(name=hostile),))
    piece = replace(piece, source=replace(piece.source, name=hostile))
    piece = related(piece, replace(piece, related=()))
    for page in (
        pages.article(layout.article(piece, more=[piece], settings=PAPER)),
        pages.section(layout.section([piece], section=ECONOMY, settings=PAPER)),
        pages.front(layout.front([piece], {ECONOMY.slug: [piece]}, settings=PAPER)),
    ):
        assert page.count(b"<script") == 1, "what it says to machines, and no script"
        assert b"<a onclick" not in page


@pytest.mark.parametrize("rights", [Rights.FULL, Rights.EXCERPT, Rights.LINK])
def test_who_cites_is_quoted_where_its_source_may_be(rights: Rights) -> None:
    citing = a_piece(2, rights=rights, language="de")
    said = Citation(
        citing=citing.article.id, cited=a_piece().article.id, at=citing.article.published,
        excerpt="So says Article 1.",
    )  # fmt: skip
    piece = replace(
        a_piece(), cited=((said, citing), (replace(said, own="site"), citing)), citations=1
    )
    page = layout.article(piece, more=(), settings=PAPER)
    assert page.citations == 1
    (comment,), (own,) = page.cited_by, page.own_citations
    assert comment == own
    assert comment.quotation == ("" if rights is Rights.LINK else "So says Article 1.")
    assert (comment.title, comment.href, comment.language) == (
        "Article 2", f"{BASE}{citing.article.path}", "de",
    )  # fmt: skip


def test_what_most_sources_report_leads_the_paper() -> None:
    widely = replace(a_piece(5, image=PICTURE), story=Storyline(others=(), sources=3))
    less = replace(a_piece(1, image=PICTURE), story=Storyline(others=(), sources=2))
    page = layout.front([less, a_piece(2, image=PICTURE), widely], {}, settings=PAPER)
    assert page.lead is not None
    assert page.lead.title == widely.article.title


def test_a_page_names_who_else_reports_it_and_what_came_before() -> None:
    other = replace(a_piece(2), source=a_source("b"))
    story = Storyline(others=((Reason(by_hand=True), other),), sources=2, earlier=a_piece(3))
    page = layout.article(replace(a_piece(), story=story), more=[], settings=PAPER)
    (line,) = page.also_reported
    assert (line.source, line.reason) == ("B", "one story, the editors say")
    assert line.href == BASE + other.article.path
    assert page.earlier is not None
    assert page.later is None
    printed = pages.article(page).decode()
    assert "Also reported by" in printed
    assert "Earlier:" in printed
