"""A proxy as an operator names it. Pure."""

from base64 import b64encode
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import unquote, urlsplit


class Speaks(StrEnum):
    """What a proxy speaks: HTTP (RFC 9110, 9.3.6), or SOCKS 5 (RFC 1928).

    Names are looked up by us, or with the last of them by the proxy.
    """

    HTTP = "http"
    SOCKS = "socks5"
    SOCKS_WITH_NAMES = "socks5h"


_PORTS = {Speaks.HTTP: 80, Speaks.SOCKS: 1080, Speaks.SOCKS_WITH_NAMES: 1080}
_LONGEST = 255  # octets of a name or a password, in SOCKS (RFC 1929, 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proxy:
    """Where a proxy is, what it speaks, and who we are to it."""

    speaks: Speaks
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)

    @property
    def name(self) -> str:
        """Return it as it may be shown: without name and password."""
        return f"{self.host}:{self.port}"


def read_proxy(address: str) -> Proxy:
    """Return the proxy at `address`; raise ValueError, in words that repeat none of it.

    Name and password stand before the host, percent-encoded where they need be.
    """
    try:
        parts = urlsplit(address)
        host, port = parts.hostname, parts.port
        speaks = Speaks(parts.scheme)
    except ValueError as error:
        raise ValueError(
            "a proxy is http://host:port, socks5://host:port or socks5h://host:port"
        ) from error
    if not host or port == 0 or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError("a proxy needs a host, perhaps a port, and nothing behind them")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if max(len(user.encode()), len(password.encode())) > _LONGEST:
        raise ValueError(f"a proxy's name and password have at most {_LONGEST} bytes each")
    return Proxy(
        speaks=speaks, host=host, port=port or _PORTS[speaks], user=user, password=password
    )


def basic(user: str, password: str) -> str:
    """Return a name and a password as HTTP's Basic credentials (RFC 7617, in UTF-8)."""
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
