"""The pages as Chromium shows them: they fit, they lead somewhere, and nothing complains."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from importlib.resources import files
from pathlib import Path
from threading import Thread
from urllib.parse import urldefrag, urljoin

import lxml.html
import pytest
from selenium import webdriver
from selenium.webdriver import ActionChains, Keys
from selenium.webdriver.common.by import By

from feeds.model import Image, Text, TextKind
from publisher import pages
from publisher.model import (
    ArticlePage,
    Block,
    Comment,
    Elsewhere,
    FeedLink,
    FrontPage,
    Masthead,
    RelatedTeaser,
    Report,
    SectionLink,
    SectionPage,
    SubscribePage,
    Teaser,
)

pytestmark = pytest.mark.browser

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
BASE = "https://news.example.org/paper/"

COAST = SectionLink(title="Coast & Islands", href=f"{BASE}world/coast/", slug="coast")
NORTH = SectionLink(title="High North", href=f"{BASE}world/north/", slug="north")
WORLD = SectionLink(title="World", href=f"{BASE}world/", slug="world", sections=(COAST, NORTH))
ECONOMY = SectionLink(title="Business & Economy", href=f"{BASE}economy/", slug="economy")
SCIENCE = SectionLink(title="Science", href=f"{BASE}science/", slug="science")
CULTURE = SectionLink(title="Culture", href=f"{BASE}culture/", slug="culture")
HOME = SectionLink(title="Home", href=BASE, slug="")
SECTIONS = (WORLD, ECONOMY, SCIENCE, CULTURE)
MASTHEAD = Masthead(
    title="The Morning Tide",
    base_url=BASE,
    tagline="News and commentary from both sides of the harbour",
    rights="Every article belongs to the source that published it.",
    sections=SECTIONS,
)

# Section, headline, standfirst, source, byline, language, width of the picture (0: none).
WIRE: tuple[tuple[SectionLink, str, str, str, str, str, int], ...] = (
    (
        WORLD,
        "Nine ports agree to share one tide table, ending a quarrel older than their cranes",
        "The harbour masters signed at low water. The ferries may leave on time at last.",
        "Harbour Courier",
        "Ines Valder",
        "en",
        1600,
    ),
    (
        COAST,
        "The lighthouse that answers letters",
        "A keeper on the outermost island has written back to every stranger for thirty years.",
        "Island Gazette",
        "Tomas Rehn",
        "en",
        1200,
    ),
    (
        ECONOMY,
        "Freight rates fall as the last ice leaves the northern route",
        "Owners expected a slow spring. They are getting an early summer instead.",
        "Ledger & Quay",
        "",
        "en",
        1500,
    ),
    (
        SCIENCE,
        "Eels remember the river they left, and a map of scents shows how",
        "Eleven years of tagged animals, one very patient laboratory.",
        "Field Notes",
        "Dr Maren Oake, Pell Ostrander",
        "en",
        1280,
    ),
    (
        NORTH,
        "הרוח מהצפון מביאה שלג מאוחר אל הנמל",
        "הדייגים ממתינים ביציע.",
        "חדשות הנמל",
        "",
        "he",
        0,
    ),
    (
        CULTURE,
        "Ein Chor aus Kapitänen singt die Seekarten",
        "Vierstimmig, und jede Untiefe an ihrem Platz.",
        "Hafenblatt",
        "Jule Brand",
        "de",
        900,
    ),
    (
        ECONOMY,
        "Why the bread got smaller: <b>weights</b> & measures",
        "",
        "Ledger & Quay",
        "",
        "en",
        0,
    ),
    (
        SCIENCE,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 2,
        "https://data.example.org/" + "measurements" * 20,
        "An Observatory With A Remarkably Long Name On A Hill",
        "",
        "en",
        0,
    ),
    (
        WORLD,
        "Customs officers learn to knit, and queues grow shorter",
        "",
        "Harbour Courier",
        "",
        "en",
        0,
    ),
    (
        CULTURE,
        "A museum opens its store, and the visitors label the boxes",
        "",
        "Hafenblatt",
        "",
        "en",
        800,
    ),
    (ECONOMY, "The cooperative that insures only sails", "", "Ledger & Quay", "", "en", 700),
    (SCIENCE, "Clouds seeded by seabirds, measured at last", "", "Field Notes", "", "en", 700),
    (
        COAST,
        "Storm walls are rising; so are the gardens upon them",
        "",
        "Island Gazette",
        "",
        "en",
        0,
    ),
    (
        WORLD,
        "Two mayors, one bridge and a vote on its colour",
        "",
        "Harbour Courier",
        "",
        "en",
        900,
    ),
    (
        CULTURE,
        "The last printer of sea shanties has an apprentice",
        "",
        "Island Gazette",
        "",
        "en",
        0,
    ),
    (NORTH, "Reindeer take the night ferry", "", "Harbour Courier", "", "en", 0),
    (
        CULTURE,
        "\"></a></title><script>document.title = 'taken'</script><img src=x> sails again",
        "<img src=x onerror=\"document.title = 'taken'\">",
        "<script>document.title = 'taken'</script>",
        "<style>* { display: none }</style>",
        "en",
        0,
    ),
)


def picture(number: int, width: int) -> str:
    """Return a small seascape of our own."""
    hue = (205 + 37 * number) % 360
    hills = "".join(
        f'<path d="M0 {250 + 60 * row} Q{200 + 90 * ((number + row) % 4)} {150 + 70 * row} 450 '
        f'{255 + 60 * row} T900 {235 + 60 * row} V600 H0Z" '
        f'fill="hsl({hue + 14 * row} 32% {52 - 11 * row}%)"/>'
        for row in range(4)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 900 600" width="{width}" '
        f'height="{width * 2 // 3}" preserveAspectRatio="none">'
        f'<rect width="900" height="600" fill="hsl({hue} 45% 82%)"/>'
        f'<circle cx="{200 + 70 * (number % 7)}" cy="150" r="62" fill="hsl({hue - 170} 75% 80%)"/>'
        f"{hills}</svg>"
    )


def teaser(number: int) -> Teaser:
    section, title, standfirst, source, byline, language, width = WIRE[number]
    return Teaser(
        title=title,
        href=f"{BASE}articles/2026/06/article-{number}/",
        permalink=f"https://wire.example.net/{number}",
        source=source,
        published=NOON - timedelta(hours=number),
        byline=byline,
        standfirst=standfirst,
        section=section,
        image=Image(
            href=f"{BASE}pictures/{number}.svg",
            width=width,
            height=width * 2 // 3,
            description="Hills above a bay at first light",
            credit="Lotte Maas",
            licence="https://creativecommons.org/licenses/by-sa/4.0/",
        )
        if width
        else None,
        language=language,
    )


BODY = """<p>The table itself is a modest thing: forty pages, two columns, a blue cover. It took
<a href="https://wire.example.net/history">a hundred and fifteen years</a>.</p>
<h2>What the pilots say</h2><blockquote><p>We always knew. We only never agreed.</p></blockquote>
<ul><li>High water is counted from the old mole.</li><li>Low water is counted at all.</li></ul>
<pre>mole   03:14   4.1 m      quay   03:21   4.3 m      outer buoy   02:58   3.9 m   springs</pre>
<table><tr><th>Port</th><th>Before</th><th>After</th></tr><tr><td>Eastquay</td><td>03:21</td>
<td>03:14</td></tr></table><p>The ferries will be the first to notice.</p>"""


def elsewhere(number: int) -> Elsewhere:
    same = teaser(number)
    return Elsewhere(
        title=same.title,
        href=same.href,
        permalink=same.permalink,
        source=same.source,
        reason="97% of the shorter text is in the other",
    )


def article(number: int) -> ArticlePage:
    shown = teaser(number)
    assert shown.section is not None
    section = shown.section
    above = (WORLD,) if section in WORLD.sections else ()
    others = [index for index in range(len(WIRE)) if index != number]
    return ArticlePage(
        masthead=MASTHEAD,
        href=shown.href,
        title=shown.title,
        permalink=shown.permalink,
        source=shown.source,
        source_home="https://wire.example.net/",
        published=shown.published,
        updated=NOON,
        byline=shown.byline,
        trail=(HOME, *above, section),
        image=shown.image,
        body=(None, Text(value=BODY, kind=TextKind.HTML), Text(value=shown.standfirst))[
            (number + 1) % 3
        ],
        is_excerpt=number % 2 == 0,
        rights=f"© 2026 {shown.source}. Excerpt carried with permission.",
        language=shown.language,
        reasons=("The source's own category “Ports”", "Names shared: tide, harbour, ferries"),
        related=tuple(
            RelatedTeaser(teaser=teaser(other), reason="Both name the outer mole and the ferries.")
            for other in others[:4]
        ),
        standfirst=shown.standfirst,
        authors=tuple(shown.byline.split(", ")) if shown.byline else (),
        before=teaser(others[0]),
        after=teaser(others[1]),
        copy_of=elsewhere(others[0]) if number == 1 else None,
        also_in=tuple(map(elsewhere, others[:2])) if number == 0 else (),
        also_reported=tuple(
            Report(
                title=one.title,
                href=one.href,
                permalink=one.permalink,
                source=one.source,
                published=one.published,
                reason="0.62 near; names the outer mole too",
                language=one.language,
            )
            for one in map(teaser, others[2:5])
        ),
        cited_by=tuple(
            Comment(
                title=one.title,
                href=one.href,
                permalink=one.permalink,
                source=one.source,
                published=one.published,
                quotation=one.standfirst,
                language=one.language,
            )
            for one in map(teaser, others[5:8])
        ),
        citations=5,
        beside=(
            Block(
                title="Editors\u2019 Picks",
                href=WORLD.href,
                teasers=(replace(teaser(others[2]), note="Read this first"), teaser(others[9])),
            ),
            Block(title="Latest Posts", href=BASE, teasers=tuple(map(teaser, others[:4]))),
        )
        if number % 2 == 0
        else (),
        more=Block(
            title=f"More from {section.title}",
            href=section.href,
            teasers=tuple(teaser(other) for other in others[4:10]),
        ),
    )


def in_section(section: SectionLink) -> tuple[Teaser, ...]:
    return tuple(
        teaser(number)
        for number, (home, *_) in enumerate(WIRE)
        if home == section or home in section.sections
    )


def edition() -> dict[str, bytes]:
    """Return a whole paper: path beneath its root, and bytes."""
    front = FrontPage(
        masthead=MASTHEAD,
        feed_href=f"{BASE}atom.xml",
        href=BASE,
        lead=teaser(0),
        latest=Block(title="Latest Posts", teasers=tuple(map(teaser, range(1, 12)))),
        blocks=(
            *(
                Block(title=section.title, href=section.href, teasers=in_section(section))
                for section in SECTIONS
            ),
            Block(title="Letters"),
        ),
    )
    paper = {"index.html": pages.front(front), **pages.assets()}
    for section in (*SECTIONS, COAST, NORTH):
        above = (WORLD,) if section in WORLD.sections else ()
        page = SectionPage(
            masthead=MASTHEAD,
            section=section,
            trail=(HOME, *above, section),
            feed_href=f"{section.href}atom.xml",
            href=section.href,
            teasers=in_section(section),
        )
        paper[f"{section.href.removeprefix(BASE)}index.html"] = pages.section(page)
    for number, (*_, width) in enumerate(WIRE):
        shown = article(number)
        paper[f"{shown.href.removeprefix(BASE)}index.html"] = pages.article(shown)
        if width:
            paper[f"pictures/{number}.svg"] = picture(number, width).encode()
    for home in ("", *(one.href.removeprefix(BASE) for one in (*SECTIONS, COAST, NORTH))):
        paper[f"{home}subscribe/index.html"] = pages.subscribe(help_page(home))
    return paper


def help_page(home: str) -> SubscribePage:
    return SubscribePage(
        masthead=MASTHEAD,
        href=f"{BASE}{home}subscribe/",
        title="World" if home else MASTHEAD.title,
        home=f"{BASE}{home}",
        feeds=(
            FeedLink(href=f"{BASE}{home}atom.xml", type="application/atom+xml", name="Atom"),
            FeedLink(href=f"{BASE}{home}rss.xml", type="application/rss+xml", name="RSS 2.0"),
        ),
    )


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves a folder without a word."""

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the whole paper, served from a place its base address does not name."""
    root = tmp_path_factory.mktemp("paper")
    for path, body in edition().items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
    yield from serving(root)


def serving(root: Path) -> Iterator[str]:
    """Yield the address a folder is served at, until it is asked for again."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(QuietHandler, directory=str(root)))
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


KINDS = (
    *("", "world/", "culture/", "subscribe/", "world/subscribe/"),
    *("articles/2026/06/article-0/", "articles/2026/06/article-7/"),
)


def open_at(browser: webdriver.Chrome, address: str, width: int) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False},
    )
    browser.get(address)


def complaints(browser: webdriver.Chrome) -> list[dict[str, object]]:
    """Return what the console says since it was last asked."""
    logged: list[dict[str, object]] = browser.get_log("browser")  # type: ignore[no-untyped-call]
    return logged


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", KINDS)
def test_no_page_is_wider_than_the_window(
    browser: webdriver.Chrome, site: str, path: str, width: int
) -> None:
    open_at(browser, site + path, width)
    assert browser.execute_script(
        "return document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )


# Lazy pictures far below would be fetched only when scrolled to.
WIDTHS_OF_ALL_PICTURES = """
const done = arguments[arguments.length - 1];
const pictures = [...document.images];
pictures.forEach(picture => picture.loading = "eager");
Promise.allSettled(pictures.map(picture => picture.decode()))
  .then(() => done(pictures.map(picture => picture.naturalWidth || -1)));
"""


@pytest.mark.parametrize("path", KINDS)
def test_the_console_stays_silent(browser: webdriver.Chrome, site: str, path: str) -> None:
    complaints(browser)
    open_at(browser, site + path, 1280)
    assert set(browser.execute_async_script(WIDTHS_OF_ALL_PICTURES)) <= {row[-1] for row in WIRE}
    assert complaints(browser) == []


@pytest.mark.parametrize("path", ["culture/", "articles/2026/06/article-16/"])
def test_a_hostile_headline_is_only_read(browser: webdriver.Chrome, site: str, path: str) -> None:
    open_at(browser, site + path, 1280)
    assert browser.title.endswith(" · The Morning Tide")
    alive = "script:not([type='application/ld+json']), style"
    assert (
        browser.execute_script("return document.querySelectorAll(arguments[0]).length", alive) == 0
    )
    assert WIRE[16][1] in browser.find_element(By.TAG_NAME, "main").text


def test_the_style_sheet_applies_under_the_policy(browser: webdriver.Chrome, site: str) -> None:
    open_at(browser, site, 1280)
    assert (
        browser.find_element(By.CSS_SELECTOR, ".sections ul").value_of_css_property("display")
        == "flex"
    )


def test_a_picture_of_ours_is_shown(browser: webdriver.Chrome, site: str) -> None:
    open_at(browser, site, 1280)
    lead = browser.find_element(By.CSS_SELECTOR, ".lead img")
    assert browser.execute_script("return arguments[0].naturalWidth", lead) == 1600


def test_the_first_tab_skips_to_the_articles(browser: webdriver.Chrome, site: str) -> None:
    open_at(browser, site, 1280)
    ActionChains(browser).send_keys(Keys.TAB).perform()
    skip = browser.switch_to.active_element
    assert skip.text == "Skip to the articles"
    skip.send_keys(Keys.ENTER)
    assert browser.switch_to.active_element.get_attribute("id") == "main"


def test_the_breadcrumb_leads_up_to_the_front_page(browser: webdriver.Chrome, site: str) -> None:
    open_at(browser, site + "articles/2026/06/article-1/", 360)
    crumbs = browser.find_elements(By.CSS_SELECTOR, ".trail li")
    assert [crumb.text.split("\n")[0] for crumb in crumbs] == [
        "Home",
        "World",
        "Coast & Islands",
        WIRE[1][1],
    ]
    browser.find_element(By.LINK_TEXT, "Coast & Islands").click()
    browser.find_element(By.LINK_TEXT, "Home").click()
    assert browser.current_url == site


def test_a_click_on_the_lead_picture_opens_our_page_of_it(
    browser: webdriver.Chrome, site: str
) -> None:
    open_at(browser, site, 1280)
    ActionChains(browser).move_to_element(
        browser.find_element(By.CSS_SELECTOR, ".lead img")
    ).click().perform()
    assert browser.current_url == f"{site}articles/2026/06/article-0/"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", KINDS)
def test_every_word_stands_out_from_the_paper(
    browser: webdriver.Chrome, site: str, path: str, scheme: str
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    open_at(browser, site + path, 1280)
    assert browser.execute_script(FAINT_WORDS) == []


# WCAG 2.2, 1.4.3: the ratio of relative luminances is at least 4.5.
FAINT_WORDS = """
const channels = colour => colour.match(/[\\d.]+/g).map(Number);
const luminance = colour => channels(colour).slice(0, 3)
  .map(c => c / 255).map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const ground = node => {
  for (; node; node = node.parentElement) {
    const colour = getComputedStyle(node).backgroundColor;
    if (!/, 0\\)$/.test(colour)) return colour;
  }
};
const faint = [];
const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walk.nextNode()) {
  const words = walk.currentNode;
  if (!words.data.trim()) continue;
  const [a, b] = [getComputedStyle(words.parentElement).color, ground(words.parentElement)]
    .map(luminance);
  if ((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5) faint.push(words.data.trim());
}
return faint;
"""


def test_every_address_inside_the_paper_leads_to_a_page_a_picture_or_a_feed() -> None:
    paper = edition()
    names = ("atom.xml", "rss.xml", "feed.json")
    feeds = {f"{page.removesuffix('index.html')}{name}" for page in paper for name in names}
    feeds |= {"opml.xml", "rss.opml", "json.opml"}
    for path, body in paper.items():
        if not path.endswith(".html"):
            continue
        here = f"{BASE}{path.removesuffix('index.html')}"
        html: lxml.html.HtmlElement = lxml.html.document_fromstring(body)
        for href in html.xpath("//@href|//@src"):
            there = urldefrag(urljoin(here, href)).url
            if there.startswith(BASE):
                target = there.removeprefix(BASE)
                assert target in paper or f"{target}index.html" in paper or target in feeds, href


AXE = (files("axe_core_python") / "axe.min.js").read_text("utf-8")
VIOLATIONS = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ["violations"], preload: false}).then(
  found => done(found.violations.map(one => `${one.id}: ${one.nodes[0].html}`)),
  error => done([String(error)]),
);
"""


def violations(browser: webdriver.Chrome) -> list[str]:
    """Return what axe-core finds against WCAG 2.1 (A, AA) and good practice on the page shown."""
    browser.execute_script(AXE)
    found: list[str] = browser.execute_async_script(VIOLATIONS)
    return found


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", KINDS)
def test_nobody_is_kept_out(
    browser: webdriver.Chrome, site: str, path: str, scheme: str, width: int
) -> None:
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    open_at(browser, site + path, width)
    assert violations(browser) == []
    for details in browser.find_elements(By.TAG_NAME, "details"):
        browser.execute_script("arguments[0].open = true", details)
    assert violations(browser) == []


def test_what_keeps_people_out_is_found(browser: webdriver.Chrome, site: str) -> None:
    open_at(browser, site, 1280)
    browser.execute_script("document.querySelector('.lead img').removeAttribute('alt')")
    assert [one.partition(":")[0] for one in violations(browser)] == ["image-alt"]


def test_every_stop_of_the_keyboard_is_seen(browser: webdriver.Chrome, site: str) -> None:
    open_at(browser, site + "articles/2026/06/article-0/", 1280)
    stops = browser.find_elements(By.CSS_SELECTOR, "a[href], summary")
    assert len(stops) > 30
    reached = []
    for _ in stops:
        ActionChains(browser).send_keys(Keys.TAB).perform()
        stop = browser.switch_to.active_element
        assert stop.value_of_css_property("outline-style") == "solid", stop.text
        reached.append(stop)
    assert set(reached) == set(stops)


def test_a_reason_is_opened_by_the_keyboard(browser: webdriver.Chrome, site: str) -> None:
    open_at(browser, site + "articles/2026/06/article-0/", 1280)
    why = browser.find_element(By.CSS_SELECTOR, ".related .why summary")
    reason = browser.find_element(By.CSS_SELECTOR, ".related .why .reason")
    assert not reason.is_displayed()
    why.send_keys(Keys.ENTER)
    assert reason.is_displayed()


def test_on_paper_only_what_is_read_is_printed(browser: webdriver.Chrome, site: str) -> None:
    open_at(browser, site + "articles/2026/06/article-0/", 800)
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    try:
        for gone in (".sections", ".sidebar", ".neighbours", ".related", ".index", ".skip"):
            assert not browser.find_element(By.CSS_SELECTOR, gone).is_displayed(), gone
        for read in ("h1", ".body", ".plate", ".citations"):
            assert browser.find_element(By.CSS_SELECTOR, read).is_displayed(), read
    finally:
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})


def test_nothing_moves_for_those_who_want_no_motion(browser: webdriver.Chrome, site: str) -> None:
    features = [{"name": "prefers-reduced-motion", "value": "reduce"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    open_at(browser, site, 1280)
    link = browser.find_element(By.CSS_SELECTOR, ".lead h2 a")
    assert link.value_of_css_property("transition-duration") == "0s"
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_a_paper_that_runs_leftward_fits_and_keeps_nobody_out(
    browser: webdriver.Chrome, leftward: str
) -> None:
    for path in ("index.html", "section.html", "article.html"):
        for width in (360, 1280):
            open_at(browser, leftward + path, width)
            assert violations(browser) == []
            assert browser.execute_script(
                "return document.documentElement.scrollWidth"
                " <= document.documentElement.clientWidth"
            )
            home = browser.find_element(By.CSS_SELECTOR, ".ears span:first-child")
            more = browser.find_element(By.CSS_SELECTOR, ".ears span:last-child")
            assert home.location["x"] >= more.location["x"], "the reading begins at the right"


@pytest.mark.parametrize("path", KINDS)
def test_no_word_is_cut_off_with_the_dot_at_the_head_of_a_line(
    browser: webdriver.Chrome, site: str, path: str
) -> None:
    open_at(browser, site + path, 1280)
    bare = browser.execute_script(
        "return [...document.querySelectorAll('.meta, .parts')].flatMap((line) =>"
        " [...line.childNodes].filter((node) => node.nodeType === Node.TEXT_NODE"
        " && node.textContent.trim()).map((node) => node.textContent))"
    )
    assert bare == []


def test_a_line_begins_with_no_dot_whichever_way_it_runs(
    browser: webdriver.Chrome, site: str, leftward: str
) -> None:
    for paper in (site, leftward):
        open_at(browser, paper + "index.html", 1280)
        cut = browser.execute_script(
            "const style = getComputedStyle(document.querySelector('.lead .meta'));"
            "const inset = style.clipPath.match(/-?[\\d.]+(?=px)/g).map(Number);"
            "return style.direction === 'rtl' ? inset[1] : inset.at(-1);"
        )
        assert cut > 0, "the dot before the first part is cut off"


@pytest.fixture(scope="module")
def leftward(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of three pages of a paper in Arabic, served with their style."""
    root = tmp_path_factory.mktemp("leftward")
    arabic = replace(MASTHEAD, language="ar", title="جريدة الصباح", tagline="أخبار من ضفتي الميناء")
    latest = Block(title="آخر الأخبار", teasers=tuple(map(teaser, range(1, 12))))
    front = FrontPage(
        masthead=arabic, href=BASE, feed_href=f"{BASE}atom.xml", lead=teaser(0), latest=latest,
        blocks=(Block(title="العالم", href=WORLD.href, teasers=in_section(WORLD)),),
    )  # fmt: skip
    section = SectionPage(
        masthead=arabic, section=WORLD, trail=(HOME, WORLD), feed_href=f"{WORLD.href}atom.xml",
        href=f"{BASE}section.html", teasers=in_section(WORLD),
    )  # fmt: skip
    single = replace(article(0), masthead=arabic, href=f"{BASE}article.html")
    printed = {
        "index.html": pages.front(front),
        "section.html": pages.section(section),
        "article.html": pages.article(single),
        **pages.assets(),
    }
    for path, body in printed.items():
        (root / path).parent.mkdir(exist_ok=True)
        (root / path).write_bytes(body)
    yield from serving(root)
