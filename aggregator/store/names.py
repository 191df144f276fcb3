"""The ledger of names: every name an article ever had in its source, and what it leads to."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, literal, null, select

from aggregator.identity import ON_A_PAGE, Known
from aggregator.model import ArticleId, SourceId
from aggregator.naming import Names
from aggregator.store import many
from aggregator.store.articles import chunks
from aggregator.store.kinds import written
from aggregator.store.tables import articles, aside, names

MOST_NAMES = 40  # of one article; a source that calls it otherwise every hour teaches us no more

_ARTICLE = (
    *(articles.c.id, articles.c.key, articles.c.url_key, articles.c.title),
    *(articles.c.fingerprint, articles.c.published, articles.c.summary),
    *(null().label("aside"), null().label("since"), articles.c.first_seen),
)
_ASIDE = (
    *(aside.c.id, aside.c.key, aside.c.url_key, aside.c.title),
    *(aside.c.fingerprint, aside.c.published, literal("").label("summary")),
    *(aside.c.why.label("aside"), aside.c.since, aside.c.since.label("first_seen")),
)
# Put together once: that takes longer than the answer.
_HERE = names.c.source_id == bindparam("source")
_ANY = select(names.c.name).where(_HERE).limit(1)
_CALLED = tuple(
    select(names.c.name, *columns)
    .join(table, table.c.id == names.c.article_id)
    .where(_HERE, names.c.name.in_(bindparam("some", expanding=True)))
    for table, columns in ((articles, _ARTICLE), (aside, _ASIDE))
)


def known(
    connection: Connection, source_id: SourceId, wanted: Collection[str]
) -> tuple[Known, ...]:
    """Return what we know of a source's articles under these names, the first we met first."""
    found: dict[str, Any] = {}
    called: dict[str, set[str]] = {}
    for some in chunks(wanted):
        for question in _CALLED:
            for row in connection.execute(question, {"source": source_id, "some": some}):
                found[row.id] = row
                called.setdefault(row.id, set()).add(row.name)
    ordered = sorted(found.values(), key=lambda row: (row.first_seen, row.id))
    return tuple(_known(row, frozenset(called[row.id])) for row in ordered)


def latest(connection: Connection, source_id: SourceId, *, limit: int) -> tuple[Known, ...]:
    """Return so many of the articles we met last of a source, in the paper or not."""
    found = [
        row
        for table, columns, met in (
            (articles, _ARTICLE, articles.c.first_seen),
            (aside, _ASIDE, aside.c.since),
        )
        for row in connection.execute(
            _of(select(*columns), table, source_id)
            .order_by(met.desc(), table.c.published.desc(), table.c.id)
            .limit(limit)
        )
    ]
    newest = sorted(found, key=lambda row: (row.first_seen, row.published, row.id), reverse=True)
    return tuple(_known(row, frozenset()) for row in newest[:limit])


def learn(
    connection: Connection,
    source_id: SourceId,
    told: Collection[tuple[ArticleId, Names, Known | None]],
    known: Iterable[Known],
    *,
    now: datetime,
) -> None:
    """Note the names of these articles that are not known yet."""
    crowd = Counter(name for one in known for name in one.names)
    fresh: dict[ArticleId, dict[str, None]] = {}
    for article_id, called, met in told:
        held = met.names if met else frozenset[str]()
        for name in called.all:
            is_crowded = name[0] in "pl" and crowd[name] >= ON_A_PAGE
            if name not in held and not is_crowded:
                crowd[name] += 1
                fresh.setdefault(article_id, {})[name] = None
    met_before = {article_id for article_id, _, met in told if met}
    _add(connection, source_id, fresh, held=_held(connection, met_before & fresh.keys()), now=now)


def add(
    connection: Connection,
    source_id: SourceId,
    fresh: Mapping[ArticleId, Collection[str]],
    *,
    now: datetime,
) -> None:
    """Note names, some of which may be there already, as long as an article has not too many."""
    _add(connection, source_id, fresh, held=_held(connection, fresh), now=now)


def _held(connection: Connection, ids: Collection[str]) -> dict[str, set[str]]:
    held: dict[str, set[str]] = {}
    for some in chunks(ids):
        rows = connection.execute(
            select(names.c.article_id, names.c.name).where(names.c.article_id.in_(some))
        )
        for row in rows:
            held.setdefault(row.article_id, set()).add(row.name)
    return held


def _add(
    connection: Connection,
    source_id: SourceId,
    fresh: Mapping[ArticleId, Collection[str]],
    *,
    held: Mapping[str, set[str]],
    now: datetime,
) -> None:
    since = written(now)
    told = [
        (source_id, name, article_id, since)
        for article_id, all_ in fresh.items()
        for name in list(all_)[: max(MOST_NAMES - len(held.get(article_id, ())), 0)]
        if name not in held.get(article_id, ())
    ]
    many.add_values(connection, names, ("source_id", "name", "article_id", "since"), told)


def is_known(connection: Connection, source_id: SourceId) -> bool:
    """Say whether we ever met an article of a source."""
    return connection.execute(_ANY, {"source": source_id}).first() is not None


def _of(chosen: Select[Any], table: Any, source_id: SourceId) -> Select[Any]:
    return chosen.where(table.c.source_id == source_id)


def _known(row: Any, called: frozenset[str]) -> Known:
    return Known(
        id=ArticleId(row.id),
        key=row.key,
        url_key=row.url_key,
        title=row.title,
        fingerprint=row.fingerprint,
        published=row.published,
        summary=row.summary,
        names=called,
        aside=row.aside,
        since=row.since,
    )
