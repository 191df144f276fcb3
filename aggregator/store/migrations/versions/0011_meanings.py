"""What articles mean to the optional embedding."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Make the table; it is filled as articles are judged, where the operator asks for it."""
    article = sa.ForeignKey("articles.id", name="fk_meanings_article_id")
    op.create_table(
        "meanings",
        sa.Column("article_id", sa.String(16), article, nullable=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("told", sa.String(16), nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("article_id", name="pk_meanings"),
    )
