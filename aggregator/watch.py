"""The configuration as it is now: what operators save is taken at the next look."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import structlog

from aggregator.model import Settings
from feeds.errors import Problem, SettingsError

_log = structlog.get_logger(__name__)

_FILE = "sources.yaml"


class ConfigWatch:
    """Hands out the settings of `directory`, and the last good ones while the file is broken.

    `problems` says what is wrong with the file as it is now; it is empty when all is well.
    """

    def __init__(self, directory: Path, load: Callable[[Path], Settings]) -> None:
        self._directory = directory
        self._load = load
        self._looked_at: str | None = None
        self._settings: Settings | None = None
        self.problems: tuple[Problem, ...] = ()

    def current(self) -> Settings:
        """Look at the file and return the settings to go by.

        Raises SettingsError only while there have been no good ones yet.
        """
        mark = self._mark()
        if mark != self._looked_at:
            self._reload(mark)
        if self._settings is None:
            raise SettingsError(self.problems)
        return self._settings

    def _reload(self, mark: str) -> None:
        settings = self._settings
        problems: tuple[Problem, ...] = ()
        try:
            settings = self._load(self._directory)
        except SettingsError as error:
            problems = error.problems
        if self._settings is not None and self._mark() != mark:
            return  # it is being written this very moment: half a file may even look right
        if problems and self._settings is not None:
            _log.warning("the last good settings stay in use", problems=[*map(str, problems)])
        elif self._settings is not None:
            _log.info("new settings taken", file=_FILE)
        self._looked_at, self._settings, self.problems = mark, settings, problems

    def _mark(self) -> str:
        """Return what tells one content from another; times and sizes do not always."""
        try:
            return sha256((self._directory / _FILE).read_bytes()).hexdigest()
        except OSError as error:
            return f"unreadable: {error.strerror}"
