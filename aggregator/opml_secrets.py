"""Sources without the secrets that are written out in their settings, for lists. Pure."""

import re
from dataclasses import replace
from urllib.parse import unquote, urlsplit

from aggregator.model import Http, Source
from aggregator.settings_kinds import ENVIRONMENT
from feeds.secrets import is_secret_name, keys_in


def in_names(source: Source) -> tuple[Source, tuple[str, ...]]:
    """Return a source that says `${NAME}` for each secret written out, and those names.

    What is a variable already stays one. Whoever imports the list has to set the new ones.
    """
    naming = _Naming(source.id)
    feed = source.feed
    for key in keys_in(feed):
        feed = feed.replace(f"={key}", f"={naming.of(key, 'KEY')}")
    return replace(source, feed=feed, http=_http(source.http, naming)), tuple(naming.names)


def _http(http: Http, naming: "_Naming") -> Http:
    return replace(
        http,
        headers=tuple(
            (name, naming.of(value, name) if is_secret_name(name) else value)
            for name, value in http.headers
        ),
        cookie=http.cookie and naming.of(http.cookie, "COOKIE"),
        auth=http.auth and replace(http.auth, password=naming.of(http.auth.password, "PASSWORD")),
        proxy=http.proxy and _proxy(http.proxy, naming),
    )


def _proxy(address: str, naming: "_Naming") -> str:
    try:
        password = urlsplit(address).password
    except ValueError:
        return address
    if not password:
        return address
    before, _, host = address.rpartition("@")
    kept = before.removesuffix(password)
    return f"{kept}{naming.of(unquote(password), 'PROXY_PASSWORD')}@{host}"


class _Naming:
    """The names of one source's variables, in the order they were needed."""

    def __init__(self, source_id: str) -> None:
        self.names: list[str] = []
        name = re.sub("[^A-Z0-9]+", "_", source_id.upper())
        self._source = f"_{name}" if name[:1].isdigit() else name

    def of(self, value: str, what: str) -> str:
        """Return `value` if it is said by variables, else a variable for it."""
        if re.search(ENVIRONMENT, value):
            return value
        name = f"{self._source}_{re.sub('[^A-Z0-9]+', '_', what.upper())}"
        while name in self.names:
            name += "_2"
        self.names.append(name)
        return f"${{{name}}}"
