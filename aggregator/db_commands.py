"""The commands that keep the database: copying a paper from one to another, and backing it up."""

import os
import re
from contextlib import ExitStack
from pathlib import Path

import click

from aggregator import console
from aggregator.console import in_words
from aggregator.places import Places, examples, load_beside, with_places
from aggregator.settings_kinds import ENVIRONMENT
from aggregator.store.address import address, shown
from aggregator.store.copying import Copied, back_up, copy_paper, is_there
from aggregator.store.engine import hold_database, open_database, open_to_read
from feeds.errors import Problem, SettingsError, StoreError

_REFERENCE = re.compile(ENVIRONMENT)


@click.group(short_help="Copy a paper to another database; back it up.")
def db() -> None:
    """Keep the database: an SQLite file, or one on a PostgreSQL server."""


@db.command(
    name="copy",
    short_help="Copy a paper from one database to another.",
    epilog=examples(
        "broadsheet db copy sqlite:///state/broadsheet.db 'postgresql://paper:${PW}@host/paper'",
        "broadsheet db copy postgresql://host/paper sqlite:////srv/paper.db",
    ),
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@in_words
def copy_command(*, source: str, target: str) -> None:
    """Copy a paper from the database FROM to the database TO, in which there must be none.

    Both are URLs, in which ${NAME} stands for an environment variable: so a password need not
    stand in the list of processes. FROM is brought up to date first, and else unchanged. Then name
    TO in site.database, in BROADSHEET_DATABASE_URL or with --database-url: the paper goes on with
    the same ids.
    """
    one, other = _filled_in(source), _filled_in(target)
    if address(one) == address(other):
        raise StoreError("FROM and TO are the same database")
    if not is_there(one):
        raise StoreError(f"there is no paper in {shown(address(one))}")
    with ExitStack() as open_:
        for url in (one, other):
            open_.enter_context(hold_database(url))
        engines = []
        for url in (one, other):
            engines.append(open_database(url))
            open_.callback(engines[-1].dispose)
        with console.working("copying"):
            copied = copy_paper(*engines)
    click.echo(f"{_counted(copied)} copied to {shown(address(other))}, and compared")


@db.command(
    name="backup",
    short_help="Copy all that is remembered into a file.",
    epilog=examples("broadsheet db backup /srv/backup/paper-monday.db"),
)
@with_places
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@in_words
def backup_command(*, places: Places, file: Path) -> None:
    """Copy all that is remembered into FILE, an SQLite database, even while `run` is at work.

    FILE must not be there yet. To go back, copy it to where the database was, or `db copy` it.
    """
    settings = load_beside(places.output)(places.config)
    url = places.database_for(settings)
    with open_to_read(url) as reading, console.working("backing up"):
        if reading is None:
            raise StoreError(f"there is no paper in {shown(address(url))}")
        copied = back_up(reading, file)
    click.echo(f"{_counted(copied)} copied to {file}, and compared")


def _counted(copied: Copied) -> str:
    rows = sum(copied.values())
    return f"{copied['articles']} articles, {rows} rows of {len(copied)} tables"


def _filled_in(url: str) -> str:
    names = (reference[2:-1] for reference in _REFERENCE.findall(url))
    missing = [name for name in names if not os.environ.get(name)]
    if missing:
        raise SettingsError(
            tuple(
                Problem(file="environment", key=name, problem="is not set, or empty")
                for name in missing
            )
        )
    return _REFERENCE.sub(lambda reference: os.environ[reference[0][2:-1]], url)
