"""What an operator puts over our own look and words. Pure."""

from dataclasses import dataclass
from typing import Final

TEMPLATES: Final = (
    *("base.html", "parts.html", "front.html", "section.html", "article.html"),
    "subscribe.html",
)
STYLE: Final = "style.css"
ROBOTS: Final = "robots.txt"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Words of ours with what to say instead, templates by name, a style sheet and a robots.txt.

    A template of the theme finds the one it stands for as `ours/NAME`, to build on it.
    """

    texts: tuple[tuple[str, str], ...] = ()
    templates: tuple[tuple[str, str], ...] = ()
    style: str | None = None
    robots: str | None = None


PLAIN: Final = Theme()
