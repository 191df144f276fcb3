"""Parts that many articles' pages have in common, such as the list of all sections, printed once.

A link to a section is written alike on all pages whose folders are as deep: no section is among
the articles.
"""

from collections.abc import Callable, Sequence

from markupsafe import Markup

from publisher.model import ArticlePage, Masthead

_MOST = 500  # each has some ten kilobytes where there are a hundred sections
_kept: dict[tuple[object, ...], tuple[Masthead, Markup]] = {}


def shared(name: str, here: Sequence[str], page: ArticlePage, make: Callable[[], Markup]) -> Markup:
    """Return the part of this name as it is on the page, made now or when another page had it.

    `here` is what else it depends on. The paper's head is known by identity: it is one for all
    pages of an edition.
    """
    paper = page.masthead
    depth = page.href.removeprefix(paper.base_url).count("/")
    key = (name, id(paper), depth, *here)
    held = _kept.get(key)
    if held is not None and held[0] is paper:
        return held[1]
    if len(_kept) >= _MOST:
        _kept.clear()
    made = make()
    _kept[key] = (paper, made)
    return made
