"""Every name an article ever had; what is known and not in the paper; what changed and when."""

import sqlalchemy as sa
from alembic import op

from aggregator.naming import names_kept
from aggregator.store.kinds import Moment

revision = "0004"
down_revision = "0003"
AT_ONCE = 1_000  # articles whose names are made together


def upgrade() -> None:
    """Make four tables and three columns, and name all articles there are."""
    op.add_column("sources", sa.Column("notes", sa.Text))
    op.add_column("sources", sa.Column("name", sa.Text))
    op.add_column("sources", sa.Column("rights", sa.String(8)))
    names = op.create_table(
        "names",
        _source(primary_key=True),
        sa.Column("name", sa.String(24), primary_key=True),
        sa.Column("article_id", sa.String(16), primary_key=True),
        sa.Column("since", Moment, nullable=False),
    )
    op.create_index("ix_names_article_id", "names", ["article_id"])
    op.create_table(
        "aside",
        sa.Column("id", sa.String(16), primary_key=True),
        _source(),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("url_key", sa.Text),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("published", Moment, nullable=False),
        sa.Column("why", sa.String(12), nullable=False),
        sa.Column("since", Moment, nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("atom_id", sa.Text),
        sa.Column("sections", sa.JSON, nullable=False),
        sa.Column("article", sa.JSON),
        sa.UniqueConstraint("source_id", "key", name="uq_aside_source_id_key"),
    )
    op.create_index("ix_aside_source_id_why_since", "aside", ["source_id", "why", "since"])
    op.create_index("ix_aside_why", "aside", ["why"])
    op.create_index("ix_aside_atom_id", "aside", ["atom_id"])
    _of_changes()
    _name_all(names)


def _of_changes() -> None:
    op.create_table(
        "edits",
        sa.Column("article_id", sa.String(16), sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("at", Moment, primary_key=True),
        sa.Column("fields", sa.JSON, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
    )
    op.create_table(
        "waiting",
        sa.Column("article_id", sa.String(16), sa.ForeignKey("articles.id"), primary_key=True),
        sa.Column("due", Moment, nullable=False),
        sa.Column("article", sa.JSON, nullable=False),
    )
    op.create_index("ix_waiting_due", "waiting", ["due"])


def _source(*, primary_key: bool = False) -> sa.Column[str]:
    owner = sa.ForeignKey("sources.id", onupdate="CASCADE")
    return sa.Column("source_id", sa.String, owner, primary_key=primary_key, nullable=False)


def _name_all(names: sa.Table) -> None:
    articles = sa.table(
        "articles",
        *(sa.column(name) for name in ("id", "source_id", "key", "url_key", "title")),
        sa.column("first_seen", Moment),
    )
    connection = op.get_bind()
    last = ""
    while rows := connection.execute(
        sa.select(articles).where(articles.c.id > last).order_by(articles.c.id).limit(AT_ONCE)
    ).all():
        told = [
            {
                "source_id": row.source_id,
                "name": name,
                "article_id": row.id,
                "since": row.first_seen,
            }
            for row in rows
            for name in sorted(names_kept(row.key, row.url_key, row.title))
        ]
        connection.execute(sa.insert(names), told)
        last = rows[-1].id
