"""The kinds of value an operator writes, each with its check in our words and its JSON Schema."""

import re
import unicodedata
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated, Any
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema

from aggregator.durations import PATTERN as INTERVAL
from aggregator.durations import parse_interval, show_interval
from aggregator.slugs import LONGEST
from aggregator.slugs import PATTERN as SLUG
from feeds.secrets import holds_secret, shown

ENVIRONMENT = r"\$\{[A-Za-z_][A-Za-z0-9_]*\}"
BUILTIN = "builtin"  # the hub that we are ourselves

_DAY = timedelta(days=1)
_PORTS = {"http": 80, "https": 443}
# RFC 5646, 2.1: a language tag, without the grandfathered ones
_LANGUAGE = re.compile(
    r"(?P<language>[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})(?:-(?P<script>[a-z]{4}))?"
    r"(?:-(?P<region>[a-z]{2}|[0-9]{3}))?(?:-(?:[a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*"
    r"(?:-[0-9a-wy-z](?:-[a-z0-9]{2,8})+)*(?:-x(?:-[a-z0-9]{1,8})+)?",
    re.IGNORECASE,
)
_LANGUAGE_SHAPE = r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
_KEYED = re.compile(r"[a-zA-Z]+://[^/?#$]+[/?]")  # what a variable may not be part of
_EMAIL = re.compile(r"[^\s@<>(),;:]+@[^\s@<>(),;:]+\.[^\s@<>(),;:]+")


class MistakeError(ValueError):
    """A value that cannot be used: `problem` and `hint` as `feeds.errors.Problem` has them."""

    def __init__(self, problem: str, hint: str = "") -> None:
        self.problem = problem
        self.hint = hint
        super().__init__(problem)


def one_line(text: str) -> str:
    """Return `text` with every run of white space made one space."""
    line = " ".join(text.split())
    if not line:
        raise MistakeError("must not be empty")
    if any(unicodedata.category(letter) in {"Cc", "Cn", "Cs"} for letter in line):
        raise MistakeError("holds a control character", "delete it")
    return line


def interval(shortest: timedelta, longest: timedelta) -> Callable[[object], timedelta]:
    """Return what reads an interval between these two, or raises MistakeError."""

    def checked(value: object) -> timedelta:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise MistakeError("needs a unit", "such as 90s, 30m, 6h, 1d or 1h30m")
        if not isinstance(value, str):
            raise MistakeError("must be an interval", "such as 90s, 30m, 6h, 1d or 1h30m")
        try:
            interval = parse_interval(value)
        except ValueError as error:
            raise MistakeError(str(error)) from error
        if not shortest <= interval <= longest:
            raise MistakeError(
                f"must be from {show_interval(shortest)} to {show_interval(longest)}"
            )
        return interval

    return checked


def _language(text: str) -> str:
    match = _LANGUAGE.fullmatch(text)
    if match is None:
        raise MistakeError("is not a language tag (BCP 47)", "such as en, de or pt-BR")
    tag = text.lower()
    if script := match["script"]:
        tag = tag.replace(f"-{script.lower()}", f"-{script.title()}", 1)
    if region := match["region"]:
        tag = tag.replace(f"-{region.lower()}", f"-{region.upper()}", 1)
    return tag


def _slug(text: str) -> str:
    if not re.fullmatch(SLUG, text) or len(text) > LONGEST:
        allowed = f"at most {LONGEST} of a-z and 0-9, with single hyphens between"
        raise MistakeError("cannot stand in an address", allowed)
    return text


def _bare(text: str) -> str:
    """Return `text` where nothing in it would be dropped or misread by a reader of addresses."""
    if not text or re.search(r"[\x00-\x20\x7f-\xa0\\]", text):
        raise MistakeError(
            "is not an address", "empty, or with a space, backslash or control character"
        )
    return text


def web_address(text: str) -> SplitResult:
    """Return the parts of an absolute http(s) address, or raise MistakeError."""
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise MistakeError("is not a web address", str(error)) from error
    if parts.scheme not in _PORTS:
        raise MistakeError("must begin with http:// or https://")
    if not host or port == 0:
        raise MistakeError("is not a web address", "it has no host, or port 0")
    return parts


def normal_address(text: str) -> str:
    """Return an address so that two spellings of one compare equal (RFC 3986, 6.2.2.1, 6.2.3).

    A `file:` address comes back as it is.
    """
    parts = urlsplit(text)
    if parts.scheme not in _PORTS:
        return text
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    port = "" if parts.port in {None, _PORTS[parts.scheme]} else f":{parts.port}"
    return parts._replace(netloc=shown + port, path=parts.path or "/", fragment="").geturl()


def _base_url(text: str) -> str:
    parts = web_address(text)
    if parts.username is not None or parts.password is not None:
        raise MistakeError("must not hold a user name or a password")
    if "?" in text or "#" in text:
        raise MistakeError("must end with its path", "remove ? and # and what follows")
    if not text.isascii():
        raise MistakeError("must be ASCII", "write the host as xn--… and the path percent-encoded")
    address = normal_address(text)
    return address if address.endswith("/") else f"{address}/"


def _database(text: str) -> str:
    if not re.match(r"sqlite:///.|postgres(ql)?(\+psycopg)?://|\$\{", text):
        cure = "sqlite:////srv/paper.db, postgresql://host/name"
        raise MistakeError("is not the URL of a database", cure)
    return text


def _feed(text: str) -> str:
    scheme = text.split(":", 1)[0].lower()
    if "${" in text and (scheme not in _PORTS or not _KEYED.match(text)):
        cure = "it may fill in the path or the query of a web address"
        raise MistakeError("${…} cannot stand here", cure)
    if scheme == "feed":
        address = text[5:].removeprefix("//")
        https = address if address.startswith(("http:", "https:")) else f"https://{address}"
        raise MistakeError("feed: is not a way to fetch", f"write {shown(https[:80])}")
    if scheme == "file":
        return _file(text)
    if re.match(r"[^/:]+\.[^/:]+(/|$)", text):
        address = shown(f"https://{text[:80]}")
        raise MistakeError("must begin with http:// or https://", f"write {address}")
    parts = web_address(text)
    if parts.username is not None or parts.password is not None:
        cure = "write them as http.auth, the password as ${NAME}"
        raise MistakeError("must not hold a user name or a password", cure)
    return text


def _file(text: str) -> str:
    parts = urlsplit(text)
    if parts.netloc not in {"", "localhost"} or not parts.path or "%00" in text:
        cure = "file:exports/x.xml, from the folder of this file, or file:///srv/x.xml"
        raise MistakeError("is not the address of a file here", cure)
    if parts.query or parts.fragment:
        raise MistakeError("is not the address of a file here", "write ? as %3F and # as %23")
    return text


def _hub(text: str) -> str:
    if text == BUILTIN:
        return text
    try:
        parts = web_address(text)
    except MistakeError as error:
        hint = f"the address of a hub, or {BUILTIN}"
        raise MistakeError("is not a hub", hint) from error
    if "${" in text or parts.username is not None or holds_secret(text):
        raise MistakeError("must hold no secret", "it is published in every feed")
    if not text.isascii() or re.search('[<>"]', text):
        hint = "it is part of a header"
        raise MistakeError("must be plain ASCII without brackets or quotes", hint)
    return normal_address(text)


def _contact(text: str) -> str:
    address = text.removeprefix("mailto:")
    if not address.isascii() or not _EMAIL.fullmatch(address):
        try:
            web_address(text)
        except MistakeError as error:
            raise MistakeError("must be a web address or an e-mail address") from error
        if not text.isascii() or re.search("[()<>]", text):
            raise MistakeError("must be plain ASCII without brackets", "it is part of a header")
    return address


def _network(value: object) -> IPv4Network | IPv6Network:
    if not isinstance(value, str):
        raise MistakeError("must be a network", "such as 10.0.0.0/8, in quotes")
    try:
        return ip_network(value)
    except ValueError as error:
        try:
            hint = f"write {ip_network(value, strict=False)}"
        except ValueError:
            hint = "such as 10.0.0.0/8 or fd00::/8"
        raise MistakeError("is not a network", hint) from error


def _listed(value: object) -> object:
    is_one = isinstance(value, str | int) and not isinstance(value, bool)
    return [value] if is_one else value


def _one_or_more(**of: object) -> WithJsonSchema:
    return WithJsonSchema({"anyOf": [of, {"type": "array", "items": of}]})


def shape(kind: str, **more: Any) -> WithJsonSchema:
    """Return what the JSON Schema says of a kind of value."""
    return WithJsonSchema({"type": kind, **more})


Line = Annotated[
    str,
    Field(max_length=300),
    AfterValidator(one_line),
    shape("string", minLength=1, maxLength=300),
]
Every = Annotated[
    timedelta,
    PlainValidator(interval(timedelta(minutes=1), 30 * _DAY)),
    shape("string", pattern=INTERVAL),
]
Age = Annotated[
    timedelta,
    PlainValidator(interval(timedelta(hours=1), 3650 * _DAY)),
    shape("string", pattern=INTERVAL),
]
Language = Annotated[str, AfterValidator(_language), shape("string", pattern=_LANGUAGE_SHAPE)]
SlugText = Annotated[str, AfterValidator(_slug), shape("string", pattern=SLUG, maxLength=LONGEST)]
Slugs = Annotated[
    list[SlugText],
    BeforeValidator(_listed),
    _one_or_more(type="string", pattern=SLUG, maxLength=LONGEST),
]
BaseUrl = Annotated[
    str,
    AfterValidator(_bare),
    AfterValidator(_base_url),
    shape("string", format="uri", pattern="^[hH][tT][tT][pP][sS]?://"),
]
FeedUrl = Annotated[
    str,
    AfterValidator(_bare),
    AfterValidator(_feed),
    shape("string", pattern="^([hH][tT][tT][pP][sS]?://|file:)"),
]
DatabaseUrl = Annotated[
    str,
    AfterValidator(_bare),
    AfterValidator(_database),
    shape("string", pattern="^(sqlite:///|postgres(ql)?(\\+psycopg)?://|\\$\\{)"),
]
_HUB = "^(builtin$|[hH][tT][tT][pP][sS]?://)"
Hubs = Annotated[
    list[
        Annotated[str, AfterValidator(_bare), AfterValidator(_hub), shape("string", pattern=_HUB)]
    ],
    BeforeValidator(_listed),
    _one_or_more(type="string", pattern=_HUB),
]
Contact = Annotated[
    str, AfterValidator(_bare), AfterValidator(_contact), shape("string", minLength=3)
]
Network = Annotated[
    IPv4Network | IPv6Network, PlainValidator(_network), shape("string", minLength=3)
]
Names = Annotated[list[Line], BeforeValidator(_listed), _one_or_more(type="string", minLength=1)]
Languages = Annotated[
    list[Language], BeforeValidator(_listed), _one_or_more(type="string", pattern=_LANGUAGE_SHAPE)
]
Tiers = Annotated[
    list[Annotated[int, Field(ge=1, le=9)]],
    BeforeValidator(_listed),
    _one_or_more(type="integer", minimum=1, maximum=9),
]
