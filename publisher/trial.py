"""A theme tried out: sample pages of every kind, with all that a page can have. Pure."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Final

from feeds.model import Image, Text, TextKind
from publisher import pages
from publisher.model import (
    ArticlePage,
    Attachment,
    Block,
    Comment,
    Elsewhere,
    FeedLink,
    FrontPage,
    Masthead,
    RelatedTeaser,
    Report,
    SectionLink,
    SectionPage,
    SubscribePage,
    Teaser,
)
from publisher.theme import Theme

_BASE: Final = "https://paper.example/"
_THEN: Final = datetime(2026, 1, 1, tzinfo=UTC)
_INNER = SectionLink(title="Inner", href=f"{_BASE}outer/inner/", slug="inner")
_OUTER = SectionLink(title="Outer", href=f"{_BASE}outer/", slug="outer", sections=(_INNER,))
_IMAGE = Image(
    href="https://pictures.example/1.jpg", width=3, height=2, description="A picture",
    credit="Somebody", rights="© Somebody",
    licence="https://creativecommons.org/licenses/by/4.0/",
)  # fmt: skip
_TEASER = Teaser(
    title="A headline", href=f"{_BASE}articles/1/", permalink="https://source.example/1",
    source="A source", published=_THEN, byline="Somebody", standfirst="What it says.",
    section=_INNER, image=_IMAGE, language="de", note="Why it is here",
)  # fmt: skip
_BARE = replace(_TEASER, byline="", standfirst="", section=None, image=None, language=None, note="")
_BLOCK = Block(title="A list", href=_OUTER.href, teasers=(_TEASER, _BARE))
_REPORT = Report(
    title="A report", href=f"{_BASE}articles/2/", permalink="https://other.example/2",
    source="Another", published=_THEN, reason="A reason", language="fr",
)  # fmt: skip
_COMMENT = Comment(
    title="A comment", href=f"{_BASE}articles/3/", permalink="https://third.example/3",
    source="A third", published=_THEN, quotation="As they say.", language="it",
)  # fmt: skip
_COPY = Elsewhere(
    title="A copy", href=f"{_BASE}articles/4/", permalink="https://fourth.example/4",
    source="A fourth", reason="One text",
)  # fmt: skip


def print_samples(theme: Theme) -> None:
    """Print a full and a bare page of every kind with a theme; ThemeError if one cannot be."""
    paper = Masthead(
        title="A paper", base_url=_BASE, tagline="Its tagline", rights="Its rights",
        sections=(_OUTER,), theme=theme,
    )  # fmt: skip
    for masthead in (paper, Masthead(title="A paper", base_url=_BASE, theme=theme)):
        is_full = masthead is paper
        pages.front(_front(masthead, is_full=is_full))
        pages.section(_section(masthead, is_full=is_full))
        pages.article(_full(masthead) if is_full else _bare(masthead))
        pages.subscribe(_subscribe(masthead))


def _front(paper: Masthead, *, is_full: bool) -> FrontPage:
    page = FrontPage(
        masthead=paper, href=_BASE, feed_href=f"{_BASE}atom.xml", lead=None,
        latest=Block(title="Latest"),
    )  # fmt: skip
    if not is_full:
        return page
    return replace(
        page, lead=_TEASER, latest=_BLOCK, rankings=(_BLOCK,), blocks=(_BLOCK, Block(title="None"))
    )


def _section(paper: Masthead, *, is_full: bool) -> SectionPage:
    return SectionPage(
        masthead=paper, section=_OUTER if is_full else _INNER, trail=(_OUTER,),
        href=_OUTER.href, feed_href=f"{_OUTER.href}atom.xml",
        teasers=(_TEASER, _BARE) if is_full else (),
    )  # fmt: skip


def _bare(paper: Masthead) -> ArticlePage:
    return ArticlePage(
        masthead=paper, href=_TEASER.href, title="", permalink=_TEASER.href, source="A source",
        source_home=None, published=_THEN,
    )  # fmt: skip


def _full(paper: Masthead) -> ArticlePage:
    return replace(
        _bare(paper),
        title="A headline", permalink=_TEASER.permalink, source_home="https://source.example/",
        updated=_THEN.replace(day=2), byline="Somebody", authors=("Somebody",),
        trail=(_OUTER, _INNER), image=_IMAGE, standfirst="What it says.",
        body=Text(value="<p>All it says.</p>", kind=TextKind.HTML), rights="© A source",
        language="de", reasons=("A reason",), upstream="Upstream",
        attachments=(Attachment(href="https://files.example/1", title="A file", extent="1 kB"),),
        comments="https://source.example/1#comments", cited_by=(_COMMENT,), citations=9,
        own_citations=(_COMMENT,), also_in=(_COPY,), copy_of=_COPY, also_reported=(_REPORT,),
        earlier=_REPORT, later=_REPORT,
        related=(RelatedTeaser(teaser=_TEASER, reason="A reason"),),
        more=_BLOCK, before=_TEASER, after=_BARE, beside=(_BLOCK,),
        thread=f"{_TEASER.href}citations.xml",
    )  # fmt: skip


def _subscribe(paper: Masthead) -> SubscribePage:
    kinds = (("atom.xml", "application/atom+xml"), ("rss.xml", "application/rss+xml"))
    return SubscribePage(
        masthead=paper, href=f"{_BASE}subscribe/", title="A paper", home=_BASE,
        feeds=tuple(FeedLink(href=f"{_BASE}{name}", type=kind, name=name) for name, kind in kinds),
        beside=paper.sections,
    )  # fmt: skip
