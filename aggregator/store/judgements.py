"""What was decided about articles: their sections, their terms, and what they lead to."""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, or_, select, text, update

from aggregator.model import ArticleId, Placement, Relation, SourceId
from aggregator.store.articles import chunks
from aggregator.store.decided import copies
from aggregator.store.layout import note, noted
from aggregator.store.portable import whole
from aggregator.store.sources import REMOVED
from aggregator.store.tables import (
    articles,
    frequencies,
    placements,
    relations,
    sources,
    terms,
)

MOST = 20  # times as many articles are looked at as are wanted, before languages and sources
ALL = ("all", "")  # the row of frequencies that counts the documents themselves

# Products are added up as whole numbers: a sum of fractions depends on the order they come in.
WEIGHED = 1e12  # of them make one

# Built once: putting it together takes longer than SQLite takes to answer it. Of each source only
# the nearest few are candidates, or one that repeats itself would push out all others.
_own, _other = terms.alias("own"), terms.alias("other")
NEAREST = (
    select(
        _other.c.article_id,
        func.sum(whole(_own.c.weight * _other.c.weight * WEIGHED)).label("weight"),
    )
    .select_from(_own.join(_other, (_other.c.term == _own.c.term) & (_other.c.kind == _own.c.kind)))
    .where(_own.c.article_id == bindparam("article_id"), _own.c.leads.is_(True))
    .where(_other.c.article_id != bindparam("article_id"))
    .group_by(_other.c.article_id)
    .order_by(text("weight DESC"), _other.c.article_id)
    .limit(bindparam("most"))
    .subquery()
)
_among_its_source = (
    func.row_number()
    .over(
        partition_by=articles.c.source_id,
        order_by=(NEAREST.c.weight.desc(), NEAREST.c.article_id),
    )
    .label("place")
)
_standing = (
    select(NEAREST, articles.c.source_id, _among_its_source)
    .join(articles, articles.c.id == NEAREST.c.article_id)
    .join(sources, sources.c.id == articles.c.source_id)
    .outerjoin(copies, copies.c.article_id == articles.c.id)
    .where(sources.c.state != REMOVED, copies.c.article_id.is_(None))
    .where(
        or_(
            func.lower(articles.c.language) == bindparam("language"),
            func.lower(articles.c.language).like(bindparam("dialects")),
        )
    )
    .subquery()
)
_NEIGHBOURS = (
    select(_standing.c.article_id, _standing.c.source_id)
    .where(_standing.c.place <= bindparam("of_each"))
    .order_by(_standing.c.weight.desc(), _standing.c.article_id)
    .limit(bindparam("limit"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One of an article's heaviest terms: its kind ("stem", "phrase"), weight and spelling.

    It `leads` to other articles unless so many have it that it says nothing of them.
    """

    kind: str
    term: str
    weight: float
    surface: str = ""
    leads: bool = True


def place(
    connection: Connection,
    placed: Mapping[ArticleId, Sequence[Placement]],
    published: Mapping[ArticleId, datetime],
) -> None:
    """Keep where these articles are placed, over where they were."""
    rows = [
        {
            "article_id": article_id,
            "section": one.section,
            "rank": one.rank,
            "reason": one.reason,
            "method": one.method,
            "published": published[article_id],
        }
        for article_id, where in placed.items()
        for one in where
    ]
    _replace(connection, placements, placed, rows)


def describe(connection: Connection, described: Mapping[ArticleId, Sequence[Term]]) -> None:
    """Keep the terms of these articles, over what they were."""
    rows = [
        {
            "article_id": article_id,
            "kind": one.kind,
            "term": one.term,
            "weight": one.weight,
            "surface": one.surface,
            "leads": one.leads,
        }
        for article_id, weighed in described.items()
        for one in weighed
    ]
    _replace(connection, terms, described, rows)


def described(connection: Connection, ids: Collection[str]) -> dict[ArticleId, tuple[Term, ...]]:
    """Return the terms of these articles; one without terms is left out."""
    found: dict[ArticleId, list[Term]] = defaultdict(list)
    for some in chunks(ids):
        rows = connection.execute(
            select(terms)
            .where(terms.c.article_id.in_(some))
            .order_by(terms.c.article_id, terms.c.kind, terms.c.term)
        )
        for row in rows:
            term = Term(
                kind=row.kind,
                term=row.term,
                weight=row.weight,
                surface=row.surface,
                leads=row.leads,
            )
            found[ArticleId(row.article_id)].append(term)
    return {identity: tuple(all_) for identity, all_ in found.items()}


def neighbours(
    connection: Connection, article_id: ArticleId, *, language: str, limit: int, of_each: int
) -> dict[ArticleId, SourceId]:
    """Return the articles whose terms weigh most together with this one's, and their sources.

    They are in its language and listed, no copies, at most so many `of_each` source; ties go by id.
    """
    asked = {
        "article_id": article_id,
        "language": language,
        "dialects": f"{language}-%",
        "limit": limit,
        "of_each": of_each,
        "most": limit * MOST,
    }
    found = connection.execute(_NEIGHBOURS, asked)
    return {ArticleId(row.article_id): SourceId(row.source_id) for row in found}


def relate(connection: Connection, related: Mapping[ArticleId, Sequence[Relation]]) -> None:
    """Keep what these articles lead to, best first, over what they led to."""
    rows = [
        {
            "article_id": article_id,
            "rank": rank,
            "related_id": one.article_id,
            "score": one.score,
            "reason": {
                "phrases": one.phrases,
                "terms": one.terms,
                "figures": dict(one.figures),
                "method": one.method,
                "tongue": one.tongue,
            },
        }
        for article_id, led in related.items()
        for rank, one in enumerate(led)
    ]
    _replace(connection, relations, related, rows)


def judged(connection: Connection, ids: Collection[str]) -> None:
    """Note that these articles are judged, together: those of a pull may lead to each other."""
    if not ids:
        return
    number = int(noted(connection, "heard") or 0) + 1
    note(connection, "heard", str(number))
    first = func.coalesce(articles.c.heard_first, number)
    for some in chunks(ids):
        here = update(articles).where(articles.c.id.in_(some))
        connection.execute(here.values(judged=True, heard_first=first, heard_last=number))


def count(connection: Connection, language: str, counted: Mapping[tuple[str, str], int]) -> None:
    """Add to the document frequencies of a language: (kind, term) to documents."""
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    for (kind, term), documents in counted.items():
        by_kind[kind][term] = documents
    for kind, more in sorted(by_kind.items()):
        held = _held(connection, language, kind, more)
        _write(connection, language, kind, more, held)


def uncount(connection: Connection, language: str, counted: Mapping[tuple[str, str], int]) -> None:
    """Take away from the document frequencies of a language; none falls below nothing."""
    by_kind: dict[str, dict[str, int]] = defaultdict(dict)
    for (kind, term), documents in counted.items():
        by_kind[kind][term] = documents
    for kind, fewer in sorted(by_kind.items()):
        held = _held(connection, language, kind, fewer)
        less = {term: -min(held[term], documents) for term, documents in fewer.items()}
        _write(connection, language, kind, {term: n for term, n in less.items() if n}, held)


def frequency(
    connection: Connection, language: str, kind: str, wanted: Collection[str]
) -> Counter[str]:
    """Return in how many documents of a language each of these terms occurs."""
    return _held(connection, language, kind, wanted)


def documents(connection: Connection, language: str) -> int:
    """Return how many documents of a language were counted."""
    return _held(connection, language, ALL[0], [ALL[1]])[ALL[1]]


def _replace(
    connection: Connection, table: Table, ids: Collection[str], rows: Sequence[dict[str, Any]]
) -> None:
    for some in chunks(ids):
        connection.execute(delete(table).where(table.c.article_id.in_(some)))
    if rows:
        connection.execute(insert(table), rows)


def _held(
    connection: Connection, language: str, kind: str, wanted: Collection[str]
) -> Counter[str]:
    here = (frequencies.c.language == language) & (frequencies.c.kind == kind)
    return Counter(
        {
            row.term: row.documents
            for some in chunks(wanted)
            for row in connection.execute(
                select(frequencies.c.term, frequencies.c.documents).where(
                    here, frequencies.c.term.in_(some)
                )
            )
        }
    )


def _write(
    connection: Connection,
    language: str,
    kind: str,
    more: Mapping[str, int],
    held: Mapping[str, int],
) -> None:
    fresh = [
        {"language": language, "kind": kind, "term": term, "documents": documents}
        for term, documents in sorted(more.items())
        if term not in held
    ]
    if fresh:
        connection.execute(insert(frequencies), fresh)
    totals = [
        {"this": term, "total": held[term] + documents}
        for term, documents in sorted(more.items())
        if term in held
    ]
    if totals:
        connection.execute(
            update(frequencies)
            .where(frequencies.c.language == language, frequencies.c.kind == kind)
            .where(frequencies.c.term == bindparam("this"))
            .values(documents=bindparam("total")),
            totals,
        )
