"""The log: one event a line, whatever others put into it, and no secret in any."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from feeds.secrets import shown


def configure() -> None:
    """Have events written to stderr: for people at a terminal, else as logfmt."""
    is_watched = sys.stderr.isatty()
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            harmless,
            structlog.dev.ConsoleRenderer()
            if is_watched
            else structlog.processors.LogfmtRenderer(key_order=["timestamp", "level", "event"]),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
    )


def harmless(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Return an event whose words can neither begin a line nor move a cursor, nor tell a key.

    Only our own traces have lines; a renderer that knows no lines writes them as escapes.
    """
    for key, value in event.items():
        if isinstance(value, str):
            event[key] = "".join(map(_plain, shown(value)))
    return event


def _plain(letter: str) -> str:
    if letter.isprintable() or letter == "\n":
        return letter
    return letter.encode("unicode_escape").decode("ascii")
