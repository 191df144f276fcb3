"""The operator's own feeds: what `feeds:` in sources.yaml asks for, held against the rest of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aggregator.selection import FOLDER, LANGUAGES, SOURCES, Selection
from aggregator.settings_check import Known, source_id
from aggregator.settings_draft import Draft, quoted
from aggregator.settings_feed_shape import FeedShape
from aggregator.settings_model import DefaultsShape, SourceShape
from aggregator.settings_words import hint_of
from aggregator.slugs import slug
from aggregator.yamlmarks import Place
from feeds.errors import Problem

_TAKEN = frozenset([LANGUAGES, SOURCES])
_ASKED = ("sections", "sources", "languages", "words", "tiers", "limit", "order", "rights")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """The paper's sources, to be found by id or name, and their tiers."""

    names: Mapping[str, str]  # of each id
    tiers: Mapping[str, int]
    _by_name: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        by_name = {name.casefold(): one for one, name in self.names.items()}
        object.__setattr__(self, "_by_name", by_name | {one: one for one in self.names})

    @classmethod
    def of(cls, shapes: Sequence[SourceShape], defaults: DefaultsShape) -> "Sources":
        """Return the sources that are sound, with the tier they have."""
        return cls(
            names={source_id(one): one.name for one in shapes},
            tiers={
                source_id(one): one.tier if "tier" in one.model_fields_set else defaults.tier
                for one in shapes
            },
        )

    def find(self, name: str) -> str | None:
        """Return the id of the source so called; an id outranks a name."""
        return self._by_name.get(name.casefold())

    def hint(self, name: str) -> str:
        """Return what else `name` may have meant."""
        return hint_of("sources", list(self.names.values()), name, other=self.names)


def feed_problems(
    feeds: Mapping[Place, FeedShape], sections: Known | None, sources: Sources | None, draft: Draft
) -> Iterator[Problem]:
    """Yield what is wrong with the feeds; they are not held against what is None."""
    first: dict[str, Place] = {}
    for place, feed in feeds.items():
        yield from _slug_problems(place, feed, draft, first)
        if not _asks(place, draft):
            hint = f"give it {', '.join(f'{name}:' for name in _ASKED[:-1])} or {_ASKED[-1]}:"
            yield draft.problem(place, "is no other feed than that of the whole paper", hint)
        if sections is not None:
            yield from _section_problems(place, feed, draft, sections)
        if sources is not None:
            yield from _source_problems(place, feed, draft, sources)


def selection_of(feed: FeedShape, sections: Known, sources: Sources) -> Selection:
    """Return the selection that a sound shape asks for."""
    found = (sources.find(name) for name in feed.sources)
    return Selection(
        slug=slug_of(feed),
        title=feed.title,
        sections=tuple(dict.fromkeys(sections.slugs(name)[0] for name in feed.sections)),
        sources=tuple(dict.fromkeys(one for one in found if one)),
        languages=tuple(dict.fromkeys(feed.languages)),
        words=tuple(dict.fromkeys(feed.words)),
        tiers=tuple(sorted(set(feed.tiers))),
        limit=feed.limit or None,
        order=feed.order,
        rights=feed.rights if "rights" in feed.model_fields_set else None,
        formerly=tuple(dict.fromkeys(feed.formerly)),
    )


def slug_of(feed: FeedShape) -> str:
    """Return the feed's name in addresses; "" where its title spells none."""
    return feed.slug or slug(feed.title)


def _asks(place: Place, draft: Draft) -> bool:
    """Say whether a feed has keys beside its names, be they right or wrong."""
    value: Any = draft.value
    for step in place:
        value = value[step]
    return not value.keys() <= {"title", "slug", "formerly"}


def _slug_problems(
    place: Place, feed: FeedShape, draft: Draft, first: dict[str, Place]
) -> Iterator[Problem]:
    at = (*place, "slug") if feed.slug else (*place, "title")
    name = slug_of(feed)
    if not name:
        yield draft.problem(at, "no slug can be made from this title", "write one with slug:")
    elif name in _TAKEN:
        problem = f"{FOLDER}/{name}/ is where the paper's own feeds are"
        yield draft.problem(at, problem, "choose another with slug:")
    elif name in first:
        problem = f"the slug {quoted(name)} is also that of line {draft.line(first[name])}"
        yield draft.problem(at, problem, "choose another with slug:")
    else:
        first[name] = place


def _section_problems(
    place: Place, feed: FeedShape, draft: Draft, sections: Known
) -> Iterator[Problem]:
    for number, name in enumerate(feed.sections):
        at, slugs = (*place, "sections", number), sections.slugs(name)
        if not slugs:
            yield draft.problem(at, f"no section is called {quoted(name)}", sections.hint(name))
        elif len(slugs) > 1:
            problem = f"several sections are called {quoted(name)}"
            yield draft.problem(at, problem, f"say {' or '.join(slugs)}")


def _source_problems(
    place: Place, feed: FeedShape, draft: Draft, sources: Sources
) -> Iterator[Problem]:
    for number, name in enumerate(feed.sources):
        if sources.find(name) is None:
            problem = f"no source is called {quoted(name)}"
            yield draft.problem((*place, "sources", number), problem, sources.hint(name))
    among = [one for one in map(sources.find, feed.sources) if one] or list(sources.tiers)
    there = sorted({sources.tiers[one] for one in among})
    if feed.tiers and not set(feed.tiers).intersection(there):
        whose = "none of these sources" if feed.sources else "no source"
        listed = ", ".join(map(str, there))
        problem = f"leaves nothing: {whose} is of {_tiers(feed.tiers)}"
        yield draft.problem((*place, "tiers"), problem, f"there are those of tier {listed}")


def _tiers(wanted: Sequence[int]) -> str:
    return f"tier {' or '.join(str(one) for one in wanted)}"
