"""By which method an article is placed where it is."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Add a column; what is placed is placed anew, and so filled, when the paper is next built."""
    op.add_column("placements", sa.Column("method", sa.String(16)))
