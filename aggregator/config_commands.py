"""The commands about the operator's files: write some to start from, and say whether they do."""

import shlex
import sys
from pathlib import Path

import click

from aggregator import console, starter
from aggregator.console import MISCONFIGURED, in_words
from aggregator.editors import unknown
from aggregator.model import Settings
from aggregator.places import Places, as_json, examples, load_beside, with_places
from aggregator.settings import FILE
from aggregator.settings_editorial import EDITORIAL
from aggregator.store.address import address
from aggregator.store.engine import open_to_read
from feeds.errors import Problem, SettingsError, StoreError


@click.command(
    name="init",
    short_help="Write a small paper to start from.",
    epilog=examples("broadsheet init paper", "cd paper && broadsheet build"),
)
@click.argument(
    "directory", type=click.Path(path_type=Path, file_okay=False), default=Path(), required=False
)
@in_words
def init_command(directory: Path) -> None:
    """Write a small paper to start from into DIRECTORY/config (here, unless you say where)."""
    for path in starter.write(directory):
        console.out.print(f"wrote {path}", markup=False)
    console.out.print(
        f"edit {directory / 'config' / FILE}, then: "
        f"cd {shlex.quote(str(directory))} && broadsheet check && broadsheet build",
        markup=False,
    )


@click.command(
    name="check",
    short_help="Say whether the configuration can be used.",
    epilog=examples("broadsheet check", "broadsheet check --config config --json"),
)
@with_places
@as_json
@in_words
def check_command(*, places: Places, as_json: bool) -> None:
    """Say whether the configuration can be used; every mistake at once, with its line.

    What editorial.yaml says of articles that are not there, or not yet, is told and is no mistake.
    """
    try:
        settings = load_beside(places.output)(places.config)
        strangers = _strangers(places, settings)
    except SettingsError as error:
        if not as_json:
            raise
        console.print_problems(error.problems)
        sys.exit(MISCONFIGURED)
    if as_json:
        console.print_problems(strangers)
        return
    console.print_notes(strangers)
    off = sum(not source.enabled for source in settings.sources)
    console.out.print(
        f"{places.config / 'sources.yaml'} is all right: {len(settings.sources)} sources "
        f"({off} switched off), {len(settings.sections)} sections"
        + (f"; {len(settings.rulings)} decisions by hand" if settings.rulings else ""),
        markup=False,
    )


def _strangers(places: Places, settings: Settings) -> tuple[Problem, ...]:
    """Return what editorial.yaml names and nobody knows, as far as there are articles to look at.

    Raises SettingsError where the database's URL leads to none.
    """
    url = places.database_for(settings)
    address(url)
    if not settings.rulings:
        return ()
    try:
        with open_to_read(url) as connection:
            return unknown(connection, settings) if connection else ()
    except StoreError as error:
        console.err.print(f"{EDITORIAL} was not held against the articles: {error}", markup=False)
        return ()
