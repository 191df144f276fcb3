"""Which article may stand for another that is at the same page, or has the same id. Pure.

Anybody can lead to a page, and a list of links does nothing else. So that two are at one page does
not let either of them stand for the other, as it does where both say the same.
"""

from collections.abc import Iterator, Mapping

from aggregator.copies import LEAST_SHARE, Likeness, Said
from aggregator.homes import Home, Homes
from aggregator.model import SourceId
from feeds.urls import host_of


def may_lead(leader: Said, other: Said, found: Likeness, homes: Mapping[SourceId, Homes]) -> bool:
    """Say whether one of two that are alike may stand for the other in every list.

    It says most of what the other does, or is more surely at home at the page that both are at; of
    two that are as surely, it has the same headline or says more.
    """
    if found.by not in {"page", "id"} or found.share >= LEAST_SHARE:
        return True
    hosts = {host for name in leader.names & other.names for host in _hosts(name)}
    theirs, own = (
        max((homes[one.source_id].at(host) for host in hosts), default=Home.NOWHERE)
        for one in (leader, other)
    )
    if theirs != own:
        return theirs > own
    is_headed_alike = bool(leader.headline) and leader.headline == other.headline
    return is_headed_alike or len(leader.words) >= len(other.words)


def _hosts(name: str) -> Iterator[str]:
    """Yield the host of a page, or of who gave an id (RFC 4151, 2.1), as articles go by them."""
    if not name.startswith("id "):
        yield host_of(f"http://{name}")
    elif name[3:7].lower() == "tag:":
        yield name[7:].partition(",")[0].rpartition("@")[2].lower()
