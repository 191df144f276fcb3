"""Which moments the dates in feeds name."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.dates import parse_date

NOON = datetime(2024, 3, 5, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 05 Mar 2024 12:00:00 GMT",
        "Tue, 5 Mar 2024 12:00 +0000",
        "Tuesday, 05-Mar-2024 12:00:00 UTC",
        "Tue, 05 Mar 2024 13:00:00 CET",
        "Tue, 05 Mar 2024 13:00:00 +0100 (CET)",
        "Tue, 05 Mar 2024 07:00:00 EST",
        "Tue, 05 Mar 24 12:00:00 GMT",
        "Tue Mar 5 12:00:00 2024",
        "Tue Mar 5 07:00:00 EST 2024",
        "Tue Mar 05 2024 13:00:00 GMT+0100 (CET)",
        "Tue, 05 Mar 2024 14:00:00 GMT+2",
        "2024-03-05T12:00:00Z",
        "2024-03-05T12:00Z",
        "2024-03-05t12:00:00.123456789z",
        "2024-03-05 13:00:00 +0100",
        "2024-03-05T07:00:00-05:00",
        "2024-03-05 12:00:00",
        "20240305T120000Z",
        "2024/03/05 12:00",
        "March 5, 2024 12:00 PM",
        "5 March 2024, 12:00",
        "05.03.2024 12:00",
        "Dienstag, 5. März 2024 12:00",
        "Di, 05 Mrz 2024 13:00:00 +0100",
        "mardi 5 mars 2024 12:00",
        "martes, 5 de marzo de 2024 12:00",
        "Ter, 05 Mar 2024 12:00:00 GMT",
        "martedì 5 marzo 2024 12:00",
        "вторник, 5 марта 2024 12:00",
        "Tue, 05 Mar 2024 04:00:00 America/Los_Angeles",
    ],
)
def test_one_noon_has_many_spellings(text: str) -> None:
    moment = parse_date(text)
    assert moment is not None
    assert moment.replace(microsecond=0) == NOON


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024", None),
        ("2024-03", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2024-03-05", datetime(2024, 3, 5, tzinfo=UTC)),
        ("2024-02-29T24:00:00Z", datetime(2024, 3, 1, tzinfo=UTC)),
        ("2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC)),
        ("13/04/2024", datetime(2024, 4, 13, tzinfo=UTC)),
        ("04/04/2024", datetime(2024, 4, 4, tzinfo=UTC)),
        ("Tue, 05 Mar 2024 12:00:00 XYZ", NOON),
    ],
)
def test_the_edges_of_the_calendar(text: str, moment: datetime | None) -> None:
    assert parse_date(text) == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "soon",
        "5 hours ago",
        "10:00",
        "Tue",
        "5 March",
        "5 Mar 24",
        "Wed, 05 Mar 24 12:00:00 GMT",
        "05 Mar 24 12:00:00 GMT",
        "03/04/2024",
        "--03-05",
        "30 Feb 2024 10:00",
        "0000-00-00 00:00:00",
        "0001-01-01T00:00:00Z",
        "2024-03-05T25:00:00Z",
        "2024-03-05T12:00:00+99:99",
        "99999-01-01",
        "1709640000",
        "Tue, 05 Mar 2024 04:00:00 Atlantis/Nowhere",
        "5 March 2024 " + "x" * 100,
    ],
)
def test_what_names_no_single_moment_is_no_date(text: str) -> None:
    assert parse_date(text) is None


@given(st.text(max_size=120))
def test_any_text_gives_a_moment_in_utc_or_none(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


@given(st.text(alphabet="0123456789-/:., +TZGMTAPMJanFebmar", max_size=40))
def test_any_text_like_a_date_gives_a_moment_in_utc_or_none(text: str) -> None:
    moment = parse_date(text)
    assert moment is None or moment.utcoffset() == timedelta(0)


@given(
    st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2200, 1, 1)),  # noqa: DTZ001
    st.integers(-14 * 60, 14 * 60),
)
def test_the_standard_spellings_come_back_as_they_were(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_date(zoned.isoformat()) == zoned
    assert parse_date(format_datetime(zoned)) == zoned
