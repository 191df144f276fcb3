"""Lists of feeds become sources, and sources lists, without losing a setting or a secret."""

import json
from dataclasses import fields, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from aggregator.model import (
    Auth,
    DateOf,
    Future,
    Http,
    Identity,
    Ignored,
    Rights,
    Section,
    Settings,
    Site,
    Slug,
    Source,
    SourceId,
)
from aggregator.opml_import import Imported, imported
from aggregator.opml_settings import Unfilled, listing_of
from aggregator.settings import parse
from aggregator.settings_http import HttpShape
from aggregator.settings_model import DefaultsShape, SourceShape
from aggregator.yamlmarks import read as read_yaml
from aggregator.yamltext import comment, yaml_value
from feeds.errors import BroadsheetError, SettingsError
from feeds.opml import NAMESPACE, Listing, Subscription, read
from publisher.subscriptions import render

BASE = "https://paper.example/"
HERE = Unfilled({})
EVERYTHING = Source(
    id=SourceId("a-ministry"),
    name="Some Ministry: press & news",
    feed="https://ministry.example/rss?a=1&b={2}",
    sections=(Slug("world"), Slug("europe")),
    categories={"The World": Slug("world"), "EU": Slug("europe")},
    every=timedelta(hours=6),
    longest=timedelta(days=2),
    blind=timedelta(hours=6),
    tier=1,
    language="pt-BR",
    rights=Rights.FULL,
    max_items=40,
    max_age=timedelta(days=30),
    backfill=None,
    retention=timedelta(days=365),
    edits=3,
    identity=Identity.LINK_AND_TITLE,
    ignore=(Ignored.ID, Ignored.AUTHOR),
    date=DateOf.FIRST_SEEN,
    future_dates=Future.IGNORE_ENTRY,
    enabled=False,
    http=Http(
        user_agent="Mozilla/5.0",
        headers=(("X-Key", "Bearer ${MINISTRY_TOKEN}"), ("X-Number", "12")),
        cookie="session=${SESSION}",
        auth=Auth(user="me", password="${PASSWORD}"),
        proxy="http://me:${PASSWORD}@proxy.example:3128",
        ca="/srv/ca.pem",
        old_tls=True,
        timeout=timedelta(seconds=45),
    ),
)
WORLD = Section(slug=Slug("world"), title="World", path="world", words=("NATO", "12:30"))
EUROPE = Section(slug=Slug("europe"), title="Europe", path="world/europe", parent=WORLD.slug)
PAPER = Settings(
    site=Site(title="The Paper", base_url=BASE, push=True),
    sections=(WORLD, EUROPE),
    sources=(EVERYTHING,),
)


def after_a_round_trip(paper: Settings, *, with_http: bool = True) -> Settings:
    listing = read(render(listing_of(paper, with_http=with_http)))
    again = imported(listing, title=listing.title, base_url=BASE, with_http=with_http)
    assert again.notes == ()
    return parse(again.text, environ=HERE)


def made_of(*outlines: str, base_url: str = BASE) -> Imported:
    listing = read(f"<opml xmlns:b='{NAMESPACE}'>{''.join(outlines)}".encode())
    return imported(listing, title="T", base_url=base_url)


def sources(*outlines: str) -> tuple[Source, ...]:
    return parse(made_of(*outlines).text).sources


def test_every_setting_of_a_source_survives_the_round_trip() -> None:
    usual = Source(id=SourceId("x"), name="x", feed="x")
    unset = {
        each.name
        for each in fields(Source)
        if getattr(EVERYTHING, each.name) == getattr(usual, each.name)
    }
    assert unset == {"cron", "variables"}  # the one cannot stand beside `every`, the other is told
    assert after_a_round_trip(PAPER) == PAPER
    for backfill in (0, 7, timedelta(days=30)):
        paper = replace(PAPER, sources=(replace(EVERYTHING, backfill=backfill),))
        assert after_a_round_trip(paper) == paper
    clocked = replace(EVERYTHING, every=usual.every, blind=usual.blind, cron="0 6,18 * * *")
    paper = replace(PAPER, sources=(clocked,))
    assert after_a_round_trip(paper) == paper


def test_http_leaves_no_trace_unless_it_is_asked_for() -> None:
    listed = render(listing_of(PAPER))
    assert b"MINISTRY" not in listed
    assert b"Mozilla" not in listed
    plain = replace(EVERYTHING, http=Http())
    assert after_a_round_trip(PAPER, with_http=False).sources == (plain,)


def test_a_strangers_list_cannot_send_our_secrets_anywhere() -> None:
    for word in ("http", "client"):
        (source,) = sources(
            "<outline text='A' xmlUrl='https://a.example/'"
            f""" b:{word}='{{"headers": {{"X": "${{PASSWORD}}"}}}}'/>"""
        )
        assert source.http == Http()


def test_a_variable_stays_a_variable_and_an_interval_is_filled_in() -> None:
    text = (
        f"site: {{title: T, base_url: {BASE}}}\nsources:\n  - name: A\n    feed: https://a.example/\n"
        "    http: {headers: {X: '${TOKEN}'}, timeout: '${PATIENCE}'}\n"
    )
    (source,) = parse(text, environ=Unfilled({"TOKEN": "s3cret", "PATIENCE": "9s"})).sources
    assert source.http == Http(headers=(("X", "${TOKEN}"),), timeout=timedelta(seconds=9))


def test_folders_become_sections() -> None:
    made = made_of(
        "<outline text='Security &amp; Defence'><outline text='Baku'>"
        "<outline text='A' xmlUrl='https://a.example/' htmlUrl='https://a.example/home'/></outline>"
        "</outline><outline text='Empty'/><outline text='Empty'></outline>"
        "<outline text='Security &amp; Defence'><outline text='A' xmlUrl='https://a.example/'/></outline>"
    )
    assert made.text == (
        "# yaml-language-server: $schema=sources.schema.json\n"
        "\n"
        "site:\n"
        "  title: T\n"
        "  base_url: https://paper.example/\n"
        "\n"
        "sections:\n"
        "  - title: Security & Defence\n"
        "    sections:\n"
        "      - title: Baku\n"
        "\n"
        "sources:\n"
        "  - name: A\n"
        "    feed: https://a.example/  # https://a.example/home\n"
        '    sections: ["Baku", "Security & Defence"]\n'
    )
    (source,) = parse(made.text).sources
    assert source.sections == ("baku", "security-defence")


def test_names_that_clash_are_told_apart() -> None:
    made = made_of(
        "<outline text='A'><outline text='News'><outline text='新闻' xmlUrl='https://a.example/1'/>"
        "</outline></outline><outline text='B'><outline text='news'>"
        "<outline text='新闻' xmlUrl='https://a.example/2'/></outline></outline>"
        "<outline text='Archive'><outline text='X' xmlUrl='https://x.example/'/></outline>"
        "<outline text='新'><outline text='X' xmlUrl='https://y.example/'/></outline>"
    )
    paper = parse(made.text)
    assert [each.slug for each in paper.sections] == [
        "a", "news", "b", "news-2", "archive-2", "section",
    ]  # fmt: skip
    assert [(each.id, *each.sections) for each in paper.sources] == [
        ("a-example", "news"),
        ("a-example-2", "news-2"),
        ("x", "archive-2"),
        ("x-2", "section"),
    ]


def test_an_id_somebody_had_is_kept_from_the_others() -> None:
    first, second = sources(
        "<outline text='B' xmlUrl='https://1.example/'/>",
        "<outline text='A' xmlUrl='https://2.example/' b:id='b'/>",
    )
    assert (first.id, second.id) == ("b-2", "b")


@pytest.mark.parametrize(
    ("outline", "note"),
    [
        ("xmlUrl='file:///etc/passwd'", "A: only you may name files"),
        ("xmlUrl='https://me:secret@a.example/'", "A: its address must not hold a user name"),
        ("xmlUrl='ftp://a.example/'", "A: its address must begin with http"),
        ("xmlUrl='https://paper.example/atom.xml'", "A: its address is our own output"),
        ("xmlUrl='https://[/'", "A: its address is not a web address"),
    ],
)
def test_a_feed_we_cannot_use_is_left_out_and_named(outline: str, note: str) -> None:
    good = "<outline text='Good' xmlUrl='https://good.example/'/>"
    made = made_of(f"<outline text='A' {outline}/>", good)
    assert [each.name for each in parse(made.text).sources] == ["Good"]
    assert made.notes[0].startswith(note)
    assert f"# Not taken over: {note}" in made.text
    assert "secret" not in made.text
    with pytest.raises(BroadsheetError, match="none of the list's feeds"):
        made_of(f"<outline text='A' {outline}/>")


def test_a_setting_we_cannot_use_is_left_out_alone() -> None:
    made = made_of(
        "<outline text='A' xmlUrl='https://a.example/' language='en_US' b:every='2s' b:tier='1'"
        " b:categories='{&quot;X&quot;: &quot;nowhere&quot;}' b:new='1' b:sections='[[1]]'/>"
    )
    assert [note.split(":")[0] for note in made.notes] == ["every of A", "language of A"]
    (source,) = parse(made.text).sources
    assert source.tier == 1


def test_two_spellings_of_an_address_are_one_source() -> None:
    found = sources(
        "<outline text='A' xmlUrl='https://a.example/feed'/>",
        "<outline text='F'><outline text='B' xmlUrl='HTTPS://A.example:443/feed#x'/></outline>",
    )
    assert [(each.name, each.sections) for each in found] == [("A", ("f",))]


def test_a_blank_in_an_address_is_mended() -> None:
    (source,) = sources("<outline text='A' xmlUrl='https://a.example/my feed'/>")
    assert source.feed == "https://a.example/my%20feed"


def test_a_paper_needs_an_address() -> None:
    with pytest.raises(SettingsError, match="base_url"):
        made_of("<outline xmlUrl='https://a.example/'/>", base_url="paper")


TEXTS = st.text(max_size=15)
NAMES = (
    st.text(
        st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"))
        | st.sampled_from(" :#-'\"[]{},&*!%@`|>"),
        min_size=1,
    )
    .map(lambda name: " ".join(name.split()))
    .filter(bool)
)
FEEDS = st.from_regex(
    r"https?://[a-z]{1,8}\.example/[a-zA-Z0-9/?=&#:%{}@,;']{0,12}", fullmatch=True
)


@st.composite
def papers(draw: st.DrawFn) -> Settings:
    def numbered(text: str, number: int) -> Slug:
        return Slug(f"{text}-{number}")

    sections: list[Section] = []
    for number, title in enumerate(draw(st.lists(NAMES, max_size=4))):
        around = draw(st.sampled_from([None, *sections[-1:]]))
        slug = numbered("s", number)
        path = f"{around.path}/{slug}" if around else slug
        words = tuple(draw(st.lists(NAMES, max_size=2, unique=True)))
        sections.append(
            Section(
                slug=slug,
                title=title,
                path=path,
                parent=around.slug if around else None,
                words=words,
            )
        )
    slugs = [section.slug for section in sections]
    some = st.lists(st.sampled_from(slugs), unique=True, max_size=3) if slugs else st.just([])
    made = []
    for number, name in enumerate(draw(st.lists(NAMES, min_size=1, max_size=3))):
        path = draw(FEEDS).partition("/")[2]
        every = draw(st.sampled_from([timedelta(minutes=30), timedelta(days=2, seconds=1)]))
        is_said = every != timedelta(minutes=30) or draw(st.booleans())
        said = draw(st.dictionaries(NAMES, st.sampled_from(slugs), max_size=2)) if slugs else {}
        made.append(
            Source(
                id=SourceId(numbered("x", number)),
                name=name,
                feed=f"https://h{number}.example/{path}",
                sections=tuple(draw(some)),
                categories=said,
                every=every,
                longest=max(every, draw(st.sampled_from([timedelta(hours=1), timedelta(days=3)]))),
                blind=every if is_said else timedelta(days=1),
                tier=draw(st.integers(1, 9)),
                max_age=draw(st.none() | st.just(timedelta(days=9))),
                rights=draw(st.sampled_from(Rights)),
                enabled=draw(st.booleans()),
                language=draw(st.sampled_from([None, "de"])),
            )
        )
    site = Site(title="The Paper", base_url=BASE)
    return Settings(site=site, sections=tuple(sections), sources=tuple(made))


@settings(max_examples=60, deadline=None)
@given(papers())
def test_sources_survive_the_round_trip_whole(paper: Settings) -> None:
    again = after_a_round_trip(paper)
    assert again.sections == paper.sections
    assert sorted(again.sources, key=lambda each: each.id) == list(paper.sources)


def some_of(shape: type[BaseModel], *without: str) -> st.SearchStrategy[dict[str, Any]]:
    """Draw any of a shape's keys, each with one of its own examples, or with more such keys."""
    drawn: dict[str, st.SearchStrategy[Any]] = {"http": st.deferred(lambda: some_of(HttpShape))}
    for key, field in shape.model_fields.items():
        if key not in {*without, "http"}:
            assert field.examples, f"{key} has no example to try it with"
            # a cookie that is written out becomes a variable, which is a test of its own
            said = [each for each in field.examples if key != "cookie" or "${" in each]
            drawn[key] = st.sampled_from(said)
    known = {key: drawn[key] for key in shape.model_fields if key not in without}
    return st.fixed_dictionaries({}, optional=known)


SECTIONS = [
    {"title": "Security & Defence", "sections": [{"title": "South Caucasus"}]},
    {"title": "World"},
]
ADDRESS = "https://a.example/rss?key=${A_KEY}"


@settings(max_examples=150)
@given(
    defaults=some_of(DefaultsShape),
    one=some_of(SourceShape, "name", "feed", "id"),
    other=some_of(SourceShape, "name", "feed", "id"),
)
def test_whatever_can_be_said_of_a_source_survives_the_round_trip(
    defaults: dict[str, Any], one: dict[str, Any], other: dict[str, Any]
) -> None:
    """Every key of sources.yaml, those to come included: each has an example in its shape."""
    written = {
        "site": {"title": "T", "base_url": BASE},
        "defaults": defaults,
        "sections": SECTIONS,
        "sources": [
            {"name": "One", "feed": ADDRESS, **one},
            {"name": "Other", "feed": "https://b.example/", **other},
        ],
    }
    try:
        paper = parse(json.dumps(written), environ=HERE)
    except SettingsError:
        reject()  # two keys that cannot stand beside each other
    again = after_a_round_trip(paper)
    assert again.sections == paper.sections
    assert sorted(again.sources, key=lambda each: each.id) == list(paper.sources)


OUTLINES = st.builds(
    Subscription, feed=FEEDS | TEXTS, title=TEXTS, home=TEXTS, language=TEXTS,
    folders=st.lists(TEXTS, max_size=3).map(tuple),
    settings=st.dictionaries(
        st.sampled_from([each.name for each in fields(Source)]), TEXTS | st.just('{"a": [1]}')
    ),
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.lists(OUTLINES, max_size=4), TEXTS)
def test_what_is_imported_is_always_valid(outlines: list[Subscription], title: str) -> None:
    good = Subscription(feed="https://good.example/feed")
    listing = Listing(subscriptions=(*outlines, good))
    made = imported(listing, title=title, base_url=BASE)
    paper = parse(made.text)
    assert len(paper.sources) == made.sources
    assert good.feed in {each.feed for each in paper.sources}


@settings(max_examples=200)
@given(
    st.recursive(
        st.text() | st.integers() | st.booleans(),
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3)
        ),
        max_leaves=5,
    )
)
def test_what_we_write_as_yaml_is_read_as_what_it_was(value: object) -> None:
    written = yaml_value(value)  # type: ignore[arg-type]  # hypothesis calls it an object
    assert read_yaml(f"- a: {written}  {comment(repr(value))}\n", file="x").value == [{"a": value}]


@pytest.mark.parametrize(
    "text", ["EU Today", "30m", "https://a.example/feed/?a=1", "Côte d'Ivoire"]
)
def test_what_needs_no_quotes_has_none(text: str) -> None:
    assert yaml_value(text) == text


def test_a_secret_written_out_is_listed_as_a_variable_to_be_set() -> None:
    source = Source(
        id=SourceId("1-a"),
        name="A",
        feed="https://a.example/rss?key=s3cret&page=2",
        http=Http(
            headers=(("Authorization", "Bearer s3cret"), ("Accept", "text/xml")),
            cookie="session=s3cret",
            auth=Auth(user="me", password="s3cret"),
            proxy="http://me:s3cret@proxy.example",
        ),
    )
    listing = listing_of(replace(PAPER, sources=(source,)), with_http=True)
    assert b"s3cret" not in render(listing)
    (listed,) = listing.subscriptions
    assert listed.feed == "https://a.example/rss?key=${_1_A_KEY}&page=2"
    names = [
        "_1_A_KEY",
        "_1_A_AUTHORIZATION",
        "_1_A_COOKIE",
        "_1_A_PASSWORD",
        "_1_A_PROXY_PASSWORD",
    ]
    assert [note.rpartition(" ")[2] for note in listing.notes] == [f"${{{n}}}" for n in names]
    without = listing_of(replace(PAPER, sources=(source,)))
    assert len(without.notes) == 1
    assert b"s3cret" not in render(without)


def test_a_feed_with_a_variable_in_its_address_is_taken_from_a_list_of_ones_own_alone() -> None:
    outline = "<outline text='A' xmlUrl='https://a.example/?key=${PASSWORD}'/>"
    good = "<outline text='Good' xmlUrl='https://good.example/'/>"
    made = made_of(outline, good)
    assert "PASSWORD" not in made.text
    assert made.notes == ("A: its address names a variable; take it along with --with-http",)
    paper = replace(PAPER, sources=(replace(EVERYTHING, feed="https://a.example/?k=${KEY}"),))
    assert after_a_round_trip(paper) == paper
