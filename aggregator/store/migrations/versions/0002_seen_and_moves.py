"""What was read before, so that it need not be read again; and moves that are not believed yet."""

import sqlalchemy as sa
from alembic import op

from aggregator.store.kinds import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add a table and three columns; nothing there is touched."""
    op.create_table(
        "seen",
        sa.Column(
            "source_id",
            sa.String,
            sa.ForeignKey("sources.id", onupdate="CASCADE"),
            primary_key=True,
        ),
        sa.Column("manner", sa.String(16), nullable=False),
        sa.Column("items", sa.Text, nullable=False),
    )
    op.add_column("sources", sa.Column("move_to", sa.Text))
    op.add_column("sources", sa.Column("move_turns", sa.Integer))
    op.add_column("sources", sa.Column("move_since", Moment))
