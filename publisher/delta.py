"""What is new in a feed since the one its reader holds (RFC 3229, with the manipulation `feed`).

The versions handed out are remembered as their entries' fingerprints; of one that is not, a
reader is sent the whole feed, which is never wrong.
"""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final

from feeds import slices
from feeds.slices import Slices
from publisher import kinds
from publisher.shelf import Document

MANIPULATION: Final = "feed"
_TYPES: Final = frozenset({kinds.ATOM, kinds.RSS})
_VERSIONS: Final = 1024  # of all feeds together: some four kilobytes each


class Versions:
    """The versions of feeds that readers may hold, the latest `most` of those asked for.

    For one thread. What is answered depends on the two versions alone, on no time and no chance.
    """

    def __init__(self, most: int = _VERSIONS) -> None:
        self._most = most
        self._entries: OrderedDict[tuple[str, str], frozenset[str]] = OrderedDict()

    def note(self, document: Document) -> None:
        """Remember what is in a document that is about to be handed out."""
        if document.media_type not in _TYPES:
            return
        version = (document.path, document.etag.strip('"'))
        if version not in self._entries:
            pieces = _cut(document)
            self._entries[version] = frozenset(pieces.fingerprints if pieces else ())
        self._entries.move_to_end(version)
        while len(self._entries) > self._most:
            self._entries.popitem(last=False)

    def since(self, document: Document, tags: Iterable[str]) -> bytes | None:
        """Return the document with only the entries that are new to who holds one of `tags`.

        None where we know none of these versions, or no entry is new or other than it was. A tag
        of a packed form names the same entries as that of the plain one.
        """
        for tag in tags:
            version = (document.path, tag.partition("-")[0])
            held = self._entries.get(version)
            if held:
                self._entries.move_to_end(version)
                pieces = _cut(document)
                return pieces.without(held) if pieces and pieces.unseen(held) else None
        return None


def _cut(document: Document) -> Slices | None:
    return slices.cut(document.body, base_url="")
