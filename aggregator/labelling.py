"""Labelling: what the articles we hold teach of sections, and whether it is new."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from aggregator import embedding
from aggregator.classifier import METHOD, heard
from aggregator.hearing import text_of
from aggregator.labels import Label, known
from aggregator.model import Article, ArticleId, Settings, Slug
from aggregator.ruling import Kind
from aggregator.store import articles as kept
from aggregator.store import meanings, placed, rulings

MOST: Final = 20_000  # labels, the newest: more teach little, and take long


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """What there is to learn from; `digest` is another whenever that is."""

    labels: tuple[Label, ...]
    digest: str


def lesson(connection: Connection, settings: Settings) -> Lesson:
    """Return the articles whose section is known, of the newest ones."""
    found: list[Label] = []
    for some in placed.newest(connection, at_once=kept.CHUNK):
        articles = kept.read(connection, some)
        found += _labels(connection, articles, settings)
        if len(found) >= MOST:
            break
    labels = tuple(sorted(found, key=lambda one: one.id))
    told = [
        (one.id, one.section, one.weight, one.source, sorted(one.said.items()), one.meaning)
        for one in labels
    ]
    arranged = [(section.slug, section.parent) for section in settings.sections]
    whole = hashlib.sha256(repr((METHOD, arranged, told)).encode()).hexdigest()
    return Lesson(labels=labels, digest=whole[:16])


def _labels(
    connection: Connection, articles: Mapping[ArticleId, Article], settings: Settings
) -> list[Label]:
    sources = {source.id: source for source in settings.sources}
    ruled = rulings.of(connection, Kind.SECTION, articles)
    meant = meanings.meant(connection, articles) if settings.site.semantic else {}
    found = []
    for one, article in articles.items():
        if article.source_id not in sources:
            continue
        text = text_of(article)
        its = known(
            article,
            text,
            source=sources[article.source_id],
            by_hand=tuple(map(Slug, ruled.get(one, ()))),
            tree=settings.sections,
        )
        if its is None:
            continue
        section, weight = its
        vector = meant.get(one)
        label = Label(
            id=one,
            section=section,
            weight=weight,
            published=article.published,
            source=article.source_id,
            said=heard(article.title, text, article.language)[0],
            meaning=vector.vector if vector and vector.method == embedding.METHOD else b"",
        )
        if label.said:
            found.append(label)
    return found
