"""The kinds of values that say what of a source's entries is taken, and what is believed."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, PlainValidator, WithJsonSchema

from aggregator.durations import PATTERN as INTERVAL
from aggregator.model import Ignored
from aggregator.settings_kinds import MistakeError, interval, shape

MOST_ENTRIES = 10_000


def _backfill(value: object) -> int | timedelta | None:
    """Return how many entries, or how old ones, are news when we first ask; None: all of them."""
    if value == "all":
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= MOST_ENTRIES:
            raise MistakeError(f"must be from 0 to {MOST_ENTRIES}", "or all")
        return value
    if isinstance(value, str) and re.fullmatch(INTERVAL, value.strip()):
        return interval(timedelta(hours=1), timedelta(days=3650))(value)
    raise MistakeError("must be a number of entries, an age or all", "such as 50, 30d or all")


def _words(value: object) -> object:
    return value.replace(",", " ").split() if isinstance(value, str) else value


Backfill = Annotated[
    int | timedelta | None,
    PlainValidator(_backfill),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "integer", "minimum": 0, "maximum": MOST_ENTRIES},
                {"type": "string", "pattern": f"{INTERVAL}|^all$"},
            ]
        }
    ),
]
Ignoring = Annotated[
    list[Annotated[Ignored, Field(strict=False)]],
    BeforeValidator(_words),
    shape("array", items={"type": "string", "enum": [each.value for each in Ignored]}),
]
