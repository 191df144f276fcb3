"""requests and urllib3 behind our gate: a session that cannot connect any other way.

Left to themselves they read a redirect's whole body, sleep for a server's Retry-After, keep
cookies and obey the environment's proxies; here they do none of it.
"""

import socket
import ssl
from http.client import HTTPException, LineTooLong, RemoteDisconnected
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from requests import Response, Session
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util import Retry

from feeds.errors import FetchError, Trouble
from feeds.gate import Gate, MeteredSocket

# Once more, at once, if a connection closes before a byte of the answer came: kept-alive ones
# do. Waiting and asking again for any other reason is the schedule's business.
_ONCE_MORE = Retry(
    total=1, connect=0, read=1, redirect=0, status=0, other=0, respect_retry_after_header=False
)
_HOSTS_KEPT_OPEN = 10


class MeteredTLSSocket(MeteredSocket, ssl.SSLSocket):
    """The same over TLS; the handshake, before the gate is set, has the socket's own timeout."""


class _Connection(HTTPConnection):
    gate: Gate

    def _new_conn(self) -> socket.socket:
        return self.gate.connect(self._dns_host, self.port)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 itself does
        try:
            return super().getresponse()
        except RemoteDisconnected:
            raise  # the one case for `_ONCE_MORE`
        except (HTTPException, HTTPError) as error:
            raise FetchError(
                f"the server does not speak HTTP: {_http_fault(error)}", trouble=Trouble.BROKEN
            ) from error


class _TLSConnection(_Connection, HTTPSConnection):
    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            problem = error.verify_message.rstrip(".")
            raise _unsafe(f"the server's certificate cannot be trusted: {problem}") from error
        except ssl.SSLError as error:
            reason = (error.reason or "it broke off").lower().replace("_", " ")
            raise _unsafe(f"the TLS handshake failed: {reason}") from error
        except TimeoutError as error:
            raise _unsafe("the server is too slow with the TLS handshake") from error
        except OSError as error:
            raise _unsafe("the server broke off the TLS handshake") from error
        if isinstance(self.sock, MeteredTLSSocket):
            self.sock.gate = self.gate


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection
    gate: Gate

    def _new_conn(self) -> _Connection:
        connection = super()._new_conn()
        if not isinstance(connection, _Connection):
            raise TypeError(f"{connection!r} would go round the gate")
        connection.gate = self.gate
        return connection


class _TLSPool(_Pool, HTTPSConnectionPool):  # type: ignore[misc] # ours is the narrower kind
    ConnectionCls = _TLSConnection


class _Adapter(HTTPAdapter):
    def __init__(self, gate: Gate, tls: ssl.SSLContext) -> None:
        self._gate = gate
        self._tls = tls
        super().__init__(pool_connections=_HOSTS_KEPT_OPEN, pool_maxsize=1, max_retries=_ONCE_MORE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> _Pool:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        if not isinstance(pool, _Pool):
            raise TypeError(f"{pool!r} would go round the gate")
        pool.gate = self._gate
        return pool

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Leave the pool alone: whom to trust is in our one context, read from disk only once."""


class GuardedSession(Session):
    """A session for one thread, all of whose connections go through `gate`."""

    def __init__(self, gate: Gate, tls: ssl.SSLContext) -> None:
        super().__init__()
        self.trust_env = False  # no proxy, password or certificate from the environment
        self.headers.clear()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.adapters.clear()
        self.mount("http://", _Adapter(gate, tls))
        self.mount("https://", _Adapter(gate, tls))

    def get_redirect_target(self, resp: Response) -> str | None:  # noqa: ARG002
        """Return None: asked for a target, requests would read the redirect's whole body."""
        return None


def guarded_tls(context: ssl.SSLContext | None = None) -> ssl.SSLContext:
    """Return `context`, by default one that trusts the usual authorities, with our sockets."""
    context = context or ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.sslsocket_class = MeteredTLSSocket
    return context


def _unsafe(problem: str) -> FetchError:
    return FetchError(problem, trouble=Trouble.TLS)


def _http_fault(error: HTTPException | HTTPError) -> str:
    """Return what is wrong without a word of the server's own, which may be anything."""
    if isinstance(error, LineTooLong) or str(error).startswith("got more than"):
        return "its headers are endless"
    if isinstance(error, HTTPError):
        return "its headers contradict each other"
    return "its answer does not begin with a status"
