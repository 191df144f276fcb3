"""Addresses: made absolute before anything else sees them, and compared by what they mean."""

import re
from functools import lru_cache
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

from feeds.tracking import direct, is_tracking, untracked

LONGEST = 4096  # characters; beyond it no server we know answers

# The WHATWG URL standard drops tabs and newlines anywhere; the other controls never belong.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\ufeff]")
_UNSAFE = re.compile(r'[\s"<>\\^`{|}\ud800-\udfff]')
_HOST = re.compile(r"[^\s\"%<>\\^`{|}\[\]]+")
_BARE_HOST = re.compile(r"www\.[\w-]+\.\w", re.ASCII | re.IGNORECASE)
# What needs no work: most permalinks, and most addresses at all.
_CANONICAL = re.compile(
    r"https?://[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8}/(?!\.)(?:[\w~.-]++|/(?!\.))*+", re.ASCII
)
_PAIR_ASIDE = re.compile(r"(.*)\?([\w~.-]+)=([\w~.-]*)", re.ASCII)  # a query of one parameter
_PLAIN = re.compile(
    r"https?://[A-Za-z0-9_-]{1,63}(?:\.[A-Za-z0-9_-]{1,63}){0,8}/[\w/.~%+,=&:!*()-]*"
    r"(?:\?[\w/.~%+,=&:!*()-]+)?",
    re.ASCII,
)
_DEFAULT_PORTS = {"http": 80, "https": 443}
# Names that only count readers on some hosts and mean something on others: they do not tell two
# permalinks of one source apart, but an address that is shown keeps them.
_IDLE = re.compile(
    r"pk_\w+|ocid|ftag|partner|smid|spm|feature",
    re.IGNORECASE,
)


def resolve(href: str, *, base_url: str) -> str | None:
    """Return the absolute http or https address `href` stands for, or None (RFC 3986, 5).

    Control characters and outer white space go, characters no address may hold are
    percent-encoded; anything else stays as written. A bare "www.example.org/x" is what people
    write who mean http.
    """
    if len(href) <= LONGEST and _PLAIN.fullmatch(href):
        return href
    cleaned = _CONTROLS.sub("", href).strip()
    if not cleaned or len(cleaned) > LONGEST:
        return None
    if _BARE_HOST.match(cleaned):
        cleaned = f"http://{cleaned}"
    try:
        joined = urljoin(_CONTROLS.sub("", base_url).strip(), cleaned)
        parts = urlsplit(joined)
    except ValueError:
        return None
    if not _is_web(parts) or len(joined) > LONGEST or "@" in parts.netloc:
        return None  # a name before the host is there to deceive, a password is nobody's business
    return _UNSAFE.sub(_percent, parts.scheme + joined[len(parts.scheme) :])


def resolve_page(href: str, *, base_url: str) -> str | None:
    """Return what `resolve` does, for a page: without trackers, and not by way of a redirector."""
    address = resolve(href, base_url=base_url)
    if address is None or not ("?" in address or "#" in address):
        return address
    found = resolve(direct(address), base_url="")
    return untracked(found or address)


def host_of(url: str) -> str:
    """Return whom an address leads to, in lower case and without a final dot; "" for nobody."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def place_of(url: str) -> tuple[str, int | None]:
    """Return the host and the port that an address leads to."""
    try:
        parts = urlsplit(url)
        return host_of(url), parts.port or _DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", None


@lru_cache(maxsize=20_000)  # the same pages are compared several times a turn, and in print
def canonical(url: str) -> str:
    """Return the key by which two permalinks are compared; never an address to show or to ask.

    The fragment, tracking parameters, the default port and the order of the query do not
    count; nor does the case of scheme and host (RFC 3986, 6.2.2.1).
    """
    if _CANONICAL.fullmatch(url):
        return url
    pair = _PAIR_ASIDE.fullmatch(url)
    if pair and _CANONICAL.fullmatch(pair[1]) and not _is_idle(pair[2], pair[3]):
        return url
    try:
        plain = _without_tracking(urlsplit(url.strip()))
        return str(canonicalize_url(urlunsplit(plain), keep_fragments=False))
    except (ValueError, UnicodeError):
        return url.strip()


def is_beneath(base: str, address: str) -> bool:
    """Say whether `address` lies beneath `base`, be it by http or https."""
    ours, theirs = urlsplit(base), urlsplit(address)
    is_same_host = (_machine(ours), ours.port) == (_machine(theirs), theirs.port)
    return is_same_host and f"{theirs.path}/".startswith(ours.path)


def _machine(address: SplitResult) -> str | None:
    """Return an address's host; this machine has several names for itself."""
    return "localhost" if address.hostname in {"127.0.0.1", "::1"} else address.hostname


def _is_web(parts: SplitResult) -> bool:
    if parts.scheme not in _DEFAULT_PORTS or not _HOST.fullmatch(parts.hostname or ""):
        return False
    try:
        return parts.port is None or parts.port >= 0
    except ValueError:
        return False


def _without_tracking(parts: SplitResult) -> SplitResult:
    host = parts.netloc.rpartition("@")[2].lower().rstrip(".")
    if parts.port is not None and parts.port == _DEFAULT_PORTS.get(parts.scheme):
        host = host.rpartition(":")[0]
    query = [
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
        if not _is_idle(name, value)
    ]
    return parts._replace(netloc=host, query=urlencode(query), fragment="", path=parts.path or "/")


def _is_idle(name: str, value: str) -> bool:
    return _IDLE.fullmatch(name) is not None or is_tracking(name, value)


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
