"""The shape of editorial.yaml: every key with its type, meaning and example."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, WithJsonSchema

from aggregator.settings_kinds import MistakeError, Names, one_line, shape
from aggregator.settings_shape import Shape

LONGEST_REFERENCE = 2_000  # characters; browsers and servers bear no more of an address
LARGEST_GROUP = 50


def _reference(text: str) -> str:
    if " " in one_line(text):
        raise MistakeError("is neither an address nor an id", "there is a space in it")
    return text.strip()


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


Reference = Annotated[
    str,
    Field(max_length=LONGEST_REFERENCE),
    AfterValidator(_reference),
    shape("string", minLength=1, maxLength=LONGEST_REFERENCE),
]
References = Annotated[
    list[Reference],
    Field(min_length=1, max_length=LARGEST_GROUP),
    BeforeValidator(_listed),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "minLength": 1},
                {"type": "array", "minItems": 1, "items": {"type": "string", "minLength": 1}},
            ]
        }
    ),
]
Group = Annotated[list[Reference], Field(min_length=2, max_length=LARGEST_GROUP)]

_HERE, _THERE = "https://their.example/one", "https://other.example/two"


class EditorialShape(Shape):
    """What editors decide by hand; it outranks all that is decided otherwise."""

    model_config = ConfigDict(title="editorial.yaml")

    section: dict[Reference, Names] = Field(
        default={},
        description="The sections an article is in, by title or slug; the first is home.",
        examples=[{_HERE: "World"}, {_HERE: ["World", "opinion"]}],
    )
    related: dict[Reference, References] = Field(
        default={},
        description="What an article leads to, before all else.",
        examples=[{_HERE: _THERE}],
    )
    never_related: list[Group] = Field(
        default=[],
        description="Groups of articles of which none leads to another.",
        examples=[[[_HERE, _THERE]]],
    )
    same: list[Group] = Field(
        default=[],
        description="Groups of articles that tell one story.",
        examples=[[[_HERE, _THERE]]],
    )
    copies: list[Group] = Field(
        default=[],
        description="Groups of articles that are one text: one of them stands for all.",
        examples=[[[_HERE, _THERE]]],
    )
    apart: list[Group] = Field(
        default=[],
        description="Groups of articles of which no two are one text or tell one story.",
        examples=[[[_HERE, _THERE]]],
    )
    lead: References = Field(
        default=[],
        description="Articles that lead their story, and stand for their copies.",
        examples=[[_HERE]],
    )
