"""Telling others something, through the same gate as every fetch: a hub, or whom a hub tells."""

import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import MappingProxyType

from requests import Request as HttpRequest
from requests import Response
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from feeds.addresses import Networks
from feeds.body import Limits
from feeds.errors import FetchError, GoneError, ThrottledError
from feeds.gate import Gate, Resolver, Routes
from feeds.guard import GuardedSession, guarded_tls
from feeds.headers import refusal
from feeds.hops import first_hop, next_hop
from feeds.secrets import redact
from feeds.tunnels import Way

_REDIRECTS = frozenset({301, 302, 307, 308})  # 303 would make a GET of it (RFC 9110, 15.4.4)
_LONGEST_REASON = 500
_LONGEST_ANSWER = 1024  # of a call, of which only a challenge is ever read


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A form to be sent; `timeout` bounds the whole exchange, redirects and all."""

    url: str
    form: tuple[tuple[str, str], ...]
    user_agent: str
    timeout: timedelta = timedelta(seconds=20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A single request to a stranger; `timeout` bounds all of it. No redirect is followed.

    Nothing of it is in an error: whoever knows a callback can call it.
    """

    url: str = field(repr=False)
    user_agent: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    body: bytes | None = field(default=None, repr=False)
    timeout: timedelta = timedelta(seconds=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """What came of a call: the status, and the beginning of the body."""

    status: int
    body: bytes


Send = Callable[[Post], None]


class _Sender:
    """What sends, each time over a connection of its own, which only leads where a fetch could."""

    def __init__(
        self,
        *,
        allow_networks: Networks = (),
        routes: Routes | None = None,
        limits: Limits | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._allowed = allow_networks
        self._routes = MappingProxyType(dict(routes or {}))
        self._limits = limits or Limits()
        self._tls = guarded_tls(tls)
        self._resolve = Resolver()

    @contextmanager
    def _session(self, timeout: timedelta) -> Iterator[GuardedSession]:
        gate = Gate(
            allowed=self._allowed, routes=self._routes, limits=self._limits, resolve=self._resolve
        )
        gate.open(timeout)
        with closing(GuardedSession(Way(gate=gate), self._tls)) as session:
            yield session

    def _sent(self, session: GuardedSession, request: HttpRequest, agent: str) -> Response:
        """Return the answer to a request, its body still to be read."""
        request.headers = {**request.headers, "User-Agent": agent, "Accept-Encoding": "identity"}
        patience = (self._limits.connect.total_seconds(), self._limits.read.total_seconds())
        try:
            prepared = session.prepare_request(request)
            return session.send(prepared, stream=True, allow_redirects=False, timeout=patience)
        except (RequestException, HTTPError, ValueError) as error:
            raise FetchError("the server closed the connection without an answer") from error


class Poster(_Sender):
    """Sends forms."""

    def __call__(self, post: Post) -> None:
        """Send the form, and again to where a redirect leads, until it is accepted with a 2xx.

        Raise FetchError, or one of its kin, with a text for the operator, when it is not.
        """
        asked = [first_hop(post.url)[0]]
        with self._session(post.timeout) as session:
            while (location := self._next(session, asked[-1], post)) is not None:
                asked.append(next_hop(asked, location, most=self._limits.redirects))

    def _next(self, session: GuardedSession, url: str, post: Post) -> str | None:
        """Return where the form is to go instead, or None when it was taken."""
        with self._sent(
            session, HttpRequest("POST", url, data=list(post.form)), post.user_agent
        ) as reply:
            if reply.status_code in _REDIRECTS:
                return reply.headers.get("Location") or ""
            if 200 <= reply.status_code < 300:
                return None
            raise _refusal(reply, secrets=tuple(_secrets(post)))


class Caller(_Sender):
    """Calls strangers."""

    def __call__(self, call: Call) -> Called:
        """Return the answer, if it is a 2xx.

        Raise FetchError, or one of its kin, with a text for the operator, when it is another.
        """
        url = first_hop(call.url)[0]
        request = HttpRequest(call.method, url, headers=dict(call.headers), data=call.body)
        with (
            self._session(call.timeout) as session,
            self._sent(session, request, call.user_agent) as reply,
        ):
            if 300 <= reply.status_code < 400:
                raise FetchError("it redirects, which is not followed", status=reply.status_code)
            if not 200 <= reply.status_code < 300:
                raise _unheard(reply)
            return Called(status=reply.status_code, body=_start(reply, _LONGEST_ANSWER))


def _secrets(post: Post) -> Iterator[str]:
    """Yield what a form says in confidence: whoever knows a callback can call it."""
    for name, value in post.form:
        if name in {"hub.callback", "hub.secret"}:
            yield from (value, value.rpartition("/")[2])


def _refusal(reply: Response, *, secrets: Collection[str]) -> FetchError:
    """Return the error for a refusal, in the server's own words where it has any (5.2)."""
    error = refusal(reply.status_code, reply.headers)
    if reply.status_code >= 500 or not reply.headers.get("Content-Type", "").startswith("text/pl"):
        return error
    try:
        said = _start(reply, _LONGEST_REASON).decode("utf-8", "replace")
    except FetchError:
        return error
    words = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return FetchError(
        f"it answers {reply.status_code}: {redact(words, secrets)}", status=reply.status_code
    )


def _unheard(reply: Response) -> FetchError:
    """Return the error for a call that was not taken, which says nothing of feeds."""
    error = refusal(reply.status_code, reply.headers)
    if isinstance(error, GoneError | ThrottledError):
        return error
    return FetchError(f"it answers {reply.status_code}", status=reply.status_code)


def _start(reply: Response, most: int) -> bytes:
    try:
        start: bytes = reply.raw.read(most, decode_content=False)
    except HTTPError as error:
        raise FetchError("the answer broke off before its end") from error
    return start
