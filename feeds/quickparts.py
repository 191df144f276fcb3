"""What feedparser would say of a feed's head or of one entry, element by element. Pure.

Each method is feedparser's handler of the same name, as far as it leads to a field that we use.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

from feeds import texts
from feeds.quicknames import RDF_RESOURCE, Names, UnsureError, attributes
from feeds.quickpersons import Persons
from feeds.quicktags import Tags
from feeds.quickvalues import base_of, detail, joined, popped, text_of
from feeds.rawnames import Element

_REFERENCE = re.compile("&([A-Za-z0-9_]+);")
_AUTHORS = frozenset({"author", "managingeditor", "dc_author", "dc_creator", "itunes_author"})
_IN_SOURCES = frozenset(
    (
        *("title", "subtitle", "id", "link", "updated", "published", "rights", "generator"),
        *("category", "contributor"),
    )
)
_IN_IMAGES = frozenset({"url", "link", "title", "description"})
_IN_TEXT_INPUTS = frozenset({"title", "description", "name", "link"})
_RIGHTS = frozenset({"rights", "copyright", "dc_rights"})
_CREATIVE_COMMONS = "creativecommons_license"
# What counts only if it stands right in its entry.
_PLACED = _RIGHTS | {_CREATIVE_COMMONS}
# Names that, given to anything, are those of lists of feedparser's own.
_CLASHES = frozenset({"authors", "contributors", "links", "publishers"})


class Part:
    """What is said of the feed, or of one of its entries."""

    def __init__(self, names: Names, version: str, *, is_head: bool, has_title: bool) -> None:
        self._names = names
        self._version = version
        self._is_head = is_head
        self._has_title = has_title
        self._has_summary = self._has_content = False
        self._persons = Persons(names, _HANDLED)
        self._source = Persons(names, _HANDLED)
        self._tags = Tags(names)
        self._links: list[dict[str, str]] = []
        self._contents: list[dict[str, str]] = []
        self._rights = self._subtitle = ""

    def said(self, written: Sequence[str]) -> dict[str, Any]:
        """Return feedparser's mapping of the part. `written` are the authors the XML names.

        Those in one line each are taken from there, so that nobody asks how feedparser takes
        them apart; unless all of them are nobody.
        """
        is_written = any(map(texts.person, written))
        if not is_written and (self._persons.has_written or self._persons.is_doubtful):
            raise UnsureError
        return {
            "authors": () if is_written else self._persons.found,
            "source": {"authors": self._source.found},
            "tags": self._tags.found,
            "links": self._links,
            "content": self._contents,
            "rights": self._rights,
            "subtitle": self._subtitle,
        }

    def take_all(self, element: Element, base: str) -> None:
        """Take in all that is in an element."""
        for child in element:
            self.take(child, self._names.of(child), base)

    def take(self, element: Element, name: str, outer: str) -> None:
        """Take in one element."""
        handler = _HANDLERS.get(name)
        if handler is not None:
            handler(self, element, outer)
        elif len(element):
            self._container(element, name, outer)
        elif name in _CLASHES or name.endswith("_detail"):
            raise UnsureError

    def _container(self, element: Element, name: str, outer: str) -> None:
        """Take in what stands in an element that feedparser takes no notice of."""
        if name in _CLASHES or name.endswith("_detail"):
            raise UnsureError
        attributes(element)
        base = base_of(element, outer)
        for child in element:
            inner = self._names.of(child)
            if inner in _PLACED:
                raise UnsureError
            self.take(child, inner, base)

    def _leaf(self, element: Element, _outer: str) -> None:
        if len(element):
            raise UnsureError

    def _text(self, element: Element, outer: str) -> None:
        """Pass over a text of which only the XML's own is used, if nothing reaches out of it."""
        if len(element):
            detail(element, default="text/plain", outer=outer, version=self._version)

    def _title(self, element: Element, outer: str) -> None:
        if not self._has_title and (len(element) or (element.text or "").strip()):
            raise UnsureError
        self._text(element, outer)

    def _description(self, element: Element, outer: str) -> None:
        if self._is_head:
            if self._has_summary:
                raise UnsureError
            self._take_subtitle(element, outer, "text/html")
        elif self._has_summary and not self._has_content:
            self._content(element, outer)  # feedparser takes the second description for it
        else:
            if len(element):
                detail(element, default="text/html", outer=outer, version=self._version)
            self._has_summary = True

    def _abstract(self, element: Element, outer: str) -> None:
        if self._is_head:
            self._take_subtitle(element, outer, "text/plain")
        else:
            self._text(element, outer)
            self._has_summary = True

    def _summary(self, element: Element, outer: str) -> None:
        if self._has_summary and not self._has_content:
            self._content(element, outer)
        else:
            self._text(element, outer)
            self._has_summary = True

    def _content(self, element: Element, outer: str) -> None:
        self._take_content(element, outer, "text/plain")

    def _encoded(self, element: Element, outer: str) -> None:
        self._take_content(element, outer, "text/html")

    def _take_content(self, element: Element, outer: str, default: str) -> None:
        if self._is_head:  # the first entry would be thought to have content
            raise UnsureError
        value, kind, base = detail(element, default=default, outer=outer, version=self._version)
        guessed = kind == "text/plain" and not self._version.startswith("atom")
        if guessed and ("</" in value or "&" in value):  # feedparser may think that it is HTML
            raise UnsureError
        self._contents.append({"value": value, "type": kind, "base": base})
        self._has_content = self._has_summary = True

    def _subtitled(self, element: Element, outer: str) -> None:
        if self._is_head:
            self._take_subtitle(element, outer, "text/plain")
        else:
            self._text(element, outer)

    def _take_subtitle(self, element: Element, outer: str, default: str) -> None:
        self._subtitle = detail(element, default=default, outer=outer, version=self._version)[0]

    def _right(self, element: Element, outer: str) -> None:
        self._rights = detail(element, default="text/plain", outer=outer, version=self._version)[0]

    def _link(self, element: Element, outer: str) -> None:
        said = attributes(element)
        link = {"rel": said.get("rel", "alternate"), "type": said.get("type", "text/html")}
        base = base_of(element, outer)
        text = text_of(element)
        if href := said.get("url", said.get("uri", said.get("href"))):
            link["href"] = joined(base, href)
        elif "href" in said:
            raise UnsureError
        elif text:
            address = popped(joined(base, text))
            if not self._is_head:
                address = address.replace("&amp;", "&")
            link["href"] = _REFERENCE.sub(r"&\g<1>", address)
        self._links.append(link)

    def _cc_licence(self, element: Element, _outer: str) -> None:
        self._leaf(element, _outer)
        self._licence(element.get(RDF_RESOURCE))

    def _creative_commons(self, element: Element, _outer: str) -> None:
        self._licence(popped(text_of(element)))

    def _licence(self, href: str | None) -> None:
        self._links.append({"rel": "license", "href": href} if href else {"rel": "license"})

    def _author(self, element: Element, outer: str) -> None:
        self._persons.add(element, outer)

    def _owner(self, element: Element, outer: str) -> None:
        self._persons.add_owner(element, outer)

    def _contributor(self, element: Element, outer: str) -> None:
        self._persons.take(element, outer, {})

    def _category(self, element: Element, _outer: str) -> None:
        self._tags.add(element, self._names.of(element))

    def _take_source(self, element: Element, outer: str) -> None:
        if len(element) and self._is_head:
            raise UnsureError
        self._source = Persons(self._names, _HANDLED)
        attributes(element)
        base = base_of(element, outer)
        for child in element:
            name = self._names.of(child)
            if name in _AUTHORS:
                self._source.add(child, base)
            elif name in {"title", "subtitle", "rights"}:
                self._text(child, base)
            elif name in _HANDLERS and name not in _IN_SOURCES:
                raise UnsureError
            elif name != "contributor":
                self._leaf(child, base)
        if self._source.has_written or self._source.is_doubtful:
            raise UnsureError

    def _image(self, element: Element, outer: str) -> None:
        self._inset(element, outer, _IN_IMAGES if self._is_head else _IN_IMAGES - {"description"})

    def _text_input(self, element: Element, outer: str) -> None:
        if not self._is_head:
            raise UnsureError
        self._inset(element, outer, _IN_TEXT_INPUTS)

    def _inset(self, element: Element, outer: str, allowed: frozenset[str]) -> None:
        """Pass over an image or a text input, whose parts go by the names of the feed's own."""
        for child in element:
            name = self._names.of(child)
            if name not in allowed or len(child):
                raise UnsureError
            if name == "title" and not self._is_head:
                self._title(child, outer)

    def _chapter(self, element: Element, _outer: str) -> None:
        if "start" not in attributes(element) or len(element):  # feedparser stumbles
            raise UnsureError

    def _unsure(self, _element: Element, _outer: str) -> None:
        raise UnsureError


_Handler: TypeAlias = Callable[[Part, Element, str], None]


# ruff: noqa: SLF001 -- what follows belongs to the class
def _handlers() -> Iterable[tuple[_Handler, str]]:
    yield Part._title, "title dc_title media_title"
    yield Part._description, "description dc_description media_description"
    yield Part._abstract, "abstract"
    yield Part._summary, "summary itunes_summary"
    yield Part._content, "content"
    yield Part._encoded, "content_encoded fullitem"
    yield Part._subtitled, "subtitle tagline itunes_subtitle"
    yield Part._text, "info feedburner_browserfriendly"
    yield Part._right, " ".join(_RIGHTS)
    yield Part._link, "link"
    yield Part._cc_licence, "cc_license"
    yield Part._creative_commons, _CREATIVE_COMMONS
    yield Part._author, " ".join(_AUTHORS)
    yield Part._owner, "itunes_owner"
    yield Part._contributor, "contributor"
    yield Part._category, "category keywords dc_subject media_category itunes_category"
    yield Part._category, "media_keywords itunes_keywords"
    yield Part._take_source, "source"
    yield Part._image, "image"
    yield Part._text_input, "textinput"
    yield Part._chapter, "psc_chapter"
    leaves = """
        name url homepage uri email language dc_language webmaster dc_publisher published issued
        pubdate updated modified lastbuilddate created expirationdate cloud guid id generator
        enclosure newlocation dc_date dc_contributor dcterms_created dcterms_issued
        dcterms_modified dcterms_valid itunes_name itunes_email itunes_image itunes_link
        media_rating media_credit media_restriction media_license media_thumbnail media_player
        georss_point georss_line georss_polygon georss_box georssgeom geom
    """
    yield Part._leaf, leaves
    strange = """
        rss channel feed item entry body xhtml_body tags width height where georss_where
        gml_point gml_linestring gml_polygon gml_exterior gml_linearring gml_pos gml_poslist
    """
    yield Part._unsure, strange


_HANDLERS = {name: handler for handler, names in _handlers() for name in names.split()}
_HANDLED = frozenset(_HANDLERS)
