"""At which judging an article was judged first and last, so that all can be judged again so."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Add two columns, filled by when articles were first seen: those of one pull together."""
    for name in ("heard_first", "heard_last"):
        op.add_column("articles", sa.Column(name, sa.Integer))
    columns = ("id", "first_seen", "judged", "heard_first", "heard_last")
    articles = sa.table("articles", *map(sa.column, columns))
    connection = op.get_bind()
    rows = connection.execute(
        sa.select(articles.c.id, articles.c.first_seen).where(articles.c.judged.is_(sa.true()))
    ).all()
    number = {moment: at for at, moment in enumerate(sorted({row[1] for row in rows}), 1)}
    told = [{"this": row[0], "number": number[row[1]]} for row in rows]
    if told:
        new: dict[str, sa.BindParameter[int]] = {
            name: sa.bindparam("number") for name in ("heard_first", "heard_last")
        }
        here = articles.c.id == sa.bindparam("this")
        connection.execute(sa.update(articles).where(here).values(new), told)
        ledger = sa.table("ledger", sa.column("name"), sa.column("value"))
        connection.execute(sa.delete(ledger).where(ledger.c.name == "heard"))
        held = {"name": "heard", "value": str(len(number))}
        connection.execute(sa.insert(ledger).values(held))
