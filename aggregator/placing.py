"""Placing: which sections articles are in, and what an article that moves makes stale."""

import hashlib
from collections.abc import Collection, Mapping
from functools import partial

from sqlalchemy import Connection

from aggregator import editorial, sections
from aggregator.classifier import METHOD, Classifier, Guess, guesses
from aggregator.hearing import text_of
from aggregator.model import Article, ArticleId, Placement, Settings, Slug, SourceId
from aggregator.ruling import Kind
from aggregator.store import articles as kept
from aggregator.store import judgements, meanings, placed, rulings
from aggregator.store import layout as laid

FOLLOWERS = 5  # pages that show an article among the earlier ones of its section


def rearrange(
    connection: Connection, settings: Settings, classifier: Classifier | None = None
) -> None:
    """Place what is judged anew where the operator arranged sections or sources differently.

    Where only the classifier is another, that is what nobody else has placed.
    """
    methods = sections.METHOD, editorial.METHOD
    arrangement = (methods, settings.sections, _mappings(settings))
    arranged = hashlib.sha256(repr(arrangement).encode()).hexdigest()
    learnt = classifier.version if classifier else ""
    is_arranged = laid.noted(connection, "arrangement") == arranged
    if is_arranged and (laid.noted(connection, "classifier") or "") == learnt:
        return
    anew = (
        placed.open_to_guessing(connection, METHOD, _listed_above(settings))
        if is_arranged
        else kept.judged(connection)
    )
    for some in kept.chunks(anew):
        articles = kept.read(connection, some)
        texts = {one: text_of(article) for one, article in articles.items()}
        place(connection, articles, texts, settings, classifier)
    laid.note(connection, "arrangement", arranged)
    laid.note(connection, "classifier", learnt)


def place(
    connection: Connection,
    articles: Mapping[ArticleId, Article],
    texts: Mapping[ArticleId, str],
    settings: Settings,
    classifier: Classifier | None = None,
) -> None:
    """Place articles; where one moves, what showed it in its old sections is stale too."""
    sources = {source.id: source for source in settings.sources}
    before = laid.placements_of(connection, articles)
    ruled = rulings.of(connection, Kind.SECTION, articles)
    meant = meanings_for(connection, articles, settings, classifier)
    moved: dict[ArticleId, tuple[Placement, ...]] = {}
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
            guess=partial(
                guesses_of, article, texts[one], settings, classifier, meant.get(one, b"")
            ),
        )
        if where != before.get(one, ()):
            moved[one] = where
            left = {each.section for each in before.get(one, ())} - {each.section for each in where}
            leave(connection, article, left)
    judgements.place(connection, moved, {one: articles[one].published for one in moved})
    kept.mark(connection, "article", moved)


def guesses_of(
    article: Article,
    text: str,
    settings: Settings,
    classifier: Classifier | None,
    meaning: bytes,
) -> tuple[Guess, ...]:
    """Return what the classifier says of an article, surest first; nothing where there is none."""
    if classifier is None:
        return ()
    return guesses(
        classifier,
        settings.sections,
        title=article.title,
        text=text,
        language=article.language,
        meaning=meaning,
    )


def meanings_for(
    connection: Connection,
    ids: Collection[ArticleId],
    settings: Settings,
    classifier: Classifier | None,
) -> dict[ArticleId, bytes]:
    """Return what these articles mean, as far as it is known and the classifier knows meanings."""
    if classifier is None or classifier.meaning is None or not settings.site.semantic:
        return {}
    return {
        one: each.vector
        for one, each in meanings.meant(connection, ids).items()
        if each.method == classifier.embedding
    }


def _listed_above(settings: Settings) -> set[SourceId]:
    """Return the sources listed under a section that has others in it."""
    outer = {section.parent for section in settings.sections}
    return {source.id for source in settings.sources if outer.intersection(source.sections)}


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
