"""Articles as rows and back."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from aggregator.model import Article, ArticleId, SourceId
from feeds.model import (
    Category,
    Episode,
    Image,
    Link,
    Person,
    Reply,
    Text,
    TextKind,
    Upstream,
)

PLAIN = (
    *("id", "source_id", "key", "atom_id", "path", "permalink", "title"),
    *("published", "updated", "first_seen", "language", "summary", "rights"),
)
MOMENTS = ("published", "updated", "first_seen")


def to_row(article: Article) -> dict[str, Any]:
    """Return the columns of the articles table that hold this article."""
    return {name: getattr(article, name) for name in PLAIN} | {
        "content": article.content.value if article.content else None,
        "parts": {
            "authors": [_flat(author) for author in article.authors],
            "categories": [_flat(category) for category in article.categories],
            "image": _flat(article.image) if article.image else None,
            "enclosures": [_flat(link) for link in article.enclosures],
            "links": [_flat(link) for link in article.links],
            "in_reply_to": [asdict(reply) for reply in article.in_reply_to],
            "upstream": asdict(article.upstream) if article.upstream else None,
            "episode": asdict(article.episode) if article.episode else None,
            "reply_count": article.reply_count,
            "language_by": article.language_by,
        },
    }


def to_article(row: Row[Any] | Mapping[str, Any]) -> Article:
    """Return the article a row holds; of an older version's, what it did not keep is absent."""
    columns = row._mapping if isinstance(row, Row) else row  # noqa: SLF001 -- its public name
    parts = columns["parts"]
    return Article(
        id=ArticleId(columns["id"]),
        source_id=SourceId(columns["source_id"]),
        content=_content(columns["content"]),
        authors=tuple(Person(**author) for author in parts["authors"]),
        categories=tuple(Category(**category) for category in parts["categories"]),
        image=Image(**parts["image"]) if parts["image"] else None,
        enclosures=_links(parts["enclosures"]),
        links=_links(parts.get("links", ())),
        in_reply_to=tuple(Reply(**reply) for reply in parts.get("in_reply_to", ())),
        upstream=Upstream(**parts["upstream"]) if parts.get("upstream") else None,
        episode=_episode(parts.get("episode")),
        reply_count=parts.get("reply_count"),
        language_by=parts.get("language_by", ""),
        **{name: columns[name] for name in PLAIN if name not in {"id", "source_id"}},
    )


def _flat(value: Person | Category | Image | Link) -> dict[str, Any]:
    """Return the fields of a value that holds no others; `asdict` takes ten times as long."""
    return {name: getattr(value, name) for name in value.__slots__}


def _links(rows: Iterable[Mapping[str, Any]]) -> tuple[Link, ...]:
    return tuple(Link(**link) for link in rows)


def _episode(row: Mapping[str, Any] | None) -> Episode | None:
    return Episode(**{**row, "transcripts": _links(row["transcripts"])}) if row else None


def to_json(article: Article) -> dict[str, Any]:
    """Return an article as JSON holds it."""
    row = to_row(article)
    return row | {name: row[name].isoformat() for name in MOMENTS}


def from_json(held: Mapping[str, Any]) -> Article:
    """Return the article that `to_json` wrote."""
    return to_article({**held} | {name: datetime.fromisoformat(held[name]) for name in MOMENTS})


def _content(value: str | None) -> Text | None:
    return None if value is None else Text(value=value, kind=TextKind.HTML)
