"""What every part of sources.yaml has in common."""

from pydantic import BaseModel, ConfigDict
from pydantic.config import JsonDict


class Shape(BaseModel):
    """A part of the file: nothing unknown, nothing converted, nothing changed."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def unset(schema: JsonDict) -> None:
    """Keep a default that only means "not written" out of the JSON Schema."""
    schema.pop("default", None)
