"""Navigation: the paper's head, the tree of its sections, and what can be subscribed to. Pure."""

from collections.abc import Sequence

from aggregator.model import Section, Settings, Slug
from publisher.model import Masthead, SectionLink
from publisher.opml import Outline


def masthead(settings: Settings) -> Masthead:
    """Return the paper's head, with the tree of its sections."""
    site = settings.site
    return Masthead(
        title=site.title,
        base_url=site.base_url,
        tagline=site.tagline,
        language=site.language,
        rights=site.rights,
        sections=tuple(link(one, settings) for one in settings.sections if one.parent is None),
    )


def outlines(settings: Settings, *, rankings: Sequence[Section] = ()) -> tuple[Outline, ...]:
    """Return what there is to subscribe to: the whole paper, what is ranked, then the sections."""
    site = settings.site
    whole = Outline(
        text=site.title,
        feed=f"{site.base_url}atom.xml",
        home=site.base_url,
        language=site.language,
        description=site.tagline or None,
    )
    tree = (_outline(one, settings) for one in settings.sections if one.parent is None)
    return (whole, *(_outline(one, settings) for one in rankings), *tree)


def _outline(section: Section, settings: Settings) -> Outline:
    home = f"{settings.site.base_url}{section.path}/"
    return Outline(
        text=f"{settings.site.title}: {section.title}",
        feed=f"{home}atom.xml",
        home=home,
        language=settings.site.language,
        outlines=tuple(
            _outline(child, settings) for child in settings.sections if child.parent == section.slug
        ),
    )


def link(section: Section, settings: Settings) -> SectionLink:
    """Return a section as pages lead to it, with its subsections."""
    return SectionLink(
        title=section.title,
        href=f"{settings.site.base_url}{section.path}/",
        slug=section.slug,
        sections=tuple(
            link(child, settings) for child in settings.sections if child.parent == section.slug
        ),
    )


def trail(slug: Slug | None, settings: Settings) -> tuple[SectionLink, ...]:
    """Return the way from home to a section; None is home itself."""
    by_slug = {section.slug: section for section in settings.sections}
    way: list[SectionLink] = []
    while slug is not None:
        way.insert(0, link(by_slug[slug], settings))
        slug = by_slug[slug].parent
    return (SectionLink(title="Home", href=settings.site.base_url, slug=""), *way)
