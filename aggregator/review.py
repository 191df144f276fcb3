"""The queue of what nobody can place: in the whole paper alone, for an editor to decide."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from aggregator.classifier import Classifier, Guess
from aggregator.hearing import text_of
from aggregator.model import Article, ArticleId, Settings
from aggregator.placing import guesses_of, meanings_for
from aggregator.retaining import LIVE
from aggregator.status import rfc3339
from aggregator.store import articles as kept
from aggregator.store import placed
from aggregator.yamltext import yaml_value

NEAREST = 3  # guesses that are told


@dataclass(frozen=True, slots=True, kw_only=True)
class Unplaced:
    """An article in no section, the classifier's nearest guesses, each with the section's title.

    `line` places it where the first of these says, once it stands under `section:` in
    editorial.yaml; without a guess a section is to be filled in.
    """

    id: ArticleId
    title: str
    source: str
    published: datetime
    permalink: str
    guesses: tuple[tuple[str, Guess], ...]
    line: str

    def as_json(self) -> dict[str, object]:
        """Return it as JSON has it."""
        return {
            "id": self.id,
            "title": self.title,
            "source": self.source,
            "published": rfc3339(self.published),
            "permalink": self.permalink,
            "guesses": [
                {
                    "section": guess.section,
                    "title": title,
                    "share": round(guess.share, 4),
                    "needed": guess.needed,
                    "words": list(guess.words),
                }
                for title, guess in self.guesses
            ],
            "line": self.line,
        }


def queue(
    connection: Connection,
    settings: Settings,
    classifier: Classifier | None,
    *,
    now: datetime,
    limit: int,
) -> Iterator[Unplaced]:
    """Yield what is in no section, of the last sixty days, newest first."""
    waiting = placed.unplaced(connection, since=now - LIVE)[:limit]
    articles = kept.read(connection, waiting)
    meant = meanings_for(connection, waiting, settings, classifier)
    names = {source.id: source.name for source in settings.sources}
    titles = {section.slug: section.title for section in settings.sections}
    for one in waiting:
        article = articles[one]
        found = guesses_of(article, text_of(article), settings, classifier, meant.get(one, b""))
        near = tuple((titles[guess.section], guess) for guess in found[:NEAREST])
        yield Unplaced(
            id=one,
            title=article.title,
            source=names.get(article.source_id, article.source_id),
            published=article.published,
            permalink=article.permalink,
            guesses=near,
            line=_line(article, near[0][1].section if near else "SECTION"),
        )


def count(connection: Connection, *, now: datetime) -> int:
    """Return how many articles are in the queue."""
    return placed.count_unplaced(connection, since=now - LIVE)


def _line(article: Article, section: str) -> str:
    """Return the line of editorial.yaml that places an article, by its page if it has one."""
    return f"{yaml_value(article.permalink or str(article.id))}: {yaml_value(section)}"
