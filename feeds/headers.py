"""What the headers and the status of an answer mean for us. Pure."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from feeds.errors import FetchError, GoneError, ThrottledError

_LONGEST_VALIDATOR = 1024
_LONGEST_PAUSE = timedelta(days=1)
_MAX_AGE = re.compile(r'(?:^|[,\s])max-age\s*=\s*"?([0-9]+)', re.IGNORECASE)
_FOREVER = 2**31  # what RFC 9111, 1.2.2 makes of any number of seconds beyond
_MEANING = {
    401: "it wants a name and a password; give them in the source's http headers",
    403: "it refuses us; the feed may be for members only, or they dislike our User-Agent",
    404: "there is no feed at this address (any more); look for its new one on their site",
    407: "a proxy on the way wants a password",
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


def refusal(status: int, *, retry: str | None = None, date: str | None = None) -> FetchError:
    """Return the error for an answer that is no document, in words for the operator."""
    try:
        name = f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        name = str(status)
    answer = f"the server answers {name}"
    match status:
        case 410:
            return GoneError(f"{answer}: the feed has ended for good", status=status)
        case 429 | 503:
            wait = retry_after(retry, date)
            when = "" if wait is None else f"; ask again in {wait}"
            return ThrottledError(
                f"{answer}: it has too much to do{when}", status=status, retry_after=wait
            )
        case _ if status >= 500:
            return FetchError(f"{answer}: it is in trouble itself", status=status)
        case _:
            meaning = _MEANING.get(status, "that is not a document")
            return FetchError(f"{answer}: {meaning}", status=status)


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
