"""Navigation: the paper's head, the tree of its sections, and what can be subscribed to. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from aggregator.model import Section, Settings, Slug
from aggregator.once import once
from aggregator.selection import FOLDER
from publisher.kinds import ATOM_FEED, FEED_KINDS, JSON_FEED_1, RSS_FEED, FeedKind
from publisher.model import FeedLink, Masthead, SectionLink, SubscribePage
from publisher.opml import Outline
from publisher.texts import Texts, texts

LISTS: Final = (("opml.xml", ATOM_FEED), ("rss.opml", RSS_FEED), ("json.opml", JSON_FEED_1))


@once
def masthead(settings: Settings) -> Masthead:
    """Return the paper's head, with the tree of its sections; it is one for all pages."""
    site = settings.site
    return Masthead(
        title=site.title,
        base_url=site.base_url,
        tagline=site.tagline,
        language=site.language,
        rights=site.rights,
        sections=tuple(link(one, settings) for one in settings.sections if one.parent is None),
        theme=settings.theme,
    )


def words(settings: Settings) -> Texts:
    """Return the paper's own words in its language."""
    return texts(settings.site.language, settings.theme.texts)


def subscribe(
    section: Section | None, settings: Settings, *, beside: Sequence[Section] = ()
) -> SubscribePage:
    """Return the page that says how to subscribe to a section, or to the whole paper.

    `beside` are the feeds that no navigation leads to.
    """
    site = settings.site
    home = f"{site.base_url}{section.path}/" if section else site.base_url
    here = section.slug if section and section in settings.sections else None
    way = trail(here, settings)
    return SubscribePage(
        masthead=masthead(settings),
        href=f"{home}subscribe/",
        title=title_of(section, settings) if section else site.title,
        home=home,
        feeds=tuple(
            FeedLink(href=f"{home}{kind.name}", type=kind.type, name=kind.title)
            for kind in FEED_KINDS
        ),
        trail=(*way, link(section, settings)) if section and here is None else way,
        beside=tuple(link(one, settings) for one in beside),
    )


def outlines(
    settings: Settings, *, beside: Sequence[Section] = (), kind: FeedKind = ATOM_FEED
) -> tuple[Outline, ...]:
    """Return what there is to subscribe to: the whole paper, what is `beside` it, the sections.

    A list names one format: a reader that takes it in would else subscribe to all thrice.
    """
    site = settings.site
    whole = Outline(
        text=site.title,
        feed=f"{site.base_url}{kind.name}",
        home=site.base_url,
        language=site.language,
        description=site.tagline or None,
    )
    tree = (_outline(one, settings, kind) for one in settings.sections if one.parent is None)
    return (whole, *(_outline(one, settings, kind) for one in beside), *tree)


def _outline(section: Section, settings: Settings, kind: FeedKind) -> Outline:
    home = f"{settings.site.base_url}{section.path}/"
    return Outline(
        text=f"{settings.site.title}: {title_of(section, settings)}",
        feed=f"{home}{kind.name}",
        home=home,
        language=settings.site.language,
        outlines=tuple(
            _outline(child, settings, kind)
            for child in settings.sections
            if child.parent == section.slug
        ),
    )


def title_of(section: Section, settings: Settings) -> str:
    """Return what a section is called: by the operator, or what is the paper's own by us."""
    is_theirs = by_slug(settings).get(section.slug) == section
    is_theirs = is_theirs or section.path.startswith(f"{FOLDER}/")
    return section.title if is_theirs else words(settings).say(section.title)


@once
def by_slug(settings: Settings) -> Mapping[Slug, Section]:
    """Return the paper's sections by their slugs."""
    return {section.slug: section for section in settings.sections}


def link(section: Section, settings: Settings) -> SectionLink:
    """Return a section as pages lead to it, with its subsections."""
    if by_slug(settings).get(section.slug) == section:
        return _links(settings)[section.slug]
    return _link(section, (), settings)  # a list, or a feed of the operator's own


@once
def _links(settings: Settings) -> Mapping[Slug, SectionLink]:
    """Return all sections as pages lead to them."""
    within: dict[Slug | None, list[Section]] = defaultdict(list)
    for section in settings.sections:
        within[section.parent].append(section)

    def linked(section: Section) -> SectionLink:
        return _link(section, map(linked, within[section.slug]), settings)

    return {section.slug: linked(section) for section in settings.sections}


def _link(section: Section, within: Iterable[SectionLink], settings: Settings) -> SectionLink:
    return SectionLink(
        title=title_of(section, settings),
        href=f"{settings.site.base_url}{section.path}/",
        slug=section.slug,
        sections=tuple(within),
    )


def trail(slug: Slug | None, settings: Settings) -> tuple[SectionLink, ...]:
    """Return the way from home to a section; None is home itself."""
    way: list[SectionLink] = []
    while slug is not None:
        way.insert(0, _links(settings)[slug])
        slug = by_slug(settings)[slug].parent
    return (SectionLink(title="Home", href=settings.site.base_url, slug=""), *way)
