"""The text of a feed, made XML before a parser sees it: mended, cut to what is whole, bounded.

Two parsers read every document; mending it once means that both read the same entries and
that feedparser's loose and slow reading is hardly ever needed. All patterns here are linear.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.entities import html5

from feeds.dates import parse_date
from feeds.errors import NotAFeedError, ParseError
from feeds.htmlpage import begins_a_page, no_markup_of_a_feed, not_a_feed
from feeds.reading import CUT_OFF

MOST_ENTRIES = 5_000
_LONGEST_NAME = 300  # characters of an author; feedparser's pattern is quadratic in them (T5)
_MOST_PREFIXES = 40

_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CONTROLS = bytes({*range(0x20)} - {*b"\t\n\r"})
_START = re.compile(
    r"<\?xml\b|<!doctype\b|<(?:[\w.-]+:)?(?:rss|feed|rdf|html|opml|urlset|sitemapindex)[\s>/]"
    r"|\A\ufeff?\s*<channel[\s>]",
    re.IGNORECASE,
)
_DECLARATION = re.compile(r"\s*<\?xml\b[^>]*>", re.IGNORECASE)
_DOCTYPE_START = re.compile(r"<!DOCTYPE\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\b[^\[>]*(?:\[(.*?)\]\s*)?>", re.IGNORECASE | re.DOTALL)
_SIMPLE_ENTITY = re.compile(r"<!ENTITY\s+([\w.-]+)\s+([\"'])([^\"'&%<]{0,200})\2\s*>")
_PREAMBLE = re.compile(r"\s*(?:<\?.*?\?>\s*|<!--.*?-->\s*)*", re.DOTALL)
# What is not markup, though it may look like it; what is never closed goes on to the end.
_OPAQUE = re.compile(r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)", re.DOTALL)
_ANY_ROOT = re.compile(r"\s*(?:<[?!][^>]*>\s*)*<([A-Za-z_][\w.:-]{0,60})(?=[\s/>])")
_COMMENTS = re.compile(r"\s*(?:<!--.*?-->\s*)*", re.DOTALL)
_ROOT = re.compile(r"<((?:[A-Za-z_][\w.-]{0,60}:)?([A-Za-z_][\w.-]{0,60}))(?=[\s/>])([^<>]*)>")
_AMPERSAND = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?:(\d{1,7})|[xX]([0-9a-fA-F]{1,6}));|([A-Za-z][\w.-]{0,40});)?"
)
_STRAY_LESS = re.compile(r"<(?=[\s\d=<&%$])")
# The size of a channel's image, which nobody prints and feedparser stumbles over elsewhere (T6).
_SIZES = re.compile(r"</?(?:width|height)\b[^<>]*>")
_CDATA = "<![CDATA["
_ELEMENT_PREFIX = re.compile(r"<([A-Za-z_][\w.-]*):[A-Za-z]")
# Attributes with a prefix are found by their colon, which is rare, and then read backwards.
_ATTRIBUTE_COLON = re.compile(r":[\w.-]+=[\"']")
_ATTRIBUTE_PREFIX = re.compile(r"\s([A-Za-z_][\w.-]*)\Z")
_LONGEST_PREFIX = 80
_BOUND_PREFIX = re.compile(r"xmlns:([A-Za-z_][\w.-]*)\s*=")
_ENTRY_START = re.compile(r"<(?:[\w.-]+:)?(?:item|entry)[\s>]")
_ENTRY_END = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>")
_DATE = re.compile(
    r"<(?:pubDate|published|updated|dc:date|issued|modified)\b[^<>]*>(?:<!\[CDATA\[)?([^<\]]{1,100})"
)
_LONG_NAME = re.compile(
    rf"(<(?:author|managingEditor|webMaster|name|[\w.-]+:(?:creator|author|contributor|publisher|name))"
    rf"(?:\s[^<>]*)?>\s*(?:<!\[CDATA\[)?[^<\]]{{{_LONGEST_NAME}}})[^<\]]+"
)

# What the prefixes people forget to declare stand for.
_NAMESPACES = {
    "media": "http://search.yahoo.com/mrss/",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "atom": "http://www.w3.org/2005/Atom",
    "atom10": "http://www.w3.org/2005/Atom",
    "a10": "http://www.w3.org/2005/Atom",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "slash": "http://purl.org/rss/1.0/modules/slash/",
    "wfw": "http://wellformedweb.org/CommentAPI/",
}
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_OTHERS = {
    "html": "an HTML page",
    "opml": "an OPML list of feeds",
    "urlset": "a sitemap",
    "sitemapindex": "a list of sitemaps",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mended:
    """A feed's text as well-formed as we can make it, and what had to be done to it."""

    text: str
    notes: tuple[str, ...] = ()


def mend(text: str, *, base_url: str) -> Mended:
    """Return the XML of a feed: no DOCTYPE, whole entries only, 5,000 at the most.

    Raises NotAFeedError, saying what the document, found at `base_url`, is instead, and
    ParseError where it was cut off before its first entry ended.
    """
    notes: list[str] = []
    start = _START.search(text)
    if start is None:
        raise _another_kind(text, base_url=base_url)
    if text[: start.start()].strip("\ufeff \t\r\n"):
        notes.append("there was text before the feed")
    body, entities = _without_prologue(text[start.start() :], notes, base_url=base_url)
    body = _legal(body)
    root = _root(body, whole=text, base_url=base_url)
    body = body[root.start() :]
    body = _bounded(_whole(body, root[1], empty=root[3].endswith("/"), notes=notes), root[1], notes)
    body = _LONG_NAME.sub(r"\1", body)
    parts = [part if part.startswith(_CDATA) else _mended(part, entities) for part in _parts(body)]
    markup = "".join(part for part in parts if not part.startswith(_CDATA))
    return Mended(text=_with_namespaces("".join(parts), markup, root[1]), notes=tuple(notes))


def _legal(body: str) -> str:
    """Return the text without what XML cannot hold; the bytes of most say at once they hold none.

    A pattern takes three times as long.
    """
    try:
        written = body.encode()
    except UnicodeEncodeError:  # surrogates
        return _NOT_XML.sub("", body)
    is_legal = len(written.translate(None, _CONTROLS)) == len(written) and not (
        "\ufffe" in body or "\uffff" in body
    )
    return body if is_legal else _NOT_XML.sub("", body)


def _another_kind(text: str, *, base_url: str) -> NotAFeedError:
    """Return what to say of a document that has nothing of a feed in it."""
    root = _ANY_ROOT.match(text.lstrip("\ufeff"))
    if root is None or begins_a_page(text):
        return no_markup_of_a_feed(text, base_url=base_url)
    return NotAFeedError(f"the document is an XML document of <{root[1]}>, not a feed")


def _without_prologue(text: str, notes: list[str], *, base_url: str) -> tuple[str, dict[str, str]]:
    """Return the text without XML declaration and DOCTYPE, and the simple entities it declared.

    Entities made of other entities, or from elsewhere, are how documents attack their readers.
    """
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    start = _DOCTYPE_START.search(text, 0, 10_000)
    doctype = _DOCTYPE.match(text, start.start()) if start else None
    if doctype is None:
        return text, {}
    subset = doctype[1] or ""
    simple = {name: value for name, _, value in _SIMPLE_ENTITY.findall(subset)}
    if subset.count("<!ENTITY") > len(simple):
        notes.append("entity declarations were ignored")
    if re.match(r"<!DOCTYPE\s+html\b", doctype[0], re.IGNORECASE):
        raise not_a_feed(text, base_url=base_url)
    return text[: doctype.start()] + text[doctype.end() :], simple


def _root(body: str, *, whole: str, base_url: str) -> re.Match[str]:
    preamble = _PREAMBLE.match(body)
    root = _ROOT.match(body, preamble.end() if preamble else 0) or _ROOT.search(body)
    if root is None:
        raise ParseError("the document is cut off in its first line")
    name = root[2].lower()
    if name == "html":
        raise not_a_feed(whole, base_url=base_url)
    if name not in _FEED_ROOTS:
        what = _OTHERS.get(name, f"an XML document of <{root[1][:60]}>")
        raise NotAFeedError(f"the document is {what}, not a feed")
    return root


def _whole(body: str, root: str, *, empty: bool, notes: list[str]) -> str:
    """Return the document up to the end of its root, or of its last whole entry if cut off."""
    end = body.rfind(f"</{root}")
    if end >= 0 and _may_be_opaque(body, end):
        end = _markup(body).rfind(f"</{root}")
    if end >= 0 and (close := body.find(">", end)) >= 0:
        comments = _COMMENTS.match(body, close + 1)
        if comments and comments.end() < len(body):
            notes.append("there was text after the feed")
        return body[: close + 1]
    if empty:
        return body[: body.index(">") + 1]
    ends = [match.end() for match in _ENTRY_END.finditer(_markup(body))]
    if not ends:
        raise ParseError("the document is cut off before its first entry ends")
    notes.append(CUT_OFF)
    return body[: ends[-1]] + _closing(body[: ends[-1]], root)


def _may_be_opaque(body: str, at: int) -> bool:
    """Say whether a place looks as if it were in CDATA or a comment, where nothing ends."""
    for opening, closing in ((_CDATA, "]]>"), ("<!--", "-->")):
        opened = body.rfind(opening, 0, at)
        if opened >= 0 and body.find(closing, opened, at) < 0:
            return True
    return False


def _markup(body: str) -> str:
    """Return the document, as long as it is, with blanks for its CDATA and comments."""
    return _OPAQUE.sub(lambda match: " " * len(match[0]), body)


def _closing(body: str, root: str) -> str:
    channel = "</channel>" if "<channel" in body and "</channel" not in body else ""
    return f"{channel}</{root}>"


def _bounded(body: str, root: str, notes: list[str]) -> str:
    """Keep the newest 5,000 entries: the first, or the last where the oldest comes first."""
    if body.count("<") <= MOST_ENTRIES:  # told in a tenth of the time
        return body
    if body.count("<item") + body.count("<entry") + body.count(":item") <= MOST_ENTRIES:
        return body
    starts = [match.start() for match in _ENTRY_START.finditer(body)]
    if len(starts) <= MOST_ENTRIES:
        return body
    notes.append(f"of {len(starts)} entries only the newest {MOST_ENTRIES} were read")
    if _oldest_first(body, starts):
        return body[: starts[0]] + body[starts[-MOST_ENTRIES] :]
    head = body[: starts[MOST_ENTRIES]]
    return head + _closing(head, root)


def _oldest_first(body: str, starts: Sequence[int]) -> bool:
    first, last = _DATE.search(body, starts[0], starts[1]), _DATE.search(body, starts[-1])
    if first is None or last is None:
        return False
    then, later = parse_date(first[1]), parse_date(last[1])
    return then is not None and later is not None and then < later


def _parts(body: str) -> Iterator[str]:
    """Yield the document in pieces that are a CDATA section or have none in them."""
    at = 0
    while (start := body.find(_CDATA, at)) >= 0 and (end := body.find("]]>", start)) >= 0:
        yield body[at:start]
        at = end + len("]]>")
        yield body[start:at]
    yield body[at:]


def _mended(part: str, entities: dict[str, str]) -> str:
    """Return a part outside CDATA without the references and brackets XML does not know."""

    def reference(match: re.Match[str]) -> str:
        decimal, hexadecimal, name = match.groups()
        if decimal or hexadecimal:
            return _character(int(decimal) if decimal else int(hexadecimal, 16))
        if name and (known := entities.get(name) or html5.get(f"{name};")):
            return "".join(f"&#{ord(character)};" for character in known)
        return "&amp;" + match[0][1:]

    if "&" in part:
        part = _AMPERSAND.sub(reference, part)
    if "width" in part or "height" in part:
        part = _SIZES.sub("", part)
    return _STRAY_LESS.sub("&lt;", part)


def _character(number: int) -> str:
    """Return a legal reference; 128 to 159 are windows-1252 to everyone who writes them."""
    if 0x80 <= number < 0xA0:
        number = ord(bytes([number]).decode("cp1252", "ignore") or "\ufffd")
    if number > 0x10FFFF or _NOT_XML.match(chr(number)):
        return ""
    return f"&#{number};"


def _with_namespaces(body: str, markup: str, root: str) -> str:
    """Declare on the root the prefixes that are used in the markup and declared nowhere."""
    bound = set(_BOUND_PREFIX.findall(body))
    missing = sorted(_prefixes(markup) - {"xml", "xmlns"} - bound)[:_MOST_PREFIXES]
    bindings = "".join(f' xmlns:{p}="{_NAMESPACES.get(p, "urn:undeclared:" + p)}"' for p in missing)
    return f"<{root}{bindings}{body[len(root) + 1 :]}"


def _prefixes(markup: str) -> set[str]:
    """Return the prefixes of elements and attributes."""
    used = set(_ELEMENT_PREFIX.findall(markup))
    for colon in _ATTRIBUTE_COLON.finditer(markup):
        start = max(0, colon.start() - _LONGEST_PREFIX)
        if prefix := _ATTRIBUTE_PREFIX.search(markup, start, colon.start()):
            used.add(prefix[1])
    return used
