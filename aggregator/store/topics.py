"""What the paper's feeds say now, for those who are to be told when it changes."""

from collections.abc import Collection, Mapping
from hashlib import sha256

from sqlalchemy import Connection, delete, select

from aggregator.store import many
from aggregator.store.articles import chunks
from aggregator.store.told import topics


def note(connection: Connection, files: Mapping[str, bytes]) -> None:
    """Keep what these feeds say, by their paths, within the transaction that has them printed."""
    known = digests(connection, files)
    now = {path: digest_of(body) for path, body in files.items()}
    news = [
        {"path": path, "digest": digest}
        for path, digest in now.items()
        if known.get(path) != digest
    ]
    many.add(connection, topics, news, held="give way")


def keep_only(connection: Connection, paths: Collection[str]) -> None:
    """Forget the feeds that are no longer, and what anybody knows of them."""
    gone = set(connection.scalars(select(topics.c.path))).difference(paths)
    for some in chunks(gone):
        connection.execute(delete(topics).where(topics.c.path.in_(some)))


def digests(connection: Connection, paths: Collection[str]) -> dict[str, str]:
    """Return the digests of those of these feeds that are published."""
    return {
        path: digest
        for some in chunks(paths)
        for path, digest in connection.execute(select(topics).where(topics.c.path.in_(some)))
    }


def digest_of(body: bytes) -> str:
    """Return what tells one state of a feed from another."""
    return sha256(body).hexdigest()
