"""Telling a hub something: one form, posted through the same gate as every fetch."""

import ssl
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from requests import Request as HttpRequest
from requests import Response
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from feeds.addresses import Networks
from feeds.body import Limits
from feeds.errors import FetchError
from feeds.gate import Gate, Resolver, Routes
from feeds.guard import GuardedSession, guarded_tls
from feeds.headers import refusal
from feeds.hops import first_hop, next_hop
from feeds.secrets import redact
from feeds.tunnels import Way

_REDIRECTS = frozenset({301, 302, 307, 308})  # 303 would make a GET of it (RFC 9110, 15.4.4)
_LONGEST_REASON = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """A form to be sent; `timeout` bounds the whole exchange, redirects and all."""

    url: str
    form: tuple[tuple[str, str], ...]
    user_agent: str
    timeout: timedelta = timedelta(seconds=20)


Send = Callable[[Post], None]


class Poster:
    """Sends forms, each over a connection of its own, which only leads where a fetch could."""

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

    def __call__(self, post: Post) -> None:
        """Send the form, and again to where a redirect leads, until it is accepted with a 2xx.

        Raise FetchError, or one of its kin, with a text for the operator, when it is not.
        """
        gate = Gate(
            allowed=self._allowed, routes=self._routes, limits=self._limits, resolve=self._resolve
        )
        gate.open(post.timeout)
        asked = [first_hop(post.url)[0]]
        with closing(GuardedSession(Way(gate=gate), self._tls)) as session:
            while (location := self._sent(session, asked[-1], post)) is not None:
                asked.append(next_hop(asked, location, most=self._limits.redirects))

    def _sent(self, session: GuardedSession, url: str, post: Post) -> str | None:
        """Return where the form is to go instead, or None when it was taken."""
        headers = {"User-Agent": post.user_agent, "Accept-Encoding": "identity"}
        patience = (self._limits.connect.total_seconds(), self._limits.read.total_seconds())
        try:
            prepared = session.prepare_request(
                HttpRequest("POST", url, headers=headers, data=list(post.form))
            )
            reply = session.send(prepared, stream=True, allow_redirects=False, timeout=patience)
        except (RequestException, HTTPError, ValueError) as error:
            raise FetchError("the server closed the connection without an answer") from error
        with reply:
            if reply.status_code in _REDIRECTS:
                return reply.headers.get("Location") or ""
            if 200 <= reply.status_code < 300:
                return None
            raise _refusal(reply, secrets=tuple(_secrets(post)))


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
        said = reply.raw.read(_LONGEST_REASON, decode_content=False).decode("utf-8", "replace")
    except (HTTPError, FetchError):
        return error
    words = " ".join("".join(c if c.isprintable() else " " for c in said).split())
    return FetchError(
        f"it answers {reply.status_code}: {redact(words, secrets)}", status=reply.status_code
    )
