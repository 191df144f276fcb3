"""What follows from the settings alone, worked out once and not for every page."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from aggregator.model import Settings

Told = TypeVar("Told")


def once(tell: Callable[[Settings], Told]) -> Callable[[Settings], Told]:
    """Return a function that answers as `tell` does, and keeps its last answer.

    Settings never change, so the same ones have the same answer. They are known by identity: to
    compare them, or to hash them, takes longer than most answers.
    """
    last: tuple[Settings, Told] | None = None

    @wraps(tell)
    def told(settings: Settings) -> Told:
        nonlocal last
        kept = last  # another thread may put its own there
        if kept is None or kept[0] is not settings:
            kept = last = (settings, tell(settings))
        return kept[1]

    return told
