"""What hubs push: our subscriptions, and how they stand."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.kinds import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the table of subscriptions."""
    op.create_table(
        "pushes",
        sa.Column("token", sa.String(64), primary_key=True),
        sa.Column(
            "source_id",
            sa.String,
            sa.ForeignKey("sources.id", onupdate="CASCADE"),
            nullable=False,
        ),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("hub", sa.Text, nullable=False),
        sa.Column("secret", sa.String(64), nullable=False),
        sa.Column("created_at", Moment, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("pending", sa.String(16)),
        sa.Column("asked_at", Moment),
        sa.Column("verified_at", Moment),
        sa.Column("lease_ends", Moment),
        sa.Column("pushed_at", Moment),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("ignored", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
    )
    op.create_index("ix_pushes_source_id", "pushes", ["source_id"])
    op.create_index("ix_pushes_state", "pushes", ["state"])
