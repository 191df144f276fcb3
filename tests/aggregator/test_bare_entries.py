"""Entries that lack an id, a date, a title or a link are articles all the same, and known again."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from itertools import product
from pathlib import Path
from unicodedata import normalize
from xml.sax.saxutils import escape

import pytest

from feeds.parse import parse
from tests.aggregator.intakes import an_intake

pytestmark = pytest.mark.usefixtures("each_engine")

PARTS = ("id", "date", "title", "link")
LACKS = list(product([True, False], repeat=len(PARTS)))
FORMATS = ("rss", "atom", "rdf", "json")
LONG = "A hundred trucks crossed the bridge at dawn, and nobody on either bank could say why. " * 3


def told(number: int, has: dict[str, bool]) -> dict[str, str]:
    said = {
        "id": f"urn:e:{number}",
        "date": f"2026-05-{10 + number}T10:00:00Z",
        "title": f"Trucks & bridges {number}",
        "link": f"https://e.example/{number}",
    }
    return {name: said[name] for name in PARTS if has[name]} | {"text": f"{number}. {LONG}"}


def element(name: str, text: str | None, attributes: str = "") -> str:
    return "" if text is None else f"<{name}{attributes}>{escape(text)}</{name}>"


def document(kind: str, entries: list[dict[str, str]]) -> bytes:
    if kind == "json":
        names = {"id": "id", "date": "date_published", "title": "title", "link": "url"}
        items = [
            {names.get(name, "content_text"): value for name, value in entry.items()}
            for entry in entries
        ]
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "E", "items": items}
        return json.dumps(feed).encode()
    return {"rss": rss, "atom": atom, "rdf": rdf}[kind](entries).encode()


def rss(entries: list[dict[str, str]]) -> str:
    items = "".join(
        "<item>"
        + element("guid", one.get("id"), " isPermaLink='false'")
        + element("pubDate", one.get("date"))
        + element("title", one.get("title"))
        + element("link", one.get("link"))
        + element("description", one["text"])
        + "</item>"
        for one in entries
    )
    return f"<rss version='2.0'><channel><title>E</title>{items}</channel></rss>"


def atom(entries: list[dict[str, str]]) -> str:
    items = "".join(
        "<entry>"
        + element("id", one.get("id"))
        + element("updated", one.get("date"))
        + element("title", one.get("title"))
        + (f"<link href='{one['link']}'/>" if "link" in one else "")
        + element("summary", one["text"])
        + "</entry>"
        for one in entries
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>E</title>{items}</feed>"


def rdf(entries: list[dict[str, str]]) -> str:
    items = "".join(
        (f"<item r:about='{one['id']}'>" if "id" in one else "<item>")
        + element("dc:date", one.get("date"))
        + element("title", one.get("title"))
        + element("link", one.get("link"))
        + element("description", one["text"])
        + "</item>"
        for one in entries
    )
    return (
        "<r:RDF xmlns='http://purl.org/rss/1.0/' xmlns:dc='http://purl.org/dc/elements/1.1/'"
        " xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"
        f"<channel><title>E</title></channel>{items}</r:RDF>"
    )


@pytest.mark.parametrize("kind", FORMATS)
def test_whatever_an_entry_lacks_it_is_one_article_and_known_again(
    tmp_path: Path, kind: str
) -> None:
    for place, lacking in enumerate(LACKS):
        has = dict(zip(PARTS, lacking, strict=True))
        entries = [told(number, has) for number in range(4)]
        folder = tmp_path / f"{place}"
        folder.mkdir()
        with an_intake(folder) as intake:
            first = parse(document(kind, entries[1:]), "https://e.example/feed").entries
            again = parse(document(kind, entries), "https://e.example/feed").entries
            assert intake.take(*first) == (3, 0), (kind, has)
            begun = intake.now
            assert intake.take(*again) == (1, 0), (kind, has)
            assert intake.take(*again) == (0, 0), (kind, has)
            assert intake.take(*reversed(again)) == (0, 0), (kind, has)
            for article in intake.stored():
                assert article.title
                assert len(article.title) <= 80 or has["title"]
                assert article.atom_id.startswith("urn:e:" if has["id"] else "tag:paper.example")
                dated = datetime(2026, 5, article.published.day, 10, tzinfo=UTC)
                assert article.published == dated if has["date"] else article.published <= begun


def test_titles_that_compose_their_letters_otherwise_are_the_same(tmp_path: Path) -> None:
    with an_intake(tmp_path) as intake:
        composed = parse(
            document("rss", [told(1, dict.fromkeys(PARTS, True))]), "https://e.example/"
        )
        (entry,) = composed.entries
        one = replace(entry, title=normalize("NFC", "Žižek à Zürich"))
        other = replace(entry, id="urn:other", title=normalize("NFD", one.title))
        assert intake.take(one) == (1, 0)
        assert intake.take(other)[0] == 0


def test_of_a_document_with_too_many_entries_the_newest_are_read_and_that_is_said(
    tmp_path: Path,
) -> None:
    entries = [told(number % 15, dict.fromkeys(PARTS, True)) for number in range(5200)]
    for number, entry in enumerate(entries):
        entry["id"], entry["link"] = f"urn:e:{number}", f"https://e.example/{number}"
        entry["title"], entry["text"] = f"Story {number}", "Words."
    feed = parse(document("rss", entries), "https://e.example/feed")
    with an_intake(tmp_path) as intake:
        assert intake.take(*feed.entries, notes=feed.notes) == (50, 0)
        assert intake.known().notes == "of 5200 entries only the newest 5000 were read"
