"""Dates are never trusted blindly: the future never sits on top, and what is dated stays so."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aggregator.model import DateOf, Future, Ignored, Source
from aggregator.normalise import EARLIEST, normalise
from feeds.dates import parse_date
from feeds.model import SourceEntry, SourceFeed
from tests.aggregator.intakes import DAY, HOUR, an_entry, an_intake
from tests.aggregator.newsrooms import a_desk, a_feed, a_paper, a_source, an_item
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

ABSURD = (
    *("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"),
    *("1970-01-01T00:00:00Z", "Thu, 01 Jan 1970 00:00:00 GMT", "1000000-01-01T00:00:00Z"),
    *("2026-06-01T24:00:00Z", "2016-12-31T23:59:60Z", "Mon, 01 Jun 2026 12:00:00 XQZ"),
    *(
        "yesterday",
        "12:30",
        "",
        "0",
        "-1",
        "32.13.2026",
        "2026-02-30T00:00:00Z",
        "Wed, 31 Feb 2026",
    ),
    *("Mon, 01 Jun 2026 12:10:00 GMT", "2027-06-01T12:00:00Z", "99999999999999", "NaN", "∞"),
)
moments = st.datetimes(
    timezones=st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))
)


def dated_by(entry: SourceEntry, source: Source) -> tuple[datetime, datetime]:
    article = normalise(
        entry, source=source, feed=SourceFeed(format="rss20"), settings=a_paper(source),
        key="k", now=NOON,
    )  # fmt: skip
    return article.published, article.updated


@given(st.none() | moments, st.none() | moments, st.sampled_from(DateOf))
def test_whatever_is_claimed_no_date_is_absurd(
    published: datetime | None, updated: datetime | None, date: DateOf
) -> None:
    entry = an_entry(published=published, updated=updated)
    shown, changed = dated_by(entry, a_source("a", date=date))
    assert EARLIEST <= shown <= changed <= NOON
    assert shown.tzinfo == changed.tzinfo == UTC
    if published is not None and EARLIEST <= published <= NOON and date is DateOf.PUBLISHED:
        assert shown == published.replace(microsecond=0), "what can be believed is believed"


@given(st.sampled_from(ABSURD) | st.text(max_size=40), st.sampled_from(ABSURD))
def test_whatever_is_written_a_date_is_read_or_given_up(written: str, other: str) -> None:
    entry = an_entry(published=parse_date(written), updated=parse_date(other))
    shown, changed = dated_by(entry, a_source("a"))
    assert EARLIEST <= shown <= changed <= NOON


def test_the_operator_says_which_date_counts() -> None:
    entry = an_entry(published=NOON - 5 * DAY, updated=NOON - DAY)
    shown = {which: dated_by(entry, a_source("a", date=which))[0] for which in DateOf}
    assert shown == {
        DateOf.PUBLISHED: NOON - 5 * DAY,
        DateOf.UPDATED: NOON - DAY,
        DateOf.FIRST_SEEN: NOON,
    }


def test_an_undated_entry_is_dated_once(tmp_path: Path) -> None:
    with an_intake(tmp_path) as intake:
        intake.take(an_entry(published=None))
        (before,) = intake.stored()
        assert before.published == before.first_seen == NOON
        intake.take(an_entry(published=None, title="Corrected"))
        intake.take(an_entry(published=NOON - DAY, title="Corrected"))
        (after,) = intake.stored()
        assert after.published == NOON


def test_what_claims_the_future_stands_where_it_was_found(tmp_path: Path) -> None:
    with a_desk(tmp_path, a_paper(a_source("a"))) as desk:
        liar = an_item(1, "From the future", "Words.", day=NOON + 400 * DAY)
        desk.wire.bodies["https://a.example/feed"] = a_feed(liar)
        desk.build()
        news = an_item(2, "Of today", "Words.", day=NOON + HOUR)
        desk.wire.bodies["https://a.example/feed"] = a_feed(liar, news)
        desk.build()
        feed = desk.files()["atom.xml"].decode()
        assert feed.index("Of today") < feed.index("From the future")
        assert "2027" not in feed


def test_an_entry_from_the_future_may_be_left_until_its_time(tmp_path: Path) -> None:
    with an_intake(tmp_path, future_dates=Future.IGNORE_ENTRY) as intake:
        later = an_entry(2, published=NOON + DAY)
        assert intake.take(an_entry(1), later) == (1, 0)
        assert intake.take(an_entry(1), later) == (0, 0)
        intake.now = NOON + DAY
        assert intake.take(an_entry(1), later) == (1, 0)
        assert {article.published for article in intake.stored()} >= {NOON + DAY}


@pytest.mark.parametrize("ignored", Ignored)
def test_what_the_operator_does_not_believe_is_not_read(tmp_path: Path, ignored: Ignored) -> None:
    with an_intake(tmp_path, ignore=(ignored,)) as intake:
        intake.take(an_entry(updated=NOON, language="de", rights="© A"))
        (article,) = intake.stored()
        assert (article.key == "url:https://x.example/1") == (ignored is Ignored.ID)
        assert (article.published == NOON) == (ignored is Ignored.PUBLISHED)
        assert (article.language == "en") == (ignored is Ignored.LANGUAGE)
        assert (article.rights is None) == (ignored is Ignored.RIGHTS)
        assert (article.summary == "") == (ignored is Ignored.SUMMARY)
