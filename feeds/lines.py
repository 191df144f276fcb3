"""One thread's connections: sessions that share a gate, and nothing else."""

import ssl
from collections import OrderedDict

from requests import PreparedRequest, Response
from requests.exceptions import RequestException
from urllib3.exceptions import HTTPError

from feeds.body import Limits
from feeds.errors import FetchError, Trouble
from feeds.gate import Gate
from feeds.guard import GuardedSession
from feeds.proxies import Proxy
from feeds.trust import Contexts, Trust
from feeds.tunnels import Way

_SESSIONS_KEPT = 8


class Line:
    """One thread's gate and sessions: one for each proxy and trust, that share no connection."""

    def __init__(self, gate: Gate, contexts: Contexts, limits: Limits) -> None:
        self.gate = gate
        self._contexts = contexts
        self._sessions: OrderedDict[tuple[ssl.SSLContext, Proxy | None], GuardedSession]
        self._sessions = OrderedDict()
        self._timeout = (limits.connect.total_seconds(), limits.read.total_seconds())

    def ask(
        self, url: str, headers: dict[str, str], *, trust: Trust, proxy: Proxy | None
    ) -> Response:
        """Return the head of the answer, its body still to be read."""
        session = self._session(self._contexts(trust), proxy)
        try:
            prepared = _prepared(url, headers)
        except (RequestException, HTTPError, ValueError) as error:
            raise FetchError(
                "the address or a header cannot be sent as it is", trouble=Trouble.ADDRESS
            ) from error
        try:
            return session.send(
                prepared, stream=True, allow_redirects=False, timeout=self._timeout, proxies={}
            )
        except (RequestException, HTTPError) as error:
            raise FetchError(
                "the server closed the connection without an answer", trouble=Trouble.BROKEN
            ) from error

    def close(self) -> None:
        """Close every connection."""
        for session in list(self._sessions.values()):
            session.close()

    def _session(self, tls: ssl.SSLContext, proxy: Proxy | None) -> GuardedSession:
        key = (tls, proxy)
        if key not in self._sessions:
            self._sessions[key] = GuardedSession(Way(gate=self.gate, proxy=proxy), tls)
        self._sessions.move_to_end(key)
        while len(self._sessions) > _SESSIONS_KEPT:
            self._sessions.popitem(last=False)[1].close()
        return self._sessions[key]


def _prepared(url: str, headers: dict[str, str]) -> PreparedRequest:
    """Return what a session would prepare that has no headers, cookies or names of its own.

    It looks for them in vain each time, and for a body, which takes a quarter of asking.
    """
    prepared = PreparedRequest()
    prepared.prepare_method("GET")
    prepared.prepare_url(url, None)
    prepared.prepare_headers(headers)
    return prepared
