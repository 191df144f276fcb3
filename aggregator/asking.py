"""How a source is asked, and that nothing it is asked with is repeated."""

from collections.abc import Collection, Iterable
from dataclasses import replace

from aggregator.model import Http, Source
from aggregator.secrecy import asked_at
from feeds.errors import FetchError, SourceError, Trouble
from feeds.fetch import Fetched, NotModified, Request, Validators
from feeds.proxies import Proxy, basic, read_proxy
from feeds.secrets import blank, redact
from feeds.trust import Trust


def request(source: Source, *, address: str, validators: Validators, user_agent: str) -> Request:
    """Return what to ask a source at `address`; raise FetchError where its settings forbid it."""
    http = source.http
    return Request(
        url=asked_at(address, source),
        validators=validators,
        user_agent=http.user_agent or user_agent,
        headers=_headers(http),
        timeout=http.timeout,
        proxy=_proxy(http),
        trust=Trust(ca=http.ca, anybody=http.accept_invalid_certs, old=http.old_tls),
    )


def in_confidence(error: SourceError, secrets: Iterable[str]) -> SourceError:
    """Return an error whose words tell no secret, as it goes into the database and the log."""
    error.args = tuple(redact(str(each), secrets) for each in error.args)
    if error.advertised:
        error.advertised = redact(error.advertised, secrets)
    error.__cause__ = error.__context__ = None  # they have words of their own
    return error


def untold(reply: Fetched | NotModified, secrets: Collection[str]) -> Fetched | NotModified:
    """Return an answer that repeats none of the secrets it was asked for with.

    An address with a key in it is the operator's to change, not ours.
    """
    moved = reply.moved_to
    if moved and redact(moved, secrets) != moved:
        moved = None
    if isinstance(reply, NotModified):
        return replace(reply, moved_to=moved)
    return replace(
        reply,
        moved_to=moved,
        url=redact(reply.url, secrets),
        body=blank(reply.body, secrets),
        links=tuple(redact(link, secrets) for link in reply.links),
    )


def _headers(http: Http) -> tuple[tuple[str, str], ...]:
    """Return the operator's own headers, for the source's own host alone."""
    ours = [("Cookie", http.cookie)] if http.cookie else []
    if http.auth:
        ours.append(("Authorization", basic(http.auth.user, http.auth.password)))
    return (*ours, *http.headers)


def _proxy(http: Http) -> Proxy | None:
    if not http.proxy:
        return None
    try:
        return read_proxy(http.proxy)
    except ValueError as error:
        raise FetchError(f"http.proxy: {error}", trouble=Trouble.PROXY) from error
