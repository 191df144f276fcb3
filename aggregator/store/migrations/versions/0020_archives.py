"""The archives of feeds: which documents there are, and what is in each."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """Add two tables; they are filled when the paper is next printed."""
    op.create_table(
        "archives",
        sa.Column("feed", sa.String, nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("is_last", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("feed", "seq", name="pk_archives"),
    )
    op.create_table(
        "filed",
        sa.Column("feed", sa.String, nullable=False),
        sa.Column("article_id", sa.String(16), nullable=False),
        sa.Column("seq", sa.Integer, nullable=False),
        sa.Column("says", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("feed", "article_id", name="pk_filed"),
    )
    op.create_index("ix_filed_feed_seq", "filed", ["feed", "seq"])
