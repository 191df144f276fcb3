"""Understanding: what new and changed articles mean to the embedding, where there is one."""

from collections.abc import Mapping
from hashlib import blake2b

from sqlalchemy import Connection

from aggregator import embedding
from aggregator.model import Article, ArticleId, Settings
from aggregator.store import meanings
from aggregator.store.meanings import Meant

TOLD = 400  # characters of an article beside its title; more adds little and costs much


def understand(
    connection: Connection,
    settings: Settings,
    articles: Mapping[ArticleId, Article],
    texts: Mapping[ArticleId, str],
) -> dict[ArticleId, bytes]:
    """Return what these articles mean, each embedded once, and again only if its words changed.

    Nothing where the operator does not ask for it, or the embedding is not there.
    """
    embed = embedding.opened() if settings.site.semantic else None
    if embed is None:
        return {}
    told = {one: f"{article.title}\n{texts[one][:TOLD]}" for one, article in articles.items()}
    digests = {one: blake2b(text.encode(), digest_size=8).hexdigest() for one, text in told.items()}
    known = {
        one: kept
        for one, kept in meanings.meant(connection, told).items()
        if (kept.told, kept.method) == (digests[one], embedding.METHOD)
    }
    new = [one for one in told if one not in known and told[one].strip()]
    vectors = dict(zip(new, embed([told[one] for one in new]), strict=True))
    meanings.keep(
        connection,
        {
            one: Meant(vector=vector, told=digests[one], method=embedding.METHOD)
            for one, vector in vectors.items()
        },
    )
    return {one: kept.vector for one, kept in known.items()} | vectors
