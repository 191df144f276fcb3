"""What a request's header fields ask for (RFC 9110). Pure: strings in, decisions out."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

_ENTITY_TAG = re.compile(r'"([\x21\x23-\x7e\x80-\xff]*)"')
_QUALITY = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")


def is_not_modified(
    *, etag: str, modified: datetime, if_none_match: str | None, if_modified_since: str | None
) -> bool:
    """Return whether a 304 answers the request (RFC 9110, 13.2.2).

    `etag` is quoted; `modified` counts in whole seconds. If-None-Match wins: where it is sent,
    If-Modified-Since is not looked at, and neither is a date that cannot be read.
    """
    if if_none_match is not None:
        return _names(if_none_match, etag)
    since = _http_date(if_modified_since) if if_modified_since is not None else None
    return since is not None and modified.replace(microsecond=0) <= since


def preferred(accept_encoding: str | None, ours: Iterable[str]) -> str | None:
    """Return which of our encodings to send, or None for the plain body (RFC 9110, 12.5.3).

    The most welcome one; of those equally welcome the first of `ours`, and identity last. Who
    refuses even identity, and names nothing we have, is sent it all the same.
    """
    if accept_encoding is None:
        return None
    weights = dict(map(_weighted, accept_encoding.lower().split(",")))
    others = weights.get("*", 0.0)
    best, most = None, weights.get("identity", 0.0)
    for name in ours:
        weight = weights.get(name, weights.get(f"x-{name}", others))
        if weight > most or (weight == most > 0 and best is None):
            best, most = name, weight
    return best


def tags(if_none_match: str | None) -> list[str]:
    """Return the entity tags of a list without W/ and quotes, as they compare weakly."""
    return _ENTITY_TAG.findall(if_none_match or "")


def accepts(a_im: str | None, manipulation: str) -> bool:
    """Return whether a reader takes this instance manipulation (RFC 3229, 10.5.3)."""
    wishes = dict(map(_weighted, (a_im or "").lower().split(",")))
    return wishes.get(manipulation, 0.0) > 0


def _names(if_none_match: str, etag: str) -> bool:
    """Compare weakly, as If-None-Match does (RFC 9110, 13.1.2): W/ does not count."""
    if if_none_match.strip() == "*":
        return True
    return etag.strip('"') in tags(if_none_match)


def _http_date(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def _weighted(coding: str) -> tuple[str, float]:
    name, *parameters = (part.strip() for part in coding.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":  # a weight nobody can read is no wish for it
            value = value.strip()
            return name, float(value) if _QUALITY.fullmatch(value) else 0.0
    return name, 1.0
