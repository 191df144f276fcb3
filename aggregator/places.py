"""Where things are for one call of `broadsheet`: the options every command shares."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import click

from aggregator.model import Settings
from aggregator.settings import FILE, load
from feeds.errors import Problem, SettingsError


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the operator keeps things. `database` outranks the state folder's own."""

    config: Path
    state: Path
    output: Path
    database: str | None = None


def load_beside(output: Path) -> Callable[[Path], Settings]:
    """Return what loads the settings of a paper published in `output`.

    A paper is never its own source, not even as files on disk: what it raises is SettingsError.
    """

    def load_it(directory: Path) -> Settings:
        settings = load(directory)
        ours = output.resolve().as_uri() + "/"
        problems = tuple(
            Problem(
                file=FILE,
                key=f"sources[{number}].feed",
                problem="is our own output: it lies in the folder we publish in",
                hint="a paper cannot be its own source",
            )
            for number, source in enumerate(settings.sources)
            if _resolved(source.feed).startswith(ours)
        )
        if problems:
            raise SettingsError(problems)
        return settings

    return load_it


def _resolved(feed: str) -> str:
    if not feed.startswith("file:"):
        return feed
    return Path(url2pathname(urlsplit(feed).path)).resolve().as_uri()


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
