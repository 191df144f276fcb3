"""Relating: what an article leads to, of all that is kept."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from aggregator import weighing
from aggregator.model import ArticleId
from aggregator.related import Profile
from aggregator.store import articles as kept
from aggregator.store import judgements, meanings, stories
from aggregator.store.judgements import Term
from aggregator.store.sources import is_alone
from aggregator.weighing import Surroundings, Weighed
from aggregator.words import primary

NEIGHBOURS = 40  # candidates that are weighed in full
OF_EACH_SOURCE = 8  # of them, so that one that repeats itself does not push out the others


def relate(
    connection: Connection, ids: Sequence[ArticleId], profiles: dict[ArticleId, Profile]
) -> None:
    """Keep what each of these articles leads to; profiles read on the way join `profiles`."""
    alone = is_alone(connection)
    for some in kept.chunks(ids):
        led = {}
        for one in map(ArticleId, some):
            near = _near(connection, profiles[one], profiles, alone=alone)
            led[one] = weighing.relate(profiles[one], *near)
        judgements.relate(connection, led)


def considered(
    connection: Connection, article_id: ArticleId, *, semantic: bool
) -> tuple[Weighed, ...]:
    """Return what an article might lead to as things are now, each with what bars it or nothing.

    Its nearest as its terms tell; one that has none has nothing near. `semantic` is the paper's
    setting: whether what articles mean counts.
    """
    profiles: dict[ArticleId, Profile] = {}
    _read(connection, [article_id], profiles, semantic=semantic)
    if article_id not in profiles:
        return ()
    one = profiles[article_id]
    near = _near(connection, one, profiles, alone=is_alone(connection))
    return weighing.weigh(one, *near)


def _near(
    connection: Connection,
    article: Profile,
    profiles: dict[ArticleId, Profile],
    *,
    alone: bool,
) -> tuple[list[Profile], Surroundings]:
    """Return the candidates of an article, and what else is known of them."""
    near = judgements.neighbours(
        connection,
        article.article_id,
        language=article.language,
        limit=NEIGHBOURS,
        of_each=OF_EACH_SOURCE,
    )
    unread = near.keys() - profiles.keys()
    _read(connection, unread, profiles, semantic=bool(article.meaning))
    told = stories.which(connection, {article.article_id, *near})
    around = Surroundings(sources=near, stories=told, is_alone=alone)
    return [profiles[one] for one in near], around


def _read(
    connection: Connection,
    ids: Collection[ArticleId],
    profiles: dict[ArticleId, Profile],
    *,
    semantic: bool,
) -> None:
    dated = kept.dated(connection, ids)
    meant = meanings.meant(connection, ids) if semantic else {}
    for one, terms in judgements.described(connection, ids).items():
        published, language = dated[one]
        described = _profile(one, terms, primary(language), published)
        vector = meant[one].vector if one in meant else b""
        profiles[one] = replace(described, meaning=vector)


def _profile(
    article_id: ArticleId, terms: Iterable[Term], language: str, published: datetime
) -> Profile:
    weights: dict[str, dict[str, float]] = {"stem": {}, "phrase": {}}
    surfaces: dict[str, str] = {}
    for one in terms:
        weights[one.kind][one.term] = one.weight
        if one.surface:
            surfaces[one.term] = one.surface
    return Profile(
        article_id=article_id,
        language=language,
        published=published,
        stems=weights["stem"],
        phrases=weights["phrase"],
        surfaces=surfaces,
    )
