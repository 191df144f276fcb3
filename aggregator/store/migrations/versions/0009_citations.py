"""Who cites whom: what articles link to, what they may be linked by, and the citations found."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Make three tables; the next judging fills them from the articles that are there."""
    for name in ("links", "addresses"):
        op.create_table(
            name,
            _article("article_id", name),
            sa.Column("key", sa.String(20), nullable=False),
            sa.PrimaryKeyConstraint("article_id", "key", name=f"pk_{name}"),
        )
        op.create_index(f"ix_{name}_key", name, ["key"])
    op.create_table(
        "citations",
        _article("article_id", "citations"),
        _article("cited_id", "citations"),
        sa.Column("at", sa.String(20), nullable=False),
        sa.Column("own", sa.String(8), nullable=False),
        sa.Column("excerpt", sa.Text, nullable=False),
        sa.Column("reason", sa.JSON, nullable=False),
        sa.Column("method", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("article_id", "cited_id", name="pk_citations"),
    )
    op.create_index("ix_citations_cited_id_at", "citations", ["cited_id", "at"])
    op.create_index("ix_citations_at", "citations", ["at"])


def _article(name: str, table: str) -> sa.Column[str]:
    key = sa.ForeignKey("articles.id", name=f"fk_{table}_{name}")
    return sa.Column(name, sa.String(16), key, nullable=False)
