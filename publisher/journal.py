"""What a crash must not interrupt: the journal of one publication, and the disk calls under it.

The journal is one JSON document, so that half of it can never be taken for the whole.
"""

import ctypes
import json
import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from feeds.errors import PublishError

FILE_MODE: Final = 0o644
FOLDER_MODE: Final = 0o755

_syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """A staged file and where in the output it goes; `sha256` of what it holds, in hex."""

    target: str
    staged: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """All that is left to do once the staged files are safe, in order: moves, then deletions."""

    moves: tuple[Move, ...] = ()
    deletions: tuple[str, ...] = ()


def encode(journal: Journal) -> bytes:
    """Return the journal as it is kept."""
    return json.dumps(asdict(journal)).encode()


def read(path: Path) -> Journal | None:
    """Return the journal kept at `path`, or None where there is none.

    Raises PublishError when what is there is no journal of ours.
    """
    try:
        kept = json.loads(path.read_bytes())
        moves = tuple(Move(**move) for move in kept["moves"])
        return Journal(moves=moves, deletions=tuple(kept["deletions"]))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise PublishError(
            f"{path}: not a journal we can read ({error}); remove it, then publish everything again"
        ) from error


def write_file(path: Path, body: bytes, *, modified: int | None = None) -> None:
    """Write a new file that every web server may read, whatever our umask; not yet synced.

    `modified` is the time it shall have, in nanoseconds of the epoch, if not that of the writing.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, FILE_MODE)
    try:
        os.fchmod(descriptor, FILE_MODE)
        rest = memoryview(body)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        if modified is not None:
            os.utime(descriptor, ns=(modified, modified))
    finally:
        os.close(descriptor)


def make_folders(folder: Path, *, within: Path, beside: Path) -> None:
    """Make a folder and those around it up to `within`, each readable from its first instant.

    A folder is made as `beside` and then moved: mkdir itself bows to the umask.
    """
    if folder == within or folder.is_dir():
        return
    make_folders(folder.parent, within=within, beside=beside)
    with suppress(FileNotFoundError):
        beside.rmdir()
    beside.mkdir()
    beside.chmod(FOLDER_MODE)
    beside.rename(folder)


def sync(paths: Iterable[Path], *, root: Path) -> None:
    """Return once the paths are on the disk; with syncfs in one go, else one by one."""
    if _syncfs is None:
        for path in paths:
            sync_one(path)
        return
    descriptor = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(root))
    finally:
        os.close(descriptor)


def sync_one(path: Path) -> None:
    """Return once one file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
