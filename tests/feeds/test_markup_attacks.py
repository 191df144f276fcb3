"""Nothing a source sends acts in a reader's page: every attack of our own comes out inert."""

import random
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as trees

from feeds.errors import SourceError
from feeds.markup import sanitise
from feeds.model import SourceFeed, TextKind
from feeds.parse import parse
from tests.feeds.attacks import VECTORS

BASE = "https://paper.example/2026/"
ELEMENTS = frozenset(
    (
        *("p", "div", "aside", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "dl", "dt", "dd"),
        *("a", "img", "figure", "figcaption", "source", "audio", "video", "table", "caption"),
        *("thead", "tbody", "tfoot", "tr", "th", "td", "code", "pre", "em", "strong", "b", "i"),
        *("u", "s", "small", "mark", "br", "hr", "sup", "sub", "time", "abbr", "cite", "q"),
        *("del", "ins"),
    )
)
ATTRIBUTES = frozenset(
    (
        *("href", "title", "hreflang", "src", "alt", "width", "height", "type", "controls", "rel"),
        *("poster", "start", "colspan", "rowspan", "scope", "datetime", "cite", "lang"),
    )
)
ADDRESSES = ("href", "src", "poster", "cite")


def assert_inert(clean: str, what: str) -> None:
    if not clean:
        return
    for element in trees.fragment_fromstring(clean, create_parent="body").iter():
        if element.tag == "body":
            continue
        assert element.tag in ELEMENTS, what
        for name, value in element.attrib.items():
            assert name in ATTRIBUTES, what
            if name in ADDRESSES:
                assert re.match(r"https?://[^\s/]|mailto:", value), what


def test_there_is_an_attack_of_every_family() -> None:
    assert len(VECTORS) > 70
    assert len(set(VECTORS)) == len(VECTORS)


@pytest.mark.parametrize("attack", VECTORS)
def test_an_attack_is_inert_alone_and_in_company(attack: str) -> None:
    for html in (attack, f"<p>before {attack} after</p>", f"<table><tr><td>{attack}", attack * 3):
        clean = sanitise(html, base_url=BASE)
        assert_inert(clean, html)
        assert sanitise(clean, base_url=BASE) == clean


@given(
    st.lists(
        st.sampled_from(VECTORS).flatmap(
            lambda vector: st.integers(0, len(vector)).map(lambda at: vector[:at])
        )
        | st.sampled_from(VECTORS),
        max_size=6,
    ).map("".join)
)
def test_attacks_cut_and_mixed_are_inert(html: str) -> None:
    clean = sanitise(html, base_url=BASE)
    assert_inert(clean, html)
    assert sanitise(clean, base_url=BASE) == clean


@pytest.mark.parametrize("attack", VECTORS)
def test_an_attack_in_any_field_of_an_entry_is_inert(attack: str) -> None:
    text = attack.replace("&", "&amp;").replace("<", "&lt;").replace("\x01", "").replace("\x0b", "")
    attribute = text.replace('"', "&quot;")
    document = (
        "<rss version='2.0' xmlns:media='http://search.yahoo.com/mrss/' "
        "xmlns:dc='http://purl.org/dc/elements/1.1/'><channel>"
        f"<title>{text}</title><link>{text}</link><description>{text}</description><item>"
        f"<title>{text}</title><link>{text}</link><guid>{text}</guid><author>{text}</author>"
        f'<dc:creator>{text}</dc:creator><category domain="{attribute}">{text}</category>'
        f'<comments>{text}</comments><source url="{attribute}">{text}</source>'
        f'<enclosure url="{attribute}" type="{attribute}" length="1"/>'
        f'<media:content url="{attribute}" medium="image"><media:credit>{text}</media:credit>'
        f"<media:description>{text}</media:description></media:content>"
        f"<description>{text}</description></item></channel></rss>"
    )
    feed = parse(document.encode(), BASE)
    for address in addresses(feed):
        assert re.match(r"https?://[^\s/\"<>]+", address)
        assert not set(address) & set('"<> \n\t')
    for entry in feed.entries:
        for body in (entry.summary, entry.content):
            if body and body.kind is TextKind.HTML:
                assert_inert(body.value, attack)


def addresses(feed: SourceFeed) -> Iterator[str]:
    yield from filter(None, [feed.home])
    for entry in feed.entries:
        yield from filter(None, [entry.permalink, entry.image and entry.image.href])
        yield from filter(None, [entry.image and entry.image.licence])
        yield from (link.href for link in (*entry.links, *entry.enclosures))
        yield from filter(None, (person.uri for person in entry.authors))
        if entry.upstream:
            yield from filter(None, (entry.upstream.home, entry.upstream.feed))
        yield from filter(None, (reply.href for reply in entry.in_reply_to))
        for body in (entry.summary, entry.content):
            if body and body.kind is TextKind.HTML:
                for tag in re.findall(r"<[^<>]+>", body.value):
                    yield from re.findall(r' (?:src|href|poster|cite)="([^"]*)"', tag)


def captured(corpora: Path) -> Iterator[tuple[str, SourceFeed]]:
    for path in sorted((corpora / "feeds").iterdir()):
        try:
            yield path.name, parse(path.read_bytes(), "https://source.example/a/feed")
        except SourceError:
            continue


def test_captured_feeds_are_inert_clean_already_and_lead_to_the_web_alone(corpora: Path) -> None:
    feeds = bodies = 0
    chance = random.Random(5)
    for name, feed in captured(corpora):
        feeds += 1
        for address in addresses(feed):
            assert address.startswith(("http://", "https://", "mailto:")), (name, address)
        for entry in feed.entries:
            body = entry.content or entry.summary
            if body and body.kind is TextKind.HTML and chance.random() < 0.5:
                bodies += 1
                assert_inert(body.value, name)
                assert sanitise(body.value, base_url="https://other.example/") == body.value, name
    assert feeds > 450
    assert bodies > 2_000
