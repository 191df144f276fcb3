"""Who may be asked now: a look at the rota that is fair to every host, and never a burst."""

from collections import Counter
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection

from aggregator.model import SourceId
from aggregator.pacing import FEW, allowance
from aggregator.pull import Turn, host
from aggregator.store import rota
from aggregator.store.sources import Remembered
from feeds.urls import host_of

MOST = 256  # turns that wait, are asked, or have answered
MOST_OF_A_HOST = 8  # of them


class Leasing:
    """Chooses whose turn it is, among those due, from what may be out at a time.

    New sources and cron times come at once, the others at no more than twice their usual rate:
    what an outage or a clock that was set leaves overdue is made up for without a burst.
    """

    def __init__(self) -> None:
        self._usual, self._left = 0.0, FEW
        self._at: datetime | None = None

    def measure(self, connection: Connection) -> None:
        """See at what rate turns usually begin."""
        self._usual = rota.usual_rate(connection)

    def choose(
        self, connection: Connection, out: Collection[Turn], *, now: datetime
    ) -> list[Remembered]:
        """Return who is to be asked besides those that are out, longest due first."""
        passed = now - self._at if self._at else timedelta()
        self._at = now
        self._left = allowance(self._left, usual=self._usual, passed=passed)
        busy = {turn.source.id for turn in out}  # what was pushed is taken in before it is asked
        hosts = Counter(map(host, out))
        chosen: list[Remembered] = []
        *at_once, in_time = rota.due(connection, now=now)
        for found in at_once:
            room = MOST - len(out) - len(chosen)
            chosen += fairly(found, room=room, busy=busy, hosts=hosts)
        room = min(int(self._left), MOST - len(out) - len(chosen))
        made_up = fairly(in_time, room=room, busy=busy, hosts=hosts)
        self._left -= len(made_up)
        return chosen + made_up


def fairly(
    found: rota.Due, *, room: int, busy: set[SourceId], hosts: Counter[str]
) -> list[Remembered]:
    """Return at most `room` of those due who are not `busy`, so many of each host and no more.

    Both `busy` and `hosts`, the numbers that are out, are brought up to date.
    """
    chosen: list[Remembered] = []
    while len(chosen) < room:
        most = room - len(chosen) + len(busy)
        rows = found(most, [one for one, out in hosts.items() if out >= MOST_OF_A_HOST])
        before = len(chosen)
        for one in rows:
            where = host_of(one.address) or one.id
            if len(chosen) < room and one.id not in busy and hosts[where] < MOST_OF_A_HOST:
                chosen.append(one)
                busy.add(one.id)
                hosts[where] += 1
        if len(rows) < most or len(chosen) == before:
            break  # that was all, or all there is is out
    return chosen
