"""What the keys of sources.yaml say to each other, and the settings they amount to."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from os.path import normpath
from pathlib import PurePath
from urllib.parse import unquote, urlsplit

from aggregator.cron import cron_problem
from aggregator.model import Section, Slug, Source, SourceId
from aggregator.secrecy import variables_of
from aggregator.settings_draft import Draft, quoted
from aggregator.settings_feed_shape import FeedShape
from aggregator.settings_http import http_of, http_problems, with_http_defaults
from aggregator.settings_kinds import normal_address
from aggregator.settings_model import Asking, DefaultsShape, SectionShape, SiteShape, SourceShape
from aggregator.settings_words import hint_of
from aggregator.slugs import slug
from aggregator.yamlmarks import Place
from feeds.errors import Problem
from feeds.urls import is_beneath

BLIND = timedelta(days=1)
RESERVED = frozenset(
    [
        *("archive", "articles", "assets", "editors-picks", "feeds", "hub"),
        *("most-cited", "most-covered", "sitemap", "subscribe", "wire"),
    ]
)  # names that the paper itself puts beneath its root or beneath a section


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """The sound parts of the file with their places, and whether they are all there are."""

    site: SiteShape | None
    defaults: DefaultsShape
    sections: Mapping[Place, SectionShape]
    sources: Mapping[Place, SourceShape]
    feeds: Mapping[Place, FeedShape] = field(default_factory=dict)
    all_sections: bool = True
    all_sources: bool = True


def flattened(
    shapes: Mapping[Place, SectionShape], around: Section | None = None
) -> Iterator[tuple[Place, Section]]:
    """Yield every section with its place, parents before children, as they are written."""
    for place, shape in shapes.items():
        name = shape.slug or slug(shape.title)
        section = Section(
            slug=Slug(name),
            title=shape.title,
            path=f"{around.path}/{name}" if around else name,
            parent=around.slug if around else None,
            words=tuple(dict.fromkeys(shape.words)),
            formerly=tuple(map(Slug, dict.fromkeys(shape.formerly))),
        )
        yield place, section
        within = {(*place, "sections", at): each for at, each in enumerate(shape.sections)}
        yield from flattened(within, section)


def section_problems(sections: Mapping[Place, Section], draft: Draft) -> Iterator[Problem]:
    """Yield what is wrong with the sections' slugs."""
    first: dict[Slug, Place] = {}
    for place, section in sections.items():
        at = (*place, "slug") if draft.has((*place, "slug")) else (*place, "title")
        name = quoted(section.slug)
        if not section.slug:
            yield draft.problem(at, "no slug can be made from this title", "write one with slug:")
        elif section.slug in RESERVED:
            problem = f"the slug {name} is one the paper needs itself"
            yield draft.problem(at, problem, "choose another with slug:")
        elif section.slug in first:
            problem = f"the slug {name} is also that of line {draft.line(first[section.slug])}"
            yield draft.problem(at, problem, "choose another with slug:")
        else:
            first[section.slug] = place


def source_problems(
    shapes: Shapes, sections: Iterable[Section], draft: Draft, directory: PurePath | None
) -> Iterator[Problem]:
    """Yield what is wrong between sources, and between a source and the rest of the file."""
    known = Known(sections=tuple(sections))
    yield from _longest_problems(("defaults",), shapes.defaults, draft)
    ids: dict[str, Place] = {}
    feeds: dict[str, Place] = {}
    yield from http_problems(("defaults", "http"), shapes.defaults.http, draft)
    for place, source in shapes.sources.items():
        yield from http_problems((*place, "http"), source.http, draft)
        yield from _cadence_problems(place, source, draft)
        yield from _id_problems(place, source, draft, ids)
        address = normal_address(feed_address(source.feed, directory))
        at = (*place, "feed")
        if address in feeds:
            problem = f"is already subscribed to in line {draft.line(feeds[address])}"
            yield draft.problem(at, problem, "keep one of them")
        feeds.setdefault(address, at)
        if shapes.site and is_beneath(shapes.site.base_url, address):
            problem = "is our own output: it lies beneath site.base_url"
            yield draft.problem(at, problem, "a paper cannot be its own source")
        if shapes.all_sections:
            yield from _reference_problems(place, source, draft, known)


def source_of(
    shape: SourceShape,
    defaults: DefaultsShape,
    sections: "Known",
    directory: PurePath | None,
    variables: Mapping[str, str],
) -> Source:
    """Return the source that a sound shape and the defaults amount to."""
    shape = _with_defaults(shape, defaults)
    http = http_of(shape.http, directory)
    return Source(
        id=SourceId(source_id(shape)),
        name=shape.name,
        feed=feed_address(shape.feed, directory),
        sections=tuple(dict.fromkeys(sections.slugs(name)[0] for name in shape.sections)),
        categories={key: sections.slugs(name)[0] for key, name in shape.categories.items()},
        every=shape.every,
        longest=max(shape.longest, shape.every),
        cron=shape.cron or None,
        # Where each poll costs a whole document, once a day is polite; an operator outranks that.
        blind=shape.every if "every" in shape.model_fields_set else BLIND,
        tier=shape.tier,
        language=shape.language or None,
        rights=shape.rights,
        max_items=shape.max_items or None,
        max_age=shape.max_age or None,
        backfill=shape.backfill,
        retention=shape.retention or None,
        edits=shape.edits,
        identity=shape.identity,
        ignore=tuple(dict.fromkeys(shape.ignore)),
        date=shape.date,
        future_dates=shape.future_dates,
        enabled=shape.enabled,
        http=http,
        variables=variables_of(shape.feed, http, variables),
    )


def source_id(shape: SourceShape) -> str:
    """Return what the source is remembered by; "" where its name spells nothing."""
    return shape.id or slug(shape.name)


def feed_address(feed: str, directory: PurePath | None) -> str:
    """Return the feed's address; a relative `file:` is taken from `directory`, if that is known."""
    if not feed.lower().startswith("file:"):
        return feed
    path = (directory or PurePath()) / unquote(urlsplit(feed).path)
    return PurePath(normpath(path)).as_uri() if path.is_absolute() else feed


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The paper's sections, to be found by slug or title."""

    sections: tuple[Section, ...]
    _by_name: dict[str, tuple[Slug, ...]] = field(init=False)

    def __post_init__(self) -> None:
        by_name: dict[str, tuple[Slug, ...]] = {}
        for section in self.sections:
            title = section.title.casefold()
            by_name[title] = (*by_name.get(title, ()), section.slug)
        by_name |= {section.slug: (section.slug,) for section in self.sections}
        object.__setattr__(self, "_by_name", by_name)

    def slugs(self, name: str) -> tuple[Slug, ...]:
        """Return the slugs of the sections so called; a slug outranks a title."""
        return self._by_name.get(name.casefold(), ())

    def hint(self, name: str) -> str:
        """Return what else `name` may have meant."""
        titles = [section.title for section in self.sections]
        if not titles:
            return "there are no sections"
        slugs = (section.slug for section in self.sections)
        return hint_of("sections", titles, name, other=slugs)


def _with_defaults(shape: SourceShape, defaults: DefaultsShape) -> SourceShape:
    """Return the source with the defaults for what it leaves unset, `http` key by key."""
    unset = defaults.model_fields_set - shape.model_fields_set
    if shape.cron:
        unset = unset - {"every"}  # the source says when, and in other words
    update: dict[str, object] = {name: getattr(defaults, name) for name in unset}
    if "http" not in unset:
        update["http"] = with_http_defaults(shape.http, defaults.http)
    return shape.model_copy(update=update)


def _cadence_problems(place: Place, source: SourceShape, draft: Draft) -> Iterator[Problem]:
    yield from _longest_problems(place, source, draft)
    at = (*place, "cron")
    if not source.cron:
        return
    if "every" in source.model_fields_set:
        yield draft.problem(at, "cannot go with every", "keep one of them")
    if problem := cron_problem(source.cron):
        yield draft.problem(at, problem)


def _longest_problems(place: Place, asking: Asking, draft: Draft) -> Iterator[Problem]:
    is_said = {"every", "longest"} <= asking.model_fields_set
    if is_said and asking.longest < asking.every:
        hint = "every is how often to ask at most, longest how seldom"
        yield draft.problem((*place, "longest"), "is shorter than every", hint)


def _id_problems(
    place: Place, source: SourceShape, draft: Draft, ids: dict[str, Place]
) -> Iterator[Problem]:
    at = (*place, "id") if source.id else (*place, "name")
    name = source_id(source)
    if not name:
        yield draft.problem(at, "no id can be made from this name", "write one with id:")
    elif name in ids:
        problem = f"the id {quoted(name)} is also that of line {draft.line(ids[name])}"
        yield draft.problem(at, problem, "choose another with id:")
    else:
        ids[name] = at


def _reference_problems(
    place: Place, source: SourceShape, draft: Draft, known: Known
) -> Iterator[Problem]:
    references = [((*place, "sections", at), name) for at, name in enumerate(source.sections)]
    references += [((*place, "categories", key), name) for key, name in source.categories.items()]
    for at, name in references:
        slugs = known.slugs(name)
        if not slugs:
            yield draft.problem(at, f"no section is called {quoted(name)}", known.hint(name))
        elif len(slugs) > 1:
            yield draft.problem(
                at, f"several sections are called {quoted(name)}", f"say {' or '.join(slugs)}"
            )
