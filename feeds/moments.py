"""Moments are aware: a date without a time zone is anybody's guess. Pure."""

from datetime import datetime


def aware(*moments: datetime | None) -> None:
    """Raise ValueError where a moment has no time zone."""
    for moment in moments:
        if moment is not None and moment.utcoffset() is None:
            raise ValueError(f"{moment!r} has no time zone; we only keep aware datetimes")
