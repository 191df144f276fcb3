"""The shape of editorial.yaml: every key with its type, meaning and example."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainValidator,
    WithJsonSchema,
)

from aggregator.settings_kinds import Line, MistakeError, Names, one_line, shape
from aggregator.settings_shape import Shape

LONGEST_REFERENCE = 2_000  # characters; browsers and servers bear no more of an address
LARGEST_GROUP = 50
MOST_PICKS = 200
_A_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_MOMENT = rf"^{_A_DAY}([T ][0-9]{{2}}:[0-9]{{2}}(:[0-9]{{2}})?(Z|[+-][0-9]{{2}}:?[0-9]{{2}})?)?$"


def _reference(text: str) -> str:
    if " " in one_line(text):
        raise MistakeError("is neither an address nor an id", "there is a space in it")
    return text.strip()


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _moment(value: object, *, ends: bool = False) -> datetime:
    """Return the moment a text names, UTC unless it says otherwise; a day alone ends at its end."""
    wrong = MistakeError("is no moment", "such as 2026-06-01 or 2026-06-01T18:00+02:00")
    if not isinstance(value, str):
        raise wrong
    try:
        if len(value) == len("2026-06-01"):
            day = datetime.combine(date.fromisoformat(value), time(), UTC)
            return day + timedelta(days=1) if ends else day
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise wrong from error


def _end(value: object) -> datetime:
    return _moment(value, ends=True)


def _pick(value: object) -> object:
    return {"article": value} if isinstance(value, str) else value


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

From = Annotated[datetime, PlainValidator(_moment), shape("string", pattern=_MOMENT)]
Until = Annotated[datetime, PlainValidator(_end), shape("string", pattern=_MOMENT)]

_HERE, _THERE = "https://their.example/one", "https://other.example/two"


class PickShape(Shape):
    """An article of Editors' Picks, or its address alone."""

    article: Reference = Field(
        description="The address of its page, theirs or ours, or its id.", examples=[_HERE]
    )
    note: Line | None = Field(
        default=None, description="What readers are told of it.", examples=["Read this first"]
    )
    order: int | None = Field(
        default=None,
        ge=0,
        le=1_000_000,
        description="Its turn: the least first, then those without one as they are written.",
        examples=[1],
    )
    since: From | None = Field(
        default=None,
        alias="from",
        description="When it comes; a day alone is its beginning, UTC.",
        examples=["2026-06-01"],
    )
    until: Until | None = Field(
        default=None,
        description="When it goes; a day alone is its end, UTC.",
        examples=["2026-06-07", "2026-06-07T18:00+02:00"],
    )


Pick = Annotated[
    PickShape,
    BeforeValidator(_pick, json_schema_input_type=Reference | PickShape),
]


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
    picks: list[Pick] = Field(
        default=[],
        max_length=MOST_PICKS,
        description="Editors' Picks: what they tell readers to read, in this order.",
        examples=[[_HERE, {"article": _THERE, "note": "Read this first", "until": "2026-06-07"}]],
    )
