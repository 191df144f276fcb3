"""Stories: which articles tell one event, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Add two tables."""
    op.create_table(
        "stories",
        sa.Column("id", sa.String(24), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("first", sa.String(20), nullable=False),
        sa.Column("last", sa.String(20), nullable=False),
        sa.Column("leader", sa.String(16), nullable=False),
        sa.Column("continues", sa.String(24)),
        sa.Column("method", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_stories"),
        sa.ForeignKeyConstraint(["leader"], ["articles.id"], name="fk_stories_leader"),
    )
    op.create_index("ix_stories_last", "stories", ["last"])
    op.create_index("ix_stories_continues", "stories", ["continues"])
    op.create_table(
        "members",
        sa.Column("article_id", sa.String(16), nullable=False),
        sa.Column("story", sa.String(24), nullable=False),
        sa.Column("tier", sa.Integer, nullable=False),
        sa.Column("strength", sa.Float, nullable=False),
        sa.Column("reason", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_members"),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name="fk_members_article_id"),
        sa.ForeignKeyConstraint(["story"], ["stories.id"], name="fk_members_story"),
    )
    op.create_index("ix_members_story", "members", ["story"])
