"""The tables of who is told of news: what our feeds say, and what others know of it."""

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from aggregator.store.kinds import Moment
from aggregator.store.schema import metadata

# The feeds of a paper that has hubs, as they are published: a digest of their bytes by their path.
topics = Table(
    "topics",
    metadata,
    Column("path", Text, primary_key=True),
    Column("digest", String(64), nullable=False),  # "" for one that is no longer
)

# What each hub outside was told of each feed. Kept once the feed is published and before the hub
# is told, so that whatever ends us in between, it is told by the next that starts.
pings = Table(
    "pings",
    metadata,
    Column("hub", Text, primary_key=True),
    Column("topic", ForeignKey("topics.path", ondelete="CASCADE"), primary_key=True),
    Column("told", String(64)),  # the digest of what was news then
    Column("told_at", Moment),
    Column("failures", Integer, nullable=False),  # since
    Column("next_try", Moment),
    Column("problem", Text, nullable=False),
)

# Who is sent which of our feeds by our own hub, and who has asked for it and must confirm it yet.
# `callback` and both secrets are what nobody else may know.
subscribers = Table(
    "subscribers",
    metadata,
    Column("callback", Text, primary_key=True),
    Column("topic", Text, primary_key=True),  # a path; of a feed that is gone, until it is told
    Column("host", Text, nullable=False),
    Column("known", String(64), nullable=False),  # a digest of what it was sent last
    Column("secret", Text, nullable=False),
    Column("lease_ends", Moment),
    Column("wished", String(16)),
    Column("wished_at", Moment),
    Column("wished_secret", Text, nullable=False),
    Column("wished_lease", Integer, nullable=False),  # seconds
    Column("challenge", String(64), nullable=False),
    Column("sent_at", Moment),
    Column("failures", Integer, nullable=False),
    Column("failing_since", Moment),
    Column("next_try", Moment),
    Column("problem", Text, nullable=False),
    Index(None, "topic"),
    Index(None, "host"),
    Index(None, "lease_ends"),
    Index(None, "wished_at"),
)
