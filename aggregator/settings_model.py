"""The shape of sources.yaml: every key with its type, range, meaning and example.

The JSON Schema that editors use is made from these models, and a test holds the manual to them.
"""

from datetime import timedelta

from pydantic import ConfigDict, Field

from aggregator.model import DateOf, Future, Identity, Rights
from aggregator.settings_entries import Backfill, Ignoring
from aggregator.settings_feed_shape import FeedShape
from aggregator.settings_http import HttpShape
from aggregator.settings_kinds import (
    Age,
    BaseUrl,
    Contact,
    DatabaseUrl,
    Every,
    FeedUrl,
    Hubs,
    Language,
    Line,
    Names,
    Network,
    Slugs,
    SlugText,
)
from aggregator.settings_shape import Shape, unset


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
        json_schema_extra=unset,
    )
    language: Language = Field(
        default="en", description="The language of the paper (BCP 47).", examples=["en", "pt-BR"]
    )
    rights: Line = Field(
        default="",
        description="The copyright line of the paper.",
        examples=["© 2026 The Broadsheet; articles belong to their publishers"],
        json_schema_extra=unset,
    )
    contact: Contact = Field(
        default="",
        description="Web or e-mail address, told to every source in our User-Agent.",
        examples=["https://news.example.org/about/", "editor@example.org"],
        json_schema_extra=unset,
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
        description="Private networks in which sources, hubs and subscribers may be (CIDR).",
        examples=[["10.0.0.0/8"]],
    )
    database: DatabaseUrl = Field(
        default="",
        description="Where all is remembered, unless in a file in the state folder; a change "
        "takes effect at the next start. ${NAME} stands for an environment variable.",
        examples=["postgresql://paper:${PAPER_PASSWORD}@db.example.org/paper"],
        json_schema_extra=unset,
    )
    semantic: bool = Field(
        default=False,
        description="Whether articles are compared by meaning, too; needs the extra of that name.",
        examples=[True],
    )
    detect_languages: bool = Field(
        default=False,
        description="Whether a text tells its language where nobody says or its feed errs; "
        "needs the extra lang.",
        examples=[True],
    )
    language_feeds: bool = Field(
        default=False,
        description="Whether each language of the paper has a feed, once there are two.",
        examples=[True],
    )
    source_feeds: bool = Field(
        default=False,
        description="Whether each source has a feed of ours, unless its rights are link.",
        examples=[True],
    )
    hub: Hubs = Field(
        default=[],
        description="Hubs that are told what is new in our feeds (WebSub); builtin is our own.",
        examples=["builtin", ["builtin", "https://hub.example/"]],
    )
    push: bool = Field(
        default=False,
        description="Whether hubs push to us (WebSub); unless set, where base_url is public https.",
        examples=[False],
        json_schema_extra=unset,
    )


class Asking(Shape):
    """What `defaults` and a source have in common."""

    every: Every = Field(
        default=timedelta(minutes=30),
        description="How often to ask at most: 1m to 30d.",
        examples=["30m", "6h", "1h30m"],
        json_schema_extra={"default": "30m"},
    )
    longest: Every = Field(
        default=timedelta(hours=6),
        description="The longest to wait for a source that has had no news for long: 1m to 30d.",
        examples=["30m", "6h", "1d"],
        json_schema_extra={"default": "6h"},
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
        json_schema_extra=unset,
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
        json_schema_extra=unset,
    )
    max_age: Age = Field(
        default=timedelta(),
        description="Articles older than this when we first meet them are left out: 1h to 3650d.",
        examples=["30d"],
        json_schema_extra=unset,
    )
    backfill: Backfill = Field(
        default=50,
        description="Of what a source has when we first ask: so many entries, or an age, or all.",
        examples=[50, "30d", "all"],
    )
    retention: Age = Field(
        default=timedelta(),
        description="How long articles are kept: 1h to 3650d; for ever unless set.",
        examples=["365d"],
        json_schema_extra=unset,
    )
    edits: int = Field(
        default=6, ge=1, le=1000, description="How often a day an article may change.", examples=[6]
    )
    identity: Identity = Field(
        default=Identity.GUID,
        strict=False,
        description="What makes an entry the article it is.",
        examples=["link"],
    )
    ignore: Ignoring = Field(
        default=[],
        description="What of the entries is not to be believed, and is left unread.",
        examples=[["id", "updated"]],
    )
    date: DateOf = Field(
        default=DateOf.PUBLISHED,
        strict=False,
        description="Which date puts an article in its place.",
        examples=["updated"],
    )
    future_dates: Future = Field(
        default=Future.IGNORE_DATE,
        strict=False,
        description="What of an entry from the future is ignored: its date, or it, until then.",
        examples=["ignore_entry"],
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
        json_schema_extra=unset,
    )
    formerly: Slugs = Field(
        default=[],
        description="The slugs it had: readers who ask there are sent here (301).",
        examples=[["security"], "defence"],
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
        json_schema_extra=unset,
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
        json_schema_extra=unset,
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
    feeds: list[FeedShape] = Field(
        default=[], description="Feeds beside those of the sections: what is in each."
    )
