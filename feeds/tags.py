"""The tags of a document, one after the other, however broken it is. Pure.

For pages, OPML and the heads of feeds, where only tags and attributes count. A recovering XML
parser drops the `&b` of an unescaped `?a=1&b=2`; here an address survives its document. All
patterns are linear, and so is the walk: what is never closed ends it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.entities import html5

_TAG = re.compile(r"<(?:(/?)([A-Za-z_][^\s/>]*+)|(!--)|(!\[CDATA\[)|[!?])")
_ATTRIBUTE = re.compile(
    r"[\s/]*+([^\s/>=][^\s/>=]*+)"
    r"(?:\s*+=\s*+(?:\"([^\"]*+)\"|'([^']*+)'|([^\s>]*+)))?"
)
_END = re.compile(r"[^>]*+>")
_BLANKS = re.compile(r"[\t\n\r]")
_REFERENCE = re.compile(
    r"&(?:#(?:([0-9]{1,7})|[xX]([0-9a-fA-F]{1,6}))|([A-Za-z][A-Za-z0-9]{1,31}));"
)
_MOST_ATTRIBUTES = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """A start or end tag: names in lower case, the first of two attributes of one name.

    `is_empty` says that it ended in `/>`; `end` is where in the text the tag ends.
    """

    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)
    is_end: bool = False
    is_empty: bool = False
    end: int = 0

    @property
    def local_name(self) -> str:
        """The name without its prefix."""
        return self.name.rpartition(":")[2]


def tags(text: str, *, opaque: frozenset[str] = frozenset()) -> Iterator[Tag]:
    """Yield the tags of `text`, but for those in comments, CDATA and elements named in `opaque`."""
    at = 0
    while found := _TAG.search(text, at):
        slash, name, comment, cdata = found.groups()
        at = found.end()
        if name:
            tag = _tag(text, found)
            if tag is None:
                return
            yield tag
            at = tag.end
            if tag.name in opaque and not (slash or tag.is_empty):
                at = _after_opaque(text, tag.name, at)
        elif comment:
            at = _after(text, "-->", at - 2)  # "<!-->" is a whole comment to a browser
        else:
            at = _after(text, "]]>" if cdata else ">", at)


def starts(html: str, name: str) -> int:
    """Return how many elements of a name there are about, written as people write them."""
    return html.count(f"<{name}") + html.count(f"<{name.upper()}")


def unescape(value: str) -> str:
    """Return text with its character references resolved; only whole ones, semicolon and all.

    HTML takes `&copy` without one, which makes `?a=1&copy=2` another address.
    """
    return _REFERENCE.sub(_character, value) if "&" in value else value


def _tag(text: str, start: re.Match[str]) -> Tag | None:
    attributes: dict[str, str] = {}
    at = start.end()
    for _ in range(_MOST_ATTRIBUTES):
        found = _ATTRIBUTE.match(text, at)
        if found is None:
            break
        name, double, single, bare = found.groups()
        value = next((each for each in (double, single, bare) if each is not None), "")
        at = found.end()
        attributes.setdefault(name.lower(), unescape(_BLANKS.sub(" ", value)))
    end = _END.match(text, at)
    if end is None:
        return None
    return Tag(
        name=start[2].lower(),
        attributes=attributes,
        is_end=bool(start[1]),
        is_empty=text[end.end() - 2] == "/",
        end=end.end(),
    )


def _after(text: str, mark: str, at: int) -> int:
    """Return where the next `mark` ends; what is never closed goes on to the end."""
    found = text.find(mark, at)
    return len(text) if found < 0 else found + len(mark)


def _after_opaque(text: str, name: str, at: int) -> int:
    end = re.compile(rf"</{re.escape(name)}(?=[\s/>])", re.IGNORECASE).search(text, at)
    return len(text) if end is None else end.start()


def _character(match: re.Match[str]) -> str:
    decimal, hexadecimal, name = match.groups()
    if name:
        return html5.get(f"{name};", match[0])
    number = int(decimal) if decimal else int(hexadecimal, 16)
    is_character = 0 < number <= 0x10FFFF and not 0xD800 <= number < 0xE000
    return chr(number) if is_character else "\ufffd"
