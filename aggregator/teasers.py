"""A few lines of an article, that lead to its page. Pure."""

from collections.abc import Sequence

from aggregator.beneath import foreign
from aggregator.edition import Piece, permalink
from aggregator.model import Article, Rights, Section, Settings
from aggregator.navigation import by_slug, link, words
from feeds.model import Image
from publisher.model import Teaser


def home_of(piece: Piece, settings: Settings) -> Section | None:
    """Return the section an article calls home, of those there are."""
    sections = by_slug(settings)
    placed = (sections.get(placement.section) for placement in piece.placements)
    return next((section for section in placed if section is not None), None)


def pictured_first(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces with the first that has an image before all others."""
    lead = next((piece for piece in pieces if image_of(piece)), None)
    rest = [piece for piece in pieces if piece is not lead]
    return [lead, *rest] if lead else rest


def teasers(pieces: Sequence[Piece], settings: Settings) -> tuple[Teaser, ...]:
    """Return the articles as they are shown in a list."""
    return tuple(teaser(piece, settings) for piece in pieces)


def teaser(piece: Piece, settings: Settings) -> Teaser:
    """Return an article as it is shown in a list."""
    one, home = piece.article, home_of(piece, settings)
    return Teaser(
        title=one.title,
        href=settings.site.base_url + one.path,
        permalink=permalink(one, settings.site.base_url),
        source=piece.source.name,
        published=one.published,
        byline=byline(one, settings),
        standfirst=one.summary if piece.source.rights is not Rights.LINK else "",
        section=link(home, settings) if home else None,
        image=image_of(piece),
        language=foreign(one, settings),
    )


def byline(article: Article, settings: Settings) -> str:
    """Return who wrote an article, as people read it out, or nothing."""
    names = [author.name for author in article.authors if author.name]
    return words(settings).listed(names) if names else ""


def image_of(piece: Piece) -> Image | None:
    """Return the image of an article that may be shown."""
    return piece.article.image if piece.source.rights is not Rights.LINK else None
