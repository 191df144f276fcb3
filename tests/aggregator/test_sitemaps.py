"""The paper's sitemap lists the pages that are canonical here, and changes when they do."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import lxml.html
import pytest

from aggregator.removal import remove
from aggregator.store.engine import transaction
from publisher.theme import Theme
from tests.aggregator.commands import Paper
from tests.aggregator.newsrooms import BASE, Desk, a_desk, a_feed, a_paper, a_source, an_item
from tests.conftest import NOON
from tests.publisher.test_sitemap import told

pytestmark = pytest.mark.usefixtures("each_engine")

URL = "https://a.example/feed"
DAY = timedelta(days=1)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, a_paper(a_source("a"))) as one:
        one.wire.bodies[URL] = a_feed(an_item(1, "Elsewhere", "Inflation fell in Frankfurt."))
        one.build()
        yield one


def ours(number: int, **changes: object) -> str:
    """Return an item that has no page at its source."""
    item = an_item(number, f"Ours {number}", f"Nothing of note in Ghent {number}.", **changes)  # type: ignore[arg-type]
    return item.replace(f"<link>https://a.example/{number}</link>", "")


def listed(desk: Desk) -> dict[str, str | None]:
    """Return what the sitemap leads to, by its index, with when each changed."""
    files = desk.files()
    found: dict[str, str | None] = {}
    for part, _ in told(files["sitemap.xml"], "sitemap"):
        assert part is not None
        body = files[part.removeprefix(BASE)]
        found |= {str(href).removeprefix(BASE): when for href, when in told(body, "url")}
    return found


def canonical(files: dict[str, bytes]) -> set[str]:
    """Return the pages that say themselves that they are to be found here."""
    found = set()
    for path, body in files.items():
        if path.endswith(".html"):
            page: lxml.html.HtmlElement = lxml.html.document_fromstring(body)
            (href,) = page.xpath("//link[@rel='canonical']/@href")
            if href == BASE + path.removesuffix("index.html"):
                found.add(path.removesuffix("index.html"))
    return found


def test_exactly_the_pages_that_are_canonical_here_are_listed(desk: Desk) -> None:
    desk.wire.bodies[URL] = a_feed(
        an_item(1, "Elsewhere", "Inflation fell in Frankfurt."),
        ours(2),
        ours(3, day=NOON - 40 * DAY),
    )
    desk.build()
    files = desk.files()
    assert listed(desk).keys() == canonical(files)
    assert sum(path.startswith("articles/") for path in listed(desk)) == 2
    assert {"sitemap/articles-2026-06.xml", "sitemap/articles-2026-04.xml"} < files.keys()
    assert b"Sitemap: https://paper.example/sitemap.xml\n" in files["robots.txt"]


def test_a_list_changed_when_what_is_in_it_did(desk: Desk) -> None:
    before = listed(desk)
    assert before["economy/"] == before[""] == "2026-06-01T12:00:00Z"
    assert before["economy/subscribe/"] is None
    later = an_item(2, "Khojaly", "The base at Khojaly is empty.", day=NOON + DAY)
    desk.now += 2 * DAY
    desk.wire.bodies[URL] = a_feed(an_item(1, "Elsewhere", "Inflation fell in Frankfurt."), later)
    desk.build()
    after = listed(desk)
    assert after[""] == after["security-defence/"] == "2026-06-02T12:00:00Z"
    assert after["economy/"] == before["economy/"]


def test_news_is_what_is_as_young_as_the_newest_whatever_the_clock_says(desk: Desk) -> None:
    assert "sitemap/news.xml" not in desk.files(), "what is news elsewhere is none of ours"
    items = [ours(n, day=NOON - n * DAY) for n in (2, 3, 4)]
    desk.wire.bodies[URL] = a_feed(*items)
    desk.build()
    before = desk.files()
    news = [str(href) for href, _ in told(before["sitemap/news.xml"], "url")]
    assert [href.rpartition("/ours-")[2][:1] for href in news] == ["2", "3"]
    desk.now += 30 * DAY
    assert desk.build().printed.changed == 0
    assert desk.publish().changed == 0, "a day without news changes nothing"
    assert desk.files() == before


def test_a_part_of_which_nothing_is_left_goes(desk: Desk) -> None:
    desk.wire.bodies[URL] = a_feed(ours(2), ours(3, day=NOON - 40 * DAY))
    desk.build()
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, "urn:a:3", desk.settings, reason="", now=desk.now)
    desk.build()
    files = desk.files()
    assert "sitemap/articles-2026-04.xml" not in files
    assert listed(desk).keys() == canonical(files)
    assert desk.publish().changed == 0
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, "urn:a:2", desk.settings, reason="", now=desk.now)
    desk.build()
    assert "sitemap/news.xml" not in desk.files()


def test_an_operator_says_otherwise_to_robots(tmp_path: Path) -> None:
    paper = Paper(folder=tmp_path)
    paper.write(f"name: A, feed: '{paper.feed('a', 'One')}'")
    assert paper.call("build").exit_code == 0
    (tmp_path / "config" / "theme").mkdir()
    (tmp_path / "config" / "theme" / "robots.txt").write_text("User-agent: *\nDisallow: /\n")
    assert paper.call("build").exit_code == 0
    assert paper.files()["robots.txt"] == b"User-agent: *\nDisallow: /\n"


def test_a_theme_without_a_word_to_robots_leaves_ours(desk: Desk) -> None:
    before = desk.files()["robots.txt"]
    desk.settings = replace(desk.settings, theme=Theme(texts=(("More", "Read on"),)))
    desk.build()
    assert desk.files()["robots.txt"] == before
