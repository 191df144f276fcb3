"""When a source is asked next, through everything between the wire and the database."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from feeds.model import Hints
from tests.aggregator.newsrooms import a_feed, an_item
from tests.aggregator.publishers import OLD_DATE, Publisher, published
from tests.aggregator.rounds import DAY, HOUR, MINUTE
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[Publisher]:
    with published(tmp_path, every=HOUR / 2, longest=6 * HOUR) as one:
        yield one


def with_head(body: bytes, head: str) -> bytes:
    return body.replace(b"<title>A</title>", f"<title>A</title>{head}".encode(), 1)


def test_hints_outlive_an_unchanged_answer_and_a_restart(publisher: Publisher) -> None:
    publisher.body = with_head(publisher.body, "<ttl>240</ttl>")
    newsroom = publisher.newsroom
    newsroom.let_pass(2 * DAY)
    newsroom.restart()
    newsroom.let_pass(DAY)
    assert min(publisher.gaps) >= 4 * HOUR
    assert len(newsroom.parsed) == 1, "the others were answered 304"
    assert newsroom.known().hints == Hints(ttl=4 * HOUR)


def test_hints_that_are_taken_back_are_forgotten(publisher: Publisher) -> None:
    newsroom, plain = publisher.newsroom, publisher.body
    publisher.body = with_head(plain, "<ttl>240</ttl>")
    newsroom.ask_one()
    assert newsroom.known().why == "ttl"
    publisher.body, publisher.headers = plain, ('ETag: "2"',)
    newsroom.ask_when_due()
    assert newsroom.known().hints == Hints()
    assert newsroom.known().why == "every"


def test_hours_a_publisher_skips_pass_without_a_request(publisher: Publisher) -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(20))
    publisher.body = with_head(publisher.body, f"<skipHours>{hours}</skipHours>")
    publisher.newsroom.let_pass(3 * DAY, tick=MINUTE)
    later = [at for at, _ in publisher.asked[1:]]
    assert {at.hour for at in later} <= {20, 21, 22, 23}
    assert len({at.day for at in later}) == 3, "and yet it is asked every day"


def test_a_source_is_known_by_its_own_dates_from_the_first_reading(publisher: Publisher) -> None:
    publisher.body = a_feed(
        *(an_item(n, f"Report {n}", "Words.", day=NOON - (n + 1) * 7 * DAY) for n in range(8))
    )
    newsroom = publisher.newsroom
    newsroom.ask_one()
    again = newsroom.known().next_fetch
    assert again is not None
    assert 6 * HOUR <= again - NOON <= 6.6 * HOUR, "a weekly that has said nothing for a week"


def test_a_source_that_sleeps_is_asked_less_and_less_and_followed_once_it_wakes(
    publisher: Publisher,
) -> None:
    newsroom = publisher.newsroom
    newsroom.let_pass(10 * DAY)
    gaps = publisher.gaps
    # each is within the tenth by which turns are spread, and a tick
    assert all(later >= earlier * 0.9 - 5 * MINUTE for earlier, later in pairwise(gaps))
    assert gaps[0] < HOUR
    assert 6 * HOUR <= gaps[-1] < 7 * HOUR
    publisher.body = a_feed(an_item(9, "Awake", "At last.", day=newsroom.now))
    publisher.headers = ('ETag: "9"', f"Last-Modified: {OLD_DATE}")
    newsroom.let_pass(7 * HOUR)
    assert newsroom.titles() == ["Awake", "The first"]
    waking = len(publisher.gaps)
    newsroom.let_pass(2 * HOUR)
    assert publisher.gaps[waking:], "it is followed"
    assert max(publisher.gaps[waking:]) < HOUR


def test_news_without_dates_is_dated_by_when_it_was_found(publisher: Publisher) -> None:
    newsroom = publisher.newsroom
    undated = "<item><guid>{0}</guid><title>{0}</title></item>"
    publisher.body = a_feed(undated.format("one"))
    newsroom.ask_one()
    assert newsroom.known().news == (NOON,)
    publisher.body, publisher.headers = a_feed(undated.format("two")), ('ETag: "2"',)
    newsroom.ask_when_due()
    assert newsroom.known().news == (newsroom.now, NOON)


def test_an_answer_without_news_is_none(publisher: Publisher) -> None:
    newsroom = publisher.newsroom
    newsroom.ask_one()
    before = newsroom.known().news
    newsroom.ask_when_due()
    publisher.refuses = ("500 Oops",)
    newsroom.ask_when_due()
    assert newsroom.known().news == before


def test_an_operator_who_writes_one_interval_gets_it(tmp_path: Path) -> None:
    with published(tmp_path, every=HOUR, longest=HOUR) as publisher:
        publisher.newsroom.let_pass(5 * DAY)
    assert max(publisher.gaps) <= 1.1 * HOUR + timedelta(minutes=5)
