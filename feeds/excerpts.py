"""The beginning of an article in plain text, found without reading all of it. Pure."""

import re

from feeds.boilerplate import own_words
from feeds.characters import clean_text
from feeds.markup import own_text, text_of
from feeds.model import Text, TextKind

_OPENING, _LOOSE = 3, 32  # times an excerpt's length in markup; characters a text may end in
_SENTENCE_END = re.compile("[.!?\u2026][\"'\u201d\u2019\u00bb)\\]]*(?=\\s|$)|[\u3002\uff01\uff1f]")


def excerpt(text: Text, *, length: int) -> str:
    """Return at most `length` characters of plain text, cut where a sentence or a word ends."""
    whole = _begun(text.value, length) if text.kind is TextKind.HTML else clean_text(text.value)
    if len(whole) <= length:
        return whole
    room = whole[: max(length - 1, 0)]
    ends = [match.end() for match in _SENTENCE_END.finditer(room) if match.end() >= length // 2]
    if ends:
        return room[: ends[-1]]
    words = room.rpartition(" ")[0] if whole[len(room) : len(room) + 1] not in {" ", ""} else room
    return (words or room).rstrip(" ,;:-\u2013\u2014") + "…" if length > 0 else ""


def _begun(html: str, length: int) -> str:
    """Return `own_text`, or so much of its beginning that an excerpt of it is the same.

    What is said at the end of a beginning may be said otherwise by what follows; some letters
    before it that is over.
    """
    end = html.rfind("<", 0, _OPENING * length) if len(html) > 2 * _OPENING * length else -1
    if end > 0 and html.count("<aside>", 0, end) == html.count("</aside>", 0, end):
        begun = text_of(own_words(html[:end]))
        if len(begun) > length + _LOOSE:
            return begun
    return own_text(html)
