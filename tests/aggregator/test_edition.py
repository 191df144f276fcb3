"""Editions: how much of an article is carried, and that nothing hostile comes along."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from aggregator import layout
from aggregator.edition import Piece, Storyline, body, entry, feed, footer, permalink
from aggregator.gathering import led
from aggregator.model import Relation, Rights
from aggregator.plates import is_shown
from aggregator.story import Reason
from feeds.model import Category, Image, Link, Person, Reply, Text, TextKind, Upstream
from publisher import atom
from publisher.admission import sift
from tests.aggregator.newsrooms import BASE, ECONOMY, a_paper, a_source
from tests.aggregator.pieces import PICTURE, a_piece
from tests.conftest import NOON

PAPER = a_paper()
SOUND = Link(href="https://a.example/x.mp3", rel="enclosure", type="audio/mpeg", length=9)
HOSTILE = "\"><script>alert(1)</script><a href='javascript:alert(2)' onclick=\"alert(3)"


def leading(piece: Piece, *others: Piece) -> Piece:
    return replace(
        piece,
        related=tuple(
            (Relation(article_id=other.article.id, score=1.0, phrases=("Ghent",)), other)
            for other in others
        ),
    )


def elements(content: Text | None) -> list[html.HtmlElement]:
    assert content is not None
    return list(html.fromstring(f"<div>{content.value}</div>").iter())


# Rights


def test_link_carries_neither_text_nor_image_nor_enclosures() -> None:
    piece = a_piece(rights=Rights.LINK, image=PICTURE, enclosures=(SOUND,))
    carried = entry(piece, settings=PAPER)
    assert (carried.summary, carried.content, carried.image, carried.links) == (None,) * 3 + ((),)
    assert "says" not in repr(carried)


def test_link_carries_the_footer_alone() -> None:
    content = entry(leading(a_piece(rights=Rights.LINK, image=PICTURE), a_piece(2)), settings=PAPER)
    assert content.content is not None
    assert content.content.value.startswith('<aside class="related">')
    assert "p.jpg" not in repr(content)


def test_excerpt_carries_the_summary_image_and_enclosures_and_says_where_the_rest_is() -> None:
    piece = a_piece(rights=Rights.EXCERPT, image=PICTURE, enclosures=(SOUND,))
    carried = entry(piece, settings=PAPER)
    assert carried.summary == Text(value="What it says in short.")
    assert carried.content is not None
    assert "at length" not in carried.content.value
    assert '<a href="https://a.example/1">Continue reading at A</a>' in carried.content.value
    assert carried.image == PICTURE
    assert carried.links == (SOUND,)


def test_full_carries_the_whole_text() -> None:
    assert "at length" in body(a_piece())
    bare = body(a_piece(content=None))
    assert "What it says in short." in bare
    assert "Continue reading at A" in bare


WORDS = st.text(alphabet="abc ", min_size=30, max_size=200).map(str.strip)


@given(summary=WORDS, rest=WORDS)
def test_excerpt_never_carries_more_than_the_summary(summary: str, rest: str) -> None:
    whole = Text(value=f"<p>{summary}</p><p>ZZ{rest}ZZ</p>", kind=TextKind.HTML)
    piece = a_piece(rights=Rights.EXCERPT, summary=summary, content=whole)
    assert "ZZ" not in repr(entry(piece, settings=PAPER))


# Where it leads


def test_related_links_name_headline_and_source_and_the_footer_says_why() -> None:
    carried = entry(leading(a_piece(), a_piece(2, language="en-GB")), settings=PAPER)
    assert carried.links == (
        Link(
            rel="related", href="https://a.example/2", type="text/html",
            title="Article 2 — A", hreflang="en-GB",
        ),
    )  # fmt: skip
    assert carried.content is not None
    assert '<a href="https://a.example/2">Article 2</a> (A, 2026-06-01)' in carried.content.value
    assert "both name Ghent" in carried.content.value


def test_without_a_footer_the_links_stay() -> None:
    bare = a_paper(footer=False)
    piece = leading(a_piece(), a_piece(2))
    assert footer(piece, settings=bare) == ""
    assert len(entry(piece, settings=bare).links) == 1


def test_an_entry_says_how_many_cite_it_and_leads_to_them() -> None:
    cited = replace(a_piece(), citations=2)
    content = entry(cited, settings=PAPER).content
    assert content is not None
    href = f"{BASE}{cited.article.path}#cited-by"
    assert f'<a href="{href}">Cited by 2 articles</a>' in content.value
    assert "Cited by 1 article<" in footer(replace(cited, citations=1), settings=PAPER)
    assert "Cited by" not in footer(a_piece(), settings=PAPER)
    carried = entry(cited, settings=PAPER)
    assert carried.updated == entry(a_piece(), settings=PAPER).updated, "it is no news"
    assert carried.reply_count is None, "that is how many comments its source has"


@pytest.mark.parametrize("nowhere", ["", "javascript:alert(1)", "urn:a:1", "/relative"])
def test_an_article_without_a_page_of_its_own_gets_ours(nowhere: str) -> None:
    article = a_piece(permalink=nowhere).article
    assert permalink(article, BASE) == f"{BASE}{article.path}"


def test_an_article_never_leads_to_its_own_page_nor_twice_to_one_nor_to_another_language() -> None:
    piece = leading(
        a_piece(),
        a_piece(2, permalink="https://a.example/1?utm_source=feed#top"),
        a_piece(3),
        a_piece(4, permalink="https://a.example/3"),
        a_piece(5, language="de"),
        a_piece(6, language="en-GB"),
        a_piece(7, permalink=""),
        a_piece(8, permalink=""),
    )
    kept = [other.article.atom_id for _, other in led(piece.article, piece.related)]
    assert kept == ["urn:a:3", "urn:a:6", "urn:a:7", "urn:a:8"]


# The image


@pytest.mark.parametrize(
    "shown",
    [
        '<img src="https://a.example/p.jpg?w=1&amp;h=2">',
        '<img src="https://a.example/p.jpg?w=1&h=2">',
    ],
)
def test_an_image_the_text_shows_is_not_doubled(shown: str) -> None:
    text = Text(value=f"<p>{shown} Words.</p>", kind=TextKind.HTML)
    assert is_shown(PICTURE, text.value)
    content = entry(a_piece(image=PICTURE, content=text), settings=PAPER).content
    assert [one.tag for one in elements(content)].count("img") == 1


@pytest.mark.parametrize(
    "text", ["<p>Words.</p>", '<p>See <a href="https://a.example/p.jpg?w=1&amp;h=2">it</a>.</p>']
)
def test_an_image_the_text_does_not_show_comes_first_with_credit_and_licence(text: str) -> None:
    piece = a_piece(image=PICTURE, content=Text(value=text, kind=TextKind.HTML))
    content = entry(piece, settings=PAPER).content
    assert content is not None
    assert content.value.startswith(
        '<figure><img src="https://a.example/p.jpg?w=1&amp;h=2" alt="A quay"><figcaption>A quay · '
        'Jo Smit · <a href="https://creativecommons.org/licenses/by/4.0/">Licence</a></figcaption>'
    )


def test_rights_in_words_stand_where_there_is_no_licence_to_follow() -> None:
    image = Image(href="https://a.example/p.jpg", licence="javascript:alert(1)", rights="© Smit")
    content = body(a_piece(image=image))
    assert "<figcaption>© Smit</figcaption>" in content
    assert "javascript:" not in content


# Who and where


def test_an_entry_says_who_wrote_it_and_where_it_came_from() -> None:
    piece = replace(a_piece(), home="https://a.example/", atom_id="urn:feed:a")
    carried = entry(piece, settings=PAPER)
    assert carried.authors == (Person(name="A", uri="https://a.example/"),)
    assert carried.origin is not None
    assert carried.origin.id == "urn:feed:a"
    assert carried.origin.self_href == "https://a.example/feed"
    assert carried.origin.updated == piece.article.updated


@pytest.mark.parametrize("own", [None, "", "no address", "a b:c"])
def test_a_feed_whose_own_id_is_none_is_called_by_its_address(own: str | None) -> None:
    origin = entry(replace(a_piece(), atom_id=own), settings=PAPER).origin
    assert origin is not None
    assert origin.id == "https://a.example/feed"


def test_a_feed_on_our_own_disk_gives_its_place_away_to_nobody() -> None:
    source = a_source("a", feed="file:///home/op/exports/a.xml", rights=Rights.FULL)
    carried = entry(replace(a_piece(), source=source), settings=PAPER)
    assert "/home/op" not in repr(carried)
    assert carried.origin is not None
    assert carried.origin.id == f"{BASE}#a"


def test_what_an_older_version_let_through_is_cleaned_before_it_is_printed() -> None:
    old = '<p onclick="x()">Words<script>x()</script></p><q cite="javascript:x()">so</q>'
    piece = a_piece(content=Text(value=old, kind=TextKind.HTML))
    assert body(piece) == "<p>Words</p><q>so</q>"
    printed = layout.article(piece, more=[], settings=PAPER).body
    assert printed == Text(value="<p>Words</p><q>so</q>", kind=TextKind.HTML)


def test_an_entry_leads_where_its_source_says_it_leads_whatever_the_rights() -> None:
    comments = Link(href="https://a.example/1/comments", rel="replies", type="text/html")
    piece = a_piece(
        rights=Rights.LINK,
        links=(comments,),
        upstream=Upstream(title="The Wire", feed="https://wire.example/f"),
        in_reply_to=(Reply(ref="urn:a:0"),),
        reply_count=3,
    )
    printed = entry(piece, settings=PAPER)
    via = Link(href="https://wire.example/f", rel="via", title="The Wire")
    assert printed.links == (via, comments)
    assert (printed.in_reply_to, printed.reply_count) == ((Reply(ref="urn:a:0"),), 3)
    nameless = entry(a_piece(upstream=Upstream(title="Reuters")), settings=PAPER)
    assert nameless.links == ()


def test_sections_come_first_among_categories_and_one_that_is_no_more_not_at_all() -> None:
    piece = a_piece(categories=(Category(term="World"),))
    ours = Category(term="economy", scheme=BASE, label="Economy")
    assert entry(piece, settings=PAPER).categories == (ours, Category(term="World"))
    bare = replace(PAPER, sections=())
    assert entry(piece, settings=bare).categories == (Category(term="World"),)


def test_a_foreign_language_is_said_and_the_paper_s_own_is_not() -> None:
    assert entry(a_piece(language="de"), settings=PAPER).language == "de"
    assert entry(a_piece(), settings=PAPER).language is None


# Hostile words


def test_hostile_words_are_words() -> None:
    other = replace(a_piece(2, title=HOSTILE), source=replace(a_source("b"), name=HOSTILE))
    other = replace(
        other, article=replace(other.article, permalink='https://a.example/"onx="alert(4)')
    )
    image = Image(
        href='https://a.example/"onerror="alert(5)', description=HOSTILE, credit=HOSTILE,
        rights=HOSTILE,
    )  # fmt: skip
    for rights in Rights:
        piece = leading(a_piece(rights=rights, title=HOSTILE, summary=HOSTILE, image=image), other)
        piece = replace(piece, source=replace(piece.source, name=HOSTILE))
        for element in elements(entry(piece, settings=PAPER).content):
            assert element.tag != "script"
            assert not [name for name in element.attrib if name.startswith("on")]
            assert "javascript:" not in element.get("href", "")


ANY = st.text(max_size=30)
ADDRESSES = st.one_of(ANY, st.sampled_from(["https://a.example/x", "http://[", "http://a:b/"]))


@given(
    title=ANY, summary=ANY, name=ANY, where=ADDRESSES, author=ANY, term=ANY, language=ANY,
    rights=st.sampled_from(Rights), href=ADDRESSES,
)  # fmt: skip
def test_whatever_an_article_says_its_feed_can_be_written(
    *, title: str, summary: str, name: str, where: str, author: str, term: str, language: str,
    rights: Rights, href: str,
) -> None:  # fmt: skip
    piece = a_piece(
        rights=rights, title=title, summary=summary, permalink=where, language=language,
        authors=(Person(name=author, email=author, uri=where),),
        categories=(Category(term=term, scheme=where, label=term),),
        image=Image(href=href, credit=name, licence=where),
        enclosures=(Link(href=href, rel="enclosure", type=term),),
    )  # fmt: skip
    piece = replace(piece, source=replace(piece.source, name=name or "x"), home=href, atom_id=term)
    paper = feed([piece], settings=PAPER, section=None, feed_id="tag:x,2026:p", founded=NOON)
    sound, left_out = sift(paper)
    assert atom.render(sound).startswith(b"<?xml")
    assert bool(left_out) == (not sound.entries)
    assert sound.entries or not title.strip().isprintable() or not title.strip()


# The feed


def test_a_feed_is_as_new_as_its_newest_entry_and_an_empty_one_as_the_paper() -> None:
    pieces = [a_piece(3), a_piece(2), a_piece(4)]
    laid = feed(pieces, settings=PAPER, section=ECONOMY, feed_id="tag:x,2026:e", founded=NOON)
    assert laid.updated == pieces[1].article.updated
    assert laid.title == "The Paper: Economy"
    assert (laid.self_href, laid.home) == (f"{BASE}economy/atom.xml", f"{BASE}economy/")
    empty = feed([], settings=PAPER, section=None, feed_id="tag:x,2026:p", founded=NOON)
    assert empty.updated == NOON
    assert empty.home == BASE


# Stories


def telling(piece: Piece, *others: Piece, **beside: Piece) -> Piece:
    why = Reason(strength=0.5, nearest=((piece.article.id, 0.5),), names=("Ghent",))
    story = Storyline(others=tuple((why, one) for one in others), sources=len(others) + 1)
    return replace(piece, story=replace(story, **beside))  # type: ignore[arg-type]  # shorthand


def test_an_entry_names_who_else_reports_it_and_why_a_line_for_each() -> None:
    other = replace(a_piece(2, title="Ghent <votes>"), source=a_source("b"))
    shown = html.fromstring(footer(telling(a_piece(), other), settings=PAPER))
    assert "Also reported by" in "".join(map(str, shown.itertext()))
    (line,) = shown.iterfind(".//li")
    assert (
        "".join(map(str, line.itertext()))
        == "B: Ghent <votes> (2026-06-01)0.50 near; names Ghent too"
    )
    assert [link.get("href") for link in line.iterfind(".//a")] == ["https://a.example/2"]


def test_an_entry_leads_to_the_stories_before_and_after_its_own() -> None:
    one = telling(a_piece(), earlier=a_piece(2), later=a_piece(3))
    shown = "".join(map(str, html.fromstring(footer(one, settings=PAPER)).itertext()))
    assert "Earlier: Article 2" in shown
    assert "Later: Article 3" in shown
    assert "Also reported" not in shown


def test_a_story_that_only_the_article_s_own_source_tells_is_not_shown() -> None:
    assert footer(telling(a_piece()), settings=PAPER) == ""
