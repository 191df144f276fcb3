"""Which entry is which article. Pure.

An article is known by its guid or atom:id within its source; where that is missing or says the
same of different things, by its permalink; where that is missing too, by its words.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.model import ArticleId
from feeds.model import SourceEntry, SourceFeed
from feeds.urls import canonical

SCHEMES = frozenset({"http", "https", "tag", "urn"})
LONGEST = 500  # characters of an id kept as written; a longer or unprintable one is hashed


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What we must remember of an article to know it again."""

    id: ArticleId
    key: str
    url_key: str | None
    title: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """An entry, what to call it, and the article it is, if we have met it before.

    One that `repeats` an earlier entry of its document is not to be kept.
    """

    entry: SourceEntry
    key: str
    url_key: str | None
    known: Known | None = None
    repeats: bool = False


def keys(entries: Iterable[SourceEntry]) -> tuple[set[str], set[str]]:
    """Return all keys and permalink keys that may find these entries among known articles."""
    everything = list(entries)
    ids = {_id_key(entry.id) for entry in everything if entry.id}
    urls = {canonical(entry.permalink) for entry in everything if entry.permalink}
    return ids | {_url_key(url) for url in urls} | {_word_key(e) for e in everything}, urls


def recognise(
    entries: Sequence[SourceEntry], known: Iterable[Known], *, home: str | None = None
) -> tuple[Recognised, ...]:
    """Return each article of a document once, in its order, with what we know of it."""
    return tuple(one for one in recognise_each(entries, known, home=home) if not one.repeats)


def recognise_each(
    entries: Sequence[SourceEntry], known: Iterable[Known], *, home: str | None = None
) -> tuple[Recognised, ...]:
    """Return each entry of a document with the article it is, and whether it repeats another.

    An entry that comes back under another id is the same article if its permalink and title
    are, or if its permalink belongs to it alone; `home`, which belongs to all, never decides.
    """
    by_key: dict[str, Known] = {}
    by_url: dict[str, list[Known]] = defaultdict(list)
    by_page: dict[tuple[str, str], Known] = {}
    for one in known:
        by_key[one.key] = one
        if one.url_key:
            by_url[one.url_key].append(one)
            by_page.setdefault((one.url_key, _fold(one.title)), one)
    shared_ids = _shared(entries)
    addresses = Counter(canonical(entry.permalink) for entry in entries if entry.permalink)
    pages = {url for url, count in addresses.items() if count == 1}
    if home:
        pages.discard(canonical(home))
    found: list[Recognised] = []
    names: set[str] = set()
    seen: set[tuple[str, str]] = set()
    for entry in entries:
        url_key = canonical(entry.permalink) if entry.permalink else None
        key = _key(entry, url_key, shared_ids)
        page = (url_key or "", _fold(entry.title))
        match = by_key.get(key) or (by_page.get(page) if entry.title else None)
        if match is None and url_key in pages:
            alone = by_url.get(url_key or "", [])
            match = alone[0] if len(alone) == 1 else None
        name = match.key if match else key
        is_told = bool(url_key and entry.title and page in seen)
        repeats = is_told or name in names
        found.append(
            Recognised(entry=entry, key=name, url_key=url_key, known=match, repeats=repeats)
        )
        seen.add(page)
        if not is_told:
            names.add(name)
    return tuple(found)


def fingerprint(entry: SourceEntry, *inherited: object) -> str:
    """Return a digest of an entry and of what it inherits; equal means unchanged."""
    return hashlib.sha256(repr((entry, inherited)).encode(errors="backslashreplace")).hexdigest()


def inherited(feed: SourceFeed) -> str:
    """Return a digest of what entries take from their feed where they say nothing themselves."""
    said = repr((feed.language, feed.authors, feed.rights))
    return hashlib.sha256(said.encode(errors="backslashreplace")).hexdigest()


def article_id(source_id: str, key: str, *, attempt: int = 0) -> ArticleId:
    """Return twelve letters and digits that are this article's for ever."""
    digest = hashlib.sha256(f"{source_id}\0{key}\0{attempt}".encode(errors="backslashreplace"))
    number = int.from_bytes(digest.digest()[:8], "big")
    alphabet = "0123456789abcdefghjkmnpqrstvwxyz"
    return ArticleId("".join(alphabet[number >> 5 * place & 31] for place in range(12)))


def atom_id(entry: SourceEntry) -> str | None:
    """Return the id the publisher gave, if it can be ours: an absolute IRI (RFC 4287, 4.2.6).

    Only of the schemes that name things: some readers open an id as if it were an address.
    """
    value = entry.id or ""
    scheme, _, rest = value.partition(":")
    whole = rest and not any(c in ' <>"{}|\\^`' or not c.isprintable() for c in value)
    usable = scheme.lower() in SCHEMES and whole and len(value) <= LONGEST
    return value if usable else None


def tag(host: str, day: datetime, specific: str) -> str:
    """Return a tag: URI (RFC 4151) for what has no id of its own."""
    return f"tag:{host},{day:%Y-%m-%d}:{specific}"


def _key(entry: SourceEntry, url_key: str | None, shared_ids: frozenset[str]) -> str:
    if entry.id and entry.id not in shared_ids:
        return _id_key(entry.id)
    return _url_key(url_key) if url_key else _word_key(entry)


def _shared(entries: Iterable[SourceEntry]) -> frozenset[str]:
    """Return the ids that one document gives to different pages, and that therefore say nothing."""
    pages: dict[str, set[tuple[str | None, str]]] = defaultdict(set)
    for entry in entries:
        if entry.id:
            url = canonical(entry.permalink) if entry.permalink else None
            pages[entry.id].add((url, _fold(entry.title)))
    return frozenset(identity for identity, meant in pages.items() if len(meant) > 1)


def _id_key(identity: str) -> str:
    sound = identity.isprintable() and len(identity) <= LONGEST
    return f"id:{identity}" if sound else f"id#{_digest(identity)}"


def _url_key(url: str) -> str:
    return f"url:{url}" if len(url) <= LONGEST else f"url#{_digest(url)}"


def _word_key(entry: SourceEntry) -> str:
    text = entry.content or entry.summary
    moment = entry.published.isoformat() if entry.published else ""
    return f"words#{_digest(repr((_fold(entry.title), moment, text.value[:200] if text else '')))}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode(errors="backslashreplace")).hexdigest()[:32]


def _fold(title: str) -> str:
    return " ".join(title.casefold().split())
