"""A document cut off anywhere gives the entries that were whole before the cut, and no half one."""

from functools import cache

import pytest

from feeds.charset import decode
from feeds.errors import SourceError
from feeds.mending import mend
from feeds.model import SourceEntry
from feeds.parse import parse
from feeds.reading import CUT_OFF

HERE = "https://source.example/feed"


def _rss() -> str:
    items = "".join(
        f"<item><title>Überschrift {number} &lt;b&gt;fett&lt;/b&gt;</title>"
        f"<link>https://source.example/{number}</link><guid>urn:{number}</guid>"
        "<description><![CDATA[<p>How </item> and </rss> are written</p>]]></description>"
        "<!-- </item><item> --><pubDate>Mon, 01 Jun 2026 12:00:00 GMT</pubDate>"
        f"<content:encoded><![CDATA[<p>{'Lange Gespräche über Öl. ' * 20}</p>]]></content:encoded>"
        "</item>\n"
        for number in range(23)
    )
    space = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    head = "<title>Ä</title><link>https://source.example/</link>"
    return (
        f'<?xml version="1.0"?>\n<rss version="2.0" {space}><channel>{head}{items}</channel></rss>'
    )


def _atom() -> str:
    entries = "".join(
        f'<entry><id>urn:{number}</id><title type="html">Öl &amp;lt;b&amp;gt; {number}</title>'
        f'<link href="https://source.example/{number}"/><updated>2026-06-01T12:00:00Z</updated>'
        '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml">'
        f"<p>{'Gespräche über Öl. ' * 40}</p></div></content></entry>"
        for number in range(20)
    )
    return f'<feed xmlns="http://www.w3.org/2005/Atom"><title>x</title>{entries}</feed>'


@pytest.mark.parametrize("written", [_rss(), _atom()], ids=["rss", "atom"])
def test_a_cut_at_any_byte_leaves_the_entries_before_it_whole(written: str) -> None:
    body = written.encode()
    assert len(body) > 19_000
    whole = parse(body, HERE).entries

    @cache  # the same whole entries give the same document, wherever the next was cut
    def read(_mended: str, cut: int) -> tuple[SourceEntry, ...]:
        return parse(body[:cut], HERE).entries

    known: dict[str, tuple[SourceEntry, ...]] = {}
    found = 0
    for cut in range(len(body) + 1):
        try:
            mended = mend(decode(body[:cut])[0], base_url=HERE)
        except SourceError:
            assert found == 0
            continue
        if mended.text not in known:
            known[mended.text] = parse(body[:cut], HERE).entries
        entries = known[mended.text]
        assert entries == whole[: len(entries)], body[cut - 40 : cut]
        assert found <= len(entries) <= found + 1
        assert (CUT_OFF in mended.notes) == (cut < len(body))
        found = len(entries)
    assert found == len(whole)
