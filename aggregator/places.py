"""Where things are for one call of `broadsheet`: the options every command shares."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any

import click

from aggregator.settings import FILE


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the operator keeps things. `database` outranks the state folder's own."""

    config: Path
    state: Path
    output: Path
    database: str | None = None


def with_places(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --config, --state and --output (or the environment) as one `places`."""

    @click.option(
        "--config",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="BROADSHEET_CONFIG",
        default=Path("config"),
        show_default=True,
        show_envvar=True,
        help="The folder of sources.yaml.",
    )
    @click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="BROADSHEET_STATE",
        default=Path("state"),
        show_default=True,
        show_envvar=True,
        help="The folder of what is remembered.",
    )
    @click.option(
        "--output",
        type=click.Path(path_type=Path, file_okay=False),
        envvar="BROADSHEET_OUTPUT",
        default=Path("public"),
        show_default=True,
        show_envvar=True,
        help="The folder the paper is published in.",
    )
    @click.option(
        "--database-url",
        envvar="BROADSHEET_DATABASE_URL",
        default=None,
        show_envvar=True,
        help="The database, if not the one in the state folder.",
    )
    @wraps(command)
    def with_them(
        *, config: Path, state: Path, output: Path, database_url: str | None, **others: Any
    ) -> Any:
        if not (config / FILE).exists() and (config / "config" / FILE).exists():
            config /= "config"  # the folder `broadsheet init` was given
        places = Places(config=config, state=state, output=output, database=database_url)
        return command(places=places, **others)

    return with_them
