"""What the pages say to machines, and to those who are sent a link to one."""

import json
from dataclasses import replace
from typing import Any

import pytest

from publisher import pages
from publisher.metadata import LONGEST_HEADLINE
from publisher.texts import is_leftward
from tests.publisher.test_pages import (
    ARTICLE,
    BASE,
    COAST,
    FRONT,
    HOSTILE,
    IMAGE,
    MASTHEAD,
    SECTION,
    SUBSCRIBE,
    WORLD,
    Page,
    printed,
    read,
)


def said(page: Page) -> dict[str, dict[str, Any]]:
    """Return what a page says in JSON-LD, by type."""
    [script] = read(page).xpath("//script[@type='application/ld+json']/text()")
    told = json.loads(script)
    assert told["@context"] == "https://schema.org"
    return {node["@type"]: node for node in told["@graph"]}


def test_an_article_says_who_wrote_it_who_published_it_and_what_it_is_based_on() -> None:
    news = said(ARTICLE)["NewsArticle"]
    assert news["headline"] == ARTICLE.title
    assert news["url"] == news["mainEntityOfPage"] == ARTICLE.href
    assert news["isBasedOn"] == ARTICLE.permalink
    assert news["author"] == [{"@type": "Person", "name": "Ines Valder"}]
    assert news["publisher"]["name"] == "Harbour Courier"
    assert news["datePublished"] == "2026-06-01T12:00:00Z"
    assert news["dateModified"] == "2026-06-01T14:00:00Z"
    assert news["articleSection"] == "Coast"
    assert news["image"]["creditText"] == IMAGE.credit
    assert news["image"]["license"] == IMAGE.licence
    assert news["inLanguage"] == "en"


def test_an_article_of_no_named_author_is_by_its_source() -> None:
    assert said(replace(ARTICLE, authors=()))["NewsArticle"]["author"] == {
        "@type": "Organization",
        "name": "Harbour Courier",
        "url": "https://courier.example.net/",
    }


def test_an_article_that_has_its_only_page_here_is_based_on_no_other() -> None:
    own = replace(ARTICLE, permalink=ARTICLE.href)
    assert "isBasedOn" not in said(own)["NewsArticle"]
    assert read(own).xpath("//link[@rel='canonical']/@href") == [ARTICLE.href]


def test_a_long_headline_is_cut_for_machines_alone() -> None:
    long = replace(ARTICLE, title="tide " * 60)
    assert len(said(long)["NewsArticle"]["headline"]) == LONGEST_HEADLINE
    assert read(long).xpath("string(//h1)").strip() == long.title.strip()


@pytest.mark.parametrize(
    ("page", "way"),
    [
        (ARTICLE, ["Home", "World", "Coast", ARTICLE.title]),
        (SECTION, ["Home", "World"]),
        (SUBSCRIBE, ["Home", "World", "Coast", "Subscribe"]),
    ],
)
def test_the_way_from_home_is_told_to_machines_too(page: Page, way: list[str]) -> None:
    steps = said(page)["BreadcrumbList"]["itemListElement"]
    assert [step["name"] for step in steps] == way
    assert [step["position"] for step in steps] == list(range(1, len(way) + 1))
    assert steps[0]["item"] == BASE


def test_front_and_sections_say_what_they_are() -> None:
    assert said(FRONT)["WebSite"]["name"] == MASTHEAD.title
    assert said(SECTION)["CollectionPage"]["isPartOf"]["url"] == BASE


def test_words_cannot_end_what_is_said_to_machines() -> None:
    page = replace(ARTICLE, title=HOSTILE, source=HOSTILE, byline=HOSTILE, authors=(HOSTILE,))
    assert said(page)["NewsArticle"]["author"][0]["name"] == HOSTILE
    assert len(read(page).xpath("//script")) == 1


def test_an_address_that_is_not_of_the_web_is_not_told_to_machines() -> None:
    page = replace(
        ARTICLE, permalink="javascript:x", source_home="file:///x",
        image=replace(IMAGE, href="data:x"),
    )  # fmt: skip
    news = said(page)["NewsArticle"]
    assert not {"isBasedOn", "image"} & news.keys()
    assert "url" not in news["publisher"]


def test_whoever_is_sent_an_article_sees_its_words_and_its_picture() -> None:
    def content(page: Page, name: str) -> list[str]:
        found = read(page).xpath(f"//meta[@property='{name}' or @name='{name}']/@content")
        return [str(one) for one in found]

    assert content(ARTICLE, "og:description") == ["One tide table for all."]
    assert content(ARTICLE, "description") == ["One tide table for all."]
    assert content(ARTICLE, "og:image") == [IMAGE.href]
    assert content(ARTICLE, "twitter:card") == ["summary_large_image"]
    assert content(replace(ARTICLE, image=None), "twitter:card") == ["summary"]
    assert content(ARTICLE, "article:modified_time") == ["2026-06-01T14:00:00Z"]
    assert content(ARTICLE, "article:section") == ["Coast"]
    assert content(FRONT, "twitter:card") == ["summary_large_image"]


def test_a_link_to_an_original_in_another_language_says_so() -> None:
    foreign = read(replace(ARTICLE, language="de"))
    assert foreign.xpath("//p[@class='onward']/a/@hreflang") == ["de"]
    assert read(ARTICLE).xpath("//p[@class='onward']/a/@hreflang") == []


@pytest.mark.parametrize(
    ("language", "leftward"),
    [("ar", True), ("he-IL", True), ("fa", True), ("ur", True), ("en", False), ("az", False),
     ("az-Arab", True), ("ku-Arab-IQ", True), ("ar-Latn", False), ("arn", False)],
)  # fmt: skip
def test_a_paper_runs_the_way_its_language_is_written(language: str, leftward: bool) -> None:
    assert is_leftward(language) is leftward
    page = read(replace(FRONT, masthead=replace(MASTHEAD, language=language)))
    assert page.xpath("/html/@dir") == (["rtl"] if leftward else [])


def test_reasons_wait_until_they_are_asked_for() -> None:
    page = read(ARTICLE)
    [why] = page.xpath("//section[@aria-labelledby='related']//details[not(@open)]")
    assert why.xpath("string(./p)") == "Both name the old mole"
    assert why.xpath("string(./summary)") == "Why?"
    assert page.xpath("//details[@class='reasons']//li//text()") == [
        "The source's own category “Ports”"
    ]


def test_an_article_leads_to_its_neighbours_and_to_what_editors_picked() -> None:
    page = read(ARTICLE)
    assert page.xpath("//nav[@class='neighbours']//a/@rel") == ["prev", "next"]
    assert page.xpath("//nav[@class='neighbours']//p/span[2]/@lang") == ["de"]
    [aside] = page.xpath("//aside[@class='sidebar']")
    assert aside.xpath(".//h2//text()") == ["Editors\u2019 Picks"]
    assert "Read this first" in aside.text_content()


def test_the_subscribe_page_gives_each_address_to_copy_in_full() -> None:
    page = read(SUBSCRIBE)
    assert page.xpath("//dl//code/text()") == [feed.href for feed in SUBSCRIBE.feeds]
    assert page.xpath("//dl//dt/a/text()") == ["Atom", "RSS 2.0"]
    assert f"{BASE}opml.xml" in page.xpath("//main//code/text()")
    assert page.xpath("string(//h1)") == "Subscribe to Coast"
    for other in (SECTION, FRONT):
        assert "subscribe/" in read(other).xpath("//header//a/@href")
    assert WORLD.href == SECTION.href
    assert COAST.href == SUBSCRIBE.home


def test_a_slim_style_sheet_says_the_same() -> None:
    style = (
        "/* note */\n:root {\n  --a: 1px;\n}\n\na:hover,\nb {\n  color: red; /* two\nlines */\n}\n"
    )
    assert pages.slim(style) == ":root{--a:1px;}a:hover,\nb{color:red;}\n"


def test_a_page_is_light_though_much_is_on_it() -> None:
    many = tuple(
        replace(
            FRONT.latest.teasers[0],
            title=f"{number} headlines are long, and of two lines when they have eighty letters",
            href=f"{BASE}articles/2026/06/{number}-headlines-are-long-and-of-two-lines-when-they-have-a1b2c3/",
            permalink=f"https://courier.example.net/2026/06/01/{number}-headlines-are-long-and-of-two",
        )
        for number in range(60)
    )
    # What is most on a front page: the lead, 12 latest, three lists of five, 35 in sections.
    blocks = tuple(replace(FRONT.blocks[0], teasers=many[5 * at : 5 * at + 5]) for at in range(7))
    page = replace(
        FRONT, latest=replace(FRONT.latest, teasers=many[:12]), blocks=blocks,
        rankings=tuple(replace(FRONT.rankings[0], teasers=many[:5]) for _ in range(3)),
    )  # fmt: skip
    style = sum(len(body) for path, body in pages.assets().items() if path.endswith(".css"))
    assert len(printed(page)) + style < 50 * 1024
