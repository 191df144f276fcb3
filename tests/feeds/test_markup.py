"""HTML cleaned, and HTML made text."""

import re
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from feeds.characters import clean_text
from feeds.excerpts import excerpt
from feeds.markup import images, own_text, plain, plain_title, sanitise, text_of
from feeds.model import Text, TextKind

BASE = "https://paper.example/2026/"
PIECES = st.lists(
    st.sampled_from(
        [
            *("<p>", "</p>", "<b>", "</b>", "<div class=x>", "</div>", "<h1>", "</h1>", "<td>"),
            *("<table>", "</table>", "<li>", "<ul>", "<br>", "<hr/>", "<!-- c -->", "<![CDATA["),
            *("<script>", "</script>", "<style>", "<svg>", "<math>", "<title>", "<noscript>"),
            *('<img src="a.jpg">', "<img src=x onerror=alert(1)>", '<img width="1" src="t.gif">'),
            *('<img data-src="/l.jpg" src="data:,">', "<a href='javascript:alert(1)'>", "</a>"),
            *('<a href="/x?a=1&b=2" onclick=x>', "<iframe src=x>", '<video src="v.mp4">'),
            *("&lt;script&gt;", "&amp;lt;", "&nbsp;", "<", ">", '"', "'", "&", "word", " ", "\x00"),
        ]
    )
    | st.text(max_size=6),
    max_size=14,
).map("".join)


@pytest.mark.parametrize(
    ("html", "clean"),
    [
        ("<p class=a style=b id=c onclick=d>x</p>", "<p>x</p>"),
        ("<h1>x</h1><h6>y</h6>", "<h2>x</h2><h4>y</h4>"),
        ("<p>a<script>alert(1)</script>b</p>", "<p>ab</p>"),
        ("<iframe src='https://v.example'></iframe><p>x</p>", "<p>x</p>"),
        ("<form><input name=a><p>x</p></form>", "<p>x</p>"),
        ('<img src="data:image/png;base64,AA"><p>x</p>', "<p>x</p>"),
        ('<img src="mailto:a@b.example"><p>x</p>', "<p>x</p>"),
        ('<img src="p.gif" width="1" height="1"><p>x</p>', "<p>x</p>"),
        ('<a href="/x"><img src="https://feeds.feedburner.com/~r/x/1"></a><p>x</p>', "<p>x</p>"),
        ('<img src="https://blog.example/matomo.php?rec=1"><p>x</p>', "<p>x</p>"),
        ('<img src="https://medium.com/_/stat?event=x"><p>x</p>', "<p>x</p>"),
        ('<img src="http://www.assoc-amazon.co.uk/e/ir?t=x"><p>x</p>', "<p>x</p>"),
        ("<p> &nbsp;</p><div>\n</div><p>x</p>", "<p>x</p>"),
        ('<img src="a.jpg" srcset="b 2x" alt="A">', f'<img src="{BASE}a.jpg" alt="A">'),
        ('<img src="data:," data-src="//c.example/l.jpg">', '<img src="https://c.example/l.jpg">'),
        ('<img data-lazy-src="/l.jpg">', '<img src="https://paper.example/l.jpg">'),
        (
            '<a href="mailto:a@b.example">m</a>',
            '<a href="mailto:a@b.example" rel="noopener noreferrer">m</a>',
        ),
        ('<video src="v.mp4"></video>', f'<video controls="" src="{BASE}v.mp4"></video>'),
        ("<div>a</div><div>b</div>", "<div>a</div><div>b</div>"),
        ("<p>1 < 2 & 3</p>", "<p>1 &lt; 2 &amp; 3</p>"),
        ("<p>it\x92s\x00</p>", "<p>it\u2019s</p>"),
    ],
)
def test_what_a_newspaper_prints_stays(html: str, clean: str) -> None:
    assert sanitise(html, base_url=BASE) == clean


def test_relative_addresses_without_a_base_go() -> None:
    assert "href" not in sanitise('<a href="/x">y</a>', base_url="")


def test_markup_too_deep_to_clean_becomes_its_text() -> None:
    deep = "<div>" * 50_000 + "text" + "</div>" * 50_000
    assert sanitise(deep, base_url=BASE) == "<p>text</p>"
    assert plain("<b>" * 50_000 + "text") == "text"


@pytest.mark.parametrize("unit", ["<b></i>x", "</div><ul>x", "<b></i>"])
def test_ends_of_nothing_do_not_make_what_is_deep_look_flat(unit: str) -> None:
    clean = sanitise(unit * 5_000, base_url=BASE)
    assert clean == f"<p>{' '.join('x' * unit.count('x') * 5_000)}</p>"


def test_what_is_left_open_does_not_multiply_what_follows() -> None:
    """Each block begins anew all that was left open in those before it (HTML, 13.2.4.3)."""
    left_open = "".join(f"<p><b id={number}>x</p>" for number in range(350))
    assert sanitise(left_open, base_url=BASE) == f"<p>{' '.join('x' * 350)}</p>"
    few = "".join(f"<p><b id={number}>x</p>" for number in range(10))
    assert sanitise(few, base_url=BASE).count("<b>") > 10


def test_many_unclosed_paragraphs_are_not_deep() -> None:
    assert sanitise("<p>a<p>b" * 600, base_url=BASE).count("<p>") == 1200


@given(PIECES)
def test_cleaning_twice_changes_nothing(html: str) -> None:
    once = sanitise(html, base_url=BASE)
    assert sanitise(once, base_url=BASE) == once


@pytest.mark.parametrize(
    "html",
    [
        '<a href="/2"><table><ul><li><a href="/1">x</a></li></ul>',
        "<li><form><li>x</li></form>",
        "<dd><em><section><dd>x</section>",
        "<h2>a<select><option><h2>b",
        "<p><button><p>x",
        "<h1>a<unknown><h1>b",
        "<div>" * 9 + "<p>",
    ],
)
def test_what_was_taken_away_leaves_no_shape_that_will_not_last(html: str) -> None:
    once = sanitise(html, base_url=BASE)
    assert sanitise(once, base_url=BASE) == once


@given(PIECES)
def test_nothing_that_acts_survives_cleaning(html: str) -> None:
    tags = re.findall(r"<[^>]*>", sanitise(html, base_url=BASE).lower())
    for tag in tags:
        assert not re.match(r"</?(script|style|svg|math|iframe|form|title|noscript)\b", tag)
        assert not re.search(r"\son\w+\s*=|javascript:|data:|style=|class=|\sid=", tag)
        for address in re.findall(r'(?:src|href)="([^"]*)"', tag):
            assert address.startswith(("http://", "https://", "mailto:"))


@given(st.lists(st.sampled_from(["alpha", "beta", "gamma"]), min_size=1, max_size=8), st.data())
def test_words_of_different_blocks_stay_apart(words: list[str], data: st.DataObject) -> None:
    tags = data.draw(
        st.lists(
            st.sampled_from(["p", "div", "li", "h2", "blockquote", "section", "figcaption"]),
            min_size=len(words),
            max_size=len(words),
        )
    )
    html = "".join(f"<{tag}>{word}</{tag}>" for tag, word in zip(tags, words, strict=True))
    assert plain(html).split() == words


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>alpha</p><p>beta</p>", "alpha beta"),
        ("one<br>two<hr>three", "one two three"),
        ("<td>a</td><td>b</td>", "ab"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ("<b>H</b>ello <i>w</i>orld", "Hello world"),
        ("a &amp; b &lt;c&gt; &amp;lt;", "a & b <c> &lt;"),
        ("<style>p{}</style>x<script>y</script>", "x"),
        ("no markup &eacute;", "no markup é"),
    ],
)
def test_html_reads_as_text(html: str, text: str) -> None:
    assert plain(html) == text


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Fish &amp; chips", "Fish & chips"),
        ("a <em>b</em> c", "a b c"),
        ("List<T> &amp; Map<K>", "List<T> & Map<K>"),
        ("a < b > c", "a < b > c"),
        ("AT&T; done", "AT&T; done"),
        ("AT&amp;amp;T", "AT&amp;T"),
        ("It&amp;#8217;s &amp;quot;so&amp;quot;", 'It\u2019s "so"'),
        ("The &lt;title&gt; element", "The <title> element"),
        ("How to use <script> tags", "How to use <script> tags"),
        ("<b>How</b> to use <script> tags", "How to use <script> tags"),
        ("Safe<script>stolen()</script> words", "Safe words"),
        ("caf&eacute; &#8211; <i>now</i>", "caf\u00e9 \u2013 now"),
    ],
)
def test_a_title_of_unknown_kind_is_read_as_it_was_meant(text: str, title: str) -> None:
    assert plain_title(text) == title


def test_an_excerpt_ends_with_a_sentence_or_a_word() -> None:
    text = Text(value="<p>One two three. Four five six seven</p>", kind=TextKind.HTML)
    assert excerpt(text, length=100) == "One two three. Four five six seven"
    assert excerpt(text, length=20) == "One two three."
    assert excerpt(text, length=32) == "One two three. Four five six…"
    assert excerpt(Text(value="a < b"), length=10) == "a < b"
    assert excerpt(Text(value="unbreakable"), length=5) == "unbr…"
    assert excerpt(Text(value="x y"), length=0) == ""


@given(st.text(max_size=200), st.integers(0, 120), st.sampled_from(TextKind))
def test_an_excerpt_is_never_longer_than_asked(text: str, length: int, kind: TextKind) -> None:
    assert len(excerpt(Text(value=text, kind=kind), length=length)) <= length


@given(st.text())
def test_clean_text_is_fit_for_xml_and_stays_as_it_is(text: str) -> None:
    clean = clean_text(text)
    assert clean == clean_text(clean)
    assert unicodedata.is_normalized("NFC", clean)
    assert not re.search(
        "[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]", clean
    )


def test_the_images_of_clean_html_are_found() -> None:
    clean = sanitise(
        '<p><img src="a.jpg?x=1&amp;y=2" alt="A &quot;b&quot; > c"></p>', base_url=BASE
    )
    assert images(clean) == [{"src": f"{BASE}a.jpg?x=1&y=2", "alt": 'A "b" > c'}]


PIECES = st.sampled_from(
    (
        *("<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<a href='/x?a=1&b=2'>", "</a>", "<br>"),
        *("<ul>", "<li>", "</li>", "</ul>", "<table>", "<tr>", "<td>", "</td>", "</table>", "<hr>"),
        *(
            "<img src=/i alt='a > b \"c\"'>",
            "<h1>",
            "</h1>",
            "<pre>",
            "</pre>",
            "<script>",
            "a",
            " ",
        ),
        *("&lt;p&gt;", "&amp;", "&nbsp;", "<", ">", "word", "\u00e9", "\n", "<aside>", "</aside>"),
        *("<svg>", "</svg>", "<button>", "</button>", "<q>", "</q>", "<figure>", "</figure>"),
    )
)


@given(st.lists(PIECES, max_size=20).map("".join))
@settings(max_examples=300, deadline=None)
def test_the_text_of_clean_markup_is_what_a_parser_makes_of_it(html: str) -> None:
    clean = sanitise(html, base_url="https://a.example/")
    assert text_of(clean) == plain(clean)


LONG = st.lists(
    st.sampled_from(
        [
            *("<p>The ferry left.</p>", "<b>late</b> ", "&amp;c. ", "<br>", "<img src='/i.png'>"),
            *("<p>e\u0301\u0301\u0301\u0301\u0301\u0301</p>", "<i>e</i>\u0301", "  ", "Zoë "),
            '<p><a href="/more">Continue reading</a></p>',
            "<h3>Related posts</h3><ul><li><a href='/1'>One</a></li><li><a href='/2'>Two</a></ul>",
            '<div class="related-posts"><div>Other news</div></div>',
            *("<p>" + "Words of many a kind. " * 20 + "</p>", '<a title="a < b" href="/x">x</a>'),
        ]
    ),
    max_size=60,
)


@given(LONG, st.integers(1, 400))
@settings(deadline=None)
def test_an_excerpt_of_a_beginning_is_that_of_the_whole(pieces: list[str], length: int) -> None:
    clean = sanitise("".join(pieces), base_url="https://a.example/")
    whole = Text(value=own_text(clean))
    assert excerpt(Text(value=clean, kind=TextKind.HTML), length=length) == excerpt(
        whole, length=length
    )
