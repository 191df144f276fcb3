"""The content codings a file is published in beside itself (RFC 9110, 8.4.1). Pure.

The same body has the same packings on the same releases of the libraries: no time, no name and
no chance is in them.
"""

import gzip
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import brotli
import zstandard

from publisher import kinds

_LEAST: Final = 1024  # bytes; below, an answer is one packet either way


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """A content coding: its `name` in header fields, and what is added to its files' names.

    `pack` takes a body; `unpack` takes what was packed and the most bytes to return.
    """

    name: str
    suffix: str
    pack: Callable[[bytes], bytes]
    unpack: Callable[[bytes, int], bytes]


def _gunzip(packed: bytes, most: int) -> bytes:
    stream = zlib.decompressobj(wbits=31)
    body = stream.decompress(packed, most)
    if not stream.eof:
        raise zlib.error("more than expected, or cut short")
    return body


def _from_brotli(packed: bytes, most: int) -> bytes:
    stream = brotli.Decompressor()
    body: bytes = stream.process(packed, output_buffer_limit=most)
    if not stream.is_finished():
        raise brotli.error("more than expected, or cut short")
    return body


def _from_zstd(packed: bytes, most: int) -> bytes:
    with zstandard.ZstdDecompressor().stream_reader(packed) as reader:
        return reader.read(most)


# The levels are where more time no longer buys bytes (decision 25).
GZIP: Final = Encoding(
    name="gzip",
    suffix=".gz",
    pack=lambda body: gzip.compress(body, 6, mtime=0),
    unpack=_gunzip,
)
BROTLI: Final = Encoding(
    name="br",
    suffix=".br",
    pack=lambda body: brotli.compress(body, quality=5),
    unpack=_from_brotli,
)
ZSTD: Final = Encoding(
    name="zstd",
    suffix=".zst",
    pack=lambda body: zstandard.compress(body, 9),
    unpack=_from_zstd,
)
ALL: Final = (BROTLI, ZSTD, GZIP)  # the smallest first: of those equally welcome it is sent
SUFFIXES: Final = tuple(one.suffix for one in ALL)


def for_file(path: str, size: int) -> tuple[Encoding, ...]:
    """Return the encodings that a file of `size` bytes is published in: none, one or all.

    An article's page, and its thread, are asked for a few times and there are many: gzip alone is
    worth its file.
    What is hidden nobody asks for.
    """
    if size <= _LEAST or path.startswith(".") or not kinds.is_text(kinds.media_type(path)):
        return ()
    return (GZIP,) if kinds.is_article(path) else ALL


def packings(path: str, body: bytes) -> dict[str, bytes]:
    """Return the packed files beside `path`, by their paths, without those that save nothing."""
    packed = {
        f"{path}{encoding.suffix}": encoding.pack(body) for encoding in for_file(path, len(body))
    }
    return {name: data for name, data in packed.items() if len(data) < len(body)}


def is_packing(encoding: Encoding, packed: bytes, body: bytes) -> bool:
    """Return whether `packed` is `body` in that encoding, and not what was there before it."""
    try:
        return encoding.unpack(packed, len(body) + 1) == body
    except (zlib.error, brotli.error, zstandard.ZstdError):
        return False
