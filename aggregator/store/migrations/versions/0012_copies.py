"""Which articles are copies of one text, and what is kept to find that out."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.kinds import Moment

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Make three tables; articles are compared when they are next judged."""
    op.create_table(
        "prints",
        sa.Column("print", sa.BigInteger, primary_key=True),
        _article("article_id", primary_key=True),
    )
    op.create_index("ix_prints_article_id", "prints", ["article_id"])
    owner = sa.ForeignKey("sources.id", onupdate="CASCADE")
    op.create_table(
        "refrains",
        sa.Column("source_id", sa.String, owner, primary_key=True),
        sa.Column("print", sa.BigInteger, primary_key=True),
        sa.Column("articles", sa.Integer, nullable=False),
        sa.Column("last", Moment, nullable=False),
    )
    op.create_index("ix_refrains_last", "refrains", ["last"])
    op.create_table(
        "copies",
        _article("article_id", primary_key=True),
        _article("leader_id", nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("reason", sa.JSON, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("settled", sa.Boolean, nullable=False),
    )
    op.create_index("ix_copies_leader_id", "copies", ["leader_id"])
    op.create_index("ix_copies_settled", "copies", ["settled"])


def _article(name: str, *, primary_key: bool = False, nullable: bool = True) -> sa.Column[str]:
    return sa.Column(
        name,
        sa.String(16),
        sa.ForeignKey("articles.id"),
        primary_key=primary_key,
        nullable=nullable and not primary_key,
    )
