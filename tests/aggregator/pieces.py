"""Articles, entries and pieces for tests: plain ones, and what a test wants different."""

from dataclasses import replace
from datetime import timedelta

from aggregator.edition import Piece
from aggregator.model import Article, ArticleId, Placement, Rights, Slug, SourceId
from aggregator.store.articles import Kept
from feeds.model import Image, Text, TextKind
from tests.aggregator.newsrooms import a_source
from tests.conftest import NOON

PICTURE = Image(
    href="https://a.example/p.jpg?w=1&h=2",
    description="A quay",
    credit="Jo Smit",
    licence="https://creativecommons.org/licenses/by/4.0/",
)


def an_article(number: int = 1, **changes: object) -> Article:
    identity = f"{number:012}"
    plain = Article(
        id=ArticleId(identity),
        source_id=SourceId("a"),
        key=f"id:urn:a:{number}",
        atom_id=f"urn:a:{number}",
        path=f"articles/2026/06/an-article-{identity}/",
        permalink=f"https://a.example/{number}",
        title=f"Article {number}",
        published=NOON - timedelta(hours=number),
        updated=NOON - timedelta(hours=number),
        first_seen=NOON,
        language="en",
        summary="What it says in short.",
        content=Text(value="<p>All that it says, at length.</p>", kind=TextKind.HTML),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test's shorthand


def kept(number: int = 1, **changes: object) -> Kept:
    article = an_article(number, **changes)
    return Kept(article=article, fingerprint=f"print {number}", url_key=article.permalink)


def a_piece(number: int = 1, *, rights: Rights = Rights.FULL, **changes: object) -> Piece:
    return Piece(
        article=an_article(number, **changes),
        source=a_source("a", rights=rights),
        placements=(Placement(section=Slug("economy"), rank=0, reason="its headline says it"),),
    )
