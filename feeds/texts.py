"""What every format's entries have in common: bodies, people and categories made presentable."""

import re
from collections.abc import Iterable
from functools import lru_cache

from feeds.characters import clean_text
from feeds.charset import undoubled
from feeds.markup import LONGEST, is_html, paragraphs, plain, plain_title, sanitise, text_of
from feeds.model import Category, Person, Text, TextKind
from feeds.urls import resolve

LONGEST_TITLE = 1_000
_LONGEST_NAME = 300
_MOST_CATEGORIES = 32
_MOST_AUTHORS = 32
_ARTICLE_LENGTH = 500  # characters of text; a description longer than it is the article
_BLOCK = re.compile(r"<(?:p|div|ul|ol|blockquote|h[2-4]|table|figure|pre|dl)\b")
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,4}")
_EMAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.[^\s@<>()]+")
_NOBODY = frozenset(
    {"unknown", "author unknown", "noreply", "no-reply", "anonymous", "nobody", "none", "null"}
)


def title(value: str, kind: TextKind | None) -> str:
    """Return a title as plain text; kind None is RSS, which does not say whether it is HTML."""
    match kind:
        case TextKind.TEXT:
            text = clean_text(value)
        case TextKind.HTML:
            text = plain(value)
        case _:
            text = plain_title(value)
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def body(value: str, kind: TextKind | None, *, base_url: str) -> Text | None:
    """Return sanitised HTML or plain text, or None where nothing is left of it."""
    value = undoubled(value[:LONGEST])
    if kind is TextKind.TEXT or (kind is None and not is_html(value)):
        several = re.search(r"\n\s*\n", value.strip())
        text = paragraphs(value) if several else clean_text(value)
        return Text(value=text, kind=TextKind.HTML if several else TextKind.TEXT) if text else None
    html = sanitise(value, base_url=base_url)
    return Text(value=html, kind=TextKind.HTML) if html else None


def content_of(summary: Text | None) -> Text | None:
    """Return a description that is the whole article as content, or None for a mere teaser."""
    if summary is None or summary.kind is TextKind.TEXT:
        return None
    article = _BLOCK.search(summary.value) or len(text_of(summary.value)) > _ARTICLE_LENGTH
    return summary if article else None


def person(name: str, *, email: str = "", uri: str = "", base_url: str = "") -> Person | None:
    """Return an author, or None for nobody. "mail (Name)" and "Name <mail>" are taken apart."""
    take_apart = _taken_apart if len(name) <= LONGEST_TITLE else _taken_apart.__wrapped__
    written, address = take_apart(name, email[:_LONGEST_NAME])
    if not written or written.lower() in _NOBODY:
        return None
    return Person(
        name=written,
        email=address,
        uri=resolve(uri, base_url=base_url) if uri else None,
    )


@lru_cache(maxsize=1024)  # few write many entries
def _taken_apart(name: str, email: str) -> tuple[str, str | None]:
    written = plain_title(name)[:_LONGEST_NAME]
    address = _EMAIL.search(email) or _EMAIL.search(written)
    if address and address[0] in written:
        written = written.replace(address[0], " ")
    written = " ".join(written.replace("mailto:", " ").split()).strip(" ()<>,;\"'|")
    if not written and address:
        written = address[0].partition("@")[0]
    return written, clean_text(address[0]) if address else None


def people(found: Iterable[Person | None]) -> tuple[Person, ...]:
    """Return the authors once each, by name, keeping whichever of them says more."""
    named: dict[str, Person] = {}
    for each in found:
        if each is None:
            continue
        known = named.get(each.name.casefold())
        if known is None or (not (known.email or known.uri) and (each.email or each.uri)):
            named[each.name.casefold()] = each
    return tuple(named.values())[:_MOST_AUTHORS]


def categories(found: Iterable[tuple[str, str | None, str | None]]) -> tuple[Category, ...]:
    """Return (term, scheme, label) triples as categories, each once, 32 at the most."""
    kept: dict[tuple[str, str | None], Category] = {}
    for term, scheme, label in found:
        named = (term or label or "", scheme or "", label or "")
        is_long = sum(map(len, named)) > LONGEST_TITLE
        category = _category.__wrapped__(*named) if is_long else _category(*named)
        if category.term:
            kept.setdefault((category.term, category.scheme), category)
    return tuple(kept.values())[:_MOST_CATEGORIES]


@lru_cache(maxsize=4096)  # the categories of an entry are those of the next
def _category(term: str, scheme: str, label: str) -> Category:
    name = plain_title(term)[:_LONGEST_NAME]
    where = clean_text(scheme)
    shown = plain_title(label)[:_LONGEST_NAME]
    return Category(
        term=name,
        scheme=where if 0 < len(where) <= _LONGEST_NAME else None,
        label=shown if shown != name and shown else None,
    )


def language(written: str | None) -> str | None:
    """Return a language tag (RFC 5646) as people mean it: en_GB is en-GB; None for no tag."""
    tag = clean_text(written or "").replace("_", "-")
    return tag if _LANGUAGE.fullmatch(tag) else None


def line(written: object) -> str | None:
    """Return one line of plain text, or None for nothing."""
    return (plain_title(written)[:LONGEST_TITLE] or None) if isinstance(written, str) else None
