"""What only feeds of ours say: no source's entry has it. Pure; `feeds.model` has all the rest."""

from dataclasses import dataclass
from datetime import datetime

from feeds.moments import aware


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What answers an entry of ours (RFC 4685, 4 and 5), in a feed of its own.

    `home` is the page beneath which it is told, with its final slash; the feed stands beside it.
    `updated` is when the last of the `count` entries changed.
    """

    home: str
    count: int
    updated: datetime

    def __post_init__(self) -> None:
        aware(self.updated)


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Where a document is among those of its feed (RFC 5005).

    `prev_archive` is the address of the archive document before it. One that `is_archive` is
    such a document itself, and `current` the address of the one subscribed to. One that
    `is_complete` holds all there is: what is not in it, is not in the feed.
    """

    prev_archive: str | None = None
    current: str | None = None
    is_archive: bool = False
    is_complete: bool = False


ALONE = History()
COMPLETE = History(is_complete=True)
