"""The configuration as it is now: what operators save is taken at the next look."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from aggregator.log import Log
from aggregator.model import Settings
from feeds.errors import Problem, SettingsError

_log = Log(__name__)

_FILES = ("sources.yaml", "editorial.yaml")


class ConfigWatch:
    """Hands out the settings of `directory`, and the last good ones while a file is broken.

    `problems` says what is wrong with the files as they are now; it is empty when all is well.
    """

    def __init__(self, directory: Path, load: Callable[[Path], Settings]) -> None:
        self._directory = directory
        self._load = load
        self._looked_at: dict[str, str] = {}
        self._settings: Settings | None = None
        self.problems: tuple[Problem, ...] = ()

    def current(self) -> Settings:
        """Look at the files and return the settings to go by.

        Raises SettingsError only while there have been no good ones yet.
        """
        marks = self._marks()
        if marks != self._looked_at:
            self._reload(marks)
        if self._settings is None:
            raise SettingsError(self.problems)
        return self._settings

    def _reload(self, marks: dict[str, str]) -> None:
        settings = self._settings
        problems: tuple[Problem, ...] = ()
        try:
            settings = self._at_home(self._load(self._directory))
        except SettingsError as error:
            problems = error.problems
        if self._settings is not None and self._marks() != marks:
            return  # one is being written this very moment: half a file may even look right
        if problems and self._settings is not None:
            _log.warning("the last good settings stay in use", problems=[*map(str, problems)])
        elif self._settings is not None:
            names = sorted({*marks, *self._looked_at})
            new = [name for name in names if marks.get(name) != self._looked_at.get(name)]
            _log.info("new settings taken", file=", ".join(new))
        self._looked_at, self._settings, self.problems = marks, settings, problems

    def _at_home(self, settings: Settings) -> Settings:
        """Return new settings with the old database: a paper does not move while it is made."""
        if self._settings is None:
            return settings
        database = self._settings.site.database
        if settings.site.database != database:
            _log.warning("site.database is taken at the next start; until then the old one stays")
        return replace(settings, site=replace(settings.site, database=database))

    def _marks(self) -> dict[str, str]:
        theme = self._directory / "theme"
        own = sorted(f"theme/{file.name}" for file in theme.iterdir()) if theme.is_dir() else []
        return {name: _mark(self._directory / name) for name in (*_FILES, *own)}


def _mark(file: Path) -> str:
    """Return what tells one content from another; times and sizes do not always."""
    try:
        return sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        return f"unreadable: {error.strerror}"
