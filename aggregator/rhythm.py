"""How often a source has news, and how often it is therefore worth asking. Pure.

A source that says something every hour is asked as often as its operator allows; one that has
said nothing for days need not be, and one that wakes up is followed at once.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

REMEMBERED = 8  # times of news; enough for a mean that one slow week does not upset
_OF_THE_SILENCE = 6
_OF_THE_MEAN = 12


def rhythm(
    news: Sequence[datetime], *, now: datetime, shortest: timedelta, longest: timedelta
) -> timedelta:
    """Return how long to wait between two turns: from `shortest` to `longest`, its newest first.

    It is a sixth of the present silence or a twelfth of the mean pause between news, whichever
    is shorter: news that comes after a silence is on average a twelfth of it late, regular news
    a twenty-fourth of its own interval, and after fresh news the next is looked for at once. Both
    grow with the silence and shrink with news, so that a source falls back by and by.

    `longest` counts only where it is longer than `shortest`. Nothing known is `shortest`.
    """
    past = [moment for moment in news if moment <= now]
    if not past:
        return shortest
    silence = now - max(past)
    mean = (now - min(past)) / len(past)
    pause = min(silence / _OF_THE_SILENCE, mean / _OF_THE_MEAN)
    return max(min(pause, longest), shortest)


def newest(moments: Iterable[datetime], *, now: datetime) -> tuple[datetime, ...]:
    """Return the times worth remembering, newest first: none of the future, none twice."""
    past = {moment.replace(microsecond=0) for moment in moments if moment <= now}
    return tuple(sorted(past, reverse=True)[:REMEMBERED])
