"""Answers as they go over the wire, kept for the next who asks the same of the same file.

Pollers do so again and again. What is to be said is decided once; from then on it is bytes.
"""

from collections.abc import Iterable
from http import HTTPStatus
from itertools import chain
from typing import Final, NamedTuple

from publisher.shelf import Document

Fields = Iterable[tuple[bytes, bytes]]

# What an answer to a GET follows from, beside the file. Parts are cut anew for each who asks.
_OF_THE_WHOLE: Final = frozenset({b"accept-encoding", b"if-none-match", b"if-modified-since"})
_OF_A_PART: Final = frozenset({b"a-im", b"range", b"if-range"})
_ALL: Final = _OF_THE_WHOLE | _OF_A_PART
_MOST: Final = 4096  # answers, of a kilobyte or two: none holds its document
_LONGEST: Final = 512  # bytes of what is asked


class Ready(NamedTuple):
    """An answer: its head, but for the date and the empty line, and its body."""

    head: bytes
    body: bytes


class Answers:
    """What was answered to GETs of whole documents. For one thread."""

    def __init__(self) -> None:
        self._heads: dict[tuple[object, ...], tuple[bytes, str | None]] = {}

    def find(self, document: Document, fields: Fields) -> Ready | None:
        """Return what was answered when the same was asked of this very document, or None."""
        known = self._heads.get((document.serial, *_wishes(fields)))
        if known is None:
            return None
        head, encoding = known
        return Ready(head, b"" if encoding is None else _body(document, encoding))

    def keep(self, document: Document, asked: Fields, status: int, told: Fields) -> None:
        """Keep what is told in the fields of an answer to what was asked in those of a request.

        Not if that was for a part, nor what is so long that it will hardly be asked again.
        """
        wishes = _wishes(asked)
        is_long = len(b"".join(chain(*wishes))) > _LONGEST
        if is_long or any(name in _OF_A_PART for name, _ in wishes):
            return
        if len(self._heads) >= _MOST:
            self._heads.clear()
        encoding = dict(told).get(b"content-encoding", b"identity").decode()
        is_empty = status == HTTPStatus.NOT_MODIFIED
        key = (document.serial, *wishes)
        self._heads[key] = _head(status, told), None if is_empty else encoding


def _wishes(fields: Fields) -> list[tuple[bytes, bytes]]:
    """Return what of a request's fields its answer follows from, in its order."""
    return [each for each in fields if each[0] in _ALL]


def _body(document: Document, encoding: str) -> bytes:
    return document.body if encoding == "identity" else document.packed[encoding]


def _head(status: int, fields: Fields) -> bytes:
    line = b"HTTP/1.1 %d %b" % (status, HTTPStatus(status).phrase.encode())
    return b"\r\n".join([line, *(b"%b: %b" % each for each in fields), b""])
