"""Placing: which sections articles are in, and what an article that moves makes stale."""

import hashlib
from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from aggregator import editorial, sections
from aggregator.hearing import text_of
from aggregator.model import Article, ArticleId, Placement, Settings, Slug
from aggregator.ruling import Kind
from aggregator.store import articles as kept
from aggregator.store import judgements, rulings
from aggregator.store import layout as laid

FOLLOWERS = 5  # pages that show an article among the earlier ones of its section


def rearrange(connection: Connection, settings: Settings) -> None:
    """Place what is judged anew where the operator arranged sections or sources differently."""
    methods = sections.METHOD, editorial.METHOD
    arrangement = (methods, settings.sections, _mappings(settings))
    arranged = hashlib.sha256(repr(arrangement).encode()).hexdigest()
    if laid.noted(connection, "arrangement") == arranged:
        return
    for some in kept.chunks(kept.judged(connection)):
        articles = kept.read(connection, some)
        texts = {one: text_of(article) for one, article in articles.items()}
        place(connection, articles, texts, settings)
    laid.note(connection, "arrangement", arranged)


def place(
    connection: Connection,
    articles: Mapping[ArticleId, Article],
    texts: Mapping[ArticleId, str],
    settings: Settings,
) -> None:
    """Place articles; where one moves, what showed it in its old sections is stale too."""
    sources = {source.id: source for source in settings.sources}
    before = laid.placements_of(connection, articles)
    ruled = rulings.of(connection, Kind.SECTION, articles)
    placed: dict[ArticleId, tuple[Placement, ...]] = {}
    for one, article in articles.items():
        if article.source_id not in sources:
            continue  # nothing lists it any more
        by_hand = tuple(map(Slug, ruled.get(one, ())))
        where = editorial.placed(by_hand, settings.sections) or sections.place(
            title=article.title,
            text=texts[one],
            categories=article.categories,
            source=sources[article.source_id],
            sections=settings.sections,
            language=article.language,
        )
        if where != before.get(one, ()):
            placed[one] = where
            left = {each.section for each in before.get(one, ())} - {each.section for each in where}
            leave(connection, article, left)
    judgements.place(connection, placed, {one: articles[one].published for one in placed})
    kept.mark(connection, "article", placed)


def _mappings(settings: Settings) -> list[tuple[object, ...]]:
    return [
        (source.id, source.name, source.sections, sorted(source.categories.items()))
        for source in settings.sources
    ]


def leave(connection: Connection, article: Article, left: Collection[Slug]) -> None:
    """Note that the sections an article leaves, and the pages it was shown on, are stale.

    It is still in them in the database, and they are in it.
    """
    for section in left:
        followers = laid.around(connection, section, article.published, article.id, limit=FOLLOWERS)
        kept.mark(connection, "page", followers)
    if left:
        kept.mark(connection, "section", left)
