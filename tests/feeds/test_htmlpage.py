"""A page where a feed should be is told for what it is."""

import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.errors import NotAFeedError, Trouble
from feeds.htmlpage import Looks, look, not_a_feed
from feeds.parse import parse

BASE = "https://news.example/section/feed"
ADVERTISED = (
    '<link rel="alternate" type="application/rss+xml" title="News" href="/rss?a=1&amp;b=2">'
)
COMMENTS = '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
FORM = "<form><input name=user><input name=pass type='password'></form>"


def a_page(title: str, body: str = "", head: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>{title}</title>{head}</head><body>{body}</body></html>"
    )


@pytest.mark.parametrize(
    ("page", "looks"),
    [
        (a_page("Just a moment...", "<script>window._cf_chl_opt={}</script>"), Looks.CHALLENGE),
        (a_page("Attention Required! | Cloudflare"), Looks.CHALLENGE),
        (a_page("Making sure you&#39;re not a bot!"), Looks.CHALLENGE),
        (a_page("Access Denied", "see https://errors.edgesuite.net/18.2"), Looks.CHALLENGE),
        (a_page("", "Request unsuccessful. Incapsula incident ID: 1-2"), Looks.CHALLENGE),
        (a_page("Human Verification", head=ADVERTISED), Looks.CHALLENGE),
        (a_page("Log in &middot; The Ministry", FORM), Looks.LOGIN),
        (a_page("Willkommen", FORM), Looks.LOGIN),
        (a_page("Sign in", FORM, ADVERTISED), Looks.LOGIN),
        (a_page("404 Not Found"), Looks.MISSING),
        (a_page("Seite nicht gefunden - Zeitung", head=ADVERTISED), Looks.MISSING),
        (a_page("The Gazette", "<h1 class=t> Page not found</h1>"), Looks.MISSING),
        (a_page("Before you continue to Newsreel"), Looks.CONSENT),
        (a_page("gazette.example", "<p>This domain is for sale!</p>"), Looks.PARKED),
        (a_page("", '<script src="https://img.sedoparking.com/x.js">'), Looks.PARKED),
        (a_page("The Gazette", FORM, ADVERTISED), Looks.PAGE),
        (a_page("Why 404 soldiers came home"), Looks.PAGE),
        (a_page("Court denied access to the files"), Looks.PAGE),
        ("<html><p>hello", Looks.PAGE),
    ],
)
def test_a_page_looks_like_what_it_is(page: str, looks: Looks) -> None:
    assert look(page, base_url=BASE).looks is looks


def test_a_consent_wall_is_known_by_where_a_redirect_led() -> None:
    page = a_page("Newsreel")
    assert look(page, base_url="https://consent.newsreel.example/x").looks is Looks.CONSENT
    assert look(page, base_url="https://newsreel.example/x").looks is Looks.PAGE
    assert look(page, base_url="http://[::1").looks is Looks.PAGE


def test_a_page_names_its_feed_as_an_address_one_can_use() -> None:
    page = look(a_page("News", head=COMMENTS + ADVERTISED), base_url=BASE)
    assert page.feed == "https://news.example/rss?a=1&b=2"
    assert look(a_page("News", head=COMMENTS), base_url=BASE).feed is None


def test_the_error_tells_an_operator_everything() -> None:
    error = not_a_feed(a_page("Sign  in\n to read", FORM, ADVERTISED), base_url=BASE)
    assert str(error) == (
        "the document is an HTML page, not a feed; it looks like a login page; "
        'its title is "Sign in to read"; it advertises the feed https://news.example/rss?a=1&b=2'
    )
    assert (error.trouble, error.advertised) == (Trouble.LOGIN, "https://news.example/rss?a=1&b=2")
    plain = not_a_feed("<html>", base_url=BASE)
    assert str(plain) == "the document is an HTML page, not a feed"
    assert (plain.trouble, plain.advertised) == (Trouble.NOT_A_FEED, None)


@pytest.mark.parametrize(
    ("page", "trouble"),
    [
        (a_page("Before you continue"), Trouble.CONSENT),
        (a_page("x.example", "This domain is for sale"), Trouble.PARKED),
        (a_page("404 Not Found"), Trouble.NOT_A_FEED),
        (a_page("Just a moment..."), Trouble.CHALLENGE),
    ],
)
def test_a_page_is_a_trouble_of_its_own_also_from_another_process(
    page: str, trouble: Trouble
) -> None:
    error = pickle.loads(pickle.dumps(not_a_feed(page, base_url=BASE)))  # noqa: S301 (our own)
    assert error.trouble is trouble
    assert error.advertised is None


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("<title>Sign in</title><input type=password>", "looks like a login page"),
        (
            "<!-- a -- b -->\n<script>x</script><title>Just a moment...</title>",
            "only lets browsers",
        ),
        ("<center><h1>404 Not Found</h1></center>", "what is not there"),
        ("<p>nothing", "an HTML page, not a feed"),
        ("Access denied\n", 'so not a feed; it begins "Access denied"'),
        ("a\x00b", "so not a feed"),
        ("x" * 500, f'it begins "{"x" * 80}"'),
    ],
)
def test_a_page_that_begins_anywhere_is_one_all_the_same(document: str, words: str) -> None:
    with pytest.raises(NotAFeedError, match=words) as caught:
        parse(document.encode(), BASE, "text/html")
    assert str(caught.value).isprintable()


def test_a_guard_is_named_and_is_a_trouble_of_its_own() -> None:
    page = a_page("Just a moment...", "<script>window._cf_chl_opt={}</script>")
    with pytest.raises(NotAFeedError, match="only lets browsers through, by Cloudflare") as caught:
        parse(page.encode(), BASE, "text/html")
    assert caught.value.trouble is Trouble.CHALLENGE


@given(
    page=st.lists(
        st.sampled_from(
            ["<title>", "<h1>", "<input type=", "password", "404 ", "<", "not found", "é"]
        )
    ).map("".join)
)
def test_any_page_is_described(page: str) -> None:
    error = not_a_feed(page, base_url=BASE)
    assert str(error).startswith("the document is an HTML page, not a feed")
