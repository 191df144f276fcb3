"""requests and urllib3 behind our gate: a session that cannot connect any other way.

Left to themselves they read a redirect's whole body, sleep for a server's Retry-After, keep
cookies and obey the environment's proxies; here they do none of it.
"""

import socket
import ssl
from http.client import HTTPException, LineTooLong, RemoteDisconnected
from http.client import HTTPResponse as HTTPAnswer
from http.cookiejar import DefaultCookiePolicy
from typing import Any

from requests import PreparedRequest, Response, Session
from requests.adapters import HTTPAdapter
from requests.utils import DEFAULT_CA_BUNDLE_PATH
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util import Retry

from feeds.errors import FetchError, Trouble
from feeds.gate import MeteredSocket
from feeds.proxies import basic
from feeds.tunnels import Way

# Once more, at once, if a connection closes before a byte of the answer came: kept-alive ones
# do. Waiting and asking again for any other reason is the schedule's business.
_ONCE_MORE = Retry(
    total=1, connect=0, read=1, redirect=0, status=0, other=0, respect_retry_after_header=False
)
_HOSTS_KEPT_OPEN = 10

_EXPIRED, _SELF_SIGNED, _SELF_SIGNED_AUTHORITY, _NO_ISSUER, _NOT_IN_CHAIN = 10, 18, 19, 20, 21
_UNKNOWN = "; if it is their own, name a file of its authority as http.ca"
_CURES = {  # by what OpenSSL calls X509_V_ERR_…
    _EXPIRED: "; tell them, they can mend it",
    _SELF_SIGNED: _UNKNOWN,
    _SELF_SIGNED_AUTHORITY: _UNKNOWN,
    _NO_ISSUER: _UNKNOWN,
    _NOT_IN_CHAIN: _UNKNOWN,
}
_ONLY_OLD = "; if it knows only what was TLS before 2008, http.old_tls speaks that"


class MeteredTLSSocket(MeteredSocket, ssl.SSLSocket):
    """The same over TLS; the handshake, before the gate is set, has the socket's own timeout."""


class _CutHeadError(HTTPException):
    """The head of an answer ended in its midst."""


class _Head:
    """What an answer's head is read from: http.client takes its breaking off for its end (T10)."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._has_begun = False

    def readline(self, limit: int) -> bytes:
        line: bytes = self._file.readline(limit)
        if self._has_begun and not line.endswith(b"\n") and len(line) < limit:
            raise _CutHeadError
        self._has_begun = True
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


class _Answer(HTTPAnswer):
    def begin(self) -> None:
        file: Any = self.fp
        self.fp = head = _Head(file)  # type: ignore[assignment] # it reads lines, and no more is read
        try:
            super().begin()
        finally:
            if self.fp is head:  # type: ignore[comparison-overlap] # see above
                self.fp = file


class _Connection(HTTPConnection):
    response_class = _Answer
    way: Way

    def _new_conn(self) -> socket.socket:
        return self.way.connect(self._dns_host, self.port, for_tls=False)

    def getresponse(self) -> HTTPResponse:  # type: ignore[override] # as urllib3 itself does
        before = self.way.gate.received
        try:
            return super().getresponse()
        except RemoteDisconnected:
            raise  # the one case for `_ONCE_MORE`
        except ConnectionError as error:
            if self.way.gate.received == before:
                raise  # and its twin: closed with an RST
            raise _broken("the server broke off amid the head of its answer") from error
        except _CutHeadError as error:
            raise _broken("the server broke off amid the head of its answer") from error
        except (HTTPException, HTTPError) as error:
            raise _broken(f"the server does not speak HTTP: {_http_fault(error)}") from error


class _TLSConnection(_Connection, HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        return self.way.connect(self._dns_host, self.port, for_tls=True)

    def connect(self) -> None:
        try:
            super().connect()
        except ssl.SSLCertVerificationError as error:
            problem = error.verify_message.rstrip(".")
            cure = _CURES.get(error.verify_code, "")
            raise _unsafe(f"the server's certificate cannot be trusted: {problem}{cure}") from error
        except ssl.SSLError as error:
            reason = (error.reason or "it broke off").lower().replace("_", " ")
            cure = _ONLY_OLD if "protocol" in reason else ""
            raise _unsafe(f"the TLS handshake failed: {reason}{cure}") from error
        except TimeoutError as error:
            raise _unsafe("the server is too slow with the TLS handshake") from error
        except OSError as error:
            raise _unsafe("the server broke off the TLS handshake") from error
        if isinstance(self.sock, MeteredTLSSocket):
            self.sock.gate = self.way.gate


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection
    way: Way

    def _new_conn(self) -> _Connection:
        connection = super()._new_conn()
        if not isinstance(connection, _Connection):
            raise TypeError(f"{connection!r} would go round the gate")
        connection.way = self.way
        return connection


class _TLSPool(_Pool, HTTPSConnectionPool):  # type: ignore[misc] # ours is the narrower kind
    ConnectionCls = _TLSConnection

    def _validate_conn(self, conn: Any) -> None:
        """Connect; without the warning of urllib3, for an operator who wants no certificate."""
        if conn.is_closed:
            conn.connect()


class _Adapter(HTTPAdapter):
    def __init__(self, way: Way, tls: ssl.SSLContext) -> None:
        self._way = way
        self._tls = tls
        super().__init__(pool_connections=_HOSTS_KEPT_OPEN, pool_maxsize=1, max_retries=_ONCE_MORE)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs, ssl_context=self._tls)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _TLSPool}

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> _Pool:
        pool = super().get_connection_with_tls_context(*args, **kwargs)
        if not isinstance(pool, _Pool):
            raise TypeError(f"{pool!r} would go round the gate")
        pool.way = self._way
        return pool

    def request_url(self, request: PreparedRequest, proxies: Any) -> str:
        """Return what stands in the request line: for a forwarding proxy, the whole address."""
        self._way.vet(str(request.url))
        if self._way.forwards and request.url and request.url.startswith("http:"):
            return request.url
        return str(super().request_url(request, proxies))

    def add_headers(self, request: PreparedRequest, **_: Any) -> None:
        """Say who we are to a proxy that forwards; a tunnel was told when it was asked for."""
        proxy = self._way.proxy
        if proxy and proxy.user and self._way.forwards and str(request.url).startswith("http:"):
            request.headers["Proxy-Authorization"] = basic(proxy.user, proxy.password)

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Leave the pool alone: whom to trust is in our one context, read from disk only once."""


class GuardedSession(Session):
    """A session for one thread, all of whose connections are made by `way`."""

    def __init__(self, way: Way, tls: ssl.SSLContext) -> None:
        super().__init__()
        self.trust_env = False  # no proxy, password or certificate from the environment
        self.verify = tls.verify_mode is not ssl.CERT_NONE
        self.headers.clear()
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=()))
        self.adapters.clear()
        self.mount("http://", _Adapter(way, tls))
        self.mount("https://", _Adapter(way, tls))

    def get_redirect_target(self, resp: Response) -> str | None:  # noqa: ARG002
        """Return None: asked for a target, requests would read the redirect's whole body."""
        return None


def guarded_tls(context: ssl.SSLContext | None = None) -> ssl.SSLContext:
    """Return `context`, by default one that trusts the usual authorities, with our sockets."""
    context = context or ssl.create_default_context(cafile=DEFAULT_CA_BUNDLE_PATH)
    context.sslsocket_class = MeteredTLSSocket
    return context


def _broken(problem: str) -> FetchError:
    return FetchError(problem, trouble=Trouble.BROKEN)


def _unsafe(problem: str) -> FetchError:
    return FetchError(problem, trouble=Trouble.TLS)


def _http_fault(error: HTTPException | HTTPError) -> str:
    """Return what is wrong without a word of the server's own, which may be anything."""
    if isinstance(error, LineTooLong) or str(error).startswith("got more than"):
        return "its headers are endless"
    if isinstance(error, HTTPError):
        return "its headers contradict each other"
    return "its answer does not begin with a status"
