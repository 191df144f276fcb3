"""Getting documents: one conditional GET a fetch, politely, from friend and foe alike.

What is refused and limited here is in `feeds.gate` (addresses, time, bytes on the wire),
`feeds.hops` (redirects), `feeds.body` (unpacking) and `feeds.headers` (statuses).
"""

import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit
from urllib.request import url2pathname
from weakref import WeakSet

from requests import Response
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.exceptions import HTTPError

from feeds.addresses import Networks
from feeds.body import Limits, decode, megabytes
from feeds.errors import FetchError, TooLargeError, Trouble
from feeds.gate import Gate, Resolver, Routes, Turnstile
from feeds.guard import guarded_tls
from feeds.headers import freshness, is_delta, refusal, validator
from feeds.hops import first_hop, next_hop, same_host
from feeds.lines import Line
from feeds.proxies import Proxy
from feeds.trust import Contexts, Trust

__all__ = ["Fetched", "Fetcher", "Limits", "NotModified", "Request", "Validators"]

ACCEPT = (
    "application/atom+xml, application/rss+xml, application/rdf+xml;q=0.9, "
    "application/feed+json;q=0.9, application/xml;q=0.8, text/xml;q=0.8, */*;q=0.1"
)
_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_DELTA = 226  # IM Used: what has changed since the document of our ETag (RFC 3229)
_PAUSE = timedelta(seconds=1)
_PIECE = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave us to recognise its document by (RFC 9110, 8.8), byte for byte."""

    etag: str | None = None
    last_modified: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to ask for. `headers` are the operator's own; `timeout` bounds the whole exchange.

    They go to the host of `url` alone. `proxy` and `trust` hold for every hop.
    """

    url: str
    user_agent: str
    validators: Validators = field(default_factory=Validators)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    timeout: timedelta = timedelta(seconds=20)
    proxy: Proxy | None = None
    trust: Trust = field(default_factory=Trust)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A document, or the news in it. `url` is where it was found: the base of its addresses.

    `moved_to` is the address to ask in future, where every redirect was a permanent one;
    `max_age` is how long the server says it stays fresh; `links` are the values of its Link
    headers. What is not in it may well still exist: a server may leave out what it knows we have
    (RFC 3229, as `A-IM: feed` asks).
    """

    body: bytes
    url: str
    validators: Validators
    content_type: str = ""
    moved_to: str | None = None
    max_age: timedelta | None = None
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The document is the one we have. `validators` are the ones to send from now on."""

    validators: Validators
    moved_to: str | None = None
    max_age: timedelta | None = None


class Fetcher:
    """Fetches for the whole process, from any thread; each has connections of its own.

    Only public addresses are connected to, and those in `allow_networks`. `routes` leads a
    host (in lower case) to the address and port really connected to. `tls` says whom to trust;
    by default the authorities that come with requests. A host is left alone for `pause` before
    the next fetch, but not one that is routed or written as an address in `allow_networks`.
    """

    def __init__(
        self,
        *,
        allow_networks: Networks = (),
        routes: Routes | None = None,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
        pause: timedelta = _PAUSE,
    ) -> None:
        self._allowed = allow_networks
        self._turnstile = Turnstile(pause, allowed=allow_networks, routes=routes or {})
        self._routes = MappingProxyType(dict(routes or {}))
        self._limits = limits or Limits()
        self._contexts = Contexts(guarded_tls(tls), cafile=DEFAULT_CA_BUNDLE_PATH)
        self._resolve = Resolver()
        self._own = threading.local()
        self._lock = threading.Lock()
        self._lines: WeakSet[Line] = WeakSet()

    def __call__(self, request: Request) -> Fetched | NotModified:
        """Return the document, or that it is the one we have.

        Raise FetchError or one of its kin, with a text for the operator, for everything else:
        an answer counts only when all of it came, within all limits.
        """
        if request.url[:5].lower() == "file:":
            return _read_file(request.url, self._limits)
        line = self._line()
        with self._turnstile.through(request.url):
            line.gate.open(request.timeout)
            return self._follow(line, request)

    def pause(self, url: str) -> float:
        """Return for how many seconds the host of `url` is left alone after each fetch.

        Whoever asks before waits that long within the call.
        """
        return self._turnstile.pause(url)

    def close(self) -> None:
        """Close every connection of every thread."""
        with self._lock:
            for line in self._lines:
                line.close()

    def _line(self) -> "Line":
        line: Line | None = getattr(self._own, "line", None)
        if line is None:
            gate = Gate(
                allowed=self._allowed,
                routes=self._routes,
                limits=self._limits,
                resolve=self._resolve,
            )
            line = self._own.line = Line(gate, self._contexts, self._limits)
            with self._lock:
                self._lines.add(line)
        return line

    def _follow(self, line: "Line", request: Request) -> Fetched | NotModified:
        first, credentials = first_hop(request.url)
        asked = [first]
        permanent = True
        while True:
            headers = _headers(request, credentials, own=same_host(first, asked[-1]))
            with line.ask(asked[-1], headers, trust=request.trust, proxy=request.proxy) as reply:
                if reply.status_code not in _REDIRECTS:
                    # An address with a password in it is the operator's to change, not ours.
                    moved = permanent and len(asked) > 1 and credentials is None
                    return self._answer(reply, request, moved_to=reply.url if moved else None)
                permanent = permanent and reply.status_code in _PERMANENT
                location = reply.headers.get("Location")
            asked.append(next_hop(asked, location, most=self._limits.redirects))

    def _answer(
        self, reply: Response, request: Request, *, moved_to: str | None
    ) -> Fetched | NotModified:
        headers, old = reply.headers, request.validators
        new = Validators(
            etag=validator(headers.get("ETag")),
            last_modified=validator(headers.get("Last-Modified")),
        )
        fresh = freshness(headers)
        if reply.status_code == 304 and old != Validators():
            reply.raw.drain_conn()  # of nothing: it frees the connection for the next request
            kept = Validators(
                etag=new.etag or old.etag, last_modified=new.last_modified or old.last_modified
            )
            return NotModified(validators=kept, moved_to=moved_to, max_age=fresh)
        delta = reply.status_code == _DELTA and old.etag and is_delta(headers.get("IM"))
        if reply.status_code != 200 and not delta:
            raise refusal(reply.status_code, headers)
        return Fetched(
            body=self._body(reply),
            url=reply.url,
            validators=new,
            content_type=headers.get("Content-Type", ""),
            moved_to=moved_to,
            max_age=fresh,
            links=tuple(reply.raw.headers.getlist("Link")),
        )

    def _body(self, reply: Response) -> bytes:
        announced = reply.raw.length_remaining
        if announced is not None and announced > self._limits.wire:
            raise TooLargeError(
                f"the server announces {megabytes(announced)}; "
                f"we take {megabytes(self._limits.wire)}"
            )
        coding = reply.headers.get("Content-Encoding", "")
        body = decode(_pieces(reply), coding, limits=self._limits)
        if not body:  # never "the feed is now empty"
            raise FetchError("the server answers 200 OK but sends nothing", trouble=Trouble.BROKEN)
        return body


def _headers(request: Request, credentials: str | None, *, own: bool) -> dict[str, str]:
    """Return what to send. What the operator wrote is for the host they wrote it for.

    The validators go to every hop: after a temporary redirect they belong to its target, and
    without them each poll would fetch it whole. Should the target change, an entity tag does
    not match by chance, and a date can at worst hide a document until its next change.
    """
    headers = {"Accept": ACCEPT}
    if own:
        headers |= {"Authorization": credentials} if credentials else {}
        headers |= dict(request.headers)
    headers |= {"User-Agent": request.user_agent, "Accept-Encoding": "gzip"}
    if request.validators.etag:
        headers |= {"If-None-Match": request.validators.etag, "A-IM": "feed"}
    if request.validators.last_modified:
        headers["If-Modified-Since"] = request.validators.last_modified
    return headers


def _pieces(reply: Response) -> Iterator[bytes]:
    try:
        while piece := reply.raw.read(_PIECE, decode_content=False):
            yield piece
    except HTTPError as error:
        raise FetchError("the answer broke off before its end", trouble=Trouble.BROKEN) from error


def _read_file(url: str, limits: Limits) -> Fetched:
    """Return a document on this machine; only an operator's own address leads to one."""
    parts = urlsplit(url)
    if parts.netloc not in ("", "localhost") or not parts.path.startswith("/"):
        raise FetchError("a file address needs a whole path, such as file:///srv/feed.xml")
    path = Path(url2pathname(parts.path))
    try:
        if path.exists() and not path.is_file():  # a pipe or a device might never end
            raise FetchError(
                f"{path} is not a file but a {'folder' if path.is_dir() else 'device'}"
            )
        with path.open("rb") as file:
            body = file.read(limits.wire + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise FetchError(f"cannot read {path}: {(reason or 'no such path').lower()}") from error
    if len(body) > limits.wire:
        raise TooLargeError(f"{path} is larger than {megabytes(limits.wire)}")
    if not body:
        raise FetchError(f"{path} is empty")
    return Fetched(body=body, url=url, validators=Validators())
