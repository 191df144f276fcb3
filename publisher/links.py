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
_NAMES: Final = tuple(kind.name for kind in kinds.FEED_KINDS)
_THREADS: Final = tuple(kind.name for kind in kinds.THREAD_KINDS)  # no hub is told of these
_FIRST_ENTRY: Final = re.compile(rb"<(entry|item)[\s>]")


def header(path: str, body: bytes) -> str:
    """Return the Link header of what is published at `path`; "" for none."""
    folder, _, name = path.rpartition("/")
    if name in {*_NAMES, *_THREADS}:
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
    base, *others = (quote(one, safe=_PLAIN) for one in (base_url.rstrip("/"), *hubs))
    told = {_NAMES: subscribing(base, others), _THREADS: subscribing(base, ())}
    lines = [
        (f"^(/(?:.*/)?(?:{'|'.join(map(re.escape, names))}))$", links)
        for names, links in told.items()
    ]
    forms = {"nginx": ("\"~{}\" '{}';\n", "$uri"), "caddy": ("~{} `{}`\n", "${1}")}
    return {
        f"{kinds.SERVERS}/{server}-links.map": "".join(
            form.format(pattern, links.replace(f"<{base}>", f"<{base}{path}>"))
            for pattern, links in lines
        ).encode()
        for server, (form, path) in forms.items()
    }


def _offering(way: str) -> str:
    return ", ".join(
        f'<{way}{kind.name}>; rel="alternate"; type="{kind.type}"' for kind in kinds.FEED_KINDS
    )


def _link(href: str, rel: str) -> str:
    return f'<{quote(href, safe=IN_ADDRESSES)}>; rel="{rel}"'
