"""A browser reads cleaned markup as we do, and its own writing of it too, and runs nothing."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from feeds.errors import SourceError
from feeds.markup import sanitise
from feeds.model import TextKind
from feeds.parse import parse
from tests.feeds.attacks import VECTORS

pytestmark = pytest.mark.browser

BASE = "https://paper.example/2026/"
PIECES = (
    *("<p>", "</p>", "<div>", "</div>", "<b>", "</b>", "<i>", "</i>", "<a href='/x'>", "</a>", "&"),
    *("<table>", "<tr>", "<td>", "</td>", "</table>", "<caption>", "<ul>", "<li>", "</ul>", "<h1>"),
    *("</h1>", "<pre>\n", "</pre>", "<br>", "<hr>", "<svg>", "</svg>", "<math>", "<mtext>", "<mi>"),
    *(
        "<style>",
        "</style>",
        "<title>",
        "</title>",
        "<noscript>",
        "</noscript>",
        "<textarea>",
        "]]>",
    ),
    *(
        "<select>",
        "<option>",
        "<form>",
        "</form>",
        "<figure>",
        "</figure>",
        "<!--",
        "-->",
        "<aside>",
    ),
    *("</aside>", "<img src='/i.jpg' alt='a'>", "<video src='/v.mp4'>", "<source src='/v.webm'>"),
    *("text", " ", "&lt;", "&amp;lt;", "&nbsp;", "\u00a0", "<q>", "</q>", "<dl>", "<dt>", "<dd>"),
)
# Whatever ran would call it; what a browser makes of markup, and of its own writing of that.
PREPARE = "window.ran = []; window.stolen = () => { window.ran.push(document.body.innerHTML) };"
READ = """
return arguments[0].map(html => {
  const first = document.createElement('div'), second = document.createElement('div');
  first.innerHTML = html;
  second.innerHTML = first.innerHTML;
  const count = node => node.querySelectorAll('*').length;
  return [first.isEqualNode(second), count(first), first.innerHTML];
});
"""
SHOW = """
document.body.innerHTML = arguments[0];
for (const one of document.querySelectorAll('*')) one.click?.();
"""


def soup(number: int) -> str:
    chance = random.Random(number)
    pieces = chance.choices((*PIECES, *VECTORS), k=chance.randint(1, 16))
    return "".join(pieces)


def fragments(corpora: Path | None) -> Iterator[str]:
    yield from VECTORS
    yield from map(soup, range(400))
    if corpora is not None:
        for path in sorted((corpora / "feeds").iterdir())[::8]:
            try:
                entries = parse(path.read_bytes(), BASE).entries
            except SourceError:
                continue
            bodies = (entry.content for entry in entries[:4])
            yield from (body.value for body in bodies if body and body.kind is TextKind.HTML)


@pytest.fixture(scope="module")
def cleaned(request: pytest.FixtureRequest) -> list[str]:
    try:
        corpora = request.getfixturevalue("corpora")
    except pytest.skip.Exception:
        corpora = None
    return [sanitise(html, base_url=BASE) for html in fragments(corpora)]


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Any:
    blank = tmp_path / "blank.html"
    blank.write_text("<!doctype html><title>x</title><body></body>", "utf-8")
    browser.get(blank.as_uri())
    browser.execute_script(PREPARE)
    return browser


def test_a_browser_reads_its_own_writing_of_cleaned_markup_the_same(
    page: Any, cleaned: list[str]
) -> None:
    read = page.execute_script(READ, cleaned)
    assert len(read) == len(cleaned) > 450
    for html, (is_equal, count, written) in zip(cleaned, read, strict=True):
        assert is_equal, html
        assert count == html.count("<") - html.count("</"), (html, written)


def test_a_browser_that_shows_cleaned_markup_runs_nothing(page: Any, cleaned: list[str]) -> None:
    page.execute_script("window.addEventListener('click', event => event.preventDefault(), true)")
    for html in cleaned:
        page.execute_script(SHOW, html)
    assert page.execute_script("return window.ran") == []


def test_the_trap_would_have_caught_one(page: Any) -> None:
    page.execute_script("document.body.innerHTML = arguments[0]", "<img src=x: onerror=stolen()>")
    page.execute_async_script("setTimeout(arguments[0], 200)")
    assert json.dumps(page.execute_script("return window.ran")) != "[]"
