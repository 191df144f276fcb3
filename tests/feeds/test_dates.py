# ruff: noqa: RUF001 -- words of other languages, in their own alphabets
"""Which moments the dates in feeds name."""

from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import xmltree
from feeds.charset import decode
from feeds.dates import parse_date
from feeds.datewords import ENGLISH, MONTHS
from feeds.errors import SourceError
from feeds.mending import mend
from feeds.rawitems import read

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
        "5 мар. 2024 12:00",
        "5 березня 2024 року, 12:00",
        "5 mart 2024, 12:00",
        "5 Mart 2024 Salı 12:00",
        "2024. március 5. 12:00",
        "5. maaliskuuta 2024 klo 12.00",
        "den 5 mars 2024 kl. 12.00",
        "5. března 2024 v 12:00",
        "wtorek, 5 marca 2024, 12:00",
        "5 martie 2024 12:00",
        "2024 m. kovo 5 d. 12:00",
        "5 Μαρτίου 2024 12:00",
        "5 მარტი 2024 12:00",
        "5 մարտի 2024 12:00",
        "5 במרץ 2024 12:00",
        "٥ مارس ٢٠٢٤ ١٢:٠٠",
        "2024年3月5日 12:00",
        "2024年03月05日 星期二  下午 12:00",
        "2024年3月5日12時00分",
        "2024년 3월 5일 오후 12:00",
        "Tue, 05 Mar 2024 12:00 PM",
        "Tue, 05 Mar 2024 07:00 AM EST",
        "Tue, 05 Mar 2024 12.00.00 GMT",
        "Tue, 05 Mar 2024 13:00:00 + 0100",
        "Tue , 05 Mar 2024 13:00:00 +0100",
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
        ("5. marraskuuta 2024 12:00", datetime(2024, 11, 5, 12, 0, tzinfo=UTC)),
        ("5 listopada 2024 12:00", datetime(2024, 11, 5, 12, 0, tzinfo=UTC)),
        ("5 липня 2024 12:00", datetime(2024, 7, 5, 12, 0, tzinfo=UTC)),
        ("2010年12月17日 星期五  上午 12:26", datetime(2010, 12, 17, 0, 26, tzinfo=UTC)),
        ("2010年12月17日", datetime(2010, 12, 17, tzinfo=UTC)),
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


def test_every_word_for_a_month_is_of_one_month() -> None:
    assert set(ENGLISH.values()) == set(MONTHS)
    assert not [word for word in ENGLISH if word[:3] in MONTHS and ENGLISH[word] != word[:3]
                and word not in {"marraskuu", "marraskuuta"}]  # fmt: skip


# What no one can read in the captured feeds, and why.
UNREADABLE = {
    "-0300": "a zone without a day",
    "Mon, 01 Jan 0001 00:00:00 +0000": "how programs write that there is no date",
}


def test_every_date_of_the_captured_feeds_is_read_or_explained(corpora: Path) -> None:
    written: set[str] = set()
    for path in sorted((corpora / "feeds").iterdir()):
        try:
            mended = mend(decode(path.read_bytes())[0], base_url="https://x.example/")
        except SourceError:
            continue
        tree = xmltree.grow(mended.text.encode(), base_url="https://x.example/")
        assert tree is not None
        feed = read(tree.root, base_url="https://x.example/")
        written |= {*feed.updated}
        for item in feed.items:
            written |= {*item.published, *item.updated}
    assert len(written) > 9_000
    assert {text for text in written if parse_date(text) is None} == set(UNREADABLE)
