"""Printing: only what is stale, and yet exactly what printing everything would print."""

import io
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import ExitStack, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urljoin

import feedparser
import lxml.html
import pytest
from hypothesis import HealthCheck, assume
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)
from structlog.testing import capture_logs

from aggregator import archiving, layout
from aggregator.edition import Piece
from aggregator.model import Article, ArticleId, Rights, Section, Slug, SourceId
from aggregator.removal import remove, restore
from aggregator.ruling import Kind, Ruling
from aggregator.selection import Selection
from aggregator.store import articles as kept
from aggregator.store.engine import transaction
from aggregator.store.layout import listing
from aggregator.words import primary
from feeds.errors import FetchError, PublishError
from feeds.markup import plain
from feeds.published import COMPLETE
from feeds.reading import Reading
from publisher import formats, read_atom
from publisher.kinds import FEED_KINDS, is_archive
from publisher.write import Press, Written
from tests.aggregator.newsrooms import (
    BASE,
    CAUCASUS,
    DEFENCE,
    ECONOMY,
    Desk,
    a_desk,
    a_feed,
    a_paper,
    a_source,
    an_item,
)
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

NAMES = ("a", "b", "c")
WIRE = (
    "The keys, the barracks and what was left of the fuel went to officers of the other army, who "
    "signed for them one by one, as the ministry of defence said; nobody would comment on it."
)
TEXTS = (
    "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh.",
    "The last Russian peacekeepers left Karabakh and closed the base at Khojaly with its troops.",
    "The central bank in Frankfurt lowered its interest rate as inflation fell in Frankfurt.",
    "Inflation in Frankfurt fell again, and the interest rate of the bank in Frankfurt with it.",
    "Nothing of note happened in Ghent.",
    WIRE,
    f"The last Russian peacekeepers left Karabakh. {WIRE}",
)
HREF = re.compile(r"""(?:href|src)=["']([^"']+)["']""")


def address(name: str) -> str:
    return f"https://{name}.example/feed"


def stored(desk: Desk) -> dict[ArticleId, Article]:
    with transaction(desk.newsroom.engine) as connection:
        return dict(kept.read(connection, kept.every(connection)))


def said(article: Article) -> tuple[str, str]:
    return article.title, plain(article.content.value) if article.content else ""


def read(document: bytes) -> feedparser.FeedParserDict:
    found = feedparser.parse(io.BytesIO(document))  # noqa: TID251
    assert not found.bozo, found.get("bozo_exception")
    return found


def dangling(files: dict[str, bytes]) -> set[tuple[str, str]]:
    """Return which file leads to which place of the paper where nothing is."""
    found = set()
    for name, body in files.items():
        if Path(name).suffix not in {".html", ".xml"}:
            continue
        here = BASE + name
        for href in HREF.findall(body.decode()):
            place = urljoin(here, href.replace("&amp;", "&")).partition("#")[0]
            if place.startswith(BASE):
                target = unquote(place.removeprefix(BASE))
                if target == "" or target.endswith("/"):
                    target += "index.html"
                if target not in files:
                    found.add((name, target))
    return found


def walk(files: dict[str, bytes], folder: str) -> tuple[set[str], list[str]]:
    """Return the ids of all entries on the way back from a feed, and the archives on it."""
    met: set[str] = set()
    walked: list[str] = []
    name: str | None = f"{folder}atom.xml"
    while name:
        feed = read_atom.read(files[name])
        found = {entry.id for entry in feed.entries}
        assert feed.history.is_archive is bool(walked) is is_archive(name)
        if walked:
            assert feed.history.current == f"{BASE}{folder}atom.xml"
        met |= found
        name = (feed.history.prev_archive or "").removeprefix(BASE) or None
        assert name not in walked
        walked += [name] if name else []
    return met, walked


class Paper(RuleBasedStateMachine):
    """A paper whose sources write and whose operator rearranges, as long as anybody likes."""

    def __init__(self) -> None:
        super().__init__()
        self.open = ExitStack()
        folder = Path(self.open.enter_context(TemporaryDirectory()))
        sources = [
            a_source(name, sections=(ECONOMY.slug,) if name == "c" else ()) for name in NAMES
        ]
        self.desk = self.open.enter_context(a_desk(folder, a_paper(*sources)))
        self.items: dict[str, dict[int, str]] = {name: {} for name in NAMES}
        self.past: dict[ArticleId, Article] = {}
        self.out: dict[ArticleId, Article] = {}

    def teardown(self) -> None:
        self.open.close()

    def write(self, name: str, number: int, **words: str) -> None:
        day = NOON - timedelta(hours=number * 7)
        shared = f"https://a.example/{number}" if number == 3 else ""  # one page in all sources
        item = an_item(number, words["title"], words["text"], day=day, host=name)
        own = f"https://{name}.example/{number}"
        self.items[name][number] = item.replace(own, shared or own)
        self.desk.wire.bodies[address(name)] = a_feed(*self.items[name].values()).replace(
            b"<description>d<", f"<language>{words['language']}</language><description>d<".encode()
        )

    def change(self, name: str, **changes: object) -> None:
        """Change a source, known by its feed, in the settings."""
        self.arrange(
            sources=tuple(
                replace(one, **changes) if one.feed == address(name) else one  # type: ignore[arg-type]
                for one in self.desk.settings.sources
            )
        )

    def arrange(self, **changes: object) -> None:
        before, settings = self.desk.files(), self.desk.settings
        self.desk.settings = replace(settings, **changes)  # type: ignore[arg-type]
        try:
            self.desk.build(everything=False)
        except PublishError:  # nobody is left who gave an article: the last good paper stays
            assert self.desk.files() == before
            self.desk.settings = settings

    @initialize()
    def begin(self) -> None:
        for name, text in zip(NAMES, TEXTS, strict=False):
            self.write(name, 1, title=f"Khojaly {name}", text=text, language="en")
        self.desk.build()

    @rule(
        names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=3),
        number=st.integers(0, 5),
        title=st.sampled_from(["Khojaly base", "Frankfurt rate", 'Ghent &lt;b&gt; "quiet"']),
        text=st.sampled_from(TEXTS),
        language=st.sampled_from(["en", "en", "de"]),
        cites=st.none() | st.tuples(st.sampled_from(NAMES), st.integers(0, 5)),
        everything=st.booleans(),
    )
    def news(
        self,
        names: list[str],
        number: int,
        title: str,
        text: str,
        language: str,
        cites: tuple[str, int] | None,
        everything: bool,
    ) -> None:
        if cites:
            href = f"https://{cites[0]}.example/{cites[1]}"
            text += f' So &lt;a href="{href}"&gt;an earlier report&lt;/a&gt; says, too.'
        for name in names:
            self.write(name, number, title=title, text=text, language=language)
        self.desk.build(everything=everything)

    @rule(name=st.sampled_from(NAMES))
    def silence(self, name: str) -> None:
        self.desk.wire.bodies[address(name)] = FetchError("the server answers 500")
        self.desk.build()

    @rule(name=st.sampled_from(NAMES), home=st.sampled_from(["https://x.example/", "nowhere"]))
    def move_home(self, name: str, home: str) -> None:
        body = self.desk.wire.bodies[address(name)]
        if isinstance(body, bytes):
            moved = body.replace(b"https://a.example/</link><desc", f"{home}</link><desc".encode())
            self.desk.wire.bodies[address(name)] = moved
        self.desk.build()

    @rule(words=st.sampled_from([ECONOMY.words, ("Khojaly",), ("Ghent", "bank"), ()]))
    def reword(self, words: tuple[str, ...]) -> None:
        sections = self.desk.settings.sections
        self.arrange(
            sections=tuple(
                replace(one, words=words) if one.slug == ECONOMY.slug else one for one in sections
            )
        )

    @rule(
        sections=st.sampled_from(
            [
                (DEFENCE, CAUCASUS, ECONOMY),
                (ECONOMY, DEFENCE),
                (DEFENCE, replace(CAUCASUS, title="Caucasus", slug=Slug("caucasus")), ECONOMY),
                (replace(CAUCASUS, parent=None, path="south-caucasus"), ECONOMY),
                (),
            ]
        )
    )
    def resection(self, sections: tuple[Section, ...]) -> None:
        self.arrange(sections=sections)

    @rule(names=st.lists(st.sampled_from(NAMES), unique=True))
    def subscribe(self, names: list[str]) -> None:
        known = {one.feed: one for one in self.desk.settings.sources}
        sources = tuple(known.get(address(one), a_source(one)) for one in names)
        assume(len({one.id for one in sources}) == len(sources))  # else the settings are refused
        self.arrange(sources=sources)

    @rule(order=st.permutations(NAMES))
    def swap_names(self, order: list[str]) -> None:
        ids = iter(order)
        self.arrange(
            sources=tuple(
                replace(one, id=SourceId(name), name=name.upper())
                for one, name in zip(self.desk.settings.sources, ids, strict=False)
            )
        )

    @rule(name=st.sampled_from(NAMES), rights=st.sampled_from(Rights))
    def restrict(self, name: str, rights: Rights) -> None:
        self.change(name, rights=rights)

    @rule(name=st.sampled_from(NAMES), slug=st.sampled_from([ECONOMY.slug, DEFENCE.slug]))
    def place(self, name: str, slug: Slug) -> None:
        self.change(name, sections=(slug,))

    @rule(name=st.sampled_from(NAMES), language=st.sampled_from([None, "en", "de"]))
    def translate(self, name: str, language: str | None) -> None:
        self.change(name, language=language)

    @rule(name=st.sampled_from(NAMES), enabled=st.booleans())
    def switch(self, name: str, enabled: bool) -> None:
        self.change(name, enabled=enabled)

    @rule(data=st.data())
    def take_out(self, data: st.DataObject) -> None:
        here = sorted(stored(self.desk))
        if len(here) < 3:
            return
        one = data.draw(st.sampled_from(here))
        with transaction(self.desk.newsroom.engine) as connection:
            remove(connection, one, self.desk.settings, reason="", now=self.desk.now)
        self.out[one] = self.past.pop(one)
        self.build_or_stay()
        assert f"{self.out[one].path}index.html" not in self.desk.files()

    @rule(data=st.data())
    def bring_back(self, data: st.DataObject) -> None:
        if not self.out:
            return
        one = data.draw(st.sampled_from(sorted(self.out)))
        with transaction(self.desk.newsroom.engine) as connection:
            (back,) = restore(connection, one, self.desk.settings)
        assert replace(back, source_id=SourceId("")) == replace(
            self.out.pop(one), source_id=SourceId("")
        )
        self.build_or_stay()

    def build_or_stay(self) -> None:
        with suppress(PublishError):  # all that is left belongs to sources that were taken out
            self.desk.build(everything=False)

    @rule(footer=st.booleans(), entries=st.sampled_from([1, 3, 50]))
    def redesign(self, footer: bool, entries: int) -> None:
        site = replace(self.desk.settings.site, footer=footer, entries=entries)
        self.arrange(site=site)

    @invariant()
    def printing_everything_changes_nothing(self) -> None:
        if self.desk.newsroom.output.exists():
            before = self.desk.files()
            assert self.desk.publish().changed == 0
            assert self.desk.files() == before

    @invariant()
    def feeds_are_sound_and_lead_to_articles_of_ours(self) -> None:
        if not self.desk.newsroom.output.exists():
            return
        articles = stored(self.desk).values()
        by_id = {one.atom_id: one for one in articles}
        files = self.desk.files()
        sections = [f"{section.path}/" for section in self.desk.settings.sections]
        for place in ("", *sections):
            entries = read(files[f"{place}atom.xml"]).entries
            assert len({entry.id for entry in entries}) == len(entries)
            for entry in entries:
                for link in entry.links:
                    if link.rel == "related":
                        assert link.href != entry.link
                        assert primary(link.hreflang) == primary(by_id[entry.id].language)
                        # Several sources may carry one page, each in its own words.
                        pages = [one for one in articles if one.permalink == link.href]
                        assert any(link.title.startswith(f"{one.title} — ") for one in pages)

    @invariant()
    def no_link_dangles(self) -> None:
        if self.desk.newsroom.output.exists():
            assert dangling(self.desk.files()) == set()

    @invariant()
    def whoever_walks_back_from_a_feed_meets_all_that_it_ever_had(self) -> None:
        if not self.desk.newsroom.output.exists():
            return
        files = self.desk.files()
        archives = {name for name in files if is_archive(name)}
        for section in (None, *self.desk.settings.sections):
            folder = f"{section.path}/" if section else ""
            with transaction(self.desk.newsroom.engine) as connection:
                ids = connection.scalars(listing(section.slug if section else None)).all()
            articles = stored(self.desk)
            met, walked = walk(files, folder)
            assert met == {articles[ArticleId(one)].atom_id for one in ids}
            archives.difference_update(walked)
        assert archives == set(), "nobody comes by these"

    @invariant()
    def what_readers_know_an_article_by_never_changes(self) -> None:
        now = stored(self.desk)
        assert now.keys() >= self.past.keys()
        assert len({one.atom_id for one in now.values()}) == len(now)
        for identity, old in self.past.items():
            new = now[identity]
            for name in ("atom_id", "path", "published", "first_seen", "key"):
                assert getattr(new, name) == getattr(old, name)
            moved = new.updated != old.updated
            assert moved == (said(new) != said(old))
            assert new.updated >= old.updated
        self.past = now


@pytest.mark.timeout(600)  # a busy machine takes its time
def test_whatever_happens_the_paper_is_what_printing_everything_would_print(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archiving, "MOST", 3)
    run_state_machine_as_test(
        Paper,
        settings=effort(
            max_examples=6,
            stateful_step_count=12,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with a_desk(tmp_path, a_paper(a_source("a"), a_source("b"))) as opened:
        yield opened


def supply(desk: Desk, name: str, *items: str) -> None:
    desk.wire.bodies[address(name)] = a_feed(*items)


def plenty(count: int, *, host: str = "a") -> list[str]:
    return [
        an_item(n, f"Report {n}", RATE.format(n), day=NOON - timedelta(hours=n), host=host)
        for n in range(1, count + 1)
    ]


RATE = "The bank lowered its interest rate to {} as inflation fell; inflation had been high."


def of_its_own(number: int) -> str:
    """Return a text on inflation that shares no other word with another: each a story alone."""
    letters = "".join(chr(97 + number * step % 26) for step in (1, 3, 5)) + "xy"[number // 26]
    own = " ".join(f"{start}{letters}ol" for start in "bdfgklmnprst")
    return f"Inflation and the interest rate {own}, inflation"


def feed_id(desk: Desk, path: str = "atom.xml") -> str:
    return str(read(desk.files()[path]).feed.id)


def printed_pages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Build, and return the titles of the article pages that were laid out for it."""
    seen: set[str] = set()
    whole = layout.article

    def counting(piece: Piece, **rest: object) -> object:
        seen.add(piece.article.title)
        return whole(piece, **rest)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr(layout, "article", counting)
        desk.build()
    return seen


def test_a_new_article_has_only_the_pages_printed_that_show_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    items = [
        an_item(n, f"Report {n}", of_its_own(n), day=NOON - timedelta(hours=n))
        for n in range(1, 31)
    ]
    supply(desk, "a", *items)
    assert len(printed_pages(desk, monkeypatch)) == 30
    assert printed_pages(desk, monkeypatch) == set()
    newest = an_item(99, "Newest", of_its_own(31))
    supply(desk, "b", newest.replace("a.example", "b.example"))
    newest_ones = {"Newest"} | {
        f"Report {n}" for n in range(1, 21)
    }  # what is latest is beside them
    assert printed_pages(desk, monkeypatch) == newest_ones
    day = NOON - timedelta(hours=20, minutes=30)
    between = an_item(100, "Between", of_its_own(32), day=day)
    supply(desk, "a", *items, between)
    around = {f"Report {n}" for n in range(16, 22)}
    assert printed_pages(desk, monkeypatch) == {"Between"} | around


def test_a_source_that_moves_house_has_only_its_own_articles_printed_again(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    supply(desk, "a", *plenty(3))
    supply(desk, "b", an_item(9, "Elsewhere", "Nothing of note happened in Ghent.", host="b"))
    desk.build()
    body = a_feed(an_item(9, "Elsewhere", "Nothing of note happened in Ghent.", host="b"))
    desk.wire.bodies[address("b")] = body.replace(
        b"https://a.example/</link>", b"https://b.example/</link>"
    )
    assert printed_pages(desk, monkeypatch) == {"Elsewhere"}


def test_a_crash_before_the_end_prints_again_under_the_same_ids(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    supply(desk, "a", *plenty(3))

    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(kept, "unmark", crash)
        with pytest.raises(KeyboardInterrupt):
            desk.build()
    ids = {path: feed_id(desk, path) for path in ("atom.xml", "economy/atom.xml")}
    desk.now += timedelta(days=40)
    assert printed_pages(desk, monkeypatch) == {"Report 1", "Report 2", "Report 3"}
    assert {path: feed_id(desk, path) for path in ids} == ids


def test_a_paper_that_cannot_be_written_is_written_the_next_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    supply(desk, "a", *plenty(3))
    desk.build()
    supply(desk, "a", *plenty(4))

    def refuse(*_: object) -> Written:
        raise PublishError("the disk is full")

    with monkeypatch.context() as patched:
        patched.setattr(Press, "publish", refuse)
        with pytest.raises(PublishError):
            desk.build()
    desk.build()
    assert len(read(desk.files()["atom.xml"]).entries) == 4
    assert desk.publish().changed == 0


def test_every_list_is_printed_in_every_format_with_the_same_entries_and_goes_with_its_section(
    desk: Desk,
) -> None:
    supply(desk, "a", *plenty(3))
    desk.build()
    files = desk.files()
    folders = {path.removesuffix("atom.xml") for path in files if path.endswith("atom.xml")}
    assert folders > {"", "economy/"}
    for folder in folders:
        printed = [one.read(files[f"{folder}{one.kind.name}"]) for one in formats.ALL]
        assert [feed.self_href for feed in printed] == [
            f"{BASE}{folder}{name}" for name in ("atom.xml", "rss.xml", "feed.json")
        ]
        assert len({(feed.id, feed.updated, feed.entries) for feed in printed}) == 1
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS))
    desk.build()
    left = {path for path in desk.files() if path.startswith("economy/")}
    assert not left, "nothing of an ended section stays"


def test_a_feed_that_is_lost_in_one_format_is_printed_again(desk: Desk) -> None:
    supply(desk, "a", *plenty(2))
    desk.build()
    before = desk.files()
    for name in ("rss.xml", "economy/feed.json"):
        (desk.newsroom.output / name).unlink()
        desk.publish()
        assert desk.files() == before


def test_every_feed_has_an_id_of_its_own_whatever_sections_are_called(desk: Desk) -> None:
    called = tuple(
        Section(slug=Slug(name), title=name, path=name) for name in ("paper", "feed", "atom", "a")
    )
    desk.settings = replace(desk.settings, sections=called)
    supply(desk, "a", *plenty(1))
    desk.build()
    paths = ["atom.xml", *(f"{section.path}/atom.xml" for section in called)]
    assert len({feed_id(desk, path) for path in paths}) == len(paths)


def test_feeds_keep_their_ids_when_the_paper_moves_house(desk: Desk) -> None:
    supply(desk, "a", *plenty(1))
    desk.build()
    before = feed_id(desk)
    site = replace(desk.settings.site, base_url="https://moved.example/paper/")
    desk.settings = replace(desk.settings, site=site)
    desk.build()
    assert feed_id(desk) == before
    assert desk.publish().changed == 0


def test_a_page_of_a_source_taken_out_leads_to_no_section_that_is_no_more(desk: Desk) -> None:
    desk.wire.bodies |= {
        address("a"): a_feed(an_item(1, "Khojaly base", TEXTS[0])),
        address("b"): a_feed(an_item(2, "Khojaly empty", TEXTS[1], host="b")),
    }
    desk.settings = replace(desk.settings, sources=(a_source("a"), a_source("b")))
    desk.build()
    desk.settings = replace(desk.settings, sources=(a_source("a"),))
    desk.build()
    pages = [name for name in desk.files() if "khojaly-empty" in name]
    assert len(pages) == 1, "its page stays"
    desk.settings = replace(desk.settings, sections=(ECONOMY,))
    desk.build()
    files = desk.files()
    assert pages[0] in files
    assert dangling(files) == set()
    assert b"Khojaly empty" not in files["atom.xml"], "and nothing lists it"


def test_every_page_leads_readers_to_a_feed_in_every_format(desk: Desk) -> None:
    supply(desk, "a", *plenty(2))
    desk.settings = replace(desk.settings, feeds=(Selection(slug="mine", title="M", limit=5),))
    desk.build()
    files = desk.files()
    pages = {path: body for path, body in files.items() if path.endswith(".html")}
    for path, body in pages.items():
        page: lxml.html.HtmlElement = lxml.html.document_fromstring(body)
        links = page.xpath("//head/link[@rel='alternate'][contains(@type, '+')]")
        led = [(one.get("type"), urljoin(BASE + path, one.get("href"))) for one in links]
        folder = led[0][1].rpartition("/")[0]
        assert led[:3] == [(kind.type, f"{folder}/{kind.name}") for kind in FEED_KINDS], path
        if not path.startswith("articles/"):
            own = path.removesuffix("index.html").removesuffix("subscribe/")
            assert f"{folder}/" == BASE + own
        assert {href.removeprefix(BASE) for _, href in led} <= files.keys()
    assert {"feeds/mine/index.html", "economy/subscribe/index.html"} < pages.keys()


def test_no_navigation_leads_to_a_section_that_is_no_more(desk: Desk) -> None:
    supply(desk, "a", *plenty(2))
    desk.build()
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS))
    desk.build()
    for name, body in desk.files().items():
        if not name.startswith(("economy/", ".server/")):
            assert b"economy" not in body, name
    assert dangling(desk.files()) == set()


def test_a_source_put_back_is_listed_before_it_is_asked_again(desk: Desk) -> None:
    supply(desk, "a", *plenty(2))
    supply(desk, "b", an_item(9, "Elsewhere", "Nothing of note happened in Ghent.", host="b"))
    both = desk.settings.sources
    desk.build()
    before = desk.files()
    desk.settings = replace(desk.settings, sources=both[:1])
    desk.build(everything=False)
    assert b"Elsewhere" not in desk.files()["atom.xml"]
    desk.settings = replace(desk.settings, sources=both)
    desk.now = NOON + timedelta(minutes=5)
    desk.wire.bodies.clear()
    desk.build(everything=False)
    assert desk.files() == before


def test_one_page_in_two_sources_is_one_entry_that_names_both(desk: Desk) -> None:
    item = an_item(1, "Peacekeepers leave Khojaly", TEXTS[0])
    supply(desk, "a", item)
    earlier = NOON - timedelta(days=4)
    supply(desk, "b", item, an_item(2, "Base at Khojaly closed", TEXTS[1], host="b", day=earlier))
    desk.build()
    entries = {entry.link: entry for entry in read(desk.files()["atom.xml"]).entries}
    assert entries.keys() == {"https://a.example/1", "https://b.example/2"}
    leader = entries["https://a.example/1"]
    assert 'Also in <a href="https://a.example/1">B</a>' in leader.content[0].value
    for entry in entries.values():
        others = [link.href for link in entry.links if link.rel == "related"]
        assert others == [link for link in entries if link != entry.link]


def test_a_copy_is_in_no_list_and_is_back_when_its_leader_goes(desk: Desk) -> None:
    supply(desk, "a", an_item(1, "Peacekeepers leave Khojaly", f"{TEXTS[0]} {WIRE}"))
    supply(desk, "b", an_item(2, "Base at Khojaly closed", WIRE, host="b"))
    desk.build()
    files = desk.files()
    (copied,) = (path for path in files if "base-at-khojaly-closed" in path)
    page = copied.removesuffix("index.html").encode()
    assert not [path for path in files if page in files[path] and not path.startswith("articles/")]
    assert [entry.link for entry in read(files["atom.xml"]).entries] == ["https://a.example/1"]
    assert b'<link rel="canonical" href="https://a.example/1">' in files[copied]
    desk.settings = replace(desk.settings, sources=desk.settings.sources[1:])
    desk.build()
    files = desk.files()
    assert b'<link rel="canonical" href="https://b.example/2">' in files[copied]
    assert b"https://b.example/2" in files["atom.xml"]
    assert b"Also in" not in files["atom.xml"]


def test_the_page_of_a_copy_leads_to_none_of_its_section_that_is_no_more(desk: Desk) -> None:
    supply(desk, "a", *plenty(3))
    supply(desk, "b", *plenty(3, host="b"))  # each is a copy of one of a's
    desk.build()
    gone = next(one for one in stored(desk).values() if one.permalink == "https://a.example/3")
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, gone.id, desk.settings, reason="", now=desk.now)
    desk.build(everything=False)
    pages = [body for path, body in desk.files().items() if "report-1" in path]
    assert len(pages) == 2
    assert not [page for page in pages if gone.path.rpartition("/")[0].encode() in page]
    assert desk.publish().changed == 0


def test_related_links_that_change_alone_do_not_move_an_entry(desk: Desk) -> None:
    supply(desk, "a", an_item(1, "Peacekeepers leave Khojaly", TEXTS[0]))
    earlier = NOON - timedelta(days=4)
    supply(desk, "b", an_item(2, "Base at Khojaly closed", TEXTS[1], host="b", day=earlier))
    desk.build()
    first = {entry.id: entry for entry in read(desk.files()["atom.xml"]).entries}
    supply(desk, "b", an_item(2, "Khojaly base is closed", TEXTS[1], host="b", day=earlier))
    desk.build()
    second = {entry.id: entry for entry in read(desk.files()["atom.xml"]).entries}
    titles = [link.title for link in second["urn:a:1"].links if link.rel == "related"]
    assert titles == ["Khojaly base is closed — B"]
    assert second["urn:a:1"].updated == first["urn:a:1"].updated
    assert second["urn:b:2"].updated > first["urn:b:2"].updated


def test_a_document_the_store_refuses_stops_no_other_source(desk: Desk) -> None:
    whole = desk.newsroom.parse

    def parse(body: bytes, url: str, kind: str, seen: AbstractSet[str]) -> Reading:
        reading = whole(body, url, kind, seen)
        if url == address("a"):
            entries = tuple(replace(e, title="x\ud800") for e in reading.feed.entries)
            return replace(reading, feed=replace(reading.feed, entries=entries))
        return reading

    supply(desk, "a", *plenty(2))
    supply(desk, "b", an_item(9, "Elsewhere", "Nothing of note happened in Ghent.", host="b"))
    desk.newsroom = replace(desk.newsroom, parse=parse)
    with capture_logs() as logged:
        report = desk.build()
    assert {one.source_id for one in report.outcomes if one.error} == {"a"}
    assert [one["event"] for one in logged] == ["a fault of ours"]
    assert [entry.title for entry in read(desk.files()["atom.xml"]).entries] == ["Elsewhere"]


def citing(number: int, cited: str, *, host: str = "b") -> str:
    words = f'As &lt;a href="{cited}"&gt;the Courier&lt;/a&gt; told, nothing happened in Ghent.'
    return an_item(number, f"Comment {number}", words, host=host)


def test_a_citation_is_printed_under_the_article_and_in_its_entry(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    supply(desk, "a", *plenty(3))
    desk.build()
    before = read(desk.files()["economy/atom.xml"])
    supply(desk, "b", citing(9, "https://a.example/2"))
    beside = {"Report 1", "Report 2", "Report 3"}  # they show what is latest
    assert printed_pages(desk, monkeypatch) == {"Comment 9"} | beside
    (page,) = (
        body for name, body in desk.files().items() if "report-2" in name and name.endswith("html")
    )
    assert b"As the Courier told, nothing happened in Ghent." in page
    after = read(desk.files()["economy/atom.xml"])
    (entry,) = (one for one in after.entries if one.title == "Report 2")
    assert "Cited by 1 article<" in entry.content[0].value
    assert after.feed.updated == before.feed.updated, "to be cited is no change of its own"
    supply(desk, "b", citing(9, "https://a.example/2").replace("Comment 9", "Another title"))
    assert printed_pages(desk, monkeypatch) == {"Another title"} | beside
    (page,) = (
        body for name, body in desk.files().items() if "report-2" in name and name.endswith("html")
    )
    assert b"Another title" in page
    assert dangling(desk.files()) == set()


def test_what_is_no_longer_listed_is_no_comment(desk: Desk) -> None:
    supply(desk, "a", *plenty(3))
    supply(desk, "b", citing(9, "https://a.example/2"))
    desk.build()
    desk.settings = replace(desk.settings, sources=desk.settings.sources[:1])
    desk.build()
    (page,) = (
        body for name, body in desk.files().items() if "report-2" in name and name.endswith("html")
    )
    assert b"Comment 9" not in page
    assert b"Cited by" not in desk.files()["economy/atom.xml"]


def test_what_two_sources_cite_has_a_list_a_feed_and_a_place_on_the_front_page(
    desk: Desk,
) -> None:
    desk.settings = replace(desk.settings, sources=tuple(a_source(name) for name in NAMES))
    supply(desk, "a", *plenty(3))
    supply(desk, "b", citing(9, "https://a.example/2"), citing(8, "https://a.example/3"))
    desk.build()
    assert not [name for name in desk.files() if "most-cited" in name], "one source is nobody"
    assert b"most-cited" not in desk.files()["opml.xml"]
    supply(desk, "c", citing(7, "https://a.example/2", host="c"))
    desk.build()
    files = desk.files()
    feed = read(files["most-cited/atom.xml"])
    assert [entry.title for entry in feed.entries] == ["Report 2"]
    assert feed.feed.title == "The Paper: Most Cited"
    assert read_atom.read(files["most-cited/atom.xml"]).history == COMPLETE, "it is a list"
    assert read_atom.read(files["atom.xml"]).history != COMPLETE
    assert b"Cited by B and C" in files["most-cited/index.html"]
    assert b"Cited by B and C" in files["index.html"]
    assert f"{BASE}most-cited/atom.xml".encode() in files["opml.xml"]
    assert dangling(files) == set()
    assert desk.publish().changed == 0


def test_a_list_that_was_printed_stays_where_it_was_when_it_is_empty(desk: Desk) -> None:
    sources = tuple(a_source(name) for name in NAMES)
    desk.settings = replace(desk.settings, sources=sources)
    supply(desk, "a", *plenty(3))
    for number, name in enumerate("bc"):
        supply(desk, name, citing(number, "https://a.example/2", host=name))
    desk.build()
    before = feed_id(desk, "most-cited/atom.xml")
    desk.settings = replace(desk.settings, sources=sources[:2])
    desk.build()
    files = desk.files()
    assert read(files["most-cited/atom.xml"]).entries == []
    assert b"Nothing here yet." in files["most-cited/index.html"]
    assert b"Most Cited" not in files["index.html"]
    assert feed_id(desk, "most-cited/atom.xml") == before
    assert dangling(files) == set()


def test_a_day_without_news_changes_nothing_of_what_is_most_cited(desk: Desk) -> None:
    desk.settings = replace(desk.settings, sources=tuple(a_source(name) for name in NAMES))
    supply(desk, "a", *plenty(3))
    for number, name in enumerate("bc"):
        supply(desk, name, citing(number, "https://a.example/2", host=name))
    desk.build()
    desk.now += timedelta(days=30)
    assert desk.build().printed.changed == 0
    assert desk.publish().changed == 0


LONG = (
    "The regional bank of Ghent opened a branch in the old fish market on Tuesday, with a mayor, "
    "two bands and a queue of pensioners who had come for the coffee, and it closed again at noon "
    "because nobody had brought the key of the safe, which turned up in Bruges."
)


def test_a_text_that_several_sources_carry_is_cited_once_and_cites_once(desk: Desk) -> None:
    desk.settings = replace(desk.settings, sources=tuple(a_source(name) for name in NAMES))
    supply(desk, "a", *plenty(2))
    words = f'{LONG} So said &lt;a href="https://a.example/2"&gt;the report&lt;/a&gt; before.'
    copied = [an_item(9, "A branch in Ghent", words, host=name) for name in "bc"]
    comment = 'Of &lt;a href="https://c.example/9"&gt;this branch&lt;/a&gt; we shall hear again.'
    supply(desk, "b", copied[0])
    supply(desk, "c", copied[1])
    supply(desk, "a", *plenty(2), an_item(5, "A comment", comment))
    desk.build()
    by_title = {one.title: one for one in read(desk.files()["atom.xml"]).entries}
    assert "A branch in Ghent" in by_title
    assert len(by_title) == 4, "one of the two stands for both"
    assert "Cited by 1 article<" in by_title["Report 2"].content[0].value
    assert "Cited by 1 article<" in by_title["A branch in Ghent"].content[0].value
    assert not [name for name in desk.files() if "most-cited" in name], "two copies are one voice"
    assert dangling(desk.files()) == set()
    assert desk.publish().changed == 0


def test_of_two_who_cite_that_turn_out_to_be_one_text_one_is_counted(desk: Desk) -> None:
    desk.settings = replace(desk.settings, sources=tuple(a_source(name) for name in NAMES))
    supply(desk, "a", *plenty(2))
    link = 'So said &lt;a href="https://a.example/2"&gt;the report&lt;/a&gt; before.'
    supply(desk, "b", an_item(9, "A branch in Ghent", f"{LONG} {link}", host="b"))
    supply(desk, "c", an_item(9, "Another thing", f"Nothing of note. {link}", host="c"))
    desk.build()
    assert b"Cited by 2 articles" in desk.files()["economy/atom.xml"]
    assert b"Report 2" in desk.files()["most-cited/atom.xml"]
    supply(desk, "c", an_item(9, "A branch in Ghent", f"{LONG} {link}", host="c"))
    desk.build()
    assert b"Cited by 1 article<" in desk.files()["economy/atom.xml"].replace(b"&lt;", b"<")
    assert b"Report 2" not in desk.files()["most-cited/atom.xml"]
    assert desk.publish().changed == 0


def test_what_three_sources_tell_is_most_covered(desk: Desk) -> None:
    desk.settings = replace(desk.settings, sources=tuple(a_source(name) for name in NAMES))
    told = (
        "Russian peacekeepers handed over their base at Khojaly and left Karabakh for good.",
        "The base at Khojaly is empty: Russian peacekeepers have left Karabakh, a year early.",
        "With a last convoy from Khojaly the mission of Russian peacekeepers in Karabakh ended.",
    )
    for number, (name, text) in enumerate(zip(NAMES, told, strict=True)):
        if number == 2:
            desk.build()
            assert not [one for one in desk.files() if "most-covered" in one], "two are not many"
        item = an_item(9, f"Peacekeepers leave Khojaly {name}", text, host=name)
        supply(desk, name, item)
    desk.build()
    files = desk.files()
    (entry,) = read(files["most-covered/atom.xml"]).entries
    assert entry.title == "Peacekeepers leave Khojaly a", "it leads the story"
    assert b"Also reported by B and C" in files["index.html"]
    assert f"{BASE}most-covered/atom.xml".encode() in files["opml.xml"]
    assert dangling(files) == set()
    assert desk.publish().changed == 0


def test_a_pick_goes_when_its_time_is_over_though_there_is_no_news(desk: Desk) -> None:
    supply(desk, "a", *plenty(3))
    ends = desk.now + timedelta(hours=2)
    pick = Ruling(kind=Kind.PICK, articles=("https://a.example/2",), note="Now", until=ends)
    desk.settings = replace(desk.settings, rulings=(pick,))
    desk.build()
    assert b"Now" in desk.files()["index.html"]
    desk.build()
    assert b"Now" in desk.files()["index.html"]
    desk.build()
    files = desk.files()
    assert not [path for path, body in files.items() if b">Now<" in body]
    assert desk.publish().changed == 0
    assert dangling(files) == set()


def test_an_article_leads_to_those_before_and_after_it_in_its_section(desk: Desk) -> None:
    items = [
        an_item(n, f"Report {n}", of_its_own(n), day=NOON - timedelta(hours=n)) for n in (1, 2, 3)
    ]
    supply(desk, "a", items[0], items[2])
    desk.build()

    def neighbours(number: int) -> list[str]:
        (path,) = (path for path in desk.files() if f"/report-{number}-" in path)
        page: lxml.html.HtmlElement = lxml.html.document_fromstring(desk.files()[path])
        return [str(one) for one in page.xpath("//nav[@class='neighbours']//a/text()")]

    assert (neighbours(1), neighbours(3)) == (["Report 3"], ["Report 1"])
    supply(desk, "a", *items)
    desk.build()
    assert neighbours(2) == ["Report 3", "Report 1"]
    assert (neighbours(1), neighbours(3)) == (["Report 2"], ["Report 2"])
    (out,) = (one.id for one in stored(desk).values() if one.title == "Report 2")
    with transaction(desk.newsroom.engine) as connection:
        remove(connection, out, desk.settings, reason="", now=desk.now)
    desk.build()
    assert (neighbours(1), neighbours(3)) == (["Report 3"], ["Report 1"])
