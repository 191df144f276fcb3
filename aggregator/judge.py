"""Judging: new and changed articles get sections, citations, terms, stories, and relations."""

from sqlalchemy import Connection

from aggregator import linking
from aggregator.classifier import Classifier
from aggregator.collapsing import Wishes, collapse
from aggregator.hearing import Heard, count, describe, hear, text_of
from aggregator.joining import in_force, join
from aggregator.model import ArticleId, Settings
from aggregator.placing import place
from aggregator.relating import relate
from aggregator.store import articles as kept
from aggregator.store import judgements
from aggregator.understanding import understand

FEW = 25  # articles at a time: they are long, and their words are at hand for all steps


def judge(
    connection: Connection,
    settings: Settings,
    classifier: Classifier | None = None,
    *,
    is_last: bool = True,
) -> int:
    """Judge what waits to be judged and return how many articles that were.

    All of a pull is described before any of it is related, so the order in which sources
    answered cannot matter: before the pull `is_last`, what is judged waits to be judged again, and
    no story is told.
    """
    collapse(connection, settings, wishes=Wishes.read(connection), is_last=is_last)
    waiting = kept.unjudged(connection)  # with what is a copy no more
    heard: dict[ArticleId, Heard] = {}
    pages: set[str] = set()
    linking.catch_up(connection)
    for some in kept.chunks(waiting, FEW):
        articles = kept.read(connection, some)
        texts = {one: text_of(article) for one, article in articles.items()}
        meant = understand(connection, settings, articles, texts)
        place(connection, articles, texts, settings, classifier)
        pages |= linking.note(connection, articles)
        heard |= {
            one: hear(article, texts[one], meant.get(one, b"")) for one, article in articles.items()
        }
    linking.cite(connection, set(waiting), pages)
    heard = {one: heard[one] for one in waiting}
    count(connection, heard)
    profiles = describe(connection, heard)
    if is_last:
        join(connection, waiting, settings, in_force(connection), profiles)
    relate(connection, waiting, profiles)
    if is_last:
        judgements.judged(connection, waiting)
    return len(waiting)
