"""Telling a hub outside that a feed of ours has news (WebSub, 6). Pure."""

from datetime import timedelta
from typing import Final

LONGEST: Final = timedelta(hours=6)  # between two tries
_SHORTEST: Final = timedelta(minutes=1)


def form(topic: str) -> tuple[tuple[str, str], ...]:
    """Return the form that tells a hub of news at this address.

    The Recommendation leaves it to hubs what they are told; some read one name of the address,
    some the other.
    """
    return (("hub.mode", "publish"), ("hub.url", topic), ("hub.topic", topic))


def pause(failures: int) -> timedelta:
    """Return how long to wait after so many failures in a row: 1, 2, 4 minutes … six hours."""
    wait: timedelta = _SHORTEST * 2 ** min(failures - 1, 10)
    return min(wait, LONGEST)
