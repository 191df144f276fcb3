"""Feeds for tests: a bare one, one that says everything a feed can, and any."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import strategies as st

from feeds.model import Category, Entry, Feed, Image, Link, Origin, Person, Reply, Text, TextKind
from feeds.published import History, Thread

NOON = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
BARE_ENTRY = Entry(
    id="tag:paper.example,2026:one",
    title="Bridge reopens",
    permalink="https://source.example/bridge",
    updated=NOON,
)
BARE = Feed(
    id="https://paper.example/atom.xml",
    title="The Paper",
    updated=NOON,
    self_href="https://paper.example/atom.xml",
    home="https://paper.example/",
    authors=(Person(name="The Paper"),),
    entries=(BARE_ENTRY,),
)
FULL_ENTRY = Entry(
    id="https://source.example/?p=17",
    title='Brücke & Straße <reopened> "today"',
    permalink="https://source.example/bridge",
    updated=NOON,
    published=NOON - timedelta(hours=3),
    authors=(
        Person(name="Ada Writer", email="ada@source.example", uri="https://source.example/ada"),
        Person(name="Ben Writer"),
    ),
    summary=Text(value="After six years, cars & trams <cross> again."),
    content=Text(value="<p>After six years &amp; two floods…</p>", kind=TextKind.HTML),
    links=(
        Link(
            href="https://other.example/flood",
            rel="related",
            type="text/html",
            title="The flood — Other",
            hreflang="de",
        ),
        Link(href="https://third.example/ferry", rel="related", title="The ferry — Third"),
        Link(href="https://wire.example/1", rel="via", title="Wire"),
        Link(
            href="https://source.example/talk.mp3", rel="enclosure", type="audio/mpeg",
            title="The talk", length=9, duration=61,
        ),
        Link(href="https://source.example/plan.pdf", rel="enclosure", type="application/pdf"),
        Link(href="https://creativecommons.org/licenses/by/4.0/", rel="license"),
        Link(href="https://source.example/bridge#comments", rel="replies", type="text/html"),
        Link(
            href="https://source.example/bridge/replies", rel="replies",
            type="application/atom+xml",
        ),
    ),
    categories=(
        Category(term="europe", scheme="https://paper.example/", label="Europe"),
        Category(term="bridges"),
    ),
    image=Image(
        href="https://source.example/bridge.jpg",
        type="image/jpeg",
        width=1200,
        height=800,
        description="The bridge at dawn",
        credit="Cy Camera",
        licence="https://licence.example/by/4.0/",
        rights="© Cy Camera",
    ),
    rights="© Source",
    origin=Origin(
        id="https://source.example/feed",
        title="Source",
        updated=NOON,
        self_href="https://source.example/feed",
        home="https://source.example/",
        rights="© Source",
    ),
    language="de",
    in_reply_to=(
        Reply(
            ref="urn:x:0", href="https://source.example/0", type="text/html",
            source="https://paper.example/atom.xml",
        ),
        Reply(ref="urn:x:1"),
    ),
    reply_count=3,
    thread=Thread(
        home="https://paper.example/articles/2026/06/bridge-1/", count=2,
        updated=NOON - timedelta(hours=1),
    ),
)  # fmt: skip
FULL = replace(
    BARE,
    subtitle="News & commentary",
    language="en",
    icon="https://paper.example/icon.png",
    logo="https://paper.example/logo.png",
    rights="© The Paper",
    hubs=("https://hub.example/",),
    history=History(
        prev_archive="https://paper.example/archive/2026-05.xml",
        current="https://paper.example/atom.xml",
        is_archive=True,
        is_complete=True,
    ),
    entries=(FULL_ENTRY, BARE_ENTRY),
)

ANY_TEXT = st.text(st.characters(), max_size=40)
MOMENTS = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001  # hypothesis adds the zones itself
    max_value=datetime(2090, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=45))]),
)
ADDRESSES = st.one_of(
    st.from_regex(r"https://[a-z]{1,4}\.example/[a-zé0-9/?=&%~.+'<-]{0,12}", fullmatch=True),
    st.sampled_from(["https://a.example/1", "https://a.example/2", "javascript:x", "/here", ""]),
)
IDS = st.one_of(st.uuids().map(lambda uuid: f"urn:uuid:{uuid}"), ADDRESSES.map("tag:{}".format))
TYPES = st.sampled_from(
    [None, "text/html", "audio/mpeg", "image/png", "application/rss+xml", "none",
     "application/octet-stream", "video/mp4; codecs=x"]
)  # fmt: skip
LANGUAGES = st.sampled_from([None, "en", "de-AT", "no language", "zh-Hant"])
NUMBERS = st.one_of(st.none(), st.integers(-1, 10**12))
MAYBE = st.one_of(st.none(), ANY_TEXT)
LINKS = st.builds(
    Link,
    href=ADDRESSES,
    rel=st.sampled_from(["related", "via", "enclosure", "license", "replies", "canonical"]),
    type=TYPES,
    title=MAYBE,
    hreflang=LANGUAGES,
    length=NUMBERS,
    duration=NUMBERS,
)
IMAGES = st.builds(
    Image, href=ADDRESSES, type=TYPES, width=NUMBERS, height=NUMBERS, description=MAYBE,
    credit=MAYBE, licence=ADDRESSES, rights=MAYBE,
)  # fmt: skip
PEOPLE = st.lists(
    st.builds(Person, name=ANY_TEXT, email=st.sampled_from([None, "a@b.example", "a"]),
              uri=ADDRESSES),
    max_size=2,
).map(tuple)  # fmt: skip
TEXTS = st.one_of(st.none(), st.builds(Text, value=ANY_TEXT, kind=st.sampled_from(list(TextKind))))
ORIGINS = st.builds(
    Origin, id=st.one_of(IDS, ANY_TEXT), title=ANY_TEXT, updated=MOMENTS, self_href=ADDRESSES,
    home=ADDRESSES, rights=MAYBE,
)  # fmt: skip
ENTRIES = st.builds(
    Entry,
    id=IDS,
    title=ANY_TEXT.map("x{}".format),
    permalink=ADDRESSES.filter(bool),
    updated=MOMENTS,
    published=st.one_of(st.none(), MOMENTS),
    authors=PEOPLE,
    summary=TEXTS,
    content=TEXTS,
    links=st.lists(LINKS, max_size=4).map(tuple),
    categories=st.lists(
        st.builds(Category, term=ANY_TEXT, scheme=st.one_of(IDS, ANY_TEXT), label=MAYBE),
        max_size=3,
    ).map(tuple),
    image=st.one_of(st.none(), IMAGES),
    rights=MAYBE,
    origin=st.one_of(st.none(), ORIGINS),
    language=LANGUAGES,
    in_reply_to=st.lists(
        st.builds(
            Reply, ref=st.one_of(IDS, ANY_TEXT), href=ADDRESSES, type=TYPES, source=ADDRESSES
        ),
        max_size=2,
    ).map(tuple),
    reply_count=NUMBERS,
    thread=st.one_of(
        st.none(),
        st.builds(
            Thread,
            home=st.one_of(ADDRESSES, ADDRESSES.map("{}/".format)),
            count=st.integers(-1, 10**9),
            updated=MOMENTS,
        ),
    ),
)
FEEDS = st.builds(
    Feed,
    id=st.uuids().map("urn:uuid:{}".format),
    title=ANY_TEXT.map("x{}".format),
    updated=MOMENTS,
    self_href=st.just("https://paper.example/world/atom.xml"),
    home=st.just("https://paper.example/world/"),
    authors=PEOPLE,
    subtitle=MAYBE,
    language=LANGUAGES,
    icon=ADDRESSES,
    logo=ADDRESSES,
    rights=MAYBE,
    history=st.builds(
        History,
        prev_archive=st.one_of(st.none(), ADDRESSES),
        current=st.one_of(st.none(), ADDRESSES),
        is_archive=st.booleans(),
        is_complete=st.booleans(),
    ),
    hubs=st.lists(ADDRESSES, max_size=2).map(tuple),
    entries=st.lists(ENTRIES, max_size=3).map(tuple),
)
