"""What the operator's own feeds are chosen from: the newest articles, by what is asked of them."""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection, or_, select

from aggregator.store.decided import copies
from aggregator.store.tables import articles, placements


def candidates(
    connection: Connection,
    *,
    sources: Collection[str],
    sections: Collection[str] = (),
    languages: Collection[str] = (),
    most: int,
) -> Sequence[Any]:
    """Return the newest so many articles of these sources, newest first, copies among them.

    Of each its id, source, language, title and summary, and the `leader_id` of a copy. No
    `sections` or `languages` are all of them; a language is met by its regions and scripts, too.
    """
    chosen = (
        select(
            *(articles.c[name] for name in ("id", "source_id", "language", "title", "summary")),
            copies.c.leader_id,
        )
        .outerjoin(copies, copies.c.article_id == articles.c.id)
        .where(articles.c.source_id.in_(sources))
    )
    if sections:
        placed = select(placements.c.article_id).where(placements.c.section.in_(sections))
        chosen = chosen.where(articles.c.id.in_(placed))
    if languages:
        told = articles.c.language
        chosen = chosen.where(
            or_(*(or_(told == one, told.like(f"{one}-%")) for one in sorted(languages)))
        )
    return connection.execute(
        chosen.order_by(articles.c.published.desc(), articles.c.id.desc()).limit(most)
    ).all()


def languages(connection: Connection, sources: Collection[str]) -> set[str]:
    """Return the languages there are articles in."""
    told = articles.c.language
    chosen = select(told).distinct().where(articles.c.source_id.in_(sources))
    return set(connection.scalars(chosen))
