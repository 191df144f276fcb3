"""Hostile sources among good ones cost their own slots, and nobody else a turn."""

import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Event

from aggregator.newsroom import open_newsroom
from aggregator.upkeep import Upkeep
from benchmarks.hostile import GOOD, Stage, bad
from feeds.fetch import Limits
from tests.aggregator.newsrooms import PATIENCE
from tests.conftest import NOON
from tests.feeds.misbehaving import serving

FOR_EVER = timedelta(seconds=100)  # as long as a test may take


def test_two_that_hang_one_that_drips_a_bomb_and_a_busy_document_hold_up_no_good_one(
    tmp_path: Path,
) -> None:
    release = Event()

    def hanging(_connection: socket.socket, _head: bytes) -> None:
        release.wait(FOR_EVER.total_seconds())

    stage = Stage(bad() | {"hangs": hanging, "hangs-too": hanging})
    settings = stage.settings()
    patient = [replace(one, http=replace(one.http, timeout=FOR_EVER)) for one in settings.sources]
    settings = replace(settings, sources=tuple(patient))
    new: dict[str, int] = {}
    called = Event()
    with (
        serving(stage) as server,
        open_newsroom(state=tmp_path / "state", output=tmp_path / "public") as newsroom,
    ):
        fetcher = stage.fetcher(server, Limits(read=FOR_EVER))
        upkeep = Upkeep(
            newsroom,
            lambda: settings,
            lambda _settings: fetcher,
            call=lambda _after: called.set(),
            every=timedelta(hours=1),
            tell=lambda outcome: new.update({outcome.source_id: outcome.new}),
        )
        upkeep.tick(NOON)
        good = {f"good{number}" for number in range(GOOD)}
        while not good <= new.keys():
            assert called.wait(PATIENCE), "the good ones are held up"
            called.clear()
            upkeep.tick(NOON)
        assert {new[name] for name in good} == {1}
        assert not new.keys() & {"hangs", "hangs-too"}, "and these still hang"
        release.set()
        upkeep.stop(NOON)
        fetcher.close()
