"""Whether a source has moved for good. Pure: one permanent redirect is a claim, not yet a fact.

A hijacked server, a hotel's portal or a slip in somebody's configuration can answer 301; what
says the same on three turns, over a day or more, and gives a good feed each time, is believed.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

TURNS = 3
PROVED_AFTER = timedelta(days=1)
_FAILURES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A claim that a source is to be asked elsewhere: since when, and on how many turns."""

    to: str
    turns: int
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What to remember after a good turn: a claim still to be proved, or the new address."""

    move: Move | None = None
    address: str | None = None


def settle(move: Move | None, moved_to: str | None, *, now: datetime) -> Settled:
    """Return what becomes of the remembered `move` after a turn that brought a good feed.

    `moved_to` is where its redirects led, if all of them were permanent (RFC 9110, 15.4.2 and
    15.4.9). Another target, or none, begins anew. A turn that failed says nothing: do not call.
    """
    if moved_to is None:
        return Settled()
    if move is None or move.to != moved_to:
        return Settled(move=Move(to=moved_to, turns=1, since=now))
    turns = move.turns + 1
    if turns >= TURNS and now - move.since >= PROVED_AFTER:
        return Settled(address=moved_to)
    return Settled(move=Move(to=moved_to, turns=turns, since=move.since))


def address_after_failure(address: str, feed: str, *, failures: int) -> str:
    """Return where to ask after so many `failures` in a row: in the end, where it was at first.

    The validators belong to the address that gave them; drop them when it changes.
    """
    return feed if failures >= _FAILURES else address
