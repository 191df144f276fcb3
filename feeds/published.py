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
