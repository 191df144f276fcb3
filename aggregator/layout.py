"""Pages: articles laid out as a newspaper prints them. Pure."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from aggregator.attachments import attachments
from aggregator.beneath import also_reported, cited, elsewhere, foreign
from aggregator.beneath import beside as next_to
from aggregator.edition import Piece, permalink, text_of
from aggregator.grounds import retold
from aggregator.model import Article, ArticleId, Rights, Section, Settings, Slug
from aggregator.navigation import by_slug, link, masthead, trail, words
from aggregator.plates import is_shown
from aggregator.rankings import Ranking, named
from aggregator.related import reason
from aggregator.teasers import byline, home_of, image_of, pictured_first, teaser, teasers
from feeds.model import Image, Text
from publisher.kinds import ATOM_THREAD
from publisher.model import (
    ArticlePage,
    Block,
    FrontPage,
    RelatedTeaser,
    SectionPage,
    Teaser,
)

LEADS = 40  # the newest so many, among which the paper's lead is chosen
LATEST, IN_BLOCK = 12, 5
ON_FRONT = 35  # in all the blocks of sections: the page stays light however many there are
CONSIDERED = 30  # the newest of a section, among which a block finds those at home in it


def front(
    pieces: Sequence[Piece],
    blocks: Mapping[Slug, Sequence[Piece]],
    *,
    settings: Settings,
    rankings: Sequence[Ranking] = (),
) -> FrontPage:
    """Return the front page: `pieces` are the newest of all, `blocks` those of each section.

    A section's block shows what calls it home, and nothing is told twice: a section all of whose
    newest stand above has none.
    """
    lead = _lead(pieces[:LEADS])
    rest = [piece for piece in pieces if piece is not lead][:LATEST]
    told = {piece.article.id for piece in (lead, *rest) if piece}
    base, say = settings.site.base_url, words(settings).say
    roots = [section for section in settings.sections if section.parent is None][:ON_FRONT]
    limit = min(IN_BLOCK, ON_FRONT // max(len(roots), 1))
    return FrontPage(
        masthead=masthead(settings),
        href=base,
        feed_href=f"{base}atom.xml",
        lead=replace(teaser(lead, settings), note=_told_by(lead, settings)) if lead else None,
        latest=Block(title=say("Latest Posts"), teasers=teasers(rest, settings)),
        rankings=tuple(_top(one, settings) for one in rankings if one.pieces),
        blocks=tuple(
            block
            for section, of_it in ((one, blocks.get(one.slug, ())) for one in roots)
            if (block := _block(section, of_it, told, limit=limit, settings=settings)).teasers
            or not of_it
        ),
    )


def _lead(pieces: Sequence[Piece]) -> Piece | None:
    """Return what leads the paper: pictured, told by most sources, of the best tier, newest."""

    def weight(piece: Piece) -> tuple[int, int, int]:
        others = {other.source.id for _, other in (*piece.related, *piece.copies)}
        told = piece.story.sources if piece.story else 1
        return told, len(others - {piece.source.id}), -piece.source.tier

    pictured = [piece for piece in pieces if image_of(piece)]
    return max(pictured, key=weight, default=next(iter(pieces), None))  # the first of equals


def _told_by(lead: Piece, settings: Settings) -> str:
    """Return who else reports what leads the paper, or ""."""
    others = (other for _, other in lead.story.others) if lead.story else ()
    names = dict.fromkeys(
        other.source.name for other in others if other.source.id != lead.source.id
    )
    return named("Also reported by {names}", list(names), words(settings)) if names else ""


def _block(
    section: Section,
    pieces: Sequence[Piece],
    told: Collection[ArticleId],
    *,
    limit: int,
    settings: Settings,
) -> Block:
    own = [
        piece
        for piece in pieces
        if piece.article.id not in told and _root(piece, settings) == section.slug
    ]
    return Block(
        title=section.title,
        href=f"{settings.site.base_url}{section.path}/",
        teasers=teasers(pictured_first(own[:limit]), settings),
    )


def section(pieces: Sequence[Piece], *, section: Section, settings: Settings) -> SectionPage:
    """Return a section's page."""
    href = f"{settings.site.base_url}{section.path}/"
    return SectionPage(
        masthead=masthead(settings),
        section=link(section, settings),
        trail=trail(section.slug, settings),
        href=href,
        feed_href=f"{href}atom.xml",
        teasers=teasers(pieces, settings),
    )


def ranking(one: Ranking, *, settings: Settings) -> SectionPage:
    """Return the page of what is most cited."""
    here = link(one.section, settings)
    return SectionPage(
        masthead=masthead(settings),
        section=here,
        trail=(*trail(None, settings), here),
        href=here.href,
        feed_href=f"{here.href}atom.xml",
        teasers=_ranked(one, settings),
    )


def _top(one: Ranking, settings: Settings) -> Block:
    here = link(one.section, settings)
    return Block(title=here.title, href=here.href, teasers=_ranked(one, settings)[:IN_BLOCK])


def _ranked(one: Ranking, settings: Settings) -> tuple[Teaser, ...]:
    return tuple(
        replace(teaser(piece, settings), note=one.notes[piece.article.id]) for piece in one.pieces
    )


def beside(
    latest: Sequence[Piece], lists: Sequence[Ranking], *, settings: Settings
) -> tuple[Block, ...]:
    """Return what stands beside an article: these lists, such as Editors' Picks; Latest Posts."""
    picked = (_top(one, settings) for one in lists if one.pieces)
    newest = Block(
        title=words(settings).say("Latest Posts"),
        href=settings.site.base_url,
        teasers=teasers(latest[: IN_BLOCK + 1], settings),
    )
    return (*picked, newest)


def article(
    piece: Piece,
    *,
    more: Sequence[Piece],
    settings: Settings,
    later: Piece | None = None,
    beside: Sequence[Block] = (),
    has_thread: bool = False,
) -> ArticlePage:
    """Return an article's page, which its neighbours do not show beside itself.

    `more` is what its home section printed just before it, `later` just after; it `has_thread`
    if there is a feed of what cites it.
    """
    one, site = piece.article, settings.site
    home = home_of(piece, settings)
    return ArticlePage(
        masthead=masthead(settings),
        href=site.base_url + one.path,
        title=one.title,
        permalink=permalink(one, site.base_url),
        source=piece.source.name,
        source_home=piece.home,
        published=one.published,
        updated=one.updated if one.updated != one.published else None,
        byline=byline(one, settings),
        authors=tuple(author.name for author in one.authors if author.name),
        trail=trail(home.slug if home else None, settings),
        image=_plate(piece),
        body=_body(piece),
        is_excerpt=_is_excerpt(piece),
        rights=one.rights or "",
        language=foreign(one, settings),
        reasons=tuple(retold(one.reason, words(settings)) for one in piece.placements),
        attachments=attachments(one) if piece.source.rights is not Rights.LINK else (),
        upstream=one.upstream.title if one.upstream else "",
        upstream_home=one.upstream.home if one.upstream else None,
        comments=_comments(one),
        cited_by=cited(piece, settings, is_own=False),
        citations=piece.citations,
        own_citations=cited(piece, settings, is_own=True),
        also_reported=also_reported(piece, settings),
        earlier=next_to(piece.story.earlier, settings) if piece.story else None,
        later=next_to(piece.story.later, settings) if piece.story else None,
        also_in=tuple(elsewhere(*one, settings) for one in piece.copies),
        copy_of=elsewhere(*piece.leader, settings) if piece.leader else None,
        related=tuple(
            RelatedTeaser(teaser=teaser(other, settings), reason=reason(relation, words(settings)))
            for relation, other in piece.related
        ),
        more=Block(
            title=words(settings).say("More from {title}", title=home.title),
            href=f"{site.base_url}{home.path}/",
            teasers=teasers(more, settings),
        )
        if home
        else None,
        standfirst=one.summary if piece.source.rights is not Rights.LINK else "",
        before=teaser(more[0], settings) if more else None,
        after=teaser(later, settings) if later else None,
        beside=tuple(_without(block, site.base_url + one.path) for block in beside),
        thread=site.base_url + one.path + ATOM_THREAD.name if has_thread else None,
    )


def _without(block: Block, href: str) -> Block:
    others = [teaser for teaser in block.teasers if teaser.href != href]
    return replace(block, teasers=tuple(others[:IN_BLOCK]))


def _root(piece: Piece, settings: Settings) -> Slug | None:
    """Return the outermost section around an article's home."""
    section = home_of(piece, settings)
    while section is not None and section.parent is not None:
        section = by_slug(settings)[section.parent]
    return section.slug if section else None


def _plate(piece: Piece) -> Image | None:
    """Return the image to print above an article, unless its text shows it."""
    image, body = image_of(piece), _body(piece)
    return None if image and body and is_shown(image, body.value) else image


def _body(piece: Piece) -> Text | None:
    match piece.source.rights:
        case Rights.LINK:
            return None
        case Rights.FULL if piece.article.content:
            return text_of(piece.article)
        case _:
            return Text(value=piece.article.summary) if piece.article.summary else None


def _comments(article: Article) -> str | None:
    """Return the page of the comments on an article, which may be a part of its own."""
    pages = (
        link.href for link in article.links if link.rel == "replies" and link.type == "text/html"
    )
    return next((page for page in pages if page != article.permalink), None)


def _is_excerpt(piece: Piece) -> bool:
    return piece.source.rights is not Rights.FULL or piece.article.content is None
