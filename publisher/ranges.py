"""Which part of a document a request asks for (RFC 9110, 14). Pure: strings in, decisions out.

One range is understood. Who asks for several is sent the whole, as anybody may be (14.2).
"""

import re
from dataclasses import dataclass
from typing import Final

_ONE_RANGE: Final = re.compile(
    r"\s*(?i:bytes)=\s*(?:(?P<first>[0-9]{1,18})-(?P<last>[0-9]{0,18})|-(?P<most>[0-9]{1,18}))\s*"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """The bytes of a document from `first` on and before `end`; none of them where these meet."""

    first: int
    end: int

    def content_range(self, size: int) -> str:
        """Return the field that says which part of `size` bytes it is (RFC 9110, 14.4)."""
        which = f"{self.first}-{self.end - 1}" if self.first < self.end else "*"
        return f"bytes {which}/{size}"


def part(asked: str | None, size: int, *, etag: str, if_range: str | None) -> Part | None:
    """Return the part to send of `size` bytes, one of none for a 416, or None for the whole.

    `etag` is that of those bytes. If-Range must name it: a date is not taken for it, since two
    editions may be of one second (RFC 9110, 8.8.2.2).
    """
    found = _ONE_RANGE.fullmatch(asked or "")
    if found is None or if_range not in {None, etag}:
        return None
    if found["most"]:
        return Part(first=max(size - int(found["most"]), 0), end=size)
    first, last = int(found["first"]), int(found["last"] or size)
    if last < first and found["last"]:
        return None
    return Part(first=min(first, size), end=min(last + 1, size))
