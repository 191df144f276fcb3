"""What feedparser would say of those who wrote something. Pure."""

from feeds.quicknames import Names, UnsureError, attributes
from feeds.quickvalues import base_of, joined, popped, text_of
from feeds.rawnames import Element

_PARTS = {
    "name": "name",
    "itunes_name": "name",
    "email": "email",
    "itunes_email": "email",
    "uri": "href",
    "url": "href",
    "homepage": "href",
}


class Persons:
    """The authors of a feed, of an entry or of its source.

    One written in a line is nobody here: the XML's own line is taken apart by us instead. It
    `is_doubtful` who the others are where feedparser takes words of one for another's.
    """

    def __init__(self, names: Names, handled: frozenset[str]) -> None:
        self._names = names
        self._handled = handled
        self.found: list[dict[str, str]] = []
        self.has_written = self.is_doubtful = False

    def add(self, element: Element, outer: str) -> None:
        """Add an author.

        What a second author leaves unsaid feedparser takes from the line it made of the first.
        """
        author: dict[str, str] = {}
        self.take(element, outer, author)
        mailed = any("@" in value for other in self.found for value in other.values())
        if author and self.found and ("name" not in author or mailed):
            self.is_doubtful = True
        self.found.append(author)
        self.has_written |= not author and bool("".join(map(str, element.itertext())).strip())

    def add_owner(self, element: Element, outer: str) -> None:
        """Take in a podcast's owner, whom feedparser writes over the last author."""
        if not self.found:
            self.found.append({})
        elif not self.found[-1]:
            self.is_doubtful = True
        self.take(element, outer, self.found[-1])

    def take(self, element: Element, outer: str, author: dict[str, str]) -> None:
        """Write into `author` what an element says of a person."""
        attributes(element)
        base = base_of(element, outer)
        for child in element:
            name = self._names.of(child)
            text = text_of(child)
            key = _PARTS.get(name)
            if key is None and name in self._handled:
                raise UnsureError
            if key == "href":
                attributes(child)
                author[key] = popped(joined(base_of(child, base), text)) if text else ""
            elif key is not None:
                author[key] = text
