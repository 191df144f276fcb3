"""What comes of reading a document, for those who only hear of it. Pure."""

from dataclasses import dataclass

from feeds.carrying import carried
from feeds.model import SourceFeed

CUT_OFF = "the document is cut off; only its whole entries were read"  # the note that says so


@carried
@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What is new in a document. `feed` lacks the entries that were seen before.

    `fingerprints` are those of all items of the document, to be passed as seen the next time;
    `unseen` are those of the feed's entries, one each, in their order. Both are empty where the
    document can only be read whole; then all its entries are here.
    """

    feed: SourceFeed
    fingerprints: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
