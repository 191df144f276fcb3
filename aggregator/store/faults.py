"""What a database says went wrong, as an operator understands it, with the cure."""

import re

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, SQLAlchemyError, StatementError

from feeds.errors import StoreAwayError, StoreError

_BY_ITSELF = "it goes on by itself then"
# Words of SQLite and PostgreSQL, in lower case, and what to do about them.
_CURES = {
    "database or disk is full": f"make room on the disk; {_BY_ITSELF}",
    "disk i/o error": f"look whether the disk is full, and at the system's log; {_BY_ITSELF}",
    "database is locked": f"close what else has it open, or let it end; {_BY_ITSELF}",
    "readonly database": f"let this user write the file and its folder; {_BY_ITSELF}",
    "unable to open database file": "it must be a file, in a folder that is there and that this "
    f"user may write; {_BY_ITSELF}",
    "not a database": "bring back a copy of it, or move it away to begin anew",
    "malformed": "bring back a copy of it, or move it away to begin anew",
    "no such table": "bring back a copy of it, or move it away to begin anew",
    "password authentication failed": "look at the user and the password in its URL",
    "no password supplied": "give a password in its URL, or in PGPASSWORD",
    "lock timeout": f"another writer was not done in ten seconds; {_BY_ITSELF}",
    "connection refused": f"start the server, or look at its address; {_BY_ITSELF}",
    "no such file or directory": f"start the server, or look at its address; {_BY_ITSELF}",
    "failed to resolve host": "look at the host in its URL",
    "could not translate host name": "look at the host in its URL",
    "no space left on device": f"make room on the server's disk; {_BY_ITSELF}",
    "too many clients": f"allow the server more connections; {_BY_ITSELF}",
    "too many connections": f"allow the server more connections; {_BY_ITSELF}",
    "starting up": _BY_ITSELF,
    "shutting down": _BY_ITSELF,
    "server closed the connection": _BY_ITSELF,
    "terminating connection": _BY_ITSELF,
    "permission denied": "let this user use the schema: GRANT ALL ON SCHEMA public TO …",
}
_PLACE = re.compile(r"\n(?:LINE \d|CONTEXT:|HINT:|QUERY:)")  # for us
_MISSING = "make it first: CREATE DATABASE … ENCODING 'UTF8'"


def refused(error: SQLAlchemyError) -> StoreError:
    """Return what a database said, in words: a StoreAwayError unless it is about what we told."""
    kind = StoreError if _is_ours(error) else StoreAwayError
    return kind(f"the database refused: {in_words(error)}")


def in_words(error: SQLAlchemyError) -> str:
    """Return what a database said on one line, and the cure where we know one."""
    said = _PLACE.split(str(getattr(error, "orig", None) or error), maxsplit=1)[0]
    said = " ".join(said.split())
    lower = said.lower()
    if "does not exist" in lower and 'database "' in lower:
        return f"{said}; {_MISSING}"
    cure = next((cure for words, cure in _CURES.items() if words in lower), "")
    return f"{said}; {cure}" if cure else said


def _is_ours(error: SQLAlchemyError) -> bool:
    """Say whether what we told the database is at fault, and not the database's own standing."""
    if isinstance(error, IntegrityError | DataError) or _is_too_much(error):
        return True
    return isinstance(error, StatementError) and not isinstance(error, DBAPIError)


def _is_too_much(error: SQLAlchemyError) -> bool:
    """Say whether we told PostgreSQL more than it bears, as in an index (its class 54)."""
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return isinstance(state, str) and state.startswith("54")
