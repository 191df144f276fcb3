"""Whose turn it is, by an index: how a source is asked, at which host, and after how long."""

from urllib.parse import urlsplit

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add three columns, filled from what is there, and the index over them."""
    op.add_column("sources", sa.Column("pause", sa.Integer))
    how = sa.Column("asking", sa.String(8), nullable=False, server_default="every")
    op.add_column("sources", how)
    op.add_column("sources", sa.Column("host", sa.Text))
    by = ["asking", "next_fetch", "host"]
    op.create_index(f"ix_sources_{'_'.join(by)}", "sources", by)
    sources = sa.table("sources", *map(sa.column, ("id", "address", "state", "asking", "host")))
    connection = op.get_bind()
    for row in connection.execute(sa.select(sources)).all():
        asking = "never" if row.state in {"gone", "removed"} else "every"
        here = sa.update(sources).where(sources.c.id == row.id)
        connection.execute(here.values(asking=asking, host=_host(row.address)))


def _host(address: str) -> str | None:
    try:
        return (urlsplit(address).hostname or "").rstrip(".") or None
    except ValueError:
        return None
