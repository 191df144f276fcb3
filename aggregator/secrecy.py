"""What of a source nobody may read: not in an error, a list or a page. Pure."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote, unquote, urlsplit

from aggregator.model import Http, Source
from aggregator.settings_kinds import ENVIRONMENT
from feeds.proxies import basic
from feeds.secrets import is_secret_name, keys_in

_REFERENCE = re.compile(ENVIRONMENT)


def variables_of(feed: str, http: Http, named: Mapping[str, str]) -> dict[str, str]:
    """Return which variables of the environment a source's own settings were filled in from.

    `named` are all that the file names. Where two have one value, both are returned: which of
    them it was makes no difference.
    """
    filled = [feed, *_texts(http)]
    return {
        name: value
        for name, value in named.items()
        if f"${{{name}}}" in feed or any(value in text for text in filled)
    }


def asked_at(address: str, source: Source) -> str:
    """Return an address with its variables filled in: never to be shown or kept."""

    def value(reference: re.Match[str]) -> str:
        return quote(source.variables.get(reference[0][2:-1], ""), safe="~")

    return _REFERENCE.sub(value, address)


def secrets_of(source: Source) -> tuple[str, ...]:
    """Return all that a source's settings say in confidence, each once."""
    return tuple(dict.fromkeys(filter(None, _secrets(source))))


def _secrets(source: Source) -> Iterator[str]:
    http = source.http
    yield from source.variables.values()
    yield from keys_in(source.feed)
    for name, value in http.headers:
        if is_secret_name(name):
            yield from (value, value.rpartition(" ")[2])
    if http.cookie:
        yield http.cookie
        yield from (each.partition("=")[2].strip() for each in http.cookie.split(";"))
    if http.auth:
        yield from _of_a_pair(http.auth.user, http.auth.password)
    if http.proxy:
        yield from _of_a_proxy(http.proxy)


def _of_a_proxy(address: str) -> Iterator[str]:
    try:
        parts = urlsplit(address)
    except ValueError:
        return
    if parts.password:
        yield parts.password
        yield from _of_a_pair(unquote(parts.username or ""), unquote(parts.password))


def _of_a_pair(user: str, password: str) -> Iterator[str]:
    """Yield a password as it is, and as HTTP sends it."""
    yield from (password, basic(user, password).rpartition(" ")[2])


def _texts(http: Http) -> Iterator[str]:
    yield from (value for _, value in http.headers)
    yield from filter(None, (http.user_agent, http.cookie, http.proxy, http.ca))
    if http.auth:
        yield from (http.auth.user, http.auth.password)
