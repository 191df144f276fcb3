"""What an operator may say of a source's entries, and what is said of mistakes in it."""

from datetime import timedelta

import pytest

from aggregator.model import DateOf, Future, Identity, Ignored, Source
from aggregator.settings import parse
from feeds.errors import SettingsError

PAPER = "site: {{title: T, base_url: https://p.example/}}\n{}sources: [{{name: A, feed: https://a.example/{}}}]\n"


def source(words: str = "", defaults: str = "") -> Source:
    before = f"defaults: {{{defaults}}}\n" if defaults else ""
    (one,) = parse(PAPER.format(before, f", {words}" if words else "")).sources
    return one


def problem(words: str) -> str:
    with pytest.raises(SettingsError) as error:
        source(words)
    return str(error.value)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("7", 7),
        ("0", 0),
        ("30d", timedelta(days=30)),
        ("all", None),
        ("'1d12h'", timedelta(hours=36)),
    ],
)
def test_an_archive_is_wanted_by_count_by_age_or_whole(
    written: str, meant: int | timedelta | None
) -> None:
    assert source(f"backfill: {written}").backfill == meant
    assert source("", defaults=f"backfill: {written}").backfill == meant
    assert source("tier: 1", defaults=f"new_feed_items: {written}").backfill == meant


@pytest.mark.parametrize("written", ["-1", "10001", "most", "2.5", "true", "[7]", "1m"])
def test_any_other_archive_is_a_mistake_in_words(written: str) -> None:
    told = problem(f"backfill: {written}")
    assert told.startswith("sources.yaml:2: sources[0].backfill: must")


def test_what_is_not_believed_is_a_list_or_words() -> None:
    both = (Ignored.ID, Ignored.UPDATED)
    assert source("ignore: [id, updated, id]").ignore == both
    assert source("ignore_in_feed: id updated").ignore == both
    assert source("ignore: 'id, updated'").ignore == both
    assert "sources[0].ignore[1]: must be id, published" in problem("ignore: [id, colour]")


def test_the_rest_is_one_of_few_words() -> None:
    one = source("identity: link+title, date: first_seen, future_dates: ignore_entry")
    assert one.identity is Identity.LINK_AND_TITLE
    assert one.date is DateOf.FIRST_SEEN
    assert one.future_dates is Future.IGNORE_ENTRY
    assert source("retention: 365d, edits: 3").retention == timedelta(days=365)
    assert "must be guid, link or link+title" in problem("identity: url")
    assert "must be at least 1" in problem("edits: 0")
    plain = source()
    assert (plain.backfill, plain.retention, plain.edits, plain.ignore) == (50, None, 6, ())
