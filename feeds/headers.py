"""What the headers and the status of an answer mean for us. Pure."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from feeds.errors import FetchError, GoneError, ThrottledError, Trouble

_LONGEST_VALIDATOR = 1024
_LONGEST_PAUSE = timedelta(days=1)
_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?([0-9]+)', re.IGNORECASE)
_REVALIDATE = re.compile(r"(?:^|[,\s])no-(?:cache|store)\s*(?:,|$)", re.IGNORECASE)
_FOREVER = 2**31  # what RFC 9111, 1.2.2 makes of any number of seconds beyond
_GUARDS = ("cf-mitigated", "x-amzn-waf-action")  # what Cloudflare and Amazon say when they stop us
_MEANING = {
    401: "it wants a name and a password; give them in http.auth",
    403: "it refuses us; the feed may be for members only, or they dislike our User-Agent",
    404: "there is no feed at this address (any more); look for its new one on their site",
    407: "a proxy on the way wants a password; give it in the address of http.proxy",
    451: "it may not show us the feed for legal reasons",
}


def validator(value: str | None) -> str | None:
    """Return an ETag or Last-Modified as it came, or None if we could not send it back.

    Any byte but a control character is legal (RFC 9110, 5.5); only its length is our limit.
    """
    if not value or len(value) > _LONGEST_VALIDATOR:
        return None
    return value if all(c >= " " and c != "\x7f" for c in value) else None


def max_age(cache_control: str | None) -> timedelta | None:
    """Return the first max-age of a Cache-Control (RFC 9111, 5.2.2.1)."""
    found = _MAX_AGE.search(cache_control or "")
    return timedelta(seconds=_capped(found[1], _FOREVER)) if found else None


def freshness(headers: Mapping[str, str]) -> timedelta | None:
    """Return how long a document stays fresh from now on, or None where nobody says.

    That is its max-age, else from its Date to its Expires, less its Age (RFC 9111, 4.2.1 and
    4.2.3). One that is to be asked about each time, or kept by nobody, says nothing of when.
    """
    control = headers.get("Cache-Control")
    if _REVALIDATE.search(control or ""):
        return None
    lifetime = max_age(control)
    if lifetime is None:
        lifetime = _lifetime(headers.get("Expires"), headers.get("Date"))
    if lifetime is None:
        return None
    age = headers.get("Age", "").strip()
    spent = _capped(age, _FOREVER) if re.fullmatch("[0-9]+", age) else 0
    return max(lifetime - timedelta(seconds=spent), timedelta())


def is_delta(instance_manipulations: str | None) -> bool:
    """Say whether an IM header names what `A-IM: feed` asks for, and no more (RFC 3229, 10.5.3)."""
    names = {name.strip().lower() for name in (instance_manipulations or "feed").split(",")}
    return names == {"feed"}


def retry_after(value: str | None, date: str | None) -> timedelta | None:
    """Return how long a Retry-After asks us to wait, at most a day (RFC 9110, 10.2.3).

    A moment counts from the server's own `date`, so that neither clock need be right; without
    that header it says nothing.
    """
    value = (value or "").strip()
    if re.fullmatch("[0-9]+", value):
        return timedelta(seconds=_capped(value, int(_LONGEST_PAUSE.total_seconds())))
    then, now = _moment(value), _moment(date or "")
    if then is None or now is None:
        return None
    return min(max(then - now, timedelta()), _LONGEST_PAUSE)


def refusal(status: int, headers: Mapping[str, str]) -> FetchError:
    """Return the error for an answer that is no document, in words for the operator."""
    try:
        name = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        name = str(status)
    answer = f"the server answers {name}"
    if any(headers.get(name, "").lower() in {"challenge", "captcha"} for name in _GUARDS):
        problem = "a guard before it lets only browsers through; ask them to let feed readers pass"
        return FetchError(f"{answer}: {problem}", status=status, trouble=Trouble.CHALLENGE)
    match status:
        case 410:
            return GoneError(f"{answer}: the feed has ended for good", status=status)
        case 429 | 503:
            wait = retry_after(headers.get("Retry-After"), headers.get("Date"))
            when = "" if wait is None else f"; ask again in {wait}"
            return ThrottledError(
                f"{answer}: it has too much to do{when}", status=status, retry_after=wait
            )
        case _ if status >= 500:
            problem, trouble = "it is in trouble itself", Trouble.SERVER
        case 404:
            problem, trouble = _MEANING[status], Trouble.MISSING
        case 407:
            problem, trouble = _MEANING[status], Trouble.PROXY
        case _ if status in _MEANING:
            problem, trouble = _MEANING[status], Trouble.FORBIDDEN
        case _:
            problem, trouble = "that is not a document", Trouble.BROKEN
    return FetchError(f"{answer}: {problem}", status=status, trouble=trouble)


def _lifetime(expires: str | None, date: str | None) -> timedelta | None:
    """Return the time from Date to Expires, both the server's, so that no clock need be right.

    An Expires that is no date means that it has passed (RFC 9111, 5.3).
    """
    if expires is None:
        return None
    then, now = _moment(expires), _moment(date or "")
    if then is None:
        return timedelta()
    return None if now is None else max(then - now, timedelta())


def _capped(digits: str, most: int) -> int:
    """Return a number, or `most` if that is smaller; `int` refuses thousands of digits."""
    significant = digits.lstrip("0")
    return min(int(significant or "0"), most) if len(significant) < 20 else most


def _moment(value: str) -> datetime | None:
    """Return the time an HTTP date names, all of which are GMT (RFC 9110, 5.6.7)."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
