"""A player becomes a link to what it plays; nothing embedded stays."""

import pytest

from feeds.markup import plain, sanitise
from feeds.players import linked

BASE = "https://paper.example/"


def link(html: str) -> list[str]:
    clean = sanitise(html, base_url=BASE)
    assert not any(name in clean for name in ("<iframe", "<object", "<embed", "<param"))
    return [part.partition('"')[0] for part in clean.split('href="')[1:]]


@pytest.mark.parametrize(
    ("html", "page"),
    [
        (
            '<iframe src="https://www.youtube.com/embed/dQw4w9WgXcQ?rel=0&amp;start=1"></iframe>',
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            "<iframe data-src='//www.youtube-nocookie.com/embed/dQw4w9WgXcQ' width=5>x</iframe>",
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            '<object><param name="movie" value="http://www.youtube.com/v/dQw4w9WgXcQ&hl=en"></object>',
            "https://www.youtube.com/watch?v=dQw4w9WgXcQ",
        ),
        (
            '<iframe src="https://www.youtube.com/embed/videoseries?a=1&list=PL0"></iframe>',
            "https://www.youtube.com/playlist?list=PL0",
        ),
        ('<iframe src="https://player.vimeo.com/video/76?h=1"></iframe>', "https://vimeo.com/76"),
        (
            '<IFRAME SRC="https://www.dailymotion.com/embed/video/x7abc"></IFRAME>',
            "https://www.dailymotion.com/video/x7abc",
        ),
        (
            '<iframe src="https://open.spotify.com/embed/episode/4rOo"></iframe>',
            "https://open.spotify.com/episode/4rOo",
        ),
        (
            '<iframe src="https://www.facebook.com/plugins/video.php?href=https://fb.example/1&t=0">',
            "https://fb.example/1",
        ),
        (
            '<iframe src="https://archive.org/embed/ferry_1926"></iframe>',
            "https://archive.org/details/ferry_1926",
        ),
    ],
)
def test_a_player_is_a_link_to_what_it_plays(html: str, page: str) -> None:
    assert link(f"<p>before</p>{html}<p>after</p>") == [page]


@pytest.mark.parametrize(
    "html",
    [
        '<iframe src="https://ads.example/x"></iframe>',
        '<iframe src="javascript:alert(1)//www.youtube.com/embed/x"></iframe>',
        '<iframe srcdoc="<script>alert(1)</script>"></iframe>',
        '<object data="data:text/html,x"></object>',
        '<iframe src="https://www.facebook.com/plugins/like.php?href=javascript:x"></iframe>',
        '<iframe src="https://evil.example/?https://www.youtube.com/embed/x"></iframe>',
        '<embed src="https://[/">',
    ],
)
def test_any_other_is_nothing(html: str) -> None:
    assert sanitise(f"<p>a</p>{html}<p>b</p>", base_url=BASE) == "<p>a</p><p>b</p>"


def test_a_link_for_a_player_keeps_its_distance_from_words() -> None:
    html = 'See<iframe src="https://player.vimeo.com/video/76"></iframe>this'
    assert plain(sanitise(html, base_url=BASE)) == "See ▶ Vimeo this"


def test_many_unclosed_players_cost_no_more_than_their_length() -> None:
    flood = '<object data="' * 20_000
    assert linked(flood) == flood
