"""The tables, as SQLAlchemy Core sees them; the migrations make them, a test compares the two."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept as fixed-width UTC text: it sorts alike on every database."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002
        """Write a moment in UTC, to the second; a naive one is nobody's time."""
        if value is None:
            return None
        if value.utcoffset() is None:
            raise ValueError(f"{value!r} has no time zone; we only keep aware datetimes")
        there = value.astimezone(UTC).replace(microsecond=0, tzinfo=None)
        return f"{there.isoformat()}Z"

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Read it back, aware."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

sources = Table(
    "sources",
    metadata,
    Column("id", String, primary_key=True),
    Column("feed", Text, nullable=False),
    Column("address", Text, nullable=False),  # where we ask: the feed, or where it moved to
    Column("etag", Text),
    Column("last_modified", Text),
    Column("body_hash", String(64)),
    Column("home", Text),
    Column("atom_id", Text),
    Column("inherited", String(64)),  # a digest of what its entries take from the feed
    Column("state", String(16), nullable=False),
    Column("new", Integer, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("error", Text),
    Column("last_success", Moment),
    Column("next_fetch", Moment),
    Column("move_to", Text),  # where it says it has moved to, not believed yet
    Column("move_turns", Integer),
    Column("move_since", Moment),
)

# The items of a source's last documents: what is in them need not be read again.
seen = Table(
    "seen",
    metadata,
    Column("source_id", ForeignKey("sources.id", onupdate="CASCADE"), primary_key=True),
    Column("manner", String(16), nullable=False),
    Column("items", Text, nullable=False),  # a line each, as aggregator.skipping writes them
)

articles = Table(
    "articles",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("source_id", ForeignKey("sources.id", onupdate="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("url_key", Text),
    Column("fingerprint", String(64), nullable=False),
    Column("atom_id", Text, nullable=False, unique=True),
    Column("path", Text, nullable=False, unique=True),
    Column("permalink", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("published", Moment, nullable=False),
    Column("updated", Moment, nullable=False),
    Column("first_seen", Moment, nullable=False),
    Column("language", String(35), nullable=False),
    Column("summary", Text, nullable=False),
    Column("content", Text),
    Column("rights", Text),
    Column("parts", JSON, nullable=False),  # authors, categories, image, enclosures
    Column("judged", Boolean, nullable=False),
    UniqueConstraint("source_id", "key"),
    Index(None, "source_id", "url_key"),
    Index(None, "published", "id"),
    Index(None, "judged"),
)

placements = Table(
    "placements",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("section", String, primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("published", Moment, nullable=False),  # the article's, so that one index lays a section
    Index(None, "section", "published", "article_id"),
)

terms = Table(
    "terms",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("kind", String(6), primary_key=True),
    Column("term", Text, primary_key=True),
    Column("weight", Float, nullable=False),
    Column("surface", Text, nullable=False),  # as people write it, for reasons in words
    Column("leads", Boolean, nullable=False),  # to other articles; what too many have does not
    Index(None, "term", "kind"),
)

frequencies = Table(
    "frequencies",
    metadata,
    Column("language", String(35), primary_key=True),
    Column("kind", String(6), primary_key=True),
    Column("term", Text, primary_key=True),
    Column("documents", Integer, nullable=False),
)

relations = Table(
    "relations",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("rank", Integer, primary_key=True),
    Column("related_id", ForeignKey("articles.id"), nullable=False),
    Column("score", Float, nullable=False),
    Column("reason", JSON, nullable=False),  # the phrases and terms shared
    Index(None, "related_id"),
)

# Our subscriptions to hubs; `token` and `secret` are what nobody else may know.
pushes = Table(
    "pushes",
    metadata,
    Column("token", String(64), primary_key=True),
    Column("source_id", ForeignKey("sources.id", onupdate="CASCADE"), nullable=False),
    Column("topic", Text, nullable=False),
    Column("hub", Text, nullable=False),
    Column("secret", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("state", String(16), nullable=False),
    Column("pending", String(16)),
    Column("asked_at", Moment),
    Column("verified_at", Moment),
    Column("lease_ends", Moment),
    Column("pushed_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("ignored", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Index(None, "source_id"),
    Index(None, "state"),
)

# What must be laid out again: set with the change that made it so, cleared once it is printed.
stale = Table(
    "stale",
    metadata,
    Column("kind", String(8), primary_key=True),
    Column("id", String, primary_key=True),
)

ledger = Table(
    "ledger",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", Text, nullable=False),
)
