"""What feedparser calls the elements and attributes of a document, where that is certain. Pure.

Its names come from tables of namespaces and, where those say nothing, from the prefixes that the
document happens to use. Whatever would need more than the tables raises UnsureError.
"""

import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feeds.rawnames import Element

XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_XML = "{http://www.w3.org/XML/1998/namespace}"
_XLINK = "http://www.w3.org/1999/xlink"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDF_ROOT, RDF_RESOURCE = f"{{{_RDF}}}RDF", f"{{{_RDF}}}resource"

# The namespaces, in lower case, whose elements feedparser does something with, and what it calls
# them. The other names are its, too: a document that gives one to something else confuses it.
_CALLED = {
    "http://backend.userland.com/rss": "",
    "http://blogs.law.harvard.edu/tech/rss": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://example.com/newformat#": "",
    "http://example.com/necho": "",
    "http://purl.org/echo/": "",
    "uri/of/echo/namespace#": "",
    "http://purl.org/pie/": "",
    "http://purl.org/atom/ns#": "",
    "http://www.w3.org/2005/atom": "",
    "http://purl.org/rss/1.0/modules/rss091#": "",
    "http://creativecommons.org/ns#license": "cc",
    "http://web.resource.org/cc/": "cc",
    "http://cyber.law.harvard.edu/rss/creativecommonsrssmodule.html": "creativecommons",
    "http://backend.userland.com/creativecommonsrssmodule": "creativecommons",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://purl.org/dc/terms/": "dcterms",
    "http://rssnamespace.org/feedburner/ext/1.0": "feedburner",
    "http://www.georss.org/georss": "georss",
    "http://www.opengis.net/gml": "gml",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://example.com/dtds/podcast-1.0.dtd": "itunes",
    "http://search.yahoo.com/mrss": "media",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://podlove.org/simple-chapters": "psc",
}
_HANDLED = frozenset(_CALLED.values()) - {""}
_OTHERS = frozenset(
    (
        *("admin", "ag", "annotate", "audio", "blogchannel", "co", "cp", "email", "ev", "fm"),
        *("foaf", "geo", "icbm", "image", "l", "pingback", "prism", "rdf", "rdfs", "ref", "reqv"),
        *("search", "slash", "soap", "ss", "str", "sub", "sy", "szf", "taxo", "thr", "ti"),
        *("trackback", "wfw", "wiki", "xlink", "xml"),
    )
)
_BINDING = re.compile(rb"xmlns(?::([^\s=:]+))?\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
# Attributes that are looked at: in a namespace they are another thing to us, not to feedparser.
_LOOKED_AT = frozenset(
    (
        *("base", "domain", "href", "label", "lastmod", "mode", "rel", "scheme", "src", "start"),
        *("term", "text", "type", "uri", "url", "version"),
    )
)


class UnsureError(Exception):
    """There is something in the document of which it is not certain what feedparser makes."""


class Names:
    """The names of one document's elements: those of feedparser's handlers, in lower case.

    Raises UnsureError for a document whose prefixes mean now one thing, now another.
    """

    def __init__(self, document: bytes) -> None:
        self._known: dict[object, str] = {}
        self._bound: dict[str, str] = {}
        for written, double, single in set(_BINDING.findall(document)):
            prefix, uri = written.decode(), (double or single).decode()
            if "&" in uri or uri.split() not in ([uri], []) or uri == _XLINK:
                raise UnsureError
            if prefix and self._bound.setdefault(prefix, uri) != uri:
                raise UnsureError
        _check(self._bound)

    def of(self, element: "Element") -> str:
        """Return what an element is called, as in "dc_creator"."""
        tag = element.tag
        known = self._known.get(tag)
        if known is None:
            known = self._known[tag] = self._name(tag, element.prefix)
        return known

    def _name(self, tag: object, prefix: str | None) -> str:
        if not isinstance(tag, str):  # a reference to an entity
            raise UnsureError
        if not tag.startswith("{"):
            return tag.lower()
        namespace, _, local = tag[1:].rpartition("}")
        meant = _called(namespace)
        if meant is None:  # it goes by the prefix, or by its name alone if there is none
            if prefix is None and namespace in self._bound.values():
                raise UnsureError
            meant = (prefix or "").lower()
        return f"{meant}_{local}".lower() if meant else local.lower()


def written_attributes(element: "Element") -> list[tuple[str, str]]:
    """Return the attributes of an element as the tree has them, `{namespace}name` and value."""
    return [(str(name), str(value)) for name, value in element.items()]


def attributes(element: "Element") -> dict[str, str]:
    """Return the attributes of an element that have no prefix, by feedparser's names for them."""
    said: dict[str, str] = {}
    for name, value in written_attributes(element):
        if name[0] == "{":
            if name.rpartition("}")[2].lower() in _LOOKED_AT and not name.startswith(_XML):
                raise UnsureError
            continue
        key = name.lower()
        if key in said or key == "base":
            raise UnsureError
        said[key] = value.lower() if key in {"rel", "type"} else value
    return said


def _called(namespace: str) -> str | None:
    """Return feedparser's prefix for a namespace it does something with."""
    lowered = namespace.lower()
    return "" if "backend.userland.com/rss" in lowered else _CALLED.get(lowered)


def _check(bound: dict[str, str]) -> None:
    """Refuse a prefix by which feedparser would take one vocabulary for another."""
    uris = Counter(bound.values())
    meanings = {_called(uri) for uri in uris}
    for prefix, uri in bound.items():
        name, meant = prefix.lower(), _called(uri)
        if meant is None:
            confusing = name in _HANDLED and uris[uri] > 1
        else:
            confusing = name != meant and (name in _OTHERS or name in meanings & _HANDLED)
        if confusing:
            raise UnsureError
