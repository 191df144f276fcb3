"""Addresses: made absolute before anything else sees them, and compared by what they mean."""

import re
from urllib.parse import SplitResult, parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from w3lib.url import canonicalize_url

LONGEST = 4096  # characters; beyond it no server we know answers

# The WHATWG URL standard drops tabs and newlines anywhere; the other controls never belong.
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\ufeff]")
_UNSAFE = re.compile(r'[\s"<>\\^`{|}\ud800-\udfff]')
_HOST = re.compile(r"[^\s\"%<>\\^`{|}\[\]]+")
_BARE_HOST = re.compile(r"www\.[\w-]+\.\w", re.ASCII | re.IGNORECASE)
_DEFAULT_PORTS = {"http": 80, "https": 443}
_TRACKING = re.compile(
    r"(?:utm_\w+|at_(?:medium|campaign|custom\w*|format|link_\w+|ptr_\w+)|pk_\w+|mtm_\w+|hsa_\w+"
    r"|(?:fb|g|ms|tw|yc|dc|igsh|oly|rb_)clid|gclsrc|gbraid|wbraid|igshid|mc_[ce]id|_hs(?:enc|mi)"
    r"|mkt_tok|ns_(?:mchannel|source|campaign|linkname|fee)|vero_\w+|oly_(?:anon|enc)_id|s_cid"
    r"|wt_mc|wt_zmc|xtor|cmpid|ocid|ftag|partner|ncid|ref_src|ref_url|smid|spm|feature"
    r"|__twitter_impression)",
    re.IGNORECASE,
)


def resolve(href: str, *, base_url: str) -> str | None:
    """Return the absolute http or https address `href` stands for, or None (RFC 3986, 5).

    Control characters and outer white space go, characters no address may hold are
    percent-encoded; anything else stays as written. A bare "www.example.org/x" is what people
    write who mean http.
    """
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


def canonical(url: str) -> str:
    """Return the key by which two permalinks are compared; never an address to show or to ask.

    The fragment, tracking parameters, the default port and the order of the query do not
    count; nor does the case of scheme and host (RFC 3986, 6.2.2.1).
    """
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
        if not _TRACKING.fullmatch(name)
    ]
    return parts._replace(netloc=host, query=urlencode(query), fragment="", path=parts.path or "/")


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))
