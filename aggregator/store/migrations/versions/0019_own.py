"""Which articles have no page but ours, to be found without reading the others."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Add an index; nothing there is touched."""
    own = sa.text("permalink = ''")
    op.create_index(
        "ix_articles_own",
        "articles",
        ["published", "id"],
        sqlite_where=own,
        postgresql_where=own,
    )
