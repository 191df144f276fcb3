"""What only counts readers goes; what says which article it is stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.tracking import direct, is_proxy, untracked
from feeds.urls import canonical, resolve_page

PAGE = "https://paper.example/2026/06/ferry"


@pytest.mark.parametrize(
    "query",
    [
        "?utm_source=rss&utm_medium=feed&utm_campaign=x",
        "?UTM_SOURCE=rss",
        "?fbclid=IwAR0&gclid=a.b-c&msclkid=1&yclid=2",
        "?mc_cid=1&mc_eid=[UNIQID]",
        "?at_medium=RSS&at_campaign=KARANGA",
        "?at_campaign_type=owned&at_bbc_team=editorial&at_ptr_name=x",
        "?ref=rss",
        "?partner=rss&emc=rss",
        "?partner=rssnyt&emc=rss",
        "?mod=rss_opinion_main",
        "?source=rss",
        "?from=rss2.0",
        "?cid=rss_news-home",
        "?CMP=rss-feed",
        "?xtor=RSS-3208",
        "#xtor=RSS-3208",
        "#utm_source=feed&utm_medium=rss",
        "?amp;utm_source=rss",
        "?ns_mchannel=rss&ns_source=x",
        "?srsltid=AfmB&_ga=1.2&_gl=1",
        "?guccounter=1&guce_referrer=aHR0",
    ],
)
def test_what_only_counts_readers_goes(query: str) -> None:
    assert untracked(PAGE + query) == PAGE


@pytest.mark.parametrize(
    "address",
    [
        f"{PAGE}?id=42",
        f"{PAGE}?p=1&page=2#top",
        f"{PAGE}?feed=rss2",
        f"{PAGE}?article=rss-is-back&source=reuters&from=2026-01-01&ref=a7",
        f"{PAGE}?category=atom&v=5&t=3&s=20&si=9&feature=ferry&partner=12&mod=viewthread",
        f"{PAGE}?content=utm_source&q=fbclid",
        f"{PAGE}#comment-7",
        f"{PAGE}#/app?utm=1",
        f"{PAGE}?",
        f"{PAGE}?a=1&&b=%20+;c",
        "https://news.google.com/articles/CBMi?hl=en-US&gl=US&ceid=US:en",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=42s",
    ],
)
def test_what_says_which_article_it_is_stays(address: str) -> None:
    assert untracked(address) == address


def test_the_rest_of_an_address_stays_as_it_was_written() -> None:
    assert untracked(f"{PAGE}?b=%2F&utm_source=x&a=ü#part") == f"{PAGE}?b=%2F&a=ü#part"
    assert untracked("https://youtu.be/abc?si=xyz&t=9") == "https://youtu.be/abc?t=9"
    assert (
        untracked("https://www.youtube.com/watch?v=abc&feature=youtu.be")
        == "https://www.youtube.com/watch?v=abc"
    )


@pytest.mark.parametrize(
    "by_way_of",
    [
        "https://www.google.com/url?sa=t&url=https%3A%2F%2Fpaper.example%2F2026%2F06%2Fferry&usg=1",
        "http://news.google.co.uk/news/url?q=https://paper.example/2026/06/ferry&fd=R",
        "https://l.facebook.com/l.php?u=https%3A%2F%2Fpaper.example%2F2026%2F06%2Fferry&h=A",
        "https://www.youtube.com/redirect?event=x&q=https%3A%2F%2Fpaper.example%2F2026%2F06%2Fferry",
        "https://vk.com/away.php?to=https%3A%2F%2Fpaper.example%2F2026%2F06%2Fferry",
        "https://go.redirectingat.com/?id=1&url=https%3A%2F%2Fpaper.example%2F2026%2F06%2Fferry",
        "https://out.reddit.com/t3?url=https%3A%2F%2Fpaper.example%2F2026%2F06%2Fferry%3Futm_name%3Dx",
    ],
)
def test_a_redirector_that_tells_where_it_leads_is_left_out(by_way_of: str) -> None:
    assert resolve_page(by_way_of, base_url="") == PAGE


@pytest.mark.parametrize(
    "address",
    [
        "https://www.google.com/search?q=https://paper.example/",
        "https://www.google.com/url?q=javascript:alert(1)",
        "https://www.google.com/url?sa=t",
        "https://paper.example/url?url=https://other.example/",
        "https://www.google.com.evil.example/url?url=https://other.example/",
        "https://[/url?url=https://other.example/",
    ],
)
def test_any_other_address_is_its_own(address: str) -> None:
    assert direct(address) == address


def test_where_clicks_are_counted_is_known() -> None:
    assert is_proxy("http://feedproxy.google.com/~r/paper/~3/xyz/")
    assert is_proxy("http://feeds.paper.example/~r/paper/news/~3/xyz/story.html")
    assert is_proxy("http://rss.feedsportal.com/c/1/f/2/s/3/l/0L/story01.htm")
    assert not is_proxy(PAGE)
    assert not is_proxy("https://unix.example/~rob/~r/")


ADDRESSES = st.lists(
    st.sampled_from(
        [
            *("utm_source=a", "id=1", "amp;fbclid=2", "ref=rss", "ref=b", "x", "", "%75tm_a=1"),
            *("b=%20", "c=ü", "mod=rss-x", "q=a;b", "xtor=RSS-1"),
        ]
    ),
    max_size=6,
).map(lambda parts: f"{PAGE}?{'&'.join(parts)}")


@given(ADDRESSES, st.sampled_from(["", "#", "#top", "#utm_source=x", "#utm_source=x&y"]))
def test_an_address_without_trackers_is_the_same_page_and_stays_so(query: str, end: str) -> None:
    once = untracked(query + end)
    assert untracked(once) == once
    assert canonical(once) == canonical(query + end)


@given(st.text(max_size=60))
def test_any_text_can_be_asked(text: str) -> None:
    assert untracked(untracked(text)) == untracked(text)
    assert direct(text) == text or direct(text).startswith(("http://", "https://"))
