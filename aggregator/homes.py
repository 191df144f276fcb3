"""Where a source is at home: whose a page is that several say is theirs. Pure.

An entry may lead anywhere, and a document call any site its own. Where a document comes from
nobody can make up: an operator wrote it down.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from feeds.urls import host_of


class Home(IntEnum):
    """How surely a source is at home at an address, the surer the more."""

    NOWHERE = 0
    CLAIMED = 1  # its document says that this is its site
    SITE = 2  # its document comes from there, as those of others of one site may
    HOST = 3  # from this very host


@dataclass(frozen=True, slots=True, kw_only=True)
class Homes:
    """The addresses a source's document comes from, and the page that it calls its own."""

    feeds: Sequence[str]
    claimed: str = ""

    def at(self, host: str) -> Home:
        """Return how surely it is at home at a host."""
        host = _bare(host)
        own = {_bare(host_of(one)) for one in self.feeds}
        if not host:
            return Home.NOWHERE
        if host in own:
            return Home.HOST
        if site_of(host) in map(site_of, own):
            return Home.SITE
        is_claimed = site_of(host) == site_of(_bare(host_of(self.claimed)))
        return Home.CLAIMED if is_claimed else Home.NOWHERE


def site_of(host: str) -> str:
    """Return the site a host belongs to: example.co.uk of www.news.example.co.uk."""
    parts = host.split(".")
    is_shared = len(parts) > 2 and len(parts[-1]) == 2 and len(parts[-2]) <= 3
    return ".".join(parts[-3 if is_shared else -2 :])


def _bare(host: str) -> str:
    return host.removeprefix("www.")
