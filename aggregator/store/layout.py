"""What to lay out: the newest of each section, and what leads to what."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BindParameter,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    insert,
    or_,
    select,
    update,
)

from aggregator.editorial import led
from aggregator.model import ArticleId, Placement, Relation, Slug, SourceId
from aggregator.ruling import Kind
from aggregator.store import rulings
from aggregator.store.articles import chunks
from aggregator.store.decided import copies
from aggregator.store.sources import REMOVED
from aggregator.store.tables import articles, aside, ledger, placements, relations, sources

FAIR_AMONG = 8  # times as many of the newest are looked at as are wanted, to be fair to all


def _listed(section: Slug | BindParameter[str]) -> Select[Any]:
    return (
        select(placements.c.article_id)
        .join(articles, articles.c.id == placements.c.article_id)
        .where(placements.c.section == section)
    )


def _standing(chosen: Select[Any], table: Table = articles) -> Select[Any]:
    """Leave out what belongs to sources that are no longer configured."""
    return chosen.join(sources, sources.c.id == table.c.source_id).where(sources.c.state != REMOVED)


def _leading(chosen: Select[Any]) -> Select[Any]:
    """Leave out copies, too: of one text the leader alone is listed."""
    others = chosen.outerjoin(copies, copies.c.article_id == articles.c.id)
    return _standing(others).where(copies.c.article_id.is_(None))


_moment, _identity = placements.c.published, placements.c.article_id
_then: BindParameter[datetime] = bindparam("published", type_=placements.c.published.type)
_than: BindParameter[str] = bindparam("than")
# Built once: they are asked for every page, and putting them together takes longer than the answer.
_BEFORE = (
    _leading(_listed(bindparam("section")))
    .add_columns(_moment)
    .where(or_(_moment < _then, and_(_moment == _then, _identity < _than)))
    .order_by(_moment.desc(), _identity.desc())
    .limit(bindparam("limit"))
)
_AFTER = (
    _leading(_listed(bindparam("section")))
    .add_columns(_moment)
    .where(or_(_moment > _then, and_(_moment == _then, _identity > _than)))
    .order_by(_moment, _identity)
    .limit(bindparam("limit"))
)


def latest(connection: Connection, section: Slug | None, *, limit: int) -> tuple[ArticleId, ...]:
    """Return the newest articles of a section, or of the whole paper, newest first.

    No source floods it: one that fills more than a quarter makes room for what the others have.
    """
    if section is None:
        moment, identity, chosen = articles.c.published, articles.c.id, select(articles.c.id)
    else:
        moment, identity = placements.c.published, placements.c.article_id
        chosen = _listed(section)
    chosen = _leading(chosen.add_columns(articles.c.source_id))
    rows = connection.execute(
        chosen.order_by(moment.desc(), identity.desc()).limit(limit * FAIR_AMONG)
    )
    return fair([(ArticleId(row[0]), SourceId(row[1])) for row in rows], limit=limit)


def is_any(connection: Connection) -> bool:
    """Say whether there is an article of a source that is configured, be it a copy."""
    return connection.execute(_standing(select(articles.c.id)).limit(1)).first() is not None


def listing(section: Slug | None) -> Select[Any]:
    """Return the question which articles are listed in a section, or in the whole paper."""
    return _leading(select(articles.c.id) if section is None else _listed(section))


def was_emptied(connection: Connection, *, by: Collection[str]) -> bool:
    """Say whether articles of sources that are configured were in the paper and are no more.

    That is, whether `aggregator.store.aside` holds any that was taken out, `by` whatever reason.
    """
    taken_out = _standing(select(aside.c.id), aside).where(aside.c.why.in_(sorted(by))).limit(1)
    return connection.execute(taken_out).first() is not None


def fair(newest: Sequence[tuple[ArticleId, SourceId]], *, limit: int) -> tuple[ArticleId, ...]:
    """Return so many of the newest, in their order, no source more than its share if it can be."""
    share = max(limit // 4, 1)
    counted: Counter[SourceId] = Counter()
    within: list[int] = []
    beyond: list[int] = []
    for place, (_, source) in enumerate(newest):
        counted[source] += 1
        (within if counted[source] <= share else beyond).append(place)
    chosen = sorted([*within, *beyond][:limit])
    return tuple(newest[place][0] for place in chosen)


def before(
    connection: Connection, section: Slug, published: datetime, than: ArticleId, *, limit: int
) -> tuple[ArticleId, ...]:
    """Return the section's articles that came just before this one, newest first."""
    place = {"section": section, "published": published, "than": than, "limit": limit}
    return tuple(ArticleId(one) for one in connection.scalars(_BEFORE, place))


def after(
    connection: Connection, section: Slug, published: datetime, than: ArticleId, *, limit: int
) -> tuple[ArticleId, ...]:
    """Return the section's articles that came just after this one, oldest first."""
    place = {"section": section, "published": published, "than": than, "limit": limit}
    return tuple(ArticleId(one) for one in connection.scalars(_AFTER, place))


def around(
    connection: Connection, section: Slug, published: datetime, than: ArticleId, *, limit: int
) -> tuple[ArticleId, ...]:
    """Return the section's articles whose pages show this one: the one before it, some after.

    With them the copies that stand among them: no page shows a copy, but its own shows the others.
    """
    place = {"section": section, "published": published, "than": than}
    first = connection.execute(_BEFORE, place | {"limit": 1}).first()
    later = connection.execute(_AFTER, place | {"limit": limit}).all()
    among = select(_identity).where(placements.c.section == section, _identity != than)
    if first is not None:
        low, least = _moment > first.published, _identity >= first.article_id
        among = among.where(or_(low, and_(_moment == first.published, least)))
    if len(later) == limit:
        last = later[-1]
        high, most = _moment < last.published, _identity <= last.article_id
        among = among.where(or_(high, and_(_moment == last.published, most)))
    return tuple(ArticleId(one) for one in connection.scalars(among))


def placements_of(
    connection: Connection, ids: Collection[str]
) -> dict[ArticleId, tuple[Placement, ...]]:
    """Return where these articles are placed, home section first."""
    found: dict[ArticleId, list[Placement]] = defaultdict(list)
    for some in chunks(ids):
        rows = connection.execute(
            select(placements)
            .where(placements.c.article_id.in_(some))
            .order_by(placements.c.article_id, placements.c.rank)
        )
        for row in rows:
            found[ArticleId(row.article_id)].append(
                Placement(
                    section=Slug(row.section),
                    rank=row.rank,
                    reason=row.reason,
                    method=row.method or "",
                )
            )
    return {identity: tuple(where) for identity, where in found.items()}


def relations_of(
    connection: Connection, ids: Collection[str]
) -> dict[ArticleId, tuple[Relation, ...]]:
    """Return what these articles lead to, best first: what editors say, then what was found."""
    found: dict[ArticleId, list[Relation]] = defaultdict(list)
    for some in chunks(ids):
        rows = connection.execute(
            select(relations)
            .where(relations.c.article_id.in_(some))
            .order_by(relations.c.article_id, relations.c.rank)
        )
        for row in rows:
            found[ArticleId(row.article_id)].append(_relation(row))
    chosen = rulings.of(connection, Kind.RELATED, ids)
    never = rulings.of(connection, Kind.NEVER_RELATED, ids)
    everything = {
        one: led(found[one], tuple(map(ArticleId, chosen.get(one, ()))), never.get(one, ()))
        for one in sorted(found.keys() | chosen.keys())
    }
    return {one: relations for one, relations in everything.items() if relations}


def relating(connection: Connection, ids: Collection[str]) -> set[ArticleId]:
    """Return the articles that lead to any of these."""
    return {
        ArticleId(identity)
        for some in chunks(ids)
        for identity in connection.scalars(
            select(relations.c.article_id).where(relations.c.related_id.in_(some))
        )
    } | rulings.leading_to(connection, ids)


def noted(connection: Connection, name: str) -> str | None:
    """Return what the ledger holds under a name."""
    return connection.scalar(select(ledger.c.value).where(ledger.c.name == name))


def names(connection: Connection, prefix: str) -> tuple[str, ...]:
    """Return the names in the ledger that begin so."""
    found = select(ledger.c.name).where(ledger.c.name.startswith(prefix, autoescape=True))
    return tuple(connection.scalars(found.order_by(ledger.c.name)))


def note(connection: Connection, name: str, value: str) -> None:
    """Write into the ledger, over what was there."""
    if noted(connection, name) is None:
        connection.execute(insert(ledger).values(name=name, value=value))
    else:
        connection.execute(update(ledger).where(ledger.c.name == name).values(value=value))


def renamed(connection: Connection, old: str, new: str) -> None:
    """Have the ledger hold under another name what it holds under this one."""
    connection.execute(update(ledger).where(ledger.c.name == old).values(name=new))


def holds(connection: Connection, value: str) -> bool:
    """Say whether the ledger holds this under any name."""
    return connection.scalar(select(ledger.c.name).where(ledger.c.value == value)) is not None


def minted(connection: Connection, name: str, value: str) -> str:
    """Return what the ledger holds under a name; the first value ever given stays for ever."""
    held = noted(connection, name)
    if held is None:
        connection.execute(insert(ledger).values(name=name, value=value))
        return value
    return held


def _relation(row: Any) -> Relation:
    return Relation(
        article_id=ArticleId(row.related_id),
        score=row.score,
        phrases=tuple(row.reason["phrases"]),
        terms=tuple(row.reason["terms"]),
        figures=tuple(row.reason.get("figures", {}).items()),  # before 0.1.0 there were none
        method=row.reason.get("method", "related-1"),
        tongue=row.reason.get("tongue", ""),
    )
