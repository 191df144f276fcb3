"""Addresses made absolute, and compared."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.urls import canonical, resolve

BASE = "https://here.example/news/feed.xml"


@pytest.mark.parametrize(
    ("href", "absolute"),
    [
        ("https://a.example/x", "https://a.example/x"),
        ("  https://a.example/x\n", "https://a.example/x"),
        ("https://a.exa\nmple/\tx", "https://a.example/x"),
        ("/x", "https://here.example/x"),
        ("x", "https://here.example/news/x"),
        ("../x", "https://here.example/x"),
        ("//a.example/x", "https://a.example/x"),
        ("?a=1", "https://here.example/news/feed.xml?a=1"),
        ("HTTP://A.example/X", "http://A.example/X"),
        ("https://a.example/x y?q=a b#c d", "https://a.example/x%20y?q=a%20b#c%20d"),
        ('https://a.example/"><script>', "https://a.example/%22%3E%3Cscript%3E"),
        ("https://a.example/ü?utm_source=x", "https://a.example/ü?utm_source=x"),
        ("www.a.example/x", "http://www.a.example/x"),
    ],
)
def test_an_address_becomes_absolute_and_keeps_its_meaning(href: str, absolute: str) -> None:
    assert resolve(href, base_url=BASE) == absolute


@pytest.mark.parametrize(
    "href",
    [
        "",
        " ",
        "javascript:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "mailto:a@b.example",
        "feed:https://a.example/",
        "file:///etc/passwd",
        "http://",
        "http:///x",
        "http://[::1",
        "http://a.example:99999/",
        "https://a.example/" + "x" * 5000,
    ],
)
def test_what_is_no_web_address_is_none(href: str) -> None:
    assert resolve(href, base_url=BASE) is None


def test_a_relative_address_without_a_base_is_none() -> None:
    assert resolve("/x", base_url="") is None
    assert resolve("/x", base_url="file:///tmp/") is None


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://A.Example/x", "https://a.example/x"),
        ("https://a.example:443/x", "https://a.example/x"),
        ("http://a.example:80/x", "http://a.example/x"),
        ("https://a.example/x#top", "https://a.example/x"),
        ("https://a.example/x?utm_source=rss&utm_medium=feed", "https://a.example/x"),
        ("https://a.example/x?id=1&fbclid=zzz", "https://a.example/x?id=1"),
        ("https://a.example/x?b=2&a=1", "https://a.example/x?a=1&b=2"),
        ("https://a.example", "https://a.example/"),
    ],
)
def test_two_spellings_of_one_permalink_have_one_key(one: str, other: str) -> None:
    assert canonical(one) == canonical(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.example/x", "https://a.example/y"),
        ("https://a.example/x", "https://a.example/X"),
        ("https://a.example/x?id=1", "https://a.example/x?id=2"),
        ("https://a.example/x", "https://b.example/x"),
        ("https://a.example:8443/x", "https://a.example/x"),
    ],
)
def test_two_articles_have_two_keys(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@given(st.text(max_size=60), st.sampled_from([BASE, "", "https://[", "ftp://x/"]))
def test_any_address_is_a_web_address_or_none(href: str, base: str) -> None:
    absolute = resolve(href, base_url=base)
    assert absolute is None or absolute.startswith(("http://", "https://"))
    assert absolute is None or resolve(absolute, base_url="") == absolute


@given(
    st.from_regex(
        r"https?://[a-z0-9.-]{1,9}(:\d{1,5})?(/[\w?#%=&;:@./()'*!$+,~-]{0,20})?", fullmatch=True
    )
)
def test_a_plain_address_is_what_it_would_be_the_long_way(href: str) -> None:
    long_way = resolve(f"\t{href}", base_url="https://here.example/")
    assert resolve(href, base_url="https://here.example/") == long_way


@given(st.text(max_size=40) | st.from_regex(r"https?://[a-z]{1,5}(:\d{1,5})?/[\w?&=%#/.]{0,20}"))
def test_a_key_is_its_own_key(url: str) -> None:
    assert canonical(canonical(url)) == canonical(url)


@given(
    st.from_regex(
        r"https://[a-z]{1,5}\.example/[a-z.]{0,3}\?(p|id|utm_source|ref|feature)=[\w~.%+-]{0,4}",
        fullmatch=True,
    )
)
def test_an_address_with_one_parameter_keeps_the_key_it_has_the_long_way(url: str) -> None:
    assert canonical(url) == canonical(f"{url}#part")


ADDRESSES = st.from_regex(
    r"https?://[a-zA-Z0-9_-]{1,5}(\.[a-z0-9-]{1,5}){0,3}/[a-zA-Z0-9/._~%+,=&:!*()?;#@-]{0,12}",
    fullmatch=True,
)


@given(ADDRESSES, st.sampled_from([BASE, "", "http://other.example"]))
def test_what_needs_no_work_comes_out_as_all_the_work_would_leave_it(url: str, base: str) -> None:
    assert resolve(url, base_url=base) == resolve(f" {url}", base_url=base)
    if "#" not in url:
        assert canonical(url) == canonical(f"{url}#part")
