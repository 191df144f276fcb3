"""What the pages say, and what they can never be made to say."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from urllib.parse import urljoin

import lxml.html
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from feeds.model import Image, Text, TextKind
from publisher import pages
from publisher.model import (
    ArticlePage,
    Attachment,
    Block,
    Comment,
    FeedLink,
    FrontPage,
    Masthead,
    RelatedTeaser,
    SectionLink,
    SectionPage,
    SubscribePage,
    Teaser,
)
from publisher.relative import relative

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
BASE = "https://news.example.org/"
HOSTILE = "</title><script>alert(1)</script><img src=x onerror='alert(2)'>\"' &amp; {{ 7 * 7 }}"

HOME = SectionLink(title="Home", href=BASE, slug="")
COAST = SectionLink(title="Coast", href=f"{BASE}world/coast/", slug="coast")
WORLD = SectionLink(title="World", href=f"{BASE}world/", slug="world", sections=(COAST,))
MASTHEAD = Masthead(
    title="The Morning Tide",
    base_url=BASE,
    tagline="Both sides of the harbour",
    rights="Rights stay with the sources.",
    sections=(WORLD,),
)
IMAGE = Image(
    href="https://pictures.example.net/mole.jpg",
    width=1200,
    height=800,
    description="The old mole",
    credit="Lotte Maas",
    licence="https://creativecommons.org/licenses/by-sa/4.0/",
    rights="© 2026 Lotte Maas",
)
TEASER = Teaser(
    title="Nine ports agree",
    href=f"{BASE}articles/2026/06/nine-ports-a1/",
    permalink="https://courier.example.net/nine-ports",
    source="Harbour Courier",
    published=NOON,
    byline="Ines Valder",
    standfirst="One tide table for all.",
    section=WORLD,
    image=IMAGE,
)
OTHER = replace(
    TEASER,
    title="The lighthouse answers",
    href=f"{BASE}articles/2026/05/lighthouse-b2/",
    permalink="https://gazette.example.net/lighthouse",
    source="Island Gazette",
    published=NOON - timedelta(days=1),
    section=COAST,
    image=None,
)
FRONT = FrontPage(
    masthead=MASTHEAD,
    feed_href=f"{BASE}atom.xml",
    href=BASE,
    lead=TEASER,
    latest=Block(title="Latest Posts", teasers=(OTHER, TEASER)),
    rankings=(
        Block(
            title="Most Cited",
            href=f"{BASE}most-cited/",
            teasers=(replace(OTHER, note="Cited by Harbour Courier and Tidal Times"),),
        ),
    ),
    blocks=(Block(title="World", href=WORLD.href, teasers=(TEASER, OTHER)),),
)
SECTION = SectionPage(
    masthead=MASTHEAD,
    section=WORLD,
    trail=(HOME, WORLD),
    feed_href=f"{WORLD.href}atom.xml",
    href=WORLD.href,
    teasers=(TEASER, OTHER),
)
CITING = Comment(
    title="What the ports signed",
    href=f"{BASE}articles/2026/06/what-they-signed-c3/",
    permalink="https://gazette.example.net/signed",
    source="Island Gazette",
    published=NOON + timedelta(days=1),
    quotation="The table, as the Courier printed it, has nine columns.",
    language="de",
)
ARTICLE = ArticlePage(
    masthead=MASTHEAD,
    href=TEASER.href,
    title=TEASER.title,
    permalink=TEASER.permalink,
    source=TEASER.source,
    source_home="https://courier.example.net/",
    published=NOON,
    updated=NOON + timedelta(hours=2),
    byline="Ines Valder",
    trail=(HOME, WORLD, COAST),
    image=IMAGE,
    body=Text(value="<p>The harbour <em>masters</em> signed.</p>", kind=TextKind.HTML),
    rights="© 2026 Harbour Courier",
    reasons=("The source's own category “Ports”",),
    cited_by=(CITING,),
    citations=1,
    own_citations=(replace(CITING, title="Our own second look", source=TEASER.source),),
    related=(RelatedTeaser(teaser=OTHER, reason="Both name the old mole"),),
    more=Block(title="More from Coast", href=COAST.href, teasers=(OTHER,)),
    standfirst="One tide table for all.",
    authors=("Ines Valder",),
    before=OTHER,
    after=replace(OTHER, title="The table is printed", language="de"),
    beside=(
        Block(
            title="Editors\u2019 Picks",
            href=f"{BASE}editors-picks/",
            teasers=(replace(OTHER, note="Read this first"),),
        ),
    ),
)
SUBSCRIBE = SubscribePage(
    masthead=MASTHEAD,
    href=f"{COAST.href}subscribe/",
    title="Coast",
    home=COAST.href,
    feeds=(
        FeedLink(href=f"{COAST.href}atom.xml", type="application/atom+xml", name="Atom"),
        FeedLink(href=f"{COAST.href}rss.xml", type="application/rss+xml", name="RSS 2.0"),
    ),
    trail=(HOME, WORLD, COAST),
)

Page = FrontPage | SectionPage | ArticlePage | SubscribePage


def printed(page: Page) -> bytes:
    match page:
        case FrontPage():
            return pages.front(page)
        case SectionPage():
            return pages.section(page)
        case ArticlePage():
            return pages.article(page)
        case SubscribePage():
            return pages.subscribe(page)


def read(page: Page) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(printed(page).decode())


def words(page: Page, css_class: str) -> list[str]:
    """Return the text of each element of a class, its white space evened out."""
    found = read(page).xpath(f"//*[contains(concat(' ', @class, ' '), ' {css_class} ')]")
    return [" ".join(element.text_content().split()) for element in found]


every_page = pytest.mark.parametrize(
    "page",
    [FRONT, SECTION, ARTICLE, SUBSCRIBE],
    ids=["front", "section", "article", "subscribe"],
)


@every_page
def test_a_page_has_one_h1_and_skips_no_level_of_heading(page: Page) -> None:
    levels = [int(heading.tag[1]) for heading in read(page).xpath("//h1|//h2|//h3|//h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


@every_page
def test_the_same_page_gives_the_same_bytes(page: Page) -> None:
    assert printed(page) == printed(replace(page))


@every_page
def test_a_page_is_html5_in_utf_8_and_forbids_all_script(page: Page) -> None:
    body = printed(page)
    assert body.startswith(b'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">')
    policy = read(page).xpath("string(//meta[@http-equiv='Content-Security-Policy']/@content)")
    assert policy.startswith("default-src 'none'; style-src 'self';")
    assert "script" not in policy


@every_page
def test_a_page_declares_its_landmarks_and_a_way_past_them(page: Page) -> None:
    html = read(page)
    assert [len(html.xpath(f"//body/{name}")) for name in ("header", "main", "footer")] == [1] * 3
    assert html.xpath("//body/*[1]/@href") == ["#main"]
    assert html.xpath("//main/@id") == ["main"]


@every_page
def test_every_id_is_given_once_and_every_label_exists(page: Page) -> None:
    html = read(page)
    ids = html.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert set(html.xpath("//@aria-labelledby")) <= set(ids)


def test_front_and_section_pages_announce_their_feed_and_themselves() -> None:
    for page, hrefs in ((FRONT, ["atom.xml"]), (SECTION, ["atom.xml", "../atom.xml"])):
        html = read(page)
        assert html.xpath("//link[@type='application/atom+xml']/@href") == hrefs
        [lists] = html.xpath("//link[@type='text/x-opml']/@href")
        assert urljoin(page.href, lists) == f"{BASE}opml.xml"
        assert html.xpath("//link[@rel='canonical']/@href") == [page.href]


def test_a_page_announces_its_feed_in_every_format_and_the_one_to_take_first() -> None:
    said = [
        (link.get("type"), link.get("title"), urljoin(SECTION.href, link.get("href")))
        for link in read(SECTION).xpath("//link[@rel='alternate'][contains(@type, '+')]")
    ]
    feed, paper = SECTION.section.title + " · The Morning Tide", "The Morning Tide"
    assert said == [
        (f"application/{kind}", f"{title}{called}", f"{home}{name}")
        for title, home in ((feed, WORLD.href), (paper, BASE))
        for kind, called, name in (
            ("atom+xml", "", "atom.xml"),
            ("rss+xml", " (RSS 2.0)", "rss.xml"),
            ("feed+json", " (JSON Feed)", "feed.json"),
        )
    ]
    hrefs = read(ARTICLE).xpath("//p[@class='feeds']/a/@href")
    assert [urljoin(ARTICLE.href, href) for href in hrefs[:3]] == [
        f"{COAST.href}{name}" for name in ("atom.xml", "rss.xml", "feed.json")
    ]


def test_an_article_announces_the_feed_of_its_section_and_yields_to_the_original() -> None:
    html = read(ARTICLE)
    feed, whole = html.xpath("//link[@type='application/atom+xml']")
    assert urljoin(ARTICLE.href, whole.get("href")) == f"{BASE}atom.xml"
    assert urljoin(ARTICLE.href, feed.get("href")) == f"{COAST.href}atom.xml"
    assert feed.get("title") == "Coast · The Morning Tide"
    assert html.xpath("//link[@rel='canonical']/@href") == [ARTICLE.permalink]


def test_an_article_of_no_section_announces_the_feed_of_the_paper() -> None:
    for trail in ((), (HOME,)):
        html = read(replace(ARTICLE, trail=trail))
        [feed] = html.xpath("//link[@type='application/atom+xml']")
        assert urljoin(ARTICLE.href, feed.get("href")) == f"{BASE}atom.xml"
        assert feed.get("title") == "The Morning Tide"


def test_the_breadcrumb_leads_from_home_to_the_title() -> None:
    html = read(ARTICLE)
    names = html.xpath("//nav[@aria-label='Breadcrumb']//li//text()[normalize-space()]")
    assert names == ["Home", "World", "Coast", "Nine ports agree"]
    hrefs = html.xpath("//nav[@aria-label='Breadcrumb']//a/@href")
    assert [urljoin(ARTICLE.href, href) for href in hrefs] == [BASE, WORLD.href, COAST.href]


def test_a_trail_that_does_not_begin_at_home_is_led_there() -> None:
    html = read(replace(SECTION, trail=(WORLD,)))
    names = html.xpath("//nav[@aria-label='Breadcrumb']//li//text()[normalize-space()]")
    assert names == ["Home", "World"]


def test_an_article_says_who_wrote_it_where_and_when() -> None:
    assert words(ARTICLE, "meta")[0] == (
        "By Ines Valder Harbour Courier 1 June 2026, 12:00 UTC Updated 1 June 2026, 14:00 UTC"
    )
    stamps = read(ARTICLE).xpath("//article[@class='story']//time/@datetime")
    assert stamps == ["2026-06-01T12:00:00Z", "2026-06-01T14:00:00Z"]


def test_an_article_without_a_byline_or_an_update_does_not_speak_of_them() -> None:
    plain = replace(ARTICLE, byline="", updated=NOON, source_home=None)
    assert words(plain, "meta")[0] == "Harbour Courier 1 June 2026, 12:00 UTC"


def test_a_moment_is_told_in_utc_wherever_it_was_taken() -> None:
    late = replace(ARTICLE, published=NOON.astimezone(timezone(timedelta(hours=14))))
    assert printed(late) == printed(ARTICLE)


def test_the_picture_carries_caption_credit_rights_and_licence() -> None:
    [figure] = read(ARTICLE).xpath("//figure")
    assert " ".join(figure.text_content().split()) == (
        "The old mole Lotte Maas © 2026 Lotte Maas CC BY-SA 4.0"
    )
    [licence] = figure.xpath(".//a")
    assert licence.get("href") == IMAGE.licence
    assert licence.get("rel") == "license"
    [image] = figure.xpath("./img")
    assert (image.get("alt"), image.get("width"), image.get("height")) == (
        "The old mole",
        "1200",
        "800",
    )
    assert image.get("loading") is None


@pytest.mark.parametrize(
    ("href", "name"),
    [
        ("https://creativecommons.org/licenses/by/2.0/deed.de", "CC BY 2.0"),
        ("http://creativecommons.org/licenses/by-nc-nd/3.0", "CC BY-NC-ND 3.0"),
        ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0"),
        ("https://creativecommons.org/publicdomain/mark/1.0/", "Public domain"),
        ("https://licences.example.org/open", "Licence at licences.example.org"),
        ("https://[broken/", "Licence"),
    ],
)
def test_a_licence_is_called_what_readers_call_it(href: str, name: str) -> None:
    page = replace(ARTICLE, image=replace(IMAGE, licence=href))
    assert read(page).xpath("//figcaption//a/text()") == [name]


def test_a_page_without_pictures_has_no_empty_frames() -> None:
    assert IMAGE.description is not None
    for page in (
        replace(FRONT, lead=OTHER, latest=Block(title="Latest Posts"), rankings=(), blocks=()),
        replace(SECTION, teasers=(OTHER,)),
        replace(ARTICLE, image=None),
    ):
        assert not read(page).xpath("//img|//figure|//*[@class='frame']")


def test_only_the_first_picture_of_a_page_is_fetched_at_once() -> None:
    for page in (FRONT, replace(SECTION, teasers=(TEASER, TEASER))):
        first, *others = read(page).xpath("//main//img")
        assert first.get("loading") is None
        assert others
        assert {image.get("loading") for image in others} == {"lazy"}


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (ARTICLE, "Continue reading at Harbour Courier"),
        (replace(ARTICLE, is_excerpt=False), "Originally published by Harbour Courier"),
        (replace(ARTICLE, body=None), "Read this article at Harbour Courier"),
    ],
    ids=["excerpt", "full", "link"],
)
def test_an_article_leads_plainly_to_the_original(page: ArticlePage, said: str) -> None:
    assert words(page, "onward") == [said]
    [link] = read(page).xpath("//p[@class='onward']//a")
    assert link.get("href") == page.permalink


def test_an_article_shows_its_rights_and_why_it_is_here() -> None:
    assert words(ARTICLE, "colophon") == [
        "© 2026 Harbour Courier Why it is here The source's own category “Ports”"
    ]
    assert words(replace(ARTICLE, rights="", reasons=()), "colophon") == []


def test_an_article_shows_its_files_its_comments_and_whom_it_was_taken_from() -> None:
    page = replace(
        ARTICLE,
        attachments=(
            Attachment(href="https://source.example/1.mp3", title="Audio", extent="1:02:03, 25 MB"),
            Attachment(href="javascript:x", title="Trap"),
        ),
        upstream="The Wire",
        upstream_home="https://wire.example/",
        comments="https://source.example/1#c",
    )
    hrefs = [str(link.get("href")) for link in read(page).iter("a")]
    assert {
        "https://source.example/1.mp3",
        "https://wire.example/",
        "https://source.example/1#c",
    } <= set(hrefs)
    text = " ".join(read(page).text_content().split())
    assert "Audio 1:02:03, 25 MB" in text
    assert "via The Wire" in text
    assert "Comments at" in text
    assert "javascript:" not in printed(page).decode()


def test_related_articles_lead_to_our_pages_and_say_why() -> None:
    [section] = read(ARTICLE).xpath("//section[@aria-labelledby='related']")
    assert section.xpath("./header/h2/text()") == ["You may also like"]
    [href] = section.xpath(".//h3/a/@href")
    assert href == "../../05/lighthouse-b2/"
    assert section.xpath(".//*[@class='reason']/text()") == ["Both name the old mole"]
    assert "Island Gazette" in section.text_content()


def test_more_of_the_section_leads_to_the_section() -> None:
    [section] = read(ARTICLE).xpath("//section[@aria-labelledby='more']")
    assert section.xpath("string(.//h2)").strip() == "More from Coast"
    [more] = section.xpath(".//a[@class='more']/@href")
    assert urljoin(ARTICLE.href, more) == COAST.href
    assert not section.xpath(".//*[@class='kicker']")


def test_a_section_named_by_the_list_is_not_named_again_by_its_articles() -> None:
    assert words(SECTION, "kicker") == ["Coast"]


def test_plain_text_bodies_become_paragraphs_and_never_markup() -> None:
    page = replace(ARTICLE, body=Text(value="One <b>bold</b> word.\n\nAnother\nline."))
    [body] = read(page).xpath("//div[@class='body']")
    assert [p.text for p in body] == ["One <b>bold</b> word.", "Another\nline."]


def test_the_front_page_has_a_masthead_and_every_section_with_its_subsections() -> None:
    html = read(FRONT)
    assert html.xpath("//h1/text()") == ["The Morning Tide"]
    assert words(FRONT, "tagline") == ["Both sides of the harbour"]
    assert html.xpath("//nav[@aria-label='Sections']//a/text()") == ["World"]
    assert html.xpath("//nav[@aria-label='All sections']//a/text()") == ["World", "Coast"]
    assert html.xpath("//section[@aria-labelledby='block-1']/header/ul//a/@href") == [
        "world/coast/"
    ]
    assert html.xpath("//footer//a[contains(., 'OPML')]/@href") == ["opml.xml"]


def test_the_navigation_marks_the_section_we_are_in() -> None:
    for page, current in ((FRONT, []), (SECTION, ["page"]), (ARTICLE, ["true"])):
        nav = read(page).xpath("//nav[@aria-label='Sections']")[0]
        assert nav.xpath(".//@aria-current") == current


def test_the_dateline_is_the_day_of_the_newest_article_and_not_the_clock() -> None:
    newest = replace(OTHER, published=NOON + timedelta(days=2))
    assert words(FRONT, "ears")[0].startswith("Monday, 1 June 2026")
    for page in (
        replace(FRONT, lead=newest),
        replace(FRONT, latest=Block(title="Latest Posts", teasers=(newest,))),
        replace(FRONT, blocks=(Block(title="World", teasers=(OTHER, newest)),)),
        replace(SECTION, teasers=(OTHER, newest)),
    ):
        assert words(page, "ears")[0].startswith("Wednesday, 3 June 2026")


def test_what_does_not_fit_beside_the_lead_runs_beneath_it() -> None:
    posts = tuple(replace(OTHER, title=f"Post {number}") for number in range(9))
    html = read(replace(FRONT, latest=Block(title="Latest Posts", teasers=posts)))
    assert len(html.xpath("//div[@class='rail']/article")) == 7
    beneath = "//section[@class='latest']/div[@class='strip']//h3/a/text()"
    assert html.xpath(beneath) == ["Post 7", "Post 8"]


def test_an_empty_paper_says_so() -> None:
    empty = replace(FRONT, lead=None, latest=Block(title="Latest Posts"), rankings=(), blocks=())
    assert words(empty, "empty") == ["Nothing here yet."]
    assert not read(empty).xpath("//header//time")
    assert words(replace(FRONT, blocks=(Block(title="World"),)), "empty") == ["Nothing here yet."]
    assert words(replace(SECTION, teasers=()), "empty") == ["Nothing here yet."]
    first = replace(ARTICLE, more=Block(title="More from Coast", href=COAST.href))
    assert not words(first, "empty"), "there is more than is older"
    assert read(first).xpath("//section[@aria-labelledby='more']//a/@href")


def test_a_section_page_helps_to_subscribe() -> None:
    [box] = read(SECTION).xpath("//aside")
    assert "into your reader" in box.text_content()
    assert box.xpath(".//a/@href") == ["atom.xml", "subscribe/"]


def test_a_foreign_language_is_declared_and_our_own_is_not() -> None:
    for language, declared in (("he", ["he"]), ("EN", []), (None, []), ("x onload=y", [])):
        page = replace(SECTION, teasers=(replace(TEASER, language=language),))
        assert read(page).xpath("//main//h2[1]/@lang") == declared
    assert read(SECTION).xpath("//main//article//h2/@dir") == ["auto", "auto"]
    foreign = read(replace(ARTICLE, language="he"))
    assert foreign.xpath("//h1/@lang|//div[@class='body']/@lang") == ["he", "he"]


def test_control_characters_and_lone_surrogates_never_reach_a_page() -> None:
    page = replace(ARTICLE, title="a\x00b\x0bc\x1bd\x7fe\x85f\rg\ud800h")
    assert read(page).xpath("//h1/text()") == ["abcdefg?h"]


def test_a_title_of_nothing_can_still_be_clicked() -> None:
    assert read(replace(SECTION, teasers=(replace(TEASER, title=" "),))).xpath(
        "//main//h2/a/text()"
    ) == ["Untitled"]


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "JavaScript:alert(1)",
        "java\nscript:alert(1)",
        " https://courier.example.net/",
        "data:text/html,<b>x</b>",
        "file:///etc/hosts",
        "//courier.example.net/",
        "https:///",
        "",
    ],
)
def test_an_address_that_is_not_of_the_web_is_dropped_and_its_words_stay(address: str) -> None:
    teaser = replace(
        TEASER,
        href=address,
        permalink=address,
        section=replace(COAST, href=address),
        image=replace(IMAGE, href=address),
    )
    section = read(replace(SECTION, teasers=(teaser,)))
    assert not section.xpath("//main//article//a|//main//article//img")
    assert section.xpath("string(//main//h2)").strip() == TEASER.title
    page = read(
        replace(
            ARTICLE,
            permalink=address,
            source_home=address,
            image=replace(IMAGE, licence=address),
            cited_by=(replace(CITING, href=address, permalink=address),),
            before=None,
            after=None,
            beside=(),
            own_citations=(replace(CITING, href=address),),
            related=(),
            more=Block(title="More from Coast", href=address),
        )
    )
    assert not page.xpath("//main/*[not(self::nav)]//a|//link[@rel='canonical']")
    assert "Continue reading at Harbour Courier" in page.text_content()


def test_the_assets_are_what_the_pages_ask_for() -> None:
    html = read(ARTICLE)
    asked = html.xpath("//link[@rel='stylesheet' or @rel='icon']/@href")
    assert {urljoin(ARTICLE.href, href) for href in asked} == {
        f"{BASE}{path}" for path in pages.assets()
    }


def test_the_stylesheet_asks_nobody_for_anything() -> None:
    sheet = pages.assets()["assets/style.css"].decode()
    assert not re.search(r"url\(|@import|expression|https?:", sheet)
    assert "prefers-color-scheme: dark" in sheet
    assert "@media print" in sheet


# Laws

SEGMENT = st.text("abc.:-_~%20é@", max_size=5).filter(lambda text: text not in {".", ".."})
PATH = st.lists(SEGMENT, max_size=5).map("/".join)
SUFFIX = st.sampled_from(["", "?q=1", "#part", "?a=b/c#d/e"])


@settings(deadline=None)
@given(base=st.sampled_from([BASE, f"{BASE}paper/"]), here=PATH, there=PATH, suffix=SUFFIX)
@example(base=BASE, here="a/b", there="", suffix="")
@example(base=BASE, here="", there="c:d", suffix="")
@example(base=BASE, here="a/", there="a/", suffix="#part")
@example(base=BASE, here="a/", there="/b", suffix="")
def test_a_relative_address_means_the_same_from_where_it_stands(
    base: str, here: str, there: str, suffix: str
) -> None:
    href = base + there + suffix
    way = relative(href, base + here, base)
    assert urljoin(base + here, way) == href
    if "//" not in f"/{there}" and "//" not in f"/{here}":
        assert not way.startswith(("http", "/"))


@settings(deadline=None)
@given(href=st.text(), here=PATH)
def test_an_address_beyond_the_paper_stays_as_it_is(href: str, here: str) -> None:
    if not href.startswith(BASE):
        assert relative(href, BASE + here, BASE) == href


@settings(deadline=None)
@given(there=st.text())
def test_an_address_that_cannot_be_said_relatively_is_said_whole(there: str) -> None:
    href = BASE + there
    way = relative(href, f"{BASE}a/b/", BASE)
    assert way == href or urljoin(f"{BASE}a/b/", way) == href


NASTY = st.one_of(
    st.just(HOSTILE),
    st.text(st.characters(), max_size=12),
    st.text("<>\"'&/!-=`\x00\r\n\u2028\u202e\ud800 scriptx{%}", max_size=30),
)


# Half of the hostile addresses begin well, so that they are printed.
ADDRESS = st.one_of(
    NASTY, NASTY.map("https://a.example/{}".format), NASTY.map((BASE + "{}").format)
)
LINK = st.builds(SectionLink, title=NASTY, href=ADDRESS, slug=NASTY)
LINKS = st.tuples(
    st.builds(SectionLink, title=NASTY, href=ADDRESS, slug=NASTY, sections=st.tuples(LINK))
)
IMAGES = st.builds(
    Image,
    href=ADDRESS,
    width=st.integers(1, 9),
    height=st.integers(1, 9),
    description=NASTY,
    credit=NASTY,
    licence=ADDRESS,
    rights=NASTY,
)
TEASERS = st.builds(
    Teaser,
    title=NASTY,
    href=ADDRESS,
    permalink=ADDRESS,
    source=NASTY,
    published=st.just(NOON),
    byline=NASTY,
    standfirst=NASTY,
    section=LINK,
    image=IMAGES,
    language=NASTY,
    note=NASTY,
)
COMMENTS = st.builds(
    Comment,
    title=NASTY,
    href=ADDRESS,
    permalink=ADDRESS,
    source=NASTY,
    published=st.just(NOON),
    quotation=NASTY,
    language=NASTY,
)
BLOCK = st.builds(Block, title=NASTY, href=ADDRESS, teasers=st.tuples(TEASERS, TEASERS))
MASTHEADS = st.builds(
    Masthead,
    title=NASTY,
    base_url=st.just(BASE),
    tagline=NASTY,
    language=NASTY,
    rights=NASTY,
    sections=LINKS,
)
HOSTILE_PAGES = st.one_of(
    st.builds(
        FrontPage,
        masthead=MASTHEADS,
        feed_href=ADDRESS,
        href=ADDRESS,
        lead=TEASERS,
        latest=BLOCK,
        rankings=st.tuples(BLOCK),
        blocks=st.tuples(BLOCK),
    ),
    st.builds(
        SectionPage,
        masthead=MASTHEADS,
        section=LINK,
        trail=LINKS,
        feed_href=ADDRESS,
        href=ADDRESS,
        teasers=st.tuples(TEASERS, TEASERS),
    ),
    st.builds(
        ArticlePage,
        masthead=MASTHEADS,
        href=ADDRESS,
        title=NASTY,
        permalink=ADDRESS,
        source=NASTY,
        source_home=ADDRESS,
        published=st.just(NOON),
        updated=st.just(NOON),
        byline=NASTY,
        trail=LINKS,
        image=IMAGES,
        body=st.builds(Text, value=NASTY),
        is_excerpt=st.booleans(),
        rights=NASTY,
        language=NASTY,
        reasons=st.tuples(NASTY),
        cited_by=st.tuples(COMMENTS),
        citations=st.integers(0, 3),
        own_citations=st.tuples(COMMENTS),
        related=st.tuples(st.builds(RelatedTeaser, teaser=TEASERS, reason=NASTY)),
        more=BLOCK,
        standfirst=NASTY,
        authors=st.tuples(NASTY),
        before=TEASERS,
        after=TEASERS,
        beside=st.tuples(BLOCK),
    ),
    st.builds(
        SubscribePage,
        masthead=MASTHEADS,
        href=ADDRESS,
        title=NASTY,
        home=ADDRESS,
        feeds=st.tuples(st.builds(FeedLink, href=ADDRESS, type=NASTY, name=NASTY)),
        trail=LINKS,
    ),
)


def shape(page: Page) -> set[tuple[str, frozenset[str]]]:
    """Return every kind of element on a page with the attributes it has."""
    return {(element.tag, frozenset(element.attrib)) for element in read(page).iter()}


OPTIONAL = {"lang", "href", "rel", "class", "aria-current", "hreflang"}
KNOWN = {
    (tag, names - OPTIONAL)
    for page in (
        FRONT,
        SECTION,
        ARTICLE,
        SUBSCRIBE,
        replace(ARTICLE, body=Text(value="Words."), citations=9),
    )
    for tag, names in shape(page)
}


@settings(max_examples=40, deadline=None)
@given(page=HOSTILE_PAGES)
def test_no_text_adds_an_element_or_an_attribute_to_a_page(page: Page) -> None:
    known = {*KNOWN, ("html", frozenset({"dir"}))}  # a language that is written leftward
    assert {(tag, names - OPTIONAL) for tag, names in shape(page)} <= known
    for address in read(page).xpath("//@href|//@src"):
        assert not re.match(r"\s*(javascript|data|file|vbscript):", address, re.IGNORECASE)


def test_who_cites_an_article_stands_beneath_it_with_what_it_says() -> None:
    (block,) = read(ARTICLE).xpath("//section[@aria-labelledby='cited-by']")
    assert block.xpath(".//h2[@id='cited-by']/text()") == ["Cited by"]
    (comment,) = block.xpath(".//ol/li")
    assert comment.xpath("./blockquote[@lang='de']/text()") == [CITING.quotation]
    assert comment.xpath("./h3/a/@href") == ["../what-they-signed-c3/"]
    assert comment.xpath(".//p/span/bdi/a/@href") == [CITING.permalink]
    assert comment.xpath(".//time/text()") == ["2 June 2026"]
    assert block.xpath(".//div//ul/li//a/text()") == ["Our own second look"], "its own stand apart"
    assert "earlier ones" not in block.text_content()


def test_only_the_newest_citations_are_shown_and_the_others_counted() -> None:
    shown = read(replace(ARTICLE, citations=3)).xpath("//section[@aria-labelledby='cited-by']")
    assert "And earlier: 2" in shown[0].text_content()


def test_an_article_nobody_cites_says_nothing_of_it() -> None:
    page = replace(ARTICLE, cited_by=(), citations=0, own_citations=())
    assert b"cited-by" not in printed(page)


def test_a_citation_that_may_not_be_quoted_is_named_alone() -> None:
    page = replace(ARTICLE, cited_by=(replace(CITING, quotation=""),))
    assert b"<blockquote" not in printed(page)
    assert b"What the ports signed" in printed(page)


def test_what_is_most_cited_says_why_it_is() -> None:
    (block,) = read(FRONT).xpath("//section[@aria-labelledby='ranking-1']")
    assert block.xpath(".//h2/a/@href") == ["most-cited/"]
    assert block.xpath(".//p[@class='reason']/text()") == [
        "Cited by Harbour Courier and Tidal Times"
    ]
    listed = read(replace(SECTION, teasers=(replace(TEASER, note="Cited by two"),)))
    assert listed.xpath("//p[@class='reason']/text()") == ["Cited by two"]
