"""No two articles under one id: neither a publisher's, nor one of ours."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from aggregator.model import Article, ArticleId, Settings, Site, Source
from aggregator.normalise import minted_id, renamed
from aggregator.store import articles as kept
from aggregator.store.articles import Kept


def without_twins(
    connection: Connection,
    parts: Iterable[Sequence[Kept]],
    *,
    source: Source,
    settings: Settings,
    now: datetime,
) -> list[list[Kept]]:
    """Return new articles of a source under ids nobody has; those of the first part are news.

    Who has a publisher's id keeps it; of those met in one turn the source of the better tier has
    it, then the one that is configured first. Our own twelve characters collide once in an age;
    then another twelve are taken.
    """
    parts = tuple(parts)
    taken = kept.taken(connection, {row.article.atom_id for part in parts for row in part})
    told = {
        row.article.atom_id: taken[row.article.atom_id]
        for row in parts[0]
        if row.article.atom_id in taken and not _is_minted(row.article, settings.site, now=now)
    }
    freed = _make_way(connection, told, source, settings, now=now) if told else set()
    atom_ids = set(taken) - freed
    ids = kept.ids_taken(connection, {row.article.id for part in parts for row in part})
    site = settings.site
    return [[_sound(row, ids, atom_ids, site, now=now) for row in part] for part in parts]


def _make_way(
    connection: Connection,
    taken: Mapping[str, ArticleId],
    source: Source,
    settings: Settings,
    *,
    now: datetime,
) -> set[str]:
    """Return which of these ids are free now.

    They are those whose article no reader has met yet, of a source that stands behind this one.
    """
    ranks = {each.id: (each.tier, place) for place, each in enumerate(settings.sources)}
    ours = ranks.get(source.id)
    unseen = kept.marked(connection, "article") & set(taken.values())
    freed: set[str] = set()
    for one in kept.read(connection, unseen).values():
        theirs = ranks.get(one.source_id)
        is_fresh = one.first_seen == now.replace(microsecond=0)
        if ours and theirs and is_fresh and ours < theirs:
            mint = minted_id(one.id, settings.site, now=now)
            if not kept.taken(connection, {mint}):
                kept.rename(connection, one.id, atom_id=mint)
                freed.add(one.atom_id)
    return freed


def _is_minted(article: Article, site: Site, *, now: datetime) -> bool:
    return article.atom_id == minted_id(article.id, site, now=now)


def _sound(row: Kept, ids: set[str], atom_ids: set[str], site: Site, *, now: datetime) -> Kept:
    article, attempt = row.article, 0
    while article.id in ids:
        attempt += 1
        article = renamed(row.article, attempt=attempt)
    mint: str = article.id
    while article.atom_id in atom_ids:  # a source may have claimed even what we would mint
        article = replace(article, atom_id=minted_id(mint, site, now=now))
        mint += "x"
    ids.add(article.id)
    atom_ids.add(article.atom_id)
    return row if article is row.article else replace(row, article=article)
