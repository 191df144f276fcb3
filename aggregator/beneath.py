"""What stands beneath an article on its page: copies, who else tells it, who cites it. Pure."""

from dataclasses import replace

from aggregator.copies import in_words
from aggregator.edition import Piece, permalink
from aggregator.model import Article, Copy, Rights, Settings
from aggregator.navigation import words
from aggregator.story import reason_in_words
from publisher.model import Comment, Elsewhere, Report


def cited(piece: Piece, settings: Settings, *, is_own: bool) -> tuple[Comment, ...]:
    """Return who cites an article; what may only be linked to is not quoted."""
    base = settings.site.base_url
    return tuple(
        Comment(
            title=other.article.title,
            href=base + other.article.path,
            permalink=permalink(other.article, base),
            source=other.source.name,
            published=other.article.published,
            quotation=citation.excerpt if other.source.rights is not Rights.LINK else "",
            language=foreign(other.article, settings),
        )
        for citation, other in piece.cited
        if bool(citation.own) == is_own
    )


def elsewhere(copy: Copy, other: Piece, settings: Settings) -> Elsewhere:
    """Return another article with one's text."""
    base = settings.site.base_url
    return Elsewhere(
        title=other.article.title,
        href=base + other.article.path,
        permalink=permalink(other.article, base),
        source=other.source.name,
        reason=in_words(copy, words(settings)),
    )


def also_reported(piece: Piece, settings: Settings) -> tuple[Report, ...]:
    """Return who else tells an article's story, and why it is the same."""
    return tuple(
        replace(_report(other, settings), reason=reason_in_words(why, words(settings)))
        for why, other in (piece.story.others if piece.story else ())
    )


def beside(other: Piece | None, settings: Settings) -> Report | None:
    """Return the article that leads the story before or after, if there is one."""
    return _report(other, settings) if other else None


def _report(other: Piece, settings: Settings) -> Report:
    base = settings.site.base_url
    return Report(
        title=other.article.title,
        href=base + other.article.path,
        permalink=permalink(other.article, base),
        source=other.source.name,
        published=other.article.published,
        language=foreign(other.article, settings),
    )


def foreign(article: Article, settings: Settings) -> str | None:
    """Return an article's language where it is not the paper's own."""
    return article.language if article.language != settings.site.language else None
