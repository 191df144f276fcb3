"""When the paper is printed while its sources are asked one after the other, for ever."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from time import monotonic

from aggregator.log import Log
from aggregator.model import Settings
from aggregator.newsroom import Newsroom
from aggregator.pipeline import judge_and_print
from feeds.errors import PublishError

DAWDLING = timedelta(seconds=5)  # after which it is printed without those that dawdle
SETTLED = timedelta(minutes=1)  # after which what is new is settled though more may come

log = Log()


class Updating:
    """Prints what was noted to be new: once all have answered, or some take too long.

    While some still have to answer, what is new is judged and printed, and judged again with
    what they bring, so that the order of answers cannot matter; but no longer than a minute.
    """

    def __init__(
        self,
        newsroom: Newsroom,
        *,
        call: Callable[[float], None],
        extra: Mapping[str, bytes] | None,
    ) -> None:
        self._newsroom, self._call, self._extra = newsroom, call, extra
        self.printed_at = monotonic()
        self._noted_at: float | None = None
        self._unsettled_since: float | None = None

    def note(self) -> None:
        """Have it printed before long."""
        if self._noted_at is None:
            self._noted_at = monotonic()
            self._call(DAWDLING.total_seconds())

    def print_if_time(self, settings: Settings, *, is_quiet: bool, now: datetime) -> bool:
        """Print if it is time to, and say whether that was done; `is_quiet` if nobody is out.

        Raises PublishError where there is nothing to print, or it cannot be written; but with
        nothing there may still be something to come.
        """
        is_late = _is_past(self._noted_at, DAWDLING)
        is_last = is_quiet or _is_past(self._unsettled_since, SETTLED)
        is_time = (self._noted_at is not None and (is_quiet or is_late)) or (
            self._unsettled_since is not None and is_last
        )
        if not is_time:
            return False
        self._noted_at = monotonic()  # if it fails it is tried again, but not at once
        try:
            printed = judge_and_print(
                self._newsroom, settings, now=now, extra=self._extra, is_last=is_last
            )
        except PublishError:
            if is_quiet:
                raise
            return False
        self._noted_at = None
        self.printed_at = monotonic()
        self._unsettled_since = None if is_last else self._unsettled_since or monotonic()
        for fault in printed.faults:
            log.warning("entry left out", problem=fault)
        if printed.changed:
            log.info("paper printed", files=printed.changed)
        return True


def _is_past(since: float | None, span: timedelta) -> bool:
    return since is not None and monotonic() - since >= span.total_seconds()
