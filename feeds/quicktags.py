"""What feedparser would say of the categories of an entry. Pure."""

from feeds.quicknames import Names, UnsureError, attributes
from feeds.quickvalues import popped, text_of
from feeds.rawnames import Element

_ITUNES = "http://www.itunes.com/"
_MEDIA = "http://search.yahoo.com/mrss/category_schema"


class Tags:
    """The categories of a feed or of an entry: terms, schemes and labels."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self.found: list[dict[str, str | None]] = []

    def add(self, element: Element, name: str) -> None:
        """Add what an element of this name says."""
        match name:
            case "itunes_category":
                self._add_nested(element)
            case "itunes_keywords":
                self._add_keywords(element, _ITUNES)
            case "media_keywords":
                self._add_keywords(element, None)
            case _:
                said = attributes(element)
                if name == "media_category":
                    said.setdefault("scheme", _MEDIA)
                scheme = said.get("scheme", said.get("domain"))
                self._begin(said.get("term"), scheme, said.get("label"))
                self._name(popped(text_of(element)))

    def _begin(self, term: str | None, scheme: str | None, label: str | None) -> None:
        tag = {"term": term, "scheme": scheme, "label": label}
        if (term or scheme or label) and tag not in self.found:
            self.found.append(tag)

    def _name(self, term: str) -> None:
        """Take in a category's text: the name of the one begun, else another category."""
        if term and self.found and not self.found[-1]["term"]:
            self.found[-1]["term"] = term
        elif term:
            self._begin(term, None, None)

    def _add_nested(self, element: Element) -> None:
        self._begin(attributes(element).get("text"), _ITUNES, None)
        pieces = [element.text or ""]
        for child in element:
            if self._names.of(child) != "itunes_category":
                raise UnsureError
            self._add_nested(child)
            pieces.append(child.tail or "")
        self._name(popped("".join(pieces).strip()))

    def _add_keywords(self, element: Element, scheme: str | None) -> None:
        text = text_of(element)
        if element.items():  # with attributes, they are none to feedparser
            return
        for term in filter(None, map(str.strip, popped(text).split(","))):
            self._begin(term, scheme, None)
