"""How fast turns may begin that were missed: an outage ends without a burst. Pure."""

from datetime import timedelta

FEW = 4.0  # turns that may begin at a start
_TWICE = 2.0
_SLOWEST = FEW / 15  # a second; it overruns nobody, and a small paper is soon up to date
_SAVED = timedelta(seconds=30)  # for which what was not used is kept


def allowance(left: float, *, usual: float, passed: timedelta) -> float:
    """Return how many turns may begin now, of those that are due at intervals.

    `usual` is how many begin in a second when all is well, `left` what was left over when it was
    last asked, `passed` ago. So they come at twice their usual rate until all are made up for.
    A clock that was set changes nothing: what it says has passed is nothing, or the most.
    """
    rate = max(_TWICE * usual, _SLOWEST)
    earned = rate * max(passed, timedelta()).total_seconds()
    return min(left + earned, max(rate * _SAVED.total_seconds(), FEW))
