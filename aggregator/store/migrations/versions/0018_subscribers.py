"""Our own hub: who is sent which feed, and who has yet to confirm that they mean it."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.kinds import Moment

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Make the table of subscribers."""
    op.create_table(
        "subscribers",
        sa.Column("callback", sa.Text, nullable=False),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("host", sa.Text, nullable=False),
        sa.Column("known", sa.String(64), nullable=False),
        sa.Column("secret", sa.Text, nullable=False),
        sa.Column("lease_ends", Moment),
        sa.Column("wished", sa.String(16)),
        sa.Column("wished_at", Moment),
        sa.Column("wished_secret", sa.Text, nullable=False),
        sa.Column("wished_lease", sa.Integer, nullable=False),
        sa.Column("challenge", sa.String(64), nullable=False),
        sa.Column("sent_at", Moment),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("failing_since", Moment),
        sa.Column("next_try", Moment),
        sa.Column("problem", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("callback", "topic", name="pk_subscribers"),
    )
    for column in ("topic", "host", "lease_ends", "wished_at"):
        op.create_index(f"ix_subscribers_{column}", "subscribers", [column])
