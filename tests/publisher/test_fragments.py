"""What many pages have in common is printed once, and no page is another for it."""

from collections.abc import Sequence
from dataclasses import replace
from importlib.resources import files
from itertools import permutations

from markupsafe import Markup

from publisher import fragments, pages
from publisher.model import ArticlePage
from publisher.theme import Theme
from tests.publisher.test_pages import ARTICLE, BASE, COAST, HOME, MASTHEAD

PAGES = (
    ARTICLE,
    replace(ARTICLE, title="Of no section", trail=(HOME,)),
    replace(ARTICLE, title="Deeper in the folders", href=f"{ARTICLE.href}and/on/"),
    replace(ARTICLE, title="Of another paper", masthead=replace(MASTHEAD, sections=(COAST,))),
)


def printed(some: Sequence[ArticlePage]) -> dict[str, bytes]:
    return {page.title: pages.article(page) for page in some}


def alone(page: ArticlePage) -> bytes:
    """Return a page under a head of its own, with which nothing can be shared."""
    return pages.article(replace(page, masthead=replace(page.masthead)))


def test_a_page_is_the_same_whatever_was_printed_before_it() -> None:
    apart = {page.title: alone(page) for page in PAGES}
    for order in permutations(PAGES):
        assert printed(order) == apart


def test_what_pages_share_is_made_once() -> None:
    made: list[str] = []

    def make() -> Markup:
        made.append("index")
        return Markup("<nav></nav>")

    paper = replace(MASTHEAD)
    some = [replace(ARTICLE, masthead=paper, href=f"{BASE}articles/2026/06/{n}/") for n in range(9)]
    shown = {fragments.shared("index", (), page, make) for page in some}
    assert (shown, made) == ({Markup("<nav></nav>")}, ["index"])


def test_what_a_theme_prints_around_an_article_may_speak_of_it() -> None:
    ours = (files("publisher") / "templates" / "parts.html").read_text()
    parts = f"{ours}{{% macro tree(sections) %}}<p>{{{{ page.title }}}}</p>{{% endmacro %}}"
    paper = replace(MASTHEAD, theme=Theme(templates=(("parts.html", parts),)))
    for title, page in printed([replace(one, masthead=paper) for one in PAGES]).items():
        assert f"<p>{title}</p>".encode() in page
