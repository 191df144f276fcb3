"""Endings: which lists were printed, which of them are no more, and what has taken their place."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from aggregator.model import Section, Slug
from aggregator.selection import FOLDER
from aggregator.store import articles as kept
from aggregator.store import aside
from aggregator.store import layout as laid
from publisher import ended
from publisher.ended import Ended
from publisher.kinds import FEED_KINDS, INDEX, THREAD_KINDS

ARTICLE_FILES = (*(kind.name for kind in THREAD_KINDS), INDEX)
LIST_FILES = (*(kind.name for kind in FEED_KINDS), f"subscribe/{INDEX}", INDEX)


def printed(connection: Connection) -> list[str]:
    """Return the paths of the lists that were printed last."""
    return _noted(connection, "sections")


def note(connection: Connection, lists: Sequence[Section]) -> None:
    """Note that these are the lists that are printed now, and were printed once."""
    paths = [one.path for one in lists]
    laid.note(connection, "lists", json.dumps(sorted({*_ever_printed(connection), *paths})))
    laid.note(connection, "sections", json.dumps(paths))


def deletions(connection: Connection, lists: Sequence[Section]) -> list[str]:
    """Return the files of what was printed once and is no longer: lists and articles."""
    gone = sorted(set(printed(connection)) - {one.path for one in lists})
    pages = sorted(kept.marked(connection, "gone"))
    return [
        *(f"{path}/{name}" for path in gone for name in LIST_FILES),
        *(f"{path}{name}" for path in pages for name in ARTICLE_FILES),
    ]


def are_other(connection: Connection, lists: Sequence[Section]) -> bool:
    """Say whether something ended, moved or came back since it was last told."""
    marked = any(kept.marked(connection, kind) for kind in ("gone", "ended"))
    return marked or printed(connection) != [one.path for one in lists]


def files(
    connection: Connection, lists: Sequence[Section], *, base_url: str
) -> tuple[dict[str, bytes], list[str]]:
    """Return the files that tell servers what ended and what moved, and those to take away."""
    former = _ever_printed(connection) - {one.path for one in lists}
    moved = successors(former, lists)
    told = ended.files(
        Ended(
            gone=frozenset(f"{one}/" for one in former - moved.keys()) | aside.paths(connection),
            moved={f"{one}/": f"{base_url}{path}/" for one, path in moved.items()},
        )
    )
    return told, [one for one in ended.FILES if one not in told]


def successors(former: Iterable[str], lists: Iterable[Section]) -> dict[str, str]:
    """Return where lists are now that are no more where they were: by slug, or by a former one.

    A section's slug is the last part of its path, wherever in the tree it stood.
    """
    now: dict[Slug, str] = {}
    for one in lists:
        now |= dict.fromkeys((one.slug, *one.formerly), one.path)
    found = {path: now.get(_slug(path)) for path in former}
    return {path: heir for path, heir in found.items() if heir}


def _slug(path: str) -> Slug:
    """Return a list's slug by its path: that of a feed of the operator's own is its whole path."""
    return Slug(path if path.startswith(f"{FOLDER}/") else path.rpartition("/")[2])


def _ever_printed(connection: Connection) -> set[str]:
    return {*_noted(connection, "lists"), *printed(connection)}


def _noted(connection: Connection, name: str) -> list[str]:
    noted: list[str] = json.loads(laid.noted(connection, name) or "[]")
    return noted
