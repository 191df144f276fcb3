"""Articles as rows and back."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy import Row

from aggregator.model import Article, ArticleId, SourceId
from feeds.model import Category, Image, Link, Person, Text, TextKind

PLAIN = (
    *("id", "source_id", "key", "atom_id", "path", "permalink", "title"),
    *("published", "updated", "first_seen", "language", "summary", "rights"),
)


def to_row(article: Article) -> dict[str, Any]:
    """Return the columns of the articles table that hold this article."""
    return {name: getattr(article, name) for name in PLAIN} | {
        "content": article.content.value if article.content else None,
        "parts": {
            "authors": [asdict(author) for author in article.authors],
            "categories": [asdict(category) for category in article.categories],
            "image": asdict(article.image) if article.image else None,
            "enclosures": [asdict(link) for link in article.enclosures],
        },
    }


def to_article(row: Row[Any] | Mapping[str, Any]) -> Article:
    """Return the article a row holds."""
    columns = row._mapping if isinstance(row, Row) else row  # noqa: SLF001 -- its public name
    parts = columns["parts"]
    return Article(
        id=ArticleId(columns["id"]),
        source_id=SourceId(columns["source_id"]),
        content=_content(columns["content"]),
        authors=tuple(Person(**author) for author in parts["authors"]),
        categories=tuple(Category(**category) for category in parts["categories"]),
        image=Image(**parts["image"]) if parts["image"] else None,
        enclosures=tuple(Link(**link) for link in parts["enclosures"]),
        **{name: columns[name] for name in PLAIN if name not in {"id", "source_id"}},
    )


def _content(value: str | None) -> Text | None:
    return None if value is None else Text(value=value, kind=TextKind.HTML)
