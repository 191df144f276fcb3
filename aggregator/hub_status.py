"""How the paper's hubs are: what they know, who is sent what, and what is the matter."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from aggregator.errands import outside
from aggregator.model import Site
from aggregator.status import ago, many, rfc3339
from aggregator.store import pings, subscribers
from aggregator.store.pings import Standing
from aggregator.store.subscribers import Trouble
from publisher.hub import GIVEN_UP

_MOST_FEEDS = 10  # named, of those with most subscribers


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnHub:
    """Our own hub: how many `subscribers` each feed has, by its path, and who takes nothing.

    `waiting` are those that have yet to confirm that they mean it.
    """

    subscribers: Mapping[str, int] = field(default_factory=dict)
    waiting: int = 0
    sent_at: datetime | None = None
    troubles: tuple[Trouble, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HubStatus:
    """All the paper's hubs as an operator wants to see them."""

    outside: tuple[Standing, ...] = ()
    own: OwnHub | None = None

    def as_json(self) -> dict[str, object]:
        """Return it as JSON has it: times as RFC 3339, in UTC."""
        return {
            "hubs": [
                {
                    "hub": one.hub,
                    "feeds": one.feeds,
                    "told": one.told,
                    "told_at": rfc3339(one.told_at),
                    "failing": one.failing,
                    "problem": one.problem,
                    "next_try": rfc3339(one.next_try),
                }
                for one in self.outside
            ],
            "own": self.own and _as_json(self.own),
        }

    def lines(self, *, now: datetime) -> Iterator[tuple[str, bool]]:
        """Yield it in words, line by line, each with whether all is well."""
        for one in self.outside:
            told = f"told {ago(one.told_at, now)}" if one.told_at else "never told anything yet"
            yield f"hub {one.hub}: knows {one.told} of {many(one.feeds, 'feed')}, {told}", True
            if one.failing:
                feeds = many(one.failing, "feed")
                yield f"  not told of {feeds}: {one.problem}; {_again(one.next_try, now)}", False
        if self.own:
            yield from _own_lines(self.own, now)


def status(connection: Connection | None, site: Site) -> HubStatus:
    """Return how the site's hubs are; of a paper that has none, nothing."""
    if connection is None:
        return HubStatus()
    return HubStatus(
        outside=tuple(pings.standing(connection, hub) for hub in outside(site)),
        own=_own(connection) if site.own_hub else None,
    )


def _own(connection: Connection) -> OwnHub:
    return OwnHub(
        subscribers=subscribers.by_topic(connection),
        waiting=subscribers.counts(connection, "").waiting,
        sent_at=subscribers.last_sent(connection),
        troubles=subscribers.troubles(connection),
    )


def _as_json(own: OwnHub) -> dict[str, object]:
    return {
        "subscribers": dict(own.subscribers),
        "waiting": own.waiting,
        "sent_at": rfc3339(own.sent_at),
        "failing": [
            {
                "host": one.host,
                "subscribers": one.subscribers,
                "since": rfc3339(one.since),
                "problem": one.problem,
                "next_try": rfc3339(one.next_try),
            }
            for one in own.troubles
        ],
    }


def _own_lines(own: OwnHub, now: datetime) -> Iterator[tuple[str, bool]]:
    everybody = many(sum(own.subscribers.values()), "subscriber")
    sent = f", sent something {ago(own.sent_at, now)}" if own.sent_at else ""
    waiting = f", {own.waiting} to confirm yet" if own.waiting else ""
    yield f"our own hub: {everybody}{sent}{waiting}", True
    for topic, subscribed in list(own.subscribers.items())[:_MOST_FEEDS]:
        yield f"  {topic}: {subscribed}", True
    if len(own.subscribers) > _MOST_FEEDS:
        yield f"  and {many(len(own.subscribers) - _MOST_FEEDS, 'feed')} more", True
    for one in own.troubles:
        missing = many(one.subscribers, "subscriber")
        end = f"{_again(one.next_try, now)}, given up {ago(one.since + GIVEN_UP, now)}"
        since = f"first {ago(one.since, now)}"
        yield f"  {one.host}: {missing} not reached, {since}: {one.problem}; {end}", False


def _again(next_try: datetime | None, now: datetime) -> str:
    is_due = next_try is None or next_try <= now
    return "to be tried again" if is_due else f"again {ago(next_try, now)}"
