"""What sources.yaml says of the site: what this machine lacks for it, and what it amounts to."""

from collections.abc import Iterator
from ipaddress import ip_address
from urllib.parse import urlsplit

from aggregator import embedding, tongues
from aggregator.model import Site
from aggregator.settings_draft import Draft
from aggregator.settings_kinds import BUILTIN
from aggregator.settings_model import SiteShape
from feeds.errors import Problem

OWN_HUB = "hub"  # beneath base_url
_INSIDE = (".localhost", ".local", ".internal", ".home.arpa")  # names no stranger can ask for


def site_problems(shape: SiteShape | None, draft: Draft) -> Iterator[Problem]:
    """Yield what the site asks for and this machine has not."""
    if shape is None:
        return
    for key, is_asked, extra in (
        ("semantic", shape.semantic, embedding),
        ("detect_languages", shape.detect_languages, tongues),
    ):
        if is_asked and not extra.is_installed():
            problem = f"needs {extra.PACKAGE}, which is not installed"
            yield draft.problem(("site", key), problem, extra.INSTALL)


def site_of(shape: SiteShape) -> Site:
    """Return the site a sound shape describes."""
    return Site(
        title=shape.title,
        base_url=shape.base_url,
        tagline=shape.tagline,
        language=shape.language,
        rights=shape.rights,
        contact=shape.contact,
        footer=shape.footer,
        entries=shape.entries,
        allow_networks=tuple(shape.allow_networks),
        semantic=shape.semantic,
        detect_languages=shape.detect_languages,
        language_feeds=shape.language_feeds,
        source_feeds=shape.source_feeds,
        database=shape.database,
        hubs=_hubs(shape),
        own_hub=BUILTIN in shape.hub,
        push=shape.push if "push" in shape.model_fields_set else _is_public(shape.base_url),
    )


def _hubs(shape: SiteShape) -> tuple[str, ...]:
    """Return the addresses of the hubs, our own first: a subscriber may well ask that alone."""
    others = [one for one in shape.hub if one != BUILTIN]
    own = [f"{shape.base_url}{OWN_HUB}"] if BUILTIN in shape.hub else []
    return tuple(dict.fromkeys([*own, *others]))


def _is_public(base: str) -> bool:
    """Say whether strangers can reach `base`, and nobody between can read along."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    try:
        return parts.scheme == "https" and ip_address(host).is_global
    except ValueError:
        return parts.scheme == "https" and "." in host and not host.endswith(_INSIDE)
