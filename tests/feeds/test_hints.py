"""What documents say of when to ask for them, and what of it can be meant."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import hints
from feeds.hints import is_skipped, quiet
from feeds.model import UNSAID, Hints
from feeds.parse import parse, parse_unseen

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
RSS = f"""<rss version="2.0" {SY}><channel><title>A</title>
<ttl> 90 </ttl><sy:updatePeriod>
	daily	</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>
<sy:updateBase>2000-01-01T12:00+01:00</sy:updateBase>
<skipHours><hour>0</hour><hour>24</hour><hour>07</hour></skipHours>
<skipDays><day>Sunday</day><day>saturday</day></skipDays>
<item><guid>1</guid><title>One</title><ttl>1</ttl></item></channel></rss>""".encode()
WANTED = Hints(
    ttl=90 * MINUTE,
    period=6 * HOUR,
    base=datetime(2000, 1, 1, 11, 0, tzinfo=UTC),
    skip_hours=(0, 7),
    skip_days=(5, 6),
)


def test_a_feed_says_when_it_is_worth_asking() -> None:
    assert parse(RSS, "https://a.example/").hints == WANTED


def test_what_is_read_of_a_document_without_its_items_has_the_same_hints() -> None:
    everything = parse_unseen(RSS, "https://a.example/")
    nothing = parse_unseen(RSS, "https://a.example/", "", frozenset(everything.fingerprints))
    assert nothing.feed.entries == ()
    assert nothing.feed.hints == WANTED


@pytest.mark.parametrize(
    "body",
    [
        f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" {SY}
        xmlns="http://purl.org/rss/1.0/"><channel rdf:about="https://a.example/"><title>A</title>
        <sy:updatePeriod>hourly</sy:updatePeriod></channel>
        <item rdf:about="https://a.example/1"><title>One</title></item></rdf:RDF>""",
        f"""<feed xmlns="http://www.w3.org/2005/Atom" {SY}><title>A</title><id>a</id>
        <sy:updatePeriod>hourly</sy:updatePeriod><entry><id>1</id></entry></feed>""",
    ],
    ids=["rdf", "atom"],
)
def test_rdf_and_atom_say_it_too(body: str) -> None:
    assert parse(body.encode(), "https://a.example/").hints == Hints(period=HOUR)


def test_a_feed_that_says_nothing_has_no_hints() -> None:
    assert (
        parse(b"<rss version='2.0'><channel><title>A</title></channel></rss>", "").hints == UNSAID
    )
    feed = b'{"version": "https://jsonfeed.org/version/1.1", "title": "A", "items": []}'
    assert parse(feed, "").hints == UNSAID


@pytest.mark.parametrize(
    "ttl", ["", " ", "0", "-5", "1.5", "an hour", "525601", "9" * 400, "\u0665"]
)
def test_a_ttl_that_cannot_be_meant_is_none(ttl: str) -> None:
    assert hints.read(ttl) == UNSAID


@pytest.mark.parametrize(
    ("period", "frequency", "every"),
    [
        ("hourly", None, HOUR),
        ("Weekly", "7", DAY),
        ("monthly", "1", 30 * DAY),
        ("yearly", "0", None),
        ("hourly", "61", None),
        ("hourly", "many", HOUR),
        ("sometimes", "2", None),
        (None, "2", 12 * HOUR),
        ("", "", None),
        (None, None, None),
    ],
)
def test_an_update_period_is_divided_by_its_frequency(
    period: str | None, frequency: str | None, every: timedelta | None
) -> None:
    assert hints.read(None, period, frequency) == Hints(period=every)


def test_who_skips_everything_skips_nothing() -> None:
    days = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    assert hints.read(hours=map(str, range(24)), days=days) == UNSAID
    assert hints.read(hours=["x", "5", "5"], days=["Someday", days[0]]) == Hints(
        skip_hours=(5,), skip_days=(0,)
    )


def test_skipped_hours_are_those_of_gmt() -> None:
    noon_in_brussels = datetime.fromisoformat("2026-06-01T12:00+02:00")
    assert is_skipped(Hints(skip_hours=(10,)), noon_in_brussels)
    assert not is_skipped(Hints(skip_hours=(12,)), noon_in_brussels)
    assert is_skipped(Hints(skip_days=(0,)), noon_in_brussels)


moments = st.timedeltas(-20_000 * DAY, 20_000 * DAY).map(
    lambda span: datetime(2026, 6, 1, 12, 0, tzinfo=UTC) + span
)


@given(now=moments, base=moments, period=st.timedeltas(MINUTE, 365 * DAY))
def test_a_feed_is_quiet_until_the_next_of_its_times(
    now: datetime, base: datetime, period: timedelta
) -> None:
    wait = quiet(period, base, now=now)
    assert timedelta() < wait <= period
    assert (now + wait - base) % period == timedelta()


@given(texts=st.lists(st.none() | st.text(max_size=12), min_size=4, max_size=4))
def test_whatever_is_written_gives_hints_one_can_use(texts: list[str | None]) -> None:
    found = hints.read(*texts)
    assert found.ttl is None or MINUTE <= found.ttl <= 366 * DAY
    assert found.period is None or MINUTE <= found.period <= 365 * DAY
