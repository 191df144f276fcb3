"""A source's articles in order of time: what it names everywhere, and how often it writes."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Add an index."""
    op.create_index("ix_articles_source_id_published", "articles", ["source_id", "published"])
