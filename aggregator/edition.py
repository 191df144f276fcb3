"""An edition: articles laid out as a feed. Pure; the same articles give the same feed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from html import escape

from aggregator.model import Article, Placement, Relation, Rights, Section, Settings, Source
from aggregator.related import reason
from aggregator.words import primary
from feeds.markup import images
from feeds.model import Category, Entry, Feed, Image, Link, Origin, Person, Text, TextKind
from feeds.urls import canonical
from publisher.xmlvalues import iri, web_address

_page = lru_cache(maxsize=10_000)(canonical)  # the same few are compared again and again


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article with all that is printed with it."""

    article: Article
    source: Source
    home: str | None = None
    atom_id: str | None = None
    placements: tuple[Placement, ...] = ()
    related: tuple[tuple[Relation, "Piece"], ...] = ()


def feed(
    pieces: Sequence[Piece],
    *,
    settings: Settings,
    section: Section | None,
    feed_id: str,
    founded: datetime,
) -> Feed:
    """Return the feed of a section, or of the whole paper.

    Its `updated` is its newest entry's, never the clock's; an empty one was last changed when
    the paper was `founded`.
    """
    site = settings.site
    home = site.base_url + (f"{section.path}/" if section else "")
    return Feed(
        id=feed_id,
        title=f"{site.title}: {section.title}" if section else site.title,
        subtitle=site.tagline or None,
        updated=max((piece.article.updated for piece in pieces), default=founded),
        self_href=f"{home}atom.xml",
        home=home,
        authors=(Person(name=site.title, uri=site.base_url),),
        language=site.language,
        rights=site.rights or None,
        entries=tuple(entry(piece, settings=settings) for piece in pieces),
    )


def entry(piece: Piece, *, settings: Settings) -> Entry:
    """Return an article as an entry of ours, with as much of it as its source's rights allow."""
    article, site = piece.article, settings.site
    carried = piece.source.rights is not Rights.LINK
    content = body(piece) + footer(piece, settings=settings)
    return Entry(
        id=article.atom_id,
        title=article.title,
        permalink=permalink(article, site.base_url),
        updated=article.updated,
        published=article.published,
        authors=article.authors or (Person(name=piece.source.name, uri=piece.home),),
        summary=Text(value=article.summary) if carried and article.summary else None,
        content=Text(value=content, kind=TextKind.HTML) if content else None,
        links=_related_links(piece, site.base_url) + (article.enclosures if carried else ()),
        categories=_categories(piece, settings),
        image=article.image if carried else None,
        rights=article.rights,
        origin=_origin(piece, site.base_url),
        language=article.language if article.language != site.language else None,
    )


def permalink(article: Article, base_url: str) -> str:
    """Return the publisher's page, or ours for what has none."""
    return web_address(article.permalink) or base_url + article.path


def led(
    article: Article, related: Iterable[tuple[Relation, Piece]]
) -> tuple[tuple[Relation, Piece], ...]:
    """Return what an article may lead to: in its language, never its own page, none twice.

    Two sources may carry the same page, and a page may since have changed its language.
    """
    shown = {_page(article.permalink or article.path)}
    kept: list[tuple[Relation, Piece]] = []
    for relation, other in related:
        page = _page(other.article.permalink or other.article.path)
        alike = primary(other.article.language) == primary(article.language)
        if alike and page not in shown:
            shown.add(page)
            kept.append((relation, other))
    return tuple(kept)


def body(piece: Piece) -> str:
    """Return the HTML of an article's body, its lead image first; "" where rights are `link`."""
    article, rights = piece.article, piece.source.rights
    if rights is Rights.LINK:
        return ""
    text = article.content.value if article.content else ""
    if rights is Rights.EXCERPT or not text:
        name = escape(piece.source.name)
        excerpt = f"<p>{escape(article.summary)}</p>" if article.summary else ""
        text = excerpt
        if href := escape(web_address(article.permalink) or ""):
            text += f'<p><a href="{href}">Continue reading at {name}</a></p>'
    if article.image and not is_shown(article.image, text):
        text = figure(article.image) + text
    return text


def is_shown(image: Image, html: str) -> bool:
    """Say whether sanitised HTML shows this image already."""
    return any(shown.get("src") == image.href for shown in images(html))


def figure(image: Image) -> str:
    """Return an image with its caption, credit and licence as HTML."""
    caption = [escape(image.description)] if image.description else []
    if image.credit:
        caption.append(escape(image.credit))
    if licence := web_address(image.licence):
        caption.append(f'<a href="{escape(licence)}">Licence</a>')
    elif image.rights:
        caption.append(escape(image.rights))
    alt = escape(image.description or "")
    below = f"<figcaption>{' · '.join(caption)}</figcaption>" if caption else ""
    return f'<figure><img src="{escape(image.href)}" alt="{alt}">{below}</figure>'


def footer(piece: Piece, *, settings: Settings) -> str:
    """Return *You may also like* as HTML: few readers show rel="related", all show content."""
    if not settings.site.footer or not piece.related:
        return ""
    rows = []
    for relation, other in piece.related:
        href = escape(permalink(other.article, settings.site.base_url))
        where = f"{escape(other.source.name)}, {other.article.published:%Y-%m-%d}"
        why = escape(reason(relation))
        title = escape(other.article.title)
        rows.append(f'<li><a href="{href}">{title}</a> ({where})<br><small>{why}</small></li>')
    return f'<aside class="related"><h4>You may also like</h4><ul>{"".join(rows)}</ul></aside>'


def _related_links(piece: Piece, base_url: str) -> tuple[Link, ...]:
    return tuple(
        Link(
            rel="related",
            href=permalink(other.article, base_url),
            type="text/html",
            title=f"{other.article.title} — {other.source.name}",
            hreflang=other.article.language,
        )
        for _, other in piece.related
    )


def _categories(piece: Piece, settings: Settings) -> tuple[Category, ...]:
    titles = {section.slug: section.title for section in settings.sections}
    ours = tuple(
        Category(term=one.section, scheme=settings.site.base_url, label=titles[one.section])
        for one in piece.placements
        if one.section in titles
    )
    return ours + piece.article.categories


def _origin(piece: Piece, base_url: str) -> Origin:
    # A feed on our own disk has no address that is anybody's business.
    address = web_address(piece.source.feed)
    return Origin(
        id=iri(piece.atom_id) or address or f"{base_url}#{piece.source.id}",
        title=piece.source.name,
        # The feed's own `updated` moves with every entry of it; ours must not: this one's is said.
        updated=piece.article.updated,
        self_href=address,
        home=piece.home,
        rights=piece.article.rights,
    )
