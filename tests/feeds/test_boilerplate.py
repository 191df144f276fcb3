# ruff: noqa: RUF001 -- words of other languages, in their own alphabets
"""Links to other articles are kept apart from the article, in the languages papers are read in."""

import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds import boilerplate, phrases
from feeds.boilerplate import marked, own_words
from feeds.errors import SourceError
from feeds.excerpts import excerpt
from feeds.markup import own_text, plain, sanitise
from feeds.model import Text, TextKind
from feeds.parse import parse

BASE = "https://paper.example/2026/"
LIST = '<ul><li><a href="/1">One headline</a></li><li><a href="/2">Another headline</a></li></ul>'
STORY = "<p>The council voted on the ferry.</p>"


def own(html: str) -> str:
    return own_text(sanitise(html, base_url=BASE))


@pytest.mark.parametrize(
    "heading",
    [
        *("Related posts:", "RELATED ARTICLES", "See also", "Read more:", "You may also like"),
        *("Further reading", "More on this story", "More from Security &amp; Defence", "Read next"),
        *("À lire aussi", "Lire aussi :", "Sur le même sujet", "Articles similaires", "Voir aussi"),
        *("Lesen Sie auch:", "Mehr zum Thema", "Ähnliche Beiträge", "Siehe auch", "Zum Thema"),
        *("Artículos relacionados", "Te puede interesar", "Lea también", "Ver también"),
        *("Leia também", "Notícias relacionadas", "Leggi anche", "Articoli correlati"),
        *("Lees ook:", "Gerelateerde artikelen", "Czytaj też:", "Zobacz także", "Läs också:"),
        *("Читайте также:", "По теме", "Похожие записи", "Читайте також:", "За темою"),
        *("Oxucuların seçimi", "Həmçinin oxuyun:", "Oxşar xəbərlər", "İlgili haberler"),
        *("Citește și:", "Vezi și", "Související články", "Čítajte aj", "Kapcsolódó cikkek"),
        *("Læs også", "Les også:", "Lue myös", "Διαβάστε επίσης:", "Прочетете още"),
        *("اقرأ أيضا", "מאמרים קשורים", "関連記事", "相关文章", "관련기사", "Xem thêm"),
        *("» Related stories «", "→ See also:", "ასევე წაიკითხეთ", "Կարդացեք նաև"),
    ],
)
def test_a_list_of_links_under_such_a_heading_is_not_the_article(heading: str) -> None:
    for html in (
        f"{STORY}<h3>{heading}</h3>{LIST}",
        f"{STORY}<p><strong>{heading}</strong></p>\n{LIST}",
        f"{STORY}<div><b>{heading}</b><br>{LIST}</div>",
        f"{STORY}<p>{heading} <a href='/1'>One headline</a></p>",
        f"{STORY}<p><em>{heading}</em><a href='/1'>One</a>, <a href='/2'>Another headline</a></p>",
        f"{STORY}<h4>{heading}</h4><p><a href='/1'>One</a></p><p><a href='/2'>Another</a></p>",
    ):
        clean = sanitise(html, base_url=BASE)
        assert "One" in plain(clean), "readers keep it"
        assert own_text(clean) == "The council voted on the ferry."


@pytest.mark.parametrize(
    "block",
    [
        '<div class="yarpp yarpp-related"><ol><li><a href="/1">One</a> It began</li></ol></div>',
        "<div id='jp-relatedposts' class='jp-relatedposts'><h3>Hm</h3><div><p>One</p></div></div>",
        '<h6 class="zemanta-related-title">Z</h6><ul class="zemanta-related"><li>One</li></ul>',
        '<div id="linkwithin_div"><a href="/1"><img src="/1.jpg">One</a></div>',
        "<div class=wumii-hook><p>One</p></div>",
        '<p class="read-also">One</p>',
        "<aside>A box beside the text</aside>",
        "<section class='x related-articles'><div><div>One</div></div><div>Two</div></section>",
        '<p><span style="color: red">Related: </span><a href="/1">One headline</a></p>',
        '<p><strong><a href="/1">READ MORE: One headline</a></strong></p>',
        '<p>The post <a href="/1">One</a> appeared first on <a href="/">The Gazette</a>.</p>',
        '<p>Der Beitrag <a href="/1">Eins</a> erschien zuerst auf <a href="/">Blatt</a>.</p>',
        '<p>L’article <a href="/1">Un</a> est apparu en premier sur <a href="/">Journal</a>.</p>',
        '<p>Artykuł <a href="/1">Jeden</a> pochodzi z serwisu <a href="/">Gazeta</a>.</p>',
        '<p><a href="/1">Continue reading <span>One</span> →</a></p>',
        '<p>Filed under: <a href="/t">Ferries</a>, <a href="/u">Votes</a></p>',
    ],
)
def test_what_programs_add_is_not_the_article(block: str) -> None:
    assert own(STORY + block) == "The council voted on the ferry."


@pytest.mark.parametrize(
    "html",
    [
        "<p>Related: the ferry, once more.</p>",
        '<p>See also <a href="/1">the vote of 2019</a>, which the council lost by one voice.</p>',
        "<h2>Further reading</h2><p>I wrote this before I knew the harbour.</p>",
        f"<p>The candidates are:</p>{LIST}",
        f"<h3>What the council decided</h3>{LIST}",
        '<p><a href="/1">The ferry: a history</a></p><p>It began in 1926.</p>',
        '<p>Read more <a href="/1">poetry</a>, she said.</p>',
        "<p>The post appeared first on the beach.</p><p>Then it was gone.</p><p>a</p><p>b</p>",
        '<h3>Related</h3><ul><li>A paragraph that says what <a href="/1">this</a> is</li></ul>',
        '<div id="content" class="related">'
        + "<p>All there is of the article.</p>" * 80
        + "</div>",
    ],
)
def test_an_article_that_only_sounds_like_it_is_kept_whole(html: str) -> None:
    assert own(html) == plain(sanitise(html, base_url=BASE))


def test_the_way_to_the_rest_of_the_article_is_no_part_of_its_words() -> None:
    assert own('<p>The council voted [...] <a href="/1">Read more</a></p>') == (
        "The council voted [...]"
    )
    assert own('The council voted. <a href="/1"><b>Читать далее</b> →</a>') == "The council voted."
    assert own('<p>They want <a href="/1">more</a> ferries.</p>') == "They want more ferries."


def test_where_nothing_else_is_said_a_block_is_the_article() -> None:
    assert own(f"<h3>Related posts</h3>{LIST}") == "Related posts One headline Another headline"


def test_an_excerpt_leaves_out_what_hangs_on_an_article() -> None:
    html = sanitise(f"<h3>Read also</h3>{LIST}{STORY}", base_url=BASE)
    assert excerpt(Text(value=html, kind=TextKind.HTML), length=200) == (
        "The council voted on the ferry."
    )


PIECES = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<div>", "</div>", "<strong>", "</strong>", "<h3>", "</h3>", "<br>"),
            *(
                "Related:",
                "See also",
                "Read more",
                "words",
                " ",
                "<ul>",
                "<li>",
                "</ul>",
                "<aside>",
            ),
            *("</aside>", '<a href="/1">One</a>', '<a href="/2">', "</a>", "<table>", "<td>", LIST),
            *('<div class="yarpp">', '<p id="related-posts">', "The post x appeared first on y"),
            *("<blockquote>", "</blockquote>", "<b>", "<em>", "</em>", "<ol>", "</ol>"),
        ]
    ),
    max_size=14,
).map("".join)


@given(PIECES)
def test_marking_adds_asides_and_nothing_else_and_is_done_once(html: str) -> None:
    clean = sanitise(html, base_url=BASE)
    assert sanitise(clean, base_url=BASE) == clean
    assert marked(clean) == clean
    assert "<aside>" not in own_words(clean)


def test_captured_feeds_have_such_blocks_and_keep_their_articles(corpora: Path) -> None:
    found: Counter[str] = Counter()
    kept = []
    for path in sorted((corpora / "feeds").iterdir()):
        try:
            entries = parse(path.read_bytes(), base_url="https://x.example/feed").entries
        except SourceError:
            continue
        for entry in entries:
            if entry.content and "<aside>" in entry.content.value:
                found[path.name] += 1
                share = len(own_text(entry.content.value)) / max(1, len(plain(entry.content.value)))
                kept.append(share)
    assert len(found) >= 25
    assert sum(share > 0.5 for share in kept) >= 0.7 * len(kept)


def test_no_phrase_takes_longer_than_its_text() -> None:
    evil = ("<p>The post " + "appeared first on " * 5_000 + "</p>") * 3
    assert own(evil).startswith("The post")
    assert re.search(
        "<aside>", sanitise("<p>See also: <a href='/1'>x</a></p>" * 2_000, base_url=BASE)
    )


def lines(phrases_: str) -> list[str]:
    return [line for line in phrases_.split("\n") if line]


@pytest.mark.parametrize("line", lines(phrases.FIRST_ON))
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_no_look_at_a_beginning_misses_where_an_article_was_first(
    line: str, data: st.DataObject
) -> None:
    said = data.draw(st.from_regex(line.casefold(), fullmatch=True))
    for written in (said, said.upper(), f"» {said}", f"<em>{said}", said.replace(" ", "&nbsp;")):
        if boilerplate._whole(phrases.FIRST_ON).fullmatch(boilerplate._words(written)):
            assert boilerplate._may_be_first_on(f"<p>{written}</p>", 3, 3 + len(written)), written


@pytest.mark.parametrize("line", lines(phrases.RELATED))
@given(data=st.data())
@settings(max_examples=5, deadline=None)
def test_no_look_at_two_letters_misses_a_phrase(line: str, data: st.DataObject) -> None:
    said = data.draw(st.from_regex(line.casefold(), fullmatch=True))
    for written in (said, said.upper(), said.title(), f"+++ {said}"):
        words = boilerplate._words(written)
        found = boilerplate._RELATED.get(words[:2])
        is_one = found is not None and boilerplate._whole(found).fullmatch(words) is not None
        assert boilerplate._says_related(written) == is_one, written
