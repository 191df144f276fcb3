"""Threads: who cites an article, as a feed that answers it (RFC 4685). Pure."""

from dataclasses import replace
from datetime import datetime
from html import escape

from aggregator.edition import Piece, entry, permalink
from aggregator.model import Citation, Rights, Settings
from aggregator.navigation import words
from feeds.model import Entry, Feed, Person, Reply, Text, TextKind
from feeds.published import ALONE, COMPLETE
from publisher.kinds import ATOM_FEED, ATOM_THREAD
from publisher.xmlvalues import web_address


def feed(piece: Piece, *, settings: Settings, feed_id: str, founded: datetime) -> Feed:
    """Return the feed of those of other sources that cite an article, the newest first.

    One that nobody cites any more was last changed when the paper was `founded`.
    """
    site, article = settings.site, piece.article
    home = site.base_url + article.path
    citing = [(each, other) for each, other in piece.cited if not each.own]
    return Feed(
        id=feed_id,
        title=words(settings).say("Citations of {title}", title=article.title),
        subtitle=site.title,
        updated=max((other.article.updated for _, other in citing), default=founded),
        self_href=f"{home}{ATOM_THREAD.name}",
        home=home,
        authors=(Person(name=site.title, uri=site.base_url),),
        language=site.language,
        rights=site.rights or None,
        history=COMPLETE if len(citing) == piece.citations else ALONE,
        entries=tuple(_answer(each, other, piece, settings) for each, other in citing),
    )


def _answer(citation: Citation, citing: Piece, cited: Piece, settings: Settings) -> Entry:
    """Return an entry that answers the one it cites, beginning with the words in which it does.

    The feed that is said to hold that one is the whole paper's, which has all in its archives.
    """
    base = settings.site.base_url
    answers = Reply(
        ref=cited.article.atom_id,
        href=permalink(cited.article, base),
        type="text/html",
        source=f"{base}{ATOM_FEED.name}",
    )
    own = entry(citing, settings=settings)
    body = own.content.value if own.content else ""
    content = _quotation(citation, citing) + body
    return replace(
        own,
        content=Text(value=content, kind=TextKind.HTML) if content else None,
        in_reply_to=(answers, *own.in_reply_to),
    )


def _quotation(citation: Citation, citing: Piece) -> str:
    """Return the sentence with the citation, as HTML; of what may only be linked to, nothing."""
    if not citation.excerpt or citing.source.rights is Rights.LINK:
        return ""
    href = escape(web_address(citing.article.permalink) or "")
    cite = f' cite="{href}"' if href else ""
    return f"<blockquote{cite}><p>{escape(citation.excerpt)}</p></blockquote>"
