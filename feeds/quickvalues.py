"""What feedparser makes of texts, addresses and markup, where that is certain. Pure."""

import re
from contextlib import suppress
from typing import TYPE_CHECKING
from urllib.parse import urljoin
from xml.sax.saxutils import escape

from feeds.quicknames import XML_BASE, UnsureError, attributes, written_attributes

if TYPE_CHECKING:
    from feeds.rawnames import Element

_XHTML = "application/xhtml+xml"
_TYPES = {
    "text": "text/plain",
    "plain": "text/plain",
    "text/plain": "text/plain",
    "html": "text/html",
    "text/html": "text/html",
    "xhtml": _XHTML,
    _XHTML: _XHTML,
}
# Elements that mean nothing to feedparser, so that it takes no end of theirs for one of its own.
_HTML = frozenset(
    (
        *("a", "abbr", "acronym", "address", "area", "article", "aside", "audio", "b", "bdi"),
        *("bdo", "big", "blockquote", "br", "button", "caption", "center", "cite", "code", "col"),
        *("colgroup", "dd", "del", "details", "dfn", "div", "dl", "dt", "em", "embed"),
        *("fieldset", "figcaption", "figure", "font", "footer", "form", "h1", "h2", "h3", "h4"),
        *("h5", "h6", "header", "hr", "i", "iframe", "img", "input", "ins", "kbd", "label", "li"),
        *("main", "map", "mark", "nav", "nobr", "noscript", "object", "ol", "p", "param"),
        *("picture", "pre", "q", "s", "samp", "script", "section", "small", "span", "strike"),
        *("strong", "style", "sub", "sup", "table", "tbody", "td", "tfoot", "th", "thead"),
        *("time", "tr", "tt", "u", "ul", "var", "video", "wbr"),
    )
)
_HTML_NAMESPACES = frozenset({"", "http://www.w3.org/1999/xhtml", "http://www.w3.org/2005/Atom"})
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_QUOTES = {'"': "&quot;"}
_PLAIN_ADDRESS = re.compile(r"https?://[\w.:-]+/[!-\"$-:<->@-\[\]-~]*", re.ASCII)
_SLASHES = re.compile(r"^([A-Za-z][A-Za-z0-9+-.]*://)(/*)(.*?)")
_SCHEMES = ("http://", "https://", "file:///")
_C1 = re.compile("[\x80-\x9f]")
# The numbers 128 to 159 as windows-1252 has them; its five gaps stay what they are.
_CP1252 = {
    number: character
    for number in range(0x80, 0xA0)
    if (character := bytes([number]).decode("cp1252", "ignore"))
}


def text_of(element: "Element") -> str:
    """Return the text of an element that holds nothing else, less the white space around it."""
    if len(element):
        raise UnsureError
    return (element.text or "").strip()


def popped(text: str) -> str:
    """Return a text as feedparser keeps it: what was encoded to UTF-8 twice is decoded once more.

    It takes the doubled for Latin-1, not for windows-1252 as `feeds.charset.undoubled` does.
    """
    if text.isascii():
        return text
    with suppress(UnicodeError):
        text = text.encode("iso-8859-1").decode("utf-8")
    return text.translate(_CP1252) if _C1.search(text) else text


def joined(base: str, address: str) -> str:
    """Return an address made absolute, with feedparser's ideas of slashes."""
    if _PLAIN_ADDRESS.fullmatch(address):
        return address
    try:
        return urljoin(base, _SLASHES.sub(r"\1\3", address))
    except ValueError:
        return ""


def first_base(address: str) -> str:
    """Return what addresses start from in a document that is found at this one."""
    return _settled(joined(address, address))


def base_of(element: "Element", outer: str) -> str:
    """Return what the addresses in an element start from; `outer` is its parent's base."""
    written = element.get(XML_BASE)
    if not written:
        return outer
    return _settled(joined(outer, written))


def _settled(base: str) -> str:
    """Return a base that feedparser, which joins it to itself at each element, leaves as it is."""
    if not base.startswith(_SCHEMES) or joined(base, base) != base:
        raise UnsureError
    return base


def detail(element: "Element", *, default: str, outer: str, version: str) -> tuple[str, str, str]:
    """Return the value, type and base of a text construct; `default` is its type if not said."""
    said = attributes(element)
    kind = _TYPES.get(said.get("type", default).lower())
    base = base_of(element, outer)
    if kind is None or said.get("mode") == "base64":
        raise UnsureError
    if kind == _XHTML:
        return popped(_markup(element, version)), kind, base
    return popped(text_of(element)), kind, base


def _markup(element: "Element", version: str) -> str:
    """Return the inside of an element as feedparser writes it, less a div around all of it."""
    pieces = [escape(element.text or "")]
    for child in element:
        _write(child, pieces)
    if version == "atom10":
        while len(pieces) > 1 and not pieces[-1].strip():
            del pieces[-1]
        while len(pieces) > 1 and not pieces[0].strip():
            del pieces[0]
        if _is_wrapped(pieces):
            pieces = pieces[1:-1]
    return "".join(pieces).strip()


def _is_wrapped(pieces: list[str]) -> bool:
    first, last = pieces[0], pieces[-1]
    if not (first == "<div>" or first.startswith("<div ")) or last != "</div>":
        return False
    depth = 0
    for piece in pieces[:-1]:
        if piece.startswith("</"):
            depth -= 1
            if depth == 0:
                return False
        elif piece.startswith("<"):
            depth += 1
    return True


def _write(element: "Element", pieces: list[str]) -> None:
    tag = element.tag
    if not isinstance(tag, str):
        raise UnsureError
    namespace, _, local = tag.removeprefix("{").rpartition("}")
    name = local.lower()
    if namespace not in _HTML_NAMESPACES or name not in _HTML:
        raise UnsureError
    pieces.append(f"<{name}{''.join(_attributes(element))}>")
    if element.text:
        pieces.append(escape(element.text))
    for child in element:
        _write(child, pieces)
    pieces.append(f"</{name}>")
    if element.tail:
        pieces.append(escape(element.tail))


def _attributes(element: "Element") -> list[str]:
    written: dict[str, str] = {}
    for name, value in written_attributes(element):
        key = "xml:lang" if name == _XML_LANG else name.lower()
        if key[0] == "{" or key in written:
            raise UnsureError
        written[key] = value.lower() if key in {"rel", "type"} else value
    return [f' {key}="{escape(value, _QUOTES)}"' for key, value in written.items()]
