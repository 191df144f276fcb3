"""An article is known again, whatever its source does to ids and addresses."""

from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.identity import Known, names_of, recognise
from aggregator.model import ArticleId, Identity
from aggregator.naming import article_id, atom_id, fingerprint, names_kept, tag
from feeds.model import (
    Category,
    Episode,
    Image,
    Link,
    Person,
    Reply,
    SourceEntry,
    Text,
    TextKind,
    Upstream,
)
from tests.conftest import NOON

entries = st.builds(
    SourceEntry,
    id=st.none() | st.sampled_from(["a", "b", "https://e.example/1", "x" * 600, "\ud800"]),
    title=st.sampled_from(["", "Base closed", "Troops leave", "TROOPS  leave"]),
    permalink=st.none() | st.sampled_from([f"https://e.example/{n}" for n in range(4)]),
)


def entry(**changes: object) -> SourceEntry:
    plain = SourceEntry(id="1", title="Base closed", permalink="https://e.example/1")
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def known(key: str, **changes: object) -> Known:
    plain = Known(
        id=ArticleId("k"), key=key, url_key="https://e.example/1", title="Base closed",
        fingerprint="f", published=NOON,
    )  # fmt: skip
    one = replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand
    return replace(one, names=frozenset(names_kept(one.key, one.url_key, one.title)))


def test_an_entry_is_known_by_its_id() -> None:
    (one,) = recognise([entry(title="Other words", permalink=None)], [known("id:1")])
    assert one.known is not None


def test_an_entry_under_a_new_id_is_known_by_its_page_and_title() -> None:
    (one,) = recognise([entry(id="new")], [known("id:old")])
    assert one.known is not None
    assert one.key == "id:old", "what we know it by never changes"


def test_entries_that_all_lead_to_the_home_page_are_not_one_article() -> None:
    home = "https://e.example/1"
    found = recognise(
        [entry(id="2", title="A", permalink=home)], [known("id:1", title="B")], home=home
    )
    assert found[0].known is None


def test_the_same_page_twice_in_a_document_is_one_article() -> None:
    assert len(recognise([entry(id="new"), entry(id="old")], [])) == 1


def test_an_id_given_to_different_pages_says_nothing() -> None:
    twins = [
        entry(id="same", title="A", permalink="https://e.example/a"),
        entry(id="same", title="B", permalink="https://e.example/b"),
    ]
    assert {one.key for one in recognise(twins, [])} == {
        "url:https://e.example/a",
        "url:https://e.example/b",
    }


def test_an_entry_without_id_and_page_is_known_by_its_words() -> None:
    bare = SourceEntry(title="Words alone", summary=Text(value="and more"), published=NOON)
    (first,) = recognise([bare], [])
    again = known(first.key, url_key=None, title="")
    assert recognise([bare], [again])[0].known == again


@pytest.mark.parametrize("given_id", ["https://e.example/1", "urn:uuid:1", "tag:e.example,2024:1"])
def test_a_publishers_absolute_id_is_kept(given_id: str) -> None:
    assert atom_id(entry(id=given_id)) == given_id


@pytest.mark.parametrize(
    "given_id",
    [
        None,
        "",
        "42",
        "/relative",
        "has space: x",
        "a:\x00",
        "a:\ud800",
        "1:x",
        "urn:",
        "é:x",
        "javascript:x",
    ],
)
def test_an_id_that_is_no_iri_is_never_published(given_id: str | None) -> None:
    assert atom_id(entry(id=given_id)) is None


def test_a_minted_id_names_host_and_day() -> None:
    assert tag("news.example", NOON, "abc") == "tag:news.example,2026-06-01:abc"


@given(st.text(), st.text())
def test_article_ids_are_short_and_stable(source: str, key: str) -> None:
    one = article_id(source, key)
    assert one == article_id(source, key)
    assert len(one) == 12
    assert one.isascii()
    assert one.isalnum()
    assert one != article_id(source, key, attempt=1)


@given(st.lists(entries, max_size=8), st.sampled_from(Identity))
def test_a_document_recognised_once_is_recognised_whole_again(
    document: list[SourceEntry], identity: Identity
) -> None:
    first = recognise(document, [], identity=identity)
    remembered = [
        Known(
            id=article_id("s", one.key), key=one.key, url_key=one.url_key, published=NOON,
            title=one.entry.title, fingerprint="f", names=frozenset(one.names.all),
        )
        for one in first
    ]  # fmt: skip
    again = recognise(document, remembered, identity=identity)
    assert [one.key for one in again] == [one.key for one in first]
    assert all(one.known is not None for one in again)


@given(st.lists(entries, max_size=8), st.sampled_from(Identity))
def test_the_names_of_a_document_find_all_its_articles(
    document: list[SourceEntry], identity: Identity
) -> None:
    found = names_of(document, identity)
    for one in recognise(document, [], identity=identity):
        assert set(one.names.all) <= found


@given(st.lists(entries, max_size=8), st.lists(entries, max_size=8))
def test_no_article_is_two_entries_of_one_document(
    before: list[SourceEntry], after: list[SourceEntry]
) -> None:
    remembered = [
        Known(
            id=article_id("s", one.key), key=one.key, url_key=one.url_key, published=NOON,
            title=one.entry.title, fingerprint="f", names=frozenset(one.names.all),
        )
        for one in recognise(before, [])
    ]  # fmt: skip
    found = recognise(after, remembered)
    assert len({one.key for one in found}) == len(found)


@given(entries, entries)
def test_entries_differ_exactly_when_their_fingerprints_do(a: SourceEntry, b: SourceEntry) -> None:
    same = fingerprint(a, "en") == fingerprint(b, "en")
    assert same == (a == b)


def test_whatever_an_entry_says_is_in_its_fingerprint_but_how_many_answered() -> None:
    says: dict[str, object] = {
        "id": "2",
        "title": "Troops leave",
        "permalink": "https://e.example/2",
        "published": NOON,
        "updated": NOON,
        "authors": (Person(name="Ada"),),
        "summary": Text(value="Words."),
        "content": Text(value="Words."),
        "categories": (Category(term="War"),),
        "image": Image(href="https://e.example/1.jpg"),
        "enclosures": (Link(href="https://e.example/1.mp3"),),
        "links": (Link(href="https://e.example/1.mp3"),),
        "in_reply_to": (Reply(ref="urn:1"),),
        "upstream": Upstream(title="The wire"),
        "episode": Episode(number=1),
        "rights": "mine",
        "language": "en",
    }
    marks = {fingerprint(entry(**{name: value}), "en") for name, value in says.items()}
    assert says.keys() == {each.name for each in fields(SourceEntry)} - {"reply_count"}
    assert len(marks | {fingerprint(entry(), "en"), fingerprint(entry(), "de")}) == len(says) + 2
    assert fingerprint(entry(reply_count=3), "en") == fingerprint(entry(), "en")


def test_what_is_said_of_a_picture_or_an_author_is_in_the_fingerprint_too() -> None:
    image, author = Image(href="https://e.example/1.jpg"), Person(name="Ada")
    pairs = (
        (entry(image=image), entry(image=replace(image, rights="mine"))),
        (entry(authors=(author,)), entry(authors=(replace(author, uri="https://ada.example/"),))),
        (entry(content=Text(value="a")), entry(content=Text(value="a", kind=TextKind.HTML))),
    )
    assert all(fingerprint(one) != fingerprint(other) for one, other in pairs)
