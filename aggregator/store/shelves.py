"""The tables of the archives of feeds (RFC 5005): their documents, and what is in each."""

from sqlalchemy import Boolean, Column, Index, Integer, String, Table

from aggregator.store.schema import metadata

# `feed` is the name by which the ledger knows a feed.
archives = Table(
    "archives",
    metadata,
    Column("feed", String, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("month", String(7), nullable=False),
    Column("number", Integer, nullable=False),
    Column("is_last", Boolean, nullable=False),
)

# What was ever listed in a feed, and the document it is in. It may have left the paper since.
filed = Table(
    "filed",
    metadata,
    Column("feed", String, primary_key=True),
    Column("article_id", String(16), primary_key=True),
    Column("seq", Integer, nullable=False),
    Column("says", String(16), nullable=False),  # a digest of what the document says of it
    Index(None, "feed", "seq"),
)
