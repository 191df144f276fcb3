"""Citing: which links count, what they lead to, and the sentence that is quoted."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator import citing
from aggregator.citing import Candidate, addresses, cite, cited, key_of, links, mentions
from aggregator.homes import Home, Homes
from aggregator.model import ArticleId, SourceId
from feeds.markup import sanitise
from tests.aggregator.pieces import an_article
from tests.conftest import NOON

THERE = "https://b.example/2024/report"
X = "https://b.example/x"
BEFORE = "The base was closed. "
SAID = f'Its soldiers left in May, as <a href="{THERE}">the Courier</a> reported from the road.'
AFTER = " Nobody else was there."


def a_candidate(name: str, source: str, **changes: object) -> Candidate:
    plain = Candidate(
        id=ArticleId(name),
        source_id=SourceId(source),
        permalink=f"https://{source}.example/{name}",
        published=NOON,
        at_home=Home.HOST,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def excerpt(html: str) -> str:
    (key,) = links(html)
    (mention,) = mentions(html, [key])
    return mention.excerpt


def test_a_link_is_quoted_with_the_sentence_it_stands_in() -> None:
    assert (
        excerpt(f"<p>{BEFORE}{SAID}{AFTER}</p>")
        == "Its soldiers left in May, as the Courier reported from the road."
    )


@pytest.mark.parametrize(
    ("html", "quoted"),
    [
        (
            f'<p>Too short. <a href="{X}">See there</a>. But this goes on for long.</p>',
            "See there. But this goes on for long.",
        ),
        (
            f'<p>Dr. Smith of St. Ives told <a href="{X}">the U.S. paper</a> so.</p>',
            "Dr. Smith of St. Ives told the U.S. paper so.",
        ),
        (
            f'<ul><li>Words.</li><li>Report: <a href="{X}">Five &amp; more there</a></li></ul>',
            "Report: Five & more there",
        ),
        (
            f'<p>部隊は去った。詳しくは<a href="{X}">バルト通信</a>にある。基地は空だ。</p>',
            "詳しくはバルト通信にある。基地は空だ。",
        ),
        (f'<p><a href="{X}">[link]</a> [comments]</p>', ""),
    ],
)
def test_a_quotation_is_whole_sentences_and_says_something(html: str, quoted: str) -> None:
    assert excerpt(html) == quoted


def test_of_a_sentence_without_end_what_is_around_the_link_is_quoted() -> None:
    words = " ".join(["word"] * 200)
    quoted = excerpt(f"<p>{words} {SAID} {words}</p>")
    assert "as the Courier reported" in quoted
    assert quoted.startswith("… ")
    assert quoted.endswith(" …")
    assert len(quoted) <= citing.LONGEST + 4


def test_a_page_of_dots_is_quoted_in_one_look_at_it() -> None:
    """Anything but a linear walk would run into the time limit: it took most of an hour."""
    dots = "." * 400_000
    assert excerpt(f'<p>The base was closed, says <a href="{X}">the page</a>{dots}and more.</p>')


def test_a_page_linked_twice_is_cited_once_where_most_is_said() -> None:
    html = f'<p>By <a href="{THERE}">B</a></p><p>{SAID}</p><p>{SAID} Again, the same.</p>'
    (mention,) = mentions(html, links(html))
    assert mention.excerpt.startswith("Its soldiers left")
    assert "Again" not in mention.excerpt


@pytest.mark.parametrize(
    "beneath",
    [
        f'<h3>Read also</h3><ul><li><a href="{THERE}">A report</a></li></ul>',
        f'<p>Related: <a href="{THERE}">A report</a></p>',
        f'<div class="related-posts"><a href="{THERE}">A report</a></div>',
        f'<p>The post <a href="{THERE}">A report</a> appeared first on <a href="{X}">B</a>.</p>',
        f'<p><a href="{THERE}">Continue reading</a></p>',
    ],
)
def test_what_hangs_beneath_an_article_cites_nobody(beneath: str) -> None:
    html = sanitise(f"<p>It says something here.</p>{beneath}", base_url="https://a.example/")
    assert links(html) == ()


@pytest.mark.parametrize(
    "address",
    [
        "http://www.b.example/2024/report/",
        "https://b.example:443/2024/report?utm_source=a",
        "https://B.example/2024/report#part",
    ],
)
def test_a_page_is_known_by_any_spelling_of_its_address(address: str) -> None:
    assert key_of(address) == key_of(THERE)
    assert key_of(address) in addresses(an_article(permalink=THERE))


@pytest.mark.parametrize("address", ["https://b.example/", "https://b.example", "https://[b/"])
def test_a_front_page_is_no_article(address: str) -> None:
    assert key_of(address) is None


def test_an_article_is_linked_by_its_id_where_that_is_an_address() -> None:
    article = an_article(key="id:https://a.example/?p=12", permalink="https://a.example/title")
    assert key_of("http://a.example/?p=12") in addresses(article)
    assert key_of("http://a.example/?p=13") not in addresses(article)


def test_an_article_is_linked_by_where_its_site_was_before_it_moved() -> None:
    article = an_article(permalink="https://new.example/a/b")
    moved = [("old.example", "new.example")]
    assert key_of("https://www.old.example/a/b") in addresses(article, moved=moved)
    assert key_of("https://www.old.example/a/b") not in addresses(article)


def test_of_several_articles_at_one_page_the_one_that_is_at_home_is_cited() -> None:
    home = a_candidate("2", "b", published=NOON + timedelta(days=1))
    carried = a_candidate("1", "planet", at_home=Home.NOWHERE)
    assert cited(a_candidate("9", "c"), [carried, home]) == home
    assert cited(a_candidate("9", "c"), [carried]) == carried
    assert cited(a_candidate("9", "planet"), [carried, home]) == carried


def test_who_only_says_that_a_site_is_its_own_is_not_cited_for_it() -> None:
    own = Homes(feeds=["https://www.b.example/feed"])
    neighbour = Homes(feeds=["https://c.b.example/feed"])
    liar = Homes(feeds=["https://c.example/feed"], claimed="https://b.example/")
    at = [one.at("b.example") for one in (own, neighbour, liar, Homes(feeds=["file:///feed"]))]
    assert at == [Home.HOST, Home.SITE, Home.CLAIMED, Home.NOWHERE]
    theirs = a_candidate("2", "b", published=NOON + timedelta(days=1))
    for home in at[1:]:
        other = a_candidate("1", "c", at_home=home)
        assert cited(a_candidate("9", "d"), [other, theirs]) == theirs


def test_a_list_of_links_is_not_what_it_lists() -> None:
    listed = a_candidate("1", "list", at_home=Home.NOWHERE, bare=True)
    assert cited(a_candidate("9", "c"), [listed]) is None
    assert cited(a_candidate("9", "c"), [replace(listed, at_home=Home.HOST)]) is not None


def test_nobody_cites_himself_nor_a_page_where_a_crowd_is() -> None:
    one = a_candidate("1", "b")
    assert cited(one, [one, a_candidate("2", "c")]) is None
    crowd = [a_candidate(str(number), "b") for number in range(citing.CROWD + 1)]
    assert cited(a_candidate("9", "c"), crowd) is None
    assert cited(a_candidate("9", "c"), crowd[1:]) == crowd[1]


def test_one_of_one_source_or_of_one_site_is_marked_as_its_own() -> None:
    html = f"<p>{SAID}</p>"
    (key,) = links(html)
    told = []
    for other in (
        a_candidate("1", "b"),
        a_candidate("1", "c"),
        a_candidate("1", "b", permalink="https://www.c.example/x"),
        a_candidate("1", "b", permalink=""),
    ):
        (citation,) = cite(a_candidate("9", "c"), {key: other}, html)
        told.append(citation.own)
        assert citation.excerpt.startswith("Its soldiers left in May")
    assert told == ["", "source", "site", ""]


@given(
    st.lists(
        st.sampled_from(
            [
                "<p>",
                "</p>",
                "<li>",
                "<br>",
                SAID,
                BEFORE,
                "<em>",
                "</em>",
                '<a href="mailto:x@y.example">',
                "</a>",
                '<a href="https://c.example/?q=1&amp;r=2" rel="noopener">',
                "&lt;",
                "。",
                "\ue000",
                "\ue001",
                "<img src='https://x.example/i'>",
            ]
        )
    )
)
def test_whatever_is_written_each_link_that_counts_has_a_mention(parts: list[str]) -> None:
    clean = sanitise("".join(parts), base_url="https://a.example/")
    keys = links(clean)
    found = mentions(clean, keys)
    assert sorted(one.key for one in found) == sorted(keys)
    for one in found:
        assert len(one.excerpt) <= citing.LONGEST + 4
        assert not {"\ue000", "\ue001"} & set(one.excerpt)
