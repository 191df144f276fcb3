"""HTML from strangers: cleaned, made absolute, or made plain text. The only door to nh3."""

import html as entities
import re
import unicodedata
from typing import Literal, TypeAlias

import nh3

from feeds.model import Text, TextKind
from feeds.urls import resolve

LONGEST = 512_000  # characters of one text; cleaning costs more than its length (T17)
_DEEPEST = 400  # open tags; 20,000 nested ones keep the cleaner busy for seconds (T17)


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split())


_BLOCKS = _names(
    "address article aside blockquote br caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol option "
    "p pre section summary table tbody td tfoot th thead tr ul"
)
_ALLOWED = _names(
    "p div h2 h3 h4 blockquote ul ol li dl dt dd a img figure figcaption picture source table "
    "caption thead tbody tfoot tr th td code pre em strong b i u s small mark br hr sup sub time "
    "abbr cite q del ins audio video"
)
_DROPPED_WHOLE = _names(
    "script style noscript template title textarea xmp iframe object embed svg math select button"
)
_ATTRIBUTES = {
    "a": {"href", "title", "hreflang"},
    "img": {"src", "alt", "title", "width", "height"},
    "source": {"src", "type"},
    "audio": {"src", "controls"},
    "video": {"src", "controls", "poster", "width", "height"},
    "ol": {"start"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    "time": {"datetime"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "q": {"cite"},
    "del": {"datetime"},
    "ins": {"datetime"},
}
_ADDRESSES = frozenset({"href", "src", "poster", "cite"})
_INLINE = _names(
    "a abbr acronym b big blink bdi bdo cite code del dfn em font i img ins kbd mark nobr q s "
    "samp small script span strike strong style sub sup time tt u var wbr iframe"
)
_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _INLINE))})\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
_HEADING = re.compile(r"(</?h)([156])(?=[\s>/])", re.IGNORECASE)
_ANY_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_LEFT_OPEN = _names("p li dt dd td th tr option br img hr input wbr source meta link col")
_ANY_IMG = re.compile(r"<img\b[^<>]*>", re.IGNORECASE)
_LAZY_SRC = re.compile(
    r"\bdata-(?:lazy-?src|original|orig-file|src|large-file)\s*=\s*([\"'])\s*((?:https?:)?/[^\"'<>]+)\1",
    re.IGNORECASE,
)
_SRC = re.compile(r"(?<![\w-])src\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s>]+)", re.IGNORECASE)
# What nh3 writes is regular: lower case, every attribute in double quotes.
_CLEAN_IMG = re.compile(r"<img((?: [a-z]+=\"[^\"]*\")*)>")
_CLEAN_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")
_CLEAN_MEDIA = re.compile(r"<(audio|video)(?![^>]*\bcontrols)(?=[ >])")
_EMPTY = re.compile(
    r"<(a|p|div|li|ul|ol|figure|picture|h[2-4]|blockquote|em|strong|b|i|u)"
    r"(?: [a-z]+=\"[^\"]*\")*>(?:\s|&nbsp;)*</\1>"
)
_TRACKERS = re.compile(
    r"//(?:[^/]*\.)?(?:feedsportal\.com/|doubleclick\.net/|feeds\.feedburner\.com/~|pheedo\.com/"
    r"|feeds\.wordpress\.com/1\.0/|stats\.wordpress\.com/|feedblitz\.com/|list-manage\.com/track/"
    r"|scorecardresearch\.com/|google-analytics\.com/|googleadservices\.com/|quantserve\.com/"
    r"|googlesyndication\.com/|vgwort\.de/|ioam\.de/|ivwbox\.de/|facebook\.com/tr\b)"
    r"|//feeds\.[^/]+/~(?:r|ff|f|a|at)/|//(?:pixel|counter|ads?)\.[^/]+/"
    r"|/(?:pixel|spacer|blank|transparent|clear|1x1|track(?:ing|er)?|beacon)\.(?:gif|png)\b",
    re.IGNORECASE,
)

# XML 1.0 Char (2.2), and no lone surrogate.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Delete, Bidi_Control of Unicode, the byte order mark, zero-width space and the soft hyphen.
_INVISIBLE = re.compile(
    "[\x7f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff\u00ad]"
)
# Numbers 128 to 159 mean windows-1252 to everyone who writes them (HTML, 13.2.5.80).
_C1 = re.compile("[\x80-\x9f]")
_SENTENCE_END = re.compile("[.!?\u2026][\"'\u201d\u2019\u00bb)\\]]*(?=\\s|$)|[\u3002\uff01\uff1f]")

_Relative: TypeAlias = tuple[Literal["rewrite_with_base"], str] | Literal["deny"]


def sanitise(html: str, *, base_url: str) -> str:
    """Return the newspaper part of `html`: known elements, absolute addresses, no script.

    Links and images lead to http, https or mailto alone; h1 becomes h2, so that a page keeps
    one title of its own; what is too deep to clean in time comes back as one plain paragraph.
    """
    source = _legal(html[:LONGEST])
    if _too_deep(source):
        return f"<p>{entities.escape(_stripped(source), quote=False)}</p>"
    source = _HEADING.sub(_milder, _ANY_IMG.sub(_at_once, source))
    try:
        clean = _clean(source, _base(base_url))
    except ValueError:  # a base that we take for an address and nh3 does not
        clean = _clean(source, "deny")
    clean = _CLEAN_MEDIA.sub(r'<\1 controls=""', _CLEAN_IMG.sub(_shown, clean))
    if len(clean) > LONGEST:  # a long base, written out in each of many links
        return f"<p>{entities.escape(_stripped(source), quote=False)}</p>"
    return _without_empty(clean).strip()


def _clean(source: str, relative: _Relative) -> str:
    return nh3.clean(
        source,
        tags=set(_ALLOWED),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        url_relative=relative,
        link_rel="noopener noreferrer",
    )


def plain(html: str) -> str:
    """Return the text of `html`: words of different blocks apart, entities decoded once."""
    source = _legal(html[:LONGEST])
    if "<" not in source:
        return clean_text(entities.unescape(source))
    if _too_deep(source):
        return clean_text(_stripped(source))
    blocks = nh3.clean(
        source,
        tags=set(_BLOCKS - _DROPPED_WHOLE),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes={},
        link_rel=None,
    )
    return clean_text(entities.unescape(re.sub(r"<[^<>]*>", " ", blocks)))


def plain_title(text: str) -> str:
    """Return a title as plain text where nobody says whether it is HTML, as in RSS.

    A title with a known element in it is HTML; one with an entity is decoded once; "a < b" and
    "List<T>" stay as they are.
    """
    if _TAG.search(text):
        return plain(text)
    return clean_text(entities.unescape(text) if _ENTITY.search(text) else text)


def is_html(text: str) -> bool:
    """Say whether text of unknown kind, such as an RSS description, is to be read as HTML."""
    return bool(_TAG.search(text) or _ENTITY.search(text))


def excerpt(text: Text, *, length: int) -> str:
    """Return at most `length` characters of plain text, cut where a sentence or a word ends."""
    whole = plain(text.value) if text.kind is TextKind.HTML else clean_text(text.value)
    if len(whole) <= length:
        return whole
    room = whole[: max(length - 1, 0)]
    ends = [match.end() for match in _SENTENCE_END.finditer(room) if match.end() >= length // 2]
    if ends:
        return room[: ends[-1]]
    words = room.rpartition(" ")[0] if whole[len(room) : len(room) + 1] not in {" ", ""} else room
    return (words or room).rstrip(" ,;:-\u2013\u2014") + "…" if length > 0 else ""


def clean_text(text: str) -> str:
    """Return one line of text fit for XML and for the eye.

    XML 1.0 characters alone, NFC, no control or bidirectional override, white space collapsed.
    """
    kept = _INVISIBLE.sub("", _legal(text))
    return " ".join(unicodedata.normalize("NFC", kept).split())


def _legal(text: str) -> str:
    kept = _NOT_XML.sub("", text)
    return _C1.sub(lambda match: match[0].encode("latin-1").decode("cp1252", "ignore"), kept)


def paragraphs(text: str) -> str:
    """Return plain text as HTML: an empty line ends a paragraph."""
    parts = (clean_text(part) for part in re.split(r"\n\s*\n", text))
    return "".join(f"<p>{entities.escape(part, quote=False)}</p>" for part in parts if part)


def images(clean: str) -> list[dict[str, str]]:
    """Return the attributes of each image in HTML that `sanitise` returned, in order."""
    return [_attributes(match[1]) for match in _CLEAN_IMG.finditer(clean)]


def _attributes(written: str) -> dict[str, str]:
    pairs = _CLEAN_ATTRIBUTE.findall(written)
    return {name: entities.unescape(value) for name, value in pairs}


def _base(base_url: str) -> _Relative:
    """Return how to treat relative addresses: from the base, or not at all without one."""
    absolute = resolve(base_url, base_url="")
    return ("rewrite_with_base", absolute) if absolute else "deny"


def _attribute(element: str, name: str, value: str) -> str | None:
    if name in _ADDRESSES:
        address = "".join(value.split("\n")).strip()
        if not (element == "a" and name == "href") and address[:7].lower() == "mailto:":
            return None
        return address
    if name in {"width", "height", "colspan", "rowspan", "start"}:
        return value if value.isascii() and value.isdigit() and len(value) < 5 else None
    return value


def _shown(image: re.Match[str]) -> str:
    """Keep an image that is there to be seen; a pixel or a tracker is not."""
    attributes = _attributes(image[1])
    address = attributes.get("src", "")
    tiny = any(attributes.get(side) in {"0", "1"} for side in ("width", "height"))
    return "" if not address or tiny or _TRACKERS.search(address) else image[0]


def _without_empty(clean: str) -> str:
    """Take away what the removed left empty; four rounds reach as deep as markup goes."""
    for _ in range(4):
        fewer = _EMPTY.sub("", clean)
        if fewer == clean:
            break
        clean = fewer
    return clean


def _at_once(image: re.Match[str]) -> str:
    """Give an image its address where a script was to put it there later."""
    lazy = _LAZY_SRC.search(image[0])
    if lazy is None:
        return image[0]
    tag = _SRC.sub("", image[0])
    return f'{tag[:4]} src="{lazy[2]}"{tag[4:]}'


def _milder(heading: re.Match[str]) -> str:
    return heading[1] + ("2" if heading[2] == "1" else "4")


def _too_deep(html: str) -> bool:
    if html.count("<") <= _DEEPEST:
        return False
    depth = deepest = 0
    for closing, name in _ANY_TAG.findall(html):
        if name.lower() not in _LEFT_OPEN:
            depth = max(depth - 1, 0) if closing else depth + 1
            deepest = max(deepest, depth)
    return deepest > _DEEPEST


def _stripped(html: str) -> str:
    return clean_text(entities.unescape(re.sub(r"<[^<>]*>", " ", html)))
