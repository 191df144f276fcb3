"""Where the page was of what is no longer in the paper."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Add a column; of what went before nobody knows for sure that it had been printed."""
    op.add_column("aside", sa.Column("path", sa.Text))
