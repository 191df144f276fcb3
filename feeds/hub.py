"""WebSub (W3C Recommendation of 2018) as a subscriber speaks it. Pure: no clock, no network.

A push only ever saves us a wait: whatever a hub does or leaves undone, polling goes on.
"""

import hashlib
import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LEASE = timedelta(days=10)  # what we ask for, and take a hub to mean that does not say
STRETCHED = timedelta(hours=6)  # between two polls of a source whose pushes arrive
_LEASES = (timedelta(minutes=1), timedelta(days=30))
_AWAITED = timedelta(days=1)  # how long after our request a hub may verify it
_AGAIN = timedelta(minutes=10)  # how long it may repeat one whose answer it did not get
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(hours=1), timedelta(days=1)
_AFTER_DENIAL = timedelta(days=7)
_LONGEST_CHALLENGE = 1024
_DIGESTS = ("sha512", "sha384", "sha256", "sha1")  # 7.1 of the Recommendation


class State(StrEnum):
    """Where we are with a hub. Only ACTIVE takes pushes; ENDED is for ever."""

    ASKED = "asked"
    ACTIVE = "active"
    DENIED = "denied"
    ENDED = "ended"


class Mode(StrEnum):
    """What we ask of a hub."""

    SUBSCRIBE = "subscribe"
    UNSUBSCRIBE = "unsubscribe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One source's pushes from one hub. `token` is the secret end of its callback's address.

    `pending` is what we asked at `asked_at` and the hub has yet to verify; `lease_ends` counts
    from `verified_at`. `pushed_at` is the last good push: None until the first, and again
    once a poll finds what the hub did not push. `ignored` counts forgeries.
    """

    token: str
    source_id: str
    topic: str
    hub: str
    secret: str
    created_at: datetime
    state: State = State.ASKED
    pending: Mode | None = None
    asked_at: datetime | None = None
    verified_at: datetime | None = None
    lease_ends: datetime | None = None
    pushed_at: datetime | None = None
    failures: int = 0
    ignored: int = 0
    reason: str = ""


def request(known: Subscription, *, callback: str, mode: Mode) -> tuple[tuple[str, str], ...]:
    """Return the form to post to the hub (5.1); the secret goes with every one of them."""
    form = (
        ("hub.callback", callback),
        ("hub.mode", mode.value),
        ("hub.topic", known.topic),
        ("hub.secret", known.secret),
    )
    if mode is Mode.UNSUBSCRIBE:
        return form
    return (*form, ("hub.lease_seconds", str(int(LEASE.total_seconds()))))


def asking(known: Subscription, *, mode: Mode, now: datetime) -> Subscription:
    """Return the subscription as it must be kept before we ask: some hubs verify at once.

    That we ask while the last request is still pending says that it led to nothing.
    """
    is_repeated = known.pending is mode
    failures = known.failures + 1 if is_repeated else 0
    return replace(known, pending=mode, asked_at=now, failures=failures)


def unheard(known: Subscription, *, reason: str) -> Subscription:
    """Return the subscription after a hub that could not be asked, or said no at once."""
    return replace(known, reason=reason)


def is_over(known: Subscription, *, now: datetime) -> bool:
    """Say whether we may forget it: the hub had a day to confirm its end, and did not."""
    return (
        known.pending is Mode.UNSUBSCRIBE
        and known.asked_at is not None
        and abs(now - known.asked_at) > _AWAITED
    )


def verified(
    known: Subscription, said: Mapping[str, str], *, now: datetime
) -> tuple[Subscription, str | None]:
    """Return the subscription after a hub's verification of intent, and what to echo (5.3).

    None to echo means that we asked for no such thing: 404. Only what is pending is confirmed,
    so nobody can subscribe us to another topic, change a lease or end a subscription.
    """
    challenge = said.get("hub.challenge", "")
    if said.get("hub.topic") != known.topic or known.state is State.ENDED:
        return known, None
    if said.get("hub.mode") == "denied":
        reason = " ".join(said.get("hub.reason", "").split())[:200]
        return replace(
            known, state=State.DENIED, pending=None, asked_at=now, reason=reason or "denied"
        ), ""
    if not 0 < len(challenge) <= _LONGEST_CHALLENGE:
        return known, None
    lease = _lease(said.get("hub.lease_seconds", ""))
    if _awaits(known, said.get("hub.mode", ""), now):
        return _confirmed(known, lease, now), challenge
    is_repeated = (
        (known.state, known.pending) == (State.ACTIVE, None)
        and said.get("hub.mode") == Mode.SUBSCRIBE
        and known.verified_at is not None
        and abs(now - known.verified_at) <= _AGAIN
        and known.lease_ends == known.verified_at + lease
    )
    return known, challenge if is_repeated else None


def is_signed(body: bytes, signatures: Iterable[str], *, secret: str) -> bool:
    """Say whether one of the X-Hub-Signature values proves that the hub sent this body (7.1).

    Every value is computed and compared in constant time.
    """
    proofs = [_proves(value, body, secret.encode()) for value in signatures]
    return any(proofs)


def pushed(known: Subscription, *, is_good: bool, now: datetime) -> Subscription:
    """Return the subscription after a push; one that proves nothing is only counted."""
    if not is_good:
        return replace(known, ignored=known.ignored + 1)
    return replace(known, pushed_at=now)


def missed(known: Subscription) -> Subscription:
    """Return the subscription after a poll found what was not pushed: back to polling."""
    return replace(known, pushed_at=None)


def renewal(known: Subscription) -> datetime | None:
    """Return when to ask the hub again; None for never.

    A lease is renewed when two thirds of it are over, at most once an hour; a request that
    led to nothing is repeated after one hour, two, four, … a day; a denial after a week.
    """
    asked = known.asked_at
    if known.state is State.ENDED or known.pending is Mode.UNSUBSCRIBE:
        return None
    if asked is None:
        return known.created_at
    if known.state is State.DENIED and known.pending is None:
        return asked + _AFTER_DENIAL
    if known.pending is None and known.verified_at and known.lease_ends:
        lease = known.lease_ends - known.verified_at
        return known.verified_at + max(lease * 2 // 3, _SHORTEST_WAIT)
    wait: timedelta = _SHORTEST_WAIT * 2 ** min(known.failures, 10)
    return asked + min(wait, _LONGEST_WAIT)


def is_due(known: Subscription, *, now: datetime) -> bool:
    """Say whether to ask the hub now; a clock set back makes it so, as a lease has no past."""
    again = renewal(known)
    is_from_the_future = known.asked_at is not None and now < known.asked_at - _SHORTEST_WAIT
    return again is not None and (again <= now or is_from_the_future)


def is_live(known: Subscription, *, now: datetime) -> bool:
    """Say whether pushes really arrive: verified, within its lease, and one has come."""
    return (
        known.state is State.ACTIVE
        and known.pushed_at is not None
        and known.lease_ends is not None
        and now < known.lease_ends
    )


def stretched(every: timedelta, known: Subscription | None, *, now: datetime) -> timedelta:
    """Return how long to wait between two polls: longer while pushes arrive, never for ever."""
    return max(every, STRETCHED) if known and is_live(known, now=now) else every


def _awaits(known: Subscription, mode: str, now: datetime) -> bool:
    return (
        known.pending is not None
        and known.pending == mode
        and known.asked_at is not None
        and abs(now - known.asked_at) <= _AWAITED
    )


def _confirmed(known: Subscription, lease: timedelta, now: datetime) -> Subscription:
    if known.pending is Mode.UNSUBSCRIBE:
        return replace(known, state=State.ENDED, pending=None, lease_ends=None)
    return replace(
        known,
        state=State.ACTIVE,
        pending=None,
        verified_at=now,
        lease_ends=now + lease,
        failures=0,
        reason="",
    )


def _lease(seconds: str) -> timedelta:
    if not (seconds.isascii() and seconds.isdigit()) or not int(seconds[:10]):
        return LEASE
    shortest, longest = _LEASES
    return min(max(timedelta(seconds=int(seconds[:10])), shortest), longest)


def _proves(value: str, body: bytes, secret: bytes) -> bool:
    method, _, written = value.strip().partition("=")
    if method.lower() not in _DIGESTS:
        return False
    proof = hmac.new(secret, body, getattr(hashlib, method.lower())).hexdigest()
    return hmac.compare_digest(proof.encode(), written.lower().encode("utf-8", "replace"))
