"""Whom a TLS connection believes: the usual authorities, an operator's own, or anybody."""

import ssl
import threading
from dataclasses import dataclass
from pathlib import Path

from feeds.errors import FetchError, Trouble

_Version = tuple[int, int]  # of a file: when it was written, and how long it is


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """What an operator says of a server's TLS.

    `ca` is a file of authorities (PEM) believed besides the usual ones. With `anybody` no
    certificate is looked at; with `old` TLS 1.0 and 1.1 are spoken where there is nothing newer.
    """

    ca: str | None = None
    anybody: bool = False
    old: bool = False


class Contexts:
    """The TLS contexts of one fetcher: `usual`, and each other kind of trust once.

    A file of authorities that has changed is read again.
    """

    def __init__(self, usual: ssl.SSLContext, *, cafile: str) -> None:
        self._usual = usual
        self._cafile = cafile
        self._lock = threading.Lock()
        self._made: dict[Trust, tuple[_Version | None, ssl.SSLContext]] = {}

    def __call__(self, trust: Trust) -> ssl.SSLContext:
        """Return the context for `trust`; raise FetchError where its file cannot be used."""
        if trust == Trust():
            return self._usual
        version = _version(trust.ca) if trust.ca else None
        with self._lock:
            made = self._made.get(trust)
            if made is None or made[0] != version:
                made = self._made[trust] = (version, self._make(trust))
            return made[1]

    def _make(self, trust: Trust) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self._cafile)
        if trust.ca:
            try:
                context.load_verify_locations(cafile=trust.ca)
            except (OSError, ValueError) as error:  # an SSLError is an OSError
                raise _unusable(f"{trust.ca} holds no certificates (PEM)") from error
        if trust.anybody:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if trust.old:
            context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
            context.set_ciphers("DEFAULT:@SECLEVEL=0")  # what they can do is weaker than we take
        context.sslsocket_class = self._usual.sslsocket_class
        return context


def _version(path: str) -> _Version:
    try:
        about = Path(path).stat()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise _unusable(f"cannot read {path}: {(reason or 'no such path').lower()}") from error
    return about.st_mtime_ns, about.st_size


def _unusable(problem: str) -> FetchError:
    return FetchError(f"http.ca: {problem}", trouble=Trouble.TLS)
