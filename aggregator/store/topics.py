"""What the paper's feeds say now, for those who are to be told when it changes."""

from collections.abc import Collection, Mapping
from hashlib import sha256

from sqlalchemy import Connection, delete, select, update

from aggregator.store import many
from aggregator.store.articles import chunks
from aggregator.store.told import pings, topics

ENDED = ""  # the digest of a feed that is no longer
IS_THERE = topics.c.digest != ENDED


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
    """Keep that all other feeds are no longer: whoever knew one is told that, too."""
    gone = set(connection.scalars(select(topics.c.path).where(IS_THERE))).difference(paths)
    for some in chunks(gone):
        connection.execute(update(topics).where(topics.c.path.in_(some)).values(digest=ENDED))


def forget(connection: Connection) -> None:
    """Forget the feeds that are no longer, once every hub that knew them knows that."""
    unaware = select(pings.c.topic).where(pings.c.told != ENDED)
    over = (topics.c.digest == ENDED, topics.c.path.not_in(unaware))
    connection.execute(delete(topics).where(*over))


def digests(connection: Connection, paths: Collection[str]) -> dict[str, str]:
    """Return the digests of those of these feeds that are published."""
    return {
        row.path: row.digest
        for some in chunks(paths)
        for row in connection.execute(select(topics).where(topics.c.path.in_(some), IS_THERE))
    }


def digest_of(body: bytes) -> str:
    """Return what tells one state of a feed from another."""
    return sha256(body).hexdigest()
