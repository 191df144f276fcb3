"""Taking articles out by hand, and letting in what was taken out or held."""

from datetime import datetime

from sqlalchemy import Connection

from aggregator.model import Article, Settings, Source
from aggregator.store import articles as kept
from aggregator.store import aside
from feeds.errors import BroadsheetError
from feeds.urls import canonical


def remove(
    connection: Connection, wanted: str, settings: Settings, *, reason: str, now: datetime
) -> tuple[Article, ...]:
    """Take out all that goes by this address or id, and return it; it comes back by hand alone.

    Raises BroadsheetError where there is nothing of that name.
    """
    found = kept.find(connection, **called(wanted, settings))
    if not found:
        raise unknown("no article in the paper", wanted)
    articles = kept.read(connection, found)
    aside.take_out(connection, found, why=aside.REMOVED, since=now, comment=reason)
    return tuple(articles[one] for one in found)


def restore(connection: Connection, wanted: str, settings: Settings) -> tuple[Article, ...]:
    """Bring back what was removed, withdrawn or held of this address or id, and return it.

    Raises BroadsheetError where there is nothing of that name.
    """
    found = aside.find(connection, **called(wanted, settings))
    if not found:
        raise unknown("nothing that was taken out", wanted)
    back = aside.bring_back(connection, found)
    articles = kept.read(connection, back)
    return tuple(articles[one] for one in back)


def release(
    connection: Connection, source: Source, *, newest: int | None = None, discard: bool = False
) -> tuple[int, int]:
    """Let in what is held of a source, all of it or the newest; return how much, and what stays.

    With `discard` what does not come in is no longer held: it is known, and never news.
    """
    held = aside.held_of(connection, source.id)
    let_in, rest = (held[:newest], held[newest:]) if newest is not None else (held, ())
    if discard and newest is None:
        let_in, rest = (), held
    aside.bring_back(connection, let_in)
    if discard:
        aside.discard(connection, rest)
    return len(let_in), len(rest)


def called(wanted: str, settings: Settings) -> dict[str, str]:
    """Return what an article may go by, where an operator names it by an address or an id."""
    path = wanted.removeprefix(settings.site.base_url).removesuffix("index.html")
    return {"wanted": wanted, "page": canonical(wanted), "path": f"{path.rstrip('/')}/"}


def unknown(what: str, wanted: str) -> BroadsheetError:
    """Return the error for a name that nothing goes by."""
    hint = "write the address of its page, the one it came from or ours, or its id"
    return BroadsheetError(f"{what} goes by {wanted!r}: {hint}")
