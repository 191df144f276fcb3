"""The links a published file has in its headers (RFC 8288). Pure.

Those of a feed are its own, as the document has them, so that the two always agree: the address
to ask for it, and who is to be asked for its news (WebSub, 4). A page of a list leads to the feeds
beside it, which its head names, too. An article's page has no feed of its own.
"""

import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from feeds.topic import linked
from publisher import kinds

IN_ADDRESSES: Final = "%/:?#[]@!$&'()*+,;=~"
_PLAIN: Final = "%/:?#[]@!&()*+,;=~"  # without what begins a variable or ends a text
_ITS_PATH: Final = ("$uri", "{http.request.uri.path}")
_NAMES: Final = tuple(kind.name for kind in kinds.FEED_KINDS)
_FIRST_ENTRY: Final = re.compile(rb"<(entry|item)[\s>]")
_A_FEED: Final = rf"^/(.*/)?({'|'.join(map(re.escape, _NAMES))})$"


def header(path: str, body: bytes) -> str:
    """Return the Link header of what is published at `path`; "" for none."""
    folder, _, name = path.rpartition("/")
    if name in _NAMES:
        first = _FIRST_ENTRY.search(body)
        head = body[: first.start()] if first else body  # an entry has links of its own
        topic = linked(head, url="", content_type=kinds.media_type(path))
        return subscribing(topic.url, topic.hubs) if topic.url else ""
    if name == kinds.INDEX and not kinds.is_article(path):
        is_beneath = folder.rpartition("/")[2] == kinds.SUBSCRIBE
        return _offering("../" if is_beneath else "")
    return ""


def subscribing(own: str, hubs: Sequence[str]) -> str:
    """Return the Link header of what is at the address `own` and has these hubs."""
    return ", ".join([*(_link(hub, "hub") for hub in hubs), _link(own, "self")])


def files(base_url: str, hubs: Sequence[str]) -> dict[str, bytes]:
    """Return the same for nginx and Caddy, which open no file: by the path of what is asked for."""
    plain = [quote(one, safe=_PLAIN) for one in (base_url.rstrip("/"), *hubs)]
    own = f"<{plain[0]}>"
    told = subscribing(plain[0], plain[1:])
    nginx, caddy = (told.replace(own, f"{own[:-1]}{path}>") for path in _ITS_PATH)
    return {
        f"{kinds.SERVERS}/nginx-links.map": f"\"~{_A_FEED}\" '{nginx}';\n".encode(),
        f"{kinds.SERVERS}/caddy-links.map": f"~{_A_FEED} `{caddy}`\n".encode(),
    }


def _offering(way: str) -> str:
    return ", ".join(
        f'<{way}{kind.name}>; rel="alternate"; type="{kind.type}"' for kind in kinds.FEED_KINDS
    )


def _link(href: str, rel: str) -> str:
    return f'<{quote(href, safe=IN_ADDRESSES)}>; rel="{rel}"'
