"""Dates as feeds write them. Pure: a date that needs the clock to be understood is no date."""

import re
import warnings
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from unicodedata import decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dateutil import parser

from feeds.datewords import ENGLISH, FILLER, MONTHS, WEEKDAYS, ZONES

LONGEST = 100  # characters; dateutil's cost grows with the text (reliability T17)
_EARLIEST_YEAR = 1000  # 0001-01-01 is how programs write "no date"

_W3C = re.compile(
    r"(\d{4})-(\d\d)(?:-(\d\d)"
    r"(?:[T ]+(\d\d):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s*(Z|[+-]\d\d:?\d\d)?)?)?",
    re.ASCII | re.IGNORECASE,
)
_RFC822 = re.compile(
    r"(?:([a-z]{3})[a-z]*\.?\s?,?\s+)?(\d{1,2})[\s-]+([a-z]{3,})\.?,?[\s-]+(\d{4}|\d\d),?\s+"
    r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?\s*"
    r"((?![ap]m\b)[a-z]{1,5}|(?:GMT|UTC?)?\s*[+-]\s?\d\d:?\d\d)?",
    re.ASCII | re.IGNORECASE,
)
_OFFSET = re.compile(r"([+-])\s?(\d\d):?(\d\d)$")
# Year, month and day of the east, and the time of a twelve-hour day.
_EASTERN = re.compile(
    r"(\d{4})\s?[\u5e74\ub144]\s?(\d{1,2})\s?[\u6708\uc6d4]\s?(\d{1,2})\s?[\u65e5\uc77c\u53f7]?"
    r"(?:[^\d]{0,20}?(\u4e0a\u5348|\u5348\u524d|\uc624\uc804|\u4e0b\u5348|\u5348\u5f8c|\uc624\ud6c4)?\s?"
    r"(\d{1,2})\s?[:\u6642\u65f6\u70b9\uc2dc]\s?(\d{1,2})?\s?[:\u5206\ubd84]?\s?(\d{1,2})?\s?[\u79d2\ucd08]?)?"
    r"\s?([A-Z]{2,4}|[+-]\d\d:?\d\d)?"
)
_AFTERNOON = frozenset({"\u4e0b\u5348", "\u5348\u5f8c", "\uc624\ud6c4"})
_DOTTED_TIME = re.compile(r"(?<=\s)(\d{1,2})\.(\d\d)(?:\.(\d\d))?(?=\s|$)")
_AREA_CITY = re.compile(r"\b[A-Z][A-Za-z_]+/[A-Z][A-Za-z_]+(?:/[A-Z][A-Za-z_]+)?\b")
_EITHER_WAY = re.compile(r"\b(\d{1,2})/(\d{1,2})/\d{4}\b")
_WORD = re.compile(r"[^\W\d_]+\.?")

# "GMT+2" means two hours east, and so does the bare offset it becomes; "(CET)" repeats one.
_GMT_OFFSET = re.compile(r"\b(?:GMT|UTC)\s*([+-])(\d{1,2})(?::?(\d\d))?\b", re.IGNORECASE)
_WEEKDAY_FIRST = re.compile(r"^[^\W\d_]+(?:-[^\W\d_]+)?\.?,\s*(?=\d)")
_REMARK = re.compile(r"(?<=[+-]\d{4})\s+\(?[A-Z]{2,5}\)?$|\s*\([^()]*\)$")
# What dateutil raises on text that is no date.
_NO_DATE = (
    ValueError,
    OverflowError,
    TypeError,
    AttributeError,
    IndexError,
    RecursionError,
    ZoneInfoNotFoundError,
)


class _Info(parser.parserinfo):
    """dateutil without its one look at the clock: the century of a two-digit year."""

    def convertyear(self, year: int, century_specified: bool = False) -> int:  # noqa: FBT001, FBT002 -- the signature is dateutil's
        if year < 100 and not century_specified:
            raise ValueError("a two-digit year")
        return year


_INFO = _Info()


def parse_date(text: str) -> datetime | None:
    """Return the moment in UTC that `text` names, or None where it does not name just one.

    No zone, or one nobody knows, is UTC (RFC 2822, 4.3). A two-digit year counts only in an
    RFC 822 date whose weekday proves the century; 3/4/2024 could be in March or in April.
    """
    return _parse(text) if len(text) <= LONGEST else None


@lru_cache(maxsize=4096)  # an entry's two dates are mostly one, and feeds repeat themselves
def _parse(text: str) -> datetime | None:
    written = " ".join(text.split())
    if not written:
        return None
    try:
        written = written if written.isascii() else _western(written)
        moment = _w3c(written) or _rfc822(written) or _eastern(written) or _by_dateutil(written)
        if moment is None or moment.year < _EARLIEST_YEAR:
            return None
        return moment.astimezone(UTC)
    except _NO_DATE:
        return None


def _w3c(text: str) -> datetime | None:
    """Read RFC 3339 and the W3C's shorter dates, which start at the beginning of their month."""
    match = _W3C.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, zone = match.groups()
    return _moment(
        (int(year), int(month), int(day or 1)),
        (int(hour or 0), int(minute or 0), int(second or 0)),
        _zone(zone or ""),
    )


def _rfc822(text: str) -> datetime | None:
    match = _RFC822.fullmatch(text)
    if match is None:
        return None
    weekday, day, word, year, hour, minute, second, zone = match.groups()
    month = ENGLISH.get(word.lower(), word.lower()[:3])  # "marraskuuta" is no month of March
    if month not in MONTHS:
        return None
    moment = _moment(
        (_full_year(year), MONTHS.index(month) + 1, int(day)),
        (int(hour), int(minute), int(second or 0)),
        _zone(zone or ""),
    )
    if len(year) == 2 and (weekday or "").lower() != WEEKDAYS[moment.weekday()]:
        raise ValueError("a two-digit year")
    return moment


def _western(text: str) -> str:
    """Return a date with the digits of ASCII, whichever script's they were."""
    return "".join(str(decimal(each)) if each.isdecimal() else each for each in text)


def _eastern(text: str) -> datetime | None:
    """Read year, month and day with their signs, as China, Japan and Korea write them."""
    match = None if text.isascii() else _EASTERN.fullmatch(text)
    if match is None:
        return None
    year, month, day, half, hour, minute, second, zone = match.groups()
    hours = int(hour or 0) % 12 + 12 * (half in _AFTERNOON) if half else int(hour or 0)
    return _moment(
        (int(year), int(month), int(day)),
        (hours, int(minute or 0), int(second or 0)),
        _zone(zone or ""),
    )


def _full_year(year: str) -> int:
    """Return the year by RFC 2822, 4.3: 00 to 49 are of this century."""
    number = int(year)
    return number if len(year) == 4 else number + (2000 if number < 50 else 1900)


def _moment(day: tuple[int, int, int], time: tuple[int, int, int], zone: tzinfo) -> datetime:
    """Return a moment; 24:00 is the next day's start and a leap second the next minute's."""
    hour, minute, second = time
    if (hour, minute, second) > (24, 0, 0) or second > 60:
        raise ValueError("no such time of day")
    midnight = datetime(*day, tzinfo=zone)
    return midnight + timedelta(hours=hour, minutes=minute, seconds=second)


def _zone(name: str) -> timezone:
    """Return the zone an offset or an abbreviation stands for; UTC for one nobody knows."""
    if offset := _OFFSET.search(name):
        minutes = int(offset[2]) * 60 + int(offset[3])
        return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))
    return timezone(timedelta(minutes=ZONES.get(name.strip().lower(), 0)))


def _by_dateutil(text: str) -> datetime | None:
    """Read what is left, if two different defaults give one and the same moment."""
    either = _EITHER_WAY.search(text)
    if either and int(either[1]) <= 12 and int(either[2]) <= 12 and either[1] != either[2]:
        return None
    city: tzinfo | None = None
    if named := _AREA_CITY.search(text):
        city = ZoneInfo(named[0])
        text = text.replace(named[0], " ")
    text = _WEEKDAY_FIRST.sub("", text)
    if re.search(r"\b(?:19|20)\d\d\b", text):
        text = _DOTTED_TIME.sub(_with_colons, text)
    english = _WORD.sub(_to_english, _GMT_OFFSET.sub(_offset_alone, _REMARK.sub("", text)))
    first, second = (_dateutil(english, default=day) for day in (_LEAP_DAY, _OTHER_DAY))
    if first != second:
        return None
    return first if first.tzinfo else first.replace(tzinfo=city or UTC)


_LEAP_DAY = datetime(2000, 2, 29)  # noqa: DTZ001 -- a default for what a text leaves out, no moment
_OTHER_DAY = datetime(2001, 3, 1)  # noqa: DTZ001 -- the same, different in every part


def _dateutil(text: str, *, default: datetime) -> datetime:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return parser.parser(_INFO).parse(
            text,
            default=default,
            tzinfos=_tzinfos,
            dayfirst=re.search(r"\d\.\d+\.\d{4}", text) is not None,
        )


def _tzinfos(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    return _zone(name) if name else None


def _with_colons(time: re.Match[str]) -> str:
    return ":".join(filter(None, time.groups()))


def _offset_alone(match: re.Match[str]) -> str:
    return f" {match[1]}{match[2]:0>2}{match[3] or '00'}"


def _to_english(word: re.Match[str]) -> str:
    lowered = word[0].rstrip(".").lower()
    if lowered in FILLER:
        return ""
    return ENGLISH.get(lowered, word[0])
