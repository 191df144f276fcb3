"""What a server may send us, and how it is unpacked. Pure: bytes in, bytes out."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from feeds.errors import FetchError, TooLargeError, Trouble

_GZIP = frozenset({"gzip", "x-gzip"})  # the same thing (RFC 9110, 8.4.1.3)
_WITH_GZIP_HEADER = 31  # zlib's name for "the largest window, in a gzip wrapper"
_PIECE = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long we wait for a server and how much we take from it; sizes are in bytes.

    `connect` bounds each of looking a name up, connecting and the TLS handshake, `read` one
    silence of the server. `wire` counts all it sends in one fetch, redirects and headers too.
    Past `free` decoded bytes, a body may be at most `ratio` times its size on the wire.
    """

    connect: timedelta = timedelta(seconds=5)
    read: timedelta = timedelta(seconds=10)
    wire: int = 10_000_000
    decoded: int = 20_000_000
    ratio: int = 100
    free: int = 1_000_000
    redirects: int = 5


def megabytes(size: int) -> str:
    """Return `size` bytes in words."""
    return f"{size / 1_000_000:g} MB"


def decode(pieces: Iterable[bytes], coding: str, *, limits: Limits) -> bytes:
    """Return the document that arrives in `pieces`, sent with this Content-Encoding.

    Raise FetchError for a body that is cut short or coded otherwise than we asked for, and
    TooLargeError for one that grows beyond `limits` while it is unpacked.
    """
    match coding.strip().lower():
        case "" | "identity":
            return b"".join(pieces)
        case gzip if gzip in _GZIP:
            return _gunzip(pieces, limits)
        case other:  # one coding only: a chain of them is a bomb in a bomb
            raise FetchError(
                f"the answer is packed as {other[:40]!a}; we ask for gzip or nothing",
                trouble=Trouble.BROKEN,
            )


def _gunzip(pieces: Iterable[bytes], limits: Limits) -> bytes:
    """Unpack a gzip file of one or more members (RFC 1952, 2.2), zero padding allowed."""
    document = bytearray()
    wire = members = 0
    member: zlib._Decompress | None = None
    for piece in pieces:
        wire += len(piece)
        rest = piece
        while rest := rest if member or not members else rest.lstrip(b"\0"):
            member = member or zlib.decompressobj(_WITH_GZIP_HEADER)
            for part in _inflate(member, rest):
                document += part
                _check_size(len(document), wire, limits)
            rest = member.unused_data
            if member.eof:
                member = None
                members += 1
    if member is not None or not members:
        raise FetchError(
            "the packed answer is cut short; we wait for a whole one", trouble=Trouble.BROKEN
        )
    return bytes(document)


def _inflate(member: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    """Yield what `packed` adds to the member, in pieces small enough to stop a bomb early."""
    while True:
        try:
            part = member.decompress(packed, _PIECE)
        except zlib.error as error:
            raise FetchError(
                "the answer says it is packed with gzip, but it is not", trouble=Trouble.BROKEN
            ) from error
        yield part
        packed = member.unconsumed_tail
        if member.eof or (not packed and len(part) < _PIECE):
            return


def _check_size(decoded: int, wire: int, limits: Limits) -> None:
    if decoded > limits.decoded:
        raise TooLargeError(f"the document is larger than {megabytes(limits.decoded)} unpacked")
    if decoded > limits.free and decoded > wire * limits.ratio:
        raise TooLargeError(
            f"the answer unpacks to more than {limits.ratio} times its size; that is an attack"
        )
