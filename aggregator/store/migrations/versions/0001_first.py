"""The first shape: sources, articles, what was decided about them, and what is to be printed."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.kinds import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _sources()
    _articles()
    _judgements()
    op.create_table(
        "stale",
        sa.Column("kind", sa.String(8), primary_key=True),
        sa.Column("id", sa.String, primary_key=True),
    )
    op.create_table(
        "ledger",
        sa.Column("name", sa.String, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def _sources() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.String, primary_key=True),
        sa.Column("feed", sa.Text, nullable=False),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("etag", sa.Text),
        sa.Column("last_modified", sa.Text),
        sa.Column("body_hash", sa.String(64)),
        sa.Column("home", sa.Text),
        sa.Column("atom_id", sa.Text),
        sa.Column("inherited", sa.String(64)),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("new", sa.Integer, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("last_success", Moment),
        sa.Column("next_fetch", Moment),
    )


def _articles() -> None:
    op.create_table(
        "articles",
        sa.Column("id", sa.String(16), primary_key=True),
        sa.Column(
            "source_id",
            sa.String,
            sa.ForeignKey("sources.id", onupdate="CASCADE"),
            nullable=False,
        ),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("url_key", sa.Text),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("atom_id", sa.Text, nullable=False, unique=True),
        sa.Column("path", sa.Text, nullable=False, unique=True),
        sa.Column("permalink", sa.Text, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("published", Moment, nullable=False),
        sa.Column("updated", Moment, nullable=False),
        sa.Column("first_seen", Moment, nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("rights", sa.Text),
        sa.Column("parts", sa.JSON, nullable=False),
        sa.Column("judged", sa.Boolean, nullable=False),
        sa.UniqueConstraint("source_id", "key"),
    )
    op.create_index("ix_articles_source_id_url_key", "articles", ["source_id", "url_key"])
    op.create_index("ix_articles_published_id", "articles", ["published", "id"])
    op.create_index("ix_articles_judged", "articles", ["judged"])


def _judgements() -> None:
    op.create_table(
        "placements",
        sa.Column("article_id", sa.String(16), sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("section", sa.String, primary_key=True),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("published", Moment, nullable=False),
    )
    op.create_index(
        "ix_placements_section_published_article_id",
        "placements",
        ["section", "published", "article_id"],
    )
    op.create_table(
        "terms",
        sa.Column("article_id", sa.String(16), sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("kind", sa.String(6), primary_key=True),
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("weight", sa.Float, nullable=False),
        sa.Column("surface", sa.Text, nullable=False),
        sa.Column("leads", sa.Boolean, nullable=False),
    )
    op.create_index("ix_terms_term_kind", "terms", ["term", "kind"])
    op.create_table(
        "frequencies",
        sa.Column("language", sa.String(35), primary_key=True),
        sa.Column("kind", sa.String(6), primary_key=True),
        sa.Column("term", sa.Text, primary_key=True),
        sa.Column("documents", sa.Integer, nullable=False),
    )
    op.create_table(
        "relations",
        sa.Column("article_id", sa.String(16), sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("rank", sa.Integer, primary_key=True),
        sa.Column("related_id", sa.String(16), sa.ForeignKey("articles.id"), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("reason", sa.JSON, nullable=False),
    )
    op.create_index("ix_relations_related_id", "relations", ["related_id"])
