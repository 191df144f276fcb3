"""Where events are told: structlog, loaded once there is something to tell."""

from typing import Any


class Log:
    """A logger of structlog's, which `aggregator.logs` sets up.

    Most turns have nothing to say, and loading it takes longer than asking a hundred sources.
    """

    def __init__(self, name: str | None = None) -> None:
        self._names = (name,) if name else ()

    def info(self, event: str, **told: object) -> None:
        """Tell what an operator may want to know."""
        self._own().info(event, **told)

    def warning(self, event: str, **told: object) -> None:
        """Tell what an operator should look at."""
        self._own().warning(event, **told)

    def error(self, event: str, **told: object) -> None:
        """Tell what went wrong."""
        self._own().error(event, **told)

    def exception(self, event: str, **told: object) -> None:
        """Tell what went wrong, and the trace of what is being handled."""
        self._own().exception(event, **told)

    def _own(self) -> Any:
        import structlog  # noqa: PLC0415 -- see above

        return structlog.get_logger(*self._names)
