"""The links a published file has in its headers (RFC 8288). Pure."""

import re
from typing import Final
from urllib.parse import quote

from feeds.topic import advertised
from publisher import kinds

_FIRST_ENTRY: Final = re.compile(rb"<(entry|item)[\s>]")
IN_ADDRESSES: Final = "%/:?#[]@!$&'()*+,;=~"


def header(path: str, body: bytes) -> str:
    """Return the Link header of what is published at `path`; "" for none.

    That of a feed with hubs says what the feed itself says, so that the two always agree: who
    is to be asked for its news, and under which address (WebSub, 4).
    """
    if kinds.media_type(path) not in kinds.FEEDS:
        return ""
    first = _FIRST_ENTRY.search(body)
    head = body[: first.start()] if first else body  # an entry has links of its own
    topic = advertised(head, url="", content_type=kinds.media_type(path))
    return subscribing(topic.url, topic.hubs) if topic else ""


def subscribing(own: str, hubs: tuple[str, ...]) -> str:
    """Return the Link header of what is at the address `own` and has these hubs."""
    return ", ".join([*(_link(hub, "hub") for hub in hubs), _link(own, "self")])


def _link(href: str, rel: str) -> str:
    return f'<{quote(href, safe=IN_ADDRESSES)}>; rel="{rel}"'
