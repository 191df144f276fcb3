"""What is a secret, and that it is struck out wherever it may be written."""

from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.secrets import blank, holds_secret, is_secret_name, keys_in, redact, shown

SECRET = "Zx/9+q&Ü=~s3cret~"
NAMES = [
    "key", "KEY", "api_key", "apikey", "api-key", "x-api-key", "token", "access_token", "rss_token",
    "feedToken", "auth", "auth_key", "authkey", "password", "passwd", "pwd", "pass", "secret",
    "client_secret", "sig", "signature", "X-Amz-Signature", "X-Amz-Security-Token", "sid",
    "session", "sessionid", "PHPSESSID", "session_id", "jwt", "userkey", "private_token",
    "Authorization", "Cookie", "user[token]",
]  # fmt: skip
PLAIN = ["keyword", "monkey", "page", "id", "author", "feed", "q", "passage", "side", "category"]


@pytest.mark.parametrize("name", NAMES)
def test_a_key_is_known_by_its_name(name: str) -> None:
    assert is_secret_name(name)
    assert shown(f"https://a.example/rss?x=1&{name}=s3cret#y") == (
        f"https://a.example/rss?x=1&{name}=***#y"
    )


@pytest.mark.parametrize("name", PLAIN)
def test_other_names_hide_nothing(name: str) -> None:
    address = f"https://a.example/rss?{name}=value&b=2"
    assert shown(address) == address
    assert not holds_secret(address)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("https://me:s3cret@a.example/feed", "https://***@a.example/feed"),
        ("ftp://s3cret@a.example/", "ftp://***@a.example/"),
        ("see https://a.example/#access_token=s3cret here", None),
        ("GET /rss?token=s3cret HTTP/1.1", None),
        ("Authorization: Bearer s3cret", "Authorization: ***"),
        ("{'Authorization': 'Basic s3cret'}", None),
        ("('Cookie', 'a=s3cret; b=s3cret')", None),
    ],
)
def test_text_is_shown_without_what_is_written_out(text: str, safe: str | None) -> None:
    assert "s3cret" not in shown(text)
    assert safe in {None, shown(text)}
    assert holds_secret(text)


def test_addresses_of_people_are_no_passwords() -> None:
    for text in ("https://a.example/@me/feed", "mailto:me@a.example", "https://a.example/?to=me@b"):
        assert shown(text) == text


def test_the_name_of_a_variable_is_no_secret() -> None:
    assert shown("https://a.example/?key=${A_KEY}") == "https://a.example/?key=${A_KEY}"


def test_the_keys_in_an_address_are_found() -> None:
    assert keys_in("https://a.example/?key=one&page=2&token=three") == ("one", "three")


@pytest.mark.parametrize("write", [str, quote, quote_plus, lambda text: quote(text, safe="")])
def test_a_secret_is_struck_out_however_it_is_spelt(write: object) -> None:
    assert callable(write)
    spelt = write(SECRET)
    assert redact(f"a {spelt} b", [SECRET, "b"]) == "a *** b"
    for charset in ("utf-8", "utf-16-le", "utf-16-be"):
        document = f"<link>https://a.example/{spelt}/x</link>".encode(charset)
        assert blank(document, [SECRET]).decode(charset) == "<link>https://a.example/***/x</link>"


def test_a_secret_within_another_leaves_no_rest_of_it() -> None:
    assert redact("abcdefgh", ["abcd", "abcdefgh"]) == "***"


def test_words_an_article_may_use_are_left_in_it() -> None:
    words = ["summer", "governmental", "2026", "summer 2026"]
    assert blank(b"the governmental summer of 2026", words) == b"the governmental summer of 2026"
    assert blank(b"of 4f2a90bc and so on", ["4f2a90bc"]) == b"of *** and so on"
    assert redact("summer", ["summer"]) == "***"


@given(st.text(max_size=60), st.lists(st.text(min_size=4, max_size=12), max_size=3))
def test_no_secret_survives(text: str, secrets: list[str]) -> None:
    told = redact(f"{text}{''.join(secrets)}{text}", secrets)
    assert not [secret for secret in secrets if "*" not in secret and secret in told]


@given(st.dictionaries(st.sampled_from(PLAIN), st.text(max_size=9), max_size=4))
def test_an_address_without_keys_stays_as_it_is(query: dict[str, str]) -> None:
    written = "&".join(f"{name}={quote_plus(value)}" for name, value in query.items())
    address = f"https://a.example/rss?{written}"
    assert shown(address) == address
    assert dict(parse_qsl(urlsplit(shown(address)).query, keep_blank_values=True)) == query
