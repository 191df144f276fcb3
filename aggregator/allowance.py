"""How often somebody may ask for something: so many times at once, and then every so often."""

from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from math import ceil
from threading import Lock
from time import monotonic

_MOST_NAMES = 10_000


class Allowance:
    """So many askings at once for each name, one of which is given back `every` so often.

    Names that have been quiet are forgotten, and the quietest of very many.
    """

    def __init__(
        self, most: int, *, every: timedelta, ticks: Callable[[], float] = monotonic
    ) -> None:
        self._every = every.total_seconds()
        self._most = most * self._every
        self._ticks = ticks
        self._owed: OrderedDict[str, float] = OrderedDict()  # when each is as good as new
        self._lock = Lock()

    def take(self, name: str = "") -> int:
        """Return 0 if `name` may ask now, which counts, or in how many seconds it may."""
        with self._lock:
            now = self._ticks()
            owed = max(self._owed.pop(name, now), now) + self._every
            excess = owed - now - self._most
            self._owed[name] = owed if excess <= 0 else owed - self._every
            while len(self._owed) > _MOST_NAMES or self._is_over(now):
                self._owed.popitem(last=False)
        return ceil(max(excess, 0.0))

    def _is_over(self, now: float) -> bool:
        return bool(self._owed) and next(iter(self._owed.values())) <= now
