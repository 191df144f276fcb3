"""Answers to which sections an article is in, and which it is not in."""

from sqlalchemy import Connection

from aggregator import sections as placing
from aggregator.answers import Answer, Ground, source_of
from aggregator.classifier import METHOD as GUESSED
from aggregator.classifier import Classifier
from aggregator.hearing import text_of
from aggregator.model import Article, Settings, Slug
from aggregator.placing import guesses_of, meanings_for
from aggregator.ruling import Kind
from aggregator.store import layout as laid
from aggregator.store import rulings


def sections(
    connection: Connection,
    article: Article,
    settings: Settings,
    *,
    classifier: Classifier | None = None,
) -> Answer:
    """Return its sections and their reasons, and those whose words it says to no avail.

    Those, too, that the classifier is not sure enough of, where it was asked.
    """
    titles = {section.slug: section.title for section in settings.sections}
    placed = laid.placements_of(connection, [article.id]).get(article.id, ())
    passed_over = placing.passed_over(
        placed,
        title=article.title,
        text=text_of(article),
        sections=settings.sections,
        language=article.language,
    )
    return Answer(
        heading="Sections",
        found=tuple(
            Ground(
                words=one.reason,
                about=titles.get(one.section, one.section),
                id=one.section,
                method=one.method,
            )
            for one in placed
        ),
        passed_over=tuple(
            Ground(words=words, about=titles[slug], id=slug, method=method)
            for some, method in (
                (passed_over, placing.METHOD),
                (_not_guessed(connection, article, settings, classifier), GUESSED),
            )
            for slug, words in some
        ),
        nothing="in none: it is listed in the whole paper only",
    )


def _not_guessed(
    connection: Connection, article: Article, settings: Settings, classifier: Classifier | None
) -> tuple[tuple[Slug, str], ...]:
    source = source_of(article, settings)
    if source is None or rulings.of(connection, Kind.SECTION, [article.id]):
        return ()
    text = text_of(article)
    meant = meanings_for(connection, [article.id], settings, classifier)
    return placing.not_guessed(
        laid.placements_of(connection, [article.id]).get(article.id, ()),
        guesses_of(article, text, settings, classifier, meant.get(article.id, b"")),
        title=article.title,
        text=text,
        categories=article.categories,
        source=source,
        sections=settings.sections,
        language=article.language,
    )
