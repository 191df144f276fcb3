"""What editors decided by hand, and finding an article by its page alone."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Add a table, and an index over the pages of articles."""
    op.create_table(
        "rulings",
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("article_id", sa.String(16), nullable=False),
        sa.Column("other", sa.String, nullable=False),
        sa.Column("rank", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("kind", "article_id", "other", name="pk_rulings"),
    )
    op.create_index("ix_rulings_article_id", "rulings", ["article_id"])
    op.create_index("ix_rulings_other", "rulings", ["other"])
    op.create_index("ix_articles_url_key", "articles", ["url_key"])
