"""Feeds as they are out there, made from a seed: the same seed gives the same bytes.

Three formats, eight languages, 20 to 50 entries of 0.5 to 4 kB of HTML; one in twenty in an
encoding of old, one in thirty-three not well-formed. A feed's entries are numbered for ever: the
next version of a feed drops its `NEWS` oldest and has as many new ones on top.
"""

import gzip
import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from benchmarks.vocabulary import LANGUAGES, Vocabulary, vocabulary

NEWS = 2  # entries that a feed's next version has and the one before has not
FEWEST, MOST = 20, 50
_GAP = timedelta(hours=6)  # between two entries of one feed: fifty of them are under a fortnight
_OLD_ENCODINGS = {
    "pl": "iso-8859-2",
    "ru": "windows-1251",
    "el": "iso-8859-7",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Nature:
    """What a feed is in all its versions. `flaw` is what keeps it from being well-formed."""

    number: int
    seed: int
    form: str
    language: str
    entries: int
    encoding: str
    flaw: str

    @property
    def site(self) -> str:
        """Where its articles would be, did they exist."""
        return f"https://www.paper{self.number:05d}.example"

    @property
    def words(self) -> Vocabulary:
        """What its language has to say."""
        return vocabulary(self.language)


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """One entry; `lead` and `body` are HTML."""

    number: int
    title: str
    url: str
    author: str
    categories: tuple[str, ...]
    published: datetime
    lead: str
    body: str
    image: str | None


def nature(number: int, *, seed: int) -> Nature:
    """Return what the feed of this number is."""
    chance = _chance(seed, number)
    form = chance.choices(("rss", "atom", "rdf"), weights=(56, 35, 9))[0]
    language = chance.choices(LANGUAGES, weights=(40, 15, 10, 10, 8, 6, 6, 5))[0]
    old = _OLD_ENCODINGS.get(language, "windows-1252")
    return Nature(
        number=number,
        seed=seed,
        form=form,
        language=language,
        entries=chance.randint(FEWEST, MOST),
        encoding=old if chance.random() < 0.05 else "utf-8",
        flaw=chance.choice(("&nbsp;", " & ")) if chance.random() < 0.03 else "",
    )


def document(feed: Nature, *, newest: datetime, version: int = 0) -> bytes:
    """Return a feed as it was `version` changes after the first.

    `newest` is when the last entry of version 1 came out; no date is later.
    """
    first = version * NEWS
    pieces = [_piece(feed, first + index, newest=newest) for index in range(feed.entries)]
    pieces.reverse()
    write = {"rss": _rss, "atom": _atom, "rdf": _rdf}[feed.form]
    text = f'<?xml version="1.0" encoding="{feed.encoding}"?>\n{write(feed, pieces)}'
    return text.encode(feed.encoding, "xmlcharrefreplace")


def write(folder: Path, *, feeds: int, seed: int, newest: datetime, version: int) -> int:
    """Write feeds and their gzips, as nginx serves them, and return how many entries they have.

    Their times are those of their newest entries: nginx makes Last-Modified and ETag of them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    one = partial(_write, folder, seed=seed, newest=newest, version=version)
    with ProcessPoolExecutor() as pool:
        return sum(pool.map(one, range(feeds), chunksize=16))


def name(number: int) -> str:
    """Return the file name of a feed."""
    return f"{number:05d}.xml"


def _write(folder: Path, number: int, *, seed: int, newest: datetime, version: int) -> int:
    feed = nature(number, seed=seed)
    body = document(feed, newest=newest, version=version)
    changed = (newest + (version - 1) * _GAP).timestamp()
    path = folder / name(number)
    for file, content in ((path, body), (Path(f"{path}.gz"), gzip.compress(body, 6, mtime=0))):
        file.write_bytes(content)
        os.utime(file, (changed, changed))
    return feed.entries


def _chance(*what: int) -> random.Random:
    return random.Random(" ".join(map(str, what)))  # noqa: S311 -- texts, not secrets


def _piece(feed: Nature, number: int, *, newest: datetime) -> Piece:
    chance = _chance(feed.seed, feed.number, number)
    words = feed.words
    age = feed.entries + NEWS - 1 - number
    return Piece(
        number=number,
        title=f"{words.name(chance)} {' '.join(words.draw(chance, chance.randint(4, 10)))}",
        url=f"{feed.site}/news/{number // 10}/the-story-of-{number:06d}.html",
        author=words.name(chance),
        categories=tuple(words.name(chance) for _ in range(chance.randint(0, 3))),
        published=newest - age * _GAP - timedelta(minutes=chance.randint(0, 300)),
        lead=_paragraph(chance, words, 25),
        body="\n".join(_blocks(chance, words, feed.site)),
        image=f"{feed.site}/img/{number}.jpg" if chance.random() < 0.6 else None,
    )


def _blocks(chance: random.Random, words: Vocabulary, site: str) -> Iterator[str]:
    """Yield an article's paragraphs and what stands between them: 0.5 to 4 kB."""
    left = chance.randint(500, 4_000) - 100
    while left > 0:
        block = _paragraph(chance, words, min(chance.randint(30, 90), left // 7 + 5))
        kind = chance.random()
        if kind < 0.1:
            block = f"<blockquote>{block}</blockquote>"
        elif kind < 0.2:
            points = (f"<li>{' '.join(words.draw(chance, 6))}</li>" for _ in range(4))
            block = f"<ul>{''.join(points)}</ul>"
        elif kind < 0.3:
            block = (
                f'<p><img src="{site}/img/{left}.jpg" width="640" height="360" '
                f'alt="{words.name(chance)}"></p>'
            )
        yield block
        left -= len(block)


def _paragraph(chance: random.Random, words: Vocabulary, length: int) -> str:
    """Return a paragraph of some words, with the markup that editors leave in one."""
    drawn = words.draw(chance, length)
    drawn[0] = drawn[0].capitalize()
    for _ in range(length // 20):
        place = chance.randrange(length)
        drawn[place] = chance.choice(
            (
                f"<strong>{drawn[place]}</strong>",
                f'<a href="/tag/{drawn[place]}">{drawn[place]}</a>',
                f"{words.name(chance)},",
                f"{drawn[place]}. {words.name(chance)}",
                "&amp;",
            )
        )
    return f"<p>{' '.join(drawn)}.</p>"


def _title(feed: Nature, piece: Piece) -> str:
    return escape(piece.title).replace(" ", feed.flaw or " ", 1)


def _rss(feed: Nature, pieces: Sequence[Piece]) -> str:
    both = feed.number % 2 == 0  # half of them tell the lead and the whole
    shown = "\n".join(_rss_item(feed, piece, both=both) for piece in pieces)
    return f"""<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel>
<title>Paper {feed.number}</title><link>{feed.site}/</link>
<description>News in {feed.language}</description><language>{feed.language}</language>
<lastBuildDate>{format_datetime(pieces[0].published)}</lastBuildDate><ttl>60</ttl>
{shown}
</channel></rss>
"""


def _rss_item(feed: Nature, piece: Piece, *, both: bool) -> str:
    categories = "".join(f"<category>{escape(one)}</category>" for one in piece.categories)
    body = (
        f"<description>{escape(piece.lead)}</description>"
        f"<content:encoded><![CDATA[{piece.body}]]></content:encoded>"
        if both
        else f"<description>{escape(piece.body)}</description>"
    )
    image = f'<media:content url="{piece.image}" medium="image"/>' if piece.image else ""
    return f"""<item><title>{_title(feed, piece)}</title><link>{piece.url}</link>
<guid isPermaLink="false">{feed.site}/?p={piece.number}</guid>
<pubDate>{format_datetime(piece.published)}</pubDate><dc:creator>{escape(piece.author)}</dc:creator>
{categories}{body}{image}</item>"""


def _atom(feed: Nature, pieces: Sequence[Piece]) -> str:
    shown = "\n".join(_atom_entry(feed, piece) for piece in pieces)
    return f"""<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{feed.language}">
<title>Paper {feed.number}</title><id>{feed.site}/</id><updated>{_rfc3339(pieces[0])}</updated>
<link href="{feed.site}/"/><link rel="self" href="{feed.site}/atom.xml"/>
{shown}
</feed>
"""


def _atom_entry(feed: Nature, piece: Piece) -> str:
    categories = "".join(f"<category term={quoteattr(one)}/>" for one in piece.categories)
    image = f'<link rel="enclosure" type="image/jpeg" href="{piece.image}"/>' if piece.image else ""
    return f"""<entry><title>{_title(feed, piece)}</title><link href="{piece.url}"/>
<id>tag:paper{feed.number:05d}.example,2020:{piece.number}</id>
<updated>{_rfc3339(piece)}</updated><published>{_rfc3339(piece)}</published>
<author><name>{escape(piece.author)}</name></author>{categories}{image}
<summary type="html">{escape(piece.lead)}</summary>
<content type="html">{escape(piece.body)}</content></entry>"""


def _rdf(feed: Nature, pieces: Sequence[Piece]) -> str:
    places = "".join(f'<rdf:li rdf:resource="{piece.url}"/>' for piece in pieces)
    shown = "\n".join(_rdf_item(feed, piece) for piece in pieces)
    return f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:content="http://purl.org/rss/1.0/modules/content/">
<channel rdf:about="{feed.site}/"><title>Paper {feed.number}</title><link>{feed.site}/</link>
<description>News in {feed.language}</description><dc:language>{feed.language}</dc:language>
<items><rdf:Seq>{places}</rdf:Seq></items></channel>
{shown}
</rdf:RDF>
"""


def _rdf_item(feed: Nature, piece: Piece) -> str:
    return f"""<item rdf:about="{piece.url}"><title>{_title(feed, piece)}</title>
<link>{piece.url}</link><dc:date>{_rfc3339(piece)}</dc:date>
<dc:creator>{escape(piece.author)}</dc:creator><description>{escape(piece.lead)}</description>
<content:encoded>{escape(piece.body)}</content:encoded></item>"""


def _rfc3339(piece: Piece) -> str:
    return piece.published.strftime("%Y-%m-%dT%H:%M:%SZ")
