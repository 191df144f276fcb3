"""Links in HTTP headers (RFC 8288), however servers write them. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_LINK = re.compile(r"[\s,]*+<([^<>]*+)>((?:\s*+;[^;,\"]*+(?:\"(?:[^\"\\]|\\.)*+\"[^;,\"]*+)?+)*+)")
_PARAMETER = re.compile(
    r";\s*+([^\s=;,\"]++)\s*+(?:=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"|([^\s;,\"]*+)))?"
)
_NEXT = re.compile(r",\s*+(?=<)")
_ESCAPED = re.compile(r"\\(.)")
_MOST = 200  # links, of one answer


@dataclass(frozen=True, slots=True, kw_only=True)
class HeaderLink:
    """One link of a Link header; `href` as written, `rels` and `type` in lower case."""

    href: str
    rels: frozenset[str]
    type: str = ""
    title: str = ""


def header_links(values: Iterable[str]) -> tuple[HeaderLink, ...]:
    """Return the links in the values of an answer's Link headers, in order.

    One whose context is another document (`anchor`; RFC 8288, 3.2) is not ours to follow.
    """
    links = (link for value in values for link in _links(_utf8(value)))
    return tuple(link for link, _ in zip(links, range(_MOST), strict=False))


def _links(value: str) -> Iterator[HeaderLink]:
    at = 0
    while at < len(value):
        found = _LINK.match(value, at)
        if found is None:  # something odd: on with the next that looks like a link
            following = _NEXT.search(value, at + 1)
            at = following.end() if following else len(value)
            continue
        at = found.end()
        said: dict[str, str] = {}
        for name, quoted, bare in _PARAMETER.findall(found[2]):
            said.setdefault(name.lower(), _ESCAPED.sub(r"\1", quoted) if quoted else bare)
        if "anchor" not in said:
            yield HeaderLink(
                href=found[1].strip(),
                rels=frozenset(said.get("rel", "").lower().split()),
                type=said.get("type", "").partition(";")[0].strip().lower(),
                title=said.get("title", "").strip(),
            )


def _utf8(value: str) -> str:
    """Return the header as it was meant: http.client reads as Latin-1 what is mostly UTF-8."""
    try:
        return value.encode("latin-1").decode("utf-8")
    except UnicodeError:
        return value
