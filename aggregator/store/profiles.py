"""What is kept of articles to compare them by, in as few words to the database as it takes."""

from collections.abc import Collection
from typing import Final

from sqlalchemy import Connection

from aggregator.model import ArticleId
from aggregator.related import Profile
from aggregator.store import articles as kept
from aggregator.store import many, meanings
from aggregator.words import primary

_TERMS: Final = """
    SELECT article_id, kind, term, weight, surface FROM terms WHERE article_id IN ({some})
    ORDER BY article_id, kind, term
"""


def profiles(
    connection: Connection, ids: Collection[str], *, semantic: bool
) -> dict[ArticleId, Profile]:
    """Return what describes these articles; if `semantic`, what they mean, too."""
    weights: dict[str, dict[str, dict[str, float]]] = {}
    surfaces: dict[str, dict[str, str]] = {}
    for some in kept.chunks(ids):
        for row in many.ask(connection, _TERMS, some):
            one, kind, term, weight, surface = tuple(row)
            if one not in weights:
                weights[one] = {"stem": {}, "phrase": {}}
                surfaces[one] = {}
            weights[one][kind][term] = weight
            if surface:
                surfaces[one][term] = surface
    meant = meanings.meant(connection, ids) if semantic else {}
    return {
        one: Profile(
            article_id=one,
            language=primary(language),
            published=published,
            stems=weights[one]["stem"] if one in weights else {},
            phrases=weights[one]["phrase"] if one in weights else {},
            surfaces=surfaces.get(one, {}),
            meaning=meant[one].vector if one in meant else b"",
        )
        for one, (published, language) in kept.dated(connection, ids).items()
    }
