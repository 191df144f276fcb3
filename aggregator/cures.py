"""What to do about a source that is in trouble, in words for an operator at night. Pure."""

from collections.abc import Mapping

from aggregator import standing
from feeds.errors import Trouble

_PATIENCE = "nothing to do unless it lasts for days; it is asked again by itself"

CURES: Mapping[str, str] = {
    Trouble.FAILING: "read what it says; if it is a fault of ours, please report it",
    Trouble.ADDRESS: "open its feed: in a browser, and correct it in sources.yaml",
    Trouble.BLOCKED: "if you mean that network, list it under site.allow_networks; else beware",
    Trouble.DNS: "see if its name is spelt right, and if this machine finds any other name",
    Trouble.UNREACHABLE: _PATIENCE,
    Trouble.TLS: "tell them; http.ca, http.old_tls or http.accept_invalid_certs may be a way round",
    Trouble.PROXY: "see if the proxy of http.proxy runs, and if name and password are right",
    Trouble.TIMEOUT: f"{_PATIENCE}; a longer http.timeout helps where they are merely slow",
    Trouble.BROKEN: _PATIENCE,
    Trouble.REDIRECTS: "open its feed: in a browser, and write down the address where you end",
    Trouble.FORBIDDEN: "give http.auth or http.cookie, if you have any; else ask them to let us in",
    Trouble.THROTTLED: "nothing to do: we wait as long as they ask for; a longer every: is kinder",
    Trouble.SERVER: _PATIENCE,
    Trouble.CHALLENGE: "ask them to let feed readers pass; their guard takes us for what we are",
    Trouble.LOGIN: "give http.auth or http.cookie, if you are a member",
    Trouble.CONSENT: "give the cookie as http.cookie that your browser has once you agreed",
    Trouble.PARKED: "their domain is for sale; remove the source, or find where they went",
    Trouble.TOO_LARGE: "ask them for a shorter feed: we take 10 MB, 20 MB unpacked",
    Trouble.UNREADABLE: "tell them that their feed is damaged; all we had of it stays",
    Trouble.NOT_A_FEED: "`broadsheet discover` and the address of their site may find the feed",
    standing.NOT_FOUND: "look on their site for the feed; it is asked ever less often",
    standing.MISSING: "it was not there for weeks; correct its feed:, or remove the source",
    standing.ENDING: "nothing to do: it says that it has ended, and is asked once more in a day",
    standing.GONE: "it has ended; remove the source, and what it told us stays",
}


def cure(state: str, *, moved_to: str | None = None, advertised: str | None = None) -> str:
    """Return what to do about a source in this state, or "" where all is well.

    `moved_to` is where it is now, `advertised` what the page leads to that came instead.
    """
    if advertised:
        return f"if this is the one you want, write   feed: {advertised}"
    if state == "ok" and moved_to:
        return f"it has moved for good and is asked there; write   feed: {moved_to}"
    return CURES.get(state, "")
