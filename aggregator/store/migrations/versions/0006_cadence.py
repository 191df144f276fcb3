"""What decides when a source is asked next: its own hints, and when it had news."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Add three columns; a source that is not asked yet since then goes by its interval alone."""
    op.add_column("sources", sa.Column("why", sa.String(16)))
    op.add_column("sources", sa.Column("hints", sa.Text))
    op.add_column("sources", sa.Column("news", sa.Text))
