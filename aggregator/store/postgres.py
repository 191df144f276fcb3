"""Engines on PostgreSQL: the same promises as on SQLite, kept by its own means.

The connection that writes holds an advisory lock for as long as it lives: a second Broadsheet is
refused, and one that lost its connection has lost its right to write with it. Transactions take
turns by another lock, as SQLite's do by beginning as writers.
"""

import json
import os
import socket
import time
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event

from aggregator.store.address import no_database, shown
from feeds.errors import StateHeldError, StoreError

_PAPER, _TURN = 0x42524F41, 0x42524F42  # of our advisory locks, in each schema
# Where neither the operator nor the server says otherwise.
_LIMITS = {
    "statement_timeout": "120s",
    "lock_timeout": "10s",  # as long as SQLite waits
    "idle_in_transaction_session_timeout": "600s",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "client_connection_check_interval": "10s",
}
_CONNECT = {
    "connect_timeout": "10",
    "client_encoding": "utf8",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
_SET = """
    SELECT set_config(name, %(limits)s::json ->> name, false) FROM pg_settings
    WHERE %(limits)s::json ->> name IS NOT NULL AND source = 'default'
"""
_TRY = "SELECT pg_try_advisory_lock(%s, hashtext(current_schema()))"
_PAUSES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.0)  # seconds; who was killed is let go of within them
_HOLDER = """
    SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)
    WHERE locktype = 'advisory' AND granted AND classid = %s
      AND objid::bigint = (hashtext(current_schema())::bigint & 4294967295)
      AND pg_locks.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


def open_postgres(url: URL, *, reads_only: bool = False, holds: bool = False) -> Engine:
    """Return an engine on a server; what `holds` keeps all others from holding it, too."""
    given = {name: value for name, value in _CONNECT.items() if name not in url.query}
    given |= {"application_name": f"broadsheet {os.getpid()} on {socket.gethostname()}"[:63]}
    try:
        engine = create_engine(
            url,
            # One thread asks, and the holder's right is its one connection's.
            pool_size=1,
            max_overflow=0,
            pool_timeout=30,
            pool_pre_ping=True,
            isolation_level="REPEATABLE READ" if reads_only else "READ COMMITTED",
            connect_args=given,
        )
    except ModuleNotFoundError as error:
        hint = "pip install 'broadsheet[postgres]', or 'psycopg[binary]'"
        raise no_database("the driver for PostgreSQL is not installed", hint) from error

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        try:
            _settle(connection, shown(url))
            if holds:
                _hold(connection, shown(url))
        except BaseException:
            connection.close()
            raise

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if reads_only:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        else:  # each statement sees all that was committed before our turn came
            connection.exec_driver_sql(
                f"SELECT pg_advisory_xact_lock({_TURN}, hashtext(current_schema()))"
            )

    return engine


def _settle(connection: Any, name: str) -> None:
    """Set the limits nobody set otherwise; raise StoreError where text could not be kept."""
    with connection.cursor() as cursor:
        (encoding,) = cursor.execute("SHOW server_encoding").fetchone()
        if encoding != "UTF8":
            raise StoreError(
                f"{name} has the encoding {encoding}; make one with ENCODING 'UTF8', which has "
                "room for every script"
            )
        cursor.execute(_SET, {"limits": json.dumps(_LIMITS)})
    connection.commit()


def _hold(connection: Any, name: str) -> None:
    """Take the paper for this connection, or raise StateHeldError with who has it."""
    with connection.cursor() as cursor:
        for pause in _PAUSES:
            (is_held,) = cursor.execute(_TRY, (_PAPER,)).fetchone()
            if is_held:
                break
            time.sleep(pause)
        else:
            holder = cursor.execute(_HOLDER, (_PAPER,)).fetchone()
            who = f" ({holder[0]})" if holder and holder[0] else ""
            raise StateHeldError(
                f"another Broadsheet{who} is at work on {name}; "
                "stop it, or give --database-url another database"
            )
    connection.commit()
