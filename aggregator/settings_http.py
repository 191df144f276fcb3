"""How a source wants to be asked: the keys of `http`, and what they say to each other."""

import re
from collections.abc import Iterator
from datetime import timedelta
from os.path import normpath
from pathlib import PurePath
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, PlainValidator

from aggregator.durations import PATTERN as INTERVAL
from aggregator.model import Auth, Http
from aggregator.settings_draft import Draft
from aggregator.settings_kinds import ENVIRONMENT, MistakeError, interval, shape
from aggregator.settings_shape import Shape, unset
from aggregator.yamlmarks import Place
from feeds.errors import Problem
from feeds.proxies import read_proxy

_TOKEN = r"^[!#$%&'*+.^_`|~0-9A-Za-z-]+$"  # noqa: S105 (a header's name, RFC 9110, 5.6.2)
# decided by the exchange itself, never by the operator (RFC 9110, 7.2, 7.6.1, 8.6, 12.5.3, 13.1)
_OUR_HEADERS = re.compile(
    "host|connection|keep-alive|proxy-connection|proxy-authorization|transfer-encoding|te|trailer"
    "|upgrade|expect|content-length|content-encoding|accept-encoding|range|a-im"
    "|if-(range|match|none-match|modified-since|unmodified-since)",
    re.IGNORECASE,
)
_SAID_TWICE = {"cookie": "cookie", "authorization": "auth"}  # headers that have a key of their own


def _header_name(text: str) -> str:
    if not re.fullmatch(_TOKEN, text):
        raise MistakeError("is not the name of a header")
    if text.lower() == "user-agent":
        raise MistakeError("is set elsewhere", "write it as http.user_agent")
    if text.lower() == "proxy-authorization":
        raise MistakeError("is set elsewhere", "write it in the address of http.proxy")
    if _OUR_HEADERS.fullmatch(text):
        raise MistakeError("is a header we decide ourselves", "remove it")
    return text


def _header_value(text: str) -> str:
    value = text.strip()
    if not value:
        raise MistakeError("must not be empty")
    if any(not " " <= letter <= "\xff" or "\x7f" <= letter < "\xa0" for letter in value):
        raise MistakeError("holds a line break, or a letter that no header can carry")
    return value


def _user(text: str) -> str:
    if ":" in text:
        raise MistakeError("must not hold a colon", "it ends the name (RFC 7617)")
    return _secret(text)


def _secret(text: str) -> str:
    if not text:
        raise MistakeError("must not be empty")
    if any(letter < " " or "\x7f" <= letter < "\xa0" for letter in text):
        raise MistakeError("holds a line break or another control character")
    return text


def _proxy(text: str) -> str:
    if re.fullmatch(ENVIRONMENT, text):
        return text  # a variable that stands for itself, where none is filled in
    if re.search(r"[\x00-\x20\x7f-\xa0\\]", text):
        raise MistakeError("is not an address", "write blanks as %20")
    try:
        read_proxy(text)
    except ValueError as error:
        raise MistakeError("is not the address of a proxy", str(error)) from error
    return text


def _path(text: str) -> str:
    if not text or any(letter < " " for letter in text):
        raise MistakeError("is not the path of a file")
    return text


HeaderName = Annotated[str, AfterValidator(_header_name), shape("string", pattern=_TOKEN)]
HeaderValue = Annotated[str, AfterValidator(_header_value), shape("string", minLength=1)]
Timeout = Annotated[
    timedelta,
    PlainValidator(interval(timedelta(seconds=1), timedelta(minutes=5))),
    shape("string", pattern=f"{INTERVAL}|^{ENVIRONMENT}$"),
]
User = Annotated[str, AfterValidator(_user), shape("string", minLength=1)]
Secret = Annotated[str, AfterValidator(_secret), shape("string", minLength=1)]
ProxyAddress = Annotated[
    str,
    AfterValidator(_proxy),
    shape("string", pattern=rf"^(http|socks5h?)://|^{ENVIRONMENT}"),
]
FilePath = Annotated[str, AfterValidator(_path), shape("string", minLength=1)]


class AuthShape(Shape):
    """Name and password, sent as HTTP Basic to the source's own host."""

    model_config = ConfigDict(title="Auth")

    user: User = Field(description="The name.", examples=["broadsheet", "${MINISTRY_USER}"])
    password: Secret = Field(
        description="The password; a variable of the environment holds it best.",
        examples=["${MINISTRY_PASSWORD}"],
    )


class HttpShape(Shape):
    """How a source wants to be asked. `${NAME}` stands for an environment variable."""

    model_config = ConfigDict(title="Http")

    user_agent: HeaderValue = Field(
        default="",
        description="The User-Agent header, where ours is refused.",
        examples=["Mozilla/5.0 (compatible; Broadsheet)"],
        json_schema_extra=unset,
    )
    headers: dict[HeaderName, HeaderValue] = Field(
        default={},
        description="More request headers.",
        examples=[{"Authorization": "Bearer ${MINISTRY_TOKEN}"}],
    )
    cookie: HeaderValue = Field(
        default="",
        description="The Cookie header, for pages that want one; no other cookie is ever sent.",
        examples=["consent=yes", "session=${MINISTRY_SESSION}"],
        json_schema_extra=unset,
    )
    auth: AuthShape | None = Field(
        default=None,
        description="Name and password (HTTP Basic).",
        examples=[{"user": "broadsheet", "password": "${MINISTRY_PASSWORD}"}],
        json_schema_extra=unset,
    )
    proxy: ProxyAddress = Field(
        default="",
        description="The proxy to go through: http, socks5 or socks5h.",
        examples=["http://proxy.example:3128", "socks5h://me:${PROXY_PASSWORD}@127.0.0.1:9050"],
        json_schema_extra=unset,
    )
    ca: FilePath = Field(
        default="",
        description="A file of certificate authorities (PEM) to trust besides the usual ones.",
        examples=["certificates/ministry.pem"],
        json_schema_extra=unset,
    )
    accept_invalid_certs: bool = Field(
        default=False,
        description="true: take any certificate, so that anybody between may read and change.",
        examples=[True],
    )
    old_tls: bool = Field(
        default=False,
        description="true: also speak TLS 1.0 and 1.1, which others may be able to read.",
        examples=[True],
    )
    timeout: Timeout = Field(
        default=timedelta(seconds=20),
        description="The longest the whole exchange may take: 1s to 5m.",
        examples=["20s"],
        json_schema_extra={"default": "20s"},
    )


def http_of(shape: HttpShape, directory: PurePath | None) -> Http:
    """Return how to ask, as a sound shape says it; a relative `ca` is taken from `directory`."""
    return Http(
        user_agent=shape.user_agent or None,
        headers=tuple(shape.headers.items()),
        cookie=shape.cookie or None,
        auth=Auth(user=shape.auth.user, password=shape.auth.password) if shape.auth else None,
        proxy=shape.proxy or None,
        ca=_placed(shape.ca, directory) if shape.ca else None,
        accept_invalid_certs=shape.accept_invalid_certs,
        old_tls=shape.old_tls,
        timeout=shape.timeout,
    )


def http_problems(place: Place, shape: HttpShape, draft: Draft) -> Iterator[Problem]:
    """Yield what in one `http` cannot stand beside what."""
    for name in shape.headers:
        key = _SAID_TWICE.get(name.lower())
        if key and key in shape.model_fields_set:
            yield draft.problem((*place, key), f"cannot go with headers.{name}", "keep one of them")
    if shape.ca and shape.accept_invalid_certs:
        yield draft.problem(
            (*place, "ca"), "says whom to trust, accept_invalid_certs: anybody", "keep one of them"
        )


def with_http_defaults(shape: HttpShape, defaults: HttpShape) -> HttpShape:
    """Return `shape` with the defaults for what it leaves unset, key by key.

    A source's own header outranks a default that would say the same otherwise.
    """
    keys = defaults.model_fields_set - shape.model_fields_set
    own = {_SAID_TWICE.get(name.lower(), "") for name in shape.headers}
    if {"ca", "accept_invalid_certs"} & shape.model_fields_set:
        own |= {"ca", "accept_invalid_certs"}
    return shape.model_copy(update={key: getattr(defaults, key) for key in keys - own})


def _placed(path: str, directory: PurePath | None) -> str:
    if directory is None or re.match(ENVIRONMENT, path):
        return path
    return normpath(directory / path)
