"""Where things are for one call of `broadsheet`: the options its commands share."""

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
from aggregator.store.address import database_url
from feeds.errors import Problem, SettingsError

STATE_HELP = "The folder of what is remembered."
DATABASE = "BROADSHEET_DATABASE_URL"
OUTPUT_HELP = "The folder the paper is published in."


as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


def examples(*calls: str) -> str:
    """Return calls as the end of a help text; the first line keeps click from joining them."""
    return "\b\nExamples:\n" + "\n".join(f"  {call}" for call in calls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """Where the operator keeps things. `database` is the one said for this call alone."""

    config: Path
    state: Path
    output: Path
    database: str | None = None

    @property
    def options(self) -> tuple[str, ...]:
        """Return the options that name these places to another call."""
        return (f"--config={self.config}", f"--state={self.state}", f"--output={self.output}")

    @property
    def environment(self) -> dict[str, str]:
        """Return what names the database to another call; there may be a password in it."""
        return {DATABASE: self.database} if self.database else {}

    def database_for(self, settings: Settings) -> str:
        """Return the URL of the database: said for this call, or in the settings, or our own."""
        return self.database or settings.site.database or database_url(self.state)


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


def folder_option(
    name: str, default: Path, words: str, *, from_environment: bool = True
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Return the option --`name`, a folder; BROADSHEET_`NAME` may say it, too."""
    return click.option(
        f"--{name}",
        type=click.Path(path_type=Path, file_okay=False),
        envvar=f"BROADSHEET_{name.upper()}" if from_environment else None,
        default=default,
        show_default=True,
        show_envvar=from_environment,
        help=words,
    )


def with_places(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command --config, --state and --output (or the environment) as one `places`."""

    @folder_option("config", Path("config"), "The folder of sources.yaml.")
    @folder_option("state", Path("state"), STATE_HELP)
    @folder_option("output", Path("public"), OUTPUT_HELP)
    @click.option(
        "--database-url",
        envvar=DATABASE,
        default=None,
        show_envvar=True,
        help="The database, if not site.database, or a file in the state folder.",
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
