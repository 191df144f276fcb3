"""What is stale: what must be laid out anew for all that was marked since the last printing."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from aggregator.gathering import MORE
from aggregator.model import ArticleId, Slug
from aggregator.sidebar import Sidebar
from aggregator.store import articles as kept
from aggregator.store import citations, copies
from aggregator.store import layout as laid


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """What must be laid out: these articles' pages and these sections, and always the front.

    `touched` are the articles that are not what they were; None are all.
    """

    pages: Sequence[ArticleId]
    sections: Collection[Slug]
    touched: Collection[ArticleId] | None = None


def touched(connection: Connection, sidebar: Sidebar) -> Stale | None:
    """Return what is to be laid out for all that is marked, or None where nothing is."""
    marked = {ArticleId(one) for one in kept.marked(connection, "article")}
    beside = {ArticleId(one) for one in kept.marked(connection, "page")}
    cited = citations.cited_by(connection, marked)
    cited = copies.with_leaders(connection, cited)
    left = {Slug(one) for one in kept.marked(connection, "section")}
    turned = sidebar.has_turned(connection)
    gone = any(kept.marked(connection, kind) for kind in ("gone", "ended"))
    if not (marked or beside or left or turned or gone):
        return None
    touched = marked | laid.relating(connection, marked)
    placed = laid.placements_of(connection, touched | cited)
    sections = left | {one.section for where in placed.values() for one in where}
    articles = kept.read(connection, marked)
    followers = {
        follower
        for article in articles.values()
        for placement in placed.get(article.id, ())
        for follower in laid.around(
            connection, placement.section, article.published, article.id, limit=MORE
        )
    }
    fresh = sidebar.stale(connection)
    return Stale(
        pages=sorted(touched | cited | beside | followers | fresh),
        sections=sections,
        touched=marked | {ArticleId(one) for one in kept.marked(connection, "left")},
    )
