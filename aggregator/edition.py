"""An edition: articles laid out as a feed. Pure; the same articles give the same feed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from html import escape

from aggregator.model import (
    Article,
    Citation,
    Copy,
    Placement,
    Relation,
    Rights,
    Section,
    Settings,
    Source,
)
from aggregator.navigation import by_slug, title_of, words
from aggregator.plates import figure, is_shown
from aggregator.related import reason
from aggregator.story import Reason, reason_in_words
from feeds.markup import sanitise
from feeds.model import Category, Entry, Feed, Link, Origin, Person, Text, TextKind
from feeds.published import Thread
from feeds.secrets import holds_secret
from publisher.texts import Texts
from publisher.xmlvalues import iri, web_address

_clean = lru_cache(maxsize=256)(partial(sanitise, base_url=""))  # a feed and a page print each


@dataclass(frozen=True, slots=True, kw_only=True)
class Storyline:
    """How others tell what an article tells, each with why it is the same story.

    `sources` says how many tell it, `earlier` and `later` lead the stories before and after it.
    """

    others: tuple[tuple[Reason, "Piece"], ...]
    sources: int
    earlier: "Piece | None" = None
    later: "Piece | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """An article with all that is printed with it.

    `cited` are the newest that cite it, those of its own source last; `citations` says how many of
    other sources do. `copies` are those it stands for; one that is itself a copy has a `leader`.
    """

    article: Article
    source: Source
    home: str | None = None
    atom_id: str | None = None
    placements: tuple[Placement, ...] = ()
    related: tuple[tuple[Relation, "Piece"], ...] = ()
    cited: tuple[tuple[Citation, "Piece"], ...] = ()
    citations: int = 0
    copies: tuple[tuple[Copy, "Piece"], ...] = ()
    leader: tuple[Copy, "Piece"] | None = None
    story: Storyline | None = None


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
        title=f"{site.title}: {title_of(section, settings)}" if section else site.title,
        subtitle=site.tagline or None,
        updated=max((piece.article.updated for piece in pieces), default=founded),
        self_href=f"{home}atom.xml",
        hubs=site.hubs,
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
    content = body(piece, words(settings)) + footer(piece, settings=settings)
    return Entry(
        id=article.atom_id,
        title=article.title,
        permalink=permalink(article, site.base_url),
        updated=article.updated,
        published=article.published,
        authors=article.authors or (Person(name=piece.source.name, uri=piece.home),),
        summary=Text(value=article.summary) if carried and article.summary else None,
        content=Text(value=content, kind=TextKind.HTML) if content else None,
        links=_related_links(piece, site.base_url) + _links(piece),
        categories=_categories(piece, settings),
        image=article.image if carried else None,
        rights=article.rights,
        origin=_origin(piece, site.base_url),
        language=article.language if article.language != site.language else None,
        in_reply_to=article.in_reply_to,
        reply_count=article.reply_count,
        thread=_thread(piece, site.base_url),
    )


def permalink(article: Article, base_url: str) -> str:
    """Return the publisher's page, or ours for what has none."""
    return web_address(article.permalink) or base_url + article.path


def body(piece: Piece, texts: Texts | None = None) -> str:
    """Return the HTML of an article's body, its lead image first; "" where rights are `link`."""
    article, rights = piece.article, piece.source.rights
    if rights is Rights.LINK:
        return ""
    texts = texts or Texts()
    text = text_of(article).value if rights is Rights.FULL else ""
    if rights is Rights.EXCERPT or not text:
        excerpt = f"<p>{escape(article.summary)}</p>" if article.summary else ""
        text = excerpt
        if href := escape(web_address(article.permalink) or ""):
            onward = texts.print("Continue reading at {source}", source=piece.source.name)
            text += f'<p><a href="{href}">{onward}</a></p>'
    if article.image and not is_shown(article.image, text):
        text = figure(article.image, texts) + text
    return text


def text_of(article: Article) -> Text:
    """Return an article's text in HTML as today's rules allow it; "" where there is none.

    It was cleaned when it was taken in, perhaps by an older version's rules.
    """
    return Text(value=_clean(article.content.value if article.content else ""), kind=TextKind.HTML)


def footer(piece: Piece, *, settings: Settings) -> str:
    """Return what hangs on an entry as HTML: copies, its story, who cites it, and what is related.

    Few readers show rel="related", or know of replies; all show content.
    """
    if not settings.site.footer:
        return ""
    base = settings.site.base_url
    texts = words(settings)
    parts = (_also_in, _also_reported, _cited_by, _also)
    return "".join(part(piece, base, texts) for part in parts)


def _also_in(piece: Piece, base_url: str, texts: Texts) -> str:
    """Return where else a text was, each with a link to it there."""
    links = ", ".join(
        f'<a href="{escape(permalink(other.article, base_url))}">{escape(other.source.name)}</a>'
        for _, other in piece.copies
    )
    return (
        f'<aside class="also-in"><p>{texts.print("Also in")} {links}</p></aside>' if links else ""
    )


def _also_reported(piece: Piece, base_url: str, texts: Texts) -> str:
    """Return who else tells the story, a line for each, and the stories before and after it."""
    if piece.story is None:
        return ""
    rows = [
        _line(other, base_url, reason_in_words(why, texts)) for why, other in piece.story.others
    ]
    html = f"<h4>{texts.print('Also reported by')}</h4><ul>{''.join(rows)}</ul>" if rows else ""
    for name, other in (("Earlier:", piece.story.earlier), ("Later:", piece.story.later)):
        if other:
            href = escape(permalink(other.article, base_url))
            html += f'<p>{texts.print(name)} <a href="{href}">{escape(other.article.title)}</a></p>'
    return f'<aside class="story">{html}</aside>' if html else ""


def _line(other: Piece, base_url: str, why: str) -> str:
    href = escape(permalink(other.article, base_url))
    told = f"{escape(other.article.title)} ({other.article.published:%Y-%m-%d})"
    source = escape(other.source.name)
    return f'<li><a href="{href}">{source}</a>: {told}<br><small>{escape(why)}</small></li>'


def _cited_by(piece: Piece, base_url: str, texts: Texts) -> str:
    if not piece.citations:
        return ""
    href = escape(f"{base_url}{piece.article.path}#cited-by")
    return (
        f'<aside class="cited"><p><a href="{href}">{_count(piece.citations, texts)}</a></p></aside>'
    )


def _count(citations: int, texts: Texts) -> str:
    """Return how many articles of other sources cite one."""
    one = citations == 1
    return (
        texts.print("Cited by 1 article")
        if one
        else texts.print("Cited by {count} articles", count=citations)
    )


def _also(piece: Piece, base_url: str, texts: Texts) -> str:
    rows = []
    for relation, other in piece.related:
        href = escape(permalink(other.article, base_url))
        where = f"{escape(other.source.name)}, {other.article.published:%Y-%m-%d}"
        why = escape(reason(relation, texts))
        title = escape(other.article.title)
        rows.append(f'<li><a href="{href}">{title}</a> ({where})<br><small>{why}</small></li>')
    if not rows:
        return ""
    heading = texts.print("You may also like")
    return f'<aside class="related"><h4>{heading}</h4><ul>{"".join(rows)}</ul></aside>'


def _thread(piece: Piece, base_url: str) -> Thread | None:
    """Return the thread of those that cite an article: what `aggregator.threads` prints."""
    citing = [other.article.updated for each, other in piece.cited if not each.own]
    if not citing:
        return None
    home = base_url + piece.article.path
    return Thread(home=home, count=piece.citations, updated=max(citing))


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


def _links(piece: Piece) -> tuple[Link, ...]:
    """Return where an article itself leads: what it was taken from, its comments, its files."""
    article, taken_from = piece.article, piece.article.upstream
    via: tuple[Link, ...] = ()
    if taken_from and (href := taken_from.home or taken_from.feed):
        via = (Link(rel="via", href=href, title=taken_from.title),)
    carried = piece.source.rights is not Rights.LINK
    return via + article.links + (article.enclosures if carried else ())


def _categories(piece: Piece, settings: Settings) -> tuple[Category, ...]:
    sections = by_slug(settings)
    ours = tuple(
        Category(term=one.section, scheme=settings.site.base_url, label=sections[one.section].title)
        for one in piece.placements
        if one.section in sections
    )
    return ours + piece.article.categories


def _origin(piece: Piece, base_url: str) -> Origin:
    # A feed on our own disk, or behind a key, has no address that is anybody's business.
    feed = piece.source.feed
    address = None if holds_secret(feed) or "${" in feed else web_address(feed)
    return Origin(
        id=iri(piece.atom_id) or address or f"{base_url}#{piece.source.id}",
        title=piece.source.name,
        # The feed's own `updated` moves with every entry of it; ours must not: this one's is said.
        updated=piece.article.updated,
        self_href=address,
        home=piece.home,
        rights=piece.article.rights,
    )
