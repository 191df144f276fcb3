"""What our feeds say, and what hubs know of it."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.kinds import Moment

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Add two tables; they are filled when the paper is next printed with a hub."""
    op.create_table(
        "topics",
        sa.Column("path", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("path", name="pk_topics"),
    )
    op.create_table(
        "pings",
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("told", sa.String(64)),
        sa.Column("told_at", Moment),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("next_try", Moment),
        sa.Column("problem", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("hub", "topic", name="pk_pings"),
        sa.ForeignKeyConstraint(
            ["topic"], ["topics.path"], name="fk_pings_topic", ondelete="CASCADE"
        ),
    )
