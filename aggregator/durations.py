"""Intervals as operators write them: `90s`, `30m`, `6h`, `1d`, `1h30m`."""

import re
from datetime import timedelta

PATTERN = r"^(?=[0-9])([0-9]{1,6}w)?([0-9]{1,6}d)?([0-9]{1,6}h)?([0-9]{1,6}m)?([0-9]{1,6}s)?$"

_INTERVAL = re.compile(PATTERN)
_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


def parse_interval(text: str) -> timedelta:
    """Return the interval `text` spells, largest unit first; raise ValueError where it is none."""
    match = _INTERVAL.fullmatch(text)
    if match is None:
        raise ValueError("is not an interval such as 90s, 30m, 6h, 1d or 1h30m")
    parts = [part for part in match.groups() if part]
    return sum((_UNITS[part[-1]] * int(part[:-1]) for part in parts), timedelta())


def show_interval(interval: timedelta) -> str:
    """Return the shortest spelling of an interval, which `parse_interval` reads; `0s` for none.

    Fractions of a second are dropped.
    """
    left, spelling = interval, ""
    for letter, unit in _UNITS.items():
        if letter == "w" and left % unit:
            continue  # 30d reads better than 4w2d
        count, left = divmod(left, unit)
        spelling += f"{count}{letter}" if count else ""
    return spelling or "0s"
