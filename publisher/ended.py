"""What the paper no longer has where readers found it: what ended (410) and what moved (301). Pure.

The press writes it beside the paper, hidden, so that a server that sees nothing but the tree can
say it: ours, and the others that we ship a configuration for.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import quote

from feeds.errors import PublishError
from publisher import kinds

FILE: Final = f"{kinds.SERVERS}/ended.json"
FILES: Final = (FILE, *(f"{kinds.SERVERS}/{one}-ended.map" for one in ("nginx", "caddy")))
_GONE: Final = "gone"
# What stands in the folder of a list or of an article. The configurations in deploy/ say it, too.
_WITHIN: Final = re.compile(
    r"(?P<folder>.+?)(?:/(?P<rest>(?:atom|rss|citations)\.xml|citations\.rss|"
    r"(?:feed|citations)\.json|archive/[^/]+\.xml|subscribe/?)?)?"
)
_PLAIN: Final = ":/?=&@%+,~-._[]"  # no more of an address needs no quoting anywhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Gone:
    """It was here and is no more (RFC 9110, 15.5.11)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """It is at this address for good (RFC 9110, 15.4.2)."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """The folders that ended, and of those that moved the address that each has now.

    Folders are paths beneath the paper's root and addresses absolute, with their final slash. A
    file that is there outranks what is said of its folder.
    """

    gone: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)

    def find(self, path: str) -> Gone | Moved | None:
        """Return what has become of what was published at a path, or None where nothing was."""
        around, _, name = path.rpartition("/")
        found = _WITHIN.fullmatch(f"{around}/" if name == kinds.INDEX else path)
        if found is None:
            return None
        folder = f"{found['folder']}/"
        if folder in self.moved:
            return Moved(address=self.moved[folder] + (found["rest"] or ""))
        return Gone() if folder in self.gone else None


def files(ended: Ended) -> dict[str, bytes]:
    """Return it as the press writes it, for us, nginx and Caddy; nothing where nothing ended."""
    if not (ended.gone or ended.moved):
        return {}
    whole = {"gone": sorted(ended.gone), "moved": dict(sorted(ended.moved.items()))}
    moved = {one: quote(address, safe=_PLAIN) for one, address in ended.moved.items()}
    told = sorted((dict.fromkeys(ended.gone, _GONE) | moved).items())
    return {
        FILE: json.dumps(whole, indent=1).encode(),
        FILES[1]: "".join(f"/{one.rstrip('/')} {what};\n" for one, what in told).encode(),
        FILES[2]: "".join(f"/{one.rstrip('/')} {what}\n" for one, what in told).encode(),
    }


def read(body: bytes) -> Ended:
    """Return what `files` wrote into the first of them. Raises PublishError for what it is not."""
    try:
        told = json.loads(body)
        return Ended(gone=frozenset(told["gone"]), moved=dict(told["moved"]))
    except (ValueError, TypeError, KeyError) as error:
        raise PublishError(f"{FILE} is not as we write it; publish everything again") from error
