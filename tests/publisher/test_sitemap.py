"""Sitemaps keep to the protocol, however much there is, and robots.txt forbids nothing."""

import xml.etree.ElementTree as ET
from datetime import datetime, timedelta
from urllib.robotparser import RobotFileParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from publisher import sitemap
from publisher.sitemap import News, Place
from tests.conftest import NOON

BASE = "https://paper.example/"
PLAIN = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
OF_NEWS = "{http://www.google.com/schemas/sitemap-news/0.9}"
moments = st.integers(0, 10**6).map(lambda minutes: NOON - timedelta(minutes=minutes))
hrefs = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs"]), max_size=9).map(BASE.__add__)
places = st.lists(st.builds(Place, href=hrefs, modified=st.none() | moments), max_size=7)


def told(body: bytes, kind: str) -> list[tuple[str | None, str | None]]:
    """Return the addresses of a sitemap with their moments, held to the protocol."""
    root = ET.fromstring(body)  # noqa: S314 -- our own
    assert root.tag == PLAIN + {"url": "urlset", "sitemap": "sitemapindex"}[kind]
    assert {one.tag for one in root} <= {PLAIN + kind}
    return [(one.findtext(f"{PLAIN}loc"), one.findtext(f"{PLAIN}lastmod")) for one in root]


def said(one: Place) -> tuple[str, str | None]:
    return one.href, f"{one.modified:%Y-%m-%dT%H:%M:%SZ}" if one.modified else None


@given(st.dictionaries(st.sampled_from(["pages", "articles-2026-05"]), places), st.integers(1, 4))
def test_every_page_is_in_one_part_and_every_part_in_the_index(
    parts: dict[str, list[Place]], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sitemap, "MOST", most)
        files = sitemap.render(parts, [], base_url=BASE, paper="P")
    index = told(files.pop(sitemap.INDEX), "sitemap")
    assert [href for href, _ in index] == [BASE + path for path in files], "in their order"
    found = []
    for (_, modified), body in zip(index, files.values(), strict=True):
        pages = told(body, "url")
        assert 0 < len(pages) <= most
        assert modified == max((when for _, when in pages if when), default=None)
        found += pages
    assert found == [said(one) for some in parts.values() for one in some]


def test_no_part_is_larger_than_it_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sitemap, "LARGEST", 4000)
    pages = [Place(href=f"{BASE}{'ü' * 300}{number}") for number in range(20)]
    files = sitemap.render({"pages": pages}, [], base_url=BASE, paper="P")
    assert len(files) > 3
    assert all(len(body) <= 4000 for body in files.values())


def test_news_names_the_paper_the_language_and_the_moment() -> None:
    news = [
        News(href=f"{BASE}{n}", title="A & <b>", language=tag, published=NOON - timedelta(hours=n))
        for n, tag in enumerate(["en-GB", "zh-Hant", "zh", "sr-Latn"])
    ]
    files = sitemap.render({}, news, base_url=BASE, paper="The Paper")
    assert told(files[sitemap.INDEX], "sitemap") == [
        (f"{BASE}sitemap/news.xml", "2026-06-01T12:00:00Z")
    ]
    root = ET.fromstring(files["sitemap/news.xml"])  # noqa: S314 -- our own
    (first, *_) = root.iter(f"{OF_NEWS}news")
    assert first.findtext(f"{OF_NEWS}title") == "A & <b>"
    assert first.findtext(f"{OF_NEWS}publication_date") == "2026-06-01T12:00:00Z"
    assert first.findtext(f"{OF_NEWS}publication/{OF_NEWS}name") == "The Paper"
    languages = [one.text for one in root.iter(f"{OF_NEWS}language")]
    assert languages == ["en", "zh-tw", "zh-cn", "sr"]


def test_no_more_news_is_told_than_anybody_takes() -> None:
    one = News(href=BASE, title="T", language="en", published=NOON)
    files = sitemap.render({}, [one] * 1001, base_url=BASE, paper="P")
    assert len(told(files["sitemap/news.xml"], "url")) == 1000


def test_robots_may_go_everywhere_and_find_the_sitemap() -> None:
    robots = RobotFileParser()
    robots.parse(sitemap.robots(BASE).decode().splitlines())
    for path in ("", "atom.xml", "articles/2026/05/x/", "hub/x"):
        assert robots.can_fetch("AnyBot", BASE + path)
    assert robots.site_maps() == [f"{BASE}sitemap.xml"]


def test_a_moment_is_told_in_utc() -> None:
    there = datetime.fromisoformat("2026-06-01T14:00:00+02:00")
    files = sitemap.render(
        {"pages": [Place(href=BASE, modified=there)]}, [], base_url=BASE, paper="P"
    )
    assert told(files["sitemap/pages.xml"], "url") == [(BASE, "2026-06-01T12:00:00Z")]
