"""WebSub (W3C Recommendation of 2018) as a hub speaks it. Pure: no clock, no network, no chance.

Whoever asks is a stranger, and so is whom they name as their callback: nothing is sent to anybody
who did not confirm it, and nothing is kept of those who did not.
"""

import hmac
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlencode, urlsplit

from feeds.addresses import Networks, denial
from feeds.hub import Mode
from feeds.urls import host_of
from publisher.links import subscribing
from publisher.ping import LONGEST, pause

LEASES: Final = (timedelta(minutes=5), timedelta(days=30))  # the shortest and the longest
LEASE: Final = timedelta(days=10)  # of those who ask for none
GIVEN_UP: Final = timedelta(days=3)  # after so long without a delivery that was taken
LONGEST_SECRET: Final = 200  # bytes, and no secret is as long (5.1)
LONGEST_CALLBACK: Final = 2000  # characters
_FREE: Final = 1024  # below are the ports of services that do not speak HTTP, but for two
_PLAIN: Final = re.compile(r"[!#-;=?-\[\]-~]+")  # printable, but for " < > and backslash
_ONCE: Final = ("hub.mode", "hub.callback", "hub.topic", "hub.secret", "hub.lease_seconds")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What somebody asks of the hub: to be sent a feed, by its path, or to be so no more."""

    mode: Mode
    callback: str
    topic: str
    secret: str = field(default="", repr=False)
    lease: timedelta = LEASE


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why a request is refused: its HTTP status, and a line for whoever debugs a subscriber."""

    status: int
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """One callback and the feed it is sent, by its path; what is `wished` is not confirmed yet.

    `lease_ends` is None until it was confirmed for the first time. `known` is a digest of what it
    was sent last, or the feed said when it asked; `failures` count since something was taken.
    """

    callback: str
    topic: str
    known: str
    secret: str = field(default="", repr=False)
    lease_ends: datetime | None = None
    wished: Mode | None = None
    wished_at: datetime | None = None
    wished_secret: str = field(default="", repr=False)
    wished_lease: timedelta = LEASE
    challenge: str = field(default="", repr=False)
    sent_at: datetime | None = None
    failures: int = 0
    failing_since: datetime | None = None
    next_try: datetime | None = None
    problem: str = ""

    @property
    def host(self) -> str:
        """Return whose machine it is: all that others may be told of a callback."""
        return host_of(self.callback)


def wish(
    form: Sequence[tuple[str, str]], *, base_url: str, allowed: Networks = ()
) -> Wish | Refusal:
    """Return what a subscription request asks for (5.1), or why it cannot be had.

    What it says beyond that is ignored. Whether there is such a feed is not looked at, nor where
    a callback's name leads: an address inside is refused at once where it is written out.
    """
    said = {name: value for name, value in form if name in _ONCE}
    if len(said) != sum(name in _ONCE for name, _ in form):
        return _wrong("each hub.… may be said once")
    if refusal := next(_refusals(said, base_url, allowed), None):
        return refusal
    return Wish(
        mode=Mode(said["hub.mode"]),
        callback=said["hub.callback"],
        topic=said["hub.topic"].removeprefix(base_url),
        secret=said.get("hub.secret", ""),
        lease=_lease(said.get("hub.lease_seconds", "")),
    )


def wishing(
    known: Subscriber | None, one: Wish, *, digest: str, challenge: str, now: datetime
) -> Subscriber:
    """Return the subscriber as it is kept until it confirms; what it has stays as it is.

    `digest` is of what the feed says now: what changes before it confirms, it is sent.
    """
    known = known or Subscriber(callback=one.callback, topic=one.topic, known=digest)
    return replace(
        known,
        wished=one.mode,
        wished_at=now,
        wished_secret=one.secret,
        wished_lease=one.lease,
        challenge=challenge,
    )


def question(known: Subscriber, *, base_url: str) -> str:
    """Return the address at which a callback is asked whether it means it (5.3)."""
    said = {
        "hub.mode": (known.wished or Mode.SUBSCRIBE).value,
        "hub.topic": f"{base_url}{known.topic}",
        "hub.challenge": known.challenge,
    }
    if known.wished is Mode.SUBSCRIBE:
        said["hub.lease_seconds"] = str(int(known.wished_lease.total_seconds()))
    return _with(known.callback, said)


def farewell(known: Subscriber, *, base_url: str, reason: str) -> str:
    """Return the address at which a callback is told that it is sent nothing any more (5.2)."""
    said = {"hub.mode": "denied", "hub.topic": f"{base_url}{known.topic}", "hub.reason": reason}
    return _with(known.callback, said)


def answered(
    known: Subscriber, *, challenge: str, is_meant: bool, now: datetime
) -> Subscriber | None:
    """Return the subscriber after it was asked with a `challenge`; None where nothing is left.

    A failure to confirm leaves what there was (5.1). A signed subscription never becomes an
    unsigned one: a stranger who renews it for its owner would have every delivery thrown away.
    """
    if known.wished is None or known.challenge != challenge:
        return known  # it asked for something else meanwhile
    settled = replace(
        known, wished=None, wished_at=None, wished_secret="", wished_lease=LEASE, challenge=""
    )
    if not is_meant:
        return settled if known.lease_ends else None
    if known.wished is Mode.UNSUBSCRIBE:
        return None
    return replace(
        settled,
        secret=known.wished_secret or known.secret,
        lease_ends=now + known.wished_lease,
        failures=0,
        failing_since=None,
        next_try=None,
        problem="",
    )


def is_confirmation(status: int, body: bytes, *, challenge: str) -> bool:
    """Say whether a callback means it: any 2xx with the challenge and nothing else (5.3)."""
    return 200 <= status < 300 and hmac.compare_digest(body, challenge.encode())


def headers(
    known: Subscriber, body: bytes, *, base_url: str, hub: str, media_type: str
) -> tuple[tuple[str, str], ...]:
    """Return the headers of a delivery (7), signed where there is a secret (7.1)."""
    said = (
        ("Content-Type", media_type),
        ("Link", subscribing(f"{base_url}{known.topic}", (hub,))),
    )
    if not known.secret:
        return said
    proof = hmac.new(known.secret.encode(), body, sha256).hexdigest()
    return (*said, ("X-Hub-Signature", f"sha256={proof}"))


def sent(known: Subscriber, digest: str, *, now: datetime) -> Subscriber:
    """Return the subscriber after a delivery it took."""
    return replace(
        known,
        known=digest,
        sent_at=now,
        failures=0,
        failing_since=None,
        next_try=None,
        problem="",
    )


def unsent(
    known: Subscriber, problem: str, *, now: datetime, wait: timedelta | None = None
) -> Subscriber | None:
    """Return the subscriber after one it did not take; None once it is given up.

    The next try is after one minute, two, four … six hours, or once its own `wait` is over.
    """
    since = known.failing_since or now
    if now - since >= GIVEN_UP:
        return None
    rest = min(max(pause(known.failures + 1), wait or timedelta()), LONGEST)
    return replace(
        known,
        failures=known.failures + 1,
        failing_since=since,
        next_try=now + rest,
        problem=problem,
    )


def _refusals(said: dict[str, str], base_url: str, allowed: Networks) -> Iterator[Refusal]:
    if said.get("hub.mode") not in {Mode.SUBSCRIBE, Mode.UNSUBSCRIBE}:
        yield _wrong("hub.mode must be subscribe or unsubscribe")
    for problem in _callback_problems(said.get("hub.callback", ""), allowed):
        yield _wrong(f"hub.callback {problem}")
    if len(said.get("hub.secret", "").encode(errors="replace")) >= LONGEST_SECRET:
        yield _wrong(f"hub.secret must be shorter than {LONGEST_SECRET} bytes")
    if not re.fullmatch("[0-9]*", said.get("hub.lease_seconds", "")):
        yield _wrong("hub.lease_seconds must be a number of seconds")
    if not said.get("hub.topic", "").startswith(base_url):
        yield Refusal(status=404, words=f"hub.topic must be a feed beneath {base_url}")


def _callback_problems(callback: str, allowed: Networks) -> Iterator[str]:
    if len(callback) > LONGEST_CALLBACK:
        yield f"must be no longer than {LONGEST_CALLBACK} characters"
    try:
        parts = urlsplit(callback)
        host, port = parts.hostname or "", parts.port or 443
    except ValueError:
        yield "is no address"
        return
    if parts.scheme not in {"http", "https"} or not host or not _PLAIN.fullmatch(callback):
        yield "must be an absolute http or https address"
    if "@" in parts.netloc or "#" in callback:
        yield "must hold no password and no fragment"
    if port < _FREE and port not in {80, 443}:
        yield "must not be at the port of another service"
    with suppress(ValueError):  # a name; where it leads is looked at when it is called
        if kind := denial(ip_address(host.partition("%")[0]), allowed):
            yield f"is a {kind} address"


def _lease(seconds: str) -> timedelta:
    """Return the lease that is granted, which is finite whatever was asked for (5.3)."""
    if not seconds:
        return LEASE
    shortest, longest = LEASES
    return min(max(timedelta(seconds=int(seconds.lstrip("0")[:9] or "0")), shortest), longest)


def _with(callback: str, said: dict[str, str]) -> str:
    """Return a callback with more in its query, which is kept as it is (5.1)."""
    return f"{callback}{'&' if '?' in callback else '?'}{urlencode(said)}"


def _wrong(words: str) -> Refusal:
    return Refusal(status=400, words=words)
