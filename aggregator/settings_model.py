"""The shape of sources.yaml: every key with its type, range, meaning and example.

The JSON Schema that editors use is made from these models, and a test holds the manual to them.
"""

from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from aggregator.model import Rights
from aggregator.settings_kinds import (
    Age,
    BaseUrl,
    Contact,
    Every,
    FeedUrl,
    HeaderName,
    HeaderValue,
    Language,
    Line,
    Names,
    Network,
    SlugText,
    Timeout,
)


def _unset(schema: JsonDict) -> None:
    """Keep a default that only means "not written" out of the JSON Schema."""
    schema.pop("default", None)


class Shape(BaseModel):
    """What every part of the file has in common."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class SiteShape(Shape):
    """The paper as a whole."""

    model_config = ConfigDict(title="Site")

    title: Line = Field(description="The paper's name.", examples=["The Broadsheet"])
    base_url: BaseUrl = Field(
        description="Where readers will find the paper: absolute, http or https.",
        examples=["https://news.example.org/"],
    )
    tagline: Line = Field(
        default="",
        description="One sentence beneath the name, and the subtitle of the feeds.",
        examples=["News and commentary from across the EU and beyond"],
        json_schema_extra=_unset,
    )
    language: Language = Field(
        default="en", description="The language of the paper (BCP 47).", examples=["en", "pt-BR"]
    )
    rights: Line = Field(
        default="",
        description="The copyright line of the paper.",
        examples=["© 2026 The Broadsheet; articles belong to their publishers"],
        json_schema_extra=_unset,
    )
    contact: Contact = Field(
        default="",
        description="Web or e-mail address, told to every source in our User-Agent.",
        examples=["https://news.example.org/about/", "editor@example.org"],
        json_schema_extra=_unset,
    )
    footer: bool = Field(
        default=True,
        description="Whether entries in the feeds end with links to related articles.",
        examples=[False],
    )
    entries: int = Field(
        default=50, ge=1, le=500, description="How many entries a feed holds.", examples=[50]
    )
    allow_networks: list[Network] = Field(
        default=[],
        description="Private networks that sources may be fetched from, in CIDR notation.",
        examples=[["10.0.0.0/8"]],
    )
    push: bool = Field(
        default=False,
        description="Whether hubs push to us (WebSub); unless set, where base_url is public https.",
        examples=[False],
        json_schema_extra=_unset,
    )


class HttpShape(Shape):
    """How a source wants to be asked. `${NAME}` stands for an environment variable."""

    model_config = ConfigDict(title="Http")

    user_agent: HeaderValue = Field(
        default="",
        description="The User-Agent header, where ours is refused.",
        examples=["Mozilla/5.0 (compatible; Broadsheet)"],
        json_schema_extra=_unset,
    )
    headers: dict[HeaderName, HeaderValue] = Field(
        default={},
        description="More request headers.",
        examples=[{"Authorization": "Bearer ${MINISTRY_TOKEN}"}],
    )
    timeout: Timeout = Field(
        default=timedelta(seconds=20),
        description="The longest the whole exchange may take: 1s to 5m.",
        examples=["20s"],
        json_schema_extra={"default": "20s"},
    )


class Asking(Shape):
    """What `defaults` and a source have in common."""

    every: Every = Field(
        default=timedelta(minutes=30),
        description="How often to ask: 1m to 30d.",
        examples=["30m", "6h", "1h30m"],
        json_schema_extra={"default": "30m"},
    )
    tier: int = Field(
        default=3,
        ge=1,
        le=9,
        description="Who leads a story told by several: 1 before 9.",
        examples=[1],
    )
    language: Language = Field(
        default="",
        description="The language of the articles (BCP 47), where the feed does not say or errs.",
        examples=["de"],
        json_schema_extra=_unset,
    )
    rights: Rights = Field(
        default=Rights.EXCERPT,
        strict=False,
        description="How much of an article we may carry.",
        examples=["excerpt"],
    )
    max_items: int = Field(
        default=0,
        ge=1,
        le=10_000,
        description="The most entries to take from the feed at a time; all of them unless set.",
        examples=[40],
        json_schema_extra=_unset,
    )
    max_age: Age = Field(
        default=timedelta(),
        description="Articles older than this when we first meet them are left out: 1h to 3650d.",
        examples=["30d"],
        json_schema_extra=_unset,
    )
    http: HttpShape = Field(default_factory=HttpShape, description="How to ask.")


class DefaultsShape(Asking):
    """What holds for every source that does not say otherwise."""

    model_config = ConfigDict(title="Defaults")


class SectionShape(Shape):
    """A part of the paper, with its own page and feeds."""

    model_config = ConfigDict(title="Section")

    title: Line = Field(description="The section's name.", examples=["Security & Defence"])
    slug: SlugText = Field(
        default="",
        description="Its name in addresses; made from the title unless set; never change it.",
        examples=["security-defence"],
        json_schema_extra=_unset,
    )
    words: list[Line] = Field(
        default=[],
        description="Words and phrases that place an article here.",
        examples=[["NATO", "missile", "air defence"]],
    )
    sections: list["SectionShape"] = Field(default=[], description="The sections within it.")


class SourceShape(Asking):
    """A feed we subscribe to."""

    model_config = ConfigDict(title="Source")

    name: Line = Field(description="The source's name, shown to readers.", examples=["EU Today"])
    feed: FeedUrl = Field(
        description="The address of its feed: http, https, or a file: beside this one.",
        examples=["https://eutoday.net/feed/", "file:exports/ministry.xml"],
    )
    id: SlugText = Field(
        default="",
        description="What its articles are remembered by; made from the name unless set.",
        examples=["eu-today"],
        json_schema_extra=_unset,
    )
    sections: Names = Field(
        default=[],
        description="The sections its articles belong to: titles or slugs, one or a list.",
        examples=[["Security & Defence"], "World"],
    )
    categories: dict[Line, Line] = Field(
        default={},
        description="From the source's own categories to our sections.",
        examples=[{"World": "South Caucasus"}],
    )
    cron: Line = Field(
        default="",
        description="When to ask, as five cron fields in UTC, instead of `every`.",
        examples=["0 6,18 * * *"],
        json_schema_extra=_unset,
    )
    enabled: bool = Field(
        default=True, description="false: keep the source, do not ask it.", examples=[False]
    )


class FileShape(Shape):
    """The whole of sources.yaml."""

    model_config = ConfigDict(title="sources.yaml")

    site: SiteShape = Field(description="The paper as a whole.")
    defaults: DefaultsShape = Field(
        default_factory=DefaultsShape,
        description="What holds for every source that does not say otherwise.",
    )
    sections: list[SectionShape] = Field(
        default=[], description="The parts of the paper, in the order readers see them."
    )
    sources: list[SourceShape] = Field(min_length=1, description="The feeds we subscribe to.")
