"""What somebody may have meant who asked for an article that is not there."""

from difflib import get_close_matches
from urllib.parse import urlsplit

from sqlalchemy import Connection, and_, func, select

from aggregator.store.tables import articles

_AMONG = 2_000  # pages of one host that are looked at
_LEAST = 4  # letters that say something of a title
MOST = 3


def nearby(connection: Connection, wanted: str, *, page: str) -> tuple[tuple[str, str], ...]:
    """Return the pages, or ids, of articles most like what was asked for, each with its title.

    Of an address, pages of the same host; of anything else, titles that hold it.
    """
    host = urlsplit(page).netloc
    return _pages(connection, page) if host else _titles(connection, wanted)


def _pages(connection: Connection, page: str) -> tuple[tuple[str, str], ...]:
    scheme, host = urlsplit(page)[:2]
    found: dict[str, tuple[str, str]] = {}
    for one in (scheme, "http" if scheme == "https" else "https"):
        start = f"{one}://{host}/"
        beneath = and_(articles.c.url_key >= start, articles.c.url_key < f"{start[:-1]}0")
        rows = connection.execute(
            select(articles.c.url_key, articles.c.permalink, articles.c.title)
            .where(beneath)
            .order_by(articles.c.published.desc(), articles.c.id)
            .limit(_AMONG)
        )
        found |= {row.url_key: (row.permalink, row.title) for row in rows}
    return tuple(found[one] for one in get_close_matches(page, found, n=MOST, cutoff=0.7))


def _titles(connection: Connection, wanted: str) -> tuple[tuple[str, str], ...]:
    if len(wanted.strip()) < _LEAST:
        return ()
    rows = connection.execute(
        select(articles.c.id, articles.c.title)
        .where(func.lower(articles.c.title).contains(wanted.strip().lower(), autoescape=True))
        .order_by(articles.c.published.desc(), articles.c.id)
        .limit(MOST)
    )
    return tuple((row.id, row.title) for row in rows)
