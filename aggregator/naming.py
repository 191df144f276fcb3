"""What an entry can be called: its key, and every name an article may be known again by. Pure.

A name is a letter and a digest, so that a ledger of them stays small: `k` of a key, `h` of a
page with a headline, `p` of a page, `l` of a place: a page, or a guid that is an address, without
scheme and host.
"""

import hashlib
import marshal
import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from functools import lru_cache
from hashlib import blake2b
from operator import attrgetter
from typing import Any
from unicodedata import normalize
from urllib.parse import urlsplit

from aggregator.model import ArticleId, Identity
from feeds.excerpts import excerpt
from feeds.model import Category, Image, Link, Person, SourceEntry, SourceFeed
from feeds.urls import canonical

SCHEMES = frozenset({"http", "https", "tag", "urn"})
LONGEST = 500  # characters of an id kept as written; a longer or unprintable one is hashed
INDEXED = 2_000  # bytes of an address that is looked up
TELLING = 16  # characters at the end of an address, hyphens among them: a headline
_PERSON, _CATEGORY, _IMAGE, _LINK = (
    attrgetter(*(field.name for field in fields(each))) for each in (Person, Category, Image, Link)
)
_NOTHING = ((), None, None)  # what most entries answer, were taken from, and are an episode of
_PLAIN = re.compile(r"https?://[\w.:-]+(/[!-\"$->@-~]*)(?:\?([!-\"$-~]*))?", re.ASCII)
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
_PAIRS = [first + second for second in _ALPHABET for first in _ALPHABET]
_NO_IRI = re.compile(r'[ <>"{}|\\^`]')
TITLE, SUMMARY, LEAD = 300, 320, 80  # characters of a title, of a summary, of a title made of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """All an entry is called: `key` alone decides; the others only together with something else.

    `url_key` is its page as `canonical` has it, `headline` its folded title.
    """

    key: str
    url_key: str | None
    headline: str
    by_key: str
    by_page: str | None = None
    by_headline: str | None = None
    by_place: tuple[str, ...] = ()

    @property
    def all(self) -> tuple[str, ...]:
        """Every name, the strongest first."""
        weaker = (self.by_headline, self.by_page)
        return (self.by_key, *(each for each in weaker if each), *self.by_place)


def names(
    entry: SourceEntry,
    *,
    identity: Identity = Identity.GUID,
    is_shared: bool = False,
    home: str | None = None,
) -> Names:
    """Return what an entry is called; an id that `is_shared` by others says nothing.

    `home` is the key of the feed's own page: to lead there tells nobody from the others.
    """
    called = _names(entry, identity, is_shared)
    return replace(called, by_page=None) if home and called.url_key == home else called


@lru_cache(maxsize=1024)  # an entry is asked for its names by all who compare it
def _names(entry: SourceEntry, identity: Identity, is_shared: bool) -> Names:  # noqa: FBT001
    url_key = canonical(entry.permalink) if entry.permalink else None
    given = None if is_shared or not entry.id else entry.id
    headline = fold(title_of(entry))
    key = _key(entry, url_key, given, headline, identity)
    of_page = f"p{digest(page(url_key))}" if url_key else None
    told = f"h{digest(f'{page(url_key)} {headline}')}" if url_key and headline else None
    if identity is Identity.LINK_AND_TITLE:
        return Names(
            key=key, url_key=url_key, headline=headline, by_key=by_key(key), by_headline=told
        )
    pages = (url_key, given) if identity is Identity.GUID else (url_key,)
    has_words_alone = url_key is None and given and entry.published and headline
    return Names(
        key=key,
        url_key=url_key,
        headline=headline,
        by_key=by_key(key),
        by_page=of_page,
        by_headline=told,
        by_place=(*places(*pages), *((_by_words(entry),) if has_words_alone else ())),
    )


def forget_entries() -> None:
    """Let go of the entries whose names were asked for; a thousand long ones fill the memory."""
    _names.cache_clear()


def names_kept(key: str, url_key: str | None, title: str) -> set[str]:
    """Return the names of an article of which no more is known than its row says."""
    found = {by_key(key.partition("\n")[0]), *places(url_key, key.removeprefix("id:"))}
    if url_key:
        found |= {f"p{digest(page(url_key))}", f"h{digest(f'{page(url_key)} {fold(title)}')}"}
    return found


def by_key(key: str) -> str:
    """Return the name a key amounts to."""
    return f"k{digest(key)}"


def places(*addresses: str | None) -> tuple[str, ...]:
    """Return the names of these places, each once: addresses without scheme and host.

    Where an address ends in a headline, that alone is one, too: sites file articles anew under
    other folders. An address that says nothing beyond its host is no place; nor is what is no
    web address.
    """
    found: dict[str, None] = {}
    for address in addresses:
        if address and address[:4].lower() == "http":
            path, query = _beyond_host(canonical(address))
            if len(path) > 1 or query:
                found[f"l{digest(f'{path}?{query}')}"] = None
            last = path.rstrip("/").rpartition("/")[2]
            if len(last) >= TELLING and "-" in last:
                found[f"l{digest(last)}"] = None
    return tuple(found)


def _beyond_host(address: str) -> tuple[str, str]:
    """Return the path and the query of an address, both empty where it is none."""
    if plain := _PLAIN.fullmatch(address):
        return plain[1], plain[2] or ""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "", ""
    return parts.path, parts.query


def shared_as(entry: SourceEntry) -> tuple[str | None, str]:
    """Return what two entries under one id must agree on for the id to mean anything."""
    return canonical(entry.permalink) if entry.permalink else None, fold(entry.title)


def title_of(entry: SourceEntry) -> str:
    """Return an entry's title, or one made of its text; "" where it says nothing."""
    return cut(entry.title, TITLE) or cut(summary_of(entry), LEAD)


def summary_of(entry: SourceEntry) -> str:
    """Return the beginning of an entry's text, as plain text."""
    text = entry.summary or entry.content
    return excerpt(text, length=SUMMARY) if text else ""


def cut(text: str, length: int) -> str:
    """Return `text` on one line, cut at a word's end."""
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 1].rsplit(" ", 1)[0] + "…"


def fingerprint(entry: SourceEntry, *inherited: object) -> str:
    """Return a digest of an entry and of what it inherits; equal means unchanged.

    How many replies it has is no part of it: that moves all day.
    """
    # Version 0 depends on nothing but the values; it takes a third of the time that repr does.
    return hashlib.sha256(marshal.dumps((_said(entry), repr(inherited)), 0)).hexdigest()


def _said(entry: SourceEntry) -> tuple[Any, ...]:
    """Return all that an entry says, as tuples of text and numbers."""
    summary, content, image = entry.summary, entry.content, entry.image
    rest = (entry.in_reply_to, entry.upstream, entry.episode)
    return (
        *(entry.id, entry.title, entry.permalink, entry.rights, entry.language),
        entry.published.isoformat() if entry.published else None,
        entry.updated.isoformat() if entry.updated else None,
        (summary.value, summary.kind.value) if summary else None,
        (content.value, content.kind.value) if content else None,
        tuple(map(_PERSON, entry.authors)),
        tuple(map(_CATEGORY, entry.categories)),
        _IMAGE(image) if image else None,
        tuple(map(_LINK, entry.enclosures)),
        tuple(map(_LINK, entry.links)),
        repr(rest) if rest != _NOTHING else None,
    )


def inherited(feed: SourceFeed) -> str:
    """Return a digest of what entries take from their feed where they say nothing themselves."""
    said = repr((feed.language, feed.authors, feed.rights))
    return hashlib.sha256(said.encode(errors="backslashreplace")).hexdigest()


def article_id(source_id: str, key: str, *, attempt: int = 0) -> ArticleId:
    """Return twelve letters and digits that are this article's for ever."""
    told = hashlib.sha256(f"{source_id}\0{key}\0{attempt}".encode(errors="backslashreplace"))
    number = int.from_bytes(told.digest()[:8], "big")
    return ArticleId("".join([_PAIRS[number >> 10 * place & 1023] for place in range(6)]))


def atom_id(entry: SourceEntry) -> str | None:
    """Return the id the publisher gave, if it can be ours: an absolute IRI (RFC 4287, 4.2.6).

    Only of the schemes that name things: some readers open an id as if it were an address.
    """
    value = entry.id or ""
    scheme, _, rest = value.partition(":")
    whole = rest and value.isprintable() and not _NO_IRI.search(value)
    usable = scheme.lower() in SCHEMES and whole and len(value) <= LONGEST
    return value if usable else None


def tag(host: str, day: datetime, specific: str) -> str:
    """Return a tag: URI (RFC 4151) for what has no id of its own."""
    return f"tag:{host},{day:%Y-%m-%d}:{specific}"


def digest(text: str) -> str:
    """Return eighty bits of a text: enough to tell a source's articles apart."""
    return blake2b(text.encode(errors="backslashreplace"), digest_size=10).hexdigest()


def page(url_key: str | None) -> str:
    """Return a page's address as it stays when a site turns to https, or drops its www."""
    return (url_key or "").partition("://")[2].removeprefix("www.")


def indexed(url_key: str | None) -> str | None:
    """Return a page's address as it is looked up, None for one that no index of a database bears.

    PostgreSQL refuses what is longer than a third of a page of its own, for the whole paper.
    """
    return url_key if url_key and len(url_key.encode(errors="replace")) <= INDEXED else None


@lru_cache(maxsize=1024)  # a title is compared with all those of its document
def fold(title: str) -> str:
    """Return a title as it is compared: letter case, white space and ways to compose letters aside.

    Unicode's D145, near enough: after folding, canonically equivalent texts are equal.
    """
    return " ".join(normalize("NFC", title.casefold()).split())


def _key(
    entry: SourceEntry,
    url_key: str | None,
    given: str | None,
    headline: str,
    identity: Identity,
) -> str:
    if identity is Identity.LINK_AND_TITLE and url_key:
        return f"told#{_hashed(f'{page(url_key)} {headline}')}"
    by_id = id_key(given) if given else None
    by_url = _url_key(url_key) if url_key else None
    first, second = (by_id, by_url) if identity is Identity.GUID else (by_url, by_id)
    return first or second or _word_key(entry)


def id_key(identity: str) -> str:
    """Return the key of an article that goes by its id."""
    sound = identity.isprintable() and len(identity) <= LONGEST
    return f"id:{identity}" if sound else f"id#{_hashed(identity)}"


def _url_key(url: str) -> str:
    return f"url:{url}" if len(url) <= LONGEST else f"url#{_hashed(url)}"


def _by_words(entry: SourceEntry) -> str:
    """Return where an entry without a page is known again when its id is another each time."""
    return f"l{digest(_word_key(entry))}"


def _word_key(entry: SourceEntry) -> str:
    text = entry.content or entry.summary
    moment = entry.published.isoformat() if entry.published else ""
    return f"words#{_hashed(repr((fold(entry.title), moment, text.value[:200] if text else '')))}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:32]
