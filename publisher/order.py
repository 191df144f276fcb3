"""What the press is to do: which paths it takes, and whose turn is when. Pure."""

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Final

from feeds.errors import PublishError
from publisher import kinds
from publisher.encodings import SUFFIXES

STAGING: Final = ".press"


@dataclass(frozen=True, slots=True, kw_only=True)
class Put:
    """A file to put in place; `modified` in nanoseconds where it is not of this publication."""

    path: str
    body: bytes
    modified: int | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What to put in place, then what to remove, each in its order."""

    puts: list[Put] = field(default_factory=list)
    deletions: list[str] = field(default_factory=list)


def turn(path: str) -> tuple[int, str]:
    """Return when a file's turn comes: what is linked to before what links to it.

    Article pages and all else, then feeds, then the pages of sections, the front page last.
    """
    folder, _, name = path.rpartition("/")
    if path.startswith(f"{kinds.ARTICLES}/"):
        return 0, path
    if name == kinds.INDEX:
        return (2 if folder else 3), path
    return (1 if name.endswith((".xml", ".json", ".opml")) else 0), path


def check_paths(files: Collection[str], delete: Collection[str]) -> None:
    """Raise PublishError unless all are plain paths, none beneath another, each wanted or not."""
    for path in (*files, *delete):
        _check_path(path)
        if path in files and path in delete:
            raise PublishError(f"{path}: to be written and to be deleted at once")
    for path in files:
        parts = path.split("/")
        for depth in range(1, len(parts)):
            folder = "/".join(parts[:depth])
            if folder in files:
                raise PublishError(f"{folder}: a file, and the folder of {path}, at once")


def _check_path(path: str) -> None:
    parts = path.split("/")
    if {"", ".", ".."} & set(parts) or "\\" in path or not path.isprintable():
        raise PublishError(f"{path!r}: not a plain path within the paper")
    if parts[0].casefold() == STAGING:
        raise PublishError(f"{path!r}: {STAGING} is ours")
    if path.endswith(SUFFIXES):
        raise PublishError(f"{path!r}: the press packs files itself")
