"""What changed in an article, and whether readers see it now. Pure.

An article is rewritten a few times a day at most: a page with a counter in it must not move a
feed at every poll. What comes beyond that waits; its last state is shown when the day allows.
"""

from collections.abc import Sequence
from dataclasses import fields as dataclass_fields
from datetime import datetime, timedelta

from aggregator.model import Article

DAY = timedelta(days=1)
NAMED_BY = {"id", "source_id", "key", "atom_id", "path", "published", "updated", "first_seen"}
NO_CHANGE = NAMED_BY | {"reply_count"}  # a comment more is no news (decision 9)
SHOWN = tuple(each.name for each in dataclass_fields(Article) if each.name not in NO_CHANGE)


def fields(before: Article, after: Article) -> tuple[str, ...]:
    """Return what of an article differs, of all that readers are shown."""
    return tuple(name for name in SHOWN if getattr(before, name) != getattr(after, name))


def due(made: Sequence[datetime], *, most: int, now: datetime) -> datetime:
    """Return when an article may change again, which was changed at these moments; now, or later.

    `most` is how often within any twenty-four hours.
    """
    recent = sorted(moment for moment in made if moment > now - DAY)
    return now if len(recent) < most else recent[-most] + DAY
