"""Linking: where articles lead, and whom of all that are kept they cite."""

from collections.abc import Collection, Mapping

from sqlalchemy import Connection

from aggregator import citing
from aggregator.citing import Candidate
from aggregator.model import Article, ArticleId, Citation
from aggregator.store import articles as kept
from aggregator.store import citations, copies, links
from aggregator.store import layout as laid


def note(connection: Connection, articles: Mapping[ArticleId, Article]) -> set[str]:
    """Keep where articles lead and where they are, and return the pages at which that is new."""
    moved = links.moved(connection, {one.source_id for one in articles.values()})
    led = {
        one: citing.links(article.content.value) if article.content else ()
        for one, article in articles.items()
    }
    places = {
        one: citing.addresses(article, moved=_both_ways(moved.get(article.source_id)))
        for one, article in articles.items()
    }
    return links.keep_links(connection, led) | links.keep_addresses(connection, places)


def cite(connection: Connection, waiting: Collection[ArticleId], pages: Collection[str]) -> None:
    """Keep whom the waiting articles cite, and whom all others do that lead to these pages.

    What is printed differently for it is stale.
    """
    pages = links.touched(connection).union(pages)
    concerned = links.linking(connection, links.candidates(connection, pages).keys())
    for some in kept.chunks(concerned.union(waiting)):
        ids = list(map(ArticleId, some))
        before = citations.citing(connection, ids)
        meant = _meant(connection, ids)
        anew = {
            one
            for one in ids
            if (one in waiting and (meant[one] or one in before))
            or {each.id for each in meant[one].values()}
            != {each.cited for each in before.get(one, ())}
        }
        after = _cited(connection, {one: meant[one] for one in anew})
        citations.cite(connection, after)
        _mark(connection, before, after)


def catch_up(connection: Connection) -> None:
    """Find the citations of all articles that are kept, where another method found them."""
    if laid.noted(connection, "citations") == citing.METHOD:
        return
    every = kept.judged(connection)
    for some in kept.chunks(every):
        note(connection, kept.read(connection, some))
    cite(connection, set(every), ())
    laid.note(connection, "citations", citing.METHOD)


def _both_ways(hosts: tuple[str, str] | None) -> tuple[tuple[str, str], ...]:
    return (hosts, hosts[::-1]) if hosts else ()


def _meant(
    connection: Connection, ids: Collection[ArticleId]
) -> dict[ArticleId, dict[str, Candidate]]:
    """Return which article each link of these means, but for links that are furniture."""
    led = links.leading(connection, ids)
    keys = {key for some in led.values() for key in some}
    there = links.candidates(connection, keys)
    furniture = links.furniture(connection, keys)
    them = links.as_candidates(connection, ids)
    return {
        one: citing.meant(
            them[one],
            {key: there[key] for key in led[one] if (them[one].source_id, key) not in furniture}
            if one in led
            else {},
        )
        for one in ids
    }


def _cited(
    connection: Connection, meant: Mapping[ArticleId, Mapping[str, Candidate]]
) -> dict[ArticleId, tuple[Citation, ...]]:
    articles = kept.read(connection, [one for one, some in meant.items() if some])
    them = links.as_candidates(connection, articles)
    return {
        one: citing.cite(them[one], some, article.content.value)
        if (article := articles.get(one)) and article.content
        else ()
        for one, some in meant.items()
    }


def _mark(
    connection: Connection,
    before: Mapping[ArticleId, Collection[Citation]],
    after: Mapping[ArticleId, Collection[Citation]],
) -> None:
    """Note that the pages of those who are cited otherwise are stale, and the feeds they are in."""
    cited = {
        each.cited
        for one, some in after.items()
        for each in set(some).symmetric_difference(before.get(one, ()))
    }
    changed = copies.with_leaders(connection, cited)
    placed = laid.placements_of(connection, changed)
    kept.mark(connection, "page", changed)
    kept.mark(connection, "section", {one.section for some in placed.values() for one in some})
