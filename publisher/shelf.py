"""The published files as documents to hand out: found safely, read whole, tagged by content."""

import errno
import os
import re
import stat
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

from feeds.errors import PublishError
from publisher import encodings, ended, kinds, links
from publisher.ended import Ended, Gone, Moved

_ORIGIN = re.compile(rb"https?://[^/]*", re.IGNORECASE)  # the absolute form (RFC 9112, 3.2.2)
_NAME = re.compile(r"[^\x00-\x1f\x7f/\\]+")
_NOT_THERE = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG}
_READING = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC  # wait for no pipe
_KEPT_BYTES = 32 * 1024 * 1024
_KNOWN_PATHS = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as handed out: `path` in the paper, its body, and its packed forms by encoding.

    `etag` is strong and quoted; `modified` is the file's own time in whole seconds; `links` is
    its Link header, "" for none. No two that were ever read have one `serial`.
    """

    path: str
    body: bytes
    etag: str
    modified: datetime
    links: str = ""
    packed: Mapping[str, bytes] = field(default_factory=dict)
    serial: int = field(default_factory=count().__next__, compare=False)

    @property
    def media_type(self) -> str:
        """Return its media type, with its charset where it has one."""
        return kinds.media_type(self.path)

    @property
    def size(self) -> int:
        """Return the bytes it takes in memory."""
        return len(self.body) + sum(map(len, self.packed.values()))

    def tag(self, encoding: str | None) -> str:
        """Return the tag of a packed form: other bytes, another tag (RFC 9110, 8.8.1)."""
        return self.etag if encoding is None else f'{self.etag[:-1]}-{encoding}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Folder:
    """A directory that has a page, asked for without its final slash; `name` is its last part."""

    name: str


class Shelf:
    """The documents below one directory, whose files may be replaced at any moment.

    Recently used ones are kept in memory, 32 MB at most, for as long as their file is the same.
    """

    def __init__(self, output: Path) -> None:
        self._output = output
        self._kept: OrderedDict[_Key, Document] = OrderedDict()
        self._size = 0
        self._lock = Lock()
        self._known: dict[bytes, tuple[Path, str]] = {}  # files and names by the paths asked for
        self._ended: tuple[_Key | None, Ended] = (None, Ended())

    def kept(self, raw_path: bytes) -> Document | None:
        """Return what `find` would, if it is in memory and its file is as it was, or None.

        That costs one look at the file's status: it need not be asked in another thread.
        """
        known = self._known.get(raw_path)
        if known is None:
            return None
        file, name = known
        try:
            key = _key(name, file.stat())
        except OSError:
            return None
        return self._recall(key) if key else None

    def find(self, raw_path: bytes) -> Document | Folder | None:
        """Return what stands at a request's path, still percent-encoded, or None for nothing.

        Nothing hidden is ever found, nor a packed form by its own name, nor anything outside the
        directory, by whatever name or symbolic link. Raises PublishError where something is there
        but cannot be read.
        """
        parts = _parts(raw_path)
        if parts is None:
            return None
        try:
            root = os.path.realpath(self._output, strict=True)
            real = Path(os.path.realpath(Path(root, *parts), strict=True))
            if not real.is_relative_to(root) or any(map(_is_hidden, real.relative_to(root).parts)):
                return None
            if real.is_dir():
                return Folder(name=parts[-1]) if (real / kinds.INDEX).is_file() else None
            document = self._read(real, "/".join(parts))
        except OSError as error:
            if error.errno in _NOT_THERE:
                return None
            raise PublishError(f"{'/'.join(parts)} cannot be read: {error.strerror}") from error
        if document is not None:
            self._know(raw_path, Path(self._output, *parts), document.path)
        return document

    def gone(self, raw_path: bytes) -> Gone | Moved | None:
        """Return what has become of what once stood where `find` finds nothing, if anything did.

        Raises PublishError where that cannot be known just now.
        """
        parts = _parts(raw_path)
        return self._all_ended().find("/".join(parts)) if parts else None

    def _all_ended(self) -> Ended:
        """Return what the press says has ended, read again when it is written again."""
        try:
            descriptor = os.open(self._output / ended.FILE, _READING)
            with open(descriptor, "rb") as file:  # noqa: PTH123  a descriptor has no Path
                key = _key(ended.FILE, os.fstat(descriptor))
                if self._ended[0] != key:
                    self._ended = key, ended.read(file.read())
        except OSError as error:
            if error.errno not in _NOT_THERE:
                raise PublishError(f"{ended.FILE} cannot be read: {error.strerror}") from error
            return Ended()
        return self._ended[1]

    def _read(self, real: Path, name: str) -> Document | None:
        """Read from one descriptor, so that a file replaced meanwhile is all old or all new."""
        descriptor = os.open(real, _READING)
        with open(descriptor, "rb") as file:  # noqa: PTH123  a descriptor has no Path
            key = _key(name, os.fstat(descriptor))
            if key is None:
                return None
            kept = self._recall(key)
            if kept is not None:
                return kept
            body = file.read()
            unchanged = key == _key(name, os.fstat(descriptor))
        document = Document(
            path=name,
            body=body,
            etag=f'"{sha256(body).hexdigest()[:32]}"',
            modified=datetime.fromtimestamp(key.mtime_ns // 10**9, UTC),
            links=links.header(name, body),
            packed=dict(_packed(real, name, body)),
        )
        # packed forms may follow their file, where a tree is copied here or brought up to date
        if unchanged and len(document.packed) == len(encodings.for_file(name, len(body))):
            self._keep(key, document)
        return document

    def _know(self, raw_path: bytes, file: Path, name: str) -> None:
        if len(self._known) >= _KNOWN_PATHS:
            self._known.clear()  # one file has many spellings; they are soon learnt anew
        self._known[raw_path] = (file, name)

    def _recall(self, key: "_Key") -> Document | None:
        with self._lock:
            document = self._kept.get(key)
            if document is not None:
                self._kept.move_to_end(key)
            return document

    def _keep(self, key: "_Key", document: Document) -> None:
        with self._lock:
            replaced = self._kept.pop(key, None)
            self._size += document.size - (replaced.size if replaced else 0)
            self._kept[key] = document
            while self._size > _KEPT_BYTES:
                self._size -= self._kept.popitem(last=False)[1].size


class _Key(NamedTuple):
    """What stays the same for as long as a file does; an inode's number alone is used again."""

    name: str
    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


def _key(name: str, status: os.stat_result) -> _Key | None:
    """Return None for what is not a regular file: a pipe would be read for ever."""
    if not stat.S_ISREG(status.st_mode):
        return None
    return _Key(
        name,
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
        status.st_ctime_ns,
    )


def _parts(raw_path: bytes) -> list[str] | None:
    """Return the names a path leads through, or None for a path we have no use for.

    The path is cut at its slashes before it is decoded, so an encoded one opens no back door.
    """
    parts = []
    *folders, last = _ORIGIN.sub(b"", raw_path, count=1).removeprefix(b"/").split(b"/")
    for encoded in (*folders, last or kinds.INDEX.encode()):
        try:
            part = unquote_to_bytes(encoded).decode()
        except UnicodeDecodeError:
            return None
        if _is_hidden(part) or not _NAME.fullmatch(part):
            return None
        parts.append(part)
    return None if parts[-1].endswith(encodings.SUFFIXES) else parts


def _is_hidden(part: str) -> bool:
    return part.startswith(".")


def _packed(real: Path, name: str, body: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield the packed forms beside a file that hold what it holds, whatever their time says.

    A form of what was there before, or that a copy left behind, is none of this document.
    """
    for encoding in encodings.for_file(name, len(body)):
        with suppress(OSError):
            packed = _start_of(real.with_name(f"{real.name}{encoding.suffix}"), len(body))
            if encodings.is_packing(encoding, packed, body):
                yield encoding.name, packed


def _start_of(path: Path, most: int) -> bytes:
    with open(os.open(path, _READING), "rb") as file:  # noqa: PTH123  a descriptor has no Path
        return file.read(most) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else b""
