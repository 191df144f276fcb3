"""Taking in what several sources said, while the disk is busy with what came before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Engine

from aggregator.intake import Outcome, keep, take_in
from aggregator.model import Settings
from aggregator.naming import forget_entries
from aggregator.pull import Pulled
from aggregator.store.engine import transaction
from feeds.errors import StoreAwayError


def keep_all(
    engine: Engine, some: Sequence[Pulled], *, settings: Settings, now: datetime
) -> tuple[Outcome, ...]:
    """Take in what came of asking some sources, each as `keep` does, and return it in short.

    In one transaction: to have it on the disk takes longer than all the rest. Where it cannot be
    kept together each is kept by itself, so that only one at fault fails. Of what they said
    nothing is left in memory: entries may be long.
    """
    try:
        return _kept(engine, some, settings=settings, now=now)
    finally:
        forget_entries()


def _kept(
    engine: Engine, some: Sequence[Pulled], *, settings: Settings, now: datetime
) -> tuple[Outcome, ...]:
    if len(some) > 1:
        try:
            with transaction(engine) as connection:
                return tuple(take_in(connection, one, settings=settings, now=now) for one in some)
        except StoreAwayError:
            raise  # nobody's fault, and no better for being tried one by one
        except Exception:  # noqa: BLE001, S110 -- whose it is, is found out now
            pass
    return tuple(keep(engine, one, settings=settings, now=now) for one in some)
