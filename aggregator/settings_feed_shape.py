"""The shape of a feed of the operator's own, one of `feeds:` in sources.yaml."""

from pydantic import ConfigDict, Field

from aggregator.model import Rights
from aggregator.selection import Order
from aggregator.settings_kinds import Languages, Line, Names, Slugs, SlugText, Tiers
from aggregator.settings_shape import Shape, unset


class FeedShape(Shape):
    """A feed of the operator's own: what fits all that is given is in it."""

    model_config = ConfigDict(title="Feed")

    title: Line = Field(description="The feed's name.", examples=["Energy in German"])
    slug: SlugText = Field(
        default="",
        description="Its name in addresses; made from the title unless set; never change it.",
        examples=["energy-de"],
        json_schema_extra=unset,
    )
    formerly: Slugs = Field(
        default=[],
        description="The slugs it had: readers who ask there are sent here (301).",
        examples=[["energy"], "power-de"],
    )
    sections: Names = Field(
        default=[],
        description="Of these sections: titles or slugs, one or a list.",
        examples=[["Security & Defence"], "World"],
    )
    sources: Names = Field(
        default=[],
        description="Of these sources: names or ids, one or a list.",
        examples=[["EU Today"], "eu-today"],
    )
    languages: Languages = Field(
        default=[], description="In these languages (BCP 47), one or a list.", examples=[["de"]]
    )
    words: Names = Field(
        default=[],
        description="What says one of these words or phrases in its headline or summary.",
        examples=[["offshore wind", "heat pump"]],
    )
    tiers: Tiers = Field(
        default=[], description="Of sources of these tiers, one or a list.", examples=[[1, 2]]
    )
    limit: int = Field(
        default=0,
        ge=1,
        le=500,
        description="How many entries it holds; site.entries unless set.",
        examples=[20],
        json_schema_extra=unset,
    )
    order: Order = Field(
        default=Order.FAIR,
        strict=False,
        description="Newest first, and no source floods it (fair), or so be it (newest).",
        examples=["newest"],
    )
    rights: Rights = Field(
        default=Rights.FULL,
        strict=False,
        description="How much of an article it carries at most; its source's rights still hold.",
        examples=["link"],
    )
