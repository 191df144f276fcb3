"""The feed that a page leads to which came where a feed should be."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a column; nothing there is touched."""
    op.add_column("sources", sa.Column("advertised", sa.Text))
