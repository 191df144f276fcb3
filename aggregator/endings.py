"""Endings: which lists were printed, which of them are no more, and what has taken their place."""

import json
from collections.abc import Iterable, Sequence

from sqlalchemy import Connection

from aggregator.model import Section, Settings, Slug
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


def files(
    connection: Connection, settings: Settings, lists: Sequence[Section], *, is_all: bool
) -> tuple[dict[str, bytes], list[str]]:
    """Return the files that tell of what was printed once and is no longer, and what is to go.

    Unless it `is_all` that is printed, what is told already is not told again.
    """
    deleted = _deletions(connection, lists)
    if not (is_all or _are_other(connection, lists)):
        return {}, deleted
    told = ended.files(_ended(connection, lists, base_url=settings.site.base_url))
    return told, [*deleted, *(one for one in ended.FILES if one not in told)]


def gone(connection: Connection, lists: Sequence[Section]) -> list[str]:
    """Return the paths of the lists that were printed last and are no longer."""
    return sorted(set(printed(connection)) - {one.path for one in lists})


def _deletions(connection: Connection, lists: Sequence[Section]) -> list[str]:
    """Return the files of what was printed once and is no longer: lists and articles."""
    pages = sorted(kept.marked(connection, "gone"))
    return [
        *(f"{path}/{name}" for path in gone(connection, lists) for name in LIST_FILES),
        *(f"{path}{name}" for path in pages for name in ARTICLE_FILES),
    ]


def _are_other(connection: Connection, lists: Sequence[Section]) -> bool:
    """Say whether something ended, moved or came back since it was last told."""
    marked = any(kept.marked(connection, kind) for kind in ("gone", "ended"))
    return marked or printed(connection) != [one.path for one in lists]


def _ended(connection: Connection, lists: Sequence[Section], *, base_url: str) -> Ended:
    former = _ever_printed(connection) - {one.path for one in lists}
    moved = successors(former, lists)
    return Ended(
        gone=frozenset(f"{one}/" for one in former - moved.keys()) | aside.paths(connection),
        moved={f"{one}/": f"{base_url}{path}/" for one, path in moved.items()},
    )


def successors(former: Iterable[str], lists: Iterable[Section]) -> dict[str, str]:
    """Return where lists are now that are no more where they were: by slug, or by a former one.

    A section's slug is the last part of its path, wherever in the tree it stood.
    """
    now: dict[Slug, str] = {}
    for one in lists:
        now |= dict.fromkeys((one.slug, *one.formerly), one.path)
    found = {path: now.get(slug_of(path)) for path in former}
    return {path: heir for path, heir in found.items() if heir}


def slug_of(path: str) -> Slug:
    """Return a list's slug by its path: that of a feed of the operator's own is its whole path."""
    return Slug(path if path.startswith(f"{FOLDER}/") else path.rpartition("/")[2])


def _ever_printed(connection: Connection) -> set[str]:
    return {*_noted(connection, "lists"), *printed(connection)}


def _noted(connection: Connection, name: str) -> list[str]:
    noted: list[str] = json.loads(laid.noted(connection, name) or "[]")
    return noted
