"""Where the database is: its URL judged, and shown without its secrets."""

from pathlib import Path

from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from feeds.errors import Problem, SettingsError

EXAMPLES = "such as sqlite:////srv/paper.db or postgresql://user:password@host/name"
WHERE = "site.database, BROADSHEET_DATABASE_URL or --database-url"
_POSTGRESQL = {"postgresql", "postgres", "postgresql+psycopg"}
_SECRETS = {"password", "sslpassword", "passfile", "options"}


def address(url: str) -> URL:
    """Return the address of a database, with the driver we use.

    Raises SettingsError for a URL that leads to none; the error does not repeat it, for there
    may be a password in it.
    """
    try:
        found = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise no_database("is not the URL of a database", EXAMPLES) from error
    if found.drivername in _POSTGRESQL:
        return found.set(drivername="postgresql+psycopg")
    if found.drivername != "sqlite":
        raise no_database("names a database we cannot use", EXAMPLES)
    if not file_of(found):
        raise no_database("names no file to keep the database in", EXAMPLES)
    return found


def file_of(url: URL) -> Path | None:
    """Return the file of an SQLite database; None for a database that is none or has none."""
    name = url.database if url.get_backend_name() == "sqlite" else None
    return None if not name or name == ":memory:" or name.startswith("file:") else Path(name)


def shown(url: URL) -> str:
    """Return an address fit for a log: without its password, wherever that stands."""
    plain = url.difference_update_query([name for name in url.query if name in _SECRETS])
    return plain.set(drivername=url.get_backend_name()).render_as_string(hide_password=True)


def database_url(state: Path) -> str:
    """Return where the database lives unless the operator says otherwise."""
    return URL.create("sqlite", database=str(state.resolve() / "broadsheet.db")).render_as_string()


def no_database(problem: str, hint: str) -> SettingsError:
    """Return the error for an address that cannot be used."""
    return SettingsError((Problem(file=WHERE, problem=problem, hint=hint),))
