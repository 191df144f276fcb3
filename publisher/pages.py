"""The paper as a newspaper prints it: HTML5 without a line of script.

Pure: the same page gives the same bytes. Text is escaped by Jinja2; only the body of an article,
sanitised before it gets here, is printed as it stands.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from urllib.parse import urlsplit

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from publisher import fragments, metadata
from publisher.kinds import THREAD_KINDS
from publisher.metadata import Node
from publisher.model import (
    ArticlePage,
    FeedLink,
    FrontPage,
    Masthead,
    SectionLink,
    SectionPage,
    SubscribePage,
    Teaser,
)
from publisher.offers import formats
from publisher.relative import relative
from publisher.rendering import render
from publisher.texts import Texts, is_leftward, texts
from publisher.theme import PLAIN, STYLE, Theme

STYLESHEET = "assets/style.css"
ICON = "assets/icon.svg"

# What HTML may not contain as itself: C0 and C1 but for tab and line feed, and DEL.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)
_DECLARED = re.compile(r"^(-{0,2}[a-z-]+): (?=.*[;,]$)")
_BREAKS = re.compile(r"(?<=[{};])\n")
_WEB_ADDRESS = re.compile(r"https?://[^\s\\/?#]", re.IGNORECASE)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*", re.IGNORECASE)
_CREATIVE_COMMONS = re.compile(
    r"https?://creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)\b", re.IGNORECASE
)
_NO_RIGHTS = re.compile(r"https?://creativecommons\.org/publicdomain/(zero|mark)/", re.IGNORECASE)


Page = FrontPage | SectionPage | ArticlePage | SubscribePage


def front(page: FrontPage) -> bytes:
    """Return the front page; its dateline is the day of the newest article on it."""
    blocks = (page.latest, *page.rankings, *page.blocks)
    shown = [teaser for block in blocks for teaser in block.teasers]
    if page.lead is not None:
        shown.append(page.lead)
    return _print(
        "front.html",
        page,
        canonical=page.href,
        feed_href=page.feed_href,
        feed_title=page.masthead.title,
        dateline=_newest(shown),
        trail=(),
        graph=[metadata.website(page.masthead)],
        subsections={link.href: link.sections for link in page.masthead.sections},
    )


def section(page: SectionPage) -> bytes:
    """Return the page of a section; its dateline is the day of the newest article on it."""
    return _print(
        "section.html",
        page,
        canonical=page.href,
        feed_href=page.feed_href,
        feed_title=f"{page.section.title} · {page.masthead.title}",
        dateline=_newest(page.teasers),
        trail=(trail := _from_home(page.trail, page.masthead)),
        graph=[
            metadata.collection(page.section.title, page.href, page.masthead),
            metadata.breadcrumb(trail),
        ],
    )


def article(page: ArticlePage) -> bytes:
    """Return the page of an article. Its canonical address is the original's, which earned it.

    Of a copy it is that of the one it is a copy of.
    """
    trail = _from_home(page.trail, page.masthead)
    titles = [link.title for link in trail[1:][-1:]]
    return _print(
        "article.html",
        page,
        canonical=page.copy_of.permalink if page.copy_of else page.permalink,
        feed_href=f"{trail[-1].href}atom.xml",
        feed_title=" · ".join([*titles, page.masthead.title]),
        dateline=None,
        trail=trail,
        thread=_thread(page),
        graph=[metadata.news_article(page), metadata.breadcrumb(trail, page.title, page.href)],
    )


def subscribe(page: SubscribePage) -> bytes:
    """Return the page that explains how to subscribe to the feeds of a section, or of all."""
    trail = _from_home(page.trail, page.masthead)
    return _print(
        "subscribe.html",
        page,
        canonical=page.href,
        feed_href=page.feeds[0].href,
        feed_title=page.title,
        dateline=None,
        trail=trail,
        graph=[
            metadata.breadcrumb(
                trail, texts(page.masthead.language, page.masthead.theme.texts).say("Subscribe"),
                page.href,
            )
        ],
    )  # fmt: skip


def assets(theme: Theme = PLAIN) -> Mapping[str, bytes]:
    """Return what every page needs beside it: path beneath the paper's root, and bytes."""
    folder = files("publisher") / "templates"
    ours = (folder / STYLE).read_text(encoding="utf-8")
    style = slim(ours) if theme.style is None else theme.style
    return {STYLESHEET: style.encode("utf-8", "replace"), ICON: (folder / "icon.svg").read_bytes()}


def slim(style: str) -> str:
    """Return a style sheet without what only its authors read: comments and white space."""
    lines = (line.strip() for line in _COMMENTS.sub("", style).splitlines())
    bare = "\n".join(_DECLARED.sub(r"\1:", line) for line in lines if line)
    return _BREAKS.sub("", bare.replace(" {", "{")) + "\n"


def _print(
    template: str,
    page: Page,
    *,
    graph: Sequence[Node],
    feed_href: str,
    feed_title: str,
    thread: Sequence[FeedLink] = (),
    **words: object,
) -> bytes:
    paper = page.masthead
    own, whole = formats(feed_href, feed_title), formats(f"{paper.base_url}atom.xml", paper.title)
    words |= {
        "feed_href": feed_href,
        "feed_title": feed_title,
        "offers": own,
        "all_offers": list({one.href: one for one in (*own, *whole, *thread)}.values()),
        "page": page,
        "graph": {"@context": "https://schema.org", "@graph": graph},
        "texts": texts(paper.language, paper.theme.texts),
        "is_leftward": is_leftward(paper.language),
    }
    html = render(template, words, paper.theme, filters=_FILTERS, names=_GLOBALS)
    # A lone surrogate comes through JSON escapes, and has no bytes in UTF-8.
    return _CONTROLS.sub("", html).encode("utf-8", "replace")


def _thread(page: ArticlePage) -> tuple[FeedLink, ...]:
    """Return the feed of those that cite an article; last, as feeds of comments are (RSS Board)."""
    if page.thread is None:
        return ()
    say = texts(page.masthead.language, page.masthead.theme.texts).say
    return formats(page.thread, say("Citations of {title}", title=page.title), THREAD_KINDS)


def _newest(teasers: Iterable[Teaser]) -> datetime | None:
    return max((teaser.published for teaser in teasers), default=None)


def _from_home(trail: tuple[SectionLink, ...], paper: Masthead) -> tuple[SectionLink, ...]:
    home = texts(paper.language, paper.theme.texts).say("Home")
    rest = trail[1:] if trail and trail[0].href == paper.base_url else trail
    return (SectionLink(title=home, href=paper.base_url, slug=""), *rest)


@pass_context
def _address(context: Context, href: str | None) -> str:
    """Return the address to print, or "" for one that must not be (javascript:, data:, file:)."""
    if href is None or not _WEB_ADDRESS.match(href):
        return ""
    page = context["page"]
    return relative(href, page.href, page.masthead.base_url)


@pass_context
def _shared(
    context: Context, name: str, here: Sequence[str] = (), *, caller: Callable[[], Markup]
) -> Markup:
    """Return a part of the page that other articles' pages have, too, or those from `here`."""
    page: Page = context["page"]
    if not isinstance(page, ArticlePage) or page.masthead.theme.templates:
        return caller()  # a theme's part may say what it will of the page
    return fragments.shared(name, here, page, caller)


@pass_context
def _foreign(context: Context, language: str | None) -> str:
    """Return the language to declare where it is not the paper's own, else ""."""
    if language is None or not _LANGUAGE.fullmatch(language):
        return ""
    own: str = context["page"].masthead.language
    return "" if language.casefold() == own.casefold() else language


@pass_context
def _headline(context: Context, title: str) -> str:
    return title.strip() or _texts(context).say("Untitled")


def _texts(context: Context) -> Texts:
    said: Texts = context["texts"]
    return said


@pass_context
def _say(context: Context, sentence: str, **parts: object) -> Markup:
    return _texts(context).print(sentence, **parts)


@pass_context
def _day(context: Context, moment: datetime) -> str:
    return _texts(context).day(moment)


@pass_context
def _weekday(context: Context, moment: datetime) -> str:
    return _texts(context).weekday(moment)


@pass_context
def _minute(context: Context, moment: datetime) -> str:
    return _texts(context).minute(moment)


def _machine(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _host(href: str) -> str:
    try:
        return urlsplit(href).hostname or ""
    except ValueError:  # an unclosed bracket
        return ""


@pass_context
def _licence(context: Context, href: str) -> str:
    """Return what a reader calls the licence at `href`: "CC BY-SA 4.0", or its host's name."""
    if match := _CREATIVE_COMMONS.match(href):
        return f"CC {match[1].upper()} {match[2]}"
    if match := _NO_RIGHTS.match(href):
        is_zero = match[1].casefold() == "zero"
        return "CC0" if is_zero else _texts(context).say("Public domain")
    say, host = _texts(context).say, _host(href)
    return say("Licence at {host}", host=host) if host else say("Licence")


def _paragraphs(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", text) if part.strip()]


_FILTERS: Mapping[str, Callable[..., object]] = {
    "address": _address,
    "day": _day,
    "foreign": _foreign,
    "headline": _headline,
    "licence": _licence,
    "machine": _machine,
    "minute": _minute,
    "paragraphs": _paragraphs,
    "weekday": _weekday,
}
_GLOBALS = {"stylesheet": STYLESHEET, "icon": ICON, "say": _say, "shared": _shared}
