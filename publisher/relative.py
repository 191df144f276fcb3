"""Addresses as a page may write them: relative to where it stands. Pure."""

import re
from functools import lru_cache
from urllib.parse import urljoin

_SUFFIX = re.compile(r"[?#]")
# Names that need no second look: no empty one, none of dots, none with a colon, nothing behind.
_PLAIN = re.compile(r"(?:[\w~%-][\w.~%-]*/)*(?:[\w~%-][\w.~%-]*)?", re.ASCII)


def relative(href: str, page_href: str, base_url: str) -> str:
    """Return `href` as the page at `page_href` may write it, relative where both are ours.

    `urljoin(page_href, relative(href, …)) == href` (RFC 3986, 5.2): where dot segments or an
    empty query would break that law, and for addresses beyond `base_url`, `href` comes back.
    """
    if not (href.startswith(base_url) and page_href.startswith(base_url)):
        return href
    here, is_here_plain = _folders(page_href, base_url)
    rest = href.removeprefix(base_url)
    if is_here_plain and _PLAIN.fullmatch(rest):
        return _way(rest, here) or "./"
    path = _SUFFIX.split(href, maxsplit=1)[0]
    way = _way(path.removeprefix(base_url), here)
    if not way:
        way = "./"
    elif not way[0].strip("/") or ":" in way.split("/")[0]:
        way = f"./{way}"  # "//x" would name a host, "a:b" a scheme (RFC 3986, 4.2)
    way += href.removeprefix(path)
    return way if urljoin(page_href, way) == href else href


@lru_cache(maxsize=8)
def _folders(page_href: str, base_url: str) -> tuple[tuple[str, ...], bool]:
    """Return the folders a page is in beneath the paper's root, and whether all are plain names."""
    rest = _SUFFIX.split(page_href, maxsplit=1)[0].removeprefix(base_url)
    return tuple(rest.split("/")[:-1]), _PLAIN.fullmatch(rest) is not None


def _way(path: str, here: tuple[str, ...]) -> str:
    """Return the steps up from `here` and down to a path: "" where that leads to itself."""
    *there, leaf = path.split("/")
    shared = 0
    for mine, other in zip(here, there, strict=False):
        if mine != other:
            break
        shared += 1
    return "/".join([*[".."] * (len(here) - shared), *there[shared:], leaf])
