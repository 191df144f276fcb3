"""The tables, as SQLAlchemy Core sees them; the migrations make them, a test compares the two."""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from aggregator.store import decided, shelves, told  # noqa: F401 -- their tables are of the same database
from aggregator.store.kinds import HintsText, Moment, Moments
from aggregator.store.schema import metadata

__all__ = ["metadata"]  # also found here

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
    Column("advertised", Text),  # the feed that a page led to that came instead of it
    Column("last_success", Moment),
    Column("next_fetch", Moment),
    Column("pause", Integer),  # seconds from when it was last asked until then
    Column("asking", String(8), nullable=False, server_default="every"),  # or "cron", or "never"
    Column("host", Text),  # of its address, if it has one
    Column("why", String(16)),  # what decided when that is
    Column("hints", HintsText),
    Column("news", Moments),  # when it had some, newest first
    Column("move_to", Text),  # where it says it has moved to, not believed yet
    Column("move_turns", Integer),
    Column("move_since", Moment),
    Column("notes", Text),  # what an operator should know of its last document, a line each
    Column("name", Text),
    Column("rights", String(8)),
    Index(None, "asking", "next_fetch", "host"),
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
    Column("heard_first", Integer),  # at the how-manieth judging, all of a pull being one
    Column("heard_last", Integer),  # the same, when what it says was judged last
    UniqueConstraint("source_id", "key"),
    Index(None, "source_id", "url_key"),
    Index(None, "url_key"),
    Index(None, "source_id", "published"),
    Index(None, "published", "id"),
    Index(None, "judged"),
    Index(
        "ix_articles_own", "published", "id",
        sqlite_where=text("permalink = ''"), postgresql_where=text("permalink = ''"),
    ),
)  # fmt: skip

# Every name an article ever had in its source (aggregator.naming); the article may be aside.
names = Table(
    "names",
    metadata,
    Column("source_id", ForeignKey("sources.id", onupdate="CASCADE"), primary_key=True),
    Column("name", String(24), primary_key=True),
    Column("article_id", String(16), primary_key=True),
    Column("since", Moment, nullable=False),
    Index(None, "article_id"),
)

# What is known and not in the paper, and why: it never returns by itself. What may be brought
# back, or must be told to readers (RFC 6721), is here whole.
aside = Table(
    "aside",
    metadata,
    Column("id", String(16), primary_key=True),
    Column("source_id", ForeignKey("sources.id", onupdate="CASCADE"), nullable=False),
    Column("key", Text, nullable=False),
    Column("url_key", Text),
    Column("fingerprint", String(64), nullable=False),
    Column("title", Text, nullable=False),
    Column("published", Moment, nullable=False),
    Column("why", String(12), nullable=False),
    Column("since", Moment, nullable=False),
    Column("comment", Text, nullable=False),
    Column("atom_id", Text),
    Column("sections", JSON, nullable=False),  # it was placed in
    Column("article", JSON(none_as_null=True)),  # its row, to bring it back
    Column("path", Text),  # where its page was, if it was printed
    UniqueConstraint("source_id", "key"),
    Index(None, "source_id", "why", "since"),
    Index(None, "why"),
    Index(None, "atom_id"),
)

# What changed in an article, and when; one that changes too often a day waits for its turn.
edits = Table(
    "edits",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("fields", JSON, nullable=False),
    Column("title", Text, nullable=False),  # it had before
)

waiting = Table(
    "waiting",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("due", Moment, nullable=False),
    Column("article", JSON, nullable=False),
    Index(None, "due"),
)

placements = Table(
    "placements",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("section", String, primary_key=True),
    Column("rank", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("method", String(16)),  # none is known of what was placed before there were any
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

# What editors decided by hand, of articles there are: `other` is an article or a section. Beside
# the decisions it outranks, so that what is taken back leaves them as they were.
rulings = Table(
    "rulings",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("article_id", String(16), primary_key=True),
    Column("other", String, primary_key=True),
    Column("rank", Integer, nullable=False),
    Index(None, "article_id"),
    Index(None, "other"),
)

# The pages an article leads to, and those it may be linked by, as digests (aggregator.citing): an
# article may come after the one that cites it.
links = Table(
    "links",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("key", String(20), primary_key=True),
    Index(None, "key"),
)

addresses = Table(
    "addresses",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("key", String(20), primary_key=True),
    Index(None, "key"),
)

citations = Table(
    "citations",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),  # the one that cites
    Column("cited_id", ForeignKey("articles.id"), primary_key=True),
    Column("at", Moment, nullable=False),  # when the one that cites was published
    Column("own", String(8), nullable=False),  # why it is not counted, or ""
    Column("excerpt", Text, nullable=False),
    Column("reason", JSON, nullable=False),  # the address and words of the link
    Column("method", String(16), nullable=False),
    Index(None, "cited_id", "at"),
    Index(None, "at"),
)

# What articles mean to the embedding, packed; `told` is a digest of what it was told of them.
meanings = Table(
    "meanings",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
    Column("told", String(16), nullable=False),
    Column("method", String(16), nullable=False),
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
