"""A small paper to start from, as `broadsheet init` writes it."""

import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from aggregator import settings, settings_editorial
from aggregator.settings import FILE
from feeds.errors import BroadsheetError


def write(directory: Path) -> tuple[Path, ...]:
    """Write a configuration into `directory`/config and return the files written.

    Raises BroadsheetError rather than touch one that is there.
    """
    config = directory / "config"
    file = config / FILE
    if file.exists() and not (file.is_file() and file.stat().st_size == 0):
        raise BroadsheetError(f"{file} is there already; nothing was written")
    return put(
        config,
        {
            FILE: (resources.files("aggregator") / "starter.yaml").read_text("utf-8"),
            "sources.schema.json": _spelt(settings.schema()),
            "editorial.schema.json": _spelt(settings_editorial.schema()),
        },
    )


def put(config: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """Write files into a folder of configuration, by their names, and return their paths.

    Raises BroadsheetError where that cannot be.
    """
    try:
        config.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (config / name).write_text(text, "utf-8")
    except OSError as error:
        raise BroadsheetError(f"{config} cannot be written: {error.strerror}") from error
    return tuple(config / name for name in files)


def _spelt(schema: dict[str, Any]) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
