"""The tables of decisions about articles, and of what they are decided by."""

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
)

from aggregator.store.kinds import Moment
from aggregator.store.schema import metadata

# What copies of an article are found by (aggregator.copies), for as long as it is live.
prints = Table(
    "prints",
    metadata,
    Column("print", BigInteger, primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Index(None, "article_id"),
)

# How many articles of a source begin or end with a sentence, and when the last of them was met.
refrains = Table(
    "refrains",
    metadata,
    Column("source_id", ForeignKey("sources.id", onupdate="CASCADE"), primary_key=True),
    Column("print", BigInteger, primary_key=True),
    Column("articles", Integer, nullable=False),
    Column("last", Moment, nullable=False),
    Index(None, "last"),
)

# Which articles are copies of another, which stands for them in every list.
copies = Table(
    "copies",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("leader_id", ForeignKey("articles.id"), nullable=False),
    Column("share", Float, nullable=False),  # of the shorter text
    Column("reason", JSON, nullable=False),
    Column("method", String(16), nullable=False),
    Column("since", Moment, nullable=False),
    Column("settled", Boolean, nullable=False),  # not before all of its pull have answered
    Index(None, "leader_id"),
    Index(None, "settled"),
)

# Articles that tell one event; one that nobody else tells has no row. `continues` names the story
# before it, `leader` leads it for as long as it is in it.
stories = Table(
    "stories",
    metadata,
    Column("id", String(24), primary_key=True),
    Column("language", String(35), nullable=False),
    Column("first", Moment, nullable=False),
    Column("last", Moment, nullable=False),
    Column("leader", ForeignKey("articles.id"), nullable=False),
    Column("continues", String(24)),
    Column("method", String(16), nullable=False),
    Index(None, "last"),
    Index(None, "continues"),
)

members = Table(
    "members",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("story", ForeignKey("stories.id"), nullable=False),
    Column("tier", Integer, nullable=False),
    Column("strength", Float, nullable=False),
    Column("reason", JSON, nullable=False),  # what it came near to, and shares with it
    Index(None, "story"),
)
