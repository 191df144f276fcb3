"""Where an entry leads beside its article: comments, licence, what it was taken from, its files."""

from pathlib import Path

import pytest

from feeds.besides import seconds
from feeds.model import Episode, Link, Person, Reply, SourceEntry, Upstream
from feeds.parse import parse

HERE = "https://source.example/feed"
SPACES = (
    'xmlns:slash="http://purl.org/rss/1.0/modules/slash/" '
    'xmlns:wfw="http://wellformedweb.org/CommentAPI/" '
    'xmlns:atom="http://www.w3.org/2005/Atom" '
    'xmlns:thr="http://purl.org/syndication/thread/1.0" '
    'xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd" '
    'xmlns:podcast="https://podcastindex.org/namespace/1.0" '
    'xmlns:media="http://search.yahoo.com/mrss/" '
    'xmlns:cc="http://backend.userland.com/creativeCommonsRssModule"'
)


def item(inside: str) -> SourceEntry:
    document = f"<rss version='2.0' {SPACES}><channel><item>{inside}</item></channel></rss>"
    (entry,) = parse(document.encode(), HERE).entries
    return entry


def atom(inside: str) -> SourceEntry:
    document = (
        '<feed xmlns="http://www.w3.org/2005/Atom" '
        'xmlns:thr="http://purl.org/syndication/thread/1.0">'
        f"<entry><id>urn:x:1</id>{inside}</entry></feed>"
    )
    (entry,) = parse(document.encode(), HERE).entries
    return entry


def test_rss_leads_to_the_page_and_the_feed_of_its_comments() -> None:
    entry = item(
        "<comments>/1#comments</comments><wfw:commentRss>https://source.example/1/feed</wfw:commentRss>"
        "<slash:comments>12</slash:comments>"
    )
    assert entry.links == (
        Link(href="https://source.example/1/feed", rel="replies", type="application/rss+xml"),
        Link(href="https://source.example/1#comments", rel="replies", type="text/html"),
    )
    assert entry.reply_count == 12


def test_atom_leads_to_its_replies_and_to_what_it_answers() -> None:
    entry = atom(
        '<link rel="replies" href="/1/replies" thr:count="3"/><thr:total>4</thr:total>'
        '<link rel="replies" type="text/html" href="/1#c" title="3 Comments"/>'
        '<thr:in-reply-to ref="tag:x,2026:0" href="/0" type="application/xhtml+xml"/>'
        '<thr:in-reply-to href="https://other.example/9"/>'
    )
    assert entry.links == (
        Link(href="https://source.example/1/replies", rel="replies", type="application/atom+xml"),
        Link(href="https://source.example/1#c", rel="replies", type="text/html"),
    )
    assert entry.reply_count == 4
    assert entry.in_reply_to == (
        Reply(ref="tag:x,2026:0", href="https://source.example/0", type="application/xhtml+xml"),
        Reply(ref="https://other.example/9", href="https://other.example/9"),
    )


@pytest.mark.parametrize("written", ["-1", "many", "", "12345678901234", "1.5"])
def test_what_is_no_count_is_none(written: str) -> None:
    assert item(f"<title>x</title><slash:comments>{written}</slash:comments>").reply_count is None


def test_a_changing_count_does_not_change_what_an_entry_says() -> None:
    few, many = (
        atom(
            f'<link rel="replies" type="text/html" href="/1" thr:count="{count}" title="{count}"/>'
        )
        for count in (3, 4)
    )
    assert few != many
    assert repr(few) == repr(many)


def test_the_feed_an_entry_was_taken_from_is_named() -> None:
    assert item('<source url="/wire.xml">The Wire</source>').upstream == Upstream(
        title="The Wire", feed="https://source.example/wire.xml"
    )
    assert item("<title>x</title><source>Reuters</source>").upstream == Upstream(title="Reuters")
    assert item('<source url="https://wire.example/f"/>').upstream == Upstream(
        title="wire.example", feed="https://wire.example/f"
    )
    assert item('<source url="javascript:x"/><title>x</title>').upstream is None
    told = (
        '<source xml:base="https://up.example/"><id>urn:u</id><title>Up &amp;amp; over</title>'
        '<link rel="self" href="atom.xml"/><link href="./"/></source>'
    )
    expected = Upstream(
        title="Up & over", home="https://up.example/", feed="https://up.example/atom.xml"
    )
    assert atom(told).upstream == expected
    assert item(told.replace("<", "<atom:").replace("<atom:/", "</atom:")).upstream == expected


def test_licences_and_what_led_there_are_links() -> None:
    entry = atom(
        '<link rel="license" type="text/html" href="https://cc.example/by"/>'
        '<link rel="via" title="[via]" href="https://found.example/"/>'
        '<link rel="related" href="https://rel.example/"/><link rel="license" href="data:,x"/>'
    )
    assert entry.links == (
        Link(href="https://cc.example/by", rel="license", type="text/html"),
        Link(href="https://found.example/", rel="via", title="[via]"),
    )
    assert item("<title>x</title><cc:license>https://cc.example/by</cc:license>").links == (
        Link(href="https://cc.example/by", rel="license"),
    )


def test_a_podcasts_words_are_read() -> None:
    entry = item(
        '<enclosure url="a.mp3" type="audio/mpeg" length="7"/>'
        "<itunes:duration>1:02:03</itunes:duration>"
        "<itunes:episode>12</itunes:episode><itunes:season>2</itunes:season>"
        "<itunes:explicit>no</itunes:explicit><podcast:transcript url='t.vtt' type='text/vtt' "
        "language='de'/><podcast:person>Ada</podcast:person>"
        "<podcast:person role='guest'>Bob</podcast:person>"
        "<podcast:person role='Host'>Cy</podcast:person>"
    )
    assert entry.episode == Episode(
        duration=3723,
        number=12,
        season=2,
        explicit=False,
        transcripts=(
            Link(
                href="https://source.example/t.vtt",
                rel="transcript",
                type="text/vtt",
                hreflang="de",
            ),
        ),
    )
    assert entry.authors == (Person(name="Ada"), Person(name="Cy"))
    assert item("<title>x</title><itunes:episode>last</itunes:episode>").episode is None


def test_media_say_how_long_they_last() -> None:
    entry = item('<media:content url="a.mp4" type="video/mp4" duration="61" fileSize="9"/>')
    assert entry.enclosures == (
        Link(
            href="https://source.example/a.mp4",
            rel="enclosure",
            type="video/mp4",
            length=9,
            duration=61,
        ),
    )


@pytest.mark.parametrize(
    ("written", "length"),
    [
        *(("3:06", 186), ("00:54:00", 3240), ("62:03", 3723), ("25", 25), ("1:02:03.5", 3723)),
        *(("3723.4", 3723), ("1h 2m", 3720), ("54 min", 3240), ("PT1H2M3S", 3723), ("90s", 90)),
        *(("", None), ("0", None), ("0:00", None), ("soon", None), ("99999999", None)),
        *(("2026-06-01", None), ("PT", None), ("1:2:3:4", None), ("900:00:00", None)),
    ],
)
def test_a_duration_is_read_in_every_spelling(written: str, length: int | None) -> None:
    assert seconds(written) == length


def test_durations_of_captured_podcasts_are_all_read(corpora: Path) -> None:
    entries = [
        entry
        for path in sorted((corpora / "feeds").iterdir())
        if b"<itunes:duration>" in (body := path.read_bytes())
        for entry in parse(body, HERE).entries
    ]
    lasting = [entry for entry in entries if entry.episode and entry.episode.duration]
    assert len(lasting) > 100
