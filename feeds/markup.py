"""HTML from strangers: cleaned, made absolute, or made plain text. The only door to nh3."""

import html as entities
import re
from functools import lru_cache
from typing import Literal, TypeAlias

import nh3

from feeds.boilerplate import marked, named, own_words
from feeds.characters import clean_markup, clean_text, legal
from feeds.depth import is_too_deep
from feeds.pictures import is_unseen, shown_at_once
from feeds.players import linked
from feeds.tracking import direct, untracked
from feeds.urls import resolve

LONGEST = 512_000  # characters of one text; cleaning costs more than its length (T17)
_TITLE = 2_000  # characters; a title that is longer is none
_SPARE, _GROWN = 4_000, 8  # characters, and times; markup that grows more is an attack


def _names(written: str) -> frozenset[str]:
    return frozenset(written.split())


_BLOCKS = _names(
    "address article aside blockquote br caption center dd details dir div dl dt fieldset "
    "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr legend li main menu nav ol option "
    "p pre section summary table tbody td tfoot th thead tr ul"
)
_ALLOWED = _names(
    "p div aside h2 h3 h4 blockquote ul ol li dl dt dd a img figure figcaption source "
    "table caption thead tbody tfoot tr th td code pre em strong b i u s small mark br hr sup sub "
    "time abbr cite q del ins audio video"
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
    "del": {"datetime"},
    "ins": {"datetime"},
}
_ADDRESSES = frozenset({"href", "src", "poster"})
_INLINE = _names(
    "a abbr acronym b big blink bdi bdo cite code del dfn em font i img ins kbd mark nobr q s "
    "samp small script span strike strong style sub sup time tt u var wbr iframe"
)
_TAG = re.compile(rf"</?(?:{'|'.join(sorted(_BLOCKS | _INLINE))})\b[^<>]*>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,31});", re.IGNORECASE)
# What nobody writes in a title to have it read, but programs that escape twice leave in it.
_TYPED_TWICE = re.compile(
    r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|[lr][sd]quo|quot|apos|nbsp|hellip|[mn]dash|amp(?=;\s));",
    re.IGNORECASE,
)
# The start of an element that is dropped whole, where no end of it says that it is one.
_OF_NOTHING = re.compile(
    rf"<(?=({'|'.join(sorted(_DROPPED_WHOLE))})\b(?!.*</\1\b))", re.IGNORECASE | re.DOTALL
)
_BASE = re.compile(r"<base\b[^<>]{0,100}?\shref\s*=\s*[\"']?([^\"'\s<>]{1,2000})", re.IGNORECASE)
_TAG_NAMES = re.compile(rb"<([a-z][a-z0-9]*)")  # of markup in lower case
_OF_SCRIPTS = _names("noscript picture iframe object embed amp")
# Elements that decide where others end, and are taken away or move them (HTML, 13.2.4.2).
_SHAPING = _names(
    "table form option optgroup select button section article header footer nav main center "
    "address fieldset details summary hgroup dir menu listing marquee applet object search title "
    "input keygen plaintext nobr ruby rb rbc rp rpc rt rtc frameset noembed svg math template "
    "textarea body"
)
_NESTED = re.compile(r"<h[2-4]\b[^<>]*>(?:[^<]|<(?!/?h[2-4]\b))*+<h[2-4]\b")
_OTHER_HEADINGS = _names("h1 h5 h6")
_HEADING = re.compile(r"(</?h)([156])(?=[\s>/])", re.IGNORECASE)
# What nh3 writes is regular: lower case, every attribute in double quotes.
_CLEAN_IMG = re.compile(r"<img((?: [a-z]+=\"[^\"]*\")*)>")
_CLEAN_ATTRIBUTE = re.compile(r" ([a-z]+)=\"([^\"]*)\"")
_CLEAN_BLOCK_TAG, _CLEAN_INLINE_TAG = (
    re.compile(rf"</?(?:{'|'.join(sorted(names))})(?: [a-z]+=\"[^\"]*\")*>")
    for names in (_ALLOWED & _BLOCKS, _ALLOWED - _BLOCKS)
)
_CLEAN_SOURCE = re.compile(r"<source(?: type=\"[^\"]*\")?>")  # of a picture, which has an img
_CLEAN_MEDIA = re.compile(r"<(audio|video)(?![^>]*\bcontrols)(?=[ >])")
_EMPTY = re.compile(
    r"<(a|p|div|aside|li|ul|ol|figure|picture|h[2-4]|blockquote|em|strong|b|i|u)"
    r"(?: [a-z]+=\"[^\"]*\")*>(?:\s|&nbsp;)*</\1>"
)

_Relative: TypeAlias = tuple[Literal["rewrite_with_base"], str] | Literal["deny"]


def sanitise(html: str, *, base_url: str) -> str:
    """Return the newspaper part of `html`: known elements, absolute addresses, no script.

    Links and images lead to http, https or mailto alone; h1 becomes h2: a page has one title.
    What is too deep to clean in time comes back as one plain paragraph.
    """
    source = legal(html[:LONGEST])
    if is_too_deep(source):
        return _as_text(source)
    folded = source.encode().lower()  # a third of the time of a text's
    names = _named_in(folded)
    # What a browser would start from (HTML, 2.4.3).
    if "base" in names and (base := _BASE.search(source)):
        base_url = resolve(entities.unescape(base[1]), base_url=base_url) or base_url
    if b"data-" in folded or b"srcset" in folded or not names.isdisjoint(_OF_SCRIPTS):
        source = linked(shown_at_once(source))
        names |= _named_in(source.encode().lower())
    source = named(source)
    if not names.isdisjoint(_OTHER_HEADINGS):
        source = _HEADING.sub(lambda tag: tag[1] + ("2" if tag[2] == "1" else "4"), source)
    try:
        clean = _clean(source, _base(base_url))
    except ValueError:  # a base that we take for an address and nh3 does not
        clean = _clean(source, "deny")
    is_shaped = not names.isdisjoint(_SHAPING) or ("<h" in clean and _NESTED.search(clean))
    settled = _settled(clean) if is_shaped else clean
    # A long base is written out in many links; what is left open, in each block that follows.
    if settled is None or len(settled) > min(LONGEST, _SPARE + _GROWN * len(source)):
        return _as_text(source)
    return _finished(settled)


def _named_in(folded: bytes) -> set[str]:
    """Return the names of the tags in markup in lower case."""
    return {name.decode() for name in set(_TAG_NAMES.findall(folded))}


def _finished(clean: str) -> str:
    if "<img" in clean:
        clean = _CLEAN_IMG.sub(_shown, clean)
    if "<source" in clean:
        clean = _CLEAN_SOURCE.sub("", clean)
    if "<audio" in clean or "<video" in clean:
        clean = _CLEAN_MEDIA.sub(r'<\1 controls=""', clean)
    return marked(_without_empty(clean_markup(clean)).strip())


def _settled(clean: str) -> str | None:
    """Return markup that a parser reads as it is written, or None for what never settles.

    What stands in a table where it may not is moved before it, and a link is then in a link; an
    item may stand in an item as long as there is a form between them, and forms are taken away.
    The next parser, be it a browser's, takes such things apart again.
    """
    for _ in range(4):
        again = _clean(clean, "deny")
        if again == clean:
            return clean
        clean = again
    return None


def _as_text(source: str) -> str:
    return f"<p>{entities.escape(_stripped(source), quote=False)}</p>"


def _clean(source: str, relative: _Relative) -> str:
    return _cleaner(relative).clean(source)


@lru_cache(maxsize=64)  # making one takes as long as cleaning a kilobyte; a feed has few bases
def _cleaner(relative: _Relative) -> nh3.Cleaner:
    return nh3.Cleaner(
        tags=set(_ALLOWED),
        clean_content_tags=set(_DROPPED_WHOLE),
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute,
        url_schemes={"http", "https", "mailto"},
        url_relative=relative,
        link_rel="noopener noreferrer",
    )


_BLOCKS_ALONE = nh3.Cleaner(
    tags=set(_BLOCKS - _DROPPED_WHOLE),
    clean_content_tags=set(_DROPPED_WHOLE),
    attributes={},
    link_rel=None,
)


def plain(html: str) -> str:
    """Return the text of `html`: words of different blocks apart, entities decoded once."""
    source = legal(html[:LONGEST])
    if "<" not in source:
        return clean_text(entities.unescape(source))
    if is_too_deep(source):
        return clean_text(_stripped(source))
    blocks = _BLOCKS_ALONE.clean(source)
    return clean_text(entities.unescape(re.sub(r"<[^<>]*>", " ", blocks)))


def own_text(html: str) -> str:
    """Return the text of an article in HTML that `sanitise` returned, without what hangs on it.

    Links to other articles and to the rest of this one go; where nothing else is said, they stay.
    """
    return text_of(own_words(html)) or text_of(html)


def text_of(clean: str) -> str:
    """Return what `plain` does of HTML that `sanitise` returned, in a fraction of its time."""
    if len(clean) > LONGEST:
        return plain(clean)
    text = _CLEAN_BLOCK_TAG.sub(" ", _CLEAN_INLINE_TAG.sub("", clean))
    return plain(clean) if "<" in text else clean_text(entities.unescape(text))


def plain_title(text: str) -> str:
    """Return a title as plain text where nobody says whether it is HTML, as in RSS.

    A title with a known element in it is HTML; one with an entity is decoded once, and again
    where that leaves a sign of typography; "a < b", "List<T>" and "the <script> tag" stay.
    """
    if "<" in text and _TAG.search(text):
        return plain(_OF_NOTHING.sub("&lt;", text) if len(text) <= _TITLE else text)
    once = entities.unescape(text) if "&" in text and _ENTITY.search(text) else text
    return clean_text(
        entities.unescape(once) if "&" in once and _TYPED_TWICE.search(once) else once
    )


def is_html(text: str) -> bool:
    """Say whether text of unknown kind, such as an RSS description, is to be read as HTML."""
    return bool(("<" in text and _TAG.search(text)) or ("&" in text and _ENTITY.search(text)))


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


@lru_cache(maxsize=64)
def _base(base_url: str) -> _Relative:
    """Return how to treat relative addresses: from the base, or not at all without one."""
    absolute = resolve(base_url, base_url="")
    return ("rewrite_with_base", absolute) if absolute else "deny"


def _attribute(element: str, name: str, value: str) -> str | None:
    if name in _ADDRESSES:
        address = value.replace("\n", "").strip()
        if element == "a" and name == "href":
            return untracked(direct(address)) if "?" in address or "#" in address else address
        return None if address[:7].lower() == "mailto:" else address
    if name in {"width", "height", "colspan", "rowspan", "start"}:
        return value if value.isascii() and value.isdigit() and len(value) < 5 else None
    return value


def _shown(image: re.Match[str]) -> str:
    """Keep an image that is there to be seen; a pixel or a tracker is not."""
    attributes = _attributes(image[1])
    address = attributes.get("src", "")
    tiny = any(attributes.get(side) in {"0", "1"} for side in ("width", "height"))
    return "" if not address or tiny or is_unseen(address) else image[0]


def _without_empty(clean: str) -> str:
    """Take away what the removed left empty, from the inside out."""
    while (fewer := _EMPTY.sub("", clean)) != clean:
        clean = fewer
    return clean


def _stripped(html: str) -> str:
    return clean_text(entities.unescape(re.sub(r"<[^<>]*>", " ", html)))
