"""From a source's entry to our article: what is believed, what is kept, what moves."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import Article, Settings, Site, Source, SourceId
from aggregator.normalise import article_path, is_wanted, normalise, revise
from feeds.errors import EntryError
from feeds.model import Category, Person, SourceEntry, SourceFeed, Text, TextKind
from tests.conftest import NOON

SOURCE = Source(id=SourceId("courier"), name="Courier", feed="https://courier.example/feed")
SETTINGS = Settings(site=Site(title="Paper", base_url="https://paper.example/"))
YESTERDAY = NOON - timedelta(days=1)

moments = st.none() | st.datetimes(timezones=st.just(UTC))


def read(
    entry: SourceEntry, *, source: Source = SOURCE, feed: SourceFeed | None = None,
    now: datetime = NOON,
) -> Article:  # fmt: skip
    return normalise(
        entry, source=source, feed=feed or SourceFeed(format="rss20"), settings=SETTINGS,
        key="id:1", now=now,
    )  # fmt: skip


def entry(**changes: object) -> SourceEntry:
    plain = SourceEntry(
        id="https://courier.example/1",
        title="Base at Khojaly closed",
        permalink="https://courier.example/1",
        published=YESTERDAY,
        content=Text(value="<p>The last column left.</p>", kind=TextKind.HTML),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def test_an_article_keeps_what_its_source_says() -> None:
    article = read(entry(authors=(Person(name="Ann Vale"),)))
    assert article.atom_id == "https://courier.example/1"
    assert article.published == article.updated == YESTERDAY
    assert article.first_seen == NOON
    assert article.summary == "The last column left."
    assert article.path == f"articles/2026/05/base-at-khojaly-closed-{article.id}/"
    assert article.authors == (Person(name="Ann Vale"),)


@given(moments, moments)
def test_no_date_is_before_the_web_or_after_now(
    published: datetime | None, updated: datetime | None
) -> None:
    article = read(entry(published=published, updated=updated))
    assert datetime(1990, 1, 1, tzinfo=UTC) <= article.published <= article.updated <= NOON


def test_an_undated_article_is_dated_when_we_first_see_it() -> None:
    assert read(entry(published=None)).published == NOON


def test_an_article_without_an_id_of_its_own_gets_one_for_ever() -> None:
    article = read(entry(id="42"))
    assert article.atom_id == f"tag:paper.example,2026-06-01:{article.id}"


def test_the_operator_knows_the_language_best() -> None:
    feed = SourceFeed(format="rss20", language="EN_gb")
    assert read(entry(), feed=feed).language == "en-gb"
    assert read(entry(), feed=feed, source=replace(SOURCE, language="fr")).language == "fr"
    assert read(entry(language="not a language!")).language == "en"


def test_a_title_is_made_of_the_text_where_there_is_none() -> None:
    assert read(entry(title="")).title == "The last column left."


def test_an_entry_that_says_nothing_is_refused() -> None:
    with pytest.raises(EntryError):
        read(entry(title="", content=None))


def test_plain_text_is_never_taken_for_html() -> None:
    article = read(entry(content=Text(value="1 < 2 & <script>")))
    assert article.content == Text(value="<p>1 &lt; 2 &amp; &lt;script&gt;</p>", kind=TextKind.HTML)


def test_a_category_said_twice_is_kept_once() -> None:
    article = read(entry(categories=(Category(term="War"), Category(term="WAR"))))
    assert article.categories == (Category(term="War"),)


def test_what_readers_know_an_article_by_outlives_any_change() -> None:
    stored = read(entry())
    later = NOON + timedelta(hours=2)
    new = read(entry(title="Base shut", published=NOON, id="other"), now=later)
    revised = revise(new, stored, now=later)
    for name in ("id", "atom_id", "path", "published", "first_seen"):
        assert getattr(revised, name) == getattr(stored, name)
    assert revised.title == "Base shut"
    assert revised.updated == NOON, "the publisher's own word, where it moved"


def test_a_silent_correction_moves_updated_to_when_we_saw_it() -> None:
    stored = read(entry())
    later = NOON + timedelta(hours=2)
    new = read(entry(content=Text(value="<p>No: two columns.</p>", kind=TextKind.HTML)), now=later)
    assert revise(new, stored, now=later).updated == later


def test_other_markup_around_the_same_words_is_no_update() -> None:
    stored = read(entry())
    same = Text(value="<div><p>The last <b>column</b> left.</p></div>", kind=TextKind.HTML)
    revised = revise(read(entry(content=same, updated=NOON)), stored, now=NOON)
    assert revised.updated == stored.updated
    assert revised.content == same


def test_other_links_under_the_same_words_are_no_update() -> None:
    def with_links(*titles: str) -> Text:
        links = "".join(f'<li><a href="https://a.example/{t}">{t}</a></li>' for t in titles)
        block = f"<aside><h3>Related posts</h3><ul>{links}</ul></aside>"
        return Text(value=f"<p>The last column left.</p>{block}", kind=TextKind.HTML)

    stored = read(entry(content=with_links("One", "Two")))
    revised = revise(read(entry(content=with_links("Three"), updated=NOON)), stored, now=NOON)
    assert revised.updated == stored.updated
    assert "Three" in (revised.content or Text(value="")).value


def test_old_news_is_not_wanted_where_the_operator_says_so() -> None:
    fresh_only = replace(SOURCE, max_age=timedelta(hours=12))
    assert is_wanted(read(entry()), SOURCE, now=NOON)
    assert not is_wanted(read(entry()), fresh_only, now=NOON)


@given(st.text(), moments)
def test_a_path_is_plain_ascii_ending_in_its_id(title: str, published: datetime | None) -> None:
    path = article_path(published or NOON, title, "abc123abc123")
    assert path.isascii()
    assert path.endswith("abc123abc123/")
    assert path.count("/") == 4
    assert ".." not in path
