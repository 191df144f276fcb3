"""Where one fetch may go: the first address, and each a redirect leads to. Pure."""

from collections.abc import Sequence
from urllib.parse import SplitResult, unquote, urldefrag, urljoin, urlsplit

from feeds.errors import BlockedError, FetchError, Trouble
from feeds.proxies import basic

LONGEST_URL = 4096
_PORTS = {"http": 80, "https": 443}
_FREE = 1024  # below are the services that IANA knows, mail and others: none of them speaks HTTP


def first_hop(url: str) -> tuple[str, str | None]:
    """Return the address to ask without its fragment, name and password, and these as Basic.

    Name and password leave the address at once (RFC 7617 makes a header of them), so that no
    message, redirect or published link can carry them on. Raise FetchError for an address we
    cannot ask.
    """
    parts = _split(urldefrag(url).url if len(url) <= LONGEST_URL else url)
    if parts.scheme not in _PORTS:
        raise _unusable(f"we fetch http, https and file addresses, not {parts.scheme or 'that'}")
    if parts.username is None:
        return parts.geturl(), None
    return _bare(parts), basic(unquote(parts.username), unquote(parts.password or ""))


def next_hop(asked: Sequence[str], location: str | None, *, most: int) -> str:
    """Return where a redirect of the last address asked leads (RFC 9110, 10.2.2).

    Raise BlockedError for a way out of http, down from https, or to a port where other services
    are, and FetchError for a circle, more than `most` redirects, or one that does not say where to.
    """
    if not location:
        raise _astray("it redirects without saying where to")
    if len(asked) > most:
        raise _astray(f"it redirects more than {most} times")
    try:  # http.client reads headers as Latin-1; addresses in the wild are UTF-8
        location = location.encode("latin-1").decode("utf-8", "replace")
        target = urldefrag(urljoin(asked[-1], location.strip(" "))).url
    except ValueError as error:
        raise _astray("it redirects to something that is no address") from error
    parts = _split(target)
    if parts.scheme not in _PORTS:
        raise BlockedError(f"it redirects to a {parts.scheme}: address; we follow only http")
    if parts.scheme == "http" and asked[-1].startswith("https:"):
        raise BlockedError("it redirects from https down to http, where anyone can change it")
    port = parts.port
    if port is not None and port < _FREE and port not in {80, 443, urlsplit(asked[0]).port}:
        raise BlockedError(f"it redirects to port {port}, where no feed is")
    hop = _bare(parts)
    if hop in asked:
        raise _astray(f"it redirects in a circle, back to {_place(parts)}")
    return hop


def same_host(first: str, hop: str) -> bool:
    """Return whether `hop` may see what was meant for `first`: one origin, or its https twin."""
    ours, theirs = urlsplit(first), urlsplit(hop)
    if ours.hostname != theirs.hostname:
        return False
    return _origin(ours) == _origin(theirs) or (_origin(ours), _origin(theirs)) == (
        ("http", 80),
        ("https", 443),
    )


def _split(url: str) -> SplitResult:
    """Return the parts of an address that every reader of it will split alike."""
    if len(url) > LONGEST_URL:
        raise _unusable(f"the address is longer than {LONGEST_URL} characters")
    if any(c < " " or c == "\x7f" for c in url):
        raise _unusable("the address has control characters in it")
    try:
        parts = urlsplit(url)
        names_host = bool(parts.hostname) and parts.port != 0 and "\\" not in parts.netloc
    except ValueError as error:
        raise _unusable("the address is not one a browser would understand") from error
    if parts.scheme in _PORTS and not names_host:
        raise _unusable("the address does not name a host we can ask")
    return parts


def _astray(problem: str) -> FetchError:
    return FetchError(problem, trouble=Trouble.REDIRECTS)


def _unusable(problem: str) -> FetchError:
    return FetchError(problem, trouble=Trouble.ADDRESS)


def _bare(parts: SplitResult) -> str:
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def _origin(parts: SplitResult) -> tuple[str, int | None]:
    return parts.scheme, parts.port or _PORTS.get(parts.scheme)


def _place(parts: SplitResult) -> str:
    """Return an address for a message: without its query, which may hold a key."""
    return f"{parts.hostname}{parts.path}"[:100]
