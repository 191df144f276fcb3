"""What a page offers to subscribe to: its feed in every format. Pure."""

from collections.abc import Sequence

from publisher.kinds import FEED_KINDS, FeedKind
from publisher.model import FeedLink


def formats(
    feed_href: str, title: str, kinds: Sequence[FeedKind] = FEED_KINDS
) -> tuple[FeedLink, ...]:
    """Return a feed in each format, the one to take first; all stand in one folder.

    That one goes by its title alone: it is what readers show who ask which to subscribe to.
    """
    folder = feed_href.rpartition("/")[0]
    return tuple(
        FeedLink(
            href=f"{folder}/{kind.name}",
            type=kind.type,
            name=title if kind is kinds[0] else f"{title} ({kind.title})",
        )
        for kind in kinds
    )
