"""Printing: only what is stale, and yet exactly what printing everything would print."""

import io
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote, urljoin

import feedparser
import pytest
from hypothesis import HealthCheck
from hypothesis import settings as effort
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from structlog.testing import capture_logs

from aggregator import layout
from aggregator.edition import Piece
from aggregator.model import Article, ArticleId, Rights, Section, Slug, SourceId
from aggregator.store import articles as kept
from aggregator.store.engine import transaction
from aggregator.words import primary
from feeds.errors import FetchError, PublishError
from feeds.markup import plain
from feeds.parse import Reading
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

NAMES = ("a", "b", "c")
TEXTS = (
    "Russian peacekeepers handed over the base at Khojaly as peacekeepers left Karabakh.",
    "The last Russian peacekeepers left Karabakh and closed the base at Khojaly with its troops.",
    "The central bank in Frankfurt lowered its interest rate as inflation fell in Frankfurt.",
    "Inflation in Frankfurt fell again, and the interest rate of the bank in Frankfurt with it.",
    "Nothing of note happened in Ghent.",
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
        everything=st.booleans(),
    )
    def news(
        self, names: list[str], number: int, title: str, text: str, language: str, everything: bool
    ) -> None:
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
        self.arrange(sources=tuple(known.get(address(one), a_source(one)) for one in names))

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


Paper.TestCase.settings = effort(
    max_examples=6,
    stateful_step_count=12,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestWhateverHappens = Paper.TestCase


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
    items = plenty(30)
    supply(desk, "a", *items)
    assert len(printed_pages(desk, monkeypatch)) == 30
    assert printed_pages(desk, monkeypatch) == set()
    newest = an_item(99, "Newest", RATE.format(9))
    supply(desk, "b", newest.replace("a.example", "b.example"))
    assert printed_pages(desk, monkeypatch) == {"Newest"}
    between = an_item(100, "Between", RATE.format(8), day=NOON - timedelta(hours=20, minutes=30))
    supply(desk, "a", *items, between)
    later = {f"Report {n}" for n in range(16, 21)}
    assert printed_pages(desk, monkeypatch) == {"Between"} | later


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


def test_no_navigation_leads_to_a_section_that_is_no_more(desk: Desk) -> None:
    supply(desk, "a", *plenty(2))
    desk.build()
    desk.settings = replace(desk.settings, sections=(DEFENCE, CAUCASUS))
    desk.build()
    for name, body in desk.files().items():
        if not name.startswith("economy/"):
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


def test_one_page_in_two_sources_is_two_entries_that_do_not_lead_to_each_other(
    desk: Desk,
) -> None:
    item = an_item(1, "Peacekeepers leave Khojaly", TEXTS[0])
    supply(desk, "a", item)
    supply(desk, "b", item, an_item(2, "Base at Khojaly closed", TEXTS[1], host="b"))
    desk.build()
    entries = read(desk.files()["atom.xml"]).entries
    assert len({entry.id for entry in entries}) == len(entries) == 3
    for entry in entries:
        others = [link.href for link in entry.links if link.rel == "related"]
        assert len(others) == 1, "the other page once, its own not at all"
        assert others != [entry.link]


def test_related_links_that_change_alone_do_not_move_an_entry(desk: Desk) -> None:
    supply(desk, "a", an_item(1, "Peacekeepers leave Khojaly", TEXTS[0]))
    supply(desk, "b", an_item(2, "Base at Khojaly closed", TEXTS[1], host="b"))
    desk.build()
    first = {entry.id: entry for entry in read(desk.files()["atom.xml"]).entries}
    supply(desk, "b", an_item(2, "Khojaly base is closed", TEXTS[1], host="b"))
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
