"""What a reader of feeds stumbles over, left out so that the rest can be read. Pure."""

from collections.abc import Callable, Collection, Sequence

from feeds.rawnames import Element, Names
from feeds.xmltree import written

MOST_TRIES = 100  # at reading a document; eight entries of a thousand are found in so many


def without_stumbling(
    root: Element, *, can_be_read: Callable[[bytes], bool]
) -> tuple[bytes, int] | None:
    """Return the document without what keeps it from being read, and how much that is.

    What is left out are entries, and parts of the head. None where it is not for single ones
    that it cannot be read, or for too many. Takes the tree apart.
    """
    search = _Search(root, can_be_read)
    sound = search.sound(search.parts)
    if sound is None:
        return None
    return search.document(sound), len(search.parts) - len(sound)


class _Search:
    """Halves what cannot be read until single parts are left: all that stands beside entries."""

    def __init__(self, root: Element, can_be_read: Callable[[bytes], bool]) -> None:
        items = Names(root).items(root)
        frames = dict.fromkeys(each.getparent() for each in items)
        outermost = [each for each in frames if each is not None and not _is_within(each, frames)]
        self.parts = [(frame, part) for frame in outermost for part in frame]
        self._root, self._can_be_read, self._tries = root, can_be_read, 0
        for frame, part in self.parts:
            frame.remove(part)

    def document(self, parts: Sequence[tuple[Element, Element]]) -> bytes:
        """Return the document with these parts alone."""
        for frame, part in parts:
            frame.append(part)
        document = written(self._root)
        for frame, part in parts:
            frame.remove(part)
        return document

    def sound(
        self, parts: Sequence[tuple[Element, Element]]
    ) -> list[tuple[Element, Element]] | None:
        """Return those of these parts that can be read; None where that takes too long."""
        if self._tries >= MOST_TRIES:
            return None
        self._tries += 1
        if self._can_be_read(self.document(parts)):
            return list(parts)
        if len(parts) < 2:
            return [] if parts else None
        half = len(parts) // 2
        first = self.sound(parts[:half])
        second = None if first is None else self.sound(parts[half:])
        return None if first is None or second is None else first + second


def _is_within(element: Element, others: Collection[Element | None]) -> bool:
    return any(each in others for each in element.iterancestors())
