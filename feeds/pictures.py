"""Pictures that wait for a script, given their address at once. Pure.

Pages put off loading their pictures: the address is in data-src or srcset, in the source elements
of a picture, or in a noscript beside a grey dot. A feed reader runs no script and shows the dot.
Works on markup as it comes; what it writes is cleaned after it. All patterns are linear.
"""

import re
from collections.abc import Iterator, Mapping
from html import escape

from feeds.tags import starts, tags

WIDEST = 1280  # pixels; what a column of text can use on a good screen
_LONGEST_SET = 8_000  # characters of a srcset
_MOST = 200  # elements of a kind that are looked into; galleries have dozens

_IMG = re.compile(r"<(?:amp-)?img\b[^<>]*>", re.IGNORECASE)
_NOSCRIPT = re.compile(
    r"(?:(<(?:amp-)?img\b[^<>]*+>)(\s*+))?<noscript\b[^<>]*>(.{0,6000}?)</noscript\s*>",
    re.IGNORECASE | re.DOTALL,
)
_PICTURE = re.compile(r"<picture\b[^<>]*>(.{0,20000}?)</picture\s*>", re.IGNORECASE | re.DOTALL)
_SOURCE = re.compile(r"<source\b[^<>]*>", re.IGNORECASE)
_DESCRIPTOR = re.compile(r"(\d{1,5}(?:\.\d{1,3})?)([wx])", re.ASCII)
_SETS = ("srcset", "data-srcset", "data-lazy-srcset", "data-src-set")
_WAITING = (
    *("data-src", "data-lazy-src", "data-lazysrc", "data-lazy", "data-original", "data-orig-src"),
    *("data-original-src", "data-echo", "data-hi-res-src", "data-full-src", "data-image-src"),
    *("data-cfsrc", "data-pagespeed-lazy-src", "data-ezsrc", "data-runner-src", "data-actualsrc"),
)
_KEPT = ("alt", "title", "width", "height")
_ADDRESS = re.compile(r"(?:https?:)?//[^\s\"<>]+|[^\s\"<>:{\[]+[./][^\s\"<>:]*", re.IGNORECASE)
# What stands in for a picture until a script has put it there.
_PLACEHOLDER = re.compile(
    r"\s*$|(?:data|about|blob|javascript):|#"
    r"|(?:.{0,400}[/_.-])?(?:placeholder|lazy(?:-?load(?:ed|er|ing)?)?|loading|loader|spinner"
    r"|blank|spacer|transparent|1x1|gr[ae]y|empty|trans)"
    r"(?:[_.-]?(?:image|img|icon|pixel|\d{1,4}(?:x\d{1,4})?))?\.(?:gif|png|svg)(?:$|\?)",
    re.IGNORECASE,
)
# Pictures that are there to tell who sees them.
_TRACKERS = re.compile(
    r"//(?:[^/]*\.)?(?:feedsportal\.com/|doubleclick\.net/|feeds\.feedburner\.com/~|pheedo\.com/"
    r"|feeds\.wordpress\.com/1\.0/|stats\.wordpress\.com/|feedblitz\.com/|list-manage\.com/track/"
    r"|scorecardresearch\.com/|google-analytics\.com/|googleadservices\.com/|quantserve\.com/"
    r"|googlesyndication\.com/|stats\.wp\.com/|bat\.bing\.com/|analytics\.twitter\.com/|vgwort\.de/|ioam\.de/|ivwbox\.de/|facebook\.com/tr\b)"
    r"|//medium\.com/_/stat|//(?:[\w-]+\.)*assoc-amazon\.[a-z.]+/e/ir|googleusercontent\.com/tracker/"
    r"|//feedpress\.me/\d+/\d+\.gif|/(?:matomo|piwik)\.php\b|/__ptq\.gif|/wf/open\?"
    r"|//feeds\.[^/]+/~(?:r|ff|f|a|at)/|//(?:pixel|counter|ads?)\.[^/]+/"
    r"|/(?:pixel|spacer|blank|transparent|clear|1x1|track(?:ing|er)?|beacon)\.(?:gif|png)\b",
    re.IGNORECASE,
)


def shown_at_once(html: str) -> str:
    """Return markup in which every picture has its address in `src`, the widest sensible one."""
    if 0 < starts(html, "noscript") <= _MOST:
        html = _NOSCRIPT.sub(_told_without_script, html)
    if 0 < starts(html, "picture") <= _MOST:
        html = _PICTURE.sub(_one_picture, html)
    if "srcset" in html or "data-" in html or "DATA-" in html or "<amp-img" in html:
        html = _IMG.sub(lambda match: _with_address(match[0], ()), html)
    return html


def is_unseen(address: str) -> bool:
    """Say whether a picture is not there to be seen: it stands in for one, or counts readers."""
    return is_placeholder(address) or _TRACKERS.search(address) is not None


def is_placeholder(address: str) -> bool:
    """Say whether an address is of what stands in for a picture, by its name."""
    return _PLACEHOLDER.match(address) is not None


def _with_address(tag: str, sources: tuple[str, ...]) -> str:
    """Return an img with its address, or as it is where it waits for nothing."""
    lower = tag.lower()
    if not sources and not ("srcset" in lower or "data-" in lower or lower[:4] == "<amp"):
        return tag
    said = _attributes(tag)
    address = _address(said, sources)
    if address is None or (address == said.get("src") and tag[:4].lower() == "<img"):
        return tag
    kept = "".join(f' {name}="{escape(said[name])}"' for name in _KEPT if said.get(name))
    return f'<img src="{escape(address)}"{kept}>'


def _address(said: Mapping[str, str], sources: tuple[str, ...]) -> str | None:
    """Return where a picture is: the widest that fits, what a script would load, or its src."""
    waiting = (said[name].strip() for name in _WAITING if _ADDRESS.fullmatch(said.get(name, "")))
    own = said.get("src", "").strip()
    single = next(waiting, None) or (None if is_placeholder(own) else own)
    sets = [said[name] for name in _SETS if said.get(name)]
    best = next((found for each in (*sets, *sources) if (found := _widest(each))), None)
    if best is None:
        return single
    address, is_measured = best
    return address if is_measured or single is None else single


def _widest(srcset: str) -> tuple[str, bool] | None:
    """Return the best of a srcset for a column, and whether the widths of all are known."""
    found = [each for each in _candidates(srcset) if not is_placeholder(each[0])]
    if not found:
        return None
    if all(unit == "w" for _, _, unit in found):
        fitting = [each for each in found if each[1] <= WIDEST]
        best = max(fitting, key=_size) if fitting else min(found, key=_size)
        return best[0], True
    sharp = [each for each in found if each[1] <= 2] or found[:1]
    return max(sharp, key=_size)[0], False


def _size(candidate: tuple[str, float, str]) -> float:
    return candidate[1]


def _candidates(srcset: str) -> Iterator[tuple[str, float, str]]:
    """Yield address, number and unit of each candidate (HTML, 4.8.4.2.1).

    Addresses may have commas in them, but not at their end.
    """
    address = ""
    for token in srcset[:_LONGEST_SET].split():
        said, _, rest = token.partition(",") if address else (token, "", "")
        if descriptor := _DESCRIPTOR.fullmatch(said) if address else None:
            yield address, float(descriptor[1]), descriptor[2]
            address = rest
            continue
        if address:
            yield address, 1.0, "x"
        address = token.strip(",")
        if token.endswith(",") and address:
            yield address, 1.0, "x"
            address = ""
    if address:
        yield address, 1.0, "x"


def _told_without_script(match: re.Match[str]) -> str:
    """Return the picture a noscript holds instead of the one that waits for its script."""
    before, space, inside = match[1] or "", match[2] or "", match[3]
    told = "".join(_IMG.findall(inside))
    if not told:
        return before + space
    return told if _waits(before) else f"{before}{space}{told}"


def _waits(tag: str) -> bool:
    if not tag:
        return False
    said = _attributes(tag)
    marked = "lazy" in said.get("class", "") or any(
        name in said for name in (*_WAITING, *_SETS[1:])
    )
    return marked or is_placeholder(said.get("src", ""))


def _one_picture(match: re.Match[str]) -> str:
    """Return the img of a picture element, with the address of its best source if it has none."""
    sources = [_attributes(tag) for tag in _SOURCE.findall(match[1])]
    sources.sort(key=lambda said: said.get("type", "image/jpeg") not in {"image/jpeg", "image/png"})
    sets = tuple(filter(None, (said.get("srcset") or said.get("data-srcset") for said in sources)))
    img = _IMG.search(match[1])
    if img is None and not sets:
        return match[1]
    return _with_address(img[0] if img else "<img>", sets)


def _attributes(tag: str) -> Mapping[str, str]:
    return next((found.attributes for found in tags(tag)), {})
