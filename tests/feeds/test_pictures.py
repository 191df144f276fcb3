"""Pictures that wait for a script have their address at once, and only those."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.markup import images, sanitise
from feeds.pictures import WIDEST, is_placeholder, shown_at_once

BASE = "https://paper.example/2026/"
GREY = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP"


def shown(html: str) -> list[str]:
    return [image["src"] for image in images(sanitise(html, base_url=BASE))]


@pytest.mark.parametrize(
    "html",
    [
        '<img src="/p.jpg">',
        f'<img src="{GREY}" data-src="/p.jpg">',
        '<img data-lazy-src="/p.jpg" src="/img/lazy.png">',
        '<img data-original="//paper.example/p.jpg" src="/s/loading.gif">',
        '<img data-orig-src="https://paper.example/p.jpg">',
        "<IMG DATA-SRC='/p.jpg' src=blank.gif>",
        '<img data-lazy="../p.jpg">',
        '<img class="lazyload" src="/spacer.gif"><noscript><img src="/p.jpg"></noscript>',
        f'<img class="lazy" src="{GREY}">\n<noscript><p><img src="/p.jpg" alt="x"></p></noscript>',
        '<img data-srcset="/s.jpg 300w, /p.jpg 1200w" src="data:,">',
        '<img srcset="/p.jpg">',
        '<img srcset="/p.jpg 2x, /q.jpg 3x">',
        '<img src="/small.jpg" srcset="/p.jpg 1024w, /huge.jpg 4000w, /t.jpg 150w">',
        '<img srcset="/p.jpg 1300w, /huge.jpg 4000w">',
        '<img src="data:," srcset="/s.jpg 300w,/p.jpg 900w">',
        '<picture><source srcset="/p.webp 1x" type="image/webp"><img src="/p.jpg"></picture>',
        '<picture><source srcset="/p.webp" type="image/webp"><source srcset="/p.jpg"></picture>',
        '<picture><source data-srcset="/p.jpg 800w"><img data-x="1" src="data:,"></picture>',
        '<amp-img src="/p.jpg" width="640"></amp-img>',
        '<img data-src="{&quot;a&quot;:1}" src="/p.jpg">',
        '<img data-src="javascript:alert(1)" src="/p.jpg">',
        '<img src="/p.jpg" data-id="7" data-width="1">',
    ],
)
def test_a_picture_is_where_its_script_would_have_put_it(html: str) -> None:
    assert shown(html) == ["https://paper.example/p.jpg"]


@pytest.mark.parametrize(
    "html",
    [
        '<img src="/img/placeholder.png">',
        f'<img src="{GREY}">',
        '<img src="/i/1x1.gif"><img src="/i/blank.gif?x">',
        '<img src="about:blank" data-src="">',
        '<noscript><img height="1" src="https://www.facebook.com/tr?id=1"></noscript>',
        "<picture><source srcset=''></picture>",
    ],
)
def test_what_stands_in_for_a_picture_is_none(html: str) -> None:
    assert shown(html) == []


@pytest.mark.parametrize(
    ("address", "counts"),
    [
        ("https://feeds.feedburner.com/~r/paper/~4/Zk", True),
        ("https://paper.example.feedsportal.com/c/1/f/2/mf.gif", True),
        ("https://ad.doubleclick.net/ddm/trackimp/N1", True),
        ("https://stats.wordpress.com/b.gif?host=paper.example", True),
        ("https://pixel.wp.com/b.gif", True),
        ("https://www.google-analytics.com/collect?v=1", True),
        ("https://vg02.met.vgwort.de/na/0a1b", True),
        ("https://medium.com/_/stat?event=post.clientViewed", True),
        ("https://www.assoc-amazon.co.uk/e/ir?t=x", True),
        ("https://stats.paper.example/matomo.php?idsite=1", True),
        ("https://paper.example/i/tracking.gif", True),
        ("https://i0.wp.com/paper.example/p.jpg", False),
        ("https://www.facebook.com/photo/p.jpg", False),
        ("https://paper.example/tracks/tracker-dog.jpg", False),
        ("https://paper.example/pixel-art.png", False),
        ("https://addresses.example/p.png", False),
    ],
)
def test_a_picture_that_counts_who_sees_it_is_none_and_any_other_is_one(
    address: str, counts: bool
) -> None:
    assert shown(f'<img src="{address}">') == ([] if counts else [address])


@pytest.mark.parametrize("sides", ['width="1" height="1"', 'height="0"', 'width="1"'])
def test_what_is_a_pixel_wide_is_no_picture(sides: str) -> None:
    assert shown(f'<img src="/p.jpg" {sides}>') == []


def test_a_picture_that_is_there_stays_beside_a_noscript_that_only_counts() -> None:
    html = '<img src="/p.jpg"><noscript><img width="1" src="/count"></noscript>'
    assert shown(html) == ["https://paper.example/p.jpg"]


def test_a_candidate_may_have_commas_in_it() -> None:
    html = '<img src="data:," srcset="/w_300,c_fill/p.jpg 300w, /w_900,c_fill/p.jpg 900w">'
    assert shown(html) == ["https://paper.example/w_900,c_fill/p.jpg"]


def test_a_picture_keeps_its_words_and_sizes() -> None:
    html = '<img data-src="/p.jpg" alt="A &quot;quay&quot;" title="T" width="640" height="480">'
    assert sanitise(html, base_url=BASE) == (
        '<img src="https://paper.example/p.jpg" alt="A &quot;quay&quot;" title="T" '
        'width="640" height="480">'
    )


@pytest.mark.parametrize(
    "name",
    [
        *("/photos/loading-dock.jpg", "/lazy-days-at-sea.jpg", "/blank-verse.png", "/empty.jpg"),
        *("/transparent-government.jpg", "/gray-whale.png", "/news/spinner-of-tales.gif"),
    ],
)
def test_a_picture_of_such_a_thing_is_a_picture(name: str) -> None:
    assert not is_placeholder(f"https://paper.example{name}")


@given(
    st.lists(
        st.tuples(st.sampled_from(["/a.jpg", "/b,c.png", "d/e.webp"]), st.integers(1, 5_000)),
        min_size=1,
        max_size=5,
    )
)
def test_the_widest_that_fits_is_taken_else_the_narrowest(found: list[tuple[str, int]]) -> None:
    srcset = ", ".join(f"{address}?{width} {width}w" for address, width in found)
    (src,) = shown(f'<img srcset="{srcset}">')
    taken = int(src.rpartition("?")[2])
    fitting = [width for _, width in found if width <= WIDEST]
    assert taken == (max(fitting) if fitting else min(width for _, width in found))


@given(
    st.lists(
        st.sampled_from(
            [
                *(
                    "<img ",
                    "src=",
                    "srcset='",
                    "a.jpg 1x,",
                    "b 300w",
                    "'",
                    '"',
                    ">",
                    "data-src=/x ",
                ),
                *(
                    "<noscript>",
                    "</noscript>",
                    "<picture>",
                    "</picture>",
                    "<source ",
                    " ",
                    ",",
                    "x",
                ),
            ]
        ),
        max_size=20,
    ).map("".join)
)
def test_any_markup_can_be_shown_at_once(html: str) -> None:
    assert isinstance(shown_at_once(html), str)
    once = sanitise(html, base_url=BASE)
    assert sanitise(once, base_url=BASE) == once


def test_many_unclosed_elements_cost_no_more_than_their_length() -> None:
    flood = "<noscript><picture><img srcset='" * 20_000
    assert shown_at_once(flood).count("<picture>") == 20_000


def test_blanks_beside_a_noscript_cost_no_more_than_their_length() -> None:
    blanks = " " * 300_000  # looked at from each of them, they took minutes
    picture = '<img src="/p.jpg"><noscript>x</noscript>'
    assert shown_at_once(f"{picture}{blanks}x") == f'<img src="/p.jpg">{blanks}x'
