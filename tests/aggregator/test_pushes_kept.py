"""Subscriptions in the database: none lost, none mixed up, whoever else is at work."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread

import pytest
from sqlalchemy import Engine

from aggregator.model import SourceId
from aggregator.store.engine import beside, open_database, transaction
from aggregator.store.pushes import Subscriptions
from aggregator.store.sources import enrol, remembered
from aggregator.store.tables import sources
from feeds.errors import StoreError
from feeds.hub import Mode, State, Subscription
from tests.aggregator.databases import database_of
from tests.aggregator.newsrooms import a_source
from tests.conftest import NOON

pytestmark = pytest.mark.usefixtures("each_engine")

ONE = Subscription(
    token="token", source_id="a", topic="https://a.example/feed", hub="https://hub.example/",
    secret="secret", created_at=NOON,
)  # fmt: skip
WHOLE = replace(
    ONE, token="other", state=State.ACTIVE, pending=Mode.UNSUBSCRIBE, asked_at=NOON,
    verified_at=NOON, lease_ends=NOON, pushed_at=NOON, failures=3, ignored=4, reason="said no",
)  # fmt: skip


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(database_of(tmp_path))
    with transaction(opened) as connection:
        enrol(connection, (a_source("a"), a_source("b")))
    yield opened
    opened.dispose()


@pytest.fixture
def kept(engine: Engine) -> Iterator[Subscriptions]:
    own = beside(engine)
    yield Subscriptions(own)
    own.dispose()


def ignored(one: Subscription) -> tuple[Subscription, int]:
    return replace(one, ignored=one.ignored + 1), one.ignored


def test_what_is_kept_is_what_was_given_and_outlives_us(
    kept: Subscriptions, engine: Engine
) -> None:
    kept.add(ONE)
    kept.add(WHOLE)
    again = Subscriptions(engine)
    assert sorted(again.all(), key=lambda one: one.token) == [WHOLE, ONE]
    assert again.of("b") == ()
    assert again.amend("token", lambda one: (one, one)) == ONE
    assert again.amend("other", ignored) == 4
    assert kept.amend("other", lambda one: (one, one)) == replace(WHOLE, ignored=5)


def test_what_ended_is_known_by_its_token_alone(kept: Subscriptions) -> None:
    kept.add(ONE)
    kept.amend("token", lambda one: (replace(one, state=State.ENDED), None))
    assert kept.all() == kept.of("a") == ()
    assert kept.amend("token", lambda one: (one, one.state)) is State.ENDED


def test_strangers_who_guess_tokens_do_not_reach_the_database(
    kept: Subscriptions, engine: Engine
) -> None:
    with transaction(engine):  # held, so that whoever asks would have to wait
        assert kept.amend("guessed", ignored) is None


def test_a_subscription_follows_its_source_to_another_id(
    kept: Subscriptions, engine: Engine
) -> None:
    kept.add(ONE)
    moved = replace(a_source("a"), id=SourceId("renamed"))  # the same feed
    with transaction(engine) as connection:
        enrol(connection, (moved, a_source("b")))
    assert kept.of("a") == ()
    assert kept.of("renamed") == (replace(ONE, source_id="renamed"),)


def test_nothing_is_kept_for_a_source_that_is_gone(kept: Subscriptions) -> None:
    kept.add(replace(ONE, source_id="nobody"))
    assert kept.all() == ()
    assert kept.amend("token", ignored) is None


def test_threads_amend_one_after_another_and_lose_nothing(kept: Subscriptions) -> None:
    kept.add(ONE)
    with ThreadPoolExecutor(8) as threads:
        counts = list(threads.map(lambda _: kept.amend("token", ignored), range(80)))
    assert sorted(count for count in counts if count is not None) == list(range(80))
    assert [one.ignored for one in kept.all()] == [80]


def test_a_push_waits_for_the_papers_own_transaction_and_neither_sees_half_of_the_other(
    kept: Subscriptions, engine: Engine
) -> None:
    kept.add(ONE)
    results: list[int | None] = []
    waiting = Thread(target=lambda: results.append(kept.amend("token", ignored)))
    with transaction(engine) as connection:
        before = remembered(connection)
        waiting.start()
        waiting.join(0.2)
        assert results == []
        assert remembered(connection) == before
    waiting.join()
    assert results == [0]


def test_a_change_that_fails_changes_nothing(kept: Subscriptions) -> None:
    kept.add(ONE)

    def failing(one: Subscription) -> tuple[Subscription, None]:
        raise StoreError("no room")

    with pytest.raises(StoreError, match="no room"):
        kept.amend("token", failing)
    assert kept.all() == (ONE,)


def test_a_poll_is_only_ever_put_off(kept: Subscriptions, engine: Engine) -> None:
    later = NOON.replace(hour=18)

    def due() -> dict[str, datetime | None]:
        with transaction(engine) as connection:
            return {name: one.next_fetch for name, one in remembered(connection).items()}

    kept.postpone("a", later - NOON, now=NOON)
    assert due() == {"a": None, "b": None}, "one that is due at once stays so"
    with transaction(engine) as connection:
        connection.execute(sources.update().values(next_fetch=NOON))
    kept.postpone("a", later - NOON, now=NOON)
    assert due() == {"a": later, "b": NOON}
    kept.postpone("a", timedelta(), now=NOON)
    assert due()["a"] == later
